//! The feed: everything that happens to what one person can see, in order.
//!
//! Like the turn log it is read through positions, not queues: a reader that stops holds one
//! integer. An entry stays until all its readers have taken it, in a ring of bounded size; a reader
//! that fell off the ring is told so and reads the store instead.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak},
};

use bytes::Bytes;
use tokio::sync::watch;

use crate::{
    change::{Change, ChangeKind, CommitObserver},
    ids::UserId,
    model::Message,
    objective::Generation,
    turn_log::TurnLog,
};

/// Entries a reader may lag behind before it must read the store. A busy person makes a few a
/// second; an entry is one shared pointer.
const RING: usize = 256;

/// Bytes of text that the entries of a ring hold, about; the newest entry stays in any case.
const RING_BYTES: usize = 2 * 1024 * 1024;

/// How many dialects can share an encoded entry.
const SLOTS: usize = 2;

/// What happened.
#[expect(
    clippy::large_enum_variant,
    reason = "always behind one shared pointer"
)]
pub enum FeedEvent {
    /// The store committed something.
    Committed(Change),
    /// An answer began; its words come through the log.
    AnswerStarted {
        /// The answer, still empty (or as far as it was, when it is gone on with).
        message: Message,
        /// Its log, for as long as it runs: an old entry keeps no text.
        log: Weak<TurnLog>,
        /// Whether it is on the branch shown.
        shown: bool,
    },
    /// An answer waits until the one before it in its chat has ended.
    AnswerWaits(Message),
    /// An answer ended and could not be kept, or its chat is gone.
    AnswerLost(Message),
    /// An objective in the making has come further, or will not be made.
    Generation(Generation),
}

/// One entry of a feed, shared by all its readers.
pub struct FeedEntry {
    /// What happened.
    pub event: FeedEvent,
    encoded: [OnceLock<Bytes>; SLOTS],
}

impl FeedEntry {
    pub(crate) fn new(event: FeedEvent) -> Arc<Self> {
        Arc::new(Self {
            event,
            encoded: Default::default(),
        })
    }

    /// The frame for a dialect's `slot`, encoded by the first reader that asks.
    pub fn frame(&self, slot: u8, encode: impl FnOnce() -> Bytes) -> Bytes {
        match self.encoded.get(usize::from(slot)) {
            Some(cell) => cell.get_or_init(encode).clone(),
            None => encode(),
        }
    }
}

impl FeedEvent {
    /// Bytes of text in it, about.
    fn weight(&self) -> usize {
        match self {
            Self::Committed(change) => match &change.kind {
                ChangeKind::MessageAdded(message, _) | ChangeKind::AnswerEnded(message, _) => {
                    message.content.len() + message.reasoning.len()
                }
                _ => 0,
            },
            Self::AnswerLost(message) => message.content.len() + message.reasoning.len(),
            _ => 0,
        }
    }
}

struct Pending {
    entry: Arc<FeedEntry>,
    /// The readers that have not taken it.
    readers: usize,
}

#[derive(Default)]
struct Ring {
    entries: VecDeque<Pending>,
    /// Bytes of text in the entries.
    weight: usize,
    /// The number of entries ever pushed.
    pushed: u64,
    /// How many read this feed.
    readers: usize,
}

impl Ring {
    fn push(&mut self, entry: Arc<FeedEntry>) {
        self.pushed += 1;
        if self.readers == 0 {
            return;
        }
        self.weight += entry.event.weight();
        self.entries.push_back(Pending {
            entry,
            readers: self.readers,
        });
        while self.entries.len() > RING || (self.weight > RING_BYTES && self.entries.len() > 1) {
            self.forget_oldest();
        }
    }

    /// The number of the oldest entry that is there, or of the next.
    fn oldest(&self) -> u64 {
        self.pushed - self.entries.len() as u64
    }

    /// One reader that stands `at` takes the next entry, which is there.
    fn take(&mut self, at: u64) -> Option<Arc<FeedEntry>> {
        let index = usize::try_from(at - self.oldest()).ok()?;
        let pending = self.entries.get_mut(index)?;
        pending.readers -= 1;
        let entry = Arc::clone(&pending.entry);
        self.forget_taken();
        Some(entry)
    }

    /// One reader that stands `at` passes over all that is left.
    fn pass(&mut self, at: u64) {
        let taken = at.saturating_sub(self.oldest());
        for pending in self
            .entries
            .iter_mut()
            .skip(usize::try_from(taken).unwrap_or(usize::MAX))
        {
            pending.readers -= 1;
        }
        self.forget_taken();
    }

