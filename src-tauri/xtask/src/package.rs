//! `cargo xtask package`: installers of the app (.deb, .rpm) and of the server (.deb).
//!
//! Tauri's own bundler makes the app's, from a package that carries it prebuilt; cargo-deb makes
//! the server's, with its unit for systemd. Both land in `target/installers`.

use std::{
    fs,
    path::{Path, PathBuf},
    time::SystemTime,
};

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::{
    install, package_check,
    process::{Step, say},
    root, ui,
};

/// The command line of Tauri, of the same minor version as the library.
const TAURI_CLI: &str = "@tauri-apps/cli@2.12.5";

/// What to do with the installers.
#[derive(Args)]
pub(crate) struct Options {
    /// Also install them here, use the app as a person would, and remove them again.
    #[arg(long)]
    check: bool,
}

/// The installers of one build.
pub(crate) struct Installers {
    pub(crate) app_deb: PathBuf,
    pub(crate) app_rpm: PathBuf,
    pub(crate) server_deb: PathBuf,
}

/// Makes them all in `target/installers`.
pub(crate) fn run(options: &Options) -> Result<()> {
    install::for_packages()?;
    ui::bundle()?;
    let folder = root().join("target/installers");
    fs::create_dir_all(&folder)?;
    let start = SystemTime::now();
    Step::new(
        "building the app for its installers (10 to 20 minutes on two cores)",
        tauri_cli()?,
    )
    .args(["build", "--ci", "--bundles", "deb,rpm"])
    .run()?;
    let bundle = root().join("target/release/bundle");
    let app_deb = collect(&bundle.join("deb"), "deb", start, &folder)?;
    let app_rpm = collect(&bundle.join("rpm"), "rpm", start, &folder)?;

    let made = folder.join("server");
    Step::new(
        "building the server for its installer (about 5 minutes)",
        install::cargo_deb()?,
    )
    .args(["--package", "chat-server", "--output"])
    .args([&made])
    .run()?;
    let server_deb = collect(&made, "deb", start, &folder)?;
    fs::remove_dir_all(made)?;

    let installers = Installers {
        app_deb,
        app_rpm,
        server_deb,
    };
    for path in [
        &installers.app_deb,
        &installers.app_rpm,
        &installers.server_deb,
    ] {
        let megabytes = fs::metadata(path)?.len() as f64 / 1_000_000.0;
        println!("{} ({megabytes:.1} MB)", path.display());
    }
    if options.check {
        package_check::run(&installers)
    } else {
        Ok(())
    }
}

/// Installed from npm, which carries it built; from source it would take ten minutes.
fn tauri_cli() -> Result<PathBuf> {
    let tools = root().join("target/tools");
    let program = tools.join("node_modules/.bin/tauri");
    if !program.exists() {
        install::node()?;
        fs::create_dir_all(&tools)?;
        Step::new("installing Tauri's command line", "npm")
            .args([
                "install",
                "--no-audit",
                "--no-fund",
                "--no-save",
                "--loglevel=error",
                "--prefix",
            ])
            .args([tools.as_os_str(), TAURI_CLI.as_ref()])
            .run()?;
    }
    Ok(program)
}

/// Copies the one file of this kind that was made since `start`.
fn collect(from: &Path, extension: &str, start: SystemTime, to: &Path) -> Result<PathBuf> {
    let entries = fs::read_dir(from).with_context(|| format!("{} is missing", from.display()))?;
    for entry in entries {
        let path = entry?.path();
        let fresh = fs::metadata(&path)?.modified()? >= start;
        if let (true, true, Some(name)) = (
            fresh,
            path.extension().is_some_and(|it| it == extension),
            path.file_name(),
        ) {
            let target = to.join(name);
            fs::copy(&path, &target)?;
            return Ok(target);
        }
    }
    say(&format!("nothing new in {}", from.display()));
    bail!("no .{extension} was made")
}
