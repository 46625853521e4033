//! Signing in through the OpenID Connect provider: the browser is sent there, comes back with a
//! code, and gets the same refresh cookie as by any other way of signing in. No token and no reason
//! in words is in any address: what went wrong is one word in the fragment, which the UI has a
//! sentence for.
//!
//! Where an app sent the browser, it is sent on to the app, with a code that the app trades for its
//! own tokens; the browser itself is not signed in.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{
    Extension,
    extract::{RawQuery, Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use chat_core::{Fault, Reason, SignInMethod, User};
use chat_protocol::http::{OnDevice, Problem, RefreshBy, SignInByProvider};
use reqwest::Url;
use secrecy::ExposeSecret as _;
use tokio::time::timeout;

use super::{
    attempt, body, not_found, problem, refused, session::Arrival, store_failed, told, too_many,
};
use crate::{
    app::App,
    auth::{Journey, LoopbackApp, Oidc, OidcError, Vouched, journey_cookie},
    counters, foreign_users,
    http::{Entrance, Peer, Way},
};

/// Where a browser begins.
const START: &str = "/api/session/oidc/start";

/// Where the provider sends the browser back to.
pub(super) const CALLBACK: &str = "/api/session/oidc/callback";

/// What a browser brings that was sent to the public address to begin there.
const SENT_HERE: &str = "here";

/// How long what binds a journey to its browser is kept.
const JOURNEY: Duration = Duration::from_secs(10 * 60);

/// The longest code, state or issuer that is taken, in bytes.
const MAX_BYTES: usize = 4 * 1024;

/// How long all questions to the provider together may take: within the deadline of requests, so that
/// the browser is sent back with a word.
const PATIENCE: Duration = Duration::from_secs(12);

/// Sends the browser to the provider.
pub(super) async fn start(
    State(app): State<Arc<App>>,
    Extension(Peer(peer)): Extension<Peer>,
    entrance: Option<Extension<Entrance>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let Some(oidc) = &app.oidc else {
        return not_found("identity provider");
    };
    let Ok(native) = LoopbackApp::read(|name| field(query.as_deref(), name)) else {
        let words = "an app names its port from 1024 on, its challenge and its state";
        return problem(StatusCode::BAD_REQUEST, Reason::Malformed, words);
    };
    if field(query.as_deref(), SENT_HERE).is_none()
        && let Some(there) = public_start(&app, entrance.as_deref(), &headers, native.as_ref())
    {
        return leave(&there, None);
    }
    // Guesses nothing: as wide as what the windows of one address do by themselves.
    if app.limits.refresh(peer, Instant::now()).is_err() {
        return back("too_many_tries", native.as_ref());
    }
    let origin = own_origin(&app, entrance.as_deref(), &headers);
    let redirect = format!("{origin}{CALLBACK}");
    let now = app.sources.clock.now();
    match in_time(oidc.begin(redirect, native.clone(), now)).await {
        Ok(departure) => {
            let tls = is_tls(&origin);
            let kept = journey_cookie::keep(&headers, &departure.browser, JOURNEY, tls);
            leave(&departure.address, Some(kept))
        }
        Err(error) => back(word(&error), native.as_ref()),
    }
}

/// Takes the browser in again.
pub(super) async fn callback(
    State(app): State<Arc<App>>,
    Extension(Peer(peer)): Extension<Peer>,
    entrance: Option<Extension<Entrance>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let Some(oidc) = &app.oidc else {
        return not_found("identity provider");
    };
    let now = app.sources.clock.now();
    let browser = journey_cookie::read(&headers);
    let state = said(query.as_deref(), "state").unwrap_or_default();
    let Some(journey) = oidc.take(&state, browser, now) else {
        tracing::info!("a sign-in by the identity provider was not begun here, or took too long");
        return back(word(&OidcError::Forgotten), None);
    };
    let native = journey.app.as_ref();
    let user = match arrived(&app, oidc, &journey, query.as_deref()).await {
        Ok(user) => user,
        Err(word) => return back(word, native),
    };
    let origin = own_origin(&app, entrance.as_deref(), &headers);
    let forget = journey_cookie::forget(&headers, is_tls(&origin));
    if let Some(native) = native {
        // The provider took its time; the code's begins here.
        let now = app.sources.clock.now();
        let code = oidc.app_codes.issue(native, user.id, now);
        return leave(&native.with_code(&code), Some(forget));
    }
    // A navigation does not say its origin; whether cookies are for TLS alone depends on it.
    let mut headers = headers;
    if let Ok(origin) = HeaderValue::from_str(&origin) {
        headers.insert(header::ORIGIN, origin);
    }
    let on = OnDevice {
        device: None,
        refresh: Some(RefreshBy::Cookie),
    };
    let arrival = Arrival::new(&app, peer, &headers, on);
    let session = match arrival.open(&user, SignInMethod::Provider).await {
        Ok(session) => session,
        Err(refused) if refused.status() == StatusCode::UNAUTHORIZED => {
            return back("account_closed", None);
        }
        Err(_) => return back("server_trouble", None),
    };
    // Only the cookie goes on: the page asks for its access token itself.
    let mut response = leave("/#signed-in", Some(forget));
    for cookie in session.headers().get_all(header::SET_COOKIE) {
        response
            .headers_mut()
            .append(header::SET_COOKIE, cookie.clone());
    }
    response
}

/// The code that the browser brought an app, for the app's own tokens.
pub(super) async fn redeem(
    State(app): State<Arc<App>>,
    Extension(Peer(peer)): Extension<Peer>,
    request: Request,
) -> Result<Response, Response> {
    let headers = request.headers().clone();
    let asked: SignInByProvider = body(request).await?;
    attempt(&app, peer, "").map_err(too_many)?;
    let (code, verifier) = (asked.code.expose_secret(), asked.verifier.expose_secret());
    let now = app.sources.clock.now();
    let codes = app.oidc.as_ref().map(|oidc| &oidc.app_codes);
    let found = codes.and_then(|codes| codes.redeem(code, verifier, now));
    let words = "this code is unknown, was used already or has expired; begin to sign in anew";
    let id = found.ok_or_else(|| refused(words))?;
    match app.database.user(&id).await {
        Ok(Some(user)) if user.enabled => {
            let arrival = Arrival::new(&app, peer, &headers, asked.on);
            let session = arrival.open(&user, SignInMethod::Provider).await;
            // Closed on the way to the store.
            session.map_err(|refusal| match refusal.status() {
                StatusCode::UNAUTHORIZED => account_closed(),
                _ => refusal,
            })
        }
        Ok(_) => Err(account_closed()),
        Err(error) => Err(store_failed(&error)),
    }
}

/// The provider knows them and the app proved itself; their account is good no more.
fn account_closed() -> Response {
    counters::REFUSED.add(1);
    let fault = Fault::invalid(Reason::Forbidden, "this account was closed");
    told(StatusCode::FORBIDDEN, &fault, Some(Problem::AccountClosed))
}

/// A field of a query; none where it is empty or longer than any that is meant.
fn said(query: Option<&str>, name: &str) -> Option<String> {
    field(query, name).filter(|value| !value.is_empty() && value.len() <= MAX_BYTES)
}

/// A field of a query as it is there.
fn field(query: Option<&str>, name: &str) -> Option<String> {
    let address = format!("http://query/?{}", query.unwrap_or_default());
    let address = Url::parse(&address).ok()?;
    let mut pairs = address.query_pairs();
    Some(pairs.find(|(known, _)| known == name)?.1.into_owned())
}

/// Whose account here somebody means who comes back from the provider, or a word for why not.
async fn arrived(
    app: &App,
    oidc: &Oidc,
    journey: &Journey,
    query: Option<&str>,
) -> Result<User, &'static str> {
    let (code, issuer) = (said(query, "code"), said(query, "iss"));
    let now = app.sources.clock.now();
    let vouched = oidc.arrive(journey, code.as_deref(), issuer.as_deref(), now);
    let vouched = in_time(vouched).await.map_err(|error| {
        let source = std::error::Error::source(&error);
        tracing::info!(%error, source, "a sign-in by the identity provider failed");
        word(&error)
    })?;
    account(app, &vouched).await
}

