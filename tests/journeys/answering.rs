//! A question and its answer on one connection, and what others of the same person see of it.

use std::time::Duration;

use serde_json::json;

use crate::support::{Client, Gate, Provider, Script, Setup, client::text};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn frames_are_handled_in_order() {
    let provider = Provider::start().await;
    let server = Setup::with(&provider).start().await;
    let alice = server.user("alice");
    let mut client = Client::open(&server).await;
    // Three frames at once, nothing awaited between them.
    client
        .send(json!({"type": "join_chat", "ref": "a", "data": {"token": alice.token}}))
        .await;
    client
        .send(json!({"type": "create_chat", "ref": "b", "data": {}}))
        .await;
    client
        .send(json!({"type": "message", "ref": "c", "data": {"message": "Hi"}}))
        .await;
    let reference = |frame: &serde_json::Value| frame["ref"].as_str().map(ToOwned::to_owned);
    let authenticated = client.expect_frame("authenticated").await;
    let created = client.expect_frame("chat_created").await;
    let said = client.expect_frame("user_message").await;
    assert_eq!(
        [
            reference(&authenticated),
            reference(&created),
            reference(&said)
        ],
        ["a", "b", "c"].map(|name| Some(name.to_owned())),
        "direct answers carry `ref` back, and frames of one connection are handled in order"
    );
    assert_eq!(
        said["data"]["chatId"], created["data"]["chatId"],
        "`create_chat` directly followed by `message` works"
    );
    client.answer().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_without_a_chat_makes_one_first() {
    let provider = Provider::start().await;
    let server = Setup::with(&provider).start().await;
    let mut client = Client::join(&server, &server.user("alice")).await;
    client
        .send(json!({"type": "message", "data": {"message": "Hi"}}))
        .await;
    let created = client.expect("chat_created").await;
    let said = client.expect("user_message").await;
    assert_eq!(
        said["chatId"], created["chatId"],
        "with none, the server creates one first and sends `chat_created`"
    );
    let answer = client.answer().await;
    assert_eq!(answer.end["chatId"], created["chatId"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tokens_come_as_the_provider_sends_them() {
    let gate = Gate::new();
    let script = Script::stream()
        .tokens(&["one "])
        .gate(&gate)
        .tokens(&["two"])
        .end();
    let provider = Provider::playing([script]).await;
    let server = Setup::with(&provider).start().await;
    let (mut client, chat) = Client::in_new_chat(&server, &server.user("alice")).await;
    client.say("count").await;
    let start = client.expect("assistant_message_start").await;
    assert_eq!(start["chatId"], chat.as_str());
    assert!(
        start["message"].is_string(),
        "the seed's `message` is kept in the start"
    );
    let first = client.expect("assistant_message_token").await;
    assert_eq!(
        first["token"], "one ",
        "a token is passed on before the next one exists"
    );
    gate.open();
    let answer = client.rest_of_answer(start, "one ").await;
    assert_eq!(text(&answer.end, "content"), "one two");
    assert_eq!(
        answer.end["model"], "custom/scripted",
        "a model is written provider/model"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn history_is_there_after_rejoining() {
    let provider = Provider::playing([Script::text(&["first"]), Script::text(&["second"])]).await;
    let server = Setup::with(&provider).start().await;
    let alice = server.user("alice");
    let (mut client, chat) = Client::in_new_chat(&server, &alice).await;
    client.ask("one?").await;
    client.ask("two?").await;
    assert_eq!(
        provider.asked(1).await.conversation(),
        ["user: one?", "assistant: first", "user: two?"],
        "the model is asked with the whole conversation, oldest first"
    );
    let mut again = Client::join(&server, &alice).await;
    let joined = again.look_at(&chat).await;
    let messages = joined["messages"].as_array().expect("messages");
    let lines: Vec<_> = messages
        .iter()
        .map(|m| (text(m, "role"), text(m, "content")))
        .collect();
    assert_eq!(
        lines,
        [
            ("user", "one?"),
            ("assistant", "first"),
            ("user", "two?"),
            ("assistant", "second")
        ],
        "`chat_joined` with the history, oldest first"
    );
    for message in messages {
        assert!(text(message, "timestamp").ends_with('Z') && message["messageId"].is_string());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_connections_of_a_person_see_the_same_answer() {
    let provider = Provider::playing([Script::text(&["a", "b", "c"])]).await;
    let server = Setup::with(&provider).start().await;
    let alice = server.user("alice");
    let (mut writer, chat) = Client::in_new_chat(&server, &alice).await;
    let mut reader = Client::join(&server, &alice).await;
    reader.look_at(&chat).await;
    writer
        .send(json!({"type": "message", "ref": "mine", "data": {"message": "Hi"}}))
        .await;
    let mine = writer.expect_frame("user_message").await;
    let theirs = reader.expect_frame("user_message").await;
    assert_eq!(
        mine["data"], theirs["data"],
        "`user_message` is sent to all who look at the chat"
    );
    assert_eq!(
        (&mine["ref"], &theirs["ref"]),
        (&json!("mine"), &json!(null)),
        "ref only to the writer"
    );
    let (here, there) = (writer.answer().await, reader.answer().await);
    assert_eq!(here.end, there.end, "both connections get the same answer");
    assert_eq!(here.text(), there.text());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_late_joiner_gets_the_whole_text() {
    let gate = Gate::new();
    let script = Script::stream()
        .tokens(&["one ", "two "])
        .gate(&gate)
        .tokens(&["three"])
        .end();
    let provider = Provider::playing([script]).await;
    let server = Setup::with(&provider).start().await;
    let alice = server.user("alice");
    let (mut early, chat) = Client::in_new_chat(&server, &alice).await;
    early.say("count").await;
    let early_start = early.expect("assistant_message_start").await;
    early.tokens_until("one two ").await;

    let mut late = Client::join(&server, &alice).await;
    let joined = late.look_at(&chat).await;
    assert_eq!(
        joined["running"]["messageId"], early_start["messageId"],
        "`running` names the answer being written"
    );
    assert_eq!(
        joined["messages"].as_array().map(Vec::len),
        Some(1),
        "the branch shown comes without the running answer: {joined}"
    );
    let start = late.expect("assistant_message_start").await;
    assert_eq!(start["seq"], 0, "0 but after a resume");
    gate.open();
    let answer = late.rest_of_answer(start, "").await;
    assert_eq!(
        text(&answer.end, "content"),
        "one two three",
        "who comes late gets all of it"
    );
    early.rest_of_answer(early_start, "one two ").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_messages_at_once_are_both_answered_in_order() {
    let scripts = [
        Script::stream()
            .paced(&["fir", "st"], Duration::from_millis(30))
            .end(),
        Script::text(&["second"]),
    ];
    let provider = Provider::playing(scripts).await;
    let server = Setup::with(&provider).start().await;
    let alice = server.user("alice");
    let (mut client, chat) = Client::in_new_chat(&server, &alice).await;
    for message in ["one?", "two?"] {
        client
            .send(json!({"type": "message", "data": {"message": message}}))
            .await;
    }
    let mut ends = Vec::new();
    while ends.len() < 2 {
        let frame = client.next().await;
        assert_ne!(frame["type"], "error", "{frame}");
        if frame["type"] == "assistant_message_complete" {
            ends.push(text(&frame["data"], "content").to_owned());
        }
    }
    assert_eq!(
        ends,
        ["first", "second"],
        "two messages quickly: both answered, in order"
    );
    let joined = Client::join(&server, &alice).await.look_at(&chat).await;
    let messages = joined["messages"].as_array().expect("messages");
    let contents: Vec<_> = messages.iter().map(|m| text(m, "content")).collect();
    assert_eq!(
        contents,
        ["one?", "first", "two?", "second"],
        "and kept in that order"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_closed_window_does_not_kill_an_answer() {
    let gate = Gate::new();
    let script = Script::stream()
        .tokens(&["one "])
        .gate(&gate)
        .tokens(&["two"])
        .end();
    let provider = Provider::playing([script]).await;
    let server = Setup::with(&provider).start().await;
    let alice = server.user("alice");
    let (mut client, chat) = Client::in_new_chat(&server, &alice).await;
    client.say("count").await;
    client.expect("assistant_message_start").await;
    client.tokens_until("one ").await;
    drop(client);
    gate.open();
    provider.wait(0, |asked| asked.ended).await;
    let mut again = Client::join(&server, &alice).await;
    let joined = again.look_at(&chat).await;
    let content = if joined["running"].is_object() {
        text(&again.answer().await.end, "content").to_owned()
    } else {
        text(&joined["messages"][1], "content").to_owned()
    };
    assert_eq!(
        content, "one two",
        "a turn is owned by the service, not by a socket"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reasoning_is_told_apart_from_the_answer() {
    let script = Script::stream()
        .reasoning("Hmm. ")
        .reasoning("Yes.")
        .tokens(&["42"])
        .end();
    let provider = Provider::playing([script]).await;
    let server = Setup::with(&provider).start().await;
    let alice = server.user("alice");
    let (mut client, chat) = Client::in_new_chat(&server, &alice).await;
    let answer = client.ask("What is it?").await;
    assert_eq!(
        answer.reasoning, "Hmm. Yes.",
        "`assistant_message_reasoning` has what the model thinks"
    );
    assert_eq!(
        answer.text(),
        "42",
        "and the answer's tokens are without it"
    );
    let joined = Client::join(&server, &alice).await.look_at(&chat).await;
    assert_eq!(
        joined["messages"][1]["reasoning"], "Hmm. Yes.",
        "history keeps the reasoning"
    );
}

/// More than the sockets of both sides hold.
fn eight_megabytes() -> Script {
    let piece = "0123456789abcdef".repeat(1024);
    Script::text(&vec![piece.as_str(); 512])
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_reader_gets_everything_and_delays_nobody() {
    let provider = Provider::playing([eight_megabytes()]).await;
    let server = Setup::with(&provider).start().await;
    let alice = server.user("alice");
    let (mut slow, chat) = Client::in_new_chat(&server, &alice).await;
    let mut quick = Client::join(&server, &alice).await;
    quick.look_at(&chat).await;
    slow.say("Everything, please").await;
    quick.expect("user_message").await;
    let whole = quick.answer().await.text();
    assert_eq!(whole.len(), 8 << 20, "while another reads nothing");
    assert!(
        slow.answer().await.text() == whole,
        "nobody is ever dropped or resynchronised for being slow"
    );
}
