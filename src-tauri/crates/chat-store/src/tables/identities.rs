//! `identities`: who somebody is at another system that vouches for them.

use chat_core::{Timestamp, UserId};
use rusqlite::{Connection, OptionalExtension as _, params};

use crate::spelling::id;

/// Whose account that is here.
pub(crate) fn find(
    connection: &Connection,
    issuer: &str,
    subject: &str,
) -> rusqlite::Result<Option<UserId>> {
    connection
        .prepare_cached("SELECT user_id FROM identities WHERE issuer = ?1 AND subject = ?2")?
        .query_row([issuer, subject], |row| id(row, 0, UserId::parse))
        .optional()
}

/// Whether anybody of `issuer` is tied to `user`.
pub(crate) fn has(connection: &Connection, issuer: &str, user: &UserId) -> rusqlite::Result<bool> {
    connection
        .prepare_cached("SELECT 1 FROM identities WHERE issuer = ?1 AND user_id = ?2")?
        .exists([issuer, user.as_str()])
}

pub(crate) fn insert(
    connection: &Connection,
    issuer: &str,
    subject: &str,
    user: &UserId,
    now: Timestamp,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO identities (issuer, subject, user_id, created_at)
             VALUES (?1, ?2, ?3, ?4)",
        )?
        .execute(params![issuer, subject, user.as_str(), now.0])
        .map(drop)
}
