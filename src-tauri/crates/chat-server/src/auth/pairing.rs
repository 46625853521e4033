//! Letting a device in by pairing: somebody at the computer makes a code, a device brings it, and
//! the person at the computer says yes or no to that device, by its name and a number that both
//! show. A code is good once and for two minutes, and so is what comes of it. All of it is in
//! memory, and of codes and secrets only the hashes: a restart ends what is under way.

use std::sync::{Mutex, PoisonError};

use chat_core::{Timestamp, UserId};
use tokio::sync::watch;

use super::{code_hash, random_code};

/// How long a code is good, and then how long its device may wait for an answer, in milliseconds.
pub(crate) const LIFETIME: i64 = 2 * 60 * 1000;

/// As many are under way at once; the oldest gives way. One is made by hand at a time.
const CAPACITY: usize = 16;

/// What is easy to tell apart and to type: no 0 and O, no 1 and I.
const LETTERS: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";

/// The length of a code in letters: 40 bits, of which a guesser tries a handful before it ends.
const CODE_LETTERS: usize = 8;

/// A device that asks to be let in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Asker {
    /// What it is called.
    pub(crate) device: String,
    /// Its network address.
    pub(crate) address: String,
}

/// What the device is told, to come back with.
#[derive(Debug)]
pub(crate) struct Asked {
    /// Which request is its.
    pub(crate) id: String,
    /// That it is this device, and no other.
    pub(crate) secret: String,
    /// Four digits that both sides show.
    pub(crate) number: String,
    /// When its request ends.
    pub(crate) until: Timestamp,
}

/// A device that waits, as the person at the computer sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Waiting {
    /// Which request.
    pub(crate) id: String,
    /// Who asks.
    pub(crate) asker: Asker,
    /// Four digits that both sides show.
    pub(crate) number: String,
    /// When it ends.
    pub(crate) until: Timestamp,
}

/// What a device that comes back hears.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Claim {
    /// Nobody has answered yet.
    Waiting,
    /// It is let in, as this person. Told once.
    LetIn(UserId, Asker),
    /// It is not.
    Refused,
    /// There is no such request, or its time is over.
    Over,
}

/// All pairing that is under way.
#[derive(Debug)]
pub(crate) struct Pairings {
    under_way: Mutex<UnderWay>,
    changed: watch::Sender<u64>,
}

#[derive(Debug, Default)]
struct UnderWay {
    codes: Vec<Code>,
    requests: Vec<Request>,
}

#[derive(Debug)]
struct Code {
    hash: [u8; 32],
    by: UserId,
    until: Timestamp,
}

#[derive(Debug)]
struct Request {
    secret: [u8; 32],
    by: UserId,
    waiting: Waiting,
    answer: Answer,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Answer {
    NotYet,
    Yes(UserId),
    No,
}

impl Default for Pairings {
    fn default() -> Self {
        Self {
            under_way: Mutex::default(),
            changed: watch::Sender::new(0),
        }
    }
}

impl Pairings {
    /// A new code, made by `by`; one that they made before is void.
    ///
    /// # Panics
    /// When the system has no randomness.
    pub(crate) fn issue(&self, by: &UserId, now: Timestamp) -> (String, Timestamp) {
        let code = fresh_code();
        let until = Timestamp(now.0.saturating_add(LIFETIME));
        self.change(now, |under_way| {
            under_way.codes.retain(|code| code.by != *by);
            make_room(&mut under_way.codes);
            under_way.codes.push(Code {
                hash: code_hash(&code),
                by: by.clone(),
                until,
            });
        });
        (shown(&code), until)
    }

    /// Takes back what `by` has under way: the code, and devices that wait for an answer.
    pub(crate) fn withdraw(&self, by: &UserId, now: Timestamp) {
        self.change(now, |under_way| {
            under_way.codes.retain(|code| code.by != *by);
            let own = under_way.requests.iter_mut().filter(|one| one.by == *by);
            for request in own.filter(|one| one.answer == Answer::NotYet) {
                request.answer = Answer::No;
            }
        });
    }

