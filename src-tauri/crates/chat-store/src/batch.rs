//! What happens on the writer's thread: jobs are taken in order, run in one transaction (in a
//! savepoint each, but for those that leave nothing to undo), committed together, told to the
//! observer, and only then answered. Checkpoints of
//! the write-ahead log happen here too, between batches and never before an answer.

use std::{
    any::Any,
    collections::VecDeque,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    time::Duration,
};

use chat_core::{Change, CommitObserver, StoreError};
use rusqlite::Connection;
use tokio::sync::{OwnedSemaphorePermit, oneshot};

use crate::{
    error::Error,
    patience,
    writer::{Counters, Message},
};

/// Jobs in one transaction: enough to share an fsync, few enough that none waits long for it.
const MAX_BATCH: usize = 256;
/// Pages in the write-ahead log that are worth a checkpoint, as SQLite's own default.
const CHECKPOINT_PAGES: i64 = 1000;
/// Batches between two looks at the log's length; a look costs some microseconds.
const LOOK_EVERY: u32 = 16;
/// Quiet time after which the log is emptied and memory given back.
const IDLE: Duration = Duration::from_secs(2);

/// What a commit has to survive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Durability {
    /// The end of the process (`synchronous=NORMAL`).
    Process,
    /// A power cut (`synchronous=FULL`).
    Power,
}

/// What a job that fails leaves behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Failing {
    /// What it wrote so far. A savepoint undoes it.
    Half,
    /// Nothing: it fails before it writes, or not at all. So it needs no savepoint, which costs two
    /// statements and a copy of every page that is written meanwhile. Should the database fail it
    /// later, all that are committed with it fail too.
    Clean,
}

/// What a job works with: the transaction, and the changes it makes for others to hear of.
pub(crate) struct Scope<'a> {
    pub(crate) connection: &'a Connection,
    pub(crate) changes: &'a mut Vec<Change>,
}

