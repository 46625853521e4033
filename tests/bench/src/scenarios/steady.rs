//! A steady load: so many clients that ask, read to the end, and ask again, each answer in a chat of
//! its own; measured over a window while all of them run.

use std::time::Duration;

use anyhow::{Result, ensure};
use serde_json::{Value, json};

use crate::{
    answer::Plan,
    clock,
    load::{Chatter, Mark, Swarm},
    machine,
    stack::{Setting, Stack, Way},
    statistics::Samples,
};

/// How long things may take that should take milliseconds, before a run gives up. No bar is measured
/// with it: a machine that others keep busy may be fifty times as slow.
pub(super) const PATIENCE: Duration = Duration::from_secs(180);

/// What is asked of a stack.
#[derive(Debug, Clone, Copy)]
pub(super) struct Load {
    pub(super) streams: usize,
    pub(super) plan: Plan,
    /// Over which time the streams begin, one after the other.
    pub(super) begin: Duration,
    /// How long all of them run before anything is taken down.
    pub(super) warm_up: Duration,
    pub(super) window: Duration,
}

/// What it did.
#[derive(Debug)]
pub(super) struct Measured {
    pub(super) accepted: Samples,
    pub(super) first: Samples,
    pub(super) ages: Samples,
    pub(super) tokens: f64,
    pub(super) frames: f64,
    pub(super) answers: u64,
    pub(super) seconds: f64,
    /// Processor seconds of the server; of the provider, where there is no server.
    pub(super) server: f64,
    pub(super) client: f64,
    pub(super) provider: f64,
}

impl Measured {
    pub(super) fn tokens_per_second(&self) -> f64 {
        self.tokens / self.seconds
    }

    pub(super) fn tokens_per_processor_second(&self) -> f64 {
        self.tokens / self.server.max(1e-9)
    }

    /// For the JSON.
    pub(super) fn data(&self) -> Value {
        let times = |samples: &Samples| {
            json!({
                "count": samples.count(),
                "p50_ms": clock::milliseconds(samples.percentile(50.0)),
                "p90_ms": clock::milliseconds(samples.percentile(90.0)),
                "p99_ms": clock::milliseconds(samples.percentile(99.0)),
                "most_ms": clock::milliseconds(samples.percentile(100.0)),
            })
        };
        json!({
            "time_to_acceptance": times(&self.accepted),
            "time_to_first_token": times(&self.first),
            "token_latency": times(&self.ages),
            "tokens": self.tokens,
            "frames": self.frames,
            "answers": self.answers,
            "seconds": self.seconds,
            "tokens_per_second": self.tokens_per_second(),
            "processor_seconds": {
                "server": self.server, "client": self.client, "provider": self.provider,
            },
            "server_microseconds_per_token": self.server / self.tokens * 1e6,
        })
    }
}

/// Runs a load on a fresh stack. Every answer is read to its end and checked, those outside the
/// window too.
pub(super) fn run(setting: &Setting, way: Way, name: &str, load: Load) -> Result<Measured> {
    let stack = Stack::start(setting, way, name, load.streams)?;
    let mut swarm = Swarm::new(stack.address())?;
    for index in 0..load.streams {
        swarm.open(stack.wire(), Chatter::new(stack.talk(index)))?;
    }
    swarm.reach(Mark::Ready, load.streams, PATIENCE)?;
    begin(&mut swarm, load)?;
    swarm.turn_until(clock::now() + load.warm_up.as_nanos() as u64)?;

    swarm
        .behaviours_mut()
        .for_each(|chatter| chatter.recording = true);
    let spent = || -> Result<[f64; 3]> {
        Ok([
            machine::processor_seconds(stack.pid())?,
            machine::processor_seconds(std::process::id())?,
            machine::processor_seconds(stack.provider_pid())?,
        ])
    };
    let (before, start) = (spent()?, clock::now());
    swarm.turn_until(start + load.window.as_nanos() as u64)?;
    // On a machine that is busy with other things a short window may see nothing.
    let nothing = |swarm: &Swarm<Chatter>| swarm.behaviours().all(|one| one.records.tokens == 0);
    while nothing(&swarm) && clock::now() < start + PATIENCE.as_nanos() as u64 {
        swarm.turn_until(clock::now() + 20_000_000)?;
    }
    let (after, end) = (spent()?, clock::now());
    let mut measured = gather(&mut swarm);
    measured.seconds = (end - start) as f64 / 1e9;
    [measured.server, measured.client, measured.provider] =
        std::array::from_fn(|index| after[index] - before[index]);
    finish(&mut swarm)?;
    ensure!(measured.tokens > 0.0, "no token came while it was measured");
    Ok(measured)
}

/// Lets the streams begin, spread evenly.
pub(super) fn begin(swarm: &mut Swarm<Chatter>, load: Load) -> Result<()> {
    let start = clock::now();
    let step = load.begin.as_nanos() as u64 / load.streams as u64;
    for index in 0..load.streams {
        swarm.turn_until(start + step * index as u64)?;
        swarm.act(index, |chatter, out| {
            chatter.routine = Some(load.plan);
            chatter.create(out)
        })?;
    }
    Ok(())
}

/// Lets every answer come to its end, and begins no other.
pub(super) fn finish(swarm: &mut Swarm<Chatter>) -> Result<()> {
    for chatter in swarm.behaviours_mut() {
        chatter.routine = None;
        chatter.again = None;
        chatter.recording = false;
    }
    let deadline = clock::now() + 2 * PATIENCE.as_nanos() as u64;
    while swarm.behaviours().any(Chatter::is_busy) {
        ensure!(clock::now() < deadline, "some answers did not end");
        swarm.turn_until(clock::now() + 20_000_000)?;
    }
    Ok(())
}

fn gather(swarm: &mut Swarm<Chatter>) -> Measured {
    let (mut accepted, mut first, mut ages) = (Vec::new(), Vec::new(), Vec::new());
    let (mut tokens, mut frames, mut answers) = (0, 0, 0);
    for chatter in swarm.behaviours_mut() {
        let records = std::mem::take(&mut chatter.records);
        accepted.extend(records.accepted);
        first.extend(records.first);
        ages.extend(records.ages);
        tokens += records.tokens;
        frames += records.frames;
        answers += records.answers;
    }
    Measured {
        accepted: Samples::new(accepted),
        first: Samples::new(first),
        ages: Samples::new(ages),
        tokens: tokens as f64,
        frames: frames as f64,
        answers,
        seconds: 0.0,
        server: 0.0,
        client: 0.0,
        provider: 0.0,
    }
}
