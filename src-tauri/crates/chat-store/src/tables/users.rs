//! `users`: accounts, and the revision of all that each person can see.

use chat_core::{Revision, Timestamp, User, UserId, UserRole};
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use crate::spelling::{Spelled as _, id, revision, spelled};

const COLUMNS: &str = "id, name, role, enabled, created_at, password_hash";

fn read(row: &Row<'_>) -> rusqlite::Result<User> {
    Ok(User {
        id: id(row, 0, UserId::parse)?,
        name: row.get(1)?,
        role: spelled(row, 2)?,
        enabled: row.get(3)?,
        created_at: Timestamp(row.get(4)?),
    })
}

/// What makes two names the same.
fn key(name: &str) -> String {
    name.trim().to_lowercase()
}

pub(crate) fn insert(
    connection: &Connection,
    user: &User,
    password_hash: Option<&str>,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO users (id, name, name_key, role, enabled, password_hash, created_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute(params![
            user.id.as_str(),
            user.name,
            key(&user.name),
            user.role.spell(),
            user.enabled,
            password_hash,
            user.created_at.0,
        ])
        .map(drop)
}

pub(crate) fn get(connection: &Connection, user: &UserId) -> rusqlite::Result<Option<User>> {
    connection
        .prepare_cached(&format!("SELECT {COLUMNS} FROM users WHERE id = ?1"))?
        .query_row([user.as_str()], read)
        .optional()
}

/// The person with that name and the hash of their password.
pub(crate) fn by_name(
    connection: &Connection,
    name: &str,
) -> rusqlite::Result<Option<(User, Option<String>)>> {
    connection
        .prepare_cached(&format!("SELECT {COLUMNS} FROM users WHERE name_key = ?1"))?
        .query_row([key(name)], |row| Ok((read(row)?, row.get(5)?)))
        .optional()
}

/// Everyone, oldest account first.
pub(crate) fn all(connection: &Connection) -> rusqlite::Result<Vec<User>> {
    connection
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM users ORDER BY created_at, rowid"
        ))?
        .query_map([], read)?
        .collect()
}

/// The owner with the oldest account.
pub(crate) fn first_owner(connection: &Connection) -> rusqlite::Result<Option<User>> {
    connection
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM users WHERE role = 'owner' ORDER BY created_at, rowid LIMIT 1"
        ))?
        .query_row([], read)
        .optional()
}

/// How many owners are let in.
pub(crate) fn count_owners(connection: &Connection) -> rusqlite::Result<u32> {
    connection
        .prepare_cached("SELECT count(*) FROM users WHERE role = 'owner' AND enabled = 1")?
        .query_row([], |row| row.get(0))
}

/// Who has a password.
pub(crate) fn with_password(connection: &Connection) -> rusqlite::Result<Vec<UserId>> {
    connection
        .prepare_cached("SELECT id FROM users WHERE password_hash IS NOT NULL")?
        .query_map([], |row| id(row, 0, UserId::parse))?
        .collect()
}

/// The hash of a person's password, if they have one.
pub(crate) fn password_hash(
    connection: &Connection,
    user: &UserId,
) -> rusqlite::Result<Option<String>> {
    connection
        .prepare_cached("SELECT password_hash FROM users WHERE id = ?1")?
        .query_row([user.as_str()], |row| row.get(0))
        .optional()
        .map(Option::flatten)
}

/// True if there is such a person.
pub(crate) fn set_enabled(
    connection: &Connection,
    name: &str,
    enabled: bool,
) -> rusqlite::Result<bool> {
    connection
        .prepare_cached("UPDATE users SET enabled = ?2 WHERE name_key = ?1")?
        .execute(params![key(name), enabled])
        .map(|rows| rows > 0)
}

/// True if there is such a person.
pub(crate) fn set_role(
    connection: &Connection,
    user: &UserId,
    role: UserRole,
) -> rusqlite::Result<bool> {
    connection
        .prepare_cached("UPDATE users SET role = ?2 WHERE id = ?1")?
        .execute(params![user.as_str(), role.spell()])
        .map(|rows| rows > 0)
}

/// True if there is such a person.
pub(crate) fn set_password(
    connection: &Connection,
    user: &UserId,
    hash: &str,
) -> rusqlite::Result<bool> {
    connection
        .prepare_cached("UPDATE users SET password_hash = ?2 WHERE id = ?1")?
        .execute([user.as_str(), hash])
        .map(|rows| rows > 0)
}

/// The person's revision.
pub(crate) fn revision_of(
    connection: &Connection,
    user: &UserId,
) -> rusqlite::Result<Option<Revision>> {
    connection
        .prepare_cached("SELECT revision FROM users WHERE id = ?1")?
        .query_row([user.as_str()], |row| revision(row, 0))
        .optional()
}

/// Counts a change that the person can see.
pub(crate) fn grow_revision(
    connection: &Connection,
    user: &UserId,
) -> rusqlite::Result<Option<Revision>> {
    connection
        .prepare_cached(
            "UPDATE users SET revision = revision + 1 WHERE id = ?1 RETURNING revision",
        )?
        .query_row([user.as_str()], |row| revision(row, 0))
        .optional()
}