/// Work in the queue, its type forgotten.
pub(crate) trait Job: Send {
    fn durability(&self) -> Durability;
    fn failing(&self) -> Failing;
    /// Does the work and keeps the outcome; true if it is to be committed.
    fn run(&mut self, scope: &mut Scope<'_>) -> bool;
    /// Replaces a success by what undid it.
    fn undo(&mut self, cause: &Arc<rusqlite::Error>);
    /// Answers.
    fn settle(self: Box<Self>);
}

/// Work and whoever asked for it.
pub(crate) struct Asked<T, F> {
    durability: Durability,
    failing: Failing,
    work: Option<F>,
    outcome: Result<T, Error>,
    reply: oneshot::Sender<Result<T, StoreError>>,
}

impl<T, F> Asked<T, F> {
    pub(crate) fn new(
        durability: Durability,
        failing: Failing,
        work: F,
        reply: oneshot::Sender<Result<T, StoreError>>,
    ) -> Self {
        Self {
            durability,
            failing,
            work: Some(work),
            outcome: Err(Error::Unavailable),
            reply,
        }
    }
}

impl<T, F> Job for Asked<T, F>
where
    T: Send,
    F: FnOnce(&mut Scope<'_>) -> Result<T, Error> + Send,
{
    fn durability(&self) -> Durability {
        self.durability
    }

    fn failing(&self) -> Failing {
        self.failing
    }

    fn run(&mut self, scope: &mut Scope<'_>) -> bool {
        if let Some(work) = self.work.take() {
            // What it wrote is rolled back after a panic: nothing half done is seen again.
            self.outcome = catch_unwind(AssertUnwindSafe(|| work(scope)))
                .unwrap_or_else(|payload| Err(Error::Panicked(words_of(payload.as_ref()))));
        }
        if let Err(error @ (Error::Panicked(_) | Error::Sqlite(_) | Error::Broken(_))) =
            &self.outcome
        {
            tracing::error!(error = error as &dyn std::error::Error, "a write failed");
        }
        self.outcome.is_ok()
    }

    fn undo(&mut self, cause: &Arc<rusqlite::Error>) {
        if self.outcome.is_ok() || matches!(self.outcome, Err(Error::Unavailable)) {
            self.outcome = Err(Error::NotCommitted(Arc::clone(cause)));
        }
    }

    fn settle(self: Box<Self>) {
        // Whoever asked may have left; the work is done all the same.
        let _ = self.reply.send(self.outcome.map_err(StoreError::from));
    }
}

type Placed = (Box<dyn Job>, OwnedSemaphorePermit);

/// The thread's own state.
pub(crate) struct Worker {
    connection: Connection,
    inbox: mpsc::Receiver<Message>,
    observer: Arc<dyn CommitObserver>,
    counters: Arc<Counters>,
    hurry: Arc<AtomicBool>,
    /// Taken from the inbox, for the next batch. Never longer than one batch.
    held: VecDeque<Placed>,
    closing: bool,
    synchronous: Option<Durability>,
    batches_since_look: u32,
    quiet: bool,
}

impl Worker {
    pub(crate) fn new(
        connection: Connection,
        inbox: mpsc::Receiver<Message>,
        observer: Arc<dyn CommitObserver>,
        counters: Arc<Counters>,
        hurry: Arc<AtomicBool>,
    ) -> Self {
        Self {
            connection,
            inbox,
            observer,
            counters,
            hurry,
            held: VecDeque::new(),
            closing: false,
            synchronous: None,
            batches_since_look: 0,
            quiet: false,
        }
    }

    /// Works until it is closed.
    pub(crate) fn run(mut self) {
        self.be_patient();
        while let Some(first) = self.wait() {
            self.batch(first);
            self.look_at_log();
        }
        self.empty_log();
    }

    fn wait(&mut self) -> Option<Placed> {
        if let Some(job) = self.take() {
            return Some(job);
        }
        if self.closing {
            return None;
        }
        if !self.quiet {
            match self.inbox.recv_timeout(IDLE) {
                Ok(message) => return self.accept(message),
                Err(mpsc::RecvTimeoutError::Disconnected) => return None,
                Err(mpsc::RecvTimeoutError::Timeout) => {
                    self.empty_log();
                    self.quiet = true;
                }
            }
        }
        let message = self.inbox.recv().ok()?;
        self.accept(message)
    }

    /// The next job that is there already.
    fn take(&mut self) -> Option<Placed> {
        if let Some(job) = self.held.pop_front() {
            return Some(job);
        }
        if self.closing {
            return None;
        }
        let message = self.inbox.try_recv().ok()?;
        self.accept(message)
    }

    fn accept(&mut self, message: Message) -> Option<Placed> {
        match message {
            Message::Job(job, place) => Some((job, place)),
            Message::Close => {
                self.closing = true;
                None
            }
        }
    }

    fn batch(&mut self, first: Placed) {
        self.quiet = false;
        let mut waiting = VecDeque::from([first]);
        while waiting.len() < MAX_BATCH
            && let Some(job) = self.take()
        {
            waiting.push_back(job);
        }
        let durability = if waiting
            .iter()
            .any(|(job, _)| job.durability() == Durability::Power)
        {
            Durability::Power
        } else {
            Durability::Process
        };
        if let Err(error) = self.begin(durability) {
            self.counters.failed_commits.fetch_add(1, Ordering::Relaxed);
            return refuse(waiting.into(), error);
        }

        let mut done: Vec<Placed> = Vec::with_capacity(waiting.len());
        let mut changes = Vec::new();
        while let Some(mut job) = waiting
            .pop_front()
            .or_else(|| self.late(durability, done.len()))
        {
            let sound = self.attempt(job.0.as_mut(), &mut changes);
            done.push(job);
            // Some failures (a full disk, no memory) make SQLite undo the whole transaction.
            if self.connection.is_autocommit() {
                self.held.append(&mut waiting);
                self.counters.failed_commits.fetch_add(1, Ordering::Relaxed);
                return refuse(done, sound.err().unwrap_or_else(lost));
            }
            if let Err(error) = sound {
                self.held.append(&mut waiting);
                return self.abandon(done, error);
            }
        }
        if let Err(error) = self.connection.execute_batch("COMMIT") {
            return self.abandon(done, error);
        }
        self.counters.commits.fetch_add(1, Ordering::Relaxed);
        for change in changes {
            let tell = AssertUnwindSafe(|| self.observer.committed(change));
            if let Err(payload) = catch_unwind(tell) {
                let words = words_of(payload.as_ref());
                tracing::error!(panic = words, "the commit observer panicked");
            }
        }
        for (job, place) in done {
            // Who is answered finds the place free.
            drop(place);
            job.settle();
        }
    }

    /// A job that came while the batch ran and may join it.
    fn late(&mut self, durability: Durability, done: usize) -> Option<Placed> {
        if done >= MAX_BATCH {
            return None;
        }
        let job = self.take()?;
        // The pragma cannot change inside a transaction: what needs more waits for the next.
        if durability == Durability::Process && job.0.durability() == Durability::Power {
            self.held.push_front(job);
            return None;
        }
        Some(job)
    }

    fn begin(&mut self, durability: Durability) -> rusqlite::Result<()> {
        if self.synchronous != Some(durability) {
            let level = match durability {
                Durability::Process => "NORMAL",
                Durability::Power => "FULL",
            };
            self.connection.pragma_update(None, "synchronous", level)?;
            self.synchronous = Some(durability);
        }
        self.connection.execute_batch("BEGIN IMMEDIATE")
    }

    /// Runs one job. An error is one of the transaction itself, not of the job.
    fn attempt(&mut self, job: &mut dyn Job, changes: &mut Vec<Change>) -> rusqlite::Result<()> {
        self.counters.jobs.fetch_add(1, Ordering::Relaxed);
        let failing = job.failing();
        let step = |sql| -> rusqlite::Result<()> {
            match failing {
                Failing::Half => self.connection.prepare_cached(sql)?.execute([]).map(drop),
                Failing::Clean => Ok(()),
            }
        };
        step("SAVEPOINT job")?;
        let (before, written) = (changes.len(), self.connection.total_changes());
        let mut scope = Scope {
            connection: &self.connection,
            changes,
        };
        if !job.run(&mut scope) {
            changes.truncate(before);
            if self.connection.is_autocommit() {
                return Ok(());
            }
            if failing == Failing::Clean && self.connection.total_changes() != written {
                return Err(half_done());
            }
            step("ROLLBACK TO job")?;
        }
        step("RELEASE job")
    }

    fn abandon(&mut self, done: Vec<Placed>, error: rusqlite::Error) {
        self.counters.failed_commits.fetch_add(1, Ordering::Relaxed);
        if !self.connection.is_autocommit()
            && let Err(second) = self.connection.execute_batch("ROLLBACK")
        {
            tracing::error!(error = &second as &dyn std::error::Error, "rollback failed");
        }
        refuse(done, error);
    }

    fn look_at_log(&mut self) {
        self.batches_since_look += 1;
        if self.batches_since_look < LOOK_EVERY {
            return;
        }
        self.batches_since_look = 0;
        match self.checkpoint("NOOP") {
            Ok(pages) if pages >= CHECKPOINT_PAGES => {
                if let Err(error) = self.checkpoint("PASSIVE") {
                    tracing::warn!(
                        error = &error as &dyn std::error::Error,
                        "checkpoint failed"
                    );
                }
            }
            Ok(_) => {}
            Err(error) => {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "no look at the log"
                );
            }
        }
    }

    /// Empties the log if no reader is in the way; never waits for one.
    fn empty_log(&mut self) {
        let emptied = self
            .connection
            .busy_timeout(Duration::ZERO)
            .and_then(|()| self.checkpoint("TRUNCATE").map(drop))
            .and_then(|()| self.connection.execute_batch("PRAGMA shrink_memory"));
        // Left as it is the next quiet moment, or the next start, empties it.
        if let Err(error) = emptied {
            tracing::debug!(error = &error as &dyn std::error::Error, "the log stays");
        }
        self.be_patient();
    }

    /// Waits for other programs from now on.
    fn be_patient(&mut self) {
        let patience = patience::of_writer(Arc::clone(&self.hurry));
        if let Err(error) = self.connection.busy_handler(Some(patience)) {
            tracing::warn!(error = &error as &dyn std::error::Error, "no busy handler");
        }
    }

    /// Checkpoints and gives the pages that are in the log and not yet in the database.
    fn checkpoint(&self, how: &str) -> rusqlite::Result<i64> {
        let sql = format!("PRAGMA wal_checkpoint({how})");
        self.connection.prepare_cached(&sql)?.query_row([], |row| {
            let (all, moved): (i64, i64) = (row.get(1)?, row.get(2)?);
            Ok(all - moved)
        })
    }
}

fn refuse(jobs: Vec<Placed>, error: rusqlite::Error) {
    tracing::error!(
        error = &error as &dyn std::error::Error,
        "a transaction failed"
    );
    let cause = Arc::new(error);
    for (mut job, place) in jobs {
        drop(place);
        job.undo(&cause);
        job.settle();
    }
}

/// A job that should have failed before it wrote did not.
fn half_done() -> rusqlite::Error {
    let code = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_ABORT);
    rusqlite::Error::SqliteFailure(code, Some("a job failed halfway".to_owned()))
}

/// SQLite ended the transaction by itself and the job that met the reason has its own error.
fn lost() -> rusqlite::Error {
    rusqlite::Error::SqliteFailure(
        rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_ABORT),
        Some("the transaction was undone by the failure of another write".to_owned()),
    )
}

fn words_of(payload: &(dyn Any + Send)) -> String {
    if let Some(words) = payload.downcast_ref::<&str>() {
        (*words).to_owned()
    } else if let Some(words) = payload.downcast_ref::<String>() {
        words.clone()
    } else {
        "panic".to_owned()
    }
}
