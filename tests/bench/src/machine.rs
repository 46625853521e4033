//! The machine and the processes on it: what it is, which core runs what, and what a process has
//! spent of time and memory, all from `/proc`.

use std::{fs, process::Command, sync::OnceLock};

use anyhow::{Context as _, Result};
use rustix::{
    process::{Pid, Resource, Rlimit, getrlimit, setrlimit},
    thread::{CpuSet, sched_getaffinity, sched_setaffinity},
};
use serde_json::{Value, json};

/// What a process has spent of processor time, in seconds: user and system, all threads.
pub(crate) fn processor_seconds(pid: u32) -> Result<f64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat"))
        .with_context(|| format!("process {pid} is gone"))?;
    // The name, in brackets, may hold anything; fields are counted after it.
    let (_, fields) = stat
        .rsplit_once(')')
        .context("/proc/PID/stat has changed")?;
    let mut fields = fields.split_ascii_whitespace().skip(11);
    let mut ticks = || fields.next().and_then(|field| field.parse::<u64>().ok());
    let spent = ticks().zip(ticks()).map(|(user, system)| user + system);
    let spent = spent.context("/proc/PID/stat has changed")?;
    Ok(spent as f64 / rustix::param::clock_ticks_per_second() as f64)
}

/// What a process has in memory.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Memory {
    /// Resident, bytes.
    pub(crate) resident: f64,
    /// Its proportional share of that, bytes: pages that others map too count in part.
    pub(crate) share: f64,
}

/// Looks at a process's memory.
pub(crate) fn memory(pid: u32) -> Result<Memory> {
    let rollup = fs::read_to_string(format!("/proc/{pid}/smaps_rollup"))
        .with_context(|| format!("the memory of process {pid} cannot be read"))?;
    let bytes = |name: &str| {
        let line = rollup.lines().find_map(|line| line.strip_prefix(name))?;
        let kilobytes: f64 = line.split_ascii_whitespace().next()?.parse().ok()?;
        Some(kilobytes * 1024.0)
    };
    bytes("Rss:")
        .zip(bytes("Pss:"))
        .map(|(resident, share)| Memory { resident, share })
        .context("smaps_rollup has changed")
}

/// The cores that this process might use when it started.
pub(crate) fn cores() -> &'static [usize] {
    static CORES: OnceLock<Vec<usize>> = OnceLock::new();
    CORES.get_or_init(|| {
        let allowed = sched_getaffinity(None).unwrap_or_default();
        (0..CpuSet::MAX_CPU)
            .filter(|core| allowed.is_set(*core))
            .collect()
    })
}

/// Binds a process, or the present thread, to some cores. Threads and processes that are started
/// later inherit it.
pub(crate) fn pin(pid: Option<u32>, cores: &[usize]) -> Result<()> {
    let pid = pid.and_then(|pid| Pid::from_raw(pid.cast_signed()));
    let mut set = CpuSet::new();
    cores.iter().for_each(|core| set.set(*core));
    sched_setaffinity(pid, &set).context("a process cannot be bound to a core")
}

/// Allows as many open files as the system lets us; servers that we start inherit it.
pub(crate) fn allow_files() -> Result<u64> {
    let limit = getrlimit(Resource::Nofile);
    let most = limit.maximum.unwrap_or(1 << 20);
    let raised = Rlimit {
        current: Some(most),
        maximum: limit.maximum,
    };
    setrlimit(Resource::Nofile, raised).context("the limit of open files cannot be raised")?;
    Ok(most)
}

/// What the figures were made on.
pub(crate) fn describe() -> Value {
    let first = |path: &str, name: &str| {
        let text = fs::read_to_string(path).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix(name));
        let value = line.map(|line| line.trim_start_matches([' ', '\t', ':', '=']));
        value.unwrap_or("unknown").trim_matches('"').to_owned()
    };
    let asked = |program: &str, argument: &str| {
        let output = Command::new(program).arg(argument).output();
        let text = output.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
        text.unwrap_or_else(|_| "unknown".to_owned())
    };
    json!({
        "processor": first("/proc/cpuinfo", "model name"),
        "cores": cores().len(),
        "memory": first("/proc/meminfo", "MemTotal"),
        "kernel": asked("uname", "-sr"),
        "system": first("/etc/os-release", "PRETTY_NAME"),
        "load_at_start": fs::read_to_string("/proc/loadavg").unwrap_or_default().trim(),
        "rustc": asked("rustc", "--version"),
        "node": asked("node", "--version"),
        "commit": commit(),
    })
}

fn commit() -> String {
    let output = Command::new("git")
        .args(["rev-parse", "--short", "HEAD"])
        .output();
    let text = output.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    text.unwrap_or_default()
}
