//! A client that comes back says what it has, and gets exactly the rest.

use serde_json::{Value, json};

use crate::support::{Client, Gate, Person, Provider, Script, Server, Setup, client::text};

async fn resume(server: &Server, person: &Person, chat: &str, resume: Value) -> (Client, Value) {
    let mut client = Client::join(server, person).await;
    client
        .send(json!({"type": "join_chat", "ref": "r", "data": {"chatId": chat, "resume": resume}}))
        .await;
    let joined = client.expect("chat_joined").await;
    (client, joined)
}

/// "What follows is exactly what it lacks (`resumed: true` in `chat_joined`, which then lists only
/// messages that changed after `revision`) or a whole snapshot."
fn assert_exact_or_whole(joined: &Value, changed: usize, whole: usize) {
    let listed = joined["messages"].as_array().map(Vec::len);
    let expected = if joined["resumed"] == true {
        changed
    } else {
        whole
    };
    assert_eq!(
        listed,
        Some(expected),
        "exactly what it lacks, or everything: {joined}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn resuming_inside_an_answer_gives_exactly_the_rest() {
    let (gate, last) = (Gate::new(), Gate::new());
    let script = Script::stream()
        .tokens(&["one ", "two "])
        .gate(&gate)
        .tokens(&["three "])
        .gate(&last)
        .tokens(&["four"])
        .end();
    let provider = Provider::playing([script]).await;
    let server = Setup::with(&provider).start().await;
    let alice = server.user("alice");
    let (mut client, chat) = Client::in_new_chat(&server, &alice).await;
    let epoch = client.look_at(&chat).await["epoch"].clone();
    let revision = client.say("count").await["revision"].clone();
    let start = client.expect("assistant_message_start").await;
    let token = client.tokens_until("one two ").await;
    drop(client);
    gate.open();

    let had = json!({
        "epoch": epoch, "revision": revision, "messageId": start["messageId"], "seq": token["seq"],
    });
    let (mut again, joined) = resume(&server, &alice, &chat, had).await;
    assert_exact_or_whole(&joined, 0, 1);
    assert_eq!(joined["running"]["seq"], token["seq"]);
    let start = again.expect("assistant_message_start").await;
    assert_eq!(
        start["seq"], token["seq"],
        "`seq` pieces of it are already with the client"
    );
    last.open();
    let answer = again.rest_of_answer(start, "one two ").await;
    assert_eq!(
        answer.text(),
        "three four",
        "resume with seq gives exactly the rest"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn resuming_after_the_end_gives_the_finished_message() {
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
    let mut watcher = Client::join(&server, &alice).await;
    let epoch = watcher.look_at(&chat).await["epoch"].clone();
    let revision = client.say("count").await["revision"].clone();
    let start = client.expect("assistant_message_start").await;
    let token = client.tokens_until("one ").await;
    drop(client);
    gate.open();
    watcher.until("assistant_message_complete").await;

    let had = json!({
        "epoch": epoch, "revision": revision, "messageId": start["messageId"], "seq": token["seq"],
    });
    let (mut again, joined) = resume(&server, &alice, &chat, had).await;
    assert_exact_or_whole(&joined, 1, 2);
    assert!(joined["running"].is_null(), "nothing runs any more");
    let messages = joined["messages"].as_array().expect("messages");
    let last = messages.last().expect("the answer changed");
    assert_eq!(last["messageId"], start["messageId"]);
    assert_eq!(text(last, "content"), "one two");
    assert_eq!(
        again.settled().await,
        Vec::<Value>::new(),
        "and no frame of the ended answer"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_epoch_means_everything_anew() {
    let provider = Provider::start().await;
    let server = Setup::with(&provider).start().await;
    let alice = server.user("alice");
    let (mut client, chat) = Client::in_new_chat(&server, &alice).await;
    client.ask("Hi").await;
    let revision = client.look_at(&chat).await["revision"].clone();
    let had = json!({"epoch": "of another database", "revision": revision});
    let (_, joined) = resume(&server, &alice, &chat, had).await;
    assert_eq!(
        joined["resumed"], false,
        "when `epoch` differs everything is to be read anew"
    );
    assert_eq!(
        joined["messages"].as_array().map(Vec::len),
        Some(2),
        "a whole snapshot"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_new_resumes_to_nothing() {
    let provider = Provider::start().await;
    let server = Setup::with(&provider).start().await;
    let alice = server.user("alice");
    let (mut client, chat) = Client::in_new_chat(&server, &alice).await;
    client.ask("Hi").await;
    let joined = client.look_at(&chat).await;
    let had = json!({"epoch": joined["epoch"], "revision": joined["revision"]});
    let (_, again) = resume(&server, &alice, &chat, had).await;
    assert_exact_or_whole(&again, 0, 2);
}
