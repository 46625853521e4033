//! How long the writer waits for another program that holds the database: as long as anybody who
//! asked may be kept waiting, and hardly at all once the store is to close, since the end of a
//! process has a deadline of its own.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use crate::connection::BUSY;

/// What is left for each transaction when the store closes.
const IN_A_HURRY: Duration = Duration::from_millis(200);
/// The longest pause between two attempts, in milliseconds; they begin with one.
const LONGEST_NAP: i32 = 25;

/// SQLite's busy handler: told how often it was asked for one lock, it waits and says whether to
/// try again. `hurry` is set when the store is to close.
pub(crate) fn of_writer(hurry: Arc<AtomicBool>) -> impl FnMut(i32) -> bool + Send + 'static {
    let mut begun = Instant::now();
    move |attempt| {
        if attempt == 0 {
            begun = Instant::now();
        }
        let limit = if hurry.load(Ordering::Relaxed) {
            IN_A_HURRY
        } else {
            BUSY
        };
        if begun.elapsed() >= limit {
            return false;
        }
        let nap = attempt.saturating_add(1).clamp(1, LONGEST_NAP);
        thread::sleep(Duration::from_millis(u64::from(nap.unsigned_abs())));
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_store_that_closes_waits_for_nobody() {
        let hurry = Arc::new(AtomicBool::new(true));
        let mut patience = of_writer(Arc::clone(&hurry));
        let mut attempts = 0;
        while patience(attempts) {
            attempts += 1;
            assert!(attempts < 1_000, "it gives up");
        }
        assert!(attempts > 1, "though not at once");
        hurry.store(false, Ordering::Relaxed);
        assert!(patience(0), "with time, it waits from the beginning");
    }
}
