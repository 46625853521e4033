//! Letting devices in: a code made at the computer, brought by the device, and a yes or no at the
//! computer to the device by its name.

use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{
    Extension, Json,
    extract::{Path, Request, State},
    http::{StatusCode, Uri, header},
    response::{IntoResponse as _, Response},
};
use chat_core::{
    AuditAction, ErrorCode, Fault, Reason, SignInMethod, StoreError, User, UserId, UserRole,
};
use chat_protocol::http::{
    AnswerPairing, AskPairing, ClaimPairing, OnDevice, PairedDevice, PairingAsked, PairingCode,
    PairingRequest, PairingState, PairingWaits, Problem,
};
use secrecy::ExposeSecret as _;
use tokio::time::timeout;

use super::{
    body, conflict, devices::managed, forbidden, lan::AtComputer, lan::links, not_found, private,
    problem, refused, session::Arrival, store_failed, tell_connections, told, wrong,
};
use crate::{
    app::{App, place},
    auth::{Asker, Claim, Waiting, check_account_name, device_name, shortened},
    counters,
    http::Peer,
    limits::Wait,
};

/// How long a question for news is kept open; within the deadline of requests.
const NEWS: Duration = Duration::from_secs(10);

/// Makes a code. It is told here and never again.
pub(super) async fn issue(
    State(app): State<Arc<App>>,
    AtComputer(caller): AtComputer,
) -> Result<Response, Response> {
    let Some(shared) = app.lan.shared() else {
        let words = "this computer is not shared on the local network; turn that on first";
        return Err(conflict(Problem::NotShared, words));
    };
    let now = app.sources.clock.now();
    let (code, until) = app.pairings.issue(&caller.user.id, now);
    let links = links(&shared, Some(&code));
    Ok(private(&PairingCode::new(&code, until, links)))
}

/// Takes the code back, and says no to whoever waits.
pub(super) async fn withdraw(
    State(app): State<Arc<App>>,
    AtComputer(caller): AtComputer,
) -> StatusCode {
    app.pairings
        .withdraw(&caller.user.id, app.sources.clock.now());
    StatusCode::NO_CONTENT
}

/// What is under way, and who was let in. With what is known already, waits a while for news.
pub(super) async fn state(
    State(app): State<Arc<App>>,
    AtComputer(caller): AtComputer,
    uri: Uri,
) -> Result<Response, Response> {
    let since = since(uri.query()).ok_or_else(|| {
        let words = "since is the revision that is known";
        problem(StatusCode::BAD_REQUEST, Reason::Malformed, words)
    })?;
    let mut changes = app.pairings.subscribe();
    if since.is_some_and(|since| since == *changes.borrow_and_update()) {
        tokio::select! {
            _ = timeout(NEWS, changes.changed()) => {}
            () = app.draining.cancelled() => {}
        }
    }
    let revision = *changes.borrow_and_update();
    let now = app.sources.clock.now();
    let (code, waiting) = app.pairings.of(&caller.user.id, now);
    let failed = |error| store_failed(&error);
    let users = app.database.users().await.map_err(failed)?;
    let users: HashMap<&UserId, &User> = users.iter().map(|user| (&user.id, user)).collect();
    // Whoever waited may have been lowered or shut out meanwhile.
    let known = users.get(&caller.user.id);
    let manages = known.is_some_and(|user| user.enabled && user.role >= UserRole::Admin);
    let (user, device) = (&caller.user.id, caller.device.as_ref());
    if !manages || app.accounts.borrow().shuts_out(user, device) {
        return Err(forbidden("this is no longer yours to see; sign in again"));
    }
    let paired = app.database.paired_devices(now).await.map_err(failed)?;
    let devices = paired.iter().filter_map(|device| {
        let user = users.get(&device.user)?;
        Some(PairedDevice::new(device, user))
    });
    let state = PairingState::new(
        revision,
        code,
        waiting.iter().map(shown).collect(),
        devices.collect(),
    );
    Ok(private(&state))
}

/// Reads `?since=N`, which may be missing.
fn since(query: Option<&str>) -> Option<Option<u64>> {
    match query {
        None | Some("") => Some(None),
        Some(query) => Some(Some(query.strip_prefix("since=")?.parse().ok()?)),
    }
}

fn shown(waiting: &Waiting) -> PairingRequest<'_> {
    let Asker { device, address } = &waiting.asker;
    PairingRequest::new(&waiting.id, device, address, &waiting.number, waiting.until)
}

/// Says yes or no to a device.
pub(super) async fn answer(
    State(app): State<Arc<App>>,
    AtComputer(caller): AtComputer,
    Path(id): Path<String>,
    request: Request,
) -> Result<StatusCode, Response> {
    let asked: AnswerPairing = body(request).await?;
    let by = caller.user.id.clone();
    // Before an account is made for nothing.
    let now = app.sources.clock.now();
    let gone = || not_found("device that waits for an answer");
    let waiting = app.pairings.find(&by, &id, now).ok_or_else(gone)?;
    let user = match asked {
        AnswerPairing::Refuse => None,
        AnswerPairing::Own => Some(by.clone()),
        AnswerPairing::Guest { name } => Some(guest(&app, &caller, name.trim()).await?),
        AnswerPairing::Person { user_id } => {
            let user = managed(&app, &caller, user_id.as_str()).await?;
            if !user.enabled {
                return Err(forbidden("this account is closed; open it first"));
            }
            Some(user.id)
        }
    };
    let now = app.sources.clock.now();
    if !app.pairings.answer(&by, &id, user.clone(), now) {
        return Err(gone());
    }
    if let Some(user) = user {
        let (actor, paired) = (caller.actor(&app), AuditAction::DevicePaired);
        let noted = app
            .database
            .note(actor, paired, Some(user), waiting.asker.device);
        // The answer is given and the device let in: nothing here can be tried again.
        if let Err(error) = noted.await {
            let error = &error as &dyn std::error::Error;
            tracing::error!(error, "a device that was let in could not be noted");
        }
    }
    Ok(StatusCode::NO_CONTENT)
}

