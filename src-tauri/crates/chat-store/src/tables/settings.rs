//! `user_settings`: what belongs to a person on every device. No row means the defaults.

use chat_core::{ModelId, UserId, UserSettings};
use rusqlite::{Connection, OptionalExtension as _, params};

use crate::spelling::optional_id;

pub(crate) fn get(connection: &Connection, user: &UserId) -> rusqlite::Result<UserSettings> {
    connection
        .prepare_cached(
            "SELECT model, system_prompt, temperature, welcomed FROM user_settings
             WHERE user_id = ?1",
        )?
        .query_row([user.as_str()], |row| {
            Ok(UserSettings {
                model: optional_id(row, 0, ModelId::parse)?,
                system_prompt: row.get(1)?,
                temperature: row.get(2)?,
                welcomed: row.get(3)?,
            })
        })
        .optional()
        .map(Option::unwrap_or_default)
}

pub(crate) fn put(
    connection: &Connection,
    user: &UserId,
    settings: &UserSettings,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO user_settings (user_id, model, system_prompt, temperature, welcomed)
             VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (user_id) DO UPDATE SET model = excluded.model,
                 system_prompt = excluded.system_prompt, temperature = excluded.temperature,
                 welcomed = excluded.welcomed",
        )?
        .execute(params![
            user.as_str(),
            settings.model.as_ref().map(ToString::to_string),
            settings.system_prompt,
            settings.temperature,
            settings.welcomed,
        ])
        .map(drop)
}
