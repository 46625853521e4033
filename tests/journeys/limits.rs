//! `[limits]`, per user.

use serde_json::{Value, json};

use crate::support::{Client, Provider, Script, Setup, client::text, events::Events};

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
async fn a_restart_refills_no_minute() {
    // Few in a minute: the next frees up 20 s after the first.
    let provider = Provider::start().await;
    let server = Setup::with(&provider)
        .env("PARLOR_LIMITS_MESSAGES_PER_MINUTE", "3")
        .start()
        .await;
    let alice = server.user("alice");
    let (mut client, chat) = Client::in_new_chat(&server, &alice).await;
    for words in ["one", "two", "three"] {
        client.ask(words).await;
    }
    let server = server.kill().await.start().await;
    let mut client = Client::join(&server, &alice).await;
    client.look_at(&chat).await;
    let (mut refused, mut taken) = (0, 0);
    for words in ["four", "five", "six"] {
        client
            .send(json!({"type": "message", "data": {"message": words}}))
            .await;
        let mut frame = client.next().await;
        while !["user_message", "error"].contains(&text(&frame, "type")) {
            frame = client.next().await;
        }
        if text(&frame, "type") == "error" {
            assert_limited(&frame["data"], "too_many_messages");
            refused += 1;
        } else {
            taken += 1;
        }
    }
    // A slow machine may have given one back meanwhile, or two; a full minute would be three.
    assert!(refused > 0, "{taken} of three were taken");
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
async fn what_was_accepted_once_is_told_again_at_every_limit() {
    let provider = Provider::playing([Script::stream().tokens(&["one "]).hang()]).await;
    let server = Setup::with(&provider)
        .env("PARLOR_LIMITS_RUNNING_ANSWERS", "1")
        .env("PARLOR_LIMITS_MESSAGES_PER_MINUTE", "1")
        .start()
        .await;
    let alice = server.user("alice");
    let (mut client, chat) = Client::in_new_chat(&server, &alice).await;
    let message = json!({"type": "message", "data": {"message": "Hi", "clientId": "c-1"}});
    client.send(message.clone()).await;
    let accepted = client.expect("user_message").await;
    client.expect("assistant_message_start").await;
    drop(client);
    let mut back = Client::join(&server, &alice).await;
    back.look_at(&chat).await;
    back.send(message).await;
    let again = back.until("user_message").await;
    assert_eq!(again["messageId"], accepted["messageId"], "{again}");
    back.settled().await;
    back.send(json!({"type": "message", "data": {"message": "Hi", "clientId": "c-2"}}))
        .await;
    assert_limited(&back.error().await, "too_many_messages");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bytes_per_minute_are_limited_per_user_over_both_dialects() {
    let answer = Script::stream().tokens(&["one"]).hang();
    let provider = Provider::playing([answer]).await;
    let server = Setup::with(&provider)
        .env("PARLOR_LIMITS_BYTES_PER_MINUTE", "60000")
        .start()
        .await;
    let alice = server.user("alice");
    let (mut client, chat) = Client::in_new_chat(&server, &alice).await;
    client.say(&"a".repeat(40_000)).await;
    client.expect("assistant_message_start").await;
    client.tokens_until("one").await;
    let mut events = Events::open(&server, &alice).await;
    let long = json!({"content": "b".repeat(40_000)});
    events.send(Some("long"), "USER_MESSAGE", long).await;
    let error = events.expect_frame("ERROR").await;
    assert_eq!(error["metadata"]["requestId"], "long");
    assert_limited(&error["data"], "too_many_bytes");
    let wait = error["data"]["retryAfter"].as_u64();
    assert!(
        wait > Some(10_000) && wait < Some(30_000),
        "as long as 20,000 bytes and a bit take to come back: {error}"
    );
    client
        .send(json!({"type": "update_chat", "ref": "u", "data": {
            "chatId": chat, "systemPrompt": "c".repeat(30_000),
        }}))
        .await;
    assert_limited(&client.error().await, "too_many_bytes");
    events
        .send(None, "USER_MESSAGE", json!({"content": "short"}))
        .await;
    events.expect("AI_THINKING").await;
    client.send(json!({"type": "stop", "data": {}})).await;
    client.expect("assistant_message_complete").await;
    let (mut bob, _) = Client::in_new_chat(&server, &server.user("bob")).await;
    bob.ask(&"d".repeat(40_000)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_stops_and_reads_passes_when_the_bytes_are_used_up() {
    let answer = Script::stream().tokens(&["one"]).hang();
    let provider = Provider::playing([answer]).await;
    let server = Setup::with(&provider)
        .env("PARLOR_LIMITS_BYTES_PER_MINUTE", "60")
        .start()
        .await;
    let mut events = Events::open(&server, &server.user("alice")).await;
    // More than the limit, by one who has used nothing of it.
    events.say(&"a".repeat(600)).await;
    events.expect("AI_MESSAGE_START").await;
    events.chunks_until("one").await;
    events
        .send(None, "USER_MESSAGE", json!({"content": "more"}))
        .await;
    assert_limited(&events.error().await, "too_many_bytes");
    assert!(events.settled().await.is_empty(), "a ping is answered");
    events.send(None, "LIST_OBJECTIVES", json!({})).await;
    events.expect("OBJECTIVES").await;
    events.send(None, "STOP_GENERATION", json!({})).await;
    let end = events.expect("AI_MESSAGE_END").await;
    assert_eq!(end["stopReason"], "user_cancelled");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn zero_means_no_limit() {
    let provider =
        Provider::playing((0..12).map(|_| Script::stream().tokens(&["one "]).hang())).await;
    let server = Setup::with(&provider)
        .env("PARLOR_LIMITS_MESSAGES_PER_MINUTE", "0")
        .env("PARLOR_LIMITS_BYTES_PER_MINUTE", "0")
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
