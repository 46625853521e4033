//! Time and fresh ids, passed in so that tests can decide both.

use std::{
    sync::Arc,
    time::{SystemTime, UNIX_EPOCH},
};

/// Milliseconds since the Unix epoch, UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Timestamp(pub i64);

/// Where the time of day comes from.
pub trait Clock: Send + Sync + 'static {
    /// The time now.
    fn now(&self) -> Timestamp;
}

/// Where new ids come from.
pub trait IdSource: Send + Sync + 'static {
    /// A string never given before, fit for every id type.
    fn fresh(&self) -> String;
}

/// The sources that a server runs on.
#[derive(Clone)]
pub struct Sources {
    /// The time of day.
    pub clock: Arc<dyn Clock>,
    /// New ids.
    pub ids: Arc<dyn IdSource>,
}

struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        // A clock before 1970 reads as 1970: no reason to stop a chat.
        let elapsed = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        Timestamp(i64::try_from(elapsed.as_millis()).unwrap_or(i64::MAX))
    }
}

struct TimeOrderedIds;

impl IdSource for TimeOrderedIds {
    fn fresh(&self) -> String {
        uuid::Uuid::now_v7().to_string()
    }
}

impl Sources {
    /// The machine's clock and time-ordered UUIDs (version 7, RFC 9562).
    #[must_use]
    pub fn system() -> Self {
        Self {
            clock: Arc::new(SystemClock),
            ids: Arc::new(TimeOrderedIds),
        }
    }
}
