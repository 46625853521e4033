//! `sign_in_links`: hashes of one-time codes. A code that was used or has expired is worth nothing.

use chat_core::{Timestamp, UserId};
use rusqlite::{Connection, OptionalExtension as _, params};

use crate::spelling::id;

pub(crate) fn put(
    connection: &Connection,
    hash: &[u8; 32],
    user: &UserId,
    expires_at: Timestamp,
) -> rusqlite::Result<()> {
    connection
        .execute(
            "INSERT INTO sign_in_links (hash, user_id, expires_at) VALUES (?1, ?2, ?3)",
            params![hash, user.as_str(), expires_at.0],
        )
        .map(drop)
}

/// Uses a link up; whose it was, if it was good and they may sign in.
pub(crate) fn redeem(
    connection: &Connection,
    hash: &[u8; 32],
    now: Timestamp,
) -> rusqlite::Result<Option<UserId>> {
    connection
        .prepare_cached(
            "UPDATE sign_in_links SET used_at = ?2
             WHERE hash = ?1 AND used_at IS NULL AND expires_at > ?2
               AND user_id IN (SELECT id FROM users WHERE enabled = 1)
             RETURNING user_id",
        )?
        .query_row(params![hash, now.0], |row| id(row, 0, UserId::parse))
        .optional()
}

/// Forgets what expired before `now`.
pub(crate) fn sweep(connection: &Connection, now: Timestamp) -> rusqlite::Result<()> {
    connection
        .prepare_cached("DELETE FROM sign_in_links WHERE expires_at <= ?1")?
        .execute([now.0])
        .map(drop)
}
