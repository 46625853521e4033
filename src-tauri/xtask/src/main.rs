//! `cargo xtask`: everything a person or CI asks of this repository, in one place.
//!
//! This file owns the command line; each command lives in its own module. What a fresh machine
//! lacks is installed by `install`, and nothing else changes the machine.

mod audit;
mod autobahn;
mod bench;
mod fuzz;
mod install;
mod package;
mod package_check;
mod process;
mod run;
mod suites;
mod summary;
mod test;
mod types;
mod ui;

use std::{path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};

/// Builds, runs, tests and packs Parlor.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Install what is missing, build, and open the window (or the server, without a display).
    Run(run::Options),
    /// Install what the tests need and run every test.
    Test(test::Options),
    /// Measure the server against its ceiling and against the seed's stack.
    Bench(bench::Options),
    /// Write the TypeScript types of the wire anew into ui/src/generated.
    Types,
    /// Run Autobahn|Testsuite against the server's own WebSocket transport.
    Autobahn,
    /// Ask npm's registry for holes in the UI's packages.
    Audit,
    /// Let each fuzz target run for some minutes.
    Fuzz(fuzz::Options),
    /// Make the installers: .deb and .rpm of the app, .deb of the server.
    Package(package::Options),
}

fn main() -> ExitCode {
    let outcome = match Arguments::parse().command {
        Command::Run(options) => run::run(&options),
        Command::Test(options) => test::run(&options),
        Command::Bench(options) => bench::run(&options),
        Command::Types => types::write().map(|()| ExitCode::SUCCESS),
        Command::Autobahn => autobahn::run(),
        Command::Audit => audit::run(),
        Command::Fuzz(options) => fuzz::run(&options),
        Command::Package(options) => package::run(&options).map(|()| ExitCode::SUCCESS),
    };
    outcome.unwrap_or_else(|error| {
        eprintln!("cargo xtask: {error:#}");
        ExitCode::FAILURE
    })
}

/// The repository's top directory.
fn root() -> PathBuf {
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).map_or(here.clone(), PathBuf::from)
}
