//! `limits` and `prices`: what may be spent, and what it costs.

use std::collections::HashMap;

use chat_core::{DeviceId, LimitScope, Limits, ModelId, Price, SpendRules, Timestamp, UserId};
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::meta;
use crate::spelling::{id, signed};

/// The server setting that says what money is called.
const CURRENCY: &str = "currency";
const USUAL_CURRENCY: &str = "USD";

/// All limits and prices, without what the configuration says.
pub(crate) fn rules(connection: &Connection) -> rusqlite::Result<SpendRules> {
    let mut rules = SpendRules {
        prices: prices(connection)?,
        currency: meta::setting(connection, CURRENCY)?.unwrap_or_else(|| USUAL_CURRENCY.into()),
        ..SpendRules::default()
    };
    let mut statement = connection.prepare_cached(
        "SELECT scope, holder, messages_per_minute, running_answers, messages_per_day,
             tokens_per_day, tokens_per_month, cost_per_day, cost_per_month, models FROM limits",
    )?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let limits = read(row)?;
        match row.get_ref(0)?.as_str()? {
            "server" => rules.server = limits,
            "everyone" => rules.everyone = limits,
            "user" => {
                rules.users.insert(id(row, 1, UserId::parse)?, limits);
            }
            _ => {
                rules.devices.insert(id(row, 1, DeviceId::parse)?, limits);
            }
        }
    }
    Ok(rules)
}

fn read(row: &Row<'_>) -> rusqlite::Result<Limits> {
    let small = |column| -> rusqlite::Result<Option<u32>> { row.get(column) };
    let large = |column| -> rusqlite::Result<Option<u64>> {
        let number: Option<i64> = row.get(column)?;
        Ok(number.map(|number| u64::try_from(number).unwrap_or_default()))
    };
    let models: Option<String> = row.get(9)?;
    // What cannot be a model any more is none that may be asked.
    let models = models.map(|lines| {
        let lines = lines.lines().filter_map(|line| ModelId::parse(line).ok());
        lines.collect()
    });
    Ok(Limits {
        messages_per_minute: small(2)?,
        running_answers: small(3)?,
        messages_per_day: large(4)?,
        tokens_per_day: large(5)?,
        tokens_per_month: large(6)?,
        cost_per_day: large(7)?,
        cost_per_month: large(8)?,
        models,
    })
}

/// Sets the limits of one level; such as say nothing are forgotten.
pub(crate) fn put(
    connection: &Connection,
    scope: &LimitScope,
    limits: &Limits,
) -> rusqlite::Result<()> {
    let (scope, holder) = match scope {
        LimitScope::Server => ("server", ""),
        LimitScope::Everyone => ("everyone", ""),
        LimitScope::User(user) => ("user", user.as_str()),
        LimitScope::Device(device) => ("device", device.as_str()),
    };
    connection
        .prepare_cached("DELETE FROM limits WHERE scope = ?1 AND holder = ?2")?
        .execute([scope, holder])?;
    if limits.is_silent() {
        return Ok(());
    }
    let models = limits.models.as_ref().map(|models| {
        let lines: Vec<String> = models.iter().map(ToString::to_string).collect();
        lines.join("\n")
    });
    connection
        .prepare_cached(
            "INSERT INTO limits (scope, holder, messages_per_minute, running_answers,
                 messages_per_day, tokens_per_day, tokens_per_month, cost_per_day, cost_per_month,
                 models)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        )?
        .execute(params![
            scope,
            holder,
            limits.messages_per_minute,
            limits.running_answers,
            limits.messages_per_day.map(signed),
            limits.tokens_per_day.map(signed),
            limits.tokens_per_month.map(signed),
            limits.cost_per_day.map(signed),
            limits.cost_per_month.map(signed),
            models,
        ])
        .map(drop)
}

/// Whose device that is, whether or not it is still signed in.
pub(crate) fn owner_of(
    connection: &Connection,
    device: &DeviceId,
) -> rusqlite::Result<Option<UserId>> {
    connection
        .prepare_cached("SELECT user_id FROM devices WHERE id = ?1")?
        .query_row([device.as_str()], |row| id(row, 0, UserId::parse))
        .optional()
}

/// Whose the devices are that have limits of their own and are signed in.
pub(crate) fn owners(
    connection: &Connection,
    now: Timestamp,
) -> rusqlite::Result<HashMap<DeviceId, UserId>> {
    connection
        .prepare_cached(
            "SELECT devices.id, devices.user_id FROM limits JOIN devices ON devices.id = limits.holder
             WHERE limits.scope = 'device' AND revoked_at IS NULL AND expires_at > ?1",
        )?
        .query_map([now.0], |row| {
            Ok((id(row, 0, DeviceId::parse)?, id(row, 1, UserId::parse)?))
        })?
        .collect()
}

fn prices(connection: &Connection) -> rusqlite::Result<HashMap<ModelId, Price>> {
    connection
        .prepare_cached("SELECT model, prompt, answer FROM prices")?
        .query_map([], |row| {
            let part = |column| -> rusqlite::Result<u64> {
                let number: i64 = row.get(column)?;
                Ok(u64::try_from(number).unwrap_or_default())
            };
            let price = Price {
                prompt: part(1)?,
                answer: part(2)?,
            };
            Ok((id(row, 0, ModelId::parse)?, price))
        })?
        .collect()
}

/// Replaces all prices, and what money is called.
pub(crate) fn put_prices(
    connection: &Connection,
    currency: &str,
    prices: &[(ModelId, Price)],
) -> rusqlite::Result<()> {
    meta::set_setting(connection, CURRENCY, currency)?;
    connection
        .prepare_cached("DELETE FROM prices")?
        .execute([])?;
    let mut insert = connection.prepare_cached(
        "INSERT OR REPLACE INTO prices (model, prompt, answer) VALUES (?1, ?2, ?3)",
    )?;
    for (model, price) in prices {
        insert.execute(params![
            model.to_string(),
            signed(price.prompt),
            signed(price.answer)
        ])?;
    }
    Ok(())
}
