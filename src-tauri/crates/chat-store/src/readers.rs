//! A few connections that only read. Each read sees one moment of the database, runs on tokio's
//! blocking threads, and never waits for the writer.

use std::{
    path::Path,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use chat_core::StoreError;
use rusqlite::Connection;
use tokio::sync::Semaphore;

use crate::{connection, error::Error, steps::Steps, writer::admit};

/// Reads are short and two cores are few: a fourth would only wait elsewhere.
const READERS: usize = 3;
/// How long a read waits for a connection.
const PATIENCE: Duration = Duration::from_secs(10);

/// The pool.
pub(crate) struct Readers {
    steps: Steps,
    places: Arc<Semaphore>,
    idle: Arc<Mutex<Vec<Connection>>>,
}

impl Readers {
    pub(crate) fn open(path: &Path, steps: Steps) -> rusqlite::Result<Self> {
        let idle = (0..READERS)
            .map(|_| connection::for_reading(path))
            .collect::<rusqlite::Result<Vec<_>>>()?;
        Ok(Self {
            steps,
            places: Arc::new(Semaphore::new(READERS)),
            idle: Arc::new(Mutex::new(idle)),
        })
    }

    /// Runs `work` on one moment of the database.
    pub(crate) async fn run<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, Error> + Send + 'static,
    {
        self.steps.before().await;
        let place = admit(&self.places, PATIENCE).await?;
        let idle = Arc::clone(&self.idle);
        let task = tokio::task::spawn_blocking(move || {
            let taken = Taken::from(idle);
            let result = taken.read(work);
            // The connection is back before its place is free.
            drop(taken);
            drop(place);
            result
        });
        match self.steps.wait(task).await {
            Ok(result) => result.map_err(|error| {
                if let Error::Sqlite(_) | Error::Broken(_) = &error {
                    tracing::error!(error = &error as &dyn std::error::Error, "a read failed");
                }
                StoreError::from(error)
            }),
            Err(error) if error.is_panic() => {
                Err(StoreError::from(Error::Panicked(error.to_string())))
            }
            Err(_) => Err(StoreError::Unavailable),
        }
    }

    /// Waits for reads under way, takes no more, and closes the connections.
    pub(crate) async fn close(&self) {
        // A count that fits: READERS is a handful. An error means that it is closed already.
        let all = u32::try_from(READERS).unwrap_or(u32::MAX);
        let _all = self.places.acquire_many(all).await;
        self.places.close();
        lock(&self.idle).clear();
    }
}

/// A connection out of the pool, given back also when the work panics.
struct Taken {
    connection: Option<Connection>,
    idle: Arc<Mutex<Vec<Connection>>>,
}

impl Taken {
    fn from(idle: Arc<Mutex<Vec<Connection>>>) -> Self {
        let connection = lock(&idle).pop();
        Self { connection, idle }
    }

    fn read<T>(&self, work: impl FnOnce(&Connection) -> Result<T, Error>) -> Result<T, Error> {
        let connection = self.connection.as_ref().ok_or(Error::Unavailable)?;
        // Several statements of one read must not see different moments.
        let moment = connection.unchecked_transaction()?;
        work(&moment)
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take() {
            lock(&self.idle).push(connection);
        }
    }
}

fn lock(idle: &Mutex<Vec<Connection>>) -> std::sync::MutexGuard<'_, Vec<Connection>> {
    idle.lock().unwrap_or_else(PoisonError::into_inner)
}
