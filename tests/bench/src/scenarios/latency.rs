//! 200 streams at 50 tokens a second: what a server adds to the time of the first token and of every
//! token over reading the provider directly, and how many tokens it relays per second of processor.

use std::time::Duration;

use anyhow::Result;
use serde_json::json;

use super::{
    Row, Section, raw_commit,
    steady::{self, Load, Measured},
};
use crate::{
    answer::Plan,
    clock::milliseconds,
    report::{
        plots::{Bar, Line, Plot},
        words,
    },
    say,
    stack::{Setting, Way},
    statistics::{Figure, Samples},
};

/// What is asked of the samples, which they are, and the bars of p50 and p99 in milliseconds.
type Question = (&'static str, fn(&Measured) -> &Samples, [f64; 2]);

const WAYS: [Way; 4] = [Way::Direct, Way::Parlor, Way::Seed, Way::Bare];

pub(super) fn run(setting: &Setting) -> Result<Section> {
    let streams = setting.size(200, 40);
    let tokens = setting.size(250, 50);
    let load = Load {
        streams,
        plan: Plan::new(tokens, 50),
        begin: Duration::from_millis(u64::from(tokens) * 20),
        warm_up: setting.size(Duration::from_secs(2), Duration::from_millis(500)),
        window: setting.size(Duration::from_secs(12), Duration::from_secs(2)),
    };
    let rounds = setting.size(3, 1);
    let mut all: [Vec<Measured>; 4] = Default::default();
    let mut commits = Vec::new();
    for round in 1..=rounds {
        commits.push(durable_commit(setting, &load)?);
        for (way, measured) in WAYS.into_iter().zip(&mut all) {
            say(&format!(
                "latency: round {round} of {rounds}, {}",
                way.name()
            ));
            measured.push(steady::run(setting, way, "latency", load)?);
        }
    }
    Ok(report(&load, &all, commits))
}

/// Milliseconds that SQLite alone takes on this disk to make one message durable: no answer may
/// begin before that.
fn durable_commit(setting: &Setting, load: &Load) -> Result<f64> {
    let (folder, window) = (
        setting.directory("durable")?,
        setting.size(Duration::from_secs(1), Duration::from_millis(300)),
    );
    let rate = raw_commit::rate(&folder, 1, &load.plan.question(), window)?;
    Ok(1e3 / rate)
}

fn report(load: &Load, all: &[Vec<Measured>; 4], commits: Vec<f64>) -> Section {
    let [direct, parlor, seed, bare] = all;
    let mut section = Section {
        notes: vec![format!(
            "{} streams at {} tokens/s, answers of {} tokens, each asked in a chat of its own by \
                 a person of its own and spread evenly over time; a window of {} s, {} rounds, the \
                 ways in turn. The time to the first token runs from sending the message; it holds \
                 the durable acceptance (an fsync) and the request to the provider. A token's \
                 latency runs from the provider's stamp to the client's read.",
            load.streams,
            load.plan.rate,
            load.plan.tokens,
            load.window.as_secs(),
            direct.len()
        )],
        ..Section::default()
    };
    let questions: [Question; 2] = [
        (
            "added time to first token",
            |measured| &measured.first,
            [0.5, 5.0],
        ),
        (
            "added latency per token",
            |measured| &measured.ages,
            [0.2, 3.0],
        ),
    ];
    for (what, samples, bars) in questions {
        for (percent, bar) in [50.0, 99.0].into_iter().zip(bars) {
            let at = |measured: &Measured| milliseconds(samples(measured).percentile(percent));
            let added = |way: &[Measured]| {
                Figure::of(
                    way.iter()
                        .zip(direct)
                        .map(|(way, direct)| at(way) - at(direct)),
                )
            };
            let ceiling = Figure::of(direct.iter().map(at));
            let (ours, theirs) = (added(parlor), added(seed));
            section.rows.push(Row::judged(
                format!("{what}, p{percent}"),
                format!(
                    "{} (direct {}; the seed's stack adds {})",
                    words::figure(ours, "ms"),
                    words::short(ceiling.median),
                    words::short(theirs.median)
                ),
                format!("< {bar} ms"),
                ours.median < bar,
            ));
        }
    }
    section.rows.push(Row::told(
        "a part of the first: SQLite alone makes one message durable",
        words::figure(Figure::of(commits.iter().copied()), "ms"),
    ));
    section.rows.push(ratio(load, parlor, seed));
    let cost = |way: &[Measured]| Figure::of(way.iter().map(|one| one.server / one.tokens * 1e6));
    section.rows.push(Row::told(
        "server CPU per token, paced",
        format!(
            "{} (the seed's stack {})",
            words::figure(cost(parlor), "µs"),
            words::short(cost(seed).median)
        ),
    ));
    // What the ratio above could be at most, of whatever reads and writes every token as it comes.
    let pairs = seed.iter().zip(bare);
    let most = Figure::of(pairs.map(|(seed, bare)| {
        bare.tokens_per_processor_second() / seed.tokens_per_processor_second()
    }));
    section.rows.push(Row::told(
        "the same of a relay that only reads and writes",
        format!(
            "{}, {} the seed's stack's tokens per CPU-second",
            words::figure(cost(bare), "µs"),
            words::figure(most, "×")
        ),
    ));
    let client = Figure::of(direct.iter().map(|one| one.client / one.tokens * 1e6));
    section.rows.push(Row::told(
        "the load client's own CPU per token, direct",
        words::figure(client, "µs"),
    ));
    section.plots = plots(all);
    section.data = json!({
        "load": format!("{load:?}"),
        "durable_commit_ms": commits,
        "direct": direct.iter().map(Measured::data).collect::<Vec<_>>(),
        "parlor": parlor.iter().map(Measured::data).collect::<Vec<_>>(),
        "seed": seed.iter().map(Measured::data).collect::<Vec<_>>(),
        "bare_relay": bare.iter().map(Measured::data).collect::<Vec<_>>(),
    });
    section
}

/// Tokens per second of the server's processor, as a multiple of the seed's stack.
pub(super) fn ratio(load: &Load, parlor: &[Measured], seed: &[Measured]) -> Row {
    let pairs = parlor.iter().zip(seed);
    let ratio = Figure::of(pairs.map(|(ours, theirs)| {
        ours.tokens_per_processor_second() / theirs.tokens_per_processor_second()
    }));
    let rate =
        |way: &[Measured]| Figure::of(way.iter().map(Measured::tokens_per_processor_second)).median;
    let pace = if load.plan.rate == 0 {
        "unpaced"
    } else {
        "paced"
    };
    Row::judged(
        format!(
            "tokens per CPU-second over the seed's stack, {} {pace}",
            load.streams
        ),
        format!(
            "{} ({} against {})",
            words::figure(ratio, "×"),
            words::count(rate(parlor)),
            words::count(rate(seed))
        ),
        "≥ 8×",
        ratio.median >= 8.0,
    )
}

fn plots(all: &[Vec<Measured>; 4]) -> Vec<Plot> {
    let lines = |samples: fn(&Measured) -> &Samples| {
        let line = |way: Way, measured: &Measured| Line {
            name: way.name().to_owned(),
            points: samples(measured)
                .distribution()
                .into_iter()
                .map(|(percent, time)| (percent, milliseconds(time)))
                .collect(),
        };
        // The last round stands for all: the table has their spread.
        let ways = WAYS.into_iter().zip(all);
        ways.filter_map(|(way, measured)| Some(line(way, measured.last()?)))
            .collect()
    };
    let bars = WAYS
        .into_iter()
        .zip(all)
        .skip(1)
        .map(|(way, measured)| Bar {
            name: way.name().to_owned(),
            value: Figure::of(measured.iter().map(Measured::tokens_per_processor_second)).median,
        });
    vec![
        Plot::distribution(
            "latency-first-token",
            "Time to first token",
            lines(|one| &one.first),
        ),
        Plot::distribution("latency-token", "Latency per token", lines(|one| &one.ages)),
        Plot::bars(
            "tokens-per-cpu-second-paced",
            "Tokens per CPU-second, paced streams",
            bars.collect(),
        ),
    ]
}
