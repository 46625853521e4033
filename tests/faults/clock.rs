//! A clock that jumps by an hour, forwards or back, as after a laptop slept or a time server
//! corrected it: nothing that waits, streams or is ordered may follow it.

use std::{fs, path::PathBuf, time::Duration};

use serde_json::{Value, json};

use super::health;
use crate::support::{
    Client, Gate, Provider, Script, Server, Setup,
    client::text,
    server::Person,
    token::{claims, in_seconds, signed, with},
};

/// Where Debian's package `faketime` puts the library, by architecture.
fn library() -> PathBuf {
    let folders = fs::read_dir("/usr/lib").expect("/usr/lib").flatten();
    let found = folders
        .map(|folder| folder.path().join("faketime/libfaketimeMT.so.1"))
        .find(|path| path.is_file());
    found.expect(
        "libfaketimeMT.so.1 is needed to move a server's clock: `apt-get install faketime`, or \
         `cargo xtask test`, which does so",
    )
}

/// A server whose clock the test moves.
#[derive(Clone)]
pub(crate) struct Clock(PathBuf);

impl Clock {
    /// The clock of a server that is yet to be started.
    pub(crate) fn of(setup: Setup) -> (Self, Setup) {
        let file = setup.write("clock", "+0");
        let setup = setup
            .env("LD_PRELOAD", &library().to_string_lossy())
            .env("FAKETIME_TIMESTAMP_FILE", &file.to_string_lossy())
            .env("FAKETIME_NO_CACHE", "1")
            // Only the clock on the wall: nobody can move the one that counts since the start.
            .env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
        (Self(file), setup)
    }

    /// Sets it so many seconds before or after the true time, such as `+60`.
    pub(crate) fn jump(&self, to: &str) {
        let next = self.0.with_extension("next");
        fs::write(&next, to).expect("the home can be written");
        fs::rename(&next, &self.0).expect("and renamed in");
    }
}

/// A token that is good for long enough, whatever the server's clock says.
fn patient(person: &Person) -> Person {
    let claims = with(claims(&person.id), "exp", json!(in_seconds(3 * 3600)));
    Person {
        token: signed(&claims),
        ..person.clone()
    }
}

async fn chats(server: &Server, alice: &Person) -> Vec<String> {
    let mut watcher = Client::join(server, alice).await;
    let watch = json!({"type": "watch_chats", "data": {}});
    watcher.send(watch).await;
    let mut list = watcher.expect("chats").await["chats"].take();
    let chats = list.as_array_mut().expect("a list of chats");
    chats.sort_by_key(|chat| std::cmp::Reverse(text(chat, "updatedAt").to_owned()));
    chats
        .iter()
        .map(|chat| text(chat, "title").to_owned())
        .collect()
}

fn roles(joined: &Value) -> Vec<&str> {
    let messages = joined["messages"].as_array().expect("messages");
    messages.iter().map(|one| text(one, "content")).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_hour_forwards_and_back_changes_nothing() {
    let provider = Provider::start().await;
    let (clock, setup) = Clock::of(Setup::with(&provider));
    let server = setup.start().await;
    let alice = patient(&server.user("alice"));
    let (mut client, chat) = Client::in_new_chat(&server, &alice).await;
    let before = text(&client.say("Zero").await, "timestamp").to_owned();
    client.answer().await;

    for (jump, question) in [("+3600", "One"), ("-3600", "Two"), ("+0", "Three")] {
        let gate = Gate::new();
        let script = Script::stream().tokens(&["one "]).gate(&gate);
        provider.queue(script.tokens(&["two"]).end());
        client.say(question).await;
        client.expect("assistant_message_start").await;
        client.tokens_until("one ").await;
        clock.jump(jump);
        // Whatever waits by the wrong clock ends now: timeouts, heartbeats, deadlines, limits.
        tokio::time::sleep(Duration::from_millis(500)).await;
        gate.open();
        let end = client.until("assistant_message_complete").await;
        assert_eq!(
            (text(&end, "content"), text(&end, "status")),
            ("one two", "complete"),
            "{jump}: a running answer goes on"
        );
        health::until(&server, 200).await;
        let mut other = Client::join(&server, &alice).await;
        other.look_at(&chat).await;
        other.settled().await;
    }
    assert_jumped(&clock, &server, &alice, &before).await;

    let joined = Client::join(&server, &alice).await.look_at(&chat).await;
    let expected = [
        "Zero",
        "Scripted answer.",
        "One",
        "one two",
        "Two",
        "one two",
        "Three",
        "one two",
    ];
    assert_eq!(
        roles(&joined),
        expected,
        "in the order in which it was said"
    );
    let server = server.kill().await.start().await;
    let joined = Client::join(&server, &alice).await.look_at(&chat).await;
    assert_eq!(roles(&joined), expected, "also after a restart");
}

/// That the server did see the jumps, and that a chat which was written to with the clock set back
/// does not sink below those that nobody wrote to.
async fn assert_jumped(clock: &Clock, server: &Server, alice: &Person, before: &str) {
    clock.jump("+3600");
    let (mut client, _) = Client::in_new_chat(server, alice).await;
    let ahead = text(&client.say("Ahead").await, "timestamp").to_owned();
    assert!(
        ahead[..13] > before[..13],
        "the clock of the server jumps: {before} and {ahead}"
    );
    client.answer().await;
    clock.jump("-3600");
    client.say("Again").await;
    client.answer().await;
    assert_eq!(
        chats(server, alice).await.first().map(String::as_str),
        Some("Ahead"),
        "what was written to last is on top"
    );
    clock.jump("+0");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn limits_and_sign_in_outlast_a_jump() {
    let provider = Provider::start().await;
    let (clock, setup) = Clock::of(Setup::with(&provider));
    let server = setup
        .env("PARLOR_LIMITS_MESSAGES_PER_MINUTE", "3")
        .start()
        .await;
    let alice = patient(&server.user("alice"));
    let (mut client, _) = Client::in_new_chat(&server, &alice).await;
    for number in 0..3 {
        client.ask(&format!("Question {number}")).await;
    }
    for jump in ["+3600", "-3600", "+0"] {
        clock.jump(jump);
        let more = json!({"type": "message", "data": {"message": "One more"}});
        client.send(more).await;
        let error = client.error().await;
        assert_eq!(text(&error, "code"), "RATE_LIMIT", "{jump}: {error}");
        let wait = error["retryAfter"].as_u64().expect("when to come back");
        assert!(wait <= 60_000, "{jump}: not after an hour: {error}");
        // A token whose hour is over by the server's clock is refused, any other is not.
        Client::join(&server, &alice).await.settled().await;
    }
    clock.jump("+7200");
    let short = Person {
        token: signed(&claims(&alice.id)),
        ..alice.clone()
    };
    let mut late = Client::open(&server).await;
    late.send(json!({"type": "join_chat", "data": {"token": short.token}}))
        .await;
    assert_eq!(text(&late.error().await, "code"), "AUTH_FAILED");
    assert_eq!(late.closed().await, 1008);
}
