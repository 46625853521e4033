//! What can go wrong. [`OpenError`] is for whoever opens, copies or restores a database file and
//! says what to do next; [`Error`] stays inside and becomes the core's [`StoreError`] here.

use std::{path::PathBuf, sync::Arc};

use chat_core::StoreError;

/// Why a database file could not be opened, copied or restored.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The data directory or a file in it cannot be written.
    #[error("{path} cannot be written; check its owner and permissions", path = path.display())]
    NotWritable {
        /// What was to be written.
        path: PathBuf,
        /// The system's words.
        #[source]
        source: std::io::Error,
    },
    /// The file is there and is no SQLite database, or one of another program.
    #[error("{path} is not a Parlor database", path = path.display())]
    NotADatabase {
        /// The file.
        path: PathBuf,
    },
    /// The file was written by a newer Parlor.
    #[error(
        "{path} was written by a newer version of Parlor (schema {found}, this one knows {known}); \
         install that version or restore a backup",
        path = path.display()
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its schema.
        found: i64,
        /// The newest schema that this program knows.
        known: i64,
    },
    /// Another process has the database open, or is restoring it.
    #[error("{path} is in use; stop the server first", path = path.display())]
    InUse {
        /// The database.
        path: PathBuf,
    },
    /// Nothing to restore from, or a target that is the database itself or a foreign file.
    #[error("{path} cannot be used for this: {reason}", path = path.display())]
    Refused {
        /// The file.
        path: PathBuf,
        /// Why not.
        reason: &'static str,
    },
    /// The file has the marks of damage.
    #[error("{path} is damaged: {first}", path = path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// The first finding.
        first: String,
    },
    /// The SQLite that was linked has a bug that corrupts databases.
    #[error("sqlite {0} is too old; 3.51.3 or later is needed")]
    OldSqlite(&'static str),
    /// Reading, copying or renaming failed.
    #[error("{path} cannot be used", path = path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// The system's words.
        #[source]
        source: std::io::Error,
    },
    /// SQLite failed in another way.
    #[error("the database {path} failed", path = path.display())]
    Sqlite {
        /// The file.
        path: PathBuf,
        /// Its words.
        #[source]
        source: rusqlite::Error,
    },
}

/// Why a name cannot be a person's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a name is 1 to 64 characters without control characters")]
pub struct NameError;

/// Why a piece of work failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("not found")]
    NotFound,
    #[error("the id is taken")]
    IdTaken,
    #[error("this person may only read the chat")]
    ReadOnly,
    #[error("the chat is not this person's own")]
    NotOwner,
    #[error("the owner of a chat cannot leave it")]
    OwnerStays,
    #[error("no such person")]
    NoPerson,
    #[error("the chat has as many people as it can have")]
    TooMany,
    #[error("a limit is reached")]
    Refused(Box<chat_core::Refusal>),
    #[error("the store is not taking work")]
    Unavailable,
    #[error(transparent)]
    Name(#[from] NameError),
    #[error("{0}")]
    Broken(&'static str),
    #[error("the store's own code failed: {0}")]
    Panicked(String),
    #[error("the transaction was not committed")]
    NotCommitted(#[source] Arc<rusqlite::Error>),
    #[error("sqlite failed")]
    Sqlite(#[from] rusqlite::Error),
}

impl Error {
    /// Reads a broken uniqueness rule as [`Error::IdTaken`], for inserts where it means that.
    pub(crate) fn taken(error: rusqlite::Error) -> Self {
        use rusqlite::ffi::{SQLITE_CONSTRAINT_PRIMARYKEY, SQLITE_CONSTRAINT_UNIQUE};
        match error.sqlite_error().map(|inner| inner.extended_code) {
            Some(SQLITE_CONSTRAINT_PRIMARYKEY | SQLITE_CONSTRAINT_UNIQUE) => Self::IdTaken,
            _ => Self::Sqlite(error),
        }
    }
}

impl Error {
    /// Whether another program holds the database: nothing is wrong with it, only later is better.
    fn is_busy(&self) -> bool {
        use rusqlite::ErrorCode::{DatabaseBusy, DatabaseLocked};
        let cause = match self {
            Self::NotCommitted(cause) => cause.as_ref(),
            Self::Sqlite(cause) => cause,
            _ => return false,
        };
        matches!(
            cause.sqlite_error_code(),
            Some(DatabaseBusy | DatabaseLocked)
        )
    }
}

impl From<Error> for StoreError {
    fn from(error: Error) -> Self {
        match error {
            busy if busy.is_busy() => Self::Unavailable,
            Error::NotFound => Self::NotFound,
            Error::IdTaken => Self::IdTaken,
            Error::ReadOnly => Self::ReadOnly,
            Error::NotOwner => Self::NotOwner,
            Error::OwnerStays => Self::OwnerStays,
            Error::NoPerson => Self::NoPerson,
            Error::TooMany => Self::TooMany,
            Error::Refused(refusal) => Self::Refused(refusal),
            Error::Unavailable => Self::Unavailable,
            other => Self::Database(Box::new(other)),
        }
    }
}

impl OpenError {
    /// What SQLite said about `path`, in words that help.
    pub(crate) fn sqlite(path: &std::path::Path, source: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode::{DatabaseCorrupt, NotADatabase, ReadOnly};
        let path = path.to_owned();
        match source.sqlite_error_code() {
            Some(NotADatabase) => Self::NotADatabase { path },
            Some(DatabaseCorrupt) => Self::Damaged {
                path,
                first: source.to_string(),
            },
            Some(ReadOnly) => Self::NotWritable {
                path,
                source: std::io::Error::other(source),
            },
            _ => Self::Sqlite { path, source },
        }
    }

    /// What the system said about `path`.
    pub(crate) fn file(path: &std::path::Path, source: std::io::Error) -> Self {
        use std::io::ErrorKind::{PermissionDenied, ReadOnlyFilesystem};
        let path = path.to_owned();
        match source.kind() {
            PermissionDenied | ReadOnlyFilesystem => Self::NotWritable { path, source },
            _ => Self::File { path, source },
        }
    }
}
