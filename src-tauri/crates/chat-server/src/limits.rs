//! How much one client may ask: messages and bytes a minute per person, attempts to sign in per
//! address and name, frames a second per connection. Pure: the time is passed in, and who is over
//! the limit hears how long to wait.
//!
//! Each limit is a token bucket as deep as the limit, kept as the one moment at which it would be
//! full again (the generic cell rate algorithm), so a bucket is 16 bytes and needs no refilling.

use std::{
    collections::HashMap,
    hash::Hash,
    net::{IpAddr, Ipv6Addr},
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use chat_core::{Asker, DeviceId, SpendRules, UserId};

use crate::config;

/// How many buckets a limit keeps: about 1 MB. Whoever comes when all are in use shares one.
const CAPACITY: usize = 16_384;

/// The period of the limits of messages.
pub(crate) const MINUTE: Duration = Duration::from_secs(60);
const SECOND: Duration = Duration::from_secs(1);

/// How long to wait before asking again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Wait(Duration);

impl Wait {
    /// The time in milliseconds, at least one.
    pub(crate) fn milliseconds(self) -> u64 {
        u64::try_from(self.0.as_nanos().div_ceil(1_000_000))
            .unwrap_or(u64::MAX)
            .max(1)
    }
}

/// The limits of a server.
#[derive(Debug)]
pub(crate) struct RateLimits {
    messages: Buckets<UserId>,
    /// Of devices and of all together: only where an admin says so.
    device_messages: Buckets<DeviceId>,
    all_messages: Buckets<()>,
    bytes: Buckets<UserId>,
    sign_in: Buckets<(IpAddr, String)>,
    /// Attempts from one address, whatever the names.
    sign_in_address: Buckets<IpAddr>,
    /// Attempts with one name, wherever from.
    sign_in_name: Buckets<String>,
    refresh: Buckets<IpAddr>,
    refresh_account: Buckets<UserId>,
    invitation: Buckets<IpAddr>,
    pairing: Buckets<IpAddr>,
    /// Attempts from everywhere: a code lets into the one account that made it.
    pairing_account: Buckets<()>,
    frames: Option<Rate>,
}

impl RateLimits {
    /// Limits as the operator wants them; 0 is none.
    pub(crate) fn new(limits: &config::Limits) -> Self {
        Self {
            messages: Buckets::new(Rate::new(limits.messages_per_minute, MINUTE)),
            device_messages: Buckets::new(None),
            all_messages: Buckets::new(None),
            bytes: Buckets::new(Rate::new(limits.bytes(), MINUTE)),
            sign_in: Buckets::new(Rate::new(limits.sign_in_per_minute, MINUTE)),
            sign_in_address: Buckets::new(Rate::new(wide(limits.sign_in_per_minute), MINUTE)),
            sign_in_name: Buckets::new(Rate::new(wide(limits.sign_in_per_minute), MINUTE)),
            // Each tab of each device behind one address refreshes now and then.
            refresh: Buckets::new(Rate::new(wide(limits.sign_in_per_minute), MINUTE)),
            refresh_account: Buckets::new(Rate::new(wide(limits.sign_in_per_minute), MINUTE)),
            invitation: Buckets::new(Rate::new(limits.sign_in_per_minute, MINUTE)),
            pairing: Buckets::new(Rate::new(limits.sign_in_per_minute, MINUTE)),
            pairing_account: Buckets::new(Rate::new(wide(limits.sign_in_per_minute), MINUTE)),
            frames: Rate::new(limits.frames_per_second, SECOND),
        }
    }

    /// One more message: by what admins allow a device, a person and all together, or by the
    /// configuration where they say nothing of a person.
    pub(crate) fn message_of(
        &self,
        by: &Asker,
        rules: &SpendRules,
        now: Instant,
    ) -> Result<(), Wait> {
        let rate = |limit: Option<u32>| Rate::new(limit.unwrap_or_default(), MINUTE);
        if let Some(device) = &by.device
            && let Some(own) = rules.devices.get(device)
        {
            let rate = rate(own.messages_per_minute);
            self.device_messages
                .take_by(rate, || device.clone(), 1, now)?;
        }
        match rules.messages_per_minute(&by.user) {
            None => self.message(&by.user, now)?,
            own => self
                .messages
                .take_by(rate(own), || by.user.clone(), 1, now)?,
        }
        let all = rate(rules.server.messages_per_minute);
        self.all_messages.take_by(all, || (), 1, now)
    }

    /// One more message of `user`.
    pub(crate) fn message(&self, user: &UserId, now: Instant) -> Result<(), Wait> {
        self.messages.take(|| user.clone(), now)
    }

    /// A message of before this process began, sent `at`: a restart refills nothing.
    pub(crate) fn recall(&self, user: &UserId, rules: &SpendRules, at: Instant) {
        // It was accepted then; which device sent it is not known any more.
        let _ = self.message_of(&user.clone().into(), rules, at);
    }

    /// So many bytes more of `user`. What is more than the whole limit passes when nothing was
    /// used of it, and is paid off afterwards: no message is too long for ever.
    pub(crate) fn bytes(&self, user: &UserId, count: usize, now: Instant) -> Result<(), Wait> {
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        self.bytes.take_many(|| user.clone(), count, now)
    }

    /// One more attempt to sign in as `name` from `address`. A whole IPv6 network of one customer
    /// counts as one address. One who guesses names and one who comes from everywhere are slowed
    /// down too, at ten times the limit, so that they shut nobody else out soon.
    pub(crate) fn sign_in(&self, address: IpAddr, name: &str, now: Instant) -> Result<(), Wait> {
        let address = network(address);
        let name: String = name
            .trim()
            .chars()
            .take(64)
            .flat_map(char::to_lowercase)
            .collect();
        self.sign_in.take(|| (address, name.clone()), now)?;
        self.sign_in_address.take(|| address, now)?;
        if name.is_empty() {
            return Ok(());
        }
        self.sign_in_name.take(|| name, now)
    }

    /// One more refresh from `address`.
    pub(crate) fn refresh(&self, address: IpAddr, now: Instant) -> Result<(), Wait> {
        self.refresh.take(|| network(address), now)
    }

    /// One more refresh of `user`'s, wherever from.
    pub(crate) fn refresh_of(&self, user: &UserId, now: Instant) -> Result<(), Wait> {
        self.refresh_account.take(|| user.clone(), now)
    }

    /// One more look at an invitation, or attempt to accept one, from `address`.
    pub(crate) fn invitation(&self, address: IpAddr, now: Instant) -> Result<(), Wait> {
        self.invitation.take(|| network(address), now)
    }

    /// One more attempt to pair a device from `address`. Those from everywhere together are slowed
    /// down too, at ten times the limit.
    pub(crate) fn pairing(&self, address: IpAddr, now: Instant) -> Result<(), Wait> {
        self.pairing.take(|| network(address), now)?;
        self.pairing_account.take(|| (), now)
    }

    /// The limit of frames for one connection, which keeps it.
    pub(crate) fn frames(&self) -> FrameLimit {
        FrameLimit {
            rate: self.frames,
            bucket: Bucket::default(),
        }
    }
}

/// Ten times a limit; none stays none.
fn wide(limit: u32) -> u32 {
    limit.saturating_mul(10)
}

/// One connection's limit of frames.
#[derive(Debug)]
pub(crate) struct FrameLimit {
    rate: Option<Rate>,
    bucket: Bucket,
}

impl FrameLimit {
    /// One more frame.
    pub(crate) fn frame(&mut self, now: Instant) -> Result<(), Wait> {
        self.rate
            .map_or(Ok(()), |rate| self.bucket.take(rate, 1, now))
    }
}

/// So many in a period, all of them at once if need be.
#[derive(Debug, Clone, Copy)]
struct Rate {
    period: Duration,
    each: Duration,
}

impl Rate {
    fn new(count: u32, period: Duration) -> Option<Self> {
        (count > 0).then(|| Self {
            period,
            each: period / count,
        })
    }
}

/// The moment when the bucket is full again; in the past or none when it is full now.
#[derive(Debug, Clone, Copy, Default)]
struct Bucket(Option<Instant>);

impl Bucket {
    fn take(&mut self, rate: Rate, count: u32, now: Instant) -> Result<(), Wait> {
        let before = self.0.map_or(now, |full| full.max(now));
        let full = before + rate.each * count;
        let over = full.duration_since(now).saturating_sub(rate.period);
        // Whoever has used nothing waits for nothing.
        let wait = over.min(before.duration_since(now));
        if wait > Duration::ZERO {
            return Err(Wait(wait));
        }
        self.0 = Some(full);
        Ok(())
    }

    fn is_full(self, now: Instant) -> bool {
        self.0.is_none_or(|full| full <= now)
    }
}

#[derive(Debug)]
struct Buckets<K> {
    rate: Option<Rate>,
    state: Mutex<State<K>>,
}

#[derive(Debug)]
struct State<K> {
    buckets: HashMap<K, Bucket>,
    /// For those who come when there is no room.
    shared: Bucket,
    /// When full buckets were last thrown away.
    cleaned: Option<Instant>,
}

impl<K: Hash + Eq> Buckets<K> {
    fn new(rate: Option<Rate>) -> Self {
        let state = State {
            buckets: HashMap::new(),
            shared: Bucket::default(),
            cleaned: None,
        };
        Self {
            rate,
            state: Mutex::new(state),
        }
    }

    fn take(&self, key: impl FnOnce() -> K, now: Instant) -> Result<(), Wait> {
        self.take_many(key, 1, now)
    }

    fn take_many(&self, key: impl FnOnce() -> K, count: u32, now: Instant) -> Result<(), Wait> {
        self.take_by(self.rate, key, count, now)
    }

    /// By another rate than the usual one.
    fn take_by(
        &self,
        rate: Option<Rate>,
        key: impl FnOnce() -> K,
        count: u32,
        now: Instant,
    ) -> Result<(), Wait> {
        let Some(rate) = rate else { return Ok(()) };
        let key = key();
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.clean(rate, now);
        let room = state.buckets.len() < CAPACITY;
        let bucket = match state.buckets.contains_key(&key) || room {
            true => state.buckets.entry(key).or_default(),
            false => &mut state.shared,
        };
        bucket.take(rate, count, now)
    }
}

impl<K> State<K> {
    /// A full bucket is as good as none. Once a period is often enough: it looks at all of them.
    fn clean(&mut self, rate: Rate, now: Instant) {
        let cleaned = *self.cleaned.get_or_insert(now);
        if now.saturating_duration_since(cleaned) >= rate.period {
            self.buckets.retain(|_, bucket| !bucket.is_full(now));
            self.cleaned = Some(now);
        }
    }
}

/// The address, or the network of 64 bits that one customer of an IPv6 provider has.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64)).into(),
        address => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits(messages: u32, sign_in: u32, frames: u32) -> RateLimits {
        RateLimits::new(&config::Limits {
            messages_per_minute: messages,
            bytes_per_minute: Some(messages.saturating_mul(1_000)),
            running_answers: 0,
            messages_per_day: 0,
            tokens_per_day: 0,
            tokens_per_month: 0,
            sign_in_per_minute: sign_in,
            frames_per_second: frames,
            connections: 0,
        })
    }

    fn user(number: usize) -> UserId {
        UserId::parse(&format!("user-{number}")).expect("an id")
    }

    #[test]
    fn all_may_come_at_once_and_then_in_turn() {
        let limits = limits(60, 0, 0);
        let start = Instant::now();
        for number in 0..60 {
            assert_eq!(limits.message(&user(1), start), Ok(()), "message {number}");
        }
        let refused = limits.message(&user(1), start).expect_err("one too many");
        assert_eq!(refused.milliseconds(), 1000, "one a second comes back");
        let early = start + Duration::from_millis(999);
        assert_eq!(
            limits.message(&user(1), early).map_err(Wait::milliseconds),
            Err(1)
        );
        let later = start + Duration::from_millis(1000);
        assert_eq!(
            limits.message(&user(1), later),
            Ok(()),
            "refusals cost nothing"
        );
        assert!(limits.message(&user(1), later).is_err());
        assert_eq!(
            limits.message(&user(2), start),
            Ok(()),
            "others have their own"
        );
        let much_later = start + Duration::from_secs(3600);
        let taken = (0..100)
            .filter(|_| limits.message(&user(1), much_later).is_ok())
            .count();
        assert_eq!(
            taken, 60,
            "an hour of silence saves up no more than the limit"
        );
    }

    #[test]
    fn who_comes_from_everywhere_is_slowed_down_too() {
        let limits = limits(0, 1, 0);
        let now = Instant::now();
        let from = |number: u32| IpAddr::from(number.to_be_bytes());
        let paired = (0..100).filter(|number| limits.pairing(from(*number), now).is_ok());
        assert_eq!(paired.count(), 10, "codes of this computer");
        let renewed = (0..100).filter(|_| limits.refresh_of(&user(1), now).is_ok());
        assert_eq!(renewed.count(), 10, "one person's tokens");
        assert_eq!(
            limits.refresh_of(&user(2), now),
            Ok(()),
            "and nobody else's"
        );
    }

    #[test]
    fn bytes_are_counted_one_by_one_and_nothing_is_too_long_for_ever() {
        let limits = limits(60, 0, 0);
        let start = Instant::now();
        let send = |count, after: u64| {
            let now = start + Duration::from_millis(after);
            let sent = limits.bytes(&user(1), count, now);
            sent.map_err(Wait::milliseconds)
        };
        assert_eq!(send(40_000, 0), Ok(()));
        assert_eq!(send(30_000, 0), Err(10_000), "ten thousand too many");
        assert_eq!(send(20_000, 0), Ok(()), "a refusal costs nothing");
        assert_eq!(send(1, 0), Err(1));
        assert_eq!(send(100_000, 10_000), Err(50_000), "until all is there");
        assert_eq!(send(100_000, 60_000), Ok(()), "more than the limit");
        assert_eq!(send(1, 60_000), Err(40_001), "is paid off afterwards");
        assert_eq!(limits.bytes(&user(2), 60_000, start), Ok(()));
    }

    #[test]
    fn admins_limit_devices_people_and_all_together() {
        let limits = limits(2, 0, 0);
        let now = Instant::now();
        let per_minute = |count| chat_core::Limits {
            messages_per_minute: Some(count),
            ..chat_core::Limits::default()
        };
        let phone = DeviceId::parse("phone").expect("an id");
        let rules = SpendRules {
            server: per_minute(9),
            users: [(user(1), per_minute(4)), (user(2), per_minute(0))].into(),
            devices: [(phone.clone(), per_minute(1))].into(),
            ..SpendRules::default()
        };
        let sent = |number: usize, device: Option<&DeviceId>| {
            let by = Asker {
                user: user(number),
                device: device.cloned(),
            };
            let one = |_: &usize| limits.message_of(&by, &rules, now).is_ok();
            (0..20).filter(one).count()
        };
        assert_eq!(sent(1, Some(&phone)), 1, "a phone");
        assert_eq!(sent(1, None), 3, "its owner's other devices");
        assert_eq!(sent(3, None), 2, "by the configuration");
        assert_eq!(sent(2, None), 3, "no limit but that of all together");
    }

    #[test]
    fn zero_is_no_limit() {
        let limits = limits(0, 0, 0);
        let now = Instant::now();
        let mut frames = limits.frames();
        for _ in 0..10_000 {
            assert_eq!(limits.message(&user(1), now), Ok(()));
            assert_eq!(limits.bytes(&user(1), usize::MAX, now), Ok(()));
            assert_eq!(frames.frame(now), Ok(()));
        }
        assert_eq!(
            limits.messages.state.lock().expect("whole").buckets.len(),
            0
        );
    }

    #[test]
    fn the_largest_limit_divides_to_something() {
        let limits = limits(u32::MAX, 1, u32::MAX);
        let now = Instant::now();
        assert_eq!(limits.message(&user(1), now), Ok(()));
        assert_eq!(limits.frames().frame(now), Ok(()));
    }

    #[test]
    fn each_connection_has_its_own_frames() {
        let limits = limits(0, 0, 2);
        let now = Instant::now();
        let (mut one, mut other) = (limits.frames(), limits.frames());
        assert_eq!((one.frame(now), one.frame(now)), (Ok(()), Ok(())));
        assert_eq!(one.frame(now).map_err(Wait::milliseconds), Err(500));
        assert_eq!(other.frame(now), Ok(()));
    }

    #[test]
    fn sign_in_counts_by_network_and_name() {
        let limits = limits(0, 1, 0);
        let now = Instant::now();
        let attempt = |address: &str, name: &str| {
            limits
                .sign_in(address.parse().expect("an address"), name, now)
                .is_ok()
        };
        assert!(attempt("192.0.2.1", "alice"));
        assert!(!attempt("192.0.2.1", "ALICE"), "names have no case");
        assert!(
            !attempt("::ffff:192.0.2.1", "alice"),
            "the same address, mapped"
        );
        assert!(attempt("192.0.2.1", "bob"));
        assert!(attempt("192.0.2.2", "alice"));
        assert!(attempt("2001:db8::1", "alice"));
        assert!(!attempt("2001:db8::2", "alice"), "the same network");
        assert!(attempt("2001:db8:0:1::1", "alice"), "the next network");
        assert!(attempt("192.0.2.3", &"x".repeat(64)));
        assert!(
            !attempt("192.0.2.3", &"x".repeat(1 << 20)),
            "long names take no room"
        );
    }

    #[test]
    fn a_flood_of_names_is_limited_and_takes_no_more_room() {
        let limits = limits(0, 2, 0);
        let address = |number: usize| {
            let low = u32::try_from(number).expect("small");
            std::net::Ipv4Addr::from_bits(0x0a00_0000 | low).into()
        };
        let start = Instant::now();
        let attempt = |number: usize| {
            let limited = limits.sign_in(address(number), &number.to_string(), start);
            limited.is_ok()
        };
        for number in 0..CAPACITY {
            assert!(attempt(number));
        }
        let others = (CAPACITY..CAPACITY + 100).filter(|number| attempt(*number));
        assert_eq!(others.count(), 2, "those without room share one bucket");
        let count = || limits.sign_in.state.lock().expect("whole").buckets.len();
        assert_eq!(count(), CAPACITY);
        let later = start + MINUTE;
        assert!(limits.sign_in(address(1), "x", later).is_ok());
        assert_eq!(count(), 1, "full buckets are thrown away");
    }

    #[test]
    fn who_guesses_names_and_who_comes_from_everywhere_are_slowed_down() {
        let limits = limits(0, 2, 0);
        let start = Instant::now();
        let one: IpAddr = "192.0.2.1".parse().expect("an address");
        let guessed = (0..100).filter(|n| limits.sign_in(one, &format!("n{n}"), start).is_ok());
        assert_eq!(guessed.count(), 20, "many names, one address");
        let from = |n: u8| IpAddr::from([198, 51, 100, n]);
        let tried = (0..100).filter(|n| limits.sign_in(from(*n), " Alice", start).is_ok());
        assert_eq!(tried.count(), 20, "one name, many addresses");
        let links = (100..200).filter(|n| limits.sign_in(from(*n), "", start).is_ok());
        assert_eq!(links.count(), 100, "a link names nobody");
    }
}
