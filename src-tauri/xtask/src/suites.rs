//! The suites of `cargo xtask test`: what each runs, where, and how its report is read.

use std::{
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use anyhow::Result;

use crate::{
    audit, bench, install,
    process::{Step, has},
    root, run,
    summary::{Format, Tally, read},
};

/// One suite: a name, a command, and the format of what it says.
pub(crate) struct Suite {
    pub(crate) name: &'static str,
    format: Format,
    program: String,
    arguments: Vec<String>,
    directory: &'static str,
    environment: Vec<(&'static str, PathBuf)>,
}

/// A finished suite.
pub(crate) struct Finished {
    pub(crate) name: &'static str,
    pub(crate) tally: Tally,
    pub(crate) took: Duration,
    pub(crate) log: PathBuf,
}

impl Suite {
    fn new(name: &'static str, format: Format, program: &str, arguments: &[&str]) -> Self {
        Self {
            name,
            format,
            program: program.to_owned(),
            arguments: arguments
                .iter()
                .map(|argument| (*argument).to_owned())
                .collect(),
            directory: "",
            environment: Vec::new(),
        }
    }

    fn within(mut self, directory: &'static str) -> Self {
        self.directory = directory;
        self
    }

    fn with(mut self, name: &'static str, value: PathBuf) -> Self {
        self.environment.push((name, value));
        self
    }

    /// Runs it to its end; everything it prints goes to its log.
    pub(crate) fn run(self) -> Finished {
        let log = log_path(self.name);
        let start = Instant::now();
        let tally = self
            .tally(&log)
            .unwrap_or_else(|error| Tally::broken(format!("{error:#}")));
        Finished {
            name: self.name,
            tally,
            took: start.elapsed(),
            log,
        }
    }

    fn tally(&self, log: &Path) -> Result<Tally> {
        fs::write(log, "")?;
        let report = match self.format {
            Format::VitestJson => report_path(self.name),
            _ => log.to_path_buf(),
        };
        if report != log && report.exists() {
            fs::remove_file(&report)?; // an old report must not speak for a run that crashed
        }
        let mut step = Step::new("", &self.program)
            .args(&self.arguments)
            .directory(self.directory);
        for (name, value) in &self.environment {
            step = step.env(name, value);
        }
        let status = step.logged(log)?;
        let bytes = fs::read(&report).unwrap_or_default();
        Ok(read(
            self.format,
            &String::from_utf8_lossy(&bytes),
            status.success(),
        ))
    }
}

/// Formatting: seconds, and needs no build.
pub(crate) fn formatting() -> Suite {
    Suite::new(
        "rustfmt",
        Format::Check,
        "cargo",
        &["fmt", "--all", "--check"],
    )
}

/// Both binaries, which other suites start.
pub(crate) fn build() -> Suite {
    let arguments = ["build", "--workspace", "--exclude", "fuzz"];
    Suite::new("build", Format::Check, "cargo", &arguments)
}

/// The test that counts milliseconds, and so has the machine to itself.
const KILLS: &str = "faults::killed";

/// Every Rust test but one, documentation included; drift of the generated TypeScript types fails
/// here too.
pub(crate) fn rust() -> Suite {
    Suite::new(
        "rust tests",
        Format::CargoTest,
        "cargo",
        &[
            "test",
            "--workspace",
            "--no-fail-fast",
            "--",
            "--skip",
            KILLS,
        ],
    )
}

/// What a server that is killed at any moment may lose.
pub(crate) fn kills() -> Suite {
    // All of the workspace although one package has it: alone, it would be built once more, with
    // fewer features of its dependencies.
    Suite::new(
        "kills",
        Format::CargoTest,
        "cargo",
        &[
            "test",
            "--workspace",
            "--exclude",
            "fuzz",
            "--lib",
            KILLS,
            "--",
            "--nocapture",
        ],
    )
}

/// Lints, with warnings denied.
pub(crate) fn clippy() -> Suite {
    let arguments = [
        "clippy",
        "--workspace",
        "--all-targets",
        "--",
        "--deny",
        "warnings",
    ];
    Suite::new("clippy", Format::Check, "cargo", &arguments)
}

/// Licences, sources and single crates, by `deny.toml`; `Err` carries why it cannot run here.
pub(crate) fn crates() -> Result<Suite, String> {
    let deny = audit::crates()?.display().to_string();
    let arguments = ["--locked", "check", "bans", "licenses", "sources"];
    Ok(Suite::new("crates", Format::Check, &deny, &arguments))
}

/// Known holes in crates; `Err` carries why nobody can say.
pub(crate) fn crate_advisories() -> Result<Suite, String> {
    let deny = audit::advisories()?.display().to_string();
    let arguments = ["--locked", "check", "advisories"];
    Ok(Suite::new(
        "crate advisories",
        Format::Check,
        &deny,
        &arguments,
    ))
}

/// Known holes in the UI's packages; `Err` carries why nobody can say.
pub(crate) fn npm_audit() -> Result<Suite, String> {
    audit::npm_answers()?;
    let xtask = std::env::current_exe().map_err(|error| error.to_string())?;
    let xtask = xtask.display().to_string();
    Ok(Suite::new("npm audit", Format::Check, &xtask, &["audit"]))
}

/// Types and lints of the UI.
pub(crate) fn ui_check() -> Suite {
    Suite::new(
        "ui check",
        Format::Check,
        "npm",
        &["run", "--silent", "check"],
    )
    .within("ui")
}

/// The UI's own tests.
pub(crate) fn ui_tests() -> Suite {
    vitest("ui tests", "test")
}

/// The client library as it is published, in Node against a real server.
pub(crate) fn client_tests() -> Suite {
    vitest("client tests", "test:client").with(
        "PARLOR_SERVER_BIN",
        run::binary_path("parlor-server", false),
    )
}

/// The UI in a real browser against a real server; `Err` carries why it cannot run here.
pub(crate) fn browser() -> Result<Suite, String> {
    let manifest = fs::read_to_string(root().join("ui/package.json")).unwrap_or_default();
    if !manifest.contains("\"test:browser\"") {
        return Err("ui/package.json has no test:browser".to_owned());
    }
    let browsers = ["chromium", "google-chrome", "chrome"];
    let Some(browser) = browsers.iter().find_map(|name| find(name)) else {
        return Err("no Chromium on this machine".to_owned());
    };
    Ok(vitest("browser tests", "test:browser")
        .with("CHROMIUM", browser)
        .with(
            "PARLOR_SERVER_BIN",
            run::binary_path("parlor-server", false),
        ))
}

/// The real window under a virtual display; `Err` carries why it cannot run here.
pub(crate) fn desktop() -> Result<Suite, String> {
    if !cfg!(target_os = "linux") {
        return Err("only Linux has a driver for the window and a virtual display".to_owned());
    }
    let programs = [
        "Xvfb",
        "dbus-run-session",
        "gnome-keyring-daemon",
        "WebKitWebDriver",
    ];
    if let Some(missing) = programs.iter().find(|program| !has(program)) {
        return Err(format!("{missing} is not on this machine"));
    }
    let driver = install::tauri_driver().map_err(|error| format!("{error:#}"))?;
    // Named one by one: what Node makes of a folder changes with its version.
    let folder = root().join("tests/desktop");
    let entries = fs::read_dir(&folder).map_err(|error| format!("{error}"))?;
    let names = entries
        .flatten()
        .map(|entry| entry.path().display().to_string());
    let mut files: Vec<String> = names.filter(|name| name.ends_with(".test.mjs")).collect();
    files.sort();
    let mut arguments = vec!["--test", "--test-reporter=tap", "--test-concurrency=1"];
    arguments.extend(files.iter().map(String::as_str));
    Ok(
        Suite::new("desktop window", Format::NodeTap, "node", &arguments)
            .with("TAURI_DRIVER", driver)
            .with("PARLOR_BIN", run::binary_path("parlor", false)),
    )
}

/// The benchmark at small sizes: that every word arrives under load. No time is judged here.
pub(crate) fn benchmark() -> Result<Suite, String> {
    if !cfg!(target_os = "linux") {
        return Err("the benchmark reads /proc".to_owned());
    }
    let program = run::binary_path("bench", false);
    let server = run::binary_path("parlor-server", false);
    let output = logs().join("benchmark");
    let paths = [&program, &server, &output].map(|path| path.display().to_string());
    let [program, server, output] = &paths;
    let arguments = [
        "run",
        "--quick",
        "--server",
        server,
        "--seed",
        bench::SEED,
        "--output",
        output,
    ];
    Ok(Suite::new("benchmark", Format::Check, program, &arguments))
}

fn vitest(name: &'static str, script: &str) -> Suite {
    let output = format!("--outputFile.json={}", report_path(name).display());
    let arguments = [
        "run",
        script,
        "--",
        "--reporter=default",
        "--reporter=json",
        output.as_str(),
    ];
    Suite::new(name, Format::VitestJson, "npm", &arguments).within("ui")
}

fn find(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|folder| folder.join(program))
        .find(|path| path.is_file())
}

/// Where a suite's whole output goes.
fn log_path(name: &str) -> PathBuf {
    logs().join(format!("{}.log", name.replace(' ', "-")))
}

fn report_path(name: &str) -> PathBuf {
    logs().join(format!("{}.json", name.replace(' ', "-")))
}

/// The directory of all logs.
pub(crate) fn logs() -> PathBuf {
    root().join("target/test-logs")
}
