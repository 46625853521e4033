//! Replacing a database by a backup, and looking for damage. Done from the command line, while no
//! server runs.

use std::path::{Path, PathBuf};

use rusqlite::Connection;

use crate::{
    connection,
    error::OpenError,
    files::{self, COMPANIONS, Hold},
    journal::Journals,
    migrations::{self, Fit},
    tables,
};

/// Puts a sound copy of `from` in the place of `to` and gives it another epoch, so that clients
/// read everything anew. What was there stays, under the name that is given back.
pub(crate) fn restore(from: &Path, to: &Path) -> Result<Option<PathBuf>, OpenError> {
    let (from, to) = (&files::whole(from)?, &files::whole(to)?);
    if !from.is_file() {
        return Err(OpenError::Refused {
            path: from.clone(),
            reason: "there is no such file",
        });
    }
    if files::same(from, to) {
        return Err(OpenError::Refused {
            path: from.clone(),
            reason: "it is the database itself",
        });
    }
    verify(from)?;
    let existed = to.exists();
    // The directory may be new; an empty database there is as good as none.
    files::prepare(to)?;
    let _alone = files::hold(to, files::OPEN, Hold::Alone)?;

    let next = files::beside(to, ".restoring");
    files::copy_database(from, &next)?;
    let failed = |source| OpenError::sqlite(&next, source);
    let copy = Connection::open(&next).map_err(failed)?;
    tables::meta::new_epoch(&copy).map_err(failed)?;
    copy.close().map_err(|(_, source)| failed(source))?;

    let kept = existed.then(|| free_name(to));
    for suffix in COMPANIONS {
        let file = files::beside(to, suffix);
        // A log that was not checkpointed belongs to the old file and to no other.
        match &kept {
            Some(kept) if file.exists() => files::rename(&file, &files::beside(kept, suffix))?,
            _ => files::remove_if_there(&file)?,
        }
    }
    match &kept {
        Some(kept) => Journals::hand_over(to, kept)?,
        None => Journals::remove(to)?,
    }
    if let Some(kept) = &kept {
        files::rename(to, kept)?;
    }
    files::rename(&next, to)?;
    Ok(kept)
}

/// That a file is a sound database of ours, of a schema that we know.
fn verify(path: &Path) -> Result<(), OpenError> {
    let failed = |source| OpenError::sqlite(path, source);
    let connection = connection::for_reading(path).map_err(failed)?;
    let known = i64::try_from(migrations::ALL.len()).unwrap_or(i64::MAX);
    if migrations::recognise(&connection, path, known)? == 0 {
        return Err(OpenError::NotADatabase {
            path: path.to_owned(),
        });
    }
    match findings(&connection).map_err(failed)?.into_iter().next() {
        None => Ok(()),
        Some(first) => Err(OpenError::Damaged {
            path: path.to_owned(),
            first,
        }),
    }
}

/// Every mark of damage; none in a sound database.
pub(crate) fn findings(connection: &Connection) -> rusqlite::Result<Vec<String>> {
    let mut found: Vec<String> = connection
        .prepare("PRAGMA integrity_check")?
        .query_map([], |row| row.get::<_, String>(0))?
        .filter(|finding| finding.as_deref() != Ok("ok"))
        .collect::<rusqlite::Result<_>>()?;
    let fit = migrations::fit(connection)?;
    if fit != Fit::Whole {
        found.push("the tables are not those of the version that it says it is of".to_owned());
    }
    if fit == Fit::Tables {
        // What follows would be told of tables that are not there.
        return Ok(found);
    }
    let mut orphans = connection.prepare("PRAGMA foreign_key_check")?;
    let mut rows = orphans.query([])?;
    while let Some(row) = rows.next()? {
        let (table, line, parent): (String, Option<i64>, String) =
            (row.get(0)?, row.get(1)?, row.get(2)?);
        let line = line.map_or_else(String::new, |line| format!(" {line}"));
        found.push(format!("row{line} of {table} names no row of {parent}"));
    }
    Ok(found)
}

fn free_name(path: &Path) -> PathBuf {
    let name = |number: u32| files::beside(path, &format!(".before-restore-{number}"));
    (1..)
        .map(name)
        .find(|name| !name.exists())
        .unwrap_or_else(|| name(0))
}
