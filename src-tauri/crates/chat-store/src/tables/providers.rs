//! `providers`: where models come from. Keys are never here.

use chat_core::ProviderId;
use rusqlite::{Connection, params};

use crate::spelling::id;

/// A model provider that a person configured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredProvider {
    /// Its id.
    pub id: ProviderId,
    /// Its name for people.
    pub name: String,
    /// Its address, an OpenAI-compatible one.
    pub base_url: String,
    /// Its model for chats that name none, in the provider's own spelling.
    pub default_model: Option<String>,
    /// Whether it answers where nobody chose; at most one is.
    pub active: bool,
}

/// All, oldest first.
pub(crate) fn all(connection: &Connection) -> rusqlite::Result<Vec<StoredProvider>> {
    connection
        .prepare_cached(
            "SELECT id, name, base_url, default_model, active FROM providers ORDER BY rowid",
        )?
        .query_map([], |row| {
            Ok(StoredProvider {
                id: id(row, 0, ProviderId::parse)?,
                name: row.get(1)?,
                base_url: row.get(2)?,
                default_model: row.get(3)?,
                active: row.get(4)?,
            })
        })?
        .collect()
}

/// Adds or replaces one.
pub(crate) fn put(connection: &Connection, provider: &StoredProvider) -> rusqlite::Result<()> {
    if provider.active {
        connection.execute("UPDATE providers SET active = 0 WHERE active = 1", [])?;
    }
    connection
        .execute(
            "INSERT INTO providers (id, name, base_url, default_model, active)
             VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (id) DO UPDATE SET name = excluded.name, base_url = excluded.base_url,
                 default_model = excluded.default_model, active = excluded.active",
            params![
                provider.id.as_str(),
                provider.name,
                provider.base_url,
                provider.default_model,
                provider.active,
            ],
        )
        .map(drop)
}

/// True if there was one.
pub(crate) fn delete(connection: &Connection, provider: &ProviderId) -> rusqlite::Result<bool> {
    connection
        .execute("DELETE FROM providers WHERE id = ?1", [provider.as_str()])
        .map(|rows| rows > 0)
}
