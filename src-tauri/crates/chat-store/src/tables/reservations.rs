//! `reservations`: what answers that have not ended are expected to spend.

use chat_core::{Asker, DeviceId, ModelId, UserId};
use rusqlite::{Connection, Row, params};

use super::usage::{Of, device_column, model_column};
use crate::spelling::{id, signed};

/// What is expected of one answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reservation {
    pub(crate) id: String,
    pub(crate) by: Asker,
    pub(crate) model: Option<ModelId>,
    pub(crate) prompt_tokens: u64,
    pub(crate) answer_tokens: u64,
    pub(crate) cost: u64,
}

pub(crate) fn insert(connection: &Connection, one: &Reservation) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT OR REPLACE INTO reservations
                 (id, user_id, device_id, model, prompt_tokens, answer_tokens, cost)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute(params![
            one.id,
            one.by.user.as_str(),
            one.by.device.as_ref().map_or("", DeviceId::as_str),
            one.model
                .as_ref()
                .map(ToString::to_string)
                .unwrap_or_default(),
            signed(one.prompt_tokens),
            signed(one.answer_tokens),
            signed(one.cost),
        ])
        .map(drop)
}

pub(crate) fn delete(connection: &Connection, id: &str) -> rusqlite::Result<()> {
    connection
        .prepare_cached("DELETE FROM reservations WHERE id = ?1")?
        .execute([id])
        .map(drop)
}

/// How many there are, the tokens and the money of them.
pub(crate) fn sum(connection: &Connection, of: Of<'_>) -> rusqlite::Result<(u64, u64, u64)> {
    let (user, device) = of.columns();
    // As many rows as answers that run: few enough to look at all.
    connection
        .prepare_cached(
            "SELECT count(*), total(prompt_tokens + answer_tokens), total(cost) FROM reservations
             WHERE (?1 IS NULL OR user_id = ?1) AND (?2 IS NULL OR device_id = ?2)",
        )?
        .query_row(params![user, device], |row| {
            Ok((number(row, 0)?, total(row, 1)?, total(row, 2)?))
        })
}

/// All of them, with the bytes that their answers have said since they were opened: before those
/// are folded.
pub(crate) fn all(connection: &Connection) -> rusqlite::Result<Vec<(Reservation, u64)>> {
    connection
        .prepare_cached(
            "SELECT r.id, r.user_id, r.device_id, r.model, r.prompt_tokens, r.answer_tokens, r.cost,
                 coalesce((SELECT sum(octet_length(p.content) + octet_length(p.reasoning))
                     FROM pieces p WHERE p.message_id = r.id), 0)
             FROM reservations r",
        )?
        .query_map([], |row| {
            let reservation = Reservation {
                id: row.get(0)?,
                by: Asker {
                    user: id(row, 1, UserId::parse)?,
                    device: device_column(row, 2)?,
                },
                model: model_column(row, 3)?,
                prompt_tokens: number(row, 4)?,
                answer_tokens: number(row, 5)?,
                cost: number(row, 6)?,
            };
            Ok((reservation, number(row, 7)?))
        })?
        .collect()
}

fn number(row: &Row<'_>, column: usize) -> rusqlite::Result<u64> {
    let number: i64 = row.get(column)?;
    Ok(u64::try_from(number).unwrap_or_default())
}

/// A sum that cannot overflow; beyond 2^53 it is rounded, which no limit is fine enough to see.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "sums of whole numbers that are not negative; what is too large saturates"
)]
fn total(row: &Row<'_>, column: usize) -> rusqlite::Result<u64> {
    row.get::<_, f64>(column).map(|sum| sum as u64)
}
