//! `refresh_tokens`: hashes of the tokens that renew access. Each is good once.

use chat_core::{DeviceId, Timestamp, UserId};
use rusqlite::{Connection, OptionalExtension as _, params};

use crate::spelling::id;

/// A token that was given out.
pub(crate) struct Known {
    pub(crate) device: DeviceId,
    /// Whether it was used already.
    pub(crate) replaced: bool,
}

pub(crate) fn insert(
    connection: &Connection,
    hash: &[u8; 32],
    device: &DeviceId,
    now: Timestamp,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO refresh_tokens (hash, device_id, issued_at) VALUES (?1, ?2, ?3)",
        )?
        .execute(params![hash, device.as_str(), now.0])
        .map(drop)
}

pub(crate) fn get(connection: &Connection, hash: &[u8; 32]) -> rusqlite::Result<Option<Known>> {
    connection
        .prepare_cached("SELECT device_id, replaced_at FROM refresh_tokens WHERE hash = ?1")?
        .query_row([hash], |row| {
            Ok(Known {
                device: id(row, 0, DeviceId::parse)?,
                replaced: row.get::<_, Option<i64>>(1)?.is_some(),
            })
        })
        .optional()
}

/// Whose it is.
pub(crate) fn holder(connection: &Connection, hash: &[u8; 32]) -> rusqlite::Result<Option<UserId>> {
    connection
        .prepare_cached(
            "SELECT d.user_id FROM refresh_tokens t JOIN devices d ON d.id = t.device_id
             WHERE t.hash = ?1",
        )?
        .query_row([hash], |row| id(row, 0, UserId::parse))
        .optional()
}

/// Uses a token up.
pub(crate) fn replace(
    connection: &Connection,
    hash: &[u8; 32],
    now: Timestamp,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached("UPDATE refresh_tokens SET replaced_at = ?2 WHERE hash = ?1")?
        .execute(params![hash, now.0])
        .map(drop)
}

/// Forgets the used ones of a device that were given out before `before`.
pub(crate) fn sweep(
    connection: &Connection,
    device: &DeviceId,
    before: Timestamp,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "DELETE FROM refresh_tokens
             WHERE device_id = ?1 AND issued_at < ?2 AND replaced_at IS NOT NULL",
        )?
        .execute(params![device.as_str(), before.0])
        .map(drop)
}
