//! The rules for invitations. Whoever makes one must have the role that it gives, when it is made
//! and when it is accepted.

use chat_core::{Actor, AuditAction, Invitation, InvitationId, Timestamp, User, UserId, UserRole};

use crate::{
    batch::Scope,
    error::Error,
    operations::accounts::{self, Refusal, found, manager},
    spelling::Spelled as _,
    tables::{audit, invitations, users},
};

/// As many can be open at once.
const MOST_OPEN: u32 = 1_000;

/// How long one that ended is remembered, in milliseconds.
const REMEMBERED: i64 = 90 * 24 * 60 * 60 * 1000;

/// What came of accepting an invitation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Acceptance {
    /// The account is made, the invitation used up.
    Welcome(User),
    /// Unknown, used, taken back, expired, or of somebody who may not invite any more.
    Refused,
    /// The name is somebody's; the invitation is still good.
    NameTaken,
}

/// Keeps a new invitation.
pub(crate) fn invite(
    scope: &mut Scope<'_>,
    hash: &[u8; 32],
    invitation: &Invitation,
    actor: &Actor,
) -> Result<Result<(), Refusal>, Error> {
    let connection = scope.connection;
    if manager(connection, actor)?.is_none_or(|role| role < invitation.role) {
        return Ok(Err(Refusal::Forbidden));
    }
    invitations::sweep(connection, Timestamp(actor.at.0.saturating_sub(REMEMBERED)))?;
    if invitations::count_open(connection, actor.at)? >= MOST_OPEN {
        return Ok(Err(Refusal::TooMany));
    }
    invitations::insert(connection, hash, invitation).map_err(Error::taken)?;
    let (action, role) = (AuditAction::InvitationCreated, invitation.role.spell());
    audit::write(connection, actor, action, None, role)?;
    Ok(Ok(()))
}

/// Takes an invitation back.
pub(crate) fn revoke(
    scope: &mut Scope<'_>,
    invitation: &InvitationId,
    actor: &Actor,
) -> Result<Result<(), Refusal>, Error> {
    let connection = scope.connection;
    let known = invitations::get(connection, invitation)?.ok_or(Error::NotFound)?;
    if manager(connection, actor)?.is_none_or(|role| role < known.role) {
        return Ok(Err(Refusal::Forbidden));
    }
    found(invitations::revoke(connection, invitation, actor.at)?)?;
    let (action, role) = (AuditAction::InvitationRevoked, known.role.spell());
    audit::write(connection, actor, action, None, role)?;
    Ok(Ok(()))
}

/// The invitation that a code opens, if whoever made it may still give that role.
pub(crate) fn open(
    connection: &rusqlite::Connection,
    hash: &[u8; 32],
    now: Timestamp,
) -> Result<Option<(Invitation, User)>, Error> {
    let Some(invitation) = invitations::open(connection, hash, now)? else {
        return Ok(None);
    };
    let by = users::get(connection, &invitation.created_by)?;
    let by = by.filter(|by| by.enabled && by.role >= UserRole::Admin.max(invitation.role));
    Ok(by.map(|by| (invitation, by)))
}

/// Makes the account of whoever accepts.
pub(crate) fn accept(
    scope: &mut Scope<'_>,
    hash: &[u8; 32],
    id: UserId,
    name: &str,
    password_hash: &str,
    actor: &Actor,
) -> Result<Acceptance, Error> {
    let connection = scope.connection;
    let Some((invitation, _)) = open(connection, hash, actor.at)? else {
        return Ok(Acceptance::Refused);
    };
    if users::by_name(connection, name)?.is_some() {
        return Ok(Acceptance::NameTaken);
    }
    let user = User {
        id,
        name: name.to_owned(),
        role: invitation.role,
        enabled: true,
        created_at: actor.at,
    };
    let user = accounts::create(scope, user, Some(password_hash))?;
    invitations::used(connection, &invitation.id, &user.id, actor.at)?;
    let actor = Actor {
        user: Some(user.id.clone()),
        ..actor.clone()
    };
    let (action, role) = (AuditAction::InvitationAccepted, user.role.spell());
    audit::write(connection, &actor, action, Some(&user.id), role)?;
    Ok(Acceptance::Welcome(user))
}
