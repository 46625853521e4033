//! The schema and how it grows. Migrations are numbered by their place in [`ALL`]; the number
//! that a file has reached is its `user_version`. One that has shipped is never edited.

use std::{collections::BTreeSet, path::Path};

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

/// How a database fits the schema that it says it has reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fit {
    /// It has all of that schema, and nothing of a later one.
    Whole,
    /// A part of it is missing, or one of a later schema is there already.
    Other,
    /// It lacks whole tables, or there is no such schema.
    Tables,
}

/// A part of a schema: what it is, and its name; a column with its table.
type Part = (String, String);

/// Compares a database with the schema that it says it has reached: one that says another number than
/// its own would be brought from there to nowhere. Only names count. What somebody added for
/// themselves, and how a statement was once written, are no reason to refuse a backup.
pub(crate) fn fit(connection: &Connection) -> rusqlite::Result<Fit> {
    let reached = usize::try_from(pragma(connection, "user_version")?);
    let Some((before, after)) = reached.ok().and_then(|at| ALL.split_at_checked(at)) else {
        return Ok(Fit::Tables);
    };
    let sound = Connection::open_in_memory()?;
    let make = |migrations: &[&str]| {
        migrations
            .iter()
            .try_for_each(|migration| sound.execute_batch(migration))
    };
    make(before)?;
    let due = parts(&sound, &tables(&sound)?)?;
    make(after)?;
    // Columns of these tables alone: others may need modules that are not here.
    let known = tables(&sound)?;
    let newest = parts(&sound, &known)?;
    let found = parts(connection, &known)?;
    let lacking = |kind: &str| due.difference(&found).any(|(is, _)| is == kind);
    if lacking("table") {
        return Ok(Fit::Tables);
    }
    let ahead = newest.difference(&due).any(|part| found.contains(part));
    if ahead || !found.is_superset(&due) {
        return Ok(Fit::Other);
    }
    Ok(Fit::Whole)
}

fn tables(connection: &Connection) -> rusqlite::Result<Vec<String>> {
    connection
        .prepare("SELECT name FROM sqlite_schema WHERE type = 'table'")?
        .query_map([], |row| row.get(0))?
        .collect()
}

/// The tables, indexes and triggers that were made, and the columns of some tables.
fn parts(connection: &Connection, tables: &[String]) -> rusqlite::Result<BTreeSet<Part>> {
    let mut parts: BTreeSet<Part> = connection
        .prepare(
            "SELECT type, name FROM sqlite_schema WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
        )?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    let mut columns = connection.prepare("SELECT name FROM pragma_table_info(?1)")?;
    for table in tables {
        for column in columns.query_map([table], |row| row.get::<_, String>(0))? {
            parts.insert(("column".to_owned(), format!("{table}.{}", column?)));
        }
    }
    Ok(parts)
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
