//! The web UI's packages and its bundle, each made only when what it is made of has changed.

use std::{
    fs,
    path::{Path, PathBuf},
    time::SystemTime,
};

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

use crate::{install, process::Step, root};

/// What the bundle is made of, below `ui/`; other files there are tests and settings of tests.
const SOURCES: &[&str] = &[
    "src",
    "public",
    "service-worker",
    "index.html",
    "vite.config.ts",
    "package-lock.json",
    "tsconfig.json",
];

/// Installs the UI's packages exactly as locked, unless that was done for this very lock file.
pub(crate) fn packages() -> Result<()> {
    install::node()?;
    let ui = root().join("ui");
    let lock = fs::read(ui.join("package-lock.json")).context("ui/package-lock.json is missing")?;
    let digest = format!("{:x}", Sha256::digest(&lock));
    let stamp = ui.join("node_modules/.parlor-lock");
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == digest) {
        return Ok(());
    }
    Step::new("installing the UI's packages (about 1 minute)", "npm")
        .args(["ci", "--no-audit", "--no-fund", "--loglevel=error"])
        .directory("ui")
        .run()?;
    fs::write(stamp, digest)?;
    Ok(())
}

/// Builds `ui/dist`, unless it is newer than all that it is made of.
pub(crate) fn bundle() -> Result<()> {
    packages()?;
    let ui = root().join("ui");
    let newest = SOURCES
        .iter()
        .filter_map(|source| newest_change(&ui.join(source)))
        .max();
    let built = modified(&ui.join("dist/index.html"));
    if built.is_some() && built >= newest {
        return Ok(());
    }
    Step::new("building the UI (about 30 seconds)", "npm")
        .args(["run", "--silent", "build", "--", "--logLevel", "error"])
        .directory("ui")
        .run()
}

fn newest_change(path: &Path) -> Option<SystemTime> {
    if !path.is_dir() {
        return modified(path);
    }
    let entries = fs::read_dir(path).ok()?;
    let inside: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    // A directory's own time tells of removed files.
    inside
        .iter()
        .filter_map(|path| newest_change(path))
        .chain(modified(path))
        .max()
}

fn modified(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).ok()?.modified().ok()
}
