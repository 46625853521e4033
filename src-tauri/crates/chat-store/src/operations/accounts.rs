//! The rules for people's accounts. Who may change whom is judged here, in the transaction that
//! changes: what a person may do can have changed since they asked.

use chat_core::{Actor, AuditAction, DeviceId, Timestamp, User, UserId, UserRole};
use rusqlite::Connection;

use crate::{
    batch::Scope,
    error::{Error, NameError},
    operations::devices,
    spelling::Spelled as _,
    tables::{audit, links, users},
};

/// The longest name, in characters.
const LONGEST_NAME: usize = 64;

/// Why an account or an invitation was not changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// Whoever asked may not do that, or not to this person.
    Forbidden,
    /// Nobody could manage the server any more.
    LastOwner,
    /// Nobody shuts themselves out.
    Yourself,
    /// There are too many already.
    TooMany,
}

/// What to change of an account; an absent field stays as it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct UserPatch {
    /// Another role.
    pub role: Option<UserRole>,
    /// Let them in, or out, which ends every device of theirs.
    pub enabled: Option<bool>,
}

/// A person's name as it is kept: without space around it.
///
/// # Errors
/// [`NameError`] when nothing is left, it has more than 64 characters, or one that controls.
pub fn user_name(text: &str) -> Result<String, NameError> {
    let name = text.trim();
    let length = name.chars().count();
    if (1..=LONGEST_NAME).contains(&length) && !name.chars().any(char::is_control) {
        Ok(name.to_owned())
    } else {
        Err(NameError)
    }
}

pub(crate) fn create(
    scope: &mut Scope<'_>,
    mut user: User,
    password_hash: Option<&str>,
) -> Result<User, Error> {
    user.name = user_name(&user.name)?;
    users::insert(scope.connection, &user, password_hash).map_err(Error::taken)?;
    Ok(user)
}

pub(crate) fn redeem(
    scope: &mut Scope<'_>,
    hash: &[u8; 32],
    now: Timestamp,
) -> Result<Option<User>, Error> {
    let user = links::redeem(scope.connection, hash, now)?;
    links::sweep(scope.connection, now)?;
    match user {
        Some(user) => Ok(users::get(scope.connection, &user)?),
        None => Ok(None),
    }
}

/// The role of an actor who may manage others: an admin or owner who is let in.
pub(crate) fn manager(connection: &Connection, actor: &Actor) -> Result<Option<UserRole>, Error> {
    let Some(id) = &actor.user else {
        return Ok(None);
    };
    let user = users::get(connection, id)?.filter(|user| user.enabled);
    Ok(user
        .map(|user| user.role)
        .filter(|role| *role >= UserRole::Admin))
}

/// Changes a person's role, or whether they are let in, on behalf of an admin or owner. Nobody
/// touches whoever stands above them or gives more than they have.
pub(crate) fn change(
    scope: &mut Scope<'_>,
    user: &UserId,
    patch: UserPatch,
    actor: &Actor,
) -> Result<Result<User, Refusal>, Error> {
    let connection = scope.connection;
    let Some(own) = manager(connection, actor)? else {
        return Ok(Err(Refusal::Forbidden));
    };
    let before = users::get(connection, user)?.ok_or(Error::NotFound)?;
    let role = patch.role.unwrap_or(before.role);
    let enabled = patch.enabled.unwrap_or(before.enabled);
    if before.role > own || role > own {
        return Ok(Err(Refusal::Forbidden));
    }
    if actor.user.as_ref() == Some(user) && !enabled {
        return Ok(Err(Refusal::Yourself));
    }
    let owns = before.enabled && before.role == UserRole::Owner;
    if owns && !(enabled && role == UserRole::Owner) && users::count_owners(connection)? <= 1 {
        return Ok(Err(Refusal::LastOwner));
    }
    if role != before.role {
        found(users::set_role(connection, user, role)?)?;
        let detail = format!("{} to {}", before.role.spell(), role.spell());
        audit::write(
            connection,
            actor,
            AuditAction::RoleChanged,
            Some(user),
            &detail,
        )?;
    }
    if enabled != before.enabled {
        let name = before.name.clone();
        set_enabled(scope, &name, enabled, actor)?;
    }
    Ok(Ok(User {
        role,
        enabled,
        ..before
    }))
}

/// Lets somebody in or out, whoever they are.
pub(crate) fn set_enabled(
    scope: &mut Scope<'_>,
    name: &str,
    enabled: bool,
    actor: &Actor,
) -> Result<(), Error> {
    let connection = scope.connection;
    let (user, _) = users::by_name(connection, name)?.ok_or(Error::NotFound)?;
    if user.enabled == enabled {
        return Ok(());
    }
    found(users::set_enabled(connection, name, enabled)?)?;
    let action = match enabled {
        true => AuditAction::UserEnabled,
        false => AuditAction::UserDisabled,
    };
    audit::write(connection, actor, action, Some(&user.id), "")?;
    if !enabled {
        devices::revoke_all(scope, &user.id, None, actor)?;
    }
    Ok(())
}

/// Keeps the hash of a new password and signs every device out but `keep`.
pub(crate) fn set_password(
    scope: &mut Scope<'_>,
    user: &UserId,
    hash: &str,
    keep: Option<&DeviceId>,
    actor: &Actor,
) -> Result<(), Error> {
    found(users::set_password(scope.connection, user, hash)?)?;
    let action = AuditAction::PasswordChanged;
    audit::write(scope.connection, actor, action, Some(user), "")?;
    devices::revoke_all(scope, user, keep, actor).map(drop)
}

/// That there was somebody to change.
pub(crate) fn found(changed: bool) -> Result<(), Error> {
    if changed {
        Ok(())
    } else {
        Err(Error::NotFound)
    }
}

pub(crate) fn put_link(
    scope: &mut Scope<'_>,
    hash: &[u8; 32],
    user: &UserId,
    expires_at: Timestamp,
) -> Result<(), Error> {
    found(users::get(scope.connection, user)?.is_some())?;
    links::put(scope.connection, hash, user, expires_at).map_err(Error::taken)
}
