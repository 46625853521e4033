//! The soak: 100 streams for 10 minutes (an hour with `--long`), and the server's memory all the
//! while. Flat means that the straight line through it rises less than a bar.

use std::time::Duration;

use anyhow::Result;
use serde_json::json;

use super::{
    Row, Section,
    steady::{self, Load, PATIENCE},
};
use crate::{
    answer::Plan,
    clock,
    load::{Chatter, Mark, Swarm},
    machine,
    report::{
        plots::{Line, Plot},
        words,
    },
    say,
    stack::{Setting, Stack, Way},
    statistics::slope,
};

/// How much the line may rise over the time that is judged, as a part of the memory.
const BAR: f64 = 0.05;

/// The part of the time before memory is judged: caches fill first.
const WARM_UP: f64 = 1.0 / 3.0;

pub(super) fn run(setting: &Setting) -> Result<Section> {
    let time = if setting.long {
        Duration::from_secs(3_600)
    } else {
        setting.size(Duration::from_secs(600), Duration::from_secs(8))
    };
    let load = Load {
        streams: setting.size(100, 20),
        plan: Plan::new(setting.size(500, 100), 50),
        begin: setting.size(Duration::from_secs(10), Duration::from_secs(2)),
        warm_up: Duration::ZERO,
        window: time,
    };
    let stack = Stack::start(setting, Way::Parlor, "soak", load.streams)?;
    let mut swarm = Swarm::new(stack.address())?;
    for index in 0..load.streams {
        swarm.open(stack.wire(), Chatter::new(stack.talk(index)))?;
    }
    swarm.reach(Mark::Ready, load.streams, PATIENCE)?;
    steady::begin(&mut swarm, load)?;
    let mut course = Vec::new();
    for second in 0..time.as_secs() {
        if second % 60 == 0 {
            let (minutes, all) = (second / 60, time.as_secs() / 60);
            say(&format!("soak: {minutes} of {all} minutes"));
        }
        swarm.turn_until(clock::now() + 1_000_000_000)?;
        let resident = machine::memory(stack.pid())?.resident;
        course.push((second as f64 / 60.0, resident / 1e6));
    }
    let answers = swarm.marks(Mark::Whole);
    steady::finish(&mut swarm)?;

    let warm = (course.len() as f64 * WARM_UP) as usize;
    let judged = course.get(warm..).unwrap_or_default();
    let per_minute = slope(judged);
    let ends = |course: &[(f64, f64)]| {
        let memory = |point: Option<&(f64, f64)>| point.map_or(0.0, |(_, memory)| *memory);
        (memory(course.first()), memory(course.last()))
    };
    let (first, last) = ends(judged);
    let rise = per_minute * (course.len() - warm) as f64 / 60.0 / last.max(first);
    let minutes = time.as_secs() / 60;
    Ok(Section {
        rows: vec![Row::judged(
            format!(
                "memory under {} streams for {minutes} minutes",
                load.streams
            ),
            format!(
                "{} % ({} MB when judging began, {} MB at the end; {answers} answers, all whole)",
                words::signed(rise * 100.0),
                words::short(first),
                words::short(last)
            ),
            "flat: the line rises < 5 %",
            rise < BAR,
        )],
        notes: vec![format!(
            "{} streams at {} tokens/s, answers of {} tokens, each in a chat of its own. Resident \
             memory once a second; the line with the least squares through the last two thirds.",
            load.streams, load.plan.rate, load.plan.tokens
        )],
        plots: vec![Plot::course(
            "soak-memory",
            "Server memory under load",
            ["minutes", "MB"],
            vec![Line {
                name: "resident".to_owned(),
                points: course.clone(),
            }],
        )],
        data: json!({
            "streams": load.streams, "seconds": time.as_secs(), "answers": answers,
            "megabytes_per_minute": per_minute, "rise": rise, "course_minutes_megabytes": course,
        }),
    })
}
