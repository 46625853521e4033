//! `invitations`: hashes of the codes that let somebody make an account, once.

use chat_core::{Invitation, InvitationId, Timestamp, UserId};
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use crate::spelling::{Spelled as _, id, optional_id, spelled};

const COLUMNS: &str =
    "id, role, note, created_by, created_at, expires_at, used_at, used_by, revoked_at";

fn read(row: &Row<'_>) -> rusqlite::Result<Invitation> {
    Ok(Invitation {
        id: id(row, 0, InvitationId::parse)?,
        role: spelled(row, 1)?,
        note: row.get(2)?,
        created_by: id(row, 3, UserId::parse)?,
        created_at: Timestamp(row.get(4)?),
        expires_at: Timestamp(row.get(5)?),
        used_at: row.get::<_, Option<i64>>(6)?.map(Timestamp),
        used_by: optional_id(row, 7, UserId::parse)?,
        revoked_at: row.get::<_, Option<i64>>(8)?.map(Timestamp),
    })
}

pub(crate) fn insert(
    connection: &Connection,
    hash: &[u8; 32],
    invitation: &Invitation,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO invitations (id, hash, role, note, created_by, created_at, expires_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute(params![
            invitation.id.as_str(),
            hash,
            invitation.role.spell(),
            invitation.note,
            invitation.created_by.as_str(),
            invitation.created_at.0,
            invitation.expires_at.0,
        ])
        .map(drop)
}

/// The invitation that a code opens at `now`; who made it must still be let in, and must still
/// have that role to give.
pub(crate) fn open(
    connection: &Connection,
    hash: &[u8; 32],
    now: Timestamp,
) -> rusqlite::Result<Option<Invitation>> {
    connection
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM invitations
             WHERE hash = ?1 AND used_at IS NULL AND revoked_at IS NULL AND expires_at > ?2"
        ))?
        .query_row(params![hash, now.0], read)
        .optional()
}

/// Uses an invitation up.
pub(crate) fn used(
    connection: &Connection,
    invitation: &InvitationId,
    by: &UserId,
    now: Timestamp,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached("UPDATE invitations SET used_at = ?3, used_by = ?2 WHERE id = ?1")?
        .execute(params![invitation.as_str(), by.as_str(), now.0])
        .map(drop)
}

/// How many can still be accepted.
pub(crate) fn count_open(connection: &Connection, now: Timestamp) -> rusqlite::Result<u32> {
    connection
        .prepare_cached(
            "SELECT count(*) FROM invitations
             WHERE used_at IS NULL AND revoked_at IS NULL AND expires_at > ?1",
        )?
        .query_row([now.0], |row| row.get(0))
}

/// All that are remembered, the newest first.
pub(crate) fn all(connection: &Connection) -> rusqlite::Result<Vec<Invitation>> {
    connection
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM invitations ORDER BY created_at DESC, rowid DESC"
        ))?
        .query_map([], read)?
        .collect()
}

/// One of them.
pub(crate) fn get(
    connection: &Connection,
    invitation: &InvitationId,
) -> rusqlite::Result<Option<Invitation>> {
    connection
        .prepare_cached(&format!("SELECT {COLUMNS} FROM invitations WHERE id = ?1"))?
        .query_row([invitation.as_str()], read)
        .optional()
}

/// Takes one back; true if it could still be accepted.
pub(crate) fn revoke(
    connection: &Connection,
    invitation: &InvitationId,
    now: Timestamp,
) -> rusqlite::Result<bool> {
    connection
        .prepare_cached(
            "UPDATE invitations SET revoked_at = ?2
             WHERE id = ?1 AND used_at IS NULL AND revoked_at IS NULL AND expires_at > ?2",
        )?
        .execute(params![invitation.as_str(), now.0])
        .map(|rows| rows > 0)
}

/// Forgets what ended before `before`.
pub(crate) fn sweep(connection: &Connection, before: Timestamp) -> rusqlite::Result<()> {
    connection
        .prepare_cached("DELETE FROM invitations WHERE expires_at < ?1")?
        .execute([before.0])
        .map(drop)
}
