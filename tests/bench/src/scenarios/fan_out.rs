//! One answer to 1,000 subscribers, each of which must get the whole text: how many deliveries (one
//! token to one subscriber) the server makes in a second.

use std::time::Duration;

use anyhow::{Result, ensure};
use serde_json::{Value, json};

use super::{Row, Section, steady::PATIENCE};
use crate::{
    answer::Plan,
    clock,
    load::{Chatter, Mark, Swarm},
    machine,
    report::{
        plots::{Bar, Plot},
        words,
    },
    say,
    stack::{Setting, Stack, Way},
    statistics::{Figure, Samples},
};

/// What one answer to all of them came to.
struct Delivered {
    deliveries: f64,
    frames: f64,
    seconds: f64,
    server: f64,
    client: f64,
    ages: Samples,
}

impl Delivered {
    fn rate(&self) -> f64 {
        self.deliveries / self.seconds
    }

    fn data(&self) -> Value {
        json!({
            "deliveries": self.deliveries,
            "frames": self.frames,
            "seconds": self.seconds,
            "deliveries_per_second": self.rate(),
            "processor_seconds": {"server": self.server, "client": self.client},
            "age_p50_ms": clock::milliseconds(self.ages.percentile(50.0)),
            "age_p99_ms": clock::milliseconds(self.ages.percentile(99.0)),
        })
    }
}

pub(super) fn run(setting: &Setting) -> Result<Section> {
    let subscribers = setting.size(1_000, 100);
    let paced = Plan::new(setting.size(2_500, 300), setting.size(500, 200));
    let unpaced = Plan::new(setting.size(20_000, 2_000), 0);
    let rounds = setting.size(3, 1);
    let (mut steps, mut floods) = (Vec::new(), Vec::new());
    for round in 1..=rounds {
        say(&format!("fan-out: round {round} of {rounds}"));
        steps.push(deliver(setting, subscribers, paced)?);
        floods.push(deliver(setting, subscribers, unpaced)?);
    }
    let rate = |all: &[Delivered]| Figure::of(all.iter().map(Delivered::rate));
    let frames = |all: &[Delivered]| Figure::of(all.iter().map(|one| one.frames / one.seconds));
    let cost =
        |all: &[Delivered]| Figure::of(all.iter().map(|one| one.server / one.deliveries * 1e6));
    let late = |percent: f64| {
        let all = steps.iter();
        Figure::of(all.map(|one| clock::milliseconds(one.ages.percentile(percent))))
    };
    let rows = vec![
        Row::judged(
            format!(
                "deliveries/s, one answer at {} tokens/s to {subscribers}",
                paced.rate
            ),
            format!(
                "{} in {} frames/s",
                words::counts(rate(&steps)),
                words::count(frames(&steps).median)
            ),
            "≥ 300,000, each gets the whole text",
            rate(&steps).median >= 300_000.0,
        ),
        Row::told(
            "server CPU per delivery, paced",
            words::figure(cost(&steps), "µs"),
        ),
        Row::told(
            "age of a token at a subscriber, paced",
            format!(
                "p50 {}, p99 {}",
                words::figure(late(50.0), "ms"),
                words::figure(late(99.0), "ms")
            ),
        ),
        Row::told(
            "deliveries/s, one answer unpaced",
            format!(
                "{} in {} frames/s",
                words::counts(rate(&floods)),
                words::count(frames(&floods).median)
            ),
        ),
    ];
    Ok(Section {
        rows,
        notes: vec![format!(
            "{subscribers} connections of one person look at one chat. A delivery is one token that \
             reached one subscriber; what piled up for a subscriber comes joined in one frame, so \
             frames are told too. Every subscriber checks every token, their order and the digest \
             of the whole, and that the end repeats what was streamed."
        )],
        plots: vec![Plot::bars(
            "fan-out",
            "Deliveries per second, one answer to 1,000",
            vec![
                Bar {
                    name: format!("{} tokens/s", paced.rate),
                    value: rate(&steps).median,
                },
                Bar {
                    name: "unpaced".to_owned(),
                    value: rate(&floods).median,
                },
            ],
        )],
        data: json!({
            "subscribers": subscribers,
            "paced": steps.iter().map(Delivered::data).collect::<Vec<_>>(),
            "unpaced": floods.iter().map(Delivered::data).collect::<Vec<_>>(),
        }),
    })
}

fn deliver(setting: &Setting, subscribers: usize, plan: Plan) -> Result<Delivered> {
    let stack = Stack::start(setting, Way::Parlor, "fan-out", 1)?;
    let mut swarm = Swarm::new(stack.address())?;
    let asker = swarm.open(stack.wire(), Chatter::new(stack.talk(0)))?;
    swarm.reach(Mark::Ready, 1, PATIENCE)?;
    swarm.act(asker, Chatter::create)?;
    swarm.reach(Mark::Created, 1, PATIENCE)?;
    let chat = swarm
        .behaviours()
        .find_map(Chatter::chat)
        .unwrap_or_default()
        .to_owned();
    for _ in 0..subscribers {
        let watcher = Chatter::new(stack.talk(0)).watching(&chat);
        swarm.open(stack.wire(), watcher)?;
    }
    swarm.reach(Mark::Joined, subscribers, PATIENCE)?;
    // The one who asks reads along, and is not counted.
    swarm
        .behaviours_mut()
        .skip(1)
        .for_each(|chatter| chatter.recording = true);
    let before = [
        machine::processor_seconds(stack.pid())?,
        machine::processor_seconds(std::process::id())?,
    ];
    let start = clock::now();
    swarm.act(asker, |chatter, out| chatter.ask(plan, out))?;
    swarm.reach(
        Mark::Whole,
        subscribers + 1,
        PATIENCE + Duration::from_secs(60),
    )?;
    let after = [
        machine::processor_seconds(stack.pid())?,
        machine::processor_seconds(std::process::id())?,
    ];
    let (mut ages, mut frames, mut last) = (Vec::new(), 0, start);
    for chatter in swarm.behaviours_mut().skip(1) {
        let records = &mut chatter.records;
        let (answers, tokens) = (records.answers, records.tokens);
        ensure!(
            answers == 1 && tokens == u64::from(plan.tokens),
            "a subscriber has {tokens} tokens in {answers} answers"
        );
        frames += records.frames;
        last = last.max(records.last_at);
        ages.append(&mut records.ages);
    }
    Ok(Delivered {
        deliveries: ages.len() as f64,
        frames: frames as f64,
        seconds: (last - start) as f64 / 1e9,
        server: after[0] - before[0],
        client: after[1] - before[1],
        ages: Samples::new(ages),
    })
}
