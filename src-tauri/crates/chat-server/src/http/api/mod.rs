//! Everything under `/api`: signing in, devices, people, invitations, the log. Who may do what is
//! in the signature of each handler ([`Caller`], [`Manager`], or nobody) and, where it depends on
//! whom it is done to, in the store's own transaction.

mod audit;
mod caller;
mod devices;
mod invitations;
mod lan;
mod limits;
mod oidc;
mod pairing;
mod people;
mod portable;
mod session;
mod usage;

use std::{net::IpAddr, sync::Arc, time::Instant};

use axum::{
    Json, Router,
    extract::{FromRequest as _, Request, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
    routing::{delete, get, patch, post},
};
use chat_core::{Actor, ErrorCode, Fault, Reason, StoreError, UserId};
use chat_protocol::http::{HttpError, Problem, ServerInfo};
use chat_store::Refusal;
use serde::Serialize;

use self::caller::{Caller, Manager};
pub(super) use self::portable::portable_routes;
use crate::{
    accounts,
    app::{App, place},
    auth::PasswordError,
    counters,
    limits::Wait,
};

/// The routes under `/api`.
pub(super) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/api/server", get(server))
        .route(
            "/api/session",
            get(session::me)
                .post(session::sign_in)
                .delete(session::sign_out),
        )
        .route("/api/session/link", post(session::redeem_link))
        .route(session::REFRESH_PATH, post(session::refresh))
        .route("/api/session/password", post(session::set_password))
        .route("/api/session/oidc/start", get(oidc::start))
        .route("/api/session/oidc/callback", get(oidc::callback))
        .route("/api/session/oidc/redeem", post(oidc::redeem))
        .route(
            "/api/devices",
            get(devices::list).delete(devices::revoke_others),
        )
        .route("/api/devices/{device}", delete(devices::revoke))
        .route("/api/people", get(people::directory))
        .route("/api/users", get(people::list))
        .route("/api/users/{user}", patch(people::change))
        .route("/api/users/{user}/link", post(people::link))
        .route(
            "/api/users/{user}/devices",
            get(devices::list_of).delete(devices::revoke_all_of),
        )
        .route(
            "/api/users/{user}/devices/{device}",
            delete(devices::revoke_of),
        )
        .route(
            "/api/invitations",
            get(invitations::list).post(invitations::invite),
        )
        .route("/api/invitations/look", post(invitations::look))
        .route("/api/invitations/accept", post(invitations::accept))
        .route("/api/invitations/{invitation}", delete(invitations::revoke))
        .route("/api/lan", get(lan::state).patch(lan::turn))
        .route("/api/lan/check", get(lan::check))
        .route(
            "/api/pairing",
            get(pairing::state)
                .post(pairing::issue)
                .delete(pairing::withdraw),
        )
        .route("/api/pairing/ask", post(pairing::ask))
        .route("/api/pairing/claim", post(pairing::claim))
        .route("/api/pairing/{request}", post(pairing::answer))
        .route("/api/audit", get(audit::page))
        .route("/api/usage", get(usage::page))
        .route("/api/limits", get(limits::list).put(limits::put))
        .route("/api/prices", get(limits::prices).put(limits::put_prices))
        .route("/api/{*rest}", axum::routing::any(unknown))
}

/// Who is there.
async fn server(State(app): State<Arc<App>>) -> Response {
    let info = ServerInfo {
        name: "Parlor",
        version: env!("CARGO_PKG_VERSION"),
        host: &app.config.server.name,
        sign_in_with: app.config.oidc.shown_name(),
    };
    Json(info).into_response()
}

/// Anything else under `/api`.
async fn unknown() -> Response {
    problem(
        StatusCode::NOT_FOUND,
        Reason::NotFound,
        "there is no such address under /api",
    )
}

/// An error with a status.
pub(super) fn problem(status: StatusCode, reason: Reason, words: &str) -> Response {
    told(status, &Fault::invalid(reason, words), None)
}

/// Who acts now, for the log.
fn actor(app: &App, user: Option<UserId>, peer: IpAddr) -> Actor {
    Actor {
        user,
        address: place(peer),
        at: app.sources.clock.now(),
    }
}

/// Makes a change of accounts hold on every open connection.
async fn tell_connections(app: &App) -> Result<(), Response> {
    accounts::look(app)
        .await
        .map_err(|error| store_failed(&error))
}

