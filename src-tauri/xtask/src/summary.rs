//! What the test runners said, as numbers: read from output that each runner keeps stable.
//!
//! The rule that matters: a suite that crashed or ran nothing counts as failed, never as silence.

use serde_json::Value;

/// How many lines of what a failed test said are kept: enough for an assertion and where it stands.
const SAID: usize = 30;

/// The outcome of one suite.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
    pub(crate) skipped: u64,
    /// One line per skip: the test and its reason.
    pub(crate) skips: Vec<String>,
    /// Each failed test by its name and, on further lines, what it said.
    pub(crate) failures: Vec<String>,
    /// Why the suite as a whole is at fault, beyond single failed tests.
    pub(crate) problem: Option<String>,
}

/// How a suite reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    /// A check that passes or fails as one.
    Check,
    /// `cargo test`, any number of binaries and doc tests.
    CargoTest,
    /// `node --test --test-reporter=tap`.
    NodeTap,
    /// `vitest --reporter=json`.
    VitestJson,
}

impl Tally {
    /// A suite that cannot run on this machine.
    pub(crate) fn skipped(reason: &str) -> Self {
        Self {
            skipped: 1,
            skips: vec![reason.to_owned()],
            ..Self::default()
        }
    }

    /// A suite that broke before it could report.
    pub(crate) fn broken(problem: impl Into<String>) -> Self {
        Self {
            failed: 1,
            problem: Some(problem.into()),
            ..Self::default()
        }
    }