    /// A device brings a code, however it was typed; the code is used up. None where it is good for
    /// nothing.
    ///
    /// # Panics
    /// When the system has no randomness.
    pub(crate) fn ask(
        &self,
        code: &str,
        asker: Asker,
        id: String,
        now: Timestamp,
    ) -> Option<Asked> {
        let hash = code_hash(&typed(code)?);
        self.change(now, |under_way| {
            let place = under_way.codes.iter().position(|code| code.hash == hash)?;
            let code = under_way.codes.swap_remove(place);
            let secret = random_code();
            let waiting = Waiting {
                id,
                asker,
                number: fresh_number(),
                until: Timestamp(now.0.saturating_add(LIFETIME)),
            };
            make_room(&mut under_way.requests);
            under_way.requests.push(Request {
                secret: code_hash(&secret),
                by: code.by,
                waiting: waiting.clone(),
                answer: Answer::NotYet,
            });
            Some(Asked {
                id: waiting.id,
                secret,
                number: waiting.number,
                until: waiting.until,
            })
        })
    }

    /// When the code that `by` made ends, if it waits for a device; and the devices that wait for
    /// their answer.
    pub(crate) fn of(&self, by: &UserId, now: Timestamp) -> (Option<Timestamp>, Vec<Waiting>) {
        let mut under_way = self
            .under_way
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        under_way.forget(now);
        let code = under_way.codes.iter().find(|code| code.by == *by);
        let code = code.map(|code| code.until);
        let requests = under_way.requests.iter();
        let waiting = requests.filter(|one| one.by == *by && one.answer == Answer::NotYet);
        (code, waiting.map(|one| one.waiting.clone()).collect())
    }

    /// The device that waits for an answer of `by` under this id.
    pub(crate) fn find(&self, by: &UserId, id: &str, now: Timestamp) -> Option<Waiting> {
        let (_, waiting) = self.of(by, now);
        waiting.into_iter().find(|waiting| waiting.id == id)
    }

    /// The answer of `by`: as whom the device is let in, or that it is not. False where there is
    /// nothing to answer any more.
    pub(crate) fn answer(
        &self,
        by: &UserId,
        id: &str,
        user: Option<UserId>,
        now: Timestamp,
    ) -> bool {
        self.change(now, |under_way| {
            let mut requests = under_way.requests.iter_mut();
            let request = requests
                .find(|one| one.by == *by && one.waiting.id == id && one.answer == Answer::NotYet);
            let Some(request) = request else {
                return false;
            };
            request.answer = user.map_or(Answer::No, Answer::Yes);
            true
        })
    }

    /// A device comes back for its answer. A yes or no is told once.
    pub(crate) fn claim(&self, id: &str, secret: &str, now: Timestamp) -> Claim {
        let hash = code_hash(secret);
        let mut under_way = self
            .under_way
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        under_way.forget(now);
        let mut requests = under_way.requests.iter();
        let place = requests.position(|one| one.waiting.id == id && one.secret == hash);
        let Some(place) = place else {
            return Claim::Over;
        };
        if under_way.requests[place].answer == Answer::NotYet {
            return Claim::Waiting;
        }
        let request = under_way.requests.swap_remove(place);
        match request.answer {
            Answer::Yes(user) => Claim::LetIn(user, request.waiting.asker),
            Answer::No | Answer::NotYet => Claim::Refused,
        }
    }

    /// Tells whoever watches that a device came in.
    pub(crate) fn tell(&self) {
        self.changed.send_modify(|count| *count += 1);
    }

    /// Hears of every change.
    pub(crate) fn subscribe(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }

