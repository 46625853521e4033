//! Power that fails cannot be had here, but what it would leave is known: what was flushed. So the
//! server's system calls are watched: nothing is told as accepted, or as ended, before the flush of
//! the write-ahead log that holds it returned. And a flush that fails is no acceptance.

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
};

use serde_json::json;

use super::health;
use crate::support::{
    Client, Provider, Script, Server, Setup,
    client::{assert_error, text},
};

const LOG: &str = "parlor.db-wal>";

/// The setup under strace; `-D` makes the server the process that was started, and strace a
/// process beside it.
fn watched(setup: Setup, arguments: &[&str]) -> Setup {
    let found = Command::new("strace")
        .arg("--version")
        .stdout(Stdio::null())
        .status();
    assert!(
        found.is_ok_and(|status| status.success()),
        "strace is needed to see what is flushed: `apt-get install strace`, or `cargo xtask test`, \
         which does so"
    );
    let output = setup.home().join("calls").to_string_lossy().into_owned();
    let common = [
        "strace", "-D", "-I2", "-f", "-qq", "-y", "-s", "20000", "-o",
    ];
    setup.under(&[&common, [output.as_str()].as_slice(), arguments].concat())
}

/// One thing that the server did, in order.
#[derive(Debug, PartialEq, Eq)]
enum Did {
    /// Wrote to the log, something with this in it or not.
    Wrote(bool),
    /// Flushed the log.
    Flushed,
    /// Told the client.
    Told,
}

/// What matters in strace's record for a frame of type `kind` that has `marker` in it.
fn deeds(record: &str, kind: &str, marker: &str) -> Vec<Did> {
    let mut flushing = Vec::new();
    let mut deeds = Vec::new();
    for line in record.lines() {
        let Some((thread, call)) = line.split_once(' ') else {
            continue;
        };
        let call = call.trim_start();
        let flush = call.starts_with("fdatasync(") || call.starts_with("fsync(");
        if flush && call.contains(LOG) {
            if call.ends_with("= 0") {
                deeds.push(Did::Flushed);
            } else {
                flushing.push(thread);
            }
        } else if call.contains("sync resumed>") && call.ends_with("= 0") {
            if flushing.contains(&thread) {
                flushing.retain(|other| *other != thread);
                deeds.push(Did::Flushed);
            }
        } else if call.starts_with("pwrite64(") && call.contains(LOG) {
            deeds.push(Did::Wrote(call.contains(marker)));
        } else if call.contains(kind) && call.contains(marker) && !call.contains(LOG) {
            deeds.push(Did::Told);
        }
    }
    deeds
}

/// That between the last write before it was told, and telling it, the log was flushed.
fn assert_flushed_first(record: &str, kind: &str, marker: &str) {
    let deeds = deeds(record, kind, marker);
    let told = deeds.iter().position(|deed| *deed == Did::Told);
    let told = told.unwrap_or_else(|| panic!("no {kind} with {marker} was seen: {deeds:?}"));
    let before = &deeds[..told];
    assert!(
        before.contains(&Did::Wrote(true)),
        "what is told as {kind} is in the log: {deeds:?}"
    );
    assert_eq!(
        before.last(),
        Some(&Did::Flushed),
        "{kind} is told only when what was written for it is flushed: {before:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_told_before_it_is_on_the_disk() {
    let calls = "trace=fsync,fdatasync,pwrite64,write,writev,sendto,sendmsg";
    let provider = Provider::start().await;
    let setup = Setup::with(&provider);
    // Made before, so that strace's record is of the server alone.
    let alice = setup.user("alice");
    let server = watched(setup, &["-e", calls]).start().await;
    let (mut client, _) = Client::in_new_chat(&server, &alice).await;
    let marks: Vec<String> = (0..5)
        .map(|number| format!("durable-{number}-mark"))
        .collect();
    for mark in &marks {
        provider.queue(Script::text(&["answered ", mark]));
        client.ask(mark).await;
    }
    let last = "durable-last-mark";
    provider.queue(Script::mute());
    client.say(last).await;
    let record = fs::read_to_string(server.setup().home().join("calls")).expect("strace's record");
    for mark in &marks {
        assert_flushed_first(&record, "user_message", mark);
        let answer = format!("answered {mark}");
        assert_flushed_first(&record, "assistant_message_complete", &answer);
    }
    assert_flushed_first(&record, "user_message", last);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flush_that_fails_is_no_acceptance() {
    let provider = Provider::start().await;
    let setup = Setup::with(&provider);
    let alice = setup.user("alice");
    // Each thread's first flushes succeed: the start, the chat and some messages.
    let inject = "inject=fsync,fdatasync:error=EIO:when=12+";
    let arguments = ["-e", "trace=fsync,fdatasync", "-e", inject];
    let plain = setup.clone();
    let server = watched(setup, &arguments).start().await;
    let (mut client, chat) = Client::in_new_chat(&server, &alice).await;
    let mut accepted = Vec::new();
    let refused = loop {
        let name = format!("c-{}", accepted.len());
        assert!(accepted.len() < 50, "flushes fail by now");
        client.send(said(&name)).await;
        let frame = loop {
            let frame = client.next().await;
            if frame["ref"] == name.as_str() {
                break frame;
            }
        };
        if frame["type"] == "error" {
            assert_error(&frame["data"]);
            assert_eq!(text(&frame["data"], "reason"), "store_failed");
            break name;
        }
        accepted.push(name);
    };
    assert!(!accepted.is_empty(), "some were accepted before");
    health::until(&server, 503).await;
    end_watch(&server);
    health::until(&server, 200).await;
    client.send(said(&refused)).await;
    let taken = client.until("user_message").await;
    assert_eq!(
        text(&taken, "clientId"),
        refused,
        "it is taken when it can be kept"
    );
    accepted.push(refused);
    drop(server.kill().await);

    assert!(plain.cli(&["check"]).status.success(), "integrity_check");
    let server = plain.start().await;
    let joined = Client::join(&server, &alice).await.look_at(&chat).await;
    let messages = joined["messages"].as_array().expect("messages");
    let asked = messages.iter().filter(|one| one["role"] == "user");
    let names: Vec<&str> = asked.map(|one| text(one, "clientId")).collect();
    assert_eq!(names, accepted, "each accepted message, once");
}

fn said(name: &str) -> serde_json::Value {
    json!({"type": "message", "ref": name, "data": {"message": name, "clientId": name}})
}

/// Ends strace, which lets the server go on by itself.
fn end_watch(server: &Server) {
    let status = fs::read_to_string(
        Path::new("/proc")
            .join(server.pid().to_string())
            .join("status"),
    );
    let status = status.expect("the server runs");
    let tracer = status
        .lines()
        .find_map(|line| line.strip_prefix("TracerPid:"))
        .map(str::trim)
        .filter(|pid| *pid != "0")
        .expect("strace watches the server");
    let ended = Command::new("kill").args(["-TERM", tracer]).status();
    assert!(ended.is_ok_and(|status| status.success()));
}
