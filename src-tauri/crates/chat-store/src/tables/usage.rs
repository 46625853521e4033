//! `usage` and `usage_days`: what was spent, by person, device, model and day, and by all together.

use chat_core::{Asker, Day, DeviceId, ModelId, Spending, UsageRow, UserId};
use rusqlite::{Connection, Row, params};

use crate::spelling::{id, signed};

/// Of whom something is asked.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Of<'a> {
    /// Of all together.
    All,
    /// Of a person.
    Person(&'a UserId),
    /// Of a device of theirs.
    Device(&'a UserId, &'a DeviceId),
}

impl<'a> Of<'a> {
    pub(super) fn columns(self) -> (Option<&'a str>, Option<&'a str>) {
        match self {
            Self::All => (None, None),
            Self::Person(user) => (Some(user.as_str()), None),
            Self::Device(user, device) => (Some(user.as_str()), Some(device.as_str())),
        }
    }
}

/// Adds to what was spent.
pub(crate) fn add(
    connection: &Connection,
    day: Day,
    by: &Asker,
    model: Option<&ModelId>,
    spent: &Spending,
    estimated_tokens: u64,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO usage (user_id, day, device_id, model, messages, prompt_tokens,
                 answer_tokens, cost, unpriced_tokens, estimated_tokens)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
             ON CONFLICT (user_id, day, device_id, model) DO UPDATE SET
                 messages = messages + excluded.messages,
                 prompt_tokens = prompt_tokens + excluded.prompt_tokens,
                 answer_tokens = answer_tokens + excluded.answer_tokens,
                 cost = cost + excluded.cost,
                 unpriced_tokens = unpriced_tokens + excluded.unpriced_tokens,
                 estimated_tokens = estimated_tokens + excluded.estimated_tokens",
        )?
        .execute(params![
            by.user.as_str(),
            day.0,
            by.device.as_ref().map_or("", DeviceId::as_str),
            model.map(ToString::to_string).unwrap_or_default(),
            signed(spent.messages),
            signed(spent.prompt_tokens),
            signed(spent.answer_tokens),
            signed(spent.cost),
            signed(spent.unpriced_tokens),
            signed(estimated_tokens),
        ])?;
    connection
        .prepare_cached(
            "INSERT INTO usage_days (day, messages, prompt_tokens, answer_tokens, cost,
                 unpriced_tokens)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT (day) DO UPDATE SET
                 messages = messages + excluded.messages,
                 prompt_tokens = prompt_tokens + excluded.prompt_tokens,
                 answer_tokens = answer_tokens + excluded.answer_tokens,
                 cost = cost + excluded.cost,
                 unpriced_tokens = unpriced_tokens + excluded.unpriced_tokens",
        )?
        .execute(params![
            day.0,
            signed(spent.messages),
            signed(spent.prompt_tokens),
            signed(spent.answer_tokens),
            signed(spent.cost),
            signed(spent.unpriced_tokens),
        ])
        .map(drop)
}

/// What was spent on this day, and in its month.
pub(crate) fn sums(
    connection: &Connection,
    of: Of<'_>,
    day: Day,
) -> rusqlite::Result<(Spending, Spending)> {
    let (first, next) = (day.month(), day.next_month());
    let read = |row: &Row<'_>| Ok((spending(row, 0)?, spending(row, 5)?));
    let (user, device) = of.columns();
    match user {
        None => connection
            .prepare_cached(&format!(
                "SELECT {SUMS} FROM usage_days WHERE day >= ?2 AND day < ?3"
            ))?
            .query_row(params![day.0, first.0, next.0], read),
        Some(user) => connection
            .prepare_cached(&format!(
                "SELECT {SUMS} FROM usage
                 WHERE user_id = ?4 AND day >= ?2 AND day < ?3
                     AND (?5 IS NULL OR device_id = ?5)"
            ))?
            .query_row(params![day.0, first.0, next.0, user, device], read),
    }
}

const SUMS: &str = "
    coalesce(sum(messages) FILTER (WHERE day = ?1), 0),
    coalesce(sum(prompt_tokens) FILTER (WHERE day = ?1), 0),
    coalesce(sum(answer_tokens) FILTER (WHERE day = ?1), 0),
    coalesce(sum(cost) FILTER (WHERE day = ?1), 0),
    coalesce(sum(unpriced_tokens) FILTER (WHERE day = ?1), 0),
    coalesce(sum(messages), 0), coalesce(sum(prompt_tokens), 0), coalesce(sum(answer_tokens), 0),
    coalesce(sum(cost), 0), coalesce(sum(unpriced_tokens), 0)";

/// What was spent from one day to another, both included: by day, person and model, of one person
/// by device too.
pub(crate) fn rows(
    connection: &Connection,
    (from, to): (Day, Day),
    user: Option<&UserId>,
) -> rusqlite::Result<Vec<UsageRow>> {
    // A column that is not asked for is the same in every row, so that it divides no group.
    connection
        .prepare_cached(
            "SELECT sum(messages), sum(prompt_tokens), sum(answer_tokens), sum(cost),
                 sum(unpriced_tokens), sum(estimated_tokens), day, user_id,
                 iif(?3 IS NULL, '', device_id) AS device, model
             FROM usage WHERE day BETWEEN ?1 AND ?2 AND (?3 IS NULL OR user_id = ?3)
             GROUP BY day, user_id, device, model ORDER BY day, user_id, device, model",
        )?
        .query_map(params![from.0, to.0, user.map(UserId::as_str)], |row| {
            Ok(UsageRow {
                spending: spending(row, 0)?,
                estimated_tokens: count(row, 5)?,
                day: Day(row.get(6)?),
                user: id(row, 7, UserId::parse)?,
                device: device_column(row, 8)?,
                model: model_column(row, 9)?,
            })
        })?
        .collect()
}

fn spending(row: &Row<'_>, first: usize) -> rusqlite::Result<Spending> {
    Ok(Spending {
        messages: count(row, first)?,
        prompt_tokens: count(row, first + 1)?,
        answer_tokens: count(row, first + 2)?,
        cost: count(row, first + 3)?,
        unpriced_tokens: count(row, first + 4)?,
    })
}

fn count(row: &Row<'_>, column: usize) -> rusqlite::Result<u64> {
    let number: i64 = row.get(column)?;
    Ok(u64::try_from(number).unwrap_or_default())
}

/// A device, or '' for none.
pub(super) fn device_column(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<DeviceId>> {
    match row.get_ref(column)?.as_str()? {
        "" => Ok(None),
        _ => id(row, column, DeviceId::parse).map(Some),
    }
}

/// A model, or '' for none.
pub(super) fn model_column(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<ModelId>> {
    match row.get_ref(column)?.as_str()? {
        "" => Ok(None),
        _ => id(row, column, ModelId::parse).map(Some),
    }
}
