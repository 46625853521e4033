//! Something that a person began and may give up while it goes on: a way through the browser, a question
//! that waits for a yes. Exactly one of two happens: it is concluded, or it was given up before.

use std::sync::Arc;

use tokio::sync::watch;

/// The attempts at one thing, of which the last counts: a new one ends the one before.
#[derive(Debug, Clone, Default)]
pub(crate) struct Attempts(Arc<watch::Sender<u64>>);

/// One of them.
#[derive(Debug, Clone)]
pub(crate) struct Attempt {
    number: u64,
    all: Attempts,
}

impl Attempts {
    /// Begins one.
    pub(crate) fn begin(&self) -> Attempt {
        Attempt {
            number: self.next(),
            all: self.clone(),
        }
    }

    /// Gives up the one that goes on, if any does.
    pub(crate) fn give_up(&self) {
        self.next();
    }

    fn next(&self) -> u64 {
        let mut next = 0;
        self.0.send_modify(|number| {
            *number = number.wrapping_add(1);
            next = *number;
        });
        next
    }
}

impl Attempt {
    /// Waits until somebody gives it up.
    pub(crate) async fn given_up(&self) {
        let mut numbers = self.all.0.subscribe();
        let other = numbers.wait_for(|number| *number != self.number).await;
        // The sender is our own, so it is there.
        drop(other);
    }

    /// Whether nobody has given it up.
    pub(crate) fn stands(&self) -> bool {
        *self.all.0.borrow() == self.number
    }

    /// Ends it; false where somebody gave it up before. From here on nobody can.
    pub(crate) fn conclude(&self) -> bool {
        self.all.0.send_if_modified(|number| {
            let stands = *number == self.number;
            *number = number.wrapping_add(u64::from(stands));
            stands
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn it_is_concluded_or_given_up_and_never_both() {
        let attempts = Attempts::default();
        let first = attempts.begin();
        assert!(first.stands());
        let second = attempts.begin();
        first.given_up().await;
        assert!(!first.conclude(), "a new one ends the one before");
        assert!(second.stands() && second.conclude());
        assert!(!second.conclude(), "once");
        let third = attempts.begin();
        attempts.give_up();
        third.given_up().await;
        assert!(!third.stands() && !third.conclude());
    }
}
