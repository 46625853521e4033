//! The server alone: how soon it listens, what it has in memory before anybody comes, and that it
//! links no window.

use std::{process::Command, thread, time::Duration};

use anyhow::{Context as _, Result};
use serde_json::json;

use super::{Row, Section};
use crate::{
    clock::{self, milliseconds},
    machine,
    report::words,
    say,
    stack::{self, Listening, Setting},
    statistics::Figure,
};

pub(super) fn run(setting: &Setting) -> Result<Section> {
    say("footprint: starting the server again and again");
    machine::pin(None, machine::cores())?;
    let runs = setting.size(15, 3);
    let (mut first, mut later, mut resident) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..runs {
        let directory = setting.directory("footprint")?;
        for times in [&mut first, &mut later] {
            let mut command = stack::parlor(setting, &directory, "http://127.0.0.1:9/v1");
            let start = clock::now();
            let server = Listening::start(&mut command)?;
            times.push(milliseconds((clock::now() - start) as f64));
            thread::sleep(Duration::from_millis(500));
            resident.push(machine::memory(server.pid())?.resident / 1e6);
        }
    }
    let (first, later, resident) = (Figure::of(first), Figure::of(later), Figure::of(resident));
    let linked = Command::new("ldd")
        .arg(&setting.server)
        .output()
        .context("ldd is missing")?;
    let linked = String::from_utf8_lossy(&linked.stdout).to_lowercase();
    let libraries: Vec<&str> = linked
        .lines()
        .filter_map(|line| line.split_ascii_whitespace().next())
        .collect();
    let windows = libraries
        .iter()
        .filter(|name| {
            ["gtk", "webkit", "gdk", "x11", "wayland"]
                .iter()
                .any(|part| name.contains(part))
        })
        .count();
    Ok(Section {
        rows: vec![
            Row::judged(
                "start to `listening on`, data there",
                words::figure(later, "ms"),
                "< 50 ms",
                later.median < 50.0,
            ),
            Row::judged(
                "start to `listening on`, the very first",
                words::figure(first, "ms"),
                "< 50 ms",
                first.median < 50.0,
            ),
            Row::judged(
                "resident memory, idle",
                words::figure(resident, "MB"),
                "< 25 MB",
                resident.median < 25.0,
            ),
            Row::judged(
                "libraries of a window that it links",
                format!("{windows} of {}", libraries.len()),
                "none",
                windows == 0,
            ),
        ],
        notes: vec![format!(
            "{runs} runs each; from starting the process to reading the line."
        )],
        data: json!({
            "start_ms": later.median, "first_start_ms": first.median,
            "resident_mb": resident.median, "libraries": libraries,
        }),
        plots: Vec::new(),
    })
}
