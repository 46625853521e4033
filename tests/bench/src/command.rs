//! The command line of the benchmark.

use std::{net::SocketAddr, path::PathBuf, process::ExitCode};

use anyhow::{Context as _, Result, ensure};
use clap::{Args, Parser, Subcommand};

use crate::{
    bare_relay, machine, provider,
    report::Report,
    scenarios::{self, Scenario, Section},
    stack::Setting,
};

#[derive(Parser)]
#[command(
    name = "bench",
    about = "Measures parlor-server; start it through cargo xtask bench"
)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run scenarios and report.
    Run(Options),
    /// Be the fake model provider.
    Provider,
    /// Be a bare relay before it.
    Relay {
        /// Where the provider listens.
        provider: SocketAddr,
    },
}

#[derive(Args)]
struct Options {
    /// Which; all of them if none is named.
    scenarios: Vec<String>,
    /// The released parlor-server.
    #[arg(long)]
    server: PathBuf,
    /// The folder of the seed's stack, its packages installed.
    #[arg(long)]
    seed: PathBuf,
    /// Where the report goes.
    #[arg(long)]
    output: PathBuf,
    /// Small sizes: shows that everything works, and judges no time.
    #[arg(long)]
    quick: bool,
    /// Soak for an hour.
    #[arg(long)]
    long: bool,
}

pub(crate) fn main() -> ExitCode {
    let outcome = match Arguments::parse().command {
        Command::Run(options) => run(&options),
        Command::Provider => provider::serve(),
        Command::Relay { provider } => bare_relay::serve(provider),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// A line on what goes on.
pub(crate) fn say(line: &str) {
    eprintln!("    {line}");
}

fn run(options: &Options) -> Result<()> {
    let wanted = chosen(&options.scenarios)?;
    ensure!(
        !machine::cores().is_empty(),
        "this machine does not say which cores it has"
    );
    machine::allow_files()?;
    std::fs::create_dir_all(&options.output)?;
    let setting = Setting {
        server: options
            .server
            .canonicalize()
            .context("the server is not built")?,
        seed: options
            .seed
            .canonicalize()
            .context("the seed's stack is missing")?,
        output: options.output.canonicalize()?,
        quick: options.quick,
        long: options.long,
    };
    let mut report = Report {
        machine: machine::describe(),
        quick: options.quick,
        sections: Vec::new(),
    };
    let mut failed = Vec::new();
    for scenario in wanted {
        say(&format!("{}: {}", scenario.name, scenario.about));
        let section = (scenario.run)(&setting).unwrap_or_else(|error| {
            say(&format!("{} FAILED: {error:#}", scenario.name));
            failed.push(scenario.name);
            Section::failed(&error)
        });
        report.sections.push((scenario.name, section));
        // Written after each, so that a long run that breaks leaves what it found.
        report.write(&setting.output)?;
    }
    println!("{}", report.table());
    ensure!(failed.is_empty(), "these failed: {}", failed.join(", "));
    Ok(())
}

fn chosen(names: &[String]) -> Result<Vec<&'static Scenario>> {
    for name in names {
        let all: Vec<&str> = scenarios::ALL
            .iter()
            .map(|scenario| scenario.name)
            .collect();
        ensure!(
            all.contains(&name.as_str()),
            "there is no scenario {name}; there are {}",
            all.join(", ")
        );
    }
    let wanted =
        |scenario: &&Scenario| names.is_empty() || names.iter().any(|name| name == scenario.name);
    Ok(scenarios::ALL.iter().filter(wanted).collect())
}
