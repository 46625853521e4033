//! `cargo xtask run`: from whatever machine this is to a window that answers.
//!
//! Without a display the headless server is started instead, which serves the same UI; it makes
//! its owner on the first start and prints a one-time sign-in link itself.

use std::{env, path::PathBuf, process::ExitCode};

use anyhow::Result;
use clap::Args;

use crate::{
    install,
    process::{Step, say},
    root, ui,
};

/// How to run.
#[derive(Args)]
pub(crate) struct Options {
    /// Optimised, as in an installer (builds about three times longer).
    #[arg(long)]
    release: bool,
    /// The headless server, even where there is a display.
    #[arg(long)]
    headless: bool,
    /// Passed on: to `parlor-server serve` where it is started, else to `parlor`.
    #[arg(last = true)]
    rest: Vec<String>,
}

/// Builds and runs; the exit code is the program's own.
pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    let headless = options.headless || !has_display();
    if headless {
        say("no display here: the server starts instead, and serves the same UI to a browser");
        install::for_server_build()?;
    } else {
        install::for_build()?;
    }
    ui::bundle()?;
    let (package, binary) = if headless {
        ("chat-server", "parlor-server")
    } else {
        ("parlor", "parlor")
    };
    build(package, options.release)?;
    let program = binary_path(binary, options.release);
    let step = if headless {
        Step::new("parlor-server runs; end it with Ctrl-C", program)
            .args(["serve", "--print-sign-in-link", "--data-dir"])
            .args([data_directory()])
    } else {
        Step::new(
            "Parlor opens its window; end it with Ctrl-C or by closing it",
            program,
        )
    };
    step.args(&options.rest).replace()
}

/// Builds one package, saying how long that may take.
pub(crate) fn build(package: &str, release: bool) -> Result<()> {
    let fresh = !root()
        .join("target")
        .join(profile(release))
        .join("deps")
        .is_dir();
    let duration = match (fresh, package, release) {
        (false, _, false) => "seconds, or a few minutes the first time",
        (true, "parlor", false) => "about 8 minutes on two cores the first time",
        (true, _, false) => "about 4 minutes on two cores the first time",
        (_, _, true) => "up to 15 minutes on two cores",
    };
    let step = Step::new(format!("building {package} ({duration})"), "cargo").args([
        "build",
        "--package",
        package,
    ]);
    if release {
        step.args(["--release"]).run()
    } else {
        step.run()
    }
}

/// Where cargo leaves a binary.
pub(crate) fn binary_path(name: &str, release: bool) -> PathBuf {
    let target =
        env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from);
    target
        .join(profile(release))
        .join(format!("{name}{}", env::consts::EXE_SUFFIX))
}

fn profile(release: bool) -> &'static str {
    if release { "release" } else { "debug" }
}

fn has_display() -> bool {
    !cfg!(target_os = "linux")
        || ["DISPLAY", "WAYLAND_DISPLAY"]
            .iter()
            .any(|name| env::var_os(name).is_some_and(|value| !value.is_empty()))
}

/// Beside the app's own data, so that trying the server does not touch it.
fn data_directory() -> PathBuf {
    let home = || env::home_dir().unwrap_or_default().join(".local/share");
    env::var_os("XDG_DATA_HOME")
        .map_or_else(home, PathBuf::from)
        .join("parlor-server")
}