/// An answer that no cache keeps.
fn private(body: &impl Serialize) -> Response {
    let mut response = Json(body).into_response();
    let never = HeaderValue::from_static("no-store");
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

/// One more attempt from `peer` on the account `name`.
fn attempt(app: &App, peer: IpAddr, name: &str) -> Result<(), Wait> {
    app.limits.sign_in(peer, name, Instant::now())
}

/// Somebody tries too often.
fn too_many(wait: Wait) -> Response {
    let words = "too many attempts to sign in; please wait a moment";
    let fault = Fault::new(ErrorCode::RateLimit, Reason::TooManyMessages, words);
    let fault = fault.retry_after(wait.milliseconds());
    told(StatusCode::TOO_MANY_REQUESTS, &fault, None)
}

/// Nobody is let in by this.
fn refused(words: &str) -> Response {
    counters::REFUSED.add(1);
    let fault = Fault::new(ErrorCode::AuthFailed, Reason::TokenRefused, words);
    told(StatusCode::UNAUTHORIZED, &fault, None)
}

fn not_found(what: &str) -> Response {
    told(StatusCode::NOT_FOUND, &Fault::not_found(what), None)
}

/// This person may not do that.
fn forbidden(words: &str) -> Response {
    problem(StatusCode::FORBIDDEN, Reason::Forbidden, words)
}

/// Why the store did not change an account.
fn not_changed(refusal: Refusal) -> Response {
    let (problem, words) = match refusal {
        Refusal::Forbidden => return forbidden("your role does not allow that"),
        Refusal::LastOwner => (
            Problem::LastOwner,
            "the last owner stays; make somebody else an owner first",
        ),
        Refusal::Yourself => (Problem::Yourself, "ask another admin to close your account"),
        Refusal::TooMany => (Problem::TooMany, "there are too many; take some back first"),
    };
    conflict(problem, words)
}

/// What stands in the way, which the reader can change.
fn conflict(problem: Problem, words: &str) -> Response {
    let fault = Fault::invalid(Reason::Forbidden, words);
    told(StatusCode::CONFLICT, &fault, Some(problem))
}

/// What is wrong with the request, exactly.
fn wrong(reason: Reason, problem: Problem, words: &str) -> Response {
    let fault = Fault::invalid(reason, words);
    told(StatusCode::BAD_REQUEST, &fault, Some(problem))
}

fn password_problem(error: &PasswordError) -> Response {
    match error {
        PasswordError::TooShort => wrong(
            Reason::TooLong,
            Problem::PasswordTooShort,
            &error.to_string(),
        ),
        PasswordError::TooLong => wrong(
            Reason::TooLong,
            Problem::PasswordTooLong,
            &error.to_string(),
        ),
        PasswordError::Busy => {
            let words = "many people are signing in; please try again in a second";
            let fault = Fault::new(ErrorCode::RateLimit, Reason::TooManyMessages, words);
            let fault = fault.retry_after(1_000);
            told(StatusCode::TOO_MANY_REQUESTS, &fault, None)
        }
        PasswordError::Failed(_) => {
            tracing::error!(
                error = error as &dyn std::error::Error,
                "a password could not be hashed"
            );
            told(StatusCode::INTERNAL_SERVER_ERROR, &Fault::internal(), None)
        }
    }
}

fn store_failed(error: &StoreError) -> Response {
    tracing::error!(error = error as &dyn std::error::Error, "the store failed");
    told(StatusCode::INTERNAL_SERVER_ERROR, &Fault::internal(), None)
}

fn told(status: StatusCode, fault: &Fault, problem: Option<Problem>) -> Response {
    let retry_after = fault.retry_after_ms.map(|wait| wait.div_ceil(1_000));
    let mut error = HttpError::from(fault);
    if let Some(problem) = problem {
        error = error.about(problem);
    }
    let mut response = (status, Json(error)).into_response();
    if let Some(seconds) = retry_after {
        response
            .headers_mut()
            .insert(header::RETRY_AFTER, seconds.into());
    }
    response
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_route_is_documented() {
        let page = include_str!("../../../../../PROTOCOL.md");
        let section = page.split_once("\n## HTTP\n").expect("the section").1;
        let routes = include_str!("mod.rs");
        let routes = routes.split_once("fn routes()").expect("the routes").1;
        let routes = routes.split_once("\n}\n").expect("their end").0;
        let mut seen = 0;
        let paths = routes.split('"').filter(|text| text.starts_with("/api/"));
        for path in paths.filter(|path| !path.contains("{*")) {
            // Documented with what an id is of: `{user}` is `{userId}`.
            let path = path.replace('}', "Id}");
            let known =
                section.contains(&format!(" {path}`")) || section.contains(&format!(" {path}?"));
            assert!(
                known,
                "{path} is not in PROTOCOL.md, and so not in the matrix of rights"
            );
            seen += 1;
        }
        assert!(seen > 10, "the routes were found: {seen}");
    }
}
