//! A disk that is full: who asks is told so, the server goes on and says that it is not well, and
//! when there is room again everything that was accepted is there and new things are accepted.

use std::time::Instant;

use serde_json::{Value, json};

use super::health;
use crate::support::{
    Client, DEADLINE, Gate, Provider, Script, Setup,
    client::{assert_error, text},
    small_disk::SmallDisk,
};

/// Beyond this many messages a full disk is not full.
const SURELY_FULL: usize = 400;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_loses_nothing_that_was_accepted() {
    full_disk(SmallDisk::mounted).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_limit_on_files_is_a_full_disk() {
    full_disk(SmallDisk::limited).await;
}

async fn full_disk(make: impl FnOnce(Setup) -> (SmallDisk, Setup)) {
    let gate = Gate::new();
    let script = Script::stream()
        .tokens(&["one ", "two "])
        .gate(&gate)
        .tokens(&["three"])
        .end();
    let provider = Provider::playing([script]).await;
    let setup = Setup::with(&provider)
        .env("PARLOR_LIMITS_MESSAGES_PER_MINUTE", "0")
        .env("PARLOR_LIMITS_RUNNING_ANSWERS", "0");
    let (disk, setup) = make(setup);
    let server = setup.start().await;
    let alice = server.user("alice");
    let (mut counting, counted) = Client::in_new_chat(&server, &alice).await;
    counting.say("count").await;
    counting.expect("assistant_message_start").await;
    counting.tokens_until("one two ").await;

    let (mut client, chat) = Client::in_new_chat(&server, &alice).await;
    disk.fill(&server);
    let mut accepted = Vec::new();
    let refused = loop {
        assert!(accepted.len() < SURELY_FULL, "a full disk takes nothing");
        let name = format!("c-{}", accepted.len());
        match say(&mut client, &name).await {
            Ok(()) => accepted.push(name),
            Err(error) => break (name, error),
        }
    };
    let (name, error) = refused;
    assert_error(&error);
    assert_eq!(
        (text(&error, "code"), text(&error, "reason")),
        ("SERVER_ERROR", "store_failed"),
        "{error}"
    );
    assert_eq!(error["retryable"], true, "{error}");
    let words = text(&error, "message");
    assert!(
        words.contains("disk") && words.contains("again"),
        "it says what happened and what to do: {words}"
    );
    health::until(&server, 503).await;
    // An answer that ends while nothing can be saved waits for its end, and is not given up.
    gate.open();
    assert_eq!(
        text(&counting.until("assistant_message_token").await, "token"),
        "three",
        "a running answer goes on meanwhile"
    );
    let meanwhile = Client::join(&server, &alice).await.look_at(&counted).await;
    assert_eq!(text(&meanwhile["messages"][0], "content"), "count");
    tokio::time::sleep(std::time::Duration::from_secs(4)).await;

    disk.free(&server);
    health::until(&server, 200).await;
    let end = counting.until("assistant_message_complete").await;
    assert_eq!(
        (text(&end, "content"), text(&end, "status")),
        ("one two three", "complete"),
        "an answer that ended while the disk was full is whole"
    );
    say(&mut client, &name)
        .await
        .unwrap_or_else(|error| panic!("there is room again, yet: {error}"));
    accepted.push(name);
    let begun = Instant::now();
    while !all_there(
        &Client::join(&server, &alice).await.look_at(&chat).await,
        &accepted,
    ) {
        assert!(
            begun.elapsed() < DEADLINE,
            "every answer is saved in the end"
        );
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }

    let setup = server.kill().await;
    assert!(setup.cli(&["check"]).status.success(), "integrity_check");
    let server = setup.start().await;
    let mut client = Client::join(&server, &alice).await;
    assert!(all_there(&client.look_at(&chat).await, &accepted));
    let joined = client.look_at(&counted).await;
    assert_eq!(text(&joined["messages"][1], "content"), "one two three");
}

/// Says something under a client's id; what came instead of the acknowledgement.
async fn say(client: &mut Client, name: &str) -> Result<(), Value> {
    let frame = json!({"type": "message", "ref": name, "data": {
        "message": format!("{name} {}", "x".repeat(2000)), "clientId": name,
    }});
    client.send(frame).await;
    loop {
        let mut frame = client.next().await;
        if frame["ref"] == name {
            return match frame["type"].as_str() {
                Some("user_message") => Ok(()),
                _ => Err(frame["data"].take()),
            };
        }
    }
}

/// Whether each message is there once, in order, with its whole answer.
fn all_there(joined: &Value, accepted: &[String]) -> bool {
    let messages = joined["messages"].as_array().expect("messages");
    let (asked, answers): (Vec<&Value>, Vec<&Value>) = messages
        .iter()
        .partition(|message| message["role"] == "user");
    let names: Vec<&str> = asked.iter().map(|asked| text(asked, "clientId")).collect();
    assert_eq!(names, accepted, "each accepted message, once");
    let whole = |answer: &&&Value| answer["status"] == "complete";
    answers.iter().filter(whole).count() == accepted.len()
}
