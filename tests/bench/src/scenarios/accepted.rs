//! Accepted messages: each acknowledged only when it is on disk, many sharing one fsync; against what
//! SQLite itself does in groups as large as there are clients, on the same disk in the same run.

use std::time::Duration;

use anyhow::Result;
use serde_json::json;

use super::{Row, Section, raw_commit, resume::ask_in, steady};
use crate::{
    answer::Plan,
    clock::{self, milliseconds},
    load::{Mark, Swarm},
    machine,
    report::{
        plots::{Bar, Plot},
        words,
    },
    say,
    stack::{Setting, Stack, Way},
    statistics::{Figure, Samples},
};

/// What a round found.
struct Accepted {
    raw: f64,
    server: f64,
    p99: f64,
    /// Seconds of processor for a message.
    cost: f64,
    /// Messages a second, each with an answer of one token, all of it.
    exchanges: f64,
}

pub(super) fn run(setting: &Setting) -> Result<Section> {
    let clients = setting.size(256, 32);
    let rounds = setting.size(5, 1);
    let mut all = Vec::new();
    for round in 1..=rounds {
        say(&format!(
            "accepted: round {round} of {rounds}, {clients} clients"
        ));
        all.push(round_of(setting, clients)?);
    }
    let figure = |value: fn(&Accepted) -> f64| Figure::of(all.iter().map(value));
    let ratio = figure(|one| one.raw / one.server);
    let (raw, server) = (figure(|one| one.raw), figure(|one| one.server));
    let rows = vec![
        Row::judged(
            format!("accepted messages/s, {clients} clients: raw group commit over the server"),
            format!(
                "{} ({} raw, {} accepted)",
                words::figure(ratio, "×"),
                words::counts(raw),
                words::counts(server)
            ),
            "≤ 2×",
            ratio.median <= 2.0,
        ),
        Row::told(
            "time to acceptance, p99",
            words::figure(figure(|one| one.p99), "ms"),
        ),
        Row::told(
            "server CPU per accepted message",
            words::figure(figure(|one| one.cost * 1e6), "µs"),
        ),
        Row::told(
            "messages/s with a whole answer each",
            words::counts(figure(|one| one.exchanges)),
        ),
    ];
    Ok(Section {
        rows,
        notes: vec![format!(
            "{clients} clients send the next message as soon as the one before is accepted. The \
             provider says nothing meanwhile, so that no answer is written. Raw is one thread that \
             commits the same rows (two messages, one chat, their indices) in groups of {clients}, \
             synchronous=FULL, in turn with the server on the same disk. The last row is another \
             load: each message is answered with one token, which is a second durable commit."
        )],
        plots: vec![Plot::bars(
            "accepted",
            "Durable messages per second",
            vec![
                Bar {
                    name: "raw SQLite".to_owned(),
                    value: raw.median,
                },
                Bar {
                    name: "Parlor".to_owned(),
                    value: server.median,
                },
            ],
        )],
        data: json!({
            "clients": clients,
            "rounds": all.iter().map(|one| json!({
                "raw_per_second": one.raw, "accepted_per_second": one.server,
                "acceptance_p99_ms": one.p99, "server_microseconds_each": one.cost * 1e6,
                "exchanges_per_second": one.exchanges,
            })).collect::<Vec<_>>(),
        }),
    })
}

fn round_of(setting: &Setting, clients: usize) -> Result<Accepted> {
    let window = setting.size(Duration::from_secs(2), Duration::from_millis(500));
    let question = Plan::SILENT.question();
    machine::pin(None, machine::cores())?;
    let raw = raw_commit::rate(&setting.directory("raw")?, clients, &question, window)?;

    let stack = Stack::start(setting, Way::Parlor, "accepted", clients)?;
    let mut swarm = Swarm::new(stack.address())?;
    ask_in(&mut swarm, &stack, clients)?;
    for client in 0..clients {
        swarm.act(client, |chatter, out| {
            chatter.recording = true;
            chatter.repeated = Some(Plan::SILENT);
            chatter.ask(Plan::SILENT, out)
        })?;
    }
    let (start, spent) = (clock::now(), machine::processor_seconds(stack.pid())?);
    swarm.forget(Mark::Accepted);
    swarm.turn_until(start + window.as_nanos() as u64)?;
    let seconds = (clock::now() - start) as f64 / 1e9;
    let spent = machine::processor_seconds(stack.pid())? - spent;
    let accepted = swarm.marks(Mark::Accepted) as f64;
    let times = swarm
        .behaviours()
        .flat_map(|chatter| &chatter.records.accepted);
    let times = Samples::new(times.copied().collect());
    drop(swarm);
    drop(stack);
    Ok(Accepted {
        raw,
        server: accepted / seconds,
        p99: milliseconds(times.percentile(99.0)),
        cost: spent / accepted,
        exchanges: exchanges(setting, clients, window)?,
    })
}

/// Messages a second that are accepted and answered, with answers of one token.
fn exchanges(setting: &Setting, clients: usize, window: Duration) -> Result<f64> {
    let stack = Stack::start(setting, Way::Parlor, "exchanges", clients)?;
    let mut swarm = Swarm::new(stack.address())?;
    ask_in(&mut swarm, &stack, clients)?;
    let plan = Plan::new(1, 0);
    for client in 0..clients {
        swarm.act(client, |chatter, out| {
            chatter.again = Some(plan);
            chatter.ask(plan, out)
        })?;
    }
    let start = clock::now();
    swarm.turn_until(start + window.as_nanos() as u64)?;
    let rate = swarm.marks(Mark::Whole) as f64 / ((clock::now() - start) as f64 / 1e9);
    steady::finish(&mut swarm)?;
    Ok(rate)
}