/// An account for a guest: a member without a password, who comes in by devices that are let in.
async fn guest(app: &App, caller: &super::Caller, name: &str) -> Result<UserId, Response> {
    if let Err(error) = check_account_name(name) {
        let words = error.to_string();
        return Err(wrong(Reason::Malformed, Problem::BadName, &words));
    }
    let id = UserId::parse(&app.sources.ids.fresh());
    let id = id.map_err(|_| store_failed(&StoreError::IdTaken))?;
    let now = app.sources.clock.now();
    let made = app
        .database
        .create_user(id, name, UserRole::Member, None, now);
    let user = made.await.map_err(|error| match error {
        StoreError::IdTaken => {
            let words = "somebody here has that name already; choose another, or let them in";
            conflict(Problem::NameTaken, words)
        }
        error => store_failed(&error),
    })?;
    let (actor, made) = (caller.actor(app), AuditAction::UserCreated);
    let noted = app
        .database
        .note(actor, made, Some(user.id.clone()), user.name.clone());
    noted.await.map_err(|error| store_failed(&error))?;
    tell_connections(app).await?;
    Ok(user.id)
}

/// A device brings a code.
pub(super) async fn ask(
    State(app): State<Arc<App>>,
    Extension(Peer(peer)): Extension<Peer>,
    request: Request,
) -> Result<Response, Response> {
    let headers = request.headers().clone();
    let asked: AskPairing = body(request).await?;
    let limited = app.limits.pairing(peer, Instant::now());
    limited.map_err(too_many)?;
    let agent = headers.get(header::USER_AGENT);
    let agent = agent.and_then(|agent| agent.to_str().ok());
    let device = asked.device.map(|name| shortened(&name, 64));
    let device = device.filter(|name| !name.is_empty());
    let asker = Asker {
        device: device.unwrap_or_else(|| device_name(agent.unwrap_or_default())),
        address: place(peer),
    };
    let (id, now) = (app.sources.ids.fresh(), app.sources.clock.now());
    let code = asked.code.expose_secret();
    let Some(asked) = app.pairings.ask(code, asker, id, now) else {
        let words = "this code is wrong, was used already or has expired; ask for a new one";
        return Err(refused(words));
    };
    let answer = PairingAsked::new(&asked.id, &asked.secret, &asked.number, asked.until);
    Ok((StatusCode::ACCEPTED, private(&answer)).into_response())
}

/// A device comes back for its answer; waits a while for it.
pub(super) async fn claim(
    State(app): State<Arc<App>>,
    Extension(Peer(peer)): Extension<Peer>,
    request: Request,
) -> Result<Response, Response> {
    let headers = request.headers().clone();
    let asked: ClaimPairing = body(request).await?;
    let mut changes = app.pairings.subscribe();
    let until = tokio::time::Instant::now() + NEWS;
    let (user, asker) = loop {
        changes.mark_unchanged();
        let (secret, now) = (asked.secret.expose_secret(), app.sources.clock.now());
        match app.pairings.claim(&asked.request_id, secret, now) {
            Claim::LetIn(user, asker) => break (user, asker),
            Claim::Refused => return Err(device_refused()),
            Claim::Over => {
                // Somebody may be guessing.
                let limited = app.limits.pairing(peer, Instant::now());
                limited.map_err(too_many)?;
                return Err(refused("nobody answered in time; ask for a new code"));
            }
            Claim::Waiting => {}
        }
        let news = tokio::select! {
            changed = tokio::time::timeout_at(until, changes.changed()) => matches!(changed, Ok(Ok(()))),
            () = app.draining.cancelled() => false,
        };
        if !news {
            let waits = Json(PairingWaits::default());
            return Ok((StatusCode::ACCEPTED, waits).into_response());
        }
    };
    let user = app.database.user(&user).await;
    let user = user.map_err(|error| store_failed(&error))?;
    let Some(user) = user.filter(|user| user.enabled) else {
        return Err(refused("this account was closed"));
    };
    // The name that the person at the computer said yes to, whatever comes now.
    let on = OnDevice {
        device: Some(asker.device),
        refresh: asked.on.refresh,
    };
    let arrival = Arrival::new(&app, peer, &headers, on);
    let session = arrival.open(&user, SignInMethod::Pairing).await?;
    app.pairings.tell();
    Ok(session)
}

/// Somebody at the computer said no.
fn device_refused() -> Response {
    counters::REFUSED.add(1);
    let words = "this device was refused at the computer";
    let fault = Fault::new(ErrorCode::AuthFailed, Reason::TokenRefused, words);
    told(
        StatusCode::UNAUTHORIZED,
        &fault,
        Some(Problem::DeviceRefused),
    )
}

fn too_many(wait: Wait) -> Response {
    counters::REFUSED.add(1);
    let words = "too many attempts to pair; please wait a moment";
    let fault = Fault::new(ErrorCode::RateLimit, Reason::TooManyMessages, words);
    let fault = fault.retry_after(wait.milliseconds());
    told(StatusCode::TOO_MANY_REQUESTS, &fault, None)
}
