//! Signing in over HTTP.

use std::{sync::Arc, time::Duration};

use axum::{
    Extension, Json,
    extract::{FromRequest as _, Request, State},
    http::{StatusCode, header},
    response::{IntoResponse as _, Response},
};
use chat_core::{ErrorCode, Fault, Reason, Timestamp, Token, User};
use chat_protocol::http::{HttpError, ServerInfo, Session, SetPassword, SignIn, SignInByLink};
use secrecy::ExposeSecret as _;

use super::{Peer, upgrade};
use crate::{app::App, auth::PasswordError, counters};

/// How long a sign-in lasts.
const SESSION: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// Who is there.
pub(crate) async fn server(State(app): State<Arc<App>>) -> Response {
    let info = ServerInfo {
        name: "Parlor",
        version: env!("CARGO_PKG_VERSION"),
        host: &app.config.server.name,
    };
    Json(info).into_response()
}

/// Name and password.
pub(crate) async fn sign_in(
    State(app): State<Arc<App>>,
    Extension(Peer(peer)): Extension<Peer>,
    request: Request,
) -> Response {
    let asked = match body::<SignIn>(request).await {
        Ok(asked) => asked,
        Err(refusal) => return refusal,
    };
    if let Err(wait) = app
        .limits
        .sign_in(peer, &asked.name, std::time::Instant::now())
    {
        let words = "too many attempts to sign in; please wait a moment";
        let fault = Fault::new(ErrorCode::RateLimit, Reason::TooManyMessages, words);
        return told(
            StatusCode::TOO_MANY_REQUESTS,
            fault.retry_after(wait.milliseconds()),
        );
    }
    let found = match app.database.user_by_name(&asked.name).await {
        Ok(found) => found,
        Err(error) => return store_failed(&error),
    };
    // Nobody, a disabled person and one without a password take as long as a wrong password.
    let found = found.filter(|(user, _)| user.enabled);
    let stored = found.as_ref().and_then(|(_, hash)| hash.clone());
    match (app.passwords.verify(asked.password, stored).await, found) {
        (Ok(true), Some((user, _))) => session(&app, &user),
        (Ok(_), _) => refused("the name or the password is wrong"),
        (Err(error), _) => password_problem(&error),
    }
}

/// The code of a one-time link.
pub(crate) async fn redeem_link(
    State(app): State<Arc<App>>,
    Extension(Peer(peer)): Extension<Peer>,
    request: Request,
) -> Response {
    let asked = match body::<SignInByLink>(request).await {
        Ok(asked) => asked,
        Err(refusal) => return refusal,
    };
    if let Err(wait) = app.limits.sign_in(peer, "", std::time::Instant::now()) {
        let words = "too many attempts to sign in; please wait a moment";
        let fault = Fault::new(ErrorCode::RateLimit, Reason::TooManyMessages, words);
        return told(
            StatusCode::TOO_MANY_REQUESTS,
            fault.retry_after(wait.milliseconds()),
        );
    }
    let now = app.sources.clock.now();
    let Some(id) = app.codes.redeem(asked.code.expose_secret(), now) else {
        return refused("this link was used already or has expired; ask for a new one");
    };
    match app.database.user(&id).await {
        Ok(Some(user)) if user.enabled => session(&app, &user),
        Ok(_) => refused("this account does not exist any more"),
        Err(error) => store_failed(&error),
    }
}

/// A password for signing in from elsewhere.
pub(crate) async fn set_password(State(app): State<Arc<App>>, request: Request) -> Response {
    let token = upgrade::bearer(request.headers()).map(str::to_owned);
    let user = match token {
        Some(token) => app.authenticate(&token).await,
        None => None,
    };
    let Some(user) = user else {
        return refused("sign in first");
    };
    let asked = match body::<SetPassword>(request).await {
        Ok(asked) => asked,
        Err(refusal) => return refusal,
    };
    let hash = match app.passwords.hash(asked.password).await {
        Ok(hash) => hash,
        Err(error) => return password_problem(&error),
    };
    let actor = chat_core::Actor {
        user: Some(user.id.clone()),
        address: String::new(),
        at: app.sources.clock.now(),
    };
    match app
        .database
        .set_password(&user.id, hash, None, actor)
        .await
    {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(error) => store_failed(&error),
    }
}

/// Anything else under `/api`.
pub(crate) async fn unknown() -> Response {
    problem(
        StatusCode::NOT_FOUND,
        Reason::NotFound,
        "there is no such address under /api",
    )
}

/// An error with a status.
pub(super) fn problem(status: StatusCode, reason: Reason, words: &str) -> Response {
    told(status, Fault::invalid(reason, words))
}

fn session(app: &App, user: &User) -> Response {
    let now = app.sources.clock.now();
    let token = Token::from(app.tokens.issue(&user.id, SESSION, now));
    let lasts = i64::try_from(SESSION.as_millis()).unwrap_or(i64::MAX);
    let session = Session::new(&token, user, Timestamp(now.0.saturating_add(lasts)));
    let mut response = Json(session).into_response();
    let never = axum::http::HeaderValue::from_static("no-store");
    response.headers_mut().insert(header::CACHE_CONTROL, never);
    response
}

async fn body<T: serde::de::DeserializeOwned>(request: Request) -> Result<T, Response> {
    // Asking for JSON by its type keeps plain HTML forms of other sites out.
    Json::<T>::from_request(request, &())
        .await
        .map(|Json(body)| body)
        .map_err(|rejection| {
            let too_long = rejection.status() == StatusCode::PAYLOAD_TOO_LARGE;
            let status = if too_long {
                StatusCode::PAYLOAD_TOO_LARGE
            } else {
                StatusCode::BAD_REQUEST
            };
            problem(
                status,
                Reason::Malformed,
                "the body must be JSON with the documented fields",
            )
        })
}

fn refused(words: &str) -> Response {
    counters::REFUSED.add(1);
    let fault = Fault::new(ErrorCode::AuthFailed, Reason::TokenRefused, words);
    told(StatusCode::UNAUTHORIZED, fault)
}

fn password_problem(error: &PasswordError) -> Response {
    match error {
        PasswordError::TooShort | PasswordError::TooLong => {
            problem(StatusCode::BAD_REQUEST, Reason::TooLong, &error.to_string())
        }
        PasswordError::Busy => {
            let words = "many people are signing in; please try again in a second";
            let fault = Fault::new(ErrorCode::RateLimit, Reason::TooManyMessages, words);
            told(StatusCode::TOO_MANY_REQUESTS, fault.retry_after(1_000))
        }
        PasswordError::Failed(_) => {
            tracing::error!(
                error = error as &dyn std::error::Error,
                "a password could not be hashed"
            );
            told(StatusCode::INTERNAL_SERVER_ERROR, Fault::internal())
        }
    }
}

fn store_failed(error: &chat_core::StoreError) -> Response {
    tracing::error!(error = error as &dyn std::error::Error, "the store failed");
    told(StatusCode::INTERNAL_SERVER_ERROR, Fault::internal())
}

fn told(status: StatusCode, fault: Fault) -> Response {
    let retry_after = fault.retry_after_ms.map(|wait| wait.div_ceil(1_000));
    let mut response = (status, Json(HttpError::from(&fault))).into_response();
    if let Some(seconds) = retry_after {
        response
            .headers_mut()
            .insert(header::RETRY_AFTER, seconds.into());
    }
    response
}
