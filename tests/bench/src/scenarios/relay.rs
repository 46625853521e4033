//! 20 streams as fast as they go: how many tokens a second come through, against reading the
//! provider directly on the same two cores, and what each costs the server.

use std::time::Duration;

use anyhow::Result;
use serde_json::json;

use super::{
    Row, Section, latency,
    steady::{self, Load, Measured},
};
use crate::{
    answer::Plan,
    report::{
        plots::{Bar, Plot},
        words,
    },
    say,
    stack::{Setting, Way},
    statistics::Figure,
};

const WAYS: [Way; 3] = [Way::Direct, Way::Parlor, Way::Seed];

pub(super) fn run(setting: &Setting) -> Result<Section> {
    let load = Load {
        streams: 20,
        plan: Plan::new(setting.size(5_000, 1_000), 0),
        begin: Duration::from_millis(200),
        warm_up: setting.size(Duration::from_secs(2), Duration::from_millis(500)),
        window: setting.size(Duration::from_secs(6), Duration::from_secs(1)),
    };
    let rounds = setting.size(3, 1);
    let mut all: [Vec<Measured>; 3] = Default::default();
    for round in 1..=rounds {
        for (way, measured) in WAYS.into_iter().zip(&mut all) {
            say(&format!("relay: round {round} of {rounds}, {}", way.name()));
            measured.push(steady::run(setting, way, "relay", load)?);
        }
    }
    Ok(report(&load, &all))
}

fn report(load: &Load, all: &[Vec<Measured>; 3]) -> Section {
    let [direct, parlor, seed] = all;
    let share = |way: &[Measured]| {
        let pairs = way.iter().zip(direct);
        Figure::of(pairs.map(|(way, direct)| way.tokens_per_second() / direct.tokens_per_second()))
    };
    let rate = |way: &[Measured]| Figure::of(way.iter().map(Measured::tokens_per_second)).median;
    let cost = |way: &[Measured]| Figure::of(way.iter().map(|one| one.server / one.tokens * 1e6));
    let (ours, ours_cost) = (share(parlor), cost(parlor));
    let joined = Figure::of(parlor.iter().map(|one| one.tokens / one.frames));
    let rows = vec![
        Row::judged(
            "unpaced relay, tokens/s against direct",
            format!(
                "{} ({} of {}; the seed's stack {})",
                words::figure(ours, "×"),
                words::count(rate(parlor)),
                words::count(rate(direct)),
                words::count(rate(seed))
            ),
            "≥ 0.5×",
            ours.median >= 0.5,
        ),
        Row::judged(
            "server CPU per token, unpaced",
            format!(
                "{} (the seed's stack {})",
                words::figure(ours_cost, "µs"),
                words::short(cost(seed).median)
            ),
            "< 6 µs",
            ours_cost.median < 6.0,
        ),
        latency::ratio(load, parlor, seed),
        Row::told(
            "tokens joined in a frame, unpaced",
            words::figure(joined, ""),
        ),
    ];
    let bars = |value: &dyn Fn(&[Measured]) -> f64, skip: usize| {
        let ways = WAYS.into_iter().zip(all).skip(skip);
        ways.map(|(way, measured)| Bar {
            name: way.name().to_owned(),
            value: value(measured),
        })
        .collect()
    };
    let per_processor =
        |way: &[Measured]| Figure::of(way.iter().map(Measured::tokens_per_processor_second)).median;
    Section {
        rows,
        notes: vec![format!(
            "{} streams, answers of {} tokens, as fast as the sockets take them; the provider writes \
             each token with a system call of its own, as model servers flush them. Provider, \
             server and client share the same cores, the provider bound to the first and the \
             client to the last.",
            load.streams, load.plan.tokens
        )],
        plots: vec![
            Plot::bars(
                "tokens-per-cpu-second-unpaced",
                "Tokens per CPU-second, unpaced streams",
                bars(&per_processor, 1),
            ),
            Plot::bars(
                "relay",
                "Tokens per second, unpaced streams",
                bars(&rate, 0),
            ),
        ],
        data: json!({
            "load": format!("{load:?}"),
            "direct": direct.iter().map(Measured::data).collect::<Vec<_>>(),
            "parlor": parlor.iter().map(Measured::data).collect::<Vec<_>>(),
            "seed": seed.iter().map(Measured::data).collect::<Vec<_>>(),
        }),
    }
}
