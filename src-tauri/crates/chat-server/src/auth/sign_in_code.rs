//! Codes of sign-in links: each opens the door once, for a quarter of an hour, and that of a new
//! server for a day. Only their hashes are kept, in memory: a restart makes the links that nobody
//! used worthless.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use super::{code_hash, random_code};
use chat_core::{Timestamp, UserId};

/// How long a code is good, in milliseconds.
const LIFETIME: i64 = 15 * 60 * 1000;

/// How long that of a new server is good, in milliseconds: it opens only while nobody has an account.
const FIRST_LIFETIME: i64 = 24 * 60 * 60 * 1000;

/// How many codes wait at once: links are made by hand. The oldest gives way.
const CAPACITY: usize = 256;

/// The codes that nobody has used yet.
#[derive(Debug, Default)]
pub(crate) struct SignInCodes {
    waiting: Mutex<HashMap<[u8; 32], Waiting>>,
}

/// Whom a code signs in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Opens {
    /// Somebody with an account.
    User(UserId),
    /// The owner that is yet to be, of a server where nobody has an account.
    FirstOwner,
}

#[derive(Debug)]
struct Waiting {
    opens: Opens,
    until: Timestamp,
}

impl SignInCodes {
    /// A new code for `user`, and when it ends.
    ///
    /// # Panics
    /// When the system has no randomness.
    pub(crate) fn issue(&self, user: UserId, now: Timestamp) -> (String, Timestamp) {
        self.keep(Opens::User(user), LIFETIME, now)
    }

    /// A new code for whoever becomes the owner.
    ///
    /// # Panics
    /// When the system has no randomness.
    pub(crate) fn issue_first(&self, now: Timestamp) -> String {
        self.keep(Opens::FirstOwner, FIRST_LIFETIME, now).0
    }

    fn keep(&self, opens: Opens, lifetime: i64, now: Timestamp) -> (String, Timestamp) {
        let code = random_code();
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.retain(|_, code| code.until > now);
        if waiting.len() >= CAPACITY {
            let oldest = waiting
                .iter()
                .min_by_key(|(_, code)| code.until)
                .map(|(hash, _)| *hash);
            oldest.and_then(|hash| waiting.remove(&hash));
        }
        let until = Timestamp(now.0.saturating_add(lifetime));
        waiting.insert(code_hash(&code), Waiting { opens, until });
        (code, until)
    }

    /// Whom a code signs in; it is used up.
    pub(crate) fn redeem(&self, code: &str, now: Timestamp) -> Option<Opens> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let found = waiting.remove(&code_hash(code))?;
        (found.until > now).then_some(found.opens)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(name: &str) -> UserId {
        UserId::parse(name).expect("an id")
    }

    #[test]
    fn a_code_opens_once() {
        let codes = SignInCodes::default();
        let (code, _) = codes.issue(user("a"), Timestamp(0));
        assert_eq!(codes.redeem("another", Timestamp(1)), None);
        assert_eq!(
            codes.redeem(&code, Timestamp(1)),
            Some(Opens::User(user("a")))
        );
        assert_eq!(codes.redeem(&code, Timestamp(1)), None, "used up");
    }

    #[test]
    fn a_code_ends() {
        let codes = SignInCodes::default();
        let (in_time, _) = codes.issue(user("a"), Timestamp(0));
        let (late, _) = codes.issue(user("a"), Timestamp(0));
        assert_eq!(
            codes.redeem(&in_time, Timestamp(LIFETIME - 1)),
            Some(Opens::User(user("a")))
        );
        assert_eq!(codes.redeem(&late, Timestamp(LIFETIME)), None);
    }

    #[test]
    fn the_code_of_a_new_server_is_good_for_a_day_and_once() {
        let codes = SignInCodes::default();
        let (code, late) = (
            codes.issue_first(Timestamp(0)),
            codes.issue_first(Timestamp(0)),
        );
        let end = Timestamp(FIRST_LIFETIME - 1);
        assert_eq!(codes.redeem(&code, end), Some(Opens::FirstOwner));
        assert_eq!(codes.redeem(&code, end), None, "used up");
        assert_eq!(codes.redeem(&late, Timestamp(FIRST_LIFETIME)), None);
    }

    #[test]
    fn there_are_never_too_many_and_none_is_kept_as_it_is() {
        let codes = SignInCodes::default();
        let (first, _) = codes.issue(user("first"), Timestamp(0));
        assert!(!format!("{codes:?}").contains(&first));
        let last = (1..=300)
            .map(|now| codes.issue(user("x"), Timestamp(now)))
            .last();
        assert_eq!(codes.waiting.lock().expect("whole").len(), CAPACITY);
        assert_eq!(
            codes.redeem(&first, Timestamp(301)),
            None,
            "the oldest gave way"
        );
        let (last, _) = last.expect("a code");
        assert_eq!(
            codes.redeem(&last, Timestamp(301)),
            Some(Opens::User(user("x")))
        );
    }
}
