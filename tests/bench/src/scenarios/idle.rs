//! 10,000 connections that are signed in and say nothing: what memory the server gives each.

use std::time::Duration;

use anyhow::Result;
use serde_json::json;

use super::{Row, Section, steady::PATIENCE};
use crate::{
    clock,
    load::{Chatter, Mark, Swarm},
    machine,
    report::{
        plots::{Line, Plot},
        words,
    },
    say,
    stack::{Setting, Stack, Way},
};

const PEOPLE: usize = 100;

pub(super) fn run(setting: &Setting) -> Result<Section> {
    let connections = setting.size(10_000, 1_000);
    say(&format!("idle: {connections} connections"));
    let stack = Stack::start(setting, Way::Parlor, "idle", PEOPLE)?;
    let mut swarm = Swarm::new(stack.address())?;
    // What the first sign-in of each person costs is not a connection's cost.
    open(&mut swarm, &stack, PEOPLE)?;
    let rest = setting.size(Duration::from_secs(4), Duration::from_secs(1));
    let settle =
        |swarm: &mut Swarm<Chatter>| swarm.turn_until(clock::now() + rest.as_nanos() as u64);
    settle(&mut swarm)?;
    let before = machine::memory(stack.pid())?;
    let mut course = vec![(0.0, before.share / 1e6)];
    while swarm.len() < PEOPLE + connections {
        let more = (connections / 10).min(PEOPLE + connections - swarm.len());
        open(&mut swarm, &stack, more)?;
        let opened = (swarm.len() - PEOPLE) as f64;
        course.push((opened, machine::memory(stack.pid())?.share / 1e6));
    }
    settle(&mut swarm)?;
    let after = machine::memory(stack.pid())?;
    let each = |before: f64, after: f64| (after - before) / connections as f64;
    let (share, resident) = (
        each(before.share, after.share),
        each(before.resident, after.resident),
    );
    let worst = share.max(resident);
    let row = Row::judged(
        format!("memory of an idle authenticated connection, {connections} of them"),
        format!(
            "{} KB (PSS {}, RSS {}; {} MB before, {} MB after)",
            words::short(worst / 1024.0),
            words::short(share / 1024.0),
            words::short(resident / 1024.0),
            words::short(before.resident / 1e6),
            words::short(after.resident / 1e6)
        ),
        "≤ 8 KB",
        worst <= 8.0 * 1024.0,
    );
    Ok(Section {
        rows: vec![row],
        notes: vec![format!(
            "The server's own memory, from /proc/PID/smaps_rollup before and after, {} s after the \
             last connection; the kernel's socket buffers are not in it. {PEOPLE} people hold the \
             connections.",
            rest.as_secs()
        )],
        plots: vec![Plot::course(
            "idle-memory",
            "Server memory and idle connections",
            ["connections", "MB"],
            vec![Line {
                name: "PSS".to_owned(),
                points: course.clone(),
            }],
        )],
        data: json!({
            "connections": connections,
            "pss_bytes_each": share,
            "rss_bytes_each": resident,
            "rss_before": before.resident,
            "rss_after": after.resident,
            "course": course,
        }),
    })
}

fn open(swarm: &mut Swarm<Chatter>, stack: &Stack, count: usize) -> Result<()> {
    for _ in 0..count {
        let person = swarm.len();
        swarm.open(stack.wire(), Chatter::new(stack.talk(person)))?;
    }
    swarm.reach(Mark::Ready, count, PATIENCE)
}
