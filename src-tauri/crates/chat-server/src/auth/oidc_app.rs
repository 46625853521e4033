//! A native app on a journey to the identity provider (RFC 8252). The journey goes through the
//! system's browser, which nobody but the person looks into; it ends at a port of this computer that
//! the app listens on, with a code that is worth nothing without what only the app knows.
//!
//! The address of that port is made here, of a number: nobody is sent anywhere else. A code is good
//! once and for a minute, is kept as its hash, and belongs to the challenge (RFC 7636, S256) that the
//! app began with. Codes are in memory: a restart of the server makes the waiting ones worthless.

use std::{
    collections::HashMap,
    fmt,
    sync::{Mutex, PoisonError},
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chat_core::{Timestamp, UserId};
use subtle::ConstantTimeEq as _;

use super::{code_hash, random_code};

/// How long a code is good, in milliseconds: a browser takes it around one corner.
const LIFETIME: i64 = 60 * 1000;

/// How many codes wait at once; the oldest gives way.
const CAPACITY: usize = 1_024;

/// The lowest port that an app may have: those below belong to the system.
const LOWEST_PORT: u16 = 1_024;

/// Where apps listen.
const PATH: &str = "/signed-in";

/// How long what an app finds its own question by may be, in bytes.
const STATE_BYTES: std::ops::RangeInclusive<usize> = 16..=128;

/// How long what an app proves itself by may be, in bytes (RFC 7636).
const VERIFIER_BYTES: std::ops::RangeInclusive<usize> = 43..=128;

/// An app that listens on this computer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LoopbackApp {
    port: u16,
    challenge: [u8; 32],
    state: String,
}

/// The codes that no app has brought yet.
#[derive(Default)]
pub(crate) struct AppCodes {
    waiting: Mutex<HashMap<[u8; 32], Waiting>>,
}

struct Waiting {
    user: UserId,
    challenge: [u8; 32],
    until: Timestamp,
}

impl fmt::Debug for AppCodes {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("AppCodes")
    }
}

impl LoopbackApp {
    /// Reads what a request to begin says of an app: nothing where it names none of the fields, an
    /// error where one is missing, empty or not what it must be.
    pub(crate) fn read(said: impl Fn(&str) -> Option<String>) -> Result<Option<Self>, ()> {
        let fields = (said("port"), said("challenge"), said("state"));
        let (port, challenge, state) = match fields {
            (None, None, None) => return Ok(None),
            (Some(port), Some(challenge), Some(state)) => (port, challenge, state),
            _ => return Err(()),
        };
        // Digits alone: numbers are also read with a sign.
        let digits = port.bytes().all(|byte| byte.is_ascii_digit());
        let port = port.parse().ok().filter(|port| *port >= LOWEST_PORT);
        let challenge = URL_SAFE_NO_PAD.decode(challenge).map_err(|_| ())?;
        let app = Self {
            port: port.filter(|_| digits).ok_or(())?,
            challenge: challenge.try_into().map_err(|_| ())?,
            state,
        };
        let sound = STATE_BYTES.contains(&app.state.len()) && app.state.bytes().all(unreserved);
        if sound { Ok(Some(app)) } else { Err(()) }
    }

    /// What it said of itself, as a query: everything in it is of characters that need no escape.
    pub(crate) fn query(&self) -> String {
        let Self { port, state, .. } = self;
        let challenge = URL_SAFE_NO_PAD.encode(self.challenge);
        format!("port={port}&challenge={challenge}&state={state}")
    }

    /// Where the browser goes with a code.
    pub(crate) fn with_code(&self, code: &str) -> String {
        self.with("code", code)
    }

    /// Where it goes with a word for what went wrong.
    pub(crate) fn with_problem(&self, word: &str) -> String {
        self.with("error", word)
    }

    /// Everything in it is of characters that need no escape.
    fn with(&self, name: &str, value: &str) -> String {
        let Self { port, state, .. } = self;
        format!("http://127.0.0.1:{port}{PATH}?{name}={value}&state={state}")
    }
}

impl AppCodes {
    /// A code that lets `app` sign `user` in.
    ///
    /// # Panics
    /// When the system has no randomness.
    pub(crate) fn issue(&self, app: &LoopbackApp, user: UserId, now: Timestamp) -> String {
        let code = random_code();
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.retain(|_, code| code.until > now);
        if waiting.len() >= CAPACITY {
            let oldest = waiting.iter().min_by_key(|(_, code)| code.until);
            let oldest = oldest.map(|(hash, _)| *hash);
            oldest.and_then(|hash| waiting.remove(&hash));
        }
        let challenge = app.challenge;
        let until = Timestamp(now.0.saturating_add(LIFETIME));
        let kept = Waiting {
            user,
            challenge,
            until,
        };
        waiting.insert(code_hash(&code), kept);
        code
    }

