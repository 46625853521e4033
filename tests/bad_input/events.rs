//! Dialect B: frames that make no sense, are too long, or are no frames.

use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::{
    Message,
    protocol::frame::{
        Frame,
        coding::{Data, OpCode},
    },
};

use crate::support::{Provider, Server, Setup, client::text, events::Events, http};

async fn ready() -> (Provider, Server, Events) {
    let provider = Provider::start().await;
    let server = Setup::with(&provider).start().await;
    let client = Events::open(&server, &server.user("alice")).await;
    (provider, server, client)
}

async fn refused(client: &mut Events, frame: &str, reason: &str) {
    client.socket.send_message(Message::text(frame)).await;
    let error = client.error().await;
    assert_eq!(
        text(&error, "code"),
        "INVALID_MESSAGE",
        "{frame} got {error}"
    );
    assert_eq!(text(&error, "reason"), reason, "{frame} got {error}");
    assert_eq!(
        error["retryable"], false,
        "the same frame will not do later: {error}"
    );
}

/// The connection still answers, and the model was asked nothing before.
async fn unharmed(provider: &Provider, client: &mut Events) {
    client.ask("Still there?").await;
    assert_eq!(
        provider.asked(0).await.conversation(),
        ["user: Still there?"]
    );
    assert_eq!(provider.requests().len(), 1, "bad input asks no model");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_event_is_answered_and_the_connection_lives() {
    let (provider, _server, mut client) = ready().await;
    let nested = "[".repeat(100_000);
    let deep = format!(
        "{{\"type\":\"PING\",\"data\":{}}}",
        "{\"a\":".repeat(50_000)
    );
    for frame in [
        "",
        " ",
        "hello",
        "{",
        "{\"type\":",
        "[]",
        "null",
        "1",
        "\"text\"",
        "true",
        "{}",
        "[{\"type\":\"PING\"}]",
        "{\"type\":null,\"data\":{}}",
        "{\"type\":1,\"data\":{}}",
        "{\"data\":{}}",
        "{\"type\":\"PING\",\"data\":[]}",
        "{\"type\":\"PING\",\"data\":\"x\"}",
        "{\"type\":\"USER_MESSAGE\",\"data\":{\"content\":\"\\ud800\"}}",
        "\u{0}",
        &nested,
        &deep,
    ] {
        refused(&mut client, frame, "malformed").await;
    }
    unharmed(&provider, &mut client).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn unknown_types_are_answered_and_the_connection_lives() {
    let (provider, _server, mut client) = ready().await;
    for kind in [
        "AI_THINKING",
        "user_message",
        "USER_MESSAGE ",
        "join_chat",
        "__proto__",
        "",
    ] {
        client.send(Some("u"), kind, json!({})).await;
        let error = client.expect_frame("ERROR").await;
        assert_eq!(
            error["metadata"]["requestId"], "u",
            "an error says what it answers"
        );
        assert_eq!(
            (text(&error["data"], "code"), text(&error["data"], "reason")),
            ("INVALID_MESSAGE", "unknown_type")
        );
    }
    unharmed(&provider, &mut client).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn missing_and_wrong_fields_of_every_event_are_answered() {
    let (provider, _server, mut client) = ready().await;
    for (kind, data) in [
        ("USER_MESSAGE", Value::Null),
        ("USER_MESSAGE", json!({})),
        ("USER_MESSAGE", json!({"content": null})),
        ("USER_MESSAGE", json!({"content": 7})),
        ("USER_MESSAGE", json!({"content": ["Hi"]})),
        (
            "USER_MESSAGE",
            json!({"content": "Hi", "context": {"chatId": 7}}),
        ),
        ("GENERATE_OBJECTIVE", json!({})),
        ("GENERATE_OBJECTIVE", json!({"prompt": 7})),
        (
            "GENERATE_OBJECTIVE",
            json!({"prompt": "x", "difficulty": "hard"}),
        ),
        ("GENERATE_OBJECTIVE", json!({"prompt": "x", "category": []})),
        ("STOP_GENERATION", json!({"messageId": 7})),
        ("UPDATE_OBJECTIVE", json!({})),
        ("UPDATE_OBJECTIVE", json!({"objectiveId": 7, "updates": {}})),
        ("UPDATE_OBJECTIVE", json!({"objectiveId": "x"})),
        (
            "UPDATE_OBJECTIVE",
            json!({"objectiveId": "x", "updates": 7}),
        ),
        ("PING", json!({"timestamp": "now"})),
        ("WATCH_CHAT", json!({})),
        ("WATCH_CHAT", json!({"chatId": 7})),
        (
            "WATCH_CHAT",
            json!({"chatId": "x", "messageId": "m", "seq": -1}),
        ),
    ] {
        let frame = json!({"type": kind, "data": data});
        refused(&mut client, &frame.to_string(), "malformed").await;
    }
    for id in [json!({}), json!([]), json!(true)] {
        let frame = json!({"id": id, "type": "PING", "data": {}});
        refused(&mut client, &frame.to_string(), "malformed").await;
    }
    let spaces = " ".repeat(200 * 1024);
    for content in ["", " \n\t", "\u{a0}\u{2003}", &spaces] {
        let frame = json!({"type": "USER_MESSAGE", "data": {"content": content}});
        refused(&mut client, &frame.to_string(), "empty").await;
    }
    let frame = json!({"type": "GENERATE_OBJECTIVE", "data": {"prompt": " "}});
    refused(&mut client, &frame.to_string(), "empty").await;
    let frame = json!({"type": "GENERATE_OBJECTIVE", "data": {"prompt": "x".repeat(8_001)}});
    refused(&mut client, &frame.to_string(), "too_long").await;
    let frame = json!({"id": "x".repeat(129), "type": "PING", "data": {}});
    refused(&mut client, &frame.to_string(), "too_long").await;
    unharmed(&provider, &mut client).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_binary_frame_is_answered_and_unknown_fields_pass() {
    let (provider, _server, mut client) = ready().await;
    let ping = json!({"type": "PING", "data": {}}).to_string().into_bytes();
    client.socket.send_message(Message::binary(ping)).await;
    assert_eq!(text(&client.error().await, "code"), "INVALID_MESSAGE");
    let frame = json!({
        "id": 7, "type": "PING", "timestamp": "yesterday", "metadata": [], "token": "x",
        "data": {"timestamp": 1, "x": {"deep": null}},
    });
    client.socket.send(frame).await;
    let pong = client.expect_frame("PONG").await;
    assert_eq!(
        (&pong["data"], &pong["metadata"]["requestId"]),
        (&json!({"timestamp": 1}), &"7".into())
    );
    unharmed(&provider, &mut client).await;
}

async fn closes(message: Message, code: u16) {
    let (_provider, server, mut client) = ready().await;
    client.socket.try_send(message).await;
    assert_eq!(client.socket.closed().await, code);
    assert_eq!(
        http::get(&server, "/healthz").await.status,
        200,
        "and the server stays up"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn too_long_frames_close_with_1009() {
    let content = "a".repeat(257 * 1024);
    let frame = json!({"type": "USER_MESSAGE", "data": {"content": content}});
    closes(Message::text(frame.to_string()), 1009).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn invalid_utf8_closes_with_1007() {
    let bytes = b"{\"type\":\"USER_MESSAGE\",\"data\":{\"content\":\"\xff\xfe\"}}".to_vec();
    let frame = Frame::message(bytes, OpCode::Data(Data::Text), true);
    closes(Message::Frame(frame), 1007).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_long_message_is_taken_whole() {
    let (provider, _server, mut client) = ready().await;
    let long = "ж".repeat(100 * 1024);
    client.ask(&long).await;
    assert!(provider.asked(0).await.conversation()[0].ends_with(&long));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_model_that_writes_without_end_costs_bounded_memory() {
    let (provider, server, mut client) = ready().await;
    let flood = "x".repeat(16 * 1024);
    let mut script = crate::support::Script::stream();
    for _ in 0..64 {
        script = script.tokens(&[&flood]);
    }
    provider.queue(script.clone().hang());
    provider.queue(script.hang());
    client
        .send(None, "GENERATE_OBJECTIVE", json!({"prompt": "x"}))
        .await;
    let error = loop {
        let frame = client.next().await;
        if frame["type"] != "OBJECTIVE_PROGRESS" {
            break frame;
        }
    };
    assert_eq!(
        (&error["type"], &error["data"]["reason"]),
        (&"ERROR".into(), &"garbled".into())
    );
    assert!(server.memory_mib() < 300, "{} MiB", server.memory_mib());
    provider.aborted(0).await;
}
