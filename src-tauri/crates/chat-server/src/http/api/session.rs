//! Signing in and out, renewing access, one's own password.

use std::{net::IpAddr, sync::Arc, time::Duration};

use axum::{
    Extension,
    extract::{Request, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use chat_core::{AuditAction, Device, Fault, Reason, SignInMethod, Timestamp, Token, User, UserId};
use chat_protocol::http::{
    Me, OnDevice, Problem, Refresh, RefreshBy, Session, SetPassword, SignIn, SignInByLink,
};
use chat_store::Renewal;
use secrecy::{ExposeSecret as _, SecretString};

use super::{
    Caller, actor, attempt, body, password_problem, private, problem, refused, store_failed,
    tell_connections, told, too_many, wrong,
};
use crate::{
    app::{App, place},
    auth::{Opens, code_hash, device_name, random_code, refresh_cookie, shortened},
    http::Peer,
    start,
};

/// Where access is renewed; the only path that a browser sends its refresh token to.
pub(super) const REFRESH_PATH: &str = "/api/session/refresh";

/// How long an access token is good where there is a refresh token beside it, and nobody said.
const ACCESS: Duration = Duration::from_secs(15 * 60);

/// How long a device stays signed in without being heard of, and a token that comes alone.
const DEVICE: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// Name and password.
pub(super) async fn sign_in(
    State(app): State<Arc<App>>,
    Extension(Peer(peer)): Extension<Peer>,
    request: Request,
) -> Result<Response, Response> {
    let headers = request.headers().clone();
    let asked: SignIn = body(request).await?;
    attempt(&app, peer, &asked.name).map_err(too_many)?;
    let found = app.database.user_by_name(&asked.name).await;
    let found = found.map_err(|error| store_failed(&error))?;
    // Nobody, a disabled person and one without a password take as long as a wrong password.
    let found = found.filter(|(user, _)| user.enabled);
    let stored = found.as_ref().and_then(|(_, hash)| hash.clone());
    let verified = app.passwords.verify(asked.password, stored).await;
    match (verified, found) {
        (Ok(true), Some((user, _))) => {
            let arrival = Arrival::new(&app, peer, &headers, asked.on);
            arrival.open(&user, SignInMethod::Password).await
        }
        (Ok(_), found) => {
            if let Some((user, _)) = found {
                let noted = app.database.note(
                    actor(&app, None, peer),
                    AuditAction::SignInRefused,
                    Some(user.id),
                    String::new(),
                );
                noted.await.map_err(|error| store_failed(&error))?;
            }
            Err(refused("the name or the password is wrong"))
        }
        (Err(error), _) => Err(password_problem(&error)),
    }
}

/// The code of a one-time link.
pub(super) async fn redeem_link(
    State(app): State<Arc<App>>,
    Extension(Peer(peer)): Extension<Peer>,
    request: Request,
) -> Result<Response, Response> {
    let headers = request.headers().clone();
    let asked: SignInByLink = body(request).await?;
    attempt(&app, peer, "").map_err(too_many)?;
    let now = app.sources.clock.now();
    let words = "this link was used already or has expired; ask for a new one";
    let id = match app.codes.redeem(asked.code.expose_secret(), now) {
        Some(Opens::User(id)) => id,
        Some(Opens::FirstOwner) => first_owner(&app).await?,
        None => return Err(refused(words)),
    };
    match app.database.user(&id).await {
        Ok(Some(user)) if user.enabled => {
            let arrival = Arrival::new(&app, peer, &headers, asked.on);
            arrival.open(&user, SignInMethod::Link).await
        }
        Ok(_) => Err(refused("this account does not exist any more")),
        Err(error) => Err(store_failed(&error)),
    }
}

/// The owner of a server where nobody had an account until now.
async fn first_owner(app: &App) -> Result<UserId, Response> {
    let users = app.database.users().await;
    if !users.map_err(|error| store_failed(&error))?.is_empty() {
        let words = "this server has an owner by now; ask them for an invitation";
        return Err(refused(words));
    }
    let owner = start::make_owner(&app.database, &app.sources).await;
    owner.map_err(|error| {
        tracing::error!(
            error = &error as &dyn std::error::Error,
            "no owner was made"
        );
        told(StatusCode::INTERNAL_SERVER_ERROR, &Fault::internal(), None)
    })
}

/// A refresh token, in the cookie or in the body, for the next access token and its own successor.
pub(super) async fn refresh(
    State(app): State<Arc<App>>,
    Extension(Peer(peer)): Extension<Peer>,
    request: Request,
) -> Result<Response, Response> {
    let headers = request.headers().clone();
    let asked: Refresh = body(request).await?;
    app.limits
        .refresh(peer, std::time::Instant::now())
        .map_err(too_many)?;
    let Some(next) = next_token(asked.next_token) else {
        let words = "nextToken must be 32 to 256 printable characters, made at random";
        return Err(problem(StatusCode::BAD_REQUEST, Reason::Malformed, words));
    };
    let (by, token) = match asked.refresh_token {
        Some(token) => (RefreshBy::Body, Some(token)),
        None => (RefreshBy::Cookie, refresh_cookie::read(&headers)),
    };
    let Some(token) = token else {
        return Err(refused("there is no refresh token; sign in"));
    };
    let now = app.sources.clock.now();
    let hash = code_hash(token.expose_secret());
    let holder = app.database.holder(hash).await;
    if let Some(user) = holder.map_err(|error| store_failed(&error))? {
        let limited = app.limits.refresh_of(&user, std::time::Instant::now());
        limited.map_err(too_many)?;
    }
    let renewed = app.database.renew(
        hash,
        code_hash(next.expose_secret()),
        after(now, DEVICE),
        actor(&app, None, peer),
    );
    match renewed.await.map_err(|error| store_failed(&error))? {
        Renewal::Renewed(user, device) => {
            Ok(answer(&app, &headers, &user, &device, Some((by, next))))
        }
        Renewal::Reused(user) => {
            tracing::warn!(%user, "a refresh token came a second time; its device is signed out");
            tell_connections(&app).await?;
            Err(gone(&headers))
        }
        Renewal::Refused => Err(gone(&headers)),
    }
}

/// The successor of a refresh token: the sender's own, which they have kept before they ask, or a
/// fresh one. One that could be guessed is none.
fn next_token(made: Option<SecretString>) -> Option<SecretString> {
    let Some(made) = made else {
        return Some(SecretString::from(random_code()));
    };
    let text = made.expose_secret();
    let sound =
        (32..=256).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
    sound.then_some(made)
}

/// Who asks.
pub(super) async fn me(State(app): State<Arc<App>>, caller: Caller) -> Result<Response, Response> {
    let hash = app.database.password_hash(&caller.user.id).await;
    let hash = hash.map_err(|error| store_failed(&error))?;
    let me = Me::new(&caller.user, caller.device.as_ref(), hash.is_some());
    Ok(private(&me))
}

/// Signs the device that asks out.
pub(super) async fn sign_out(
    State(app): State<Arc<App>>,
    caller: Caller,
    headers: HeaderMap,
) -> Result<Response, Response> {
    if let Some(device) = &caller.device {
        let out = app
            .database
            .revoke_device(&caller.user.id, device, caller.actor(&app))
            .await;
        match out {
            Ok(()) | Err(chat_core::StoreError::NotFound) => {}
            Err(error) => return Err(store_failed(&error)),
        }
        tell_connections(&app).await?;
    }
    let forget = [(header::SET_COOKIE, refresh_cookie::forget(&headers))];
    Ok((StatusCode::NO_CONTENT, forget).into_response())
}

/// A password for signing in from elsewhere. Whoever has one on a device says it again, and every
/// other device is signed out.
pub(super) async fn set_password(
    State(app): State<Arc<App>>,
    caller: Caller,
    request: Request,
) -> Result<StatusCode, Response> {
    let asked: SetPassword = body(request).await?;
    let stored = app.database.password_hash(&caller.user.id).await;
    let stored = stored.map_err(|error| store_failed(&error))?;
    if stored.is_some() && (caller.device.is_some() || asked.current.is_some()) {
        attempt(&app, caller.peer, &caller.user.name).map_err(too_many)?;
        let current = asked.current.unwrap_or_default();
        let right = app.passwords.verify(current, stored).await;
        if !right.map_err(|error| password_problem(&error))? {
            let words = "the current password is missing or wrong";
            return Err(wrong(Reason::Forbidden, Problem::CurrentPassword, words));
        }
    }
    let hash = app.passwords.hash(asked.password).await;
    let hash = hash.map_err(|error| password_problem(&error))?;
    let actor = caller.actor(&app);
    app.database
        .set_password(&caller.user.id, hash, caller.device, actor)
        .await
        .map_err(|error| store_failed(&error))?;
    tell_connections(&app).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Somebody at the door, whose way of proving who they are was good.
pub(super) struct Arrival<'a> {
    app: &'a App,
    peer: IpAddr,
    headers: &'a HeaderMap,
    on: OnDevice,
}

impl<'a> Arrival<'a> {
    /// Somebody who wants to sign in on the device that sent `headers`.
    pub(super) fn new(app: &'a App, peer: IpAddr, headers: &'a HeaderMap, on: OnDevice) -> Self {
        Self {
            app,
            peer,
            headers,
            on,
        }
    }

    /// Signs `user` in.
    pub(super) async fn open(
        self,
        user: &User,
        method: SignInMethod,
    ) -> Result<Response, Response> {
        let (app, now) = (self.app, self.app.sources.clock.now());
        let agent = self.headers.get(header::USER_AGENT);
        let agent = agent
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        let name = self.on.device.as_deref().map(|name| shortened(name, 64));
        let name = name.filter(|name| !name.is_empty());
        let id = chat_core::DeviceId::parse(&app.sources.ids.fresh());
        let device = Device {
            id: id.map_err(|_| store_failed(&chat_core::StoreError::IdTaken))?,
            user: user.id.clone(),
            name: name.unwrap_or_else(|| device_name(agent)),
            user_agent: shortened(agent, 128),
            address: place(self.peer),
            method,
            created_at: now,
            used_at: now,
            expires_at: after(now, DEVICE),
        };
        let refresh = self
            .on
            .refresh
            .map(|by| (by, SecretString::from(random_code())));
        let hash = refresh
            .as_ref()
            .map(|(_, token)| code_hash(token.expose_secret()));
        let actor = actor(app, Some(user.id.clone()), self.peer);
        app.database
            .sign_in_device(device.clone(), hash, actor)
            .await
            .map_err(|error| match error {
                chat_core::StoreError::NotFound => refused("this account was disabled"),
                error => store_failed(&error),
            })?;
        Ok(answer(app, self.headers, user, &device, refresh))
    }
}

/// The answer that lets somebody in: short with a refresh token beside it, long without.
fn answer(
    app: &App,
    headers: &HeaderMap,
    user: &User,
    device: &Device,
    refresh: Option<(RefreshBy, SecretString)>,
) -> Response {
    let now = app.sources.clock.now();
    let ttl = match refresh {
        Some(_) => app.config.auth.access_time.unwrap_or(ACCESS),
        None => DEVICE,
    };
    let token = Token::from(app.tokens.issue(&user.id, Some(&device.id), ttl, now));
    let shown = match &refresh {
        Some((RefreshBy::Body, token)) => Some(Token::from(token.expose_secret().to_owned())),
        _ => None,
    };
    let session = Session::new(&token, user, after(now, ttl), device, shown.as_ref());
    let mut response = private(&session);
    if let Some((RefreshBy::Cookie, token)) = &refresh {
        let cookie = refresh_cookie::keep(headers, token, DEVICE);
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    response
}

/// A refresh token that is good no more; the cookie goes with it.
fn gone(headers: &HeaderMap) -> Response {
    let mut response = refused("this device was signed out; sign in again");
    let forget = refresh_cookie::forget(headers);
    response.headers_mut().insert(header::SET_COOKIE, forget);
    response
}

fn after(now: Timestamp, time: Duration) -> Timestamp {
    let time = i64::try_from(time.as_millis()).unwrap_or(i64::MAX);
    Timestamp(now.0.saturating_add(time))
}
