//! A database that another program holds: short holds are waited for, long ones are told.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use rusqlite::Connection;
use serde_json::json;

use super::health;
use crate::support::{
    Client, Gate, Provider, Script, Server, Setup,
    client::{assert_error, text},
};

/// Another program that writes; this process is one.
struct Other(Connection);

impl Other {
    fn holding(server: &Server) -> Self {
        let path = server.setup().data().join("parlor.db");
        assert!(Path::new(&path).is_file(), "the database's name");
        let connection = Connection::open(path).expect("another program can open it");
        connection
            .busy_timeout(Duration::from_secs(5))
            .expect("a timeout can be set");
        connection
            .execute_batch("BEGIN EXCLUSIVE")
            .expect("and hold it");
        Self(connection)
    }

    fn let_go(self) {
        self.0.execute_batch("ROLLBACK").expect("it was held");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_short_hold_is_waited_for() {
    let provider = Provider::start().await;
    let server = Setup::with(&provider).start().await;
    let (mut client, _) = Client::in_new_chat(&server, &server.user("alice")).await;
    let other = Other::holding(&server);
    let frame = json!({"type": "message", "data": {"message": "Hello", "clientId": "c-1"}});
    client.send(frame).await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    other.let_go();
    assert_eq!(
        text(&client.expect("user_message").await, "clientId"),
        "c-1",
        "no error was told: it only took longer"
    );
    client.answer().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_long_hold_is_told_and_loses_nothing() {
    let gate = Gate::new();
    let script = Script::stream()
        .tokens(&["one ", "two "])
        .gate(&gate)
        .tokens(&["three"])
        .end();
    let provider = Provider::playing([script]).await;
    let server = Setup::with(&provider).start().await;
    let alice = server.user("alice");
    let (mut counting, counted) = Client::in_new_chat(&server, &alice).await;
    counting.say("count").await;
    counting.expect("assistant_message_start").await;
    counting.tokens_until("one two ").await;
    let (mut client, chat) = Client::in_new_chat(&server, &alice).await;

    let other = Other::holding(&server);
    gate.open();
    assert_eq!(
        text(&counting.expect("assistant_message_token").await, "token"),
        "three",
        "a running answer goes on"
    );
    let asked = Instant::now();
    health::until(&server, 503).await;
    assert!(
        asked.elapsed() < Duration::from_secs(10),
        "/healthz answers in time for whoever asks it, not after {:?}",
        asked.elapsed()
    );
    let message = json!({"type": "message", "ref": "r", "data": {
        "message": "Hello", "clientId": "c-1",
    }});
    client.send(message.clone()).await;
    let mut reader = Client::join(&server, &alice).await;
    let joined = reader.look_at(&counted).await;
    assert_eq!(
        text(&joined["messages"][0], "content"),
        "count",
        "reading goes on"
    );
    let error = client.expect_frame("error").await;
    assert_eq!(error["ref"], "r");
    let error = &error["data"];
    assert_error(error);
    assert_eq!(
        (text(error, "reason"), &error["retryable"]),
        ("store_failed", &json!(true))
    );
    assert!(error["retryAfter"].is_u64(), "when to come back: {error}");
    let words = text(error, "message");
    assert!(
        words.contains("busy") && words.contains("again"),
        "it says what happened and what to do: {words}"
    );

    other.let_go();
    health::until(&server, 200).await;
    let end = counting.until("assistant_message_complete").await;
    assert_eq!(
        (text(&end, "content"), text(&end, "status")),
        ("one two three", "complete")
    );
    client.send(message).await;
    assert_eq!(
        text(&client.expect("user_message").await, "clientId"),
        "c-1"
    );
    client.answer().await;
    let server = server.kill().await.start().await;
    let mut client = Client::join(&server, &alice).await;
    let joined = client.look_at(&chat).await;
    assert_eq!(
        joined["messages"].as_array().map(Vec::len),
        Some(2),
        "the message once, and its answer: {joined}"
    );
    let joined = client.look_at(&counted).await;
    assert_eq!(text(&joined["messages"][1], "content"), "one two three");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hold_does_not_hold_up_the_end() {
    let script = Script::stream().tokens(&["one ", "two "]).hang();
    let provider = Provider::playing([script]).await;
    let server = Setup::with(&provider).start().await;
    let alice = server.user("alice");
    let (mut client, chat) = Client::in_new_chat(&server, &alice).await;
    client.say("count").await;
    client.expect("assistant_message_start").await;
    client.tokens_until("one two ").await;
    // The text is kept by now, the end of the answer cannot be.
    tokio::time::sleep(Duration::from_millis(500)).await;
    let other = Other::holding(&server);
    let asked = Instant::now();
    server.signal("TERM");
    assert_eq!(client.closed().await, 1001, "clients are told");
    let (status, setup) = server.ended().await;
    let took = asked.elapsed();
    assert_eq!(status.code(), Some(0));
    assert!(
        took < Duration::from_secs(5),
        "the process ends within 5 s, not after {took:?}"
    );
    other.let_go();
    let server = setup.start().await;
    let joined = Client::join(&server, &alice).await.look_at(&chat).await;
    let answer = &joined["messages"][1];
    assert_eq!(
        (text(answer, "content"), text(answer, "status")),
        ("one two ", "interrupted")
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_start_says_that_the_database_is_held() {
    let server = Setup::new().start().await;
    let other = Other::holding(&server);
    let setup = server.kill().await;
    let refused = setup.refused();
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(!refused.status.success());
    assert!(
        said.contains("busy") || said.contains("locked") || said.contains("in use"),
        "it says why: {said}"
    );
    assert!(!said.contains("panicked"), "{said}");
    other.let_go();
    setup.start().await;
}
