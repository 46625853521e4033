//! `cargo xtask bench`: builds the released server and the benchmark, makes sure that the seed's
//! stack has its packages, and hands over to the benchmark, which reports on this terminal.

use std::{fs, process::ExitCode};

use anyhow::{Context, Result, bail};
use clap::Args;
use sha2::{Digest, Sha256};

use crate::{
    install,
    process::{Step, say},
    root, run, ui,
};

/// The folder of the seed's stack.
pub(crate) const SEED: &str = "tests/bench/seed-stack";

/// What to measure.
#[derive(Args)]
pub(crate) struct Options {
    /// footprint, latency, relay, fan-out, idle, resume, storm, accepted, soak; all if none is named.
    scenarios: Vec<String>,
    /// Two minutes at small sizes: shows that everything works, and judges no time.
    #[arg(long)]
    quick: bool,
    /// Soak for an hour instead of ten minutes.
    #[arg(long)]
    long: bool,
}

/// Builds, then becomes the benchmark.
pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    if !cfg!(target_os = "linux") {
        bail!("the benchmark reads /proc and so runs on Linux alone");
    }
    install::for_server_build()?;
    ui::bundle()?; // it is inside the binary that is measured
    seed_packages()?;
    // One after the other: built together, packages share features that they do not have alone.
    run::build("chat-server", true)?;
    run::build("bench", true)?;
    let seconds = match (options.quick, options.long) {
        (true, _) => "about 2 minutes",
        (false, true) => "about 75 minutes",
        (false, false) => "about 20 minutes",
    };
    say(&format!(
        "leave this machine alone meanwhile: what else runs spoils the figures ({seconds})"
    ));
    let output = root().join("target/bench");
    fs::create_dir_all(&output)?;
    let mut step = Step::new("measuring", run::binary_path("bench", true))
        .args([
            "run".as_ref(),
            "--server".as_ref(),
            run::binary_path("parlor-server", true).as_os_str(),
        ])
        .args(["--seed", SEED, "--output"])
        .args([&output]);
    if options.quick {
        step = step.args(["--quick"]);
    }
    if options.long {
        step = step.args(["--long"]);
    }
    say(&format!(
        "the report will be in {}",
        output.join("report.md").display()
    ));
    step.args(&options.scenarios).replace()
}

/// Installs the packages of the seed's stack exactly as locked, unless that was done for this very
/// lock file.
pub(crate) fn seed_packages() -> Result<()> {
    let folder = root().join(SEED);
    let lock = fs::read(folder.join("package-lock.json")).context("its lock file is missing")?;
    let digest = format!("{:x}", Sha256::digest(&lock));
    let stamp = folder.join("node_modules/.parlor-lock");
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == digest) {
        return Ok(());
    }
    Step::new(
        "installing the packages of the seed's stack (about 20 seconds)",
        "npm",
    )
    .args(["ci", "--no-audit", "--no-fund", "--loglevel=error"])
    .directory(SEED)
    .run()?;
    fs::write(stamp, digest)?;
    Ok(())
}