    fn change<T>(&self, now: Timestamp, change: impl FnOnce(&mut UnderWay) -> T) -> T {
        let mut under_way = self
            .under_way
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        under_way.forget(now);
        let done = change(&mut under_way);
        drop(under_way);
        self.changed.send_modify(|count| *count += 1);
        done
    }
}

impl UnderWay {
    fn forget(&mut self, now: Timestamp) {
        self.codes.retain(|code| code.until > now);
        self.requests.retain(|one| one.waiting.until > now);
    }
}

fn make_room<T>(list: &mut Vec<T>) {
    if list.len() == CAPACITY {
        list.remove(0);
    }
}

fn fresh_code() -> String {
    let mut bytes = [0; CODE_LETTERS];
    getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
    let letters = bytes.map(|byte| char::from(LETTERS[usize::from(byte % 32)]));
    letters.iter().collect()
}

fn fresh_number() -> String {
    let mut bytes = [0; 4];
    getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
    format!("{:04}", u32::from_le_bytes(bytes) % 10_000)
}

/// A code as people read it: in two halves.
fn shown(code: &str) -> String {
    let (first, second) = code.split_at(CODE_LETTERS / 2);
    format!("{first}-{second}")
}

/// A code as it is compared, from however it was typed; none where it cannot be one.
fn typed(code: &str) -> Option<String> {
    let letters = code
        .chars()
        .filter(|letter| !letter.is_whitespace() && *letter != '-')
        .map(|letter| letter.to_ascii_uppercase());
    let code: String = letters.take(CODE_LETTERS + 1).collect();
    let sound = code.len() == CODE_LETTERS && code.bytes().all(|byte| LETTERS.contains(&byte));
    sound.then_some(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_000);

    fn user(name: &str) -> UserId {
        UserId::parse(name).expect("an id")
    }

    fn phone() -> Asker {
        Asker {
            device: "Ann's phone".to_owned(),
            address: "192.168.1.7".to_owned(),
        }
    }

    fn ask(pairings: &Pairings, code: &str, now: Timestamp) -> Option<Asked> {
        pairings.ask(code, phone(), format!("request-{}", now.0), now)
    }

    fn later(milliseconds: i64) -> Timestamp {
        Timestamp(NOW.0 + milliseconds)
    }

    #[test]
    fn a_device_that_is_confirmed_comes_in_once() {
        let (pairings, owner) = (Pairings::default(), user("owner"));
        let (code, until) = pairings.issue(&owner, NOW);
        assert_eq!((code.len(), until), (9, later(LIFETIME)));
        assert_eq!(pairings.of(&owner, NOW), (Some(until), Vec::new()));

        let typed = format!(" {} ", code.to_lowercase().replace('-', " "));
        let asked = ask(&pairings, &typed, NOW).expect("a good code");
        let (code_left, waiting) = pairings.of(&owner, NOW);
        assert_eq!(code_left, None, "used up");
        assert_eq!(waiting[0].asker, phone());
        assert_eq!(waiting[0].number, asked.number, "both show the same");
        assert_eq!(asked.number.len(), 4);

        let claim = |secret: &str| pairings.claim(&asked.id, secret, NOW);
        assert_eq!(claim(&asked.secret), Claim::Waiting);
        assert_eq!(
            claim("guessed"),
            Claim::Over,
            "another device hears nothing"
        );
        assert!(pairings.answer(&owner, &asked.id, Some(user("guest")), NOW));
        assert!(
            !pairings.answer(&owner, &asked.id, None, NOW),
            "said is said"
        );
        assert_eq!(claim(&asked.secret), Claim::LetIn(user("guest"), phone()));
        assert_eq!(claim(&asked.secret), Claim::Over, "once");
    }

    #[test]
    fn a_code_is_good_once_and_for_two_minutes() {
        let (pairings, owner) = (Pairings::default(), user("owner"));
        let (code, _) = pairings.issue(&owner, NOW);
        assert!(ask(&pairings, &code, NOW).is_some());
        assert!(ask(&pairings, &code, NOW).is_none(), "single use");
        let (code, _) = pairings.issue(&owner, NOW);
        assert!(ask(&pairings, &code, later(LIFETIME)).is_none(), "over");
        let (code, _) = pairings.issue(&owner, NOW);
        assert!(ask(&pairings, &code, later(LIFETIME - 1)).is_some());
        let (older, _) = pairings.issue(&owner, NOW);
        let (newer, _) = pairings.issue(&owner, NOW);
        assert!(
            ask(&pairings, &older, NOW).is_none(),
            "a newer one is there"
        );
        assert!(ask(&pairings, &newer, NOW).is_some());
        for bad in [
            "",
            "ABCD",
            "ABCD-EFGH-2",
            "0000-0000",
            "ÄÄÄÄ-ÄÄÄÄ",
            &"A".repeat(9_000),
        ] {
            assert!(ask(&pairings, bad, NOW).is_none(), "{bad:.20}");
        }
    }

    #[test]
    fn a_device_that_nobody_answers_is_forgotten() {
        let (pairings, owner) = (Pairings::default(), user("owner"));
        let (code, _) = pairings.issue(&owner, NOW);
        let asked = ask(&pairings, &code, NOW).expect("a good code");
        let last = later(LIFETIME - 1);
        assert_eq!(
            pairings.claim(&asked.id, &asked.secret, last),
            Claim::Waiting
        );
        assert!(!pairings.answer(&owner, &asked.id, Some(user("x")), later(LIFETIME)));
        assert_eq!(
            pairings.claim(&asked.id, &asked.secret, later(LIFETIME)),
            Claim::Over
        );
    }

    #[test]
    fn who_is_refused_or_withdrawn_hears_of_it() {
        let (pairings, owner) = (Pairings::default(), user("owner"));
        let (code, _) = pairings.issue(&owner, NOW);
        let asked = ask(&pairings, &code, NOW).expect("a good code");
        assert!(pairings.answer(&owner, &asked.id, None, NOW));
        assert_eq!(
            pairings.claim(&asked.id, &asked.secret, NOW),
            Claim::Refused
        );

        let (code, _) = pairings.issue(&owner, NOW);
        let asked = ask(&pairings, &code, NOW).expect("a good code");
        let (unused, _) = pairings.issue(&owner, NOW);
        pairings.withdraw(&owner, NOW);
        assert_eq!(
            pairings.claim(&asked.id, &asked.secret, NOW),
            Claim::Refused
        );
        assert!(ask(&pairings, &unused, NOW).is_none(), "taken back");
    }

    #[test]
    fn nobody_answers_for_another() {
        let pairings = Pairings::default();
        let (owner, admin) = (user("owner"), user("admin"));
        let (code, _) = pairings.issue(&owner, NOW);
        let asked = ask(&pairings, &code, NOW).expect("a good code");
        assert_eq!(pairings.of(&admin, NOW), (None, Vec::new()));
        assert!(!pairings.answer(&admin, &asked.id, Some(admin.clone()), NOW));
        pairings.withdraw(&admin, NOW);
        assert_eq!(
            pairings.claim(&asked.id, &asked.secret, NOW),
            Claim::Waiting
        );
    }

    #[test]
    fn there_are_never_too_many_and_no_code_is_kept_as_it_is() {
        let pairings = Pairings::default();
        for number in 0..100 {
            let by = user(&format!("admin-{number}"));
            let (code, _) = pairings.issue(&by, NOW);
            if number % 2 == 0 {
                assert!(ask(&pairings, &code, NOW).is_some());
            }
            let bare = code.replace('-', "");
            assert!(!format!("{pairings:?}").contains(&bare), "only its hash");
        }
        let under_way = pairings.under_way.lock().expect("whole");
        assert!(under_way.codes.len() <= CAPACITY && under_way.requests.len() <= CAPACITY);
    }

    #[test]
    fn every_change_is_heard_of() {
        let (pairings, owner) = (Pairings::default(), user("owner"));
        let mut heard = pairings.subscribe();
        let (code, _) = pairings.issue(&owner, NOW);
        assert!(heard.has_changed().expect("it lives"));
        heard.mark_unchanged();
        ask(&pairings, &code, NOW).expect("a good code");
        assert!(heard.has_changed().expect("it lives"));
    }
}
