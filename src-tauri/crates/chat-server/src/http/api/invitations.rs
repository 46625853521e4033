//! Invitations: made by admins and owners, accepted by whoever has the code.

use std::{collections::HashMap, sync::Arc, time::Instant};

use axum::{
    Extension,
    extract::{Path, Request, State},
    http::StatusCode,
    response::Response,
};
use chat_core::{
    Invitation, InvitationId, Reason, SignInMethod, StoreError, Timestamp, User, UserId, UserRole,
};
use chat_protocol::http::{
    AcceptInvitation, InvitationCode, InvitationInfo, InvitationList, InvitationMade,
    InvitationOffer, Invite, Problem,
};
use chat_store::Acceptance;
use secrecy::ExposeSecret as _;

use super::{
    Manager, actor, body, conflict, not_changed, not_found, password_problem, private, problem,
    refused, session::Arrival, store_failed, tell_connections, too_many, wrong,
};
use crate::{
    app::App,
    auth::{check_account_name, code_hash, random_code, shortened},
    http::Peer,
};

const HOUR: i64 = 60 * 60 * 1000;

/// How long an invitation is good where nobody says, in hours.
const USUAL: u32 = 72;

/// The longest, in hours.
const LONGEST: u32 = 30 * 24;

/// Invites somebody. The code is told here and never again.
pub(super) async fn invite(
    State(app): State<Arc<App>>,
    Manager(caller): Manager,
    request: Request,
) -> Result<Response, Response> {
    let asked: Invite = body(request).await?;
    let hours = asked.expires_in_hours.unwrap_or(USUAL);
    if !(1..=LONGEST).contains(&hours) {
        let words = "an invitation is good for an hour to 30 days";
        return Err(problem(StatusCode::BAD_REQUEST, Reason::Malformed, words));
    }
    let now = app.sources.clock.now();
    let id = InvitationId::parse(&app.sources.ids.fresh());
    let invitation = Invitation {
        id: id.map_err(|_| store_failed(&StoreError::IdTaken))?,
        role: asked.role.unwrap_or(UserRole::Member),
        note: shortened(&asked.note.unwrap_or_default(), 128),
        created_by: caller.user.id.clone(),
        created_at: now,
        expires_at: Timestamp(now.0.saturating_add(i64::from(hours) * HOUR)),
        used_at: None,
        used_by: None,
        revoked_at: None,
    };
    let (code, actor) = (random_code(), caller.actor(&app));
    let made = app
        .database
        .invite(code_hash(&code), invitation.clone(), actor);
    let made = made.await.map_err(|error| store_failed(&error))?;
    made.map_err(not_changed)?;
    let by = &caller.user;
    let answer = InvitationMade {
        code: &code,
        invitation: InvitationInfo::new(&invitation, now, |id| (by.id == *id).then_some(by)),
    };
    Ok(private(&answer))
}

/// All that are remembered.
pub(super) async fn list(
    State(app): State<Arc<App>>,
    Manager(_): Manager,
) -> Result<Response, Response> {
    let failed = |error| store_failed(&error);
    let invitations = app.database.invitations().await.map_err(failed)?;
    let users = app.database.users().await.map_err(failed)?;
    let users: HashMap<&UserId, &User> = users.iter().map(|user| (&user.id, user)).collect();
    let now = app.sources.clock.now();
    let invitations = invitations
        .iter()
        .map(|one| InvitationInfo::new(one, now, |id| users.get(id).copied()));
    Ok(private(&InvitationList {
        invitations: invitations.collect(),
    }))
}

/// Takes one back.
pub(super) async fn revoke(
    State(app): State<Arc<App>>,
    Manager(caller): Manager,
    Path(invitation): Path<String>,
) -> Result<StatusCode, Response> {
    let invitation = InvitationId::parse(&invitation).map_err(|_| not_found("invitation"))?;
    let revoked = app
        .database
        .revoke_invitation(&invitation, caller.actor(&app));
    match revoked.await {
        Ok(Ok(())) => Ok(StatusCode::NO_CONTENT),
        Ok(Err(refusal)) => Err(not_changed(refusal)),
        Err(StoreError::NotFound) => Err(not_found("invitation")),
        Err(error) => Err(store_failed(&error)),
    }
}

/// Who invites to what, for whoever has the code.
pub(super) async fn look(
    State(app): State<Arc<App>>,
    Extension(Peer(peer)): Extension<Peer>,
    request: Request,
) -> Result<Response, Response> {
    let asked: InvitationCode = body(request).await?;
    let limited = app.limits.invitation(peer, Instant::now());
    limited.map_err(too_many)?;
    let hash = code_hash(asked.code.expose_secret());
    let (invitation, by) = opened(&app, hash).await?;
    let offer = InvitationOffer::new(&invitation, &by, &app.config.server.name);
    Ok(private(&offer))
}

/// Makes the account and signs it in.
pub(super) async fn accept(
    State(app): State<Arc<App>>,
    Extension(Peer(peer)): Extension<Peer>,
    request: Request,
) -> Result<Response, Response> {
    let headers = request.headers().clone();
    let asked: AcceptInvitation = body(request).await?;
    let limited = app.limits.invitation(peer, Instant::now());
    limited.map_err(too_many)?;
    let name = asked.name.trim();
    if let Err(error) = check_account_name(name) {
        return Err(wrong(
            Reason::Malformed,
            Problem::BadName,
            &error.to_string(),
        ));
    }
    let by_address =
        app.oidc.is_some() && app.config.oidc.users != crate::config::OidcUsers::Linked;
    if by_address && name.contains('@') {
        // The identity provider finds accounts by such names.
        let words = "a name here cannot be an address; choose another";
        return Err(wrong(Reason::Malformed, Problem::BadName, words));
    }
    let hash = code_hash(asked.code.expose_secret());
    // Before the expensive part: a made-up code costs a look, not a password's work.
    opened(&app, hash).await?;
    let password = app.passwords.hash(asked.password).await;
    let password = password.map_err(|error| password_problem(&error))?;
    let id = UserId::parse(&app.sources.ids.fresh());
    let id = id.map_err(|_| store_failed(&StoreError::IdTaken))?;
    let accepted =
        app.database
            .accept_invitation(hash, id, name, password, actor(&app, None, peer));
    match accepted.await.map_err(|error| store_failed(&error))? {
        Acceptance::Welcome(user) => {
            tell_connections(&app).await?;
            let arrival = Arrival::new(&app, peer, &headers, asked.on);
            arrival.open(&user, SignInMethod::Invitation).await
        }
        Acceptance::Refused => Err(void()),
        Acceptance::NameTaken => {
            let words = "somebody here has that name already; choose another";
            Err(conflict(Problem::NameTaken, words))
        }
    }
}

async fn opened(app: &App, hash: [u8; 32]) -> Result<(Invitation, User), Response> {
    let now = app.sources.clock.now();
    let opened = app.database.open_invitation(hash, now).await;
    opened
        .map_err(|error| store_failed(&error))?
        .ok_or_else(void)
}

fn void() -> Response {
    refused("this invitation was used already, taken back or has expired; ask for a new one")
}
