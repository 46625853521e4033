//! `audit_log`: who did what when. Written in the transaction of what was done; no secret is in it.

use chat_core::{Actor, AuditAction, AuditEntry, Timestamp, UserId};
use rusqlite::{Connection, Row, params};

use crate::spelling::{Spelled as _, optional_id, spelled};

/// As many are remembered; a year of a busy team.
const KEPT: i64 = 100_000;

fn read(row: &Row<'_>) -> rusqlite::Result<AuditEntry> {
    Ok(AuditEntry {
        id: row.get(0)?,
        at: Timestamp(row.get(1)?),
        actor: optional_id(row, 2, UserId::parse)?,
        address: row.get(3)?,
        action: spelled(row, 4)?,
        subject: optional_id(row, 5, UserId::parse)?,
        detail: row.get(6)?,
    })
}

/// Writes a line, and forgets the oldest where there are too many.
pub(crate) fn write(
    connection: &Connection,
    actor: &Actor,
    action: AuditAction,
    subject: Option<&UserId>,
    detail: &str,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO audit_log (at, actor_id, address, action, subject_id, detail)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute(params![
            actor.at.0,
            actor.user.as_ref().map(UserId::as_str),
            actor.address,
            action.spell(),
            subject.map(UserId::as_str),
            detail,
        ])?;
    connection
        .prepare_cached("DELETE FROM audit_log WHERE id <= ?1")?
        .execute([connection.last_insert_rowid() - KEPT])
        .map(drop)
}

/// The newest `limit` lines before the line `before`, the newest first.
pub(crate) fn page(
    connection: &Connection,
    before: Option<i64>,
    limit: u32,
) -> rusqlite::Result<Vec<AuditEntry>> {
    connection
        .prepare_cached(
            "SELECT id, at, actor_id, address, action, subject_id, detail FROM audit_log
             WHERE id < ?1 ORDER BY id DESC LIMIT ?2",
        )?
        .query_map(params![before.unwrap_or(i64::MAX), limit], read)?
        .collect()
}
