//! Chance that can be repeated: everything random in a test comes from a seed that is printed.

use std::{env, time::SystemTime};

/// SplitMix64: small, and good enough to choose moments with.
#[derive(Clone, Debug)]
pub(crate) struct Random(u64);

impl Random {
    /// The chance of one seed.
    pub(crate) fn seeded(seed: u64) -> Self {
        Self(seed)
    }

    /// The next 64 bits.
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }

    /// A number below `end`.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    /// True once in `times`.
    pub(crate) fn once_in(&mut self, times: u64) -> bool {
        self.below(times) == 0
    }
}

/// `PARLOR_SEED`, or a new one.
pub(crate) fn seed() -> u64 {
    let given = env::var("PARLOR_SEED").ok();
    given.map_or_else(
        || {
            let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
            now.map_or(0, |since| since.subsec_nanos().into())
        },
        |seed| seed.parse().expect("PARLOR_SEED is a number"),
    )
}
