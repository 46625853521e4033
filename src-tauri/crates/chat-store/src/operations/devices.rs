//! The rules for devices that people are signed in with.

use chat_core::{Actor, AuditAction, Device, DeviceId, Timestamp, User, UserId};
use rusqlite::Connection;

use crate::{
    batch::Scope,
    error::Error,
    operations::accounts::found,
    tables::{audit, devices, refresh_tokens, users},
};

/// As many may be signed in at once; then the one that was seen longest ago gives way.
const MOST_DEVICES: u32 = 100;

/// How long a device that ended, and a token that was used, are remembered, in milliseconds.
const REMEMBERED: i64 = 30 * 24 * 60 * 60 * 1000;

/// What came of a refresh token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Renewal {
    /// It was good, and is used up.
    Renewed(User, Device),
    /// It had been used before: whoever holds its successors is signed out.
    Reused(UserId),
    /// It is unknown, or its device or person may not sign in.
    Refused,
}

/// Signs a person in on a device, with the first of its refresh tokens if it wants any.
pub(crate) fn sign_in(
    scope: &mut Scope<'_>,
    device: &Device,
    refresh: Option<&[u8; 32]>,
    actor: &Actor,
) -> Result<(), Error> {
    let connection = scope.connection;
    let user = users::get(connection, &device.user)?.filter(|user| user.enabled);
    found(user.is_some())?;
    devices::sweep(connection, &device.user, remembered(actor.at))?;
    devices::insert(connection, device).map_err(Error::taken)?;
    devices::revoke_beyond(connection, &device.user, MOST_DEVICES, actor.at)?;
    if let Some(hash) = refresh {
        refresh_tokens::insert(connection, hash, &device.id, actor.at).map_err(Error::taken)?;
    }
    let action = AuditAction::SignedIn;
    Ok(audit::write(
        connection,
        actor,
        action,
        Some(&device.user),
        &device.name,
    )?)
}

/// Trades a refresh token for its successor. Whoever made the successor and asks again with both is
/// answered again, as long as the successor was not used: their first answer was lost on the way.
pub(crate) fn renew(
    scope: &mut Scope<'_>,
    hash: &[u8; 32],
    next: &[u8; 32],
    expires_at: Timestamp,
    actor: &Actor,
) -> Result<Renewal, Error> {
    let (connection, now) = (scope.connection, actor.at);
    let Some(known) = refresh_tokens::get(connection, hash)? else {
        return Ok(Renewal::Refused);
    };
    let Some(device) = devices::live(connection, &known.device, now)? else {
        return Ok(Renewal::Refused);
    };
    if known.replaced && !is_next_of(connection, next, &device.id)? {
        devices::revoke(connection, &device.user, &device.id, now)?;
        let action = AuditAction::TokenReused;
        audit::write(connection, actor, action, Some(&device.user), &device.name)?;
        return Ok(Renewal::Reused(device.user));
    }
    let user = users::get(connection, &device.user)?.filter(|user| user.enabled);
    let Some(user) = user else {
        return Ok(Renewal::Refused);
    };
    if !known.replaced {
        refresh_tokens::replace(connection, hash, now)?;
        refresh_tokens::sweep(connection, &device.id, remembered(now))?;
        refresh_tokens::insert(connection, next, &device.id, now).map_err(Error::taken)?;
    }
    devices::seen(connection, &device.id, &actor.address, now)?;
    devices::extend(connection, &device.id, expires_at)?;
    let device = devices::live(connection, &device.id, now)?.ok_or(Error::NotFound)?;
    Ok(Renewal::Renewed(user, device))
}

/// Whether `next` is a token of this device that nobody has used yet. Only who made it knows it.
fn is_next_of(connection: &Connection, next: &[u8; 32], device: &DeviceId) -> Result<bool, Error> {
    let next = refresh_tokens::get(connection, next)?;
    Ok(next.is_some_and(|next| !next.replaced && next.device == *device))
}

/// Signs one device of `user` out.
pub(crate) fn revoke(
    scope: &mut Scope<'_>,
    user: &UserId,
    device: &DeviceId,
    actor: &Actor,
) -> Result<(), Error> {
    let connection = scope.connection;
    let name = devices::live(connection, device, actor.at)?.map(|device| device.name);
    found(devices::revoke(connection, user, device, actor.at)?)?;
    let name = name.unwrap_or_default();
    let action = AuditAction::DeviceRevoked;
    Ok(audit::write(connection, actor, action, Some(user), &name)?)
}

/// Signs a person's devices out, but for `except`; gives how many.
pub(crate) fn revoke_all(
    scope: &mut Scope<'_>,
    user: &UserId,
    except: Option<&DeviceId>,
    actor: &Actor,
) -> Result<usize, Error> {
    let count = devices::revoke_all(scope.connection, user, except, actor.at)?;
    if count > 0 {
        let action = AuditAction::DevicesRevoked;
        audit::write(
            scope.connection,
            actor,
            action,
            Some(user),
            &count.to_string(),
        )?;
    }
    Ok(count)
}

fn remembered(now: Timestamp) -> Timestamp {
    Timestamp(now.0.saturating_sub(REMEMBERED))
}
