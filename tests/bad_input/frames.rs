//! Frames that make no sense, are too long, or are no frames.

use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::{
    Message,
    protocol::frame::{
        Frame,
        coding::{Data, OpCode},
    },
};

use crate::support::{Client, Provider, Server, Setup, client::text, http};

/// A signed-in client in a chat, on a server with a provider.
async fn ready() -> (Provider, Server, Client, String) {
    let provider = Provider::start().await;
    let server = Setup::with(&provider).start().await;
    let (client, chat) = Client::in_new_chat(&server, &server.user("alice")).await;
    (provider, server, client, chat)
}

/// The connection still answers questions, and the chat has nothing but that.
async fn unharmed(client: &mut Client, chat: &str) {
    client.ask("Still there?").await;
    let joined = client.look_at(chat).await;
    let messages = joined["messages"].as_array().expect("messages");
    assert_eq!(
        messages.len(),
        2,
        "bad input leaves nothing behind: {joined}"
    );
}

async fn refused(client: &mut Client, frame: &str, reason: &str) {
    client.send_message(Message::text(frame)).await;
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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_frame_is_answered_and_the_connection_lives() {
    let (_provider, _server, mut client, chat) = ready().await;
    let nested = "[".repeat(100_000);
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
        "[{\"type\":\"ping\"}]",
        "{}",
        "{\"type\":null,\"data\":{}}",
        "{\"type\":1,\"data\":{}}",
        "{\"data\":{}}",
        "{\"type\":\"message\",\"data\":{\"message\":\"\\ud800\"}}",
        "\u{0}",
        &nested,
    ] {
        refused(&mut client, frame, "malformed").await;
    }
    unharmed(&mut client, &chat).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unknown_type_is_answered_with_an_error() {
    let (_provider, _server, mut client, chat) = ready().await;
    for kind in [
        "chat_joined",
        "Message",
        "message ",
        "__proto__",
        "join-chat",
        "постой",
        "",
    ] {
        let frame = json!({"type": kind, "ref": "u", "data": {}});
        client.send(frame).await;
        let error = client.expect_frame("error").await;
        assert_eq!(error["ref"], "u", "an error carries the ref");
        assert_eq!(
            error["data"]["reason"], "unknown_type",
            "an unknown type is answered with an `error`: {error}"
        );
    }
    unharmed(&mut client, &chat).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn missing_and_wrong_typed_fields_are_answered_with_an_error() {
    let (_provider, _server, mut client, chat) = ready().await;
    let frames = [
        json!({"type": "message"}),
        json!({"type": "message", "data": null}),
        json!({"type": "message", "data": []}),
        json!({"type": "message", "data": "hello"}),
        json!({"type": "message", "data": {}}),
        json!({"type": "message", "data": {"message": null}}),
        json!({"type": "message", "data": {"message": 7}}),
        json!({"type": "message", "data": {"message": ["hello"]}}),
        json!({"type": "message", "data": {"message": "hello", "clientId": 7}}),
        json!({"type": "message", "data": {"message": "hello", "chatId": {}}}),
        json!({"type": "message", "data": {"message": "hello", "parentId": 1}}),
        json!({"type": "join_chat", "data": {"chatId": 7}}),
        json!({"type": "join_chat", "data": {"chatId": chat, "resume": "yes"}}),
        json!({"type": "join_chat", "data": {"chatId": chat, "resume": {"epoch": 1, "revision": "x"}}}),
        json!({"type": "regenerate", "data": {}}),
        json!({"type": "continue", "data": {"messageId": false}}),
        json!({"type": "stop", "data": {"messageId": 1}}),
        json!({"type": "update_chat", "data": {"title": "of none"}}),
        json!({"type": "update_chat", "data": {"chatId": chat, "title": 7}}),
        json!({"type": "update_chat", "data": {"chatId": chat, "pinned": "yes"}}),
        json!({"type": "update_chat", "data": {"chatId": chat, "temperature": "hot"}}),
        json!({"type": "delete_chat", "data": {}}),
        json!({"type": "watch_chats", "data": {"since": "yesterday"}}),
        json!({"type": "update_settings", "data": {"welcomed": 1}}),
        json!({"type": "update_settings", "data": {"model": 1}}),
        json!({"type": "ping", "data": {"timestamp": "now"}}),
    ];
    for frame in frames {
        refused(&mut client, &frame.to_string(), "malformed").await;
    }
    unharmed(&mut client, &chat).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn values_out_of_range_are_answered_with_an_error() {
    let (_provider, _server, mut client, chat) = ready().await;
    let frames = [
        json!({"type": "update_chat", "data": {"chatId": chat, "temperature": 2.5}}),
        json!({"type": "update_chat", "data": {"chatId": chat, "temperature": -1}}),
        json!({"type": "update_chat", "data": {"chatId": chat, "model": "no slash"}}),
        json!({"type": "update_settings", "data": {"temperature": 1e300}}),
        json!({"type": "watch_chats", "data": {"since": -1}}),
        json!({"type": "create_chat", "data": {"chatId": "white space"}}),
        json!({"type": "message", "data": {"message": "hello", "clientId": ""}}),
    ];
    for frame in frames {
        client.send(frame.clone()).await;
        let error = client.error().await;
        assert_eq!(
            text(&error, "code"),
            "INVALID_MESSAGE",
            "{frame} got {error}"
        );
    }
    let frame = json!({"type": "ping", "ref": "r".repeat(129), "data": {}});
    client.send(frame).await;
    let error = client.error().await;
    assert_eq!(
        text(&error, "code"),
        "INVALID_MESSAGE",
        "`ref` has at most 128 bytes: {error}"
    );
    unharmed(&mut client, &chat).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_empty_message_is_answered_with_an_error() {
    let (_provider, _server, mut client, chat) = ready().await;
    let spaces = " ".repeat(200 * 1024);
    for message in ["", " ", "\n\t\r\n", "\u{a0}\u{2003}", &spaces] {
        let frame = json!({"type": "message", "data": {"message": message}});
        refused(&mut client, &frame.to_string(), "empty").await;
    }
    unharmed(&mut client, &chat).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_long_message_is_taken_whole() {
    let (provider, _server, mut client, _) = ready().await;
    let long = "ж".repeat(100 * 1024);
    let said = client.say(&long).await;
    assert!(
        said["content"] == long,
        "200 KiB fit into a frame of at most 256 KiB"
    );
    client.answer().await;
    assert!(provider.asked(0).await.conversation()[0].ends_with(&long));
}

async fn too_long(message: Message) {
    let (_provider, server, mut client, _) = ready().await;
    client.try_send(message).await;
    assert_eq!(
        client.closed().await,
        1009,
        "a frame has at most 256 KiB; a longer one closes the socket with 1009"
    );
    assert_eq!(
        http::get(&server, "/healthz").await.status,
        200,
        "and the server stays up"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_of_257_kib_closes_with_1009() {
    let message = "a".repeat(257 * 1024);
    too_long(Message::text(
        json!({"type": "message", "data": {"message": message}}).to_string(),
    ))
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_megabyte_of_spaces_closes_with_1009() {
    let message = " ".repeat(1024 * 1024);
    too_long(Message::text(
        json!({"type": "message", "data": {"message": message}}).to_string(),
    ))
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_fragments_of_one_message_close_with_1009() {
    let (_provider, server, mut client, _) = ready().await;
    let part = || vec![b'a'; 64 * 1024];
    let first = Frame::message(part(), OpCode::Data(Data::Text), false);
    let mut open = client.try_send(Message::Frame(first)).await;
    for _ in 0..8 {
        let more = Frame::message(part(), OpCode::Data(Data::Continue), false);
        open = open && client.try_send(Message::Frame(more)).await;
    }
    assert_eq!(
        client.closed().await,
        1009,
        "the cap holds for the message, not for each fragment"
    );
    assert_eq!(http::get(&server, "/healthz").await.status, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_binary_frame_is_answered_with_an_error() {
    let (_provider, _server, mut client, chat) = ready().await;
    client
        .send_message(Message::binary(
            json!({"type": "ping", "data": {}}).to_string().into_bytes(),
        ))
        .await;
    let error = client.error().await;
    assert_eq!(
        text(&error, "code"),
        "INVALID_MESSAGE",
        "binary frames are answered with an `error`: {error}"
    );
    unharmed(&mut client, &chat).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn invalid_utf8_closes_with_1007() {
    let (_provider, server, mut client, _) = ready().await;
    let bytes = b"{\"type\":\"message\",\"data\":{\"message\":\"\xff\xfe\"}}".to_vec();
    let frame = Frame::message(bytes, OpCode::Data(Data::Text), true);
    client.send_message(Message::Frame(frame)).await;
    assert_eq!(
        client.closed().await,
        1007,
        "invalid UTF-8 in a text frame (RFC 6455: 1007)"
    );
    assert_eq!(http::get(&server, "/healthz").await.status, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn unknown_fields_are_ignored() {
    let (_provider, _server, mut client, _) = ready().await;
    let frame = json!({
        "type": "message", "x": [1, {"deep": Value::Null}], "id": "7",
        "data": {"message": "Hi", "y": 1, "type": "stop"},
    });
    client.send(frame).await;
    assert_eq!(
        client.expect("user_message").await["content"],
        "Hi",
        "servers ignore unknown fields"
    );
    client.answer().await;
}
