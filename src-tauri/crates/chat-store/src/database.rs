//! The database as a whole: opened, checked, copied, closed. What is asked of it is in `store` (the
//! core's port) and `accounts` (people and the server's own settings).

use std::{
    fs::File,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use chat_core::{CommitObserver, StoreError};

use crate::{
    batch::{Durability, Failing, Scope},
    connection,
    error::{Error, OpenError},
    files::{self, Hold},
    journal::Journals,
    migrations,
    readers::Readers,
    restore,
    spend_store::{self, Rules},
    tables,
    writer::{Writer, WriterStats},
};

/// Before it, SQLite could lose pages when two connections reset the write-ahead log.
const OLDEST_SQLITE: i32 = 3_051_003;

/// Parlor's history in one SQLite file, open for one writer and a few readers.
///
/// Several processes may have the same file open, a server and a command line; only the one that
/// commits hears of it through its observer.
pub struct Database {
    path: PathBuf,
    pub(crate) writer: Writer,
    readers: Readers,
    pub(crate) journals: Journals,
    pub(crate) rules: Rules,
    /// Held shared while the database is open, so that no restore replaces the file below it; and
    /// the claim, if it was made.
    locks: Mutex<Vec<File>>,
}

impl Database {
    /// Opens the database at `path`, made if it is not there: its directory with mode 0700, its
    /// files with 0600. An older schema is brought up to date, after a copy was put beside it.
    /// Blocks for some milliseconds, longer where there is much to migrate.
    ///
    /// `observer` hears of every commit made through this handle.
    ///
    /// # Errors
    /// [`OpenError`], which says what to do.
    pub fn open(path: &Path, observer: Arc<dyn CommitObserver>) -> Result<Arc<Self>, OpenError> {
        Self::open_with(path, observer, migrations::ALL)
    }

    pub(crate) fn open_with(
        path: &Path,
        observer: Arc<dyn CommitObserver>,
        migrations: &[&str],
    ) -> Result<Arc<Self>, OpenError> {
        if rusqlite::version_number() < OLDEST_SQLITE {
            return Err(OpenError::OldSqlite(rusqlite::version()));
        }
        let path = &files::whole(path)?;
        let failed = |source| OpenError::sqlite(path, source);
        files::prepare(path)?;
        let lock = files::hold(path, files::OPEN, Hold::Shared)?;
        // Before anything is written to it, WAL mode included.
        migrations::recognise_file(path, migrations)?;
        let mut connection = connection::for_writing(path).map_err(failed)?;
        migrations::run(&mut connection, path, migrations)?;
        let rules = spend_store::first(&connection, path)?;
        let writer =
            Writer::start(connection, observer).map_err(|source| OpenError::file(path, source))?;
        let readers = Readers::open(path, writer.steps.clone()).map_err(failed)?;
        Ok(Arc::new(Self {
            path: path.clone(),
            writer,
            readers,
            journals: Journals::open(path)?,
            rules,
            locks: Mutex::new(vec![lock]),
        }))
    }

    /// Makes this process the one that answers on this history, until it closes or ends. A server
    /// does so before it sweeps: what a second server swept would be the first one's running
    /// answers. The command line does not.
    ///
    /// # Errors
    /// [`OpenError::InUse`] when another process, or another handle, is that one.
    pub fn claim(&self) -> Result<(), OpenError> {
        let claim = files::hold(&self.path, files::SERVING, Hold::Alone)?;
        self.locks().push(claim);
        Ok(())
    }

    /// Replaces the database at `to` by the backup `from`, which is checked first, and gives it a
    /// new epoch. Gives the path under which the old one was kept, if there was one. Blocks.
    ///
    /// # Errors
    /// [`OpenError::InUse`] while any process has the database at `to` open; others when `from` is
    /// no sound backup of a version that this one knows. Nothing has changed then.
    pub fn restore(from: &Path, to: &Path) -> Result<Option<PathBuf>, OpenError> {
        restore::restore(from, to)
    }

    /// Writes a whole copy to `to` while everything goes on. An older backup of that name is
    /// replaced, and only once the new one is on the disk.
    ///
    /// # Errors
    /// [`OpenError::Refused`] when `to` is the database or some other file that is no backup;
    /// others when reading or writing fails.
    pub async fn backup(&self, to: &Path) -> Result<(), OpenError> {
        let (from, target) = (self.path.clone(), files::whole(to)?);
        let own = ["", "-wal", "-shm", files::OPEN, files::SERVING];
        if own
            .iter()
            .any(|suffix| files::same(&files::beside(&from, suffix), &target))
        {
            return Err(refused(to, "it is the database itself"));
        }
        tokio::task::spawn_blocking(move || {
            if !files::replaceable(&target) {
                return Err(refused(&target, "the file there is not a backup"));
            }
            files::copy_database(&from, &target)
        })
        .await
        .unwrap_or_else(|error| Err(OpenError::file(to, std::io::Error::other(error))))
    }

    /// Looks through the whole file for damage; gives every finding, none for a sound database.
    ///
    /// # Errors
    /// [`OpenError`] when it cannot be read at all.
    pub async fn check(&self) -> Result<Vec<String>, OpenError> {
        let path = self.path.clone();
        // A connection of its own: this takes long, and readers are few.
        tokio::task::spawn_blocking(move || {
            connection::for_reading(&path)
                .and_then(|connection| restore::findings(&connection))
                .map_err(|source| OpenError::sqlite(&path, source))
        })
        .await
        .unwrap_or_else(|error| Err(OpenError::file(&self.path, std::io::Error::other(error))))
    }

    /// Proves that the store can write, by a small durable write.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot.
    pub async fn writable(&self) -> Result<(), StoreError> {
        self.write(|scope| Ok(tables::meta::prove_writable(scope.connection)?))
            .await
    }

    /// What the writer has done so far. Cheap.
    #[must_use]
    pub fn writer_stats(&self) -> WriterStats {
        self.writer.stats()
    }

    /// Where the database is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Takes no more work, does what is queued, empties the write-ahead log and lets go of the
    /// file. Dropping the last handle does the same, blocking.
    pub async fn close(self: &Arc<Self>) {
        self.readers.close().await;
        let this = Arc::clone(self);
        let closed = tokio::task::spawn_blocking(move || this.writer.close()).await;
        if let Err(error) = closed {
            tracing::error!(%error, "the store did not close cleanly");
        }
        self.locks().clear();
    }

    fn locks(&self) -> MutexGuard<'_, Vec<File>> {
        self.locks.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A write that is durable against power loss when it resolves.
    pub(crate) async fn write<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&mut Scope<'_>) -> Result<T, Error> + Send + 'static,
    {
        let (durability, failing) = (Durability::Power, Failing::Half);
        self.writer.run(durability, failing, work).await
    }

    /// The same for work that leaves nothing behind when it fails; see [`Failing::Clean`].
    pub(crate) async fn write_whole<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&mut Scope<'_>) -> Result<T, Error> + Send + 'static,
    {
        let (durability, failing) = (Durability::Power, Failing::Clean);
        self.writer.run(durability, failing, work).await
    }

    /// A write that a power cut may undo.
    pub(crate) async fn write_soon<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&mut Scope<'_>) -> Result<T, Error> + Send + 'static,
    {
        let (durability, failing) = (Durability::Process, Failing::Half);
        self.writer.run(durability, failing, work).await
    }

    /// A read of one moment.
    pub(crate) async fn read<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&rusqlite::Connection) -> Result<T, Error> + Send + 'static,
    {
        self.readers.run(work).await
    }
}

fn refused(path: &Path, reason: &'static str) -> OpenError {
    OpenError::Refused {
        path: path.to_owned(),
        reason,
    }
}