    fn forget_taken(&mut self) {
        while self.entries.front().is_some_and(|one| one.readers == 0) {
            self.forget_oldest();
        }
    }

    fn forget_oldest(&mut self) {
        let oldest = self.entries.pop_front();
        self.weight -= oldest.map_or(0, |oldest| oldest.entry.event.weight());
    }
}

struct Feed {
    ring: Mutex<Ring>,
    wakes: watch::Sender<u64>,
}

impl Feed {
    fn ring(&self) -> MutexGuard<'_, Ring> {
        self.ring.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a reader finds.
pub enum FeedItem {
    /// The next entry.
    Entry(Arc<FeedEntry>),
    /// Entries were missed: read the store. The reader is now at the feed's end.
    Lagged,
}

/// A place in one person's feed.
pub struct FeedReader {
    feed: Arc<Feed>,
    wakes: watch::Receiver<u64>,
    at: u64,
}

impl FeedReader {
    /// Takes the next entry, if there is one.
    pub fn take(&mut self) -> Option<FeedItem> {
        self.wakes.mark_unchanged();
        let mut ring = self.feed.ring();
        if self.at == ring.pushed {
            return None;
        }
        if self.at < ring.oldest() {
            ring.pass(self.at);
            self.at = ring.pushed;
            return Some(FeedItem::Lagged);
        }
        let entry = ring.take(self.at)?;
        self.at += 1;
        Some(FeedItem::Entry(entry))
    }

    /// Waits until there may be something to take. Cancel safe.
    pub async fn changed(&mut self) {
        if self.wakes.changed().await.is_err() {
            // The sender lives in the feed that we hold: cannot be.
            std::future::pending::<()>().await;
        }
    }
}

impl Drop for FeedReader {
    fn drop(&mut self) {
        let mut ring = self.feed.ring();
        ring.readers -= 1;
        ring.pass(self.at);
    }
}

/// The feeds of all people who are connected.
///
/// Made before the store, which tells it of every commit.
#[derive(Default)]
pub struct FeedHub {
    feeds: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    by_user: HashMap<UserId, Arc<Feed>>,
    /// Above this many feeds, those without readers are forgotten. Doubles with what is left, so
    /// that cleaning costs a constant per subscription.
    clean_above: usize,
}

impl CommitObserver for FeedHub {
    fn committed(&self, change: Change) {
        let audience: Vec<UserId> = change
            .audience
            .iter()
            .map(|(user, _)| user.clone())
            .collect();
        let entry = FeedEntry::new(FeedEvent::Committed(change));
        for user in &audience {
            self.publish(user, &entry);
        }
    }
}

impl FeedHub {
    /// A reader that sees all that happens from now on.
    #[must_use]
    pub fn subscribe(&self, user: &UserId) -> FeedReader {
        let known = &mut *self.feeds.lock().unwrap_or_else(PoisonError::into_inner);
        if known.by_user.len() > known.clean_above {
            known
                .by_user
                .retain(|_, feed| feed.wakes.receiver_count() > 0);
            known.clean_above = 2 * known.by_user.len() + 64;
        }
        let feed = known.by_user.entry(user.clone()).or_insert_with(|| {
            Arc::new(Feed {
                ring: Mutex::default(),
                wakes: watch::Sender::new(0),
            })
        });
        let wakes = feed.wakes.subscribe();
        let mut ring = feed.ring();
        ring.readers += 1;
        FeedReader {
            feed: Arc::clone(feed),
            wakes,
            at: ring.pushed,
        }
    }

    /// Adds an entry to the feeds of all in `audience`.
    pub(crate) fn publish_to(&self, audience: &[UserId], event: FeedEvent) {
        let entry = FeedEntry::new(event);
        for user in audience {
            self.publish(user, &entry);
        }
    }

    /// Adds an entry to one person's feed. Without readers this is a look-up.
    pub(crate) fn publish(&self, user: &UserId, entry: &Arc<FeedEntry>) {
        let feed = {
            let feeds = self.feeds.lock().unwrap_or_else(PoisonError::into_inner);
            let Some(feed) = feeds.by_user.get(user) else {
                return;
            };
            Arc::clone(feed)
        };
        feed.ring().push(Arc::clone(entry));
        feed.wakes.send_modify(|version| *version += 1);
    }
}

#[cfg(test)]
#[path = "feed_tests.rs"]
mod tests;
