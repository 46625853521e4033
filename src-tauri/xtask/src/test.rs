//! `cargo xtask test`: every test there is, and one line that says how it went.
//!
//! Two lanes share two cores: one compiles and runs Rust, the other checks the UI and, once the
//! binaries exist, drives a browser and the real window. What counts milliseconds comes after both.
//! Each suite's output goes to its own log.

use std::{
    fs,
    process::ExitCode,
    sync::{Mutex, mpsc},
    thread,
    time::{Duration, Instant},
};

use anyhow::Result;
use clap::Args;

use crate::{
    bench, install,
    process::say,
    suites::{self, Finished, Suite},
    summary::Tally,
    ui,
};

/// How many of the last lines of a failed suite's log are shown.
const TAIL: usize = 40;

/// A suite that may not be able to run here.
type Maybe = fn() -> Result<Suite, String>;

/// What is known about everybody else's code.
const AUDITS: [(&str, Maybe); 3] = [
    ("crates", suites::crates),
    ("crate advisories", suites::crate_advisories),
    ("npm audit", suites::npm_audit),
];

/// Which tests.
#[derive(Args)]
pub(crate) struct Options {
    /// Only suites whose name contains one of these (their names are in the closing table).
    suites: Vec<String>,
}

/// Installs, builds and runs; fails unless every suite passed.
pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    let start = Instant::now();
    fs::create_dir_all(suites::logs())?;
    let report = Report {
        wanted: &options.suites,
        start,
        finished: Mutex::default(),
    };
    // What fails here fails as a suite does: the closing line comes whatever happens.
    report.prepare("install", install::for_tests);
    report.prepare("ui bundle", ui::bundle);
    let (built, binaries) = mpsc::sync_channel(1); // one message: whether the build went well
    say("testing in two lanes (cold: 15 to 25 minutes on two cores; warm: 3 to 6)");
    let build = thread::scope(|scope| {
        let report = &report;
        let rust = scope.spawn(move || rust_lane(report, &built));
        scope.spawn(move || ui_lane(report, &binaries));
        rust.join()
            .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    });
    if build {
        report.run(Ok(suites::kills()), "kills");
    }
    Ok(report.close())
}

/// Whether there is anything to test.
fn rust_lane(report: &Report<'_>, built: &mpsc::SyncSender<bool>) -> bool {
    report.run(Ok(suites::formatting()), "rustfmt");
    // Others start the binaries, so this is no suite that can be left out.
    let build = report.always(suites::build());
    // The other lane is gone only if it panicked, which the scope reports.
    let _ = built.send(build);
    if build {
        report.run(Ok(suites::rust()), "rust tests");
        report.run(Ok(suites::clippy()), "clippy");
    }
    build
}

fn ui_lane(report: &Report<'_>, built: &mpsc::Receiver<bool>) {
    for (name, suite) in AUDITS {
        if report.wants(name) {
            report.run(suite(), name);
        }
    }
    report.run(Ok(suites::ui_check()), "ui check");
    report.run(Ok(suites::ui_tests()), "ui tests");
    // Without binaries there is nothing to drive; the failed build says so in the table.
    if built.recv().unwrap_or(false) {
        report.run(Ok(suites::client_tests()), "client tests");
        if report.wants("browser tests") {
            report.run(suites::browser(), "browser tests");
        }
        if report.wants("desktop window") {
            report.run(suites::desktop(), "desktop window");
        }
        if report.wants("benchmark") {
            report.prepare("benchmark packages", bench::seed_packages);
            report.run(suites::benchmark(), "benchmark");
        }
    }
}

/// What has finished so far, shared by the lanes.
struct Report<'a> {
    wanted: &'a [String],
    start: Instant,
    finished: Mutex<Vec<Finished>>,
}

impl Report<'_> {
    fn wants(&self, name: &str) -> bool {
        self.wanted.is_empty() || self.wanted.iter().any(|part| name.contains(part.as_str()))
    }

    /// Does what the suites need, and counts only if that breaks.
    fn prepare(&self, name: &'static str, work: impl FnOnce() -> Result<()>) {
        let start = Instant::now();
        if let Err(error) = work() {
            eprintln!("{name}: {error:#}");
            let log = suites::logs();
            let tally = Tally::broken(format!("{error:#}"));
            self.add(Finished {
                name,
                tally,
                took: start.elapsed(),
                log,
            });
        }
    }

    fn run(&self, suite: Result<Suite, String>, name: &'static str) {
        if !self.wants(name) {
            return;
        }
        match suite {
            Ok(suite) => {
                self.always(suite);
            }
            Err(reason) => self.add(Finished {
                name,
                tally: Tally::skipped(&reason),
                took: Duration::ZERO,
                log: suites::logs(),
            }),
        }
    }

    fn always(&self, suite: Suite) -> bool {
        say(&format!("{} …", suite.name));
        let finished = suite.run();
        let well = finished.tally.failed == 0;
        say(&format!(
            "{}: {} after {}",
            finished.name,
            if well { "passed" } else { "FAILED" },
            clock(finished.took)
        ));
        self.add(finished);
        well
    }

    fn add(&self, finished: Finished) {
        self.finished
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .push(finished);
    }

    /// Prints what failed, what was skipped and why, the table, and the closing line.
    fn close(self) -> ExitCode {
        let finished = self
            .finished
            .into_inner()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let mut total = Tally::default();
        for suite in &finished {
            total.add(&suite.tally);
            if suite.tally.failed > 0 {
                print_tail(suite);
            }
        }
        // After the ends of logs and not in them: a log may end long after what failed.
        for suite in &finished {
            for failure in &suite.tally.failures {
                println!(
                    "\nfailed in {}: {}",
                    suite.name,
                    failure.replace('\n', "\n    ")
                );
            }
        }
        for suite in &finished {
            for skip in &suite.tally.skips {
                println!("skipped in {}: {skip}", suite.name);
            }
        }
        println!(
            "\n{:<16} {:>7} {:>7} {:>8} {:>8}",
            "suite", "passed", "failed", "skipped", "time"
        );
        for Finished {
            name, tally, took, ..
        } in &finished
        {
            let Tally {
                passed,
                failed,
                skipped,
                ..
            } = tally;
            println!(
                "{name:<16} {passed:>7} {failed:>7} {skipped:>8} {:>8}",
                clock(*took)
            );
        }
        println!("{:<16} {:>33}", "all", clock(self.start.elapsed()));
        println!("logs: {}\n", suites::logs().display());
        if total.passed + total.failed == 0 {
            println!("no suite matches {:?}", self.wanted);
            total.failed = 1;
        }
        println!(
            "{} passed, {} failed, {} skipped",
            total.passed, total.failed, total.skipped
        );
        if total.failed == 0 {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        }
    }
}

fn print_tail(suite: &Finished) {
    println!(
        "\n──── {} failed; the end of {}:",
        suite.name,
        suite.log.display()
    );
    let bytes = fs::read(&suite.log).unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    let lines: Vec<&str> = text.lines().collect();
    for line in lines.iter().skip(lines.len().saturating_sub(TAIL)) {
        println!("    {line}"); // indented, so that no runner's own summary stands alone on a line
    }
    if let Some(problem) = &suite.tally.problem {
        println!("──── {}: {problem}", suite.name);
    }
}

fn clock(time: Duration) -> String {
    format!("{}:{:02}", time.as_secs() / 60, time.as_secs() % 60)
}
