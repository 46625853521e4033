//! The runs: 500 schedules, 10,000 with `PARLOR_LONG_TESTS=1`, one with `PARLOR_SEED`.

use std::{
    panic,
    sync::atomic::{AtomicU64, Ordering},
    thread,
};

use crate::{
    run::{Finding, PANICS, TRACE, run},
    schedule::{self, Step},
};

/// Schedules in the everyday run, and in the long one.
const SHORT: u64 = 500;
const LONG: u64 = 10_000;

/// Runs of one schedule when it is replayed or made shorter: two threads of the same process are
/// all that a seed does not decide (which branch tokio's `select!` tries first is one).
const TRIES: usize = 5;

/// Runs a schedule; a panic of the model itself is a finding too.
fn found(seed: u64, clients: usize, steps: &[Step]) -> Option<Finding> {
    let result = panic::catch_unwind(|| run(seed, clients, steps));
    match result {
        Ok(Ok(())) => None,
        Ok(Err(finding)) => Some(finding),
        Err(panic) => {
            let words = panic.downcast_ref::<String>().cloned();
            Some(words.unwrap_or_else(|| "the model panicked".to_owned()))
        }
    }
}

/// Leaves out what the failure does not need: halves, quarters, and so on down to single steps.
fn shortest(seed: u64, clients: usize, mut steps: Vec<Step>) -> Vec<Step> {
    let fails = |steps: &[Step]| (0..TRIES).any(|_| found(seed, clients, steps).is_some());
    let mut size = steps.len() / 2;
    while size > 0 {
        let mut at = 0;
        while at < steps.len() {
            let mut fewer = steps.clone();
            fewer.drain(at..(at + size).min(fewer.len()));
            if fails(&fewer) {
                steps = fewer;
            } else {
                at += size;
            }
        }
        size /= 2;
    }
    steps
}

fn report(seed: u64, finding: &str) -> String {
    let (clients, steps) = schedule::of(seed);
    let steps = shortest(seed, clients, steps);
    let last = (0..TRIES).find_map(|_| found(seed, clients, &steps));
    let steps: Vec<String> = steps.iter().map(|step| format!("    {step:?}")).collect();
    format!(
        "seed {seed}: {finding}\n  shortest, {clients} clients: {}\n{}\n  replay: PARLOR_SEED={seed} \
         cargo test -p schedules replay -- --nocapture",
        last.unwrap_or_else(|| "(does not fail every time)".to_owned()),
        steps.join("\n")
    )
}

fn count_panics() {
    let hook = panic::take_hook();
    panic::set_hook(Box::new(move |panic| {
        PANICS.set(PANICS.get() + 1);
        hook(panic);
    }));
}

#[test]
fn whatever_happens_every_screen_shows_what_was_said() {
    count_panics();
    let long = std::env::var_os("PARLOR_LONG_TESTS").is_some();
    let (seeds, next) = (if long { LONG } else { SHORT }, AtomicU64::new(0));
    let threads = thread::available_parallelism().map_or(2, usize::from);
    let failed: Vec<(u64, Finding)> = thread::scope(|scope| {
        let work = || {
            let mut failed = Vec::new();
            loop {
                let seed = next.fetch_add(1, Ordering::Relaxed);
                if seed >= seeds || failed.len() > 5 {
                    return failed;
                }
                let (clients, steps) = schedule::of(seed);
                if let Some(finding) = found(seed, clients, &steps) {
                    failed.push((seed, finding));
                }
            }
        };
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        let ended = workers.into_iter().map(thread::ScopedJoinHandle::join);
        ended
            .flat_map(|ended| ended.expect("a worker ends"))
            .collect()
    });
    if let Some((seed, finding)) = failed.first() {
        let seeds: Vec<u64> = failed.iter().map(|(seed, _)| *seed).collect();
        panic!("seeds that failed: {seeds:?}\n{}", report(*seed, finding));
    }
}

/// With `PARLOR_SEED`, runs that schedule alone; without it, the first one. `PARLOR_TRACE=1` shows its
/// steps and frames when it fails.
#[test]
fn replay() {
    count_panics();
    let seed = std::env::var("PARLOR_SEED").ok();
    let seed = seed.map_or(0, |text| text.parse().expect("a number in PARLOR_SEED"));
    let (clients, steps) = schedule::of(seed);
    for _ in 0..TRIES {
        if let Some(finding) = found(seed, clients, &steps) {
            match TRACE.take() {
                trace if trace.is_empty() => panic!("{}", report(seed, &finding)),
                trace => panic!("{}\nseed {seed}: {finding}", trace.join("\n")),
            }
        }
    }
}
