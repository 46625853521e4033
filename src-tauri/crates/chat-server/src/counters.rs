//! What is counted and measured since the process began, shown at `/metrics`. Nothing here knows
//! who did it: no id of a person, chat or message is ever a label.

use std::{
    fmt::Write as _,
    sync::atomic::{AtomicU64, Ordering},
};

use chat_core::ErrorCode;

use crate::histogram::{Histogram, Scale};

/// One counter.
pub(crate) struct Counter(AtomicU64);

impl Counter {
    const fn new() -> Self {
        Self(AtomicU64::new(0))
    }

    pub(crate) fn add(&self, more: u64) {
        self.0.fetch_add(more, Ordering::Relaxed);
    }

    fn value(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// How something that takes its time ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It was done.
    Complete,
    /// Something went wrong.
    Failed,
    /// Somebody stopped it, or the server went down.
    Stopped,
}

/// Times by their outcome.
pub(crate) struct Outcomes([Histogram; 3]);

impl Outcomes {
    pub(crate) const fn new() -> Self {
        Self([const { Histogram::new(Scale::Time) }; 3])
    }

    pub(crate) fn of(&self, outcome: Outcome) -> &Histogram {
        &self.0[outcome as usize]
    }
}

pub(crate) static CONNECTED: Counter = Counter::new();
pub(crate) static RETURNED: Counter = Counter::new();
pub(crate) static MESSAGES: Counter = Counter::new();
pub(crate) static REFUSED: Counter = Counter::new();
static ERRORS: [Counter; 6] = [const { Counter::new() }; 6];
pub(crate) static RECEIVED: Histogram = Histogram::new(Scale::Size);
pub(crate) static SENT: Histogram = Histogram::new(Scale::Size);
pub(crate) static ACCEPTED: Histogram = Histogram::new(Scale::Time);
pub(crate) static FIRST_WORD: Histogram = Histogram::new(Scale::Time);
pub(crate) static ANSWERED: Outcomes = Outcomes::new();
pub(crate) static OBJECTIVES: Outcomes = Outcomes::new();

/// An error is told to a client.
pub(crate) fn told_error(code: ErrorCode) {
    ERRORS[code as usize].add(1);
}

/// The codes as all dialects spell them, in the order of [`ErrorCode`].
const CODES: [&str; 6] = [
    "RATE_LIMIT",
    "INVALID_MESSAGE",
    "AUTH_FAILED",
    "GENERATION_FAILED",
    "TIMEOUT",
    "SERVER_ERROR",
];

/// In the order of [`Outcome`].
const OUTCOMES: [&str; 3] = ["complete", "failed", "stopped"];

/// Writes a number that goes up and down.
pub(crate) fn show_gauge(text: &mut String, name: &str, help: &str, value: u64) {
    head(text, name, "gauge", help);
    line(text, name, value);
}

/// Writes everything that is counted and measured here.
pub(crate) fn show(text: &mut String) {
    for (name, help, counter) in [
        (
            "parlor_connections_total",
            "WebSocket connections since the start.",
            &CONNECTED,
        ),
        (
            "parlor_reconnections_total",
            "Connections of clients that came back and went on where they were.",
            &RETURNED,
        ),
        (
            "parlor_messages_total",
            "Messages accepted, durably.",
            &MESSAGES,
        ),
        (
            "parlor_authentications_refused_total",
            "Tokens and passwords refused.",
            &REFUSED,
        ),
    ] {
        head(text, name, "counter", help);
        line(text, name, counter.value());
    }
    let name = "parlor_errors_total";
    head(text, name, "counter", "Errors told to clients, by code.");
    for (code, counter) in CODES.iter().zip(&ERRORS) {
        line(text, &format!("{name}{{code=\"{code}\"}}"), counter.value());
    }
    for (name, help, histogram) in [
        (
            "parlor_frame_received_bytes",
            "Sizes of text frames from clients.",
            &RECEIVED,
        ),
        (
            "parlor_frame_sent_bytes",
            "Sizes of text frames to clients.",
            &SENT,
        ),
        (
            "parlor_message_latency_seconds",
            "From a message's frame to its being kept for good.",
            &ACCEPTED,
        ),
        (
            "parlor_first_token_seconds",
            "From asking the model to the first piece of its answer.",
            &FIRST_WORD,
        ),
    ] {
        head(text, name, "histogram", help);
        histogram.show(text, name, "");
    }
    for (name, help, outcomes) in [
        (
            "parlor_answer_seconds",
            "From asking the model to the end of its answer, by outcome.",
            &ANSWERED,
        ),
        (
            "parlor_objective_seconds",
            "From asking the model to the end of its objective, by outcome.",
            &OBJECTIVES,
        ),
    ] {
        head(text, name, "histogram", help);
        for (outcome, histogram) in OUTCOMES.iter().zip(&outcomes.0) {
            histogram.show(text, name, &format!("outcome=\"{outcome}\","));
        }
    }
}

// Writing to a String cannot fail.
fn head(text: &mut String, name: &str, kind: &str, help: &str) {
    let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} {kind}");
}

fn line(text: &mut String, name: &str, value: u64) {
    let _ = writeln!(text, "{name} {value}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_and_outcome_has_its_own_word() {
        for (code, word) in [
            (ErrorCode::RateLimit, "RATE_LIMIT"),
            (ErrorCode::InvalidMessage, "INVALID_MESSAGE"),
            (ErrorCode::AuthFailed, "AUTH_FAILED"),
            (ErrorCode::GenerationFailed, "GENERATION_FAILED"),
            (ErrorCode::Timeout, "TIMEOUT"),
            (ErrorCode::ServerError, "SERVER_ERROR"),
        ] {
            assert_eq!(CODES[code as usize], word);
        }
        for (outcome, word) in [
            (Outcome::Complete, "complete"),
            (Outcome::Failed, "failed"),
            (Outcome::Stopped, "stopped"),
        ] {
            assert_eq!(OUTCOMES[outcome as usize], word);
        }
    }

    #[test]
    fn all_that_is_shown_is_documented() {
        let mut text = String::new();
        show(&mut text);
        let page = include_str!("../../../PROTOCOL.md");
        for name in text.lines().filter_map(|line| line.strip_prefix("# TYPE ")) {
            let name = name.split(' ').next().unwrap_or_default();
            assert!(page.contains(&format!("`{name}`")), "{name} in PROTOCOL.md");
        }
    }
}
