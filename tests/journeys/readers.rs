//! Readers that stop reading: they cost the others nothing and hold no queue, and when they read on
//! they lack nothing.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::support::{Client, Gate, Provider, Script, Setup, client::text};

/// One packet of the provider: more than one frame of the server is to have.
const PIECE: usize = 128 * 1024;

/// A chat as a client holds it that only ever read its frames.
#[derive(Default)]
struct Seen {
    messages: BTreeMap<String, String>,
    ended: Vec<String>,
    longest_token: usize,
}

impl Seen {
    fn take(&mut self, frame: &Value) {
        let data = &frame["data"];
        match text(frame, "type") {
            "user_message" => {
                let known = self
                    .messages
                    .insert(id(data), text(data, "content").to_owned());
                assert_eq!(known, None, "no message twice");
            }
            "assistant_message_start" => {
                let known = self.messages.insert(id(data), String::new());
                assert_eq!(known, None, "no answer twice");
            }
            "assistant_message_token" => {
                let token = text(data, "token");
                self.longest_token = self.longest_token.max(token.len());
                let answer = self.messages.get_mut(&id(data)).expect("it has begun");
                answer.push_str(token);
            }
            "assistant_message_complete" => {
                let content = text(data, "content");
                assert!(
                    self.messages[&id(data)] == content,
                    "the tokens are the text"
                );
                self.ended.push(id(data));
            }
            _ => {}
        }
    }
}

fn id(data: &Value) -> String {
    text(data, "messageId").to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_stops_reading_holds_no_queue_and_then_gets_every_word() {
    let gate = Gate::new();
    let piece = "word ".repeat(PIECE / 5);
    let script = Script::stream()
        .tokens(&["begun "])
        .gate(&gate)
        .tokens(&vec![piece.as_str(); 96])
        .end();
    let provider = Provider::playing([script]).await;
    let server = Setup::with(&provider).start().await;
    let alice = server.user("alice");
    let (mut client, chat) = Client::in_new_chat(&server, &alice).await;
    let mut stalled = Vec::new();
    for _ in 0..50 {
        let mut reader = Client::join(&server, &alice).await;
        reader.look_at(&chat).await;
        stalled.push(reader);
    }
    client.say("A long one").await;
    let start = client.expect("assistant_message_start").await;
    client.tokens_until("begun ").await;
    let before = server.memory_mib();
    gate.open();
    let answer = client.rest_of_answer(start, "begun ").await;
    let whole = text(&answer.end, "content").len();
    assert!(whole > 12_000_000, "an answer of {whole} bytes");
    let grown = server.memory_mib().saturating_sub(before);
    println!("50 stalled readers of {whole} bytes took {grown} MiB");
    // The answer itself is there a few times while it is saved and told. A queue for each of the
    // fifty would be 600 MiB.
    assert!(grown < 250, "50 readers that stopped took {grown} MiB");
    let mut late = stalled.pop().expect("one of them");
    let mut seen = Seen::default();
    while seen.ended.is_empty() {
        seen.take(&late.next().await);
    }
    assert!(
        seen.longest_token < 300 * 1024,
        "nor does one frame hold all that was missed: {} bytes",
        seen.longest_token
    );
    let (mut other, _) = Client::in_new_chat(&server, &server.user("bob")).await;
    other.ask("Is anybody there?").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_stalled_reader_missed_of_the_feed_comes_from_the_store_and_nothing_else() {
    let long = "0123456789abcdef".repeat(1024);
    let scripts = [
        Script::text(&vec![long.as_str(); 640]),
        Script::text(&["the second"]),
        Script::text(&["the third"]),
    ];
    let provider = Provider::playing(scripts).await;
    let server = Setup::with(&provider).start().await;
    let alice = server.user("alice");
    let (mut client, chat) = Client::in_new_chat(&server, &alice).await;
    let mut stalled = Client::join(&server, &alice).await;
    stalled
        .send(json!({"type": "watch_chats", "data": {"since": 0}}))
        .await;
    stalled.expect("chats").await;
    stalled.look_at(&chat).await;
    client.ask("More than the sockets hold").await;
    client.ask("And then?").await;
    let mut busy = Client::join(&server, &alice).await;
    for id in ["busy", "gone"] {
        busy.send(json!({"type": "create_chat", "data": {"chatId": id}}))
            .await;
        busy.expect("chat_created").await;
    }
    busy.send(json!({"type": "delete_chat", "data": {"chatId": "gone"}}))
        .await;
    busy.expect("chat_deleted").await;
    // More than the feed remembers: the stalled one falls off its end.
    for number in 0..400 {
        let data = json!({"chatId": "busy", "title": format!("Title {number}")});
        busy.send(json!({"type": "update_chat", "data": data}))
            .await;
        busy.expect("chat_updated").await;
    }
    client.ask("Still there?").await;

    let (mut seen, mut lists) = (Seen::default(), Vec::new());
    while seen.ended.len() < 3 || lists.is_empty() {
        let frame = stalled.next().await;
        seen.take(&frame);
        match text(&frame, "type") {
            "chats" => lists.push(frame["data"].clone()),
            "chat_joined" => panic!("the branch never moved: no snapshot, but {frame}"),
            _ => {}
        }
    }
    assert_eq!(seen.messages.len(), 6, "three questions and three answers");
    let [list] = lists.as_slice() else {
        panic!("one list of changes, not {lists:?}");
    };
    assert_eq!(list["whole"], false, "only what changed");
    assert_eq!(list["removed"], json!(["gone"]), "deletions are tombstones");
    let chats = list["chats"].as_array().expect("chats");
    let busy = chats.iter().find(|chat| chat["chatId"] == "busy");
    assert_eq!(busy.expect("it changed")["title"], "Title 399");
    let rest = stalled.settled().await;
    let joined = stalled.look_at(&chat).await;
    let whole: Vec<_> = joined["messages"]
        .as_array()
        .expect("messages")
        .iter()
        .collect();
    assert_eq!(whole.len(), 6, "after {rest:?}");
    for message in whole {
        let shown = &seen.messages[text(message, "messageId")];
        assert!(
            shown == text(message, "content"),
            "it is what the database holds"
        );
    }
}
