//! Which answers are being written, and which wait: one at a time in a chat, in order.

use std::{
    collections::{HashMap, VecDeque},
    sync::{
        Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak,
        atomic::{AtomicU64, Ordering},
    },
};

use tokio_util::sync::CancellationToken;

use super::spend::Meter;
use crate::{
    error::{ErrorCode, Fault, Reason},
    ids::{ChatId, MessageId, ModelId, UserId},
    model::Message,
    spend::Asker,
    store::Standing,
    turn_log::TurnLog,
};

/// Who ends an answer before its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum StopReason {
    /// Somebody pressed stop.
    Person,
    /// The server goes down.
    Shutdown,
}

/// One answer to be written.
pub(super) struct Turn {
    pub(super) answer: Message,
    pub(super) model: Option<ModelId>,
    pub(super) log: Arc<TurnLog>,
    /// Who asked for it.
    pub(super) user: UserId,
    /// Measures what it spends.
    pub(super) meter: Meter,
    /// Where it stood when it was accepted.
    pub(super) standing: Standing,
    /// Pieces of the log that the store has.
    pub(super) kept: AtomicU64,
    cancelled: CancellationToken,
    reason: OnceLock<StopReason>,
    /// Given back before the end is told: whoever hears of it may ask for the next.
    place: Mutex<Option<Place>>,
}

impl Turn {
    pub(super) fn new(
        answer: Message,
        model: Option<ModelId>,
        standing: Standing,
        (place, by): (Place, Asker),
    ) -> Arc<Self> {
        let log = TurnLog::new(
            answer.chat.clone(),
            answer.id.clone(),
            &answer.content,
            &answer.reasoning,
        );
        Arc::new(Self {
            // What an answer that is gone on with had is in the store already.
            kept: AtomicU64::new(log.len()),
            user: place.user.clone(),
            meter: Meter::new(by, answer.content.len() + answer.reasoning.len()),
            answer,
            model,
            log,
            standing,
            cancelled: CancellationToken::new(),
            reason: OnceLock::new(),
            place: Mutex::new(Some(place)),
        })
    }

    /// Waits until somebody ends the turn.
    pub(super) async fn stopped(&self) -> StopReason {
        self.cancelled.cancelled().await;
        self.reason.get().copied().unwrap_or(StopReason::Shutdown)
    }

    /// Gives back its place among the person's running answers.
    pub(super) fn leave_place(&self) {
        drop(lock(&self.place).take());
    }

    fn stop(&self, reason: StopReason) {
        // The first reason stands.
        let _ = self.reason.set(reason);
        self.cancelled.cancel();
    }

    pub(super) fn kept(&self) -> u64 {
        self.kept.load(Ordering::Relaxed)
    }
}

/// A place among a person's running answers, given back when dropped.
pub(super) struct Place {
    user: UserId,
    turns: Weak<Mutex<Inner>>,
}

impl Drop for Place {
    fn drop(&mut self) {
        let Some(inner) = self.turns.upgrade() else {
            return;
        };
        let mut inner = inner.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(places) = inner.places.get_mut(&self.user) {
            *places -= 1;
            if *places == 0 {
                inner.places.remove(&self.user);
            }
        }
    }
}

#[derive(Default)]
struct Inner {
    /// The first of each queue is being written.
    by_chat: HashMap<ChatId, VecDeque<Arc<Turn>>>,
    by_message: HashMap<MessageId, Arc<Turn>>,
    places: HashMap<UserId, usize>,
}

/// The register of turns.
#[derive(Default)]
pub(super) struct Turns {
    inner: Arc<Mutex<Inner>>,
}

impl Turns {
    /// Takes a place for one more answer of `user`, `limit` being the most (0 is no limit).
    pub(super) fn reserve(&self, user: &UserId, limit: usize) -> Result<Place, Fault> {
        let mut inner = self.lock();
        let places = inner.places.entry(user.clone()).or_default();
        if limit != 0 && *places >= limit {
            let words = format!("{limit} answers are running already; wait for one or stop one");
            return Err(
                Fault::new(ErrorCode::RateLimit, Reason::TooManyAnswers, words).retry_after(1_000),
            );
        }
        *places += 1;
        Ok(Place {
            user: user.clone(),
            turns: Arc::downgrade(&self.inner),
        })
    }

    /// Adds a turn; true when it is to begin now.
    pub(super) fn add(&self, turn: &Arc<Turn>) -> bool {
        let mut inner = self.lock();
        inner
            .by_message
            .insert(turn.answer.id.clone(), Arc::clone(turn));
        let queue = inner.by_chat.entry(turn.answer.chat.clone()).or_default();
        queue.push_back(Arc::clone(turn));
        queue.len() == 1
    }

    /// Removes the turn that ended and gives the one of its chat that is to begin.
    pub(super) fn finish(&self, turn: &Turn) -> Option<Arc<Turn>> {
        let mut inner = self.lock();
        // Its end was told already: somebody may have had it gone on with since.
        let same = |other: &Turn| std::ptr::eq(other, turn);
        if inner
            .by_message
            .get(&turn.answer.id)
            .is_some_and(|other| same(other))
        {
            inner.by_message.remove(&turn.answer.id);
        }
        let queue = inner.by_chat.get_mut(&turn.answer.chat)?;
        queue.retain(|waiting| !same(waiting));
        let next = queue.front().map(Arc::clone);
        if next.is_none() {
            inner.by_chat.remove(&turn.answer.chat);
        }
        next
    }

    pub(super) fn running_in(&self, chat: &ChatId) -> Option<Arc<Turn>> {
        self.lock().by_chat.get(chat)?.front().map(Arc::clone)
    }

    pub(super) fn is_running(&self, message: &MessageId) -> bool {
        self.lock().by_message.contains_key(message)
    }

    pub(super) fn all(&self) -> Vec<Arc<Turn>> {
        self.lock().by_message.values().map(Arc::clone).collect()
    }

    pub(super) fn count(&self) -> usize {
        self.lock().by_message.len()
    }

    /// Ends a turn; false when there is none.
    pub(super) fn stop(&self, message: &MessageId, reason: StopReason) -> bool {
        let turn = self.lock().by_message.get(message).map(Arc::clone);
        turn.inspect(|turn| turn.stop(reason)).is_some()
    }

    pub(super) fn stop_chat(&self, chat: &ChatId, reason: StopReason) {
        let queue = self.lock().by_chat.get(chat).cloned().unwrap_or_default();
        queue.iter().for_each(|turn| turn.stop(reason));
    }

    pub(super) fn stop_all(&self, reason: StopReason) {
        self.all().iter().for_each(|turn| turn.stop(reason));
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        lock(&self.inner)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
