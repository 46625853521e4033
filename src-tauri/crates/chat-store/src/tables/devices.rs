//! `devices`: what people are signed in with. A revoked or expired one is good for nothing.

use chat_core::{Device, DeviceId, Timestamp, UserId};
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use crate::spelling::{Spelled as _, id, spelled};

const COLUMNS: &str =
    "id, user_id, name, user_agent, address, method, created_at, used_at, expires_at";

fn read(row: &Row<'_>) -> rusqlite::Result<Device> {
    Ok(Device {
        id: id(row, 0, DeviceId::parse)?,
        user: id(row, 1, UserId::parse)?,
        name: row.get(2)?,
        user_agent: row.get(3)?,
        address: row.get(4)?,
        method: spelled(row, 5)?,
        created_at: Timestamp(row.get(6)?),
        used_at: Timestamp(row.get(7)?),
        expires_at: Timestamp(row.get(8)?),
    })
}

pub(crate) fn insert(connection: &Connection, device: &Device) -> rusqlite::Result<()> {
    connection
        .prepare_cached(&format!(
            "INSERT INTO devices ({COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)"
        ))?
        .execute(params![
            device.id.as_str(),
            device.user.as_str(),
            device.name,
            device.user_agent,
            device.address,
            device.method.spell(),
            device.created_at.0,
            device.used_at.0,
            device.expires_at.0,
        ])
        .map(drop)
}

/// A device that is good at `now`.
pub(crate) fn live(
    connection: &Connection,
    device: &DeviceId,
    now: Timestamp,
) -> rusqlite::Result<Option<Device>> {
    connection
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM devices
             WHERE id = ?1 AND revoked_at IS NULL AND expires_at > ?2"
        ))?
        .query_row(params![device.as_str(), now.0], read)
        .optional()
}

/// A person's devices that are good at `now`, the one last seen first.
pub(crate) fn of_user(
    connection: &Connection,
    user: &UserId,
    now: Timestamp,
) -> rusqlite::Result<Vec<Device>> {
    connection
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM devices
             WHERE user_id = ?1 AND revoked_at IS NULL AND expires_at > ?2
             ORDER BY used_at DESC, created_at DESC, id"
        ))?
        .query_map(params![user.as_str(), now.0], read)?
        .collect()
}

/// Everybody's devices that came in by pairing and are good at `now`, the newest first.
pub(crate) fn paired(connection: &Connection, now: Timestamp) -> rusqlite::Result<Vec<Device>> {
    connection
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM devices
             WHERE method = 'pairing' AND revoked_at IS NULL AND expires_at > ?1
             ORDER BY created_at DESC, id"
        ))?
        .query_map([now.0], read)?
        .collect()
}

/// Of everyone who is signed in: on how many devices, and when the last was seen.
pub(crate) fn summary(
    connection: &Connection,
    now: Timestamp,
) -> rusqlite::Result<Vec<(UserId, u32, Timestamp)>> {
    connection
        .prepare_cached(
            "SELECT user_id, count(*), max(used_at) FROM devices
             WHERE revoked_at IS NULL AND expires_at > ?1 GROUP BY user_id",
        )?
        .query_map([now.0], |row| {
            Ok((
                id(row, 0, UserId::parse)?,
                row.get(1)?,
                Timestamp(row.get(2)?),
            ))
        })?
        .collect()
}

/// Keeps when and where a device was seen.
pub(crate) fn seen(
    connection: &Connection,
    device: &DeviceId,
    address: &str,
    now: Timestamp,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "UPDATE devices SET used_at = max(used_at, ?3), address = ?2
             WHERE id = ?1 AND revoked_at IS NULL",
        )?
        .execute(params![device.as_str(), address, now.0])
        .map(drop)
}

/// Moves the end of a device that is in use.
pub(crate) fn extend(
    connection: &Connection,
    device: &DeviceId,
    expires_at: Timestamp,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached("UPDATE devices SET expires_at = max(expires_at, ?2) WHERE id = ?1")?
        .execute(params![device.as_str(), expires_at.0])
        .map(drop)
}

/// Ends one device of `user`; true if it was good until now.
pub(crate) fn revoke(
    connection: &Connection,
    user: &UserId,
    device: &DeviceId,
    now: Timestamp,
) -> rusqlite::Result<bool> {
    connection
        .prepare_cached(
            "UPDATE devices SET revoked_at = ?3
             WHERE id = ?1 AND user_id = ?2 AND revoked_at IS NULL AND expires_at > ?3",
        )?
        .execute(params![device.as_str(), user.as_str(), now.0])
        .map(|rows| rows > 0)
}

/// Ends all of them but one; how many.
pub(crate) fn revoke_all(
    connection: &Connection,
    user: &UserId,
    except: Option<&DeviceId>,
    now: Timestamp,
) -> rusqlite::Result<usize> {
    connection
        .prepare_cached(
            "UPDATE devices SET revoked_at = ?3
             WHERE user_id = ?1 AND id IS NOT ?2 AND revoked_at IS NULL AND expires_at > ?3",
        )?
        .execute(params![user.as_str(), except.map(DeviceId::as_str), now.0])
}

/// Ends those of a person beyond the `keep` that were seen last.
pub(crate) fn revoke_beyond(
    connection: &Connection,
    user: &UserId,
    keep: u32,
    now: Timestamp,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "UPDATE devices SET revoked_at = ?3 WHERE id IN (
                 SELECT id FROM devices
                 WHERE user_id = ?1 AND revoked_at IS NULL AND expires_at > ?3
                 ORDER BY used_at DESC, created_at DESC, id LIMIT -1 OFFSET ?2)",
        )?
        .execute(params![user.as_str(), keep, now.0])
        .map(drop)
}

/// The devices that were revoked at or after `since`.
pub(crate) fn revoked_since(
    connection: &Connection,
    since: Timestamp,
) -> rusqlite::Result<Vec<DeviceId>> {
    connection
        .prepare_cached("SELECT id FROM devices WHERE revoked_at >= ?1")?
        .query_map([since.0], |row| id(row, 0, DeviceId::parse))?
        .collect()
}

/// Forgets, with their tokens, the devices of one person that ended before `before`.
pub(crate) fn sweep(
    connection: &Connection,
    user: &UserId,
    before: Timestamp,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "DELETE FROM devices
             WHERE user_id = ?1 AND (expires_at < ?2 OR revoked_at < ?2)",
        )?
        .execute(params![user.as_str(), before.0])
        .map(drop)
}
