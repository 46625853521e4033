//! `[limits]`, per user.

use serde_json::{Value, json};

use crate::support::{Client, Provider, Script, Setup, client::text};

fn assert_limited(error: &Value, reason: &str) {
    assert_eq!(
        (text(error, "code"), text(error, "reason")),
        ("RATE_LIMIT", reason),
        "{error}"
    );
    assert_eq!(error["retryable"], true, "{error}");
    assert!(
        error["retryAfter"].as_u64() > Some(0),
        "`retryAfter` in milliseconds: {error}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn messages_per_minute_are_limited_per_user() {
    let provider = Provider::start().await;
    let server = Setup::with(&provider)
        .env("PARLOR_LIMITS_MESSAGES_PER_MINUTE", "2")
        .start()
        .await;
    let alice = server.user("alice");
    let (mut client, chat) = Client::in_new_chat(&server, &alice).await;
    client.ask("one").await;
    client.ask("two").await;
    let mut other = Client::join(&server, &alice).await;
    other.look_at(&chat).await;
    other
        .send(json!({"type": "message", "ref": "m", "data": {"message": "three"}}))
        .await;
    assert_limited(&other.error().await, "too_many_messages");
    let joined = client.look_at(&chat).await;
    assert_eq!(
        joined["messages"].as_array().map(Vec::len),
        Some(4),
        "a refused message is not stored"
    );
    let (mut bob, _) = Client::in_new_chat(&server, &server.user("bob")).await;
    bob.ask("one").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn running_answers_are_limited_per_user() {
    let provider = Provider::playing([Script::stream().tokens(&["one "]).hang()]).await;
    let server = Setup::with(&provider)
        .env("PARLOR_LIMITS_RUNNING_ANSWERS", "1")
        .start()
        .await;
    let alice = server.user("alice");
    let (mut first, _) = Client::in_new_chat(&server, &alice).await;
    first.say("Hi").await;
    first.expect("assistant_message_start").await;
    first.tokens_until("one ").await;
    let (mut second, _) = Client::in_new_chat(&server, &alice).await;
    second
        .send(json!({"type": "message", "data": {"message": "Hi"}}))
        .await;
    assert_limited(&second.error().await, "too_many_answers");
    first.send(json!({"type": "stop", "data": {}})).await;
    first.expect("assistant_message_complete").await;
    second.ask("Hi").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn zero_means_no_limit() {
    let provider =
        Provider::playing((0..12).map(|_| Script::stream().tokens(&["one "]).hang())).await;
    let server = Setup::with(&provider)
        .env("PARLOR_LIMITS_MESSAGES_PER_MINUTE", "0")
        .env("PARLOR_LIMITS_RUNNING_ANSWERS", "0")
        .env("PARLOR_LIMITS_FRAMES_PER_SECOND", "0")
        .start()
        .await;
    let mut client = Client::join(&server, &server.user("alice")).await;
    for number in 0..12 {
        client
            .send(json!({"type": "create_chat", "data": {"chatId": format!("chat-{number}")}}))
            .await;
        client
            .send(json!({"type": "message", "data": {"message": "Hi"}}))
            .await;
        client.until("user_message").await;
    }
    provider.asked(11).await;
    // And many messages: answers in one chat wait for one another, the messages do not.
    client
        .send(json!({"type": "create_chat", "data": {"chatId": "many"}}))
        .await;
    client.until("chat_created").await;
    for _ in 0..150 {
        client
            .send(json!({"type": "message", "data": {"message": "Hi"}}))
            .await;
    }
    for _ in 0..150 {
        client.until("user_message").await;
    }
}
