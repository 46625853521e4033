//! `STOP_GENERATION` ends answers at once, here and at the provider.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::{Client, Provider, Script, Server, Setup, client::text, events::Events};

fn endless() -> Script {
    Script::stream().tokens(&["one ", "two "]).hang()
}

async fn with(scripts: impl IntoIterator<Item = Script>) -> (Provider, Server) {
    let provider = Provider::playing(scripts).await;
    let server = Setup::with(&provider).start().await;
    (provider, server)
}

/// Asks for an answer that hangs after its first words; gives its start.
async fn hanging(client: &mut Events, id: Option<&str>, chat: Option<&str>) -> Value {
    let data = json!({"content": "count", "context": {"chatId": chat}});
    client.send(id, "USER_MESSAGE", data).await;
    client.expect("AI_THINKING").await;
    let start = client.expect("AI_MESSAGE_START").await;
    client.chunks_until("one two ").await;
    start
}

fn assert_cancelled(end: &Value) {
    assert_eq!(
        (&end["isComplete"], &end["stopReason"], &end["content"]),
        (&false.into(), &"user_cancelled".into(), &"one two ".into()),
        "{end}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stop_ends_the_answer_and_aborts_the_request_within_100_ms() {
    const TRIES: usize = 5;
    let (provider, server) = with((0..TRIES).map(|_| endless())).await;
    let mut client = Events::open(&server, &server.user("alice")).await;
    let mut best = Duration::MAX;
    for attempt in 0..TRIES {
        let id = format!("asked-{attempt}");
        let start = hanging(&mut client, Some(&id), None).await;
        // By the answer's id, by that of the request, and by neither.
        let named = match attempt % 3 {
            0 => json!({"messageId": start["messageId"]}),
            1 => json!({"messageId": id}),
            _ => json!({}),
        };
        let sent = Instant::now();
        client.send(None, "STOP_GENERATION", named).await;
        let answer = client.rest(start, "one two ").await;
        assert_cancelled(&answer.end);
        best = best.min(provider.aborted(attempt).await.duration_since(sent));
    }
    assert!(
        best < Duration::from_millis(100),
        "the request to the model provider is aborted within 100 ms, it took {best:?} at best"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stop_without_an_id_ends_all_of_the_connection_and_no_others() {
    let (provider, server) = with([endless(), endless(), endless()]).await;
    let alice = server.user("alice");
    let (_, chat) = Client::in_new_chat(&server, &alice).await;
    let mut other = Events::open(&server, &alice).await;
    hanging(&mut other, None, None).await;
    let mut client = Events::open(&server, &alice).await;
    hanging(&mut client, None, None).await;
    hanging(&mut client, None, Some(&chat)).await;
    client.send(None, "STOP_GENERATION", json!({})).await;
    for _ in 0..2 {
        assert_cancelled(&client.expect("AI_MESSAGE_END").await);
    }
    provider.aborted(1).await;
    provider.aborted(2).await;
    assert_eq!(
        other.settled().await,
        Vec::<Value>::new(),
        "the other connection's goes on"
    );
    assert!(provider.asked(0).await.aborted.is_none());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stop_before_the_first_word_has_a_start_and_an_end() {
    let (provider, server) = with([Script::mute()]).await;
    let mut client = Events::open(&server, &server.user("alice")).await;
    client.say("count").await;
    provider.asked(0).await;
    client.send(None, "STOP_GENERATION", json!({})).await;
    let answer = client.answer().await;
    assert_eq!(answer.end["stopReason"], "user_cancelled");
    provider.aborted(0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stop_right_behind_the_question_stops_it() {
    let (_provider, server) = with([endless()]).await;
    let mut client = Events::open(&server, &server.user("alice")).await;
    client
        .send(Some("q"), "USER_MESSAGE", json!({"content": "count"}))
        .await;
    client
        .send(None, "STOP_GENERATION", json!({"messageId": "q"}))
        .await;
    client.expect("AI_THINKING").await;
    let answer = client.answer().await;
    assert_eq!(answer.end["stopReason"], "user_cancelled");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_that_waits_for_its_turn_is_stopped_too() {
    let (provider, server) = with([endless()]).await;
    let mut client = Events::open(&server, &server.user("alice")).await;
    let start = hanging(&mut client, None, None).await;
    client
        .send(
            Some("second"),
            "USER_MESSAGE",
            json!({"content": "and then?"}),
        )
        .await;
    client.expect("AI_THINKING").await;
    client
        .send(None, "STOP_GENERATION", json!({"messageId": "second"}))
        .await;
    assert_eq!(
        client.settled().await,
        Vec::<Value>::new(),
        "the first goes on"
    );
    client.send(None, "STOP_GENERATION", json!({})).await;
    assert_cancelled(&client.rest(start, "one two ").await.end);
    let second = client.answer().await;
    assert_eq!(second.end["stopReason"], "user_cancelled");
    assert_eq!(
        provider.requests().len(),
        1,
        "the model never heard of the second"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stopping_nothing_harms_nothing_and_strangers_stop_nothing() {
    let (provider, server) = with([endless()]).await;
    let mut client = Events::open(&server, &server.user("alice")).await;
    client.send(None, "STOP_GENERATION", json!({})).await;
    assert_eq!(
        client.settled().await,
        Vec::<Value>::new(),
        "nothing to stop is no error"
    );
    let start = hanging(&mut client, None, None).await;
    let mut stranger = Events::open(&server, &server.user("mallory")).await;
    let mut errors = Vec::new();
    for id in [
        text(&start, "messageId"),
        "message-of-nobody",
        "no id at all/",
    ] {
        stranger
            .send(None, "STOP_GENERATION", json!({"messageId": id}))
            .await;
        errors.push(stranger.error().await);
    }
    assert!(
        errors.iter().all(|error| *error == errors[0]),
        "all alike: {errors:?}"
    );
    assert_eq!(errors[0]["code"], "INVALID_MESSAGE");
    assert_eq!(
        client.settled().await,
        Vec::<Value>::new(),
        "and it goes on"
    );
    assert!(provider.asked(0).await.aborted.is_none());
}
