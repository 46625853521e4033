//! How connections are set up. Owns the pragmas, and nothing that is asked through them.

use std::{path::Path, time::Duration};

use rusqlite::{Connection, OpenFlags, config::DbConfig};

/// How long SQLite waits for another process that writes.
pub(crate) const BUSY: Duration = Duration::from_secs(5);
/// Marks a file as Parlor's (`PRAGMA application_id`): "Parl".
pub(crate) const APPLICATION_ID: i64 = 0x5061_726c;

/// The writer's connection, in WAL mode; makes the file if it is not there.
pub(crate) fn for_writing(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    set_up(&connection, 16)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "journal_size_limit", 64 * 1024 * 1024)?;
    // The writer checkpoints by itself, after it has answered, not within a commit.
    connection.pragma_update(None, "wal_autocheckpoint", 0)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    Ok(connection)
}

/// A connection that cannot write.
pub(crate) fn for_reading(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    set_up(&connection, 4)?;
    Ok(connection)
}

/// `cache` is in MiB, at most: pages are cached as they are read, none before.
fn set_up(connection: &Connection, cache: i64) -> rusqlite::Result<()> {
    connection.busy_timeout(BUSY)?;
    // As many as there are statements here, about twice over.
    connection.set_prepared_statement_cache_capacity(256);
    // A plan that may depend on a value is made anew for every value: a quarter of what a message
    // costs the writer (`sqlite3Reprepare` in the profile of `cargo xtask bench latency`). All our values are ids.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.pragma_update(None, "cache_size", -cache * 1024)?;
    connection.pragma_update(None, "temp_store", "MEMORY")
}

/// A number that a pragma gives.
pub(crate) fn pragma(connection: &Connection, name: &str) -> rusqlite::Result<i64> {
    connection.pragma_query_value(None, name, |row| row.get(0))
}

#[cfg(test)]
mod tests {
    use rusqlite::StatementStatus;

    use super::*;

    #[test]
    fn another_value_needs_no_other_plan() {
        let folder = tempfile::tempdir().expect("a directory");
        let connection = for_writing(&folder.path().join("plans.db")).expect("a connection");
        connection
            .execute_batch(
                "CREATE TABLE t (a, b); CREATE INDEX partial ON t (a) WHERE b = 'x';
                 INSERT INTO t VALUES (1, 'x'), (2, 'y');",
            )
            .expect("a table");
        let mut statement = connection
            .prepare("SELECT count(*) FROM t WHERE a = ?1 AND b = ?2")
            .expect("a statement");
        for (a, b, count) in [(1, "x", 1), (1, "y", 0), (2, "x", 0), (2, "y", 1)] {
            let found: i64 = statement
                .query_row((a, b), |row| row.get(0))
                .expect("a count");
            assert_eq!(found, count);
        }
        assert_eq!(statement.get_status(StatementStatus::RePrepare), 0);
    }
}
