//! WebSocket conformance: the fuzzing client of Autobahn|Testsuite against the server's own
//! transport (`chat-server/examples/echo.rs`). The suite is not part of this repository: it comes
//! as a script that takes an address and a directory for its reports.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    fs,
    io::{BufRead as _, BufReader},
    path::PathBuf,
    process::{Child, Command, ExitCode, Stdio},
};

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use crate::{
    process::{Step, say},
    root,
};

/// Where the script is looked for beside this repository.
const BESIDE: &str = "../shared/tools/autobahn";

/// What the sections of the suite are about.
const SECTIONS: &[(u32, &str)] = &[
    (1, "framing"),
    (2, "pings and pongs"),
    (3, "reserved bits"),
    (4, "opcodes"),
    (5, "fragmentation"),
    (6, "UTF-8"),
    (7, "closing"),
    (9, "limits and speed, up to 16 MiB"),
    (10, "automatic fragmentation"),
];

/// Runs the suite and writes its summary to `tests/conformance`.
pub(crate) fn run() -> Result<ExitCode> {
    let tool = tool()?;
    Step::new("building the echo server", "cargo")
        .args(["build", "--package", "chat-server", "--example", "echo"])
        .run()?;
    let (mut server, url) = echo()?;
    let reports = root().join("target/autobahn");
    let run = Step::new(format!("301 cases against {url} (a minute or two)"), "bash")
        .args([&tool, &PathBuf::from(&url), &reports])
        .run();
    // Ended before anything is said of the run; that it is gone already is no fault of the suite.
    let _ = server.kill();
    let _ = server.wait();
    let index = fs::read_to_string(reports.join("index.json"));
    let summary = summary(&index.context("the suite left no report")?)?;
    let folder = root().join("tests/conformance");
    fs::create_dir_all(&folder)?;
    fs::write(folder.join("autobahn.md"), summary)?;
    say("the summary is in tests/conformance/autobahn.md");
    run.map(|()| ExitCode::SUCCESS)
}

fn tool() -> Result<PathBuf> {
    let named = std::env::var_os("PARLOR_AUTOBAHN").map(PathBuf::from);
    let tool = named.unwrap_or_else(|| root().join(BESIDE));
    if !tool.is_file() {
        bail!(
            "there is no {}: this needs the fuzzing client of Autobahn|Testsuite \
             (github.com/crossbario/autobahn-testsuite) behind a script that is called as \
             `SCRIPT URL REPORT_DIRECTORY`; name it in PARLOR_AUTOBAHN",
            tool.display()
        );
    }
    Ok(tool)
}

/// Starts the echo server on a free port.
fn echo() -> Result<(Child, String)> {
    let program = root().join("target/debug/examples/echo");
    let mut child = Command::new(&program)
        .arg("127.0.0.1:0")
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("{} cannot be started", program.display()))?;
    let mut line = String::new();
    if let Some(output) = child.stdout.take() {
        BufReader::new(output).read_line(&mut line)?;
    }
    match line.trim().strip_prefix("listening on ") {
        Some(url) => Ok((child, url.to_owned())),
        None => {
            let _ = child.kill();
            bail!("the echo server said {line:?} instead of its address")
        }
    }
}

/// Cases of one section, by how they went.
#[derive(Default)]
struct Section {
    ok: Vec<String>,
    rest: BTreeMap<String, Vec<String>>,
    unclean: Vec<String>,
}

/// The report as a page for people.
fn summary(index: &str) -> Result<String> {
    let report: Value = serde_json::from_str(index).context("the suite's report is no JSON")?;
    let cases = report["echo"].as_object().context("it has no cases")?;
    let mut sections: BTreeMap<u32, Section> = BTreeMap::new();
    for (case, result) in cases {
        let number = case.split('.').next().and_then(|part| part.parse().ok());
        let section = sections.entry(number.unwrap_or_default()).or_default();
        match result["behavior"].as_str().unwrap_or("nothing") {
            "OK" => section.ok.push(case.clone()),
            other => section
                .rest
                .entry(other.to_owned())
                .or_default()
                .push(case.clone()),
        }
        if !["OK", "INFORMATIONAL"].contains(&result["behaviorClose"].as_str().unwrap_or_default())
        {
            section.unclean.push(case.clone());
        }
    }
    let mut page = String::from(
        "# Autobahn|Testsuite\n\nWritten by `cargo xtask autobahn`: the suite's fuzzing client \
         against `chat-server/examples/echo.rs`,\nwhich runs the server's own transport (accept \
         loop, handshake, socket, goodbye) with messages of up\nto 16 MiB instead of 256 KiB. \
         Sections 12 and 13 are about compression, which is not negotiated.\n\n| section | cases | \
         OK | else | closed otherwise than asked |\n|---|---|---|---|---|\n",
    );
    for (number, section) in &sections {
        let about = SECTIONS
            .iter()
            .find(|(known, _)| known == number)
            .map_or("", |(_, about)| about);
        let count = section.ok.len() + section.rest.values().map(Vec::len).sum::<usize>();
        let rest: Vec<String> = section
            .rest
            .iter()
            .map(|(how, cases)| format!("{how}: {}", cases.join(" ")))
            .collect();
        let (ok, rest, unclean) = (section.ok.len(), rest.join("; "), section.unclean.join(" "));
        writeln!(
            page,
            "| {number} {about} | {count} | {ok} | {rest} | {unclean} |"
        )?;
    }
    page.push_str(
        "\nNON-STRICT in section 6 is invalid UTF-8 that is refused at the end of its frame and not \
         in the middle.\nINFORMATIONAL cases have no right or wrong.\n",
    );
    Ok(page)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_case_stands_in_the_summary() {
        let index = r#"{"echo":{
            "1.1.1":{"behavior":"OK","behaviorClose":"OK"},
            "1.1.2":{"behavior":"FAILED","behaviorClose":"UNCLEAN"},
            "7.1.6":{"behavior":"INFORMATIONAL","behaviorClose":"INFORMATIONAL"}}}"#;
        let page = summary(index).expect("a page");
        assert!(
            page.contains("| 1 framing | 2 | 1 | FAILED: 1.1.2 | 1.1.2 |"),
            "{page}"
        );
        assert!(
            page.contains("| 7 closing | 1 | 0 | INFORMATIONAL: 7.1.6 |  |"),
            "{page}"
        );
    }
}
