//! Fuzzing (`tests/fuzz`): builds the targets with libFuzzer's instrumentation and lets each run for
//! a while, beginning with what the fixtures of the tests hold.

use std::{fs, path::Path, process::ExitCode};

use anyhow::{Result, bail};

use crate::{
    install,
    process::{Step, say},
    root,
};

/// The targets, and where their first inputs come from.
const TARGETS: &[(&str, Seeds)] = &[
    ("dialects", Seeds::Frames(&["dialect-a", "dialect-b"])),
    ("stream", Seeds::Files("tests/fixtures/provider")),
    ("settings", Seeds::Files("src-tauri/packaging/server")),
    ("import", Seeds::Files("tests/fixtures/portable")),
    ("backup", Seeds::None),
];

/// First inputs for a target.
enum Seeds {
    /// The frames of these folders of `tests/fixtures`, one a line.
    Frames(&'static [&'static str]),
    /// The files of a folder.
    Files(&'static str),
    /// It makes them itself.
    None,
}

/// Lets every target run for a while; a crash fails and leaves its input in `tests/fuzz/artifacts`.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Minutes for each target.
    #[arg(long, default_value_t = 10)]
    minutes: u64,
    /// Run only these.
    targets: Vec<String>,
}

/// Builds and runs.
pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    let fuzz = install::cargo_fuzz()?;
    let (folder, work) = (root().join("tests/fuzz"), root().join("target/fuzz"));
    let cargo_fuzz = |title: String, command: &str, target: &str| {
        Step::new(title, &fuzz)
            // What a nightly compiler has switched on; the code itself is stable Rust.
            .env("RUSTC_BOOTSTRAP", "1")
            .args(["fuzz", command, target, "--sanitizer", "none"])
            .args([Path::new("--fuzz-dir"), &folder])
            .args([Path::new("--target-dir"), &work])
    };
    let mut crashed = Vec::new();
    for (target, seeds) in TARGETS {
        if !options.targets.is_empty() && !options.targets.iter().any(|name| name == target) {
            continue;
        }
        let corpus = work.join("corpus").join(target);
        plant(seeds, &corpus)?;
        cargo_fuzz(format!("building {target}"), "build", target).run()?;
        let title = format!("{target} for {} minutes", options.minutes);
        let seconds = format!("-max_total_time={}", options.minutes * 60);
        let ended = cargo_fuzz(title, "run", target)
            .args([corpus.as_path(), Path::new("--"), Path::new(&seconds)])
            .args(["-max_len=16384", "-timeout=20", "-print_final_stats=1"])
            .run();
        let inputs = fs::read_dir(&corpus)?.count();
        say(&format!("{target}: {inputs} inputs in its corpus"));
        if ended.is_err() {
            crashed.push(*target);
        }
    }
    if !crashed.is_empty() {
        bail!(
            "{} failed; the inputs are in tests/fuzz/artifacts",
            crashed.join(", ")
        );
    }
    Ok(ExitCode::SUCCESS)
}

/// Puts the first inputs into a corpus; those that are there stay.
fn plant(seeds: &Seeds, corpus: &Path) -> Result<()> {
    fs::create_dir_all(corpus)?;
    match seeds {
        Seeds::Frames(folders) => {
            for folder in *folders {
                let frames = root()
                    .join("tests/fixtures")
                    .join(folder)
                    .join("client.json");
                for (number, line) in fs::read_to_string(frames)?.lines().enumerate() {
                    let frame = line.trim_end_matches(',');
                    if frame.starts_with('{') {
                        fs::write(corpus.join(format!("{folder}-{number}")), frame)?;
                    }
                }
            }
        }
        Seeds::Files(folder) => {
            for entry in fs::read_dir(root().join(folder))? {
                let entry = entry?;
                fs::write(corpus.join(entry.file_name()), fs::read(entry.path())?)?;
            }
        }
        Seeds::None => {}
    }
    Ok(())
}
