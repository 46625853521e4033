//! More than anyone can mean: the server stays up, memory stays bounded, others are served.

use serde_json::json;
use tokio_tungstenite::tungstenite::Message;

use crate::support::{Client, DEADLINE, Provider, Server, Setup, http};

/// Generous for a debug build; a queue without a bound would be far beyond it.
const MOST_MIB: u64 = 160;
const FRAMES: usize = 10_000;

async fn others_are_served(server: &Server) {
    let (mut client, _) = Client::in_new_chat(server, &server.user("bob")).await;
    client.ask("Hello").await;
    assert_eq!(
        http::get(server, "/healthz").await.status,
        200,
        "the server stays up"
    );
    let memory = server.memory_mib();
    assert!(memory < MOST_MIB, "memory stays bounded: {memory} MiB");
}

/// Writes as fast as the server takes them, up to [`FRAMES`], without reading.
async fn pour(client: &mut Client, frame: &str) {
    for number in 0..FRAMES {
        // The server may stop reading, or close: both are answers to a flood.
        let sent = tokio::time::timeout(DEADLINE / 10, client.feed(Message::text(frame)));
        if !matches!(sent.await, Ok(true)) {
            assert!(number > 0, "the first frames are taken");
            return;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_pings_from_a_client_that_does_not_read() {
    let provider = Provider::start().await;
    let server = Setup::with(&provider).start().await;
    let mut client = Client::join(&server, &server.user("alice")).await;
    let frame =
        json!({"type": "ping", "ref": "r".repeat(100), "data": {"timestamp": 7}}).to_string();
    pour(&mut client, &frame).await;
    others_are_served(&server).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_frames_of_nonsense() {
    let provider = Provider::start().await;
    let server = Setup::with(&provider).start().await;
    let mut client = Client::join(&server, &server.user("alice")).await;
    let frame = json!({"type": "nonsense", "data": {"x": "y".repeat(1000)}}).to_string();
    pour(&mut client, &frame).await;
    others_are_served(&server).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_frames_before_signing_in() {
    let provider = Provider::start().await;
    let server = Setup::with(&provider).start().await;
    let mut client = Client::open(&server).await;
    pour(
        &mut client,
        &json!({"type": "message", "data": {"message": "Hi"}}).to_string(),
    )
    .await;
    others_are_served(&server).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_messages_and_nothing_acknowledged_is_lost() {
    let provider = Provider::start().await;
    let server = Setup::with(&provider).start().await;
    let alice = server.user("alice");
    let (mut client, chat) = Client::in_new_chat(&server, &alice).await;
    pour(
        &mut client,
        &json!({"type": "message", "data": {"message": "Hi"}}).to_string(),
    )
    .await;
    others_are_served(&server).await;
    drop(client);
    let server = server.kill().await.start().await;
    let mut client = Client::join(&server, &alice).await;
    let joined = client.look_at(&chat).await;
    let kept = joined["messages"].as_array().map_or(0, Vec::len);
    assert!(kept > 0, "nothing stored is lost");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_connections_of_one_person_take_little() {
    let server = Setup::new().start().await;
    let alice = server.user("alice");
    let before = server.memory_mib();
    let mut clients = Vec::new();
    for _ in 0..200 {
        clients.push(Client::join(&server, &alice).await);
    }
    let grown = server.memory_mib().saturating_sub(before);
    assert!(
        grown < 24,
        "a read buffer of 1 to 4 KiB: 200 connections took {grown} MiB"
    );
    for client in &mut clients {
        client.settled().await;
    }
}
