//! `/metrics`: what an operator sees of messages, answers and errors, and that nobody is named.

use std::collections::HashMap;

use serde_json::json;

use crate::support::{
    Client, Gate, Provider, Script, Server, Setup, client::text, events::Events, http,
    piano::generated, piano::piano,
};

/// The samples by their name with its labels, read as Prometheus reads them.
struct Metrics {
    samples: HashMap<String, f64>,
    body: String,
}

impl Metrics {
    async fn of(server: &Server) -> Self {
        let body = http::get(server, "/metrics").await.body;
        let mut samples = HashMap::new();
        let mut kinds = HashMap::new();
        for line in body.lines() {
            if let Some(kind) = line.strip_prefix("# TYPE ") {
                let (name, kind) = kind.split_once(' ').expect("a name and a type");
                assert!(
                    ["counter", "gauge", "histogram"].contains(&kind),
                    "{line:?}"
                );
                assert_eq!(kinds.insert(name, kind), None, "{name} is declared once");
                continue;
            }
            if line.starts_with("# HELP ") {
                continue;
            }
            let (name, value) = line.rsplit_once(' ').expect("a sample has a value");
            let bare = name.split('{').next().expect("a first part");
            let family = ["_bucket", "_sum", "_count"]
                .iter()
                .find_map(|end| bare.strip_suffix(end))
                .filter(|family| kinds.get(family) == Some(&"histogram"));
            assert!(
                kinds.contains_key(family.unwrap_or(bare)),
                "{line:?} has no type"
            );
            let value = value.parse().expect("a sample's value is a number");
            let twice = samples.insert(name.to_owned(), value);
            assert_eq!(twice, None, "{name} is there once");
        }
        let metrics = Self { samples, body };
        metrics.assert_histograms();
        metrics
    }

    /// Buckets only grow, and the last one is the count.
    fn assert_histograms(&self) {
        let mut last: Option<(String, f64)> = None;
        for line in self.body.lines().filter(|line| line.contains("_bucket{")) {
            let (name, value) = line.rsplit_once(' ').expect("a value");
            let value: f64 = value.parse().expect("a number");
            let (series, bound) = name.split_once("le=\"").expect("a bucket has a bound");
            if let Some((before, smaller)) = last.take().filter(|(before, _)| before == series) {
                assert!(smaller <= value, "{line:?} after {smaller} in {before}");
            }
            if bound.starts_with("+Inf") {
                let count = series.replace("_bucket{", "_count{");
                let count = match count.strip_suffix('{') {
                    Some(bare) => bare.to_owned(),
                    None => format!("{}}}", count.trim_end_matches(',')),
                };
                assert_eq!(self.get(&count), value, "{series}");
            } else {
                last = Some((series.to_owned(), value));
            }
        }
    }

    fn get(&self, name: &str) -> f64 {
        let value = self.samples.get(name);
        *value.unwrap_or_else(|| panic!("no {name} in:\n{}", self.body))
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answers_are_counted_and_timed_by_how_they_ended() {
    let gate = Gate::new();
    let provider = Provider::playing([
        Script::stream().gate(&gate).tokens(&["one ", "two"]).end(),
        Script::text(&["A title"]),
        Script::stream().tokens(&["so far"]).hang(),
        Script::refused(401, "Incorrect API key provided"),
        piano(),
    ])
    .await;
    let server = Setup::with(&provider)
        .without("PARLOR_CHAT_AUTO_TITLE")
        .start()
        .await;
    let alice = server.user("alice");
    let mut client = Events::open(&server, &alice).await;
    client.say("Hi").await;
    provider.asked(0).await;
    let held = std::time::Duration::from_millis(60);
    tokio::time::sleep(held).await;
    gate.open();
    client.answer().await;
    provider.asked(1).await;
    client.say("stop this one").await;
    client.expect("AI_MESSAGE_START").await;
    client.chunks_until("so far").await;
    client.send(None, "STOP_GENERATION", json!({})).await;
    client.until("AI_MESSAGE_END").await;
    client.say("this one fails").await;
    assert_eq!(text(&client.error().await, "reason"), "key_refused");
    client.send(None, "USER_MESSAGE", json!({})).await;
    client.error().await;
    generated(&mut client).await;

    let metrics = Metrics::of(&server).await;
    for (name, value) in [
        ("parlor_connections", 1.0),
        ("parlor_connections_total", 1.0),
        ("parlor_reconnections_total", 0.0),
        ("parlor_messages_total", 3.0),
        ("parlor_message_latency_seconds_count", 3.0),
        ("parlor_first_token_seconds_count", 2.0),
        ("parlor_answer_seconds_count{outcome=\"complete\"}", 1.0),
        ("parlor_answer_seconds_count{outcome=\"stopped\"}", 1.0),
        ("parlor_answer_seconds_count{outcome=\"failed\"}", 1.0),
        ("parlor_objective_seconds_count{outcome=\"complete\"}", 1.0),
        ("parlor_errors_total{code=\"GENERATION_FAILED\"}", 1.0),
        ("parlor_errors_total{code=\"INVALID_MESSAGE\"}", 1.0),
        ("parlor_errors_total{code=\"RATE_LIMIT\"}", 0.0),
        ("parlor_answers_running", 0.0),
        ("parlor_objectives_making", 0.0),
        ("parlor_frame_received_bytes_count", 6.0),
    ] {
        assert_eq!(metrics.get(name), value, "{name} in:\n{}", metrics.body);
    }
    assert!(
        metrics.get("parlor_first_token_seconds_sum") >= held.as_secs_f64(),
        "the model was silent that long: {}",
        metrics.body
    );
    assert!(metrics.get("parlor_message_latency_seconds_sum") > 0.0);
    assert!(metrics.get("parlor_frame_sent_bytes_sum") > 1_000.0);
    assert!(metrics.samples.contains_key("parlor_store_queue"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_waits_and_who_comes_back_is_counted() {
    let provider = Provider::playing([Script::stream().tokens(&["one"]).hang()]).await;
    let server = Setup::with(&provider).start().await;
    let alice = server.user("alice");
    let (mut client, chat) = Client::in_new_chat(&server, &alice).await;
    client.say("first").await;
    client.expect("assistant_message_start").await;
    client.tokens_until("one").await;
    for _ in 0..2 {
        client.say("and then?").await;
    }
    let metrics = Metrics::of(&server).await;
    assert_eq!(metrics.get("parlor_answers_running"), 3.0);
    assert_eq!(metrics.get("parlor_answers_waiting"), 2.0);
    let joined = client.look_at(&chat).await;
    drop(client);
    let mut back = Client::join(&server, &alice).await;
    let resume = json!({"epoch": joined["epoch"], "revision": joined["revision"]});
    for _ in 0..2 {
        let data = json!({"chatId": chat, "resume": resume});
        back.send(json!({"type": "join_chat", "data": data})).await;
        back.until("chat_joined").await;
    }
    let metrics = Metrics::of(&server).await;
    assert_eq!(metrics.get("parlor_reconnections_total"), 1.0, "once each");
    assert_eq!(metrics.get("parlor_connections_total"), 2.0);
    for name in [
        &alice.id,
        "alice",
        &chat,
        text(&joined["running"], "messageId"),
    ] {
        assert!(!metrics.body.contains(name), "nobody is named: {name}");
    }
}
