//! A client that was away for 5 s while its answer went on, and comes back 100 KB behind: how long
//! from opening the connection to showing a word that was written after that.

use std::time::Duration;

use anyhow::{Result, ensure};
use serde_json::json;

use super::{Row, Section, steady::PATIENCE};
use crate::{
    answer::Plan,
    clock::{self, milliseconds},
    load::{Chatter, Mark, Swarm},
    report::{
        plots::{Line, Plot},
        words,
    },
    say,
    stack::{Setting, Stack, Way},
    statistics::Samples,
};

/// Between two clients' departures, so that they also come back one after the other.
const APART: Duration = Duration::from_millis(20);

pub(super) fn run(setting: &Setting) -> Result<Section> {
    let chats = setting.size(10, 2);
    let watchers = setting.size(200, 20);
    let away = setting.size(Duration::from_secs(5), Duration::from_secs(1));
    // 100 KB of tokens in 5 s, and a little more; in as few events as a quick model sends, so that
    // it is the return that is measured and not the fan-out.
    let (rate, burst) = setting.size((60, 20), (50, 10));
    let whole = Duration::from_secs(2) + away + APART * watchers as u32;
    let plan = Plan {
        burst,
        ..Plan::new(rate * burst * (whole.as_secs() as u32 + 1), rate)
    };
    say(&format!(
        "resume: {watchers} clients, {} s away",
        away.as_secs()
    ));
    let stack = Stack::start(setting, Way::Parlor, "resume", chats)?;
    let mut swarm = Swarm::new(stack.address())?;
    let ids = ask_in(&mut swarm, &stack, chats)?;
    for index in 0..watchers {
        let watcher = Chatter::new(stack.talk(index)).watching(&ids[index % chats]);
        swarm.open(stack.wire(), watcher)?;
    }
    swarm.reach(Mark::Joined, watchers, PATIENCE)?;
    for asker in 0..chats {
        swarm.act(asker, |chatter, out| chatter.ask(plan, out))?;
    }
    swarm.turn_until(clock::now() + 1_000_000_000)?;
    swarm.forget(Mark::Joined);

    let start = clock::now();
    let moment =
        |index: usize, later: Duration| start + (APART * index as u32 + later).as_nanos() as u64;
    let mut events: Vec<(u64, usize, bool)> = (0..watchers)
        .flat_map(|index| {
            [
                (moment(index, Duration::ZERO), index, false),
                (moment(index, away), index, true),
            ]
        })
        .collect();
    events.sort_unstable();
    for (at, index, back) in events {
        swarm.turn_until(at)?;
        let link = chats + index;
        if back {
            swarm.act(link, |chatter, _| {
                chatter.returns(clock::now());
                Ok(())
            })?;
            swarm.reopen(link)?;
        } else {
            swarm.drop_connection(link);
        }
    }
    swarm.reach(Mark::CaughtUp, watchers, PATIENCE)?;
    swarm.reach(Mark::Whole, chats + watchers, PATIENCE)?;

    let (mut times, mut bytes) = (Vec::new(), Vec::new());
    for chatter in swarm.behaviours().skip(chats) {
        ensure!(
            chatter.position() == plan.tokens,
            "a client lacks a part of its answer"
        );
        times.extend(&chatter.records.returns);
        bytes.extend(&chatter.records.behind);
    }
    let (times, bytes) = (Samples::new(times), Samples::new(bytes));
    let at = |percent: f64| milliseconds(times.percentile(percent));
    let kilobytes = bytes.percentile(50.0) / 1e3;
    let row = Row::judged(
        format!(
            "resume after {} s away, {} KB behind, p99",
            away.as_secs(),
            words::short(kilobytes)
        ),
        format!(
            "{} ms (p50 {}, worst {})",
            words::short(at(99.0)),
            words::short(at(50.0)),
            words::short(at(100.0))
        ),
        "< 50 ms",
        at(99.0) < 50.0,
    );
    Ok(Section {
        rows: vec![row],
        notes: vec![format!(
            "{watchers} clients look at {chats} answers of {rate} events/s with {burst} tokens each; a client drops its \
             socket, is away for {} s and comes back naming what it has. The time runs from opening \
             the connection (handshake and sign-in included) to the first token that was written \
             after that. Each then reads to the end and finds no gap, no double and the right digest.",
            away.as_secs()
        )],
        plots: vec![Plot::distribution(
            "resume",
            "Back after 5 s away",
            vec![Line {
                name: "Parlor".to_owned(),
                points: times
                    .distribution()
                    .into_iter()
                    .map(|(percent, time)| (percent, milliseconds(time)))
                    .collect(),
            }],
        )],
        data: json!({
            "returns": times.count(), "kilobytes_behind": kilobytes,
            "p50_ms": at(50.0), "p99_ms": at(99.0), "most_ms": at(100.0),
        }),
    })
}

/// Opens `chats` connections of as many people, each with a chat of its own, and gives the chats.
pub(super) fn ask_in(
    swarm: &mut Swarm<Chatter>,
    stack: &Stack,
    chats: usize,
) -> Result<Vec<String>> {
    for index in 0..chats {
        swarm.open(stack.wire(), Chatter::new(stack.talk(index)))?;
    }
    swarm.reach(Mark::Ready, chats, PATIENCE)?;
    for index in 0..chats {
        swarm.act(index, Chatter::create)?;
    }
    swarm.reach(Mark::Created, chats, PATIENCE)?;
    let ids: Vec<String> = swarm
        .behaviours()
        .filter_map(|chatter| chatter.chat().map(str::to_owned))
        .collect();
    ensure!(ids.len() == chats, "some chats were not made");
    Ok(ids)
}
