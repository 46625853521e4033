//! What is counted since the process began, shown at `/metrics`.

use std::sync::atomic::{AtomicU64, Ordering};

/// One counter.
pub(crate) struct Counter {
    /// Its Prometheus name.
    pub(crate) name: &'static str,
    /// What it counts.
    pub(crate) help: &'static str,
    count: AtomicU64,
}

impl Counter {
    const fn new(name: &'static str, help: &'static str) -> Self {
        Self {
            name,
            help,
            count: AtomicU64::new(0),
        }
    }

    pub(crate) fn add(&self, more: u64) {
        self.count.fetch_add(more, Ordering::Relaxed);
    }

    pub(crate) fn value(&self) -> u64 {
        self.count.load(Ordering::Relaxed)
    }
}

pub(crate) static CONNECTED: Counter = Counter::new(
    "parlor_connections_total",
    "WebSocket connections since the start.",
);
pub(crate) static FRAMES_IN: Counter =
    Counter::new("parlor_frames_received_total", "Text frames from clients.");
pub(crate) static FRAMES_OUT: Counter =
    Counter::new("parlor_frames_sent_total", "Text frames to clients.");
pub(crate) static BYTES_OUT: Counter = Counter::new(
    "parlor_bytes_sent_total",
    "Bytes of text frames to clients.",
);
pub(crate) static MESSAGES: Counter =
    Counter::new("parlor_messages_total", "Messages accepted, durably.");
pub(crate) static ERRORS: Counter = Counter::new("parlor_errors_total", "Errors told to clients.");
pub(crate) static REFUSED: Counter = Counter::new(
    "parlor_authentications_refused_total",
    "Tokens and passwords refused.",
);

/// All of them.
pub(crate) static ALL: [&Counter; 7] = [
    &CONNECTED,
    &FRAMES_IN,
    &FRAMES_OUT,
    &BYTES_OUT,
    &MESSAGES,
    &ERRORS,
    &REFUSED,
];