/// What the provider is asked, given up where it takes too long.
async fn in_time<T>(asked: impl Future<Output = Result<T, OidcError>>) -> Result<T, OidcError> {
    timeout(PATIENCE, asked).await.unwrap_or_else(|_| {
        tracing::warn!("the identity provider takes too long to answer");
        Err(OidcError::Unreachable("it takes too long"))
    })
}

/// Whose account here is meant.
async fn account(app: &App, vouched: &Vouched) -> Result<User, &'static str> {
    let users = app.config.oidc.users;
    let found = foreign_users::vouched(&app.database, &app.sources, users, vouched).await;
    let user = match found {
        Ok(Some(id)) => app.database.user(&id).await,
        Ok(None) => return Err("no_account"),
        Err(error) => Err(error),
    };
    match user {
        Ok(Some(user)) if user.enabled => Ok(user),
        Ok(Some(_)) => Err("account_closed"),
        Ok(None) => Err("no_account"),
        Err(error) => {
            tracing::error!(%error, "an account could not be looked up");
            Err("server_trouble")
        }
    }
}

/// What the UI has a sentence for.
fn word(error: &OidcError) -> &'static str {
    match error {
        OidcError::Unreachable(_) => "provider_unreachable",
        OidcError::Forgotten => "sign_in_forgotten",
        OidcError::Refused => "provider_refused",
        OidcError::Untrusted(_) => "provider_untrusted",
    }
}