    /// Adds another suite's numbers.
    pub(crate) fn add(&mut self, other: &Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

/// Reads a finished suite's report. `succeeded` is what its exit status said.
pub(crate) fn read(format: Format, report: &str, succeeded: bool) -> Tally {
    let mut tally = match format {
        Format::Check => Tally {
            passed: u64::from(succeeded),
            failed: u64::from(!succeeded),
            ..Tally::default()
        },
        Format::CargoTest => cargo_test(report),
        Format::NodeTap => node_tap(report),
        Format::VitestJson => vitest_json(report),
    };
    if tally.problem.is_none() && tally.passed + tally.failed + tally.skipped == 0 {
        tally.problem = Some("it ran no test".to_owned());
    } else if tally.problem.is_none() && !succeeded && tally.failed == 0 {
        tally.problem = Some("it ended with an error though no test failed".to_owned());
    }
    if tally.problem.is_some() && tally.failed == 0 {
        tally.failed = 1;
    }
    tally
}

fn cargo_test(report: &str) -> Tally {
    let mut tally = Tally {
        failures: cargo_failures(report),
        ..Tally::default()
    };
    for line in report.lines() {
        if let Some(counts) = line.strip_prefix("test result: ") {
            for part in counts.split([';', '.']) {
                let mut words = part.split_whitespace();
                match (
                    words.next().and_then(|word| word.parse::<u64>().ok()),
                    words.next(),
                ) {
                    (Some(count), Some("passed")) => tally.passed += count,
                    (Some(count), Some("failed")) => tally.failed += count,
                    (Some(count), Some("ignored")) => tally.skipped += count,
                    _ => {}
                }
            }
        } else if let Some((name, reason)) = ignored(line) {
            tally.skips.push(format!("{name}: {reason}"));
        } else if line.contains("(signal: ") {
            // The binary died before it could say how many of its tests failed.
            tally.failed += 1;
            tally.problem = Some(line.trim().to_owned());
        }
    }
    tally
}

/// The sections `---- name stdout ----`, which stand after the tests of each binary.
fn cargo_failures(report: &str) -> Vec<String> {
    let mut failures = Vec::new();
    let mut lines = report.lines().peekable();
    while let Some(line) = lines.next() {
        let Some(name) = section(line) else { continue };
        let mut said = Vec::new();
        // The list of names that closes a binary's failures begins like the sections do.
        while let Some(line) = lines.next_if(|line| section(line).is_none() && *line != "failures:")
        {
            said.push(line);
        }
        failures.push(failure(name, &said));
    }
    failures
}

fn section(line: &str) -> Option<&str> {
    line.strip_prefix("---- ")?.strip_suffix(" stdout ----")
}

/// A failed test and the end of what it said: an assertion stands last.
fn failure(name: &str, said: &[&str]) -> String {
    let said: Vec<&str> = said
        .iter()
        .copied()
        .filter(|line| !line.is_empty())
        .collect();
    let mut text = name.to_owned();
    for line in said.iter().skip(said.len().saturating_sub(SAID)) {
        text.push('\n');
        text.push_str(line);
    }
    text
}

/// `test name ... ignored` with or without `, reason`.
fn ignored(line: &str) -> Option<(&str, &str)> {
    let (name, state) = line.strip_prefix("test ")?.split_once(" ... ")?;
    let reason = state.trim().strip_prefix("ignored")?;
    Some((name, reason.strip_prefix(", ").unwrap_or("no reason given")))
}

fn node_tap(report: &str) -> Tally {
    let mut tally = Tally {
        failures: tap_failures(report),
        ..Tally::default()
    };
    for line in report.lines() {
        // Only the summary stands at the margin; diagnostics of a test are indented.
        if let Some((what, count)) = line
            .strip_prefix("# ")
            .and_then(|rest| rest.split_once(' '))
        {
            let Ok(count) = count.trim().parse::<u64>() else {
                continue;
            };
            match what {
                "pass" => tally.passed += count,
                "fail" | "cancelled" => tally.failed += count,
                "skipped" | "todo" => tally.skipped += count,
                _ => {}
            }
        } else if let Some((test, reason)) = line.split_once(" # SKIP") {
            tally
                .skips
                .push(format!("{}: {}", test.trim(), or_none(reason.trim())));
        }
    }
    tally
}

/// `not ok`, at any depth, with the indented block between `---` and `...` that explains it.
fn tap_failures(report: &str) -> Vec<String> {
    let mut failures = Vec::new();
    let mut lines = report.lines().peekable();
    while let Some(line) = lines.next() {
        let Some(name) = line.trim_start().strip_prefix("not ok ") else {
            continue;
        };
        let mut said = Vec::new();
        if lines.next_if(|line| line.trim() == "---").is_some() {
            while let Some(line) = lines.next_if(|line| line.trim() != "...") {
                said.push(line);
            }
        }
        failures.push(failure(name, &said));
    }
    failures
}

fn vitest_json(report: &str) -> Tally {
    let Ok(report) = serde_json::from_str::<Value>(report) else {
        return Tally {
            problem: Some("it left no report".to_owned()),
            ..Tally::default()
        };
    };
    let count = |name: &str| report[name].as_u64().unwrap_or(0);
    let mut tally = Tally {
        passed: count("numPassedTests"),
        failed: count("numFailedTests"),
        skipped: count("numPendingTests") + count("numTodoTests"),
        ..Tally::default()
    };
    for file in report["testResults"].as_array().into_iter().flatten() {
        let tests = file["assertionResults"]
            .as_array()
            .map_or(&[][..], Vec::as_slice);
        let state = |test: &Value| test["status"].as_str().unwrap_or_default().to_owned();
        for test in tests
            .iter()
            .filter(|test| ["skipped", "pending", "todo"].contains(&state(test).as_str()))
        {
            let note = test["meta"]["skipReason"].as_str().unwrap_or_default();
            tally.skips.push(format!(
                "{}: {}",
                test["fullName"].as_str().unwrap_or("?"),
                or_none(note)
            ));
        }
        for test in tests.iter().filter(|test| state(test) == "failed") {
            let messages = test["failureMessages"].as_array().into_iter().flatten();
            let said: Vec<&str> = messages
                .filter_map(Value::as_str)
                .flat_map(str::lines)
                // A vitest message begins with the assertion and ends in frames of the runner.
                .take(SAID)
                .collect();
            let name = format!(
                "{}: {}",
                file["name"].as_str().unwrap_or("?"),
                test["fullName"].as_str().unwrap_or("?")
            );
            tally.failures.push(failure(&name, &said));
        }
        if state(file) == "failed" && !tests.iter().any(|test| state(test) == "failed") {
            tally.failed += 1;
            tally.problem = Some(format!(
                "{} did not load",
                file["name"].as_str().unwrap_or("a file")
            ));
        }
    }
    tally
}

fn or_none(reason: &str) -> &str {
    if reason.is_empty() {
        "no reason given"
    } else {
        reason
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CARGO: &str = "\
running 3 tests
test a ... ok
test slow ... ignored, needs a real model
test b ... FAILED

failures:

---- b stdout ----

thread 'b' (7) panicked at tests/b.rs:3:5:
it broke

failures:
    b

test result: FAILED. 1 passed; 1 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s

   Doc-tests chat_core
test result: ok. 4 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.30s
";

    #[test]
    fn cargo_test_sums_all_binaries_and_names_skips() {
        let tally = read(Format::CargoTest, CARGO, false);
        assert_eq!((tally.passed, tally.failed, tally.skipped), (5, 1, 1));
        assert_eq!(tally.skips, ["slow: needs a real model"]);
        assert_eq!(
            tally.failures,
            ["b\nthread 'b' (7) panicked at tests/b.rs:3:5:\nit broke"],
            "what failed is named with what it said"
        );
        assert_eq!(
            tally.problem, None,
            "a failed test explains the exit status"
        );
    }

    #[test]
    fn a_binary_that_dies_counts_as_failed() {
        let report = "test result: ok. 4 passed; 0 failed; 0 ignored; 0 measured\n  process didn't \
                      exit successfully: `target/debug/deps/x` (signal: 6, SIGABRT: process abort)\n";
        let tally = read(Format::CargoTest, report, false);
        assert_eq!((tally.passed, tally.failed), (4, 1));
        assert!(
            tally
                .problem
                .is_some_and(|problem| problem.contains("SIGABRT"))
        );
    }

    #[test]
    fn no_test_at_all_is_a_failure() {
        for format in [Format::CargoTest, Format::NodeTap, Format::VitestJson] {
            let tally = read(format, "", true);
            assert_eq!(tally.failed, 1, "{format:?} ran nothing");
            assert!(tally.problem.is_some(), "{format:?} says so");
        }
        let empty = "test result: ok. 0 passed; 0 failed; 0 ignored; 0 measured";
        assert_eq!(
            read(Format::CargoTest, empty, true).failed,
            1,
            "zero tests in a binary"
        );
    }

    #[test]
    fn an_error_without_a_failed_test_is_a_failure() {
        let passed = "test result: ok. 2 passed; 0 failed; 0 ignored; 0 measured";
        assert_eq!(
            read(Format::CargoTest, passed, false).failed,
            1,
            "for instance: did not compile"
        );
    }

    #[test]
    fn node_tap_counts_cancelled_as_failed_and_names_skips() {
        let report = "TAP version 13\nok 1 - starts\nok 2 - keyring # SKIP no D-Bus here\n    # pass 9\n\
                      not ok 3 - shows\n  ---\n  error: 'two'\n  ...\n# tests 4\n# suites 0\n# pass 1\n# fail 1\n# cancelled 1\n# skipped 1\n# todo 0\n\
                      # duration_ms 12.5\n";
        let tally = read(Format::NodeTap, report, false);
        assert_eq!((tally.passed, tally.failed, tally.skipped), (1, 2, 1));
        assert_eq!(tally.skips, ["ok 2 - keyring: no D-Bus here"]);
        assert_eq!(tally.failures, ["3 - shows\n  error: 'two'"]);
    }

    #[test]
    fn vitest_counts_files_that_did_not_load() {
        let report = r#"{"numPassedTests":2,"numFailedTests":0,"numPendingTests":1,"numTodoTests":0,
            "testResults":[
              {"name":"a.test.ts","status":"passed","assertionResults":[
                {"fullName":"a works","status":"passed"},{"fullName":"a later","status":"skipped"}]},
              {"name":"b.test.ts","status":"failed","assertionResults":[]}]}"#;
        let tally = read(Format::VitestJson, report, false);
        assert_eq!((tally.passed, tally.failed, tally.skipped), (2, 1, 1));
        assert_eq!(tally.skips, ["a later: no reason given"]);
        assert_eq!(tally.problem.as_deref(), Some("b.test.ts did not load"));
    }

    #[test]
    fn vitest_names_what_failed_and_the_beginning_of_what_it_said() {
        let report = r#"{"numPassedTests":1,"numFailedTests":1,"testResults":[
              {"name":"a.test.ts","status":"failed","assertionResults":[
                {"fullName":"a works","status":"failed","failureMessages":["expected 1\n  at a.test.ts:3"]},
                {"fullName":"a rests","status":"passed","failureMessages":[]}]}]}"#;
        let tally = read(Format::VitestJson, report, false);
        assert_eq!((tally.passed, tally.failed), (1, 1));
        assert_eq!(
            tally.failures,
            ["a.test.ts: a works\nexpected 1\n  at a.test.ts:3"]
        );
    }

    #[test]
    fn a_check_is_one_test() {
        assert_eq!(read(Format::Check, "", true).passed, 1, "clean");
        assert_eq!(read(Format::Check, "", false).failed, 1, "not clean");
    }
}
