//! The one writer. Owns the only connection that writes, on an OS thread of its own, and the queue
//! before it. Work that waits is committed together (group commit): one fsync for all of it. What
//! the work does is none of its business; that observers hear of commits in order is.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
        mpsc,
    },
    thread,
    time::Duration,
};

use chat_core::{CommitObserver, StoreError};
use rusqlite::Connection;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

use crate::{
    batch::{Asked, Durability, Failing, Job, Scope, Worker},
    error::Error,
    steps::Steps,
};

/// Waiting jobs: some 20 full batches, half a second of work on a slow disk; beyond it callers wait.
const QUEUE: usize = 1024;
/// How long a caller waits for a place in a full queue: as long as SQLite waits for another process.
const ADMISSION: Duration = Duration::from_secs(5);

/// What the writer has done so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct WriterStats {
    /// Transactions committed.
    pub commits: u64,
    /// Jobs run, whether or not they succeeded.
    pub jobs: u64,
    /// Transactions that could not begin or commit.
    pub failed_commits: u64,
    /// Jobs waiting or running now.
    pub queued: u64,
}

#[derive(Default)]
pub(crate) struct Counters {
    pub(crate) commits: AtomicU64,
    pub(crate) jobs: AtomicU64,
    pub(crate) failed_commits: AtomicU64,
}

/// What stands in the queue. A job carries its place, and frees it when it has been answered.
pub(crate) enum Message {
    Job(Box<dyn Job>, OwnedSemaphorePermit),
    Close,
}

/// The handle of the writer thread.
pub(crate) struct Writer {
    pub(crate) steps: Steps,
    sender: mpsc::Sender<Message>,
    places: Arc<Semaphore>,
    counters: Arc<Counters>,
    /// Set when the store is to close: nobody else's lock is waited for any more.
    hurry: Arc<AtomicBool>,
    thread: Mutex<Option<thread::JoinHandle<()>>>,
}

impl Writer {
    /// Starts the thread; it owns `connection` until [`Writer::close`].
    pub(crate) fn start(
        connection: Connection,
        observer: Arc<dyn CommitObserver>,
    ) -> std::io::Result<Self> {
        // The channel itself is unbounded, the places before it are not: std's bounded channel
        // cannot be awaited, tokio's cannot be waited on with a deadline by a thread.
        let (sender, inbox) = mpsc::channel();
        let counters = Arc::new(Counters::default());
        let hurry = Arc::new(AtomicBool::new(false));
        let worker = Worker::new(
            connection,
            inbox,
            observer,
            Arc::clone(&counters),
            Arc::clone(&hurry),
        );
        let thread = thread::Builder::new()
            .name("parlor-writer".to_owned())
            .spawn(move || worker.run())?;
        Ok(Self {
            steps: Steps::default(),
            sender,
            places: Arc::new(Semaphore::new(QUEUE)),
            counters,
            hurry,
            thread: Mutex::new(Some(thread)),
        })
    }

    /// Runs `work` in a transaction and gives its result once that is committed. Work that fails
    /// leaves no trace. Dropping the future does not stop work that was admitted.
    pub(crate) async fn run<T, F>(
        &self,
        durability: Durability,
        failing: Failing,
        work: F,
    ) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&mut Scope<'_>) -> Result<T, Error> + Send + 'static,
    {
        self.steps.before().await;
        let place = admit(&self.places, ADMISSION).await?;
        let (reply, answer) = oneshot::channel();
        let job = Box::new(Asked::new(durability, failing, work, reply));
        self.sender
            .send(Message::Job(job, place))
            .map_err(|_| StoreError::Unavailable)?;
        let answered = self.steps.wait(answer).await;
        answered.map_err(|_| StoreError::Unavailable)?
    }

    pub(crate) fn stats(&self) -> WriterStats {
        let free = self.places.available_permits();
        WriterStats {
            commits: self.counters.commits.load(Ordering::Relaxed),
            jobs: self.counters.jobs.load(Ordering::Relaxed),
            failed_commits: self.counters.failed_commits.load(Ordering::Relaxed),
            queued: u64::try_from(QUEUE.saturating_sub(free)).unwrap_or(u64::MAX),
        }
    }

    /// Commits what is queued, empties the write-ahead log, and ends the thread. Blocks; a second
    /// call does nothing.
    pub(crate) fn close(&self) {
        self.places.close();
        self.hurry.store(true, Ordering::Relaxed);
        // A failed send means that the thread is gone already.
        let _ = self.sender.send(Message::Close);
        let thread = self
            .thread
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(thread) = thread
            && thread.join().is_err()
        {
            tracing::error!("the store's writer thread panicked");
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.close();
    }
}

/// A place among `places`, waited for no longer than `patience`.
pub(crate) async fn admit(
    places: &Arc<Semaphore>,
    patience: Duration,
) -> Result<OwnedSemaphorePermit, StoreError> {
    // The usual case needs no timer.
    if let Ok(place) = Arc::clone(places).try_acquire_owned() {
        return Ok(place);
    }
    match tokio::time::timeout(patience, Arc::clone(places).acquire_owned()).await {
        Ok(Ok(place)) => Ok(place),
        _ => Err(StoreError::Unavailable),
    }
}
