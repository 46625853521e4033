//! The schema and how it grows. Migrations are numbered by their place in [`ALL`]; the number
//! that a file has reached is its `user_version`. One that has shipped is never edited.

use std::path::Path;

use rusqlite::{Connection, TransactionBehavior};

use crate::{
    connection::{APPLICATION_ID, pragma},
    error::OpenError,
    files,
};

/// All migrations, oldest first. This list only grows.
pub(crate) const ALL: &[&str] = &[
    include_str!("0001_history.sql"),
    include_str!("0002_branches.sql"),
    include_str!("0003_objectives.sql"),
    include_str!("0004_accounts.sql"),
    include_str!("0005_spending.sql"),
];

/// Brings the database to the newest schema, all or nothing. An existing older one is copied
/// beside itself first, to `FILE.schema-N.backup`.
pub(crate) fn run(
    connection: &mut Connection,
    path: &Path,
    migrations: &[&str],
) -> Result<(), OpenError> {
    let failed = |source| OpenError::sqlite(path, source);
    let known = i64::try_from(migrations.len()).unwrap_or(i64::MAX);
    if recognise(connection, path, known)? == known {
        return Ok(());
    }
    // The lock comes first: two processes that start together must not both migrate.
    let transaction = connection
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .map_err(failed)?;
    let found = recognise(&transaction, path, known)?;
    if found == known {
        return Ok(());
    }
    if found > 0 {
        let copy = files::beside(path, &format!(".schema-{found}.backup"));
        files::copy_database(path, &copy)?;
        tracing::info!(from = found, to = known, copy = %copy.display(), "migrating the database");
    }
    let done = usize::try_from(found).unwrap_or(0);
    for migration in migrations.iter().skip(done) {
        transaction.execute_batch(migration).map_err(failed)?;
    }
    if found == 0 {
        transaction
            .pragma_update(None, "application_id", APPLICATION_ID)
            .map_err(failed)?;
        crate::tables::meta::new_epoch(&transaction).map_err(failed)?;
    }
    transaction
        .pragma_update(None, "user_version", known)
        .map_err(failed)?;
    transaction.commit().map_err(failed)
}

/// Whether the tables of a database are those of the schema that it says it has reached: a database
/// that says another number than its own would be brought from there to nowhere.
pub(crate) fn is_whole(connection: &Connection) -> rusqlite::Result<bool> {
    let reached = usize::try_from(pragma(connection, "user_version")?);
    let Some(reached) = reached.ok().and_then(|reached| ALL.get(..reached)) else {
        return Ok(false);
    };
    let sound = Connection::open_in_memory()?;
    for migration in reached {
        sound.execute_batch(migration)?;
    }
    Ok(schema(connection)? == schema(&sound)?)
}

/// What was made, but for what SQLite makes by itself.
fn schema(connection: &Connection) -> rusqlite::Result<Vec<(String, String, Option<String>)>> {
    connection
        .prepare(
            "SELECT type, name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
             ORDER BY type, name",
        )?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
        .collect()
}

/// Refuses a file that is not Parlor's, or newer, without writing to it.
pub(crate) fn recognise_file(path: &Path, migrations: &[&str]) -> Result<(), OpenError> {
    // Readable also where the last process was killed: SQLite recovers the log on its own.
    let connection = rusqlite::Connection::open_with_flags(
        path,
        rusqlite::OpenFlags::SQLITE_OPEN_READ_WRITE | rusqlite::OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )
    .map_err(|source| OpenError::sqlite(path, source))?;
    let known = i64::try_from(migrations.len()).unwrap_or(i64::MAX);
    recognise(&connection, path, known).map(drop)
}

/// The schema of a database that is Parlor's, zero for an empty file.
pub(crate) fn recognise(
    connection: &Connection,
    path: &Path,
    known: i64,
) -> Result<i64, OpenError> {
    let number = |name| pragma(connection, name).map_err(|source| OpenError::sqlite(path, source));
    let found = number("user_version")?;
    let tables: i64 = connection
        .query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))
        .map_err(|source| OpenError::sqlite(path, source))?;
    let empty = found == 0 && tables == 0;
    if found < 0 || (!empty && number("application_id")? != APPLICATION_ID) {
        return Err(OpenError::NotADatabase {
            path: path.to_owned(),
        });
    }
    if found > known {
        return Err(OpenError::Newer {
            path: path.to_owned(),
            found,
            known,
        });
    }
    Ok(found)
}
