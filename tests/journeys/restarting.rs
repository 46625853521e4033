//! The end of the process, asked for or not, loses no word.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::support::{Client, Provider, Script, Setup, client::text};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sigterm_drains() {
    let provider = Provider::playing([Script::stream().tokens(&["one ", "two "]).hang()]).await;
    let server = Setup::with(&provider).start().await;
    let alice = server.user("alice");
    let (mut client, chat) = Client::in_new_chat(&server, &alice).await;
    let mut idle = Client::join(&server, &alice).await;
    client.say("count").await;
    client.expect("assistant_message_start").await;
    client.tokens_until("one two ").await;

    let asked = Instant::now();
    server.signal("TERM");
    assert_eq!(
        client.closed().await,
        1001,
        "clients are told (`1001 going away`)"
    );
    assert!(
        client.heard.concat().contains("\"draining\""),
        "`draining` comes before close 1001"
    );
    assert_eq!(idle.closed().await, 1001, "all of them");
    let (status, setup) = server.ended().await;
    let took = asked.elapsed();
    assert_eq!(status.code(), Some(0), "the process ends with status 0");
    assert!(
        took < Duration::from_secs(5),
        "within 5 s; it took {took:?}"
    );
    provider.aborted(0).await;

    let server = setup.start().await;
    let joined = Client::join(&server, &alice).await.look_at(&chat).await;
    let answer = &joined["messages"][1];
    assert_eq!(
        text(answer, "status"),
        "interrupted",
        "running answers are saved as interrupted"
    );
    assert_eq!(text(answer, "content"), "one two ", "with their text");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_reconnects_after_a_drain_finds_its_place() {
    let scripts = [
        Script::text(&["first"]),
        Script::stream().tokens(&["one ", "two "]).hang(),
        Script::text(&["three"]),
    ];
    let provider = Provider::playing(scripts).await;
    let server = Setup::with(&provider).start().await;
    let alice = server.user("alice");
    let (mut client, chat) = Client::in_new_chat(&server, &alice).await;
    client
        .send(json!({"type": "watch_chats", "data": {"since": 0}}))
        .await;
    let list = client.expect("chats").await;
    let epoch = client.look_at(&chat).await["epoch"].clone();
    client
        .send(json!({"type": "message", "data": {"message": "Hi"}}))
        .await;
    client.until("assistant_message_complete").await;
    client
        .send(json!({"type": "message", "data": {"message": "count"}}))
        .await;
    let start = client.until("assistant_message_start").await;
    let (mut token, mut told) = (json!({}), String::new());
    while told != "one two " {
        token = client.until("assistant_message_token").await;
        told.push_str(text(&token, "token"));
    }
    server.signal("TERM");
    assert_eq!(client.closed().await, 1001);
    let (_, setup) = server.ended().await;
    let server = setup.start().await;

    let mut again = Client::join(&server, &alice).await;
    let since = json!({"since": list["revision"], "epoch": list["epoch"]});
    again
        .send(json!({"type": "watch_chats", "data": since}))
        .await;
    let changes = again.expect("chats").await;
    assert_eq!(
        (&changes["whole"], &changes["running"]),
        (&json!(false), &json!([])),
        "the list goes on where it was"
    );
    let had = json!({
        "epoch": epoch, "revision": start["revision"],
        "messageId": start["messageId"], "seq": token["seq"],
    });
    let join = json!({"chatId": chat, "resume": had});
    again.send(json!({"type": "join_chat", "data": join})).await;
    let joined = again.expect("chat_joined").await;
    assert_eq!(joined["resumed"], true, "and so does the chat");
    let messages = joined["messages"].as_array().expect("messages");
    let [answer] = messages.as_slice() else {
        panic!("the interrupted answer alone, not {joined}");
    };
    assert_eq!(answer["status"], "interrupted");
    assert_eq!(answer["content"], "one two ", "with all that was told");
    let go_on = json!({"messageId": answer["messageId"]});
    again.send(json!({"type": "continue", "data": go_on})).await;
    let end = again.until("assistant_message_complete").await;
    assert_eq!(text(&end, "content"), "one two three");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ctrl_c_drains_too_even_with_a_client_that_does_not_read() {
    let piece = "0123456789abcdef".repeat(1024);
    let script = Script::text(&vec![piece.as_str(); 512]);
    let provider = Provider::playing([script]).await;
    let server = Setup::with(&provider).start().await;
    let (mut deaf, _) = Client::in_new_chat(&server, &server.user("alice")).await;
    deaf.say("More than the sockets hold").await;
    provider.wait(0, |asked| asked.ended).await;
    let asked = Instant::now();
    server.signal("INT");
    let (status, _) = server.ended().await;
    let took = asked.elapsed();
    assert_eq!(status.code(), Some(0), "SIGTERM and ctrl-c drain");
    assert!(
        took < Duration::from_secs(5),
        "the process ends within 5 s, not after {took:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_server_keeps_the_message_and_nearly_all_of_the_answer() {
    const PACE: Duration = Duration::from_millis(10);
    /// The checkpoint comes about every 100 ms; the rest is for a loaded machine.
    const MAY_BE_MISSING: Duration = Duration::from_millis(500);
    let words: Vec<String> = (0..2000).map(|number| format!("w{number} ")).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let provider = Provider::playing([Script::stream().paced(&words, PACE).end()]).await;
    let server = Setup::with(&provider).start().await;
    let alice = server.user("alice");
    let (mut client, chat) = Client::in_new_chat(&server, &alice).await;
    let said = client.say("count").await;
    client.expect("assistant_message_start").await;
    let mut heard = String::new();
    while heard.split_whitespace().count() < 150 {
        heard.push_str(text(
            &client.expect("assistant_message_token").await,
            "token",
        ));
    }

    let server = server.kill().await.start().await;
    let joined = Client::join(&server, &alice).await.look_at(&chat).await;
    assert_eq!(
        joined["messages"][0]["messageId"], said["messageId"],
        "`user_message` is sent only once durable"
    );
    let answer = &joined["messages"][1];
    assert_eq!(
        text(answer, "status"),
        "interrupted",
        "at start-up a sweep marks unfinished turns"
    );
    let kept = text(answer, "content");
    assert!(
        words.concat().starts_with(kept),
        "the text kept is a prefix of the answer: {kept:?}"
    );
    let missing = heard
        .split_whitespace()
        .count()
        .saturating_sub(kept.split_whitespace().count());
    let allowed = MAY_BE_MISSING.as_millis() / PACE.as_millis();
    assert!(
        missing as u128 <= allowed,
        "a checkpoint about every 100 ms: {missing} words of {PACE:?} each are missing"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_is_durable_when_it_is_acknowledged() {
    let provider = Provider::playing([Script::mute()]).await;
    let server = Setup::with(&provider).start().await;
    let alice = server.user("alice");
    let (mut client, chat) = Client::in_new_chat(&server, &alice).await;
    client.say("Remember this").await;
    let server = server.kill().await.start().await;
    let joined = Client::join(&server, &alice).await.look_at(&chat).await;
    assert_eq!(
        text(&joined["messages"][0], "content"),
        "Remember this",
        "killed right after `user_message`"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_interrupted_answer_can_be_continued() {
    let scripts = [
        Script::stream().tokens(&["one ", "two "]).hang(),
        Script::text(&["three"]),
    ];
    let provider = Provider::playing(scripts).await;
    let server = Setup::with(&provider).start().await;
    let alice = server.user("alice");
    let (mut client, chat) = Client::in_new_chat(&server, &alice).await;
    client.say("count").await;
    client.expect("assistant_message_start").await;
    client.tokens_until("one two ").await;
    let server = server.stop().await.start().await;
    let mut client = Client::join(&server, &alice).await;
    let joined = client.look_at(&chat).await;
    let message = joined["messages"][1]["messageId"].clone();
    client
        .send(json!({"type": "continue", "data": {"messageId": message}}))
        .await;
    let end = client.until("assistant_message_complete").await;
    assert_eq!(
        text(&end, "content"),
        "one two three",
        "an interrupted answer can be gone on with"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_server_on_the_same_data_does_not_sweep_a_running_answer() {
    let provider = Provider::playing([Script::stream().tokens(&["one "]).hang()]).await;
    let server = Setup::with(&provider).start().await;
    let alice = server.user("alice");
    let (mut client, _) = Client::in_new_chat(&server, &alice).await;
    client.say("count").await;
    client.expect("assistant_message_start").await;
    client.tokens_until("one ").await;
    let refused = server.setup().clone().refused();
    assert!(
        !refused.status.success(),
        "one server owns a data directory"
    );
    client.send(json!({"type": "stop", "data": {}})).await;
    let end = client.expect("assistant_message_complete").await;
    assert_eq!(text(&end, "status"), "stopped", "and its answers go on");
}
