//! Signing in through the OpenID Connect provider: the browser is sent there, comes back with a
//! code, and gets the same refresh cookie as by any other way of signing in. No token and no reason
//! in words is in any address: what went wrong is one word in the fragment, which the UI has a
//! sentence for.

use std::{sync::Arc, time::Duration};

use axum::{
    Extension,
    extract::{RawQuery, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use chat_core::{SignInMethod, User};
use chat_protocol::http::{OnDevice, RefreshBy};
use reqwest::Url;

use super::{not_found, session::Arrival};
use crate::{
    app::App,
    auth::{Oidc, OidcError, Vouched, journey_cookie},
    foreign_users,
    http::{Entrance, Peer, Way},
};

/// Where the provider sends the browser back to.
pub(super) const CALLBACK: &str = "/api/session/oidc/callback";

/// How long what binds a journey to its browser is kept.
const JOURNEY: Duration = Duration::from_secs(10 * 60);

/// The longest code, state or issuer that is taken, in bytes.
const MAX_BYTES: usize = 4 * 1024;

/// Sends the browser to the provider.
pub(super) async fn start(
    State(app): State<Arc<App>>,
    Extension(Peer(peer)): Extension<Peer>,
    entrance: Option<Extension<Entrance>>,
    headers: HeaderMap,
) -> Response {
    let Some(oidc) = &app.oidc else {
        return not_found("identity provider");
    };
    // Guesses nothing: as wide as what the windows of one address do by themselves.
    if app.limits.refresh(peer, std::time::Instant::now()).is_err() {
        return back("too_many_tries");
    }
    let origin = own_origin(&app, entrance.as_deref(), &headers);
    let redirect = format!("{origin}{CALLBACK}");
    match oidc.begin(redirect, app.sources.clock.now()).await {
        Ok(departure) => {
            let tls = is_tls(&origin);
            let kept = journey_cookie::keep(&headers, &departure.browser, JOURNEY, tls);
            leave(&departure.address, Some(kept))
        }
        Err(error) => back(word(&error)),
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
    let vouched = match arrived(&app, oidc, query.as_deref(), &headers).await {
        Ok(vouched) => vouched,
        Err(error) => {
            let source = std::error::Error::source(&error);
            tracing::info!(%error, source, "a sign-in by the identity provider failed");
            return back(word(&error));
        }
    };
    let user = match account(&app, &vouched).await {
        Ok(user) => user,
        Err(word) => return back(word),
    };
    let origin = own_origin(&app, entrance.as_deref(), &headers);
    let forget = journey_cookie::forget(&headers, is_tls(&origin));
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
            return back("account_closed");
        }
        Err(_) => return back("server_trouble"),
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

/// Ends the journey that a request says it is the end of.
async fn arrived(
    app: &App,
    oidc: &Oidc,
    query: Option<&str>,
    headers: &HeaderMap,
) -> Result<Vouched, OidcError> {
    let address = format!("http://query/?{}", query.unwrap_or_default());
    let address = Url::parse(&address).map_err(|_| OidcError::Forgotten)?;
    let said = |name: &str| {
        let mut pairs = address.query_pairs();
        let value = pairs.find(|(known, _)| known == name)?.1.into_owned();
        (!value.is_empty() && value.len() <= MAX_BYTES).then_some(value)
    };
    let browser = journey_cookie::read(headers);
    let now = app.sources.clock.now();
    let state = said("state").ok_or(OidcError::Forgotten)?;
    match said("code") {
        Some(code) => {
            let issuer = said("iss");
            let both = (state.as_str(), code.as_str());
            oidc.arrive(both, browser, issuer.as_deref(), now).await
        }
        None => Err(oidc.abandon(&state, browser, now)),
    }
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

/// Back to the page, which says why.
fn back(word: &str) -> Response {
    leave(&format!("/#sign-in-problem={word}"), None)
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

/// This server as the browser sees it: the public address of the settings, or where the request came
/// in. The host was checked by the guard, and the provider sends nobody to an address that it was not
/// told of.
fn own_origin(app: &App, entrance: Option<&Entrance>, headers: &HeaderMap) -> String {
    let by_tls = entrance.is_some_and(|entrance| entrance.way != Way::Plain);
    if let Some(public) = app.config.server.public_url.as_ref().filter(|_| !by_tls) {
        return public.clone();
    }
    // Only a trusted proxy's word comes as far as here.
    let proxied = headers.get("x-forwarded-proto");
    let by_tls = by_tls || proxied.is_some_and(|scheme| scheme == "https");
    let scheme = if by_tls { "https" } else { "http" };
    let host = headers.get(header::HOST);
    let host = host.and_then(|host| host.to_str().ok());
    format!("{scheme}://{}", host.unwrap_or("localhost"))
}

fn is_tls(origin: &str) -> bool {
    origin.starts_with("https://")
}
