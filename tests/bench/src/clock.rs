//! The one clock of the benchmark: the kernel's monotonic clock, which all processes share, so that
//! a stamp written by the provider can be compared where it arrives.

use rustix::time::{ClockId, clock_gettime};

/// Nanoseconds since the machine started.
pub(crate) fn now() -> u64 {
    let time = clock_gettime(ClockId::Monotonic);
    // Neither is negative on a monotonic clock.
    time.tv_sec.unsigned_abs() * 1_000_000_000 + time.tv_nsec.unsigned_abs()
}

/// Nanoseconds as milliseconds.
pub(crate) fn milliseconds(nanoseconds: f64) -> f64 {
    nanoseconds / 1e6
}
