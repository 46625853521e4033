//! The rules for people's accounts.

use chat_core::{Timestamp, User, UserId};

use crate::{
    batch::Scope,
    error::{Error, NameError},
    tables::{links, users},
};

/// The longest name, in characters.
const LONGEST_NAME: usize = 64;

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