/// Back to the page, or to the app, which says why.
fn back(word: &str, native: Option<&LoopbackApp>) -> Response {
    match native {
        Some(native) => leave(&native.with_problem(word), None),
        None => leave(&format!("/#sign-in-problem={word}"), None),
    }
}

fn leave(address: &str, cookie: Option<HeaderValue>) -> Response {
    let Ok(address) = HeaderValue::from_str(address) else {
        return not_found("page");
    };
    let mut response = StatusCode::SEE_OTHER.into_response();
    let headers = response.headers_mut();
    headers.insert(header::LOCATION, address);
    let never = HeaderValue::from_static("no-store");
    headers.insert(header::CACHE_CONTROL, never);
    if let Some(cookie) = cookie {
        headers.append(header::SET_COOKIE, cookie);
    }
    response
}

/// Where the browser is to begin instead: the provider sends it back to the public address, and what
/// binds the journey to it must be known there. None where it is there, as far as can be seen: a proxy
/// may tell of another host than the browser asked for, so whoever was sent is sent no second time.
fn public_start(
    app: &App,
    entrance: Option<&Entrance>,
    headers: &HeaderMap,
    native: Option<&LoopbackApp>,
) -> Option<String> {
    let public = public_origin(app, entrance)?;
    // A proxy that is not trusted says nothing of the scheme: then it is taken for the right one.
    let scheme = if is_tls(public) { "https" } else { "http" };
    let here = format!("{scheme}://{}", host(headers));
    let same = match (Url::parse(public), Url::parse(&here)) {
        (Ok(public), Ok(here)) => public.origin() == here.origin(),
        _ => false,
    };
    let said = native.map_or_else(String::new, |app| format!("&{}", app.query()));
    (!same).then(|| format!("{public}{START}?{SENT_HERE}=1{said}"))
}

/// This server as the browser sees it: the public address of the settings, or where the request came
/// in. The host was checked by the guard, and the provider sends nobody to an address that it was not
/// told of.
fn own_origin(app: &App, entrance: Option<&Entrance>, headers: &HeaderMap) -> String {
    if let Some(public) = public_origin(app, entrance) {
        return public.to_owned();
    }
    let by_tls = entrance.is_some_and(|entrance| entrance.way != Way::Plain);
    // Only a trusted proxy's word comes as far as here.
    let proxied = headers.get("x-forwarded-proto");
    let by_tls = by_tls || proxied.is_some_and(|scheme| scheme == "https");
    let scheme = if by_tls { "https" } else { "http" };
    format!("{scheme}://{}", host(headers))
}

/// The public address of the settings, for whoever did not come by the door of the local network.
fn public_origin<'a>(app: &'a App, entrance: Option<&Entrance>) -> Option<&'a str> {
    let by_lan = entrance.is_some_and(|entrance| entrance.way == Way::Lan);
    let public = app.config.server.public_url.as_deref();
    public.filter(|_| !by_lan)
}

fn host(headers: &HeaderMap) -> &str {
    let host = headers.get(header::HOST);
    host.and_then(|host| host.to_str().ok())
        .unwrap_or("localhost")
}

fn is_tls(origin: &str) -> bool {
    origin.starts_with("https://")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_provider_that_never_answers_is_given_up_before_the_request_is() {
        let deadline = Duration::from_secs(15);
        let asked = in_time(std::future::pending::<Result<(), OidcError>>());
        let given_up = timeout(deadline, asked).await.expect("in time");
        let error = given_up.expect_err("no answer");
        assert_eq!(word(&error), "provider_unreachable");
    }
}