    /// Whom a code signs in. It is used up, also by whoever cannot prove that it is theirs.
    pub(crate) fn redeem(&self, code: &str, verifier: &str, now: Timestamp) -> Option<UserId> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let found = waiting.remove(&code_hash(code))?;
        let sound = VERIFIER_BYTES.contains(&verifier.len()) && verifier.bytes().all(unreserved);
        let proven = bool::from(code_hash(verifier).ct_eq(&found.challenge));
        (sound && proven && found.until > now).then_some(found.user)
    }
}

/// What needs no escape in an address.
fn unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~')
}

#[cfg(test)]
mod tests {
    use super::*;

    const VERIFIER: &str = "a-verifier-that-is-long-enough-to-be-one-0123456789";

    fn challenge() -> String {
        URL_SAFE_NO_PAD.encode(code_hash(VERIFIER))
    }

    fn read(port: &str, challenge: &str, state: &str) -> Result<Option<LoopbackApp>, ()> {
        LoopbackApp::read(|name| {
            let value = match name {
                "port" => port,
                "challenge" => challenge,
                _ => state,
            };
            (!value.is_empty()).then(|| value.to_owned())
        })
    }

    fn app() -> LoopbackApp {
        let app = read("49152", &challenge(), "0123456789abcdef");
        app.expect("an app").expect("an app")
    }

    fn nina() -> UserId {
        UserId::parse("nina").expect("an id")
    }

    #[test]
    fn the_way_back_is_a_port_of_this_computer_and_nothing_else() {
        assert_eq!(
            app().with_code("c"),
            "http://127.0.0.1:49152/signed-in?code=c&state=0123456789abcdef"
        );
        assert_eq!(read("", "", ""), Ok(None), "a browser");
        let (challenge, state) = (challenge(), "0123456789abcdef");
        for port in [
            "80",
            "0",
            "1023",
            "65536",
            "-1",
            "+49152",
            "49152@evil.test",
            "49152.evil.test",
            "49152/../",
            "@evil.test",
            "4９152",
            " 49152",
        ] {
            assert_eq!(read(port, &challenge, state), Err(()), "{port}");
        }
        for state in ["short", "0123456789abcdef&code=x", "0123456789 abcdef"] {
            assert_eq!(read("49152", &challenge, state), Err(()), "{state}");
        }
        let empty = LoopbackApp::read(|_| Some(String::new()));
        assert_eq!(empty, Err(()), "named, but empty");
        assert_eq!(
            read("49152", &challenge, &"s".repeat(129)),
            Err(()),
            "without end"
        );
        for challenge in ["", "short", &challenge[1..], &format!("{challenge}A")] {
            assert_eq!(read("49152", challenge, state), Err(()), "{challenge}");
        }
        assert_eq!(read("", &challenge, state), Err(()), "half of one");
    }

    #[test]
    fn a_code_is_good_once_for_whoever_began() {
        let codes = AppCodes::default();
        let code = codes.issue(&app(), nina(), Timestamp(0));
        assert_eq!(codes.redeem("another", VERIFIER, Timestamp(1)), None);
        assert_eq!(codes.redeem(&code, VERIFIER, Timestamp(1)), Some(nina()));
        assert_eq!(codes.redeem(&code, VERIFIER, Timestamp(1)), None, "once");

        let stolen = codes.issue(&app(), nina(), Timestamp(0));
        let wrong = VERIFIER.replace('a', "b");
        assert_eq!(codes.redeem(&stolen, &wrong, Timestamp(1)), None);
        assert_eq!(
            codes.redeem(&stolen, VERIFIER, Timestamp(1)),
            None,
            "a wrong guess is the last"
        );
    }

    #[test]
    fn a_code_ends_after_a_minute() {
        let codes = AppCodes::default();
        let codes_of = |now| codes.issue(&app(), nina(), Timestamp(now));
        let (in_time, late) = (codes_of(0), codes_of(0));
        let end = Timestamp(LIFETIME);
        let before = Timestamp(LIFETIME - 1);
        assert_eq!(codes.redeem(&in_time, VERIFIER, before), Some(nina()));
        assert_eq!(codes.redeem(&late, VERIFIER, end), None);
    }

    #[test]
    fn a_short_verifier_is_none() {
        let short = LoopbackApp {
            challenge: code_hash("a"),
            ..app()
        };
        let codes = AppCodes::default();
        let code = codes.issue(&short, nina(), Timestamp(0));
        assert_eq!(codes.redeem(&code, "a", Timestamp(1)), None);
    }

    #[test]
    fn there_are_never_too_many_and_none_is_kept_as_it_is() {
        let codes = AppCodes::default();
        let first = codes.issue(&app(), nina(), Timestamp(0));
        assert!(!format!("{codes:?}").contains(&first));
        for now in 1..=2_000 {
            codes.issue(&app(), nina(), Timestamp(now));
        }
        assert_eq!(codes.waiting.lock().expect("whole").len(), CAPACITY);
        assert_eq!(codes.redeem(&first, VERIFIER, Timestamp(2_001)), None);
    }
}
