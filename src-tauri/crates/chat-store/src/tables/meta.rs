//! `meta`, facts about the database itself, and `server_settings`, small values that the server
//! keeps in it.

use rusqlite::{Connection, OptionalExtension as _};

/// The name of this history.
pub(crate) fn epoch(connection: &Connection) -> rusqlite::Result<String> {
    connection
        .prepare_cached("SELECT value FROM meta WHERE key = 'epoch'")?
        .query_row([], |row| row.get(0))
}

/// Gives the history another name: 128 random bits from SQLite, which seeds itself from the system.
pub(crate) fn new_epoch(connection: &Connection) -> rusqlite::Result<()> {
    connection
        .execute(
            "INSERT INTO meta (key, value) VALUES ('epoch', lower(hex(randomblob(16))))
             ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            [],
        )
        .map(drop)
}

/// Writes something that is new each time.
pub(crate) fn prove_writable(connection: &Connection) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO meta (key, value) VALUES ('written', '1')
             ON CONFLICT (key) DO UPDATE SET value = CAST(value AS INTEGER) + 1",
        )?
        .execute([])
        .map(drop)
}

pub(crate) fn setting(connection: &Connection, key: &str) -> rusqlite::Result<Option<String>> {
    connection
        .prepare_cached("SELECT value FROM server_settings WHERE key = ?1")?
        .query_row([key], |row| row.get(0))
        .optional()
}

pub(crate) fn set_setting(connection: &Connection, key: &str, value: &str) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO server_settings (key, value) VALUES (?1, ?2)
             ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        )?
        .execute([key, value])
        .map(drop)
}
