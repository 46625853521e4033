//! A client that comes back says what it has, and gets exactly the rest.

use serde_json::{Value, json};

use crate::support::{Client, Gate, Person, Provider, Script, Server, Setup, client::text};

/// What the provider says to whoever scripts nothing.
const HELLO: &str = "Scripted answer.";

async fn resume(server: &Server, person: &Person, chat: &str, resume: Value) -> (Client, Value) {
    let mut client = Client::join(server, person).await;
    client
        .send(json!({"type": "join_chat", "ref": "r", "data": {"chatId": chat, "resume": resume}}))
        .await;
    let joined = client.expect("chat_joined").await;
    (client, joined)
}

/// What a client has of a chat, from the frame that told it last.
fn as_of(epoch: &Value, frame: &Value) -> Value {
    json!({"epoch": epoch, "revision": frame["revision"]})
}

/// The texts of the messages in `chat_joined`.
fn texts(joined: &Value) -> Vec<&str> {
    let messages = joined["messages"].as_array().expect("messages");
    messages.iter().map(|one| text(one, "content")).collect()
}

/// That exactly these messages came to a client that has the rest.
fn assert_exactly(joined: &Value, changed: &[&str]) {
    assert_eq!(
        (&joined["resumed"], texts(joined)),
        (&json!(true), changed.to_vec()),
        "exactly what it lacks: {joined}"
    );
}

/// That the whole line came, since what the client has says nothing of it.
fn assert_whole(joined: &Value, line: &[&str]) {
    assert_eq!(
        (&joined["resumed"], texts(joined)),
        (&json!(false), line.to_vec()),
        "a whole snapshot: {joined}"
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
    assert_exactly(&joined, &[]);
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
    assert_exactly(&joined, &["one two"]);
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
    assert_exactly(&again, &[]);
    let had = json!({"epoch": joined["epoch"], "revision": 1_000_000});
    let (_, again) = resume(&server, &alice, &chat, had).await;
    assert_whole(&again, &["Hi", HELLO]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_week_away_costs_what_changed_and_not_the_whole() {
    let long = "word ".repeat(2_000);
    let scripts = (0..20).map(|_| Script::text(&[long.as_str()]));
    let provider = Provider::playing(scripts).await;
    let server = Setup::with(&provider).start().await;
    let alice = server.user("alice");
    let (mut client, chat) = Client::in_new_chat(&server, &alice).await;
    let epoch = client.look_at(&chat).await["epoch"].clone();
    let mut last = Value::Null;
    for _ in 0..20 {
        last = client.ask("More").await.end;
    }
    drop(client);
    let mut elsewhere = Client::join(&server, &alice).await;
    elsewhere.look_at(&chat).await;
    provider.queue(Script::text(&["the news"]));
    elsewhere.ask("Anything new?").await;

    let (again, joined) = resume(&server, &alice, &chat, as_of(&epoch, &last)).await;
    assert_exactly(&joined, &["Anything new?", "the news"]);
    let bytes = again.heard.last().map_or(0, String::len);
    assert!(
        bytes < 2_500,
        "what changed is small, the frame has {bytes} bytes"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_branch_is_told_whole() {
    let scripts = ["one", "two", "three"].map(|answer| Script::text(&[answer]));
    let provider = Provider::playing(scripts).await;
    let server = Setup::with(&provider).start().await;
    let alice = server.user("alice");
    let (mut client, chat) = Client::in_new_chat(&server, &alice).await;
    let epoch = client.look_at(&chat).await["epoch"].clone();
    let first = client.ask("Count").await;

    let again = json!({"type": "regenerate", "data": {"messageId": first.id()}});
    client.send(again).await;
    let start = client.until("assistant_message_start").await;
    let second = client.rest_of_answer(start, "").await;
    let (_, joined) = resume(&server, &alice, &chat, as_of(&epoch, &first.end)).await;
    assert_whole(&joined, &["Count", "two"]);
    assert_eq!(
        joined["messages"][1]["siblingIds"],
        json!([first.id(), second.id()])
    );
    let (_, joined) = resume(&server, &alice, &chat, as_of(&epoch, &second.start)).await;
    assert_exactly(&joined, &["two"]);

    let back = json!({"chatId": chat, "leafId": first.id()});
    client
        .send(json!({"type": "update_chat", "data": back}))
        .await;
    client.until("chat_updated").await;
    let (_, joined) = resume(&server, &alice, &chat, as_of(&epoch, &second.end)).await;
    assert_whole(&joined, &["Count", "one"]);

    let edit = json!({"message": "Count again", "parentId": null});
    client.send(json!({"type": "message", "data": edit})).await;
    let edited = client.until("user_message").await;
    client.answer().await;
    let (_, whole) = resume(&server, &alice, &chat, as_of(&epoch, &joined)).await;
    assert_whole(&whole, &["Count again", "three"]);
    let (_, joined) = resume(&server, &alice, &chat, as_of(&epoch, &edited)).await;
    assert_exactly(&joined, &["three"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_that_was_gone_on_with_meanwhile_is_never_mixed_with_its_first_part() {
    let gate = Gate::new();
    let scripts = [
        Script::stream().tokens(&["one ", "two ", "three "]).hang(),
        Script::stream()
            .tokens(&["four "])
            .gate(&gate)
            .tokens(&["five"])
            .end(),
    ];
    let provider = Provider::playing(scripts).await;
    let server = Setup::with(&provider).start().await;
    let alice = server.user("alice");
    let (mut client, chat) = Client::in_new_chat(&server, &alice).await;
    let epoch = client.look_at(&chat).await["epoch"].clone();
    let said = client.say("count").await;
    let start = client.expect("assistant_message_start").await;
    assert_eq!(start["revision"], said["revision"], "asked for in one act");
    let token = client.tokens_until("one two three ").await;
    drop(client);

    let mut elsewhere = Client::join(&server, &alice).await;
    elsewhere.look_at(&chat).await;
    elsewhere.until("assistant_message_start").await;
    elsewhere.send(json!({"type": "stop", "data": {}})).await;
    let stopped = elsewhere.until("assistant_message_complete").await;
    let go_on = json!({"type": "continue", "data": {"messageId": stopped["messageId"]}});
    elsewhere.send(go_on).await;
    elsewhere.until("assistant_message_start").await;
    elsewhere.tokens_until("one two three four ").await;

    let had = json!({
        "epoch": epoch, "revision": start["revision"],
        "messageId": start["messageId"], "seq": token["seq"],
    });
    let (mut again, joined) = resume(&server, &alice, &chat, had).await;
    assert_exactly(&joined, &[]);
    assert_eq!(
        joined["running"]["seq"], 0,
        "another writing of it counts its pieces anew"
    );
    let start = again.expect("assistant_message_start").await;
    gate.open();
    let answer = again.rest_of_answer(start, "").await;
    assert_eq!(answer.text(), "one two three four five");
    let (_, joined) = resume(&server, &alice, &chat, as_of(&epoch, &said)).await;
    assert_exactly(&joined, &["one two three four five"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_that_a_killed_server_cut_comes_whole_as_interrupted() {
    let provider = Provider::playing([Script::stream().tokens(&["one ", "two "]).hang()]).await;
    let server = Setup::with(&provider).start().await;
    let alice = server.user("alice");
    let (mut client, chat) = Client::in_new_chat(&server, &alice).await;
    let epoch = client.look_at(&chat).await["epoch"].clone();
    client.say("count").await;
    let start = client.expect("assistant_message_start").await;
    let token = client.tokens_until("one two ").await;
    let server = server.kill().await.start().await;

    let had = json!({
        "epoch": epoch, "revision": start["revision"],
        "messageId": start["messageId"], "seq": token["seq"],
    });
    let (mut again, joined) = resume(&server, &alice, &chat, had).await;
    assert_eq!(joined["epoch"], epoch, "the same history");
    assert_eq!(joined["resumed"], true, "and the same line");
    let [answer] = joined["messages"].as_array().expect("messages").as_slice() else {
        panic!("the answer alone, not {joined}");
    };
    assert_eq!(answer["messageId"], start["messageId"]);
    assert_eq!(answer["status"], "interrupted");
    assert!("one two ".starts_with(text(answer, "content")), "{answer}");
    assert!(joined["running"].is_null());
    assert_eq!(again.settled().await, Vec::<Value>::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_chat_that_was_deleted_meanwhile_is_a_tombstone_until_it_is_restored() {
    let provider = Provider::start().await;
    let server = Setup::with(&provider).start().await;
    let alice = server.user("alice");
    let (mut client, chat) = Client::in_new_chat(&server, &alice).await;
    let epoch = client.look_at(&chat).await["epoch"].clone();
    let answer = client.ask("Hi").await;
    client
        .send(json!({"type": "watch_chats", "data": {"since": 0}}))
        .await;
    let list = client.expect("chats").await;
    drop(client);
    let mut elsewhere = Client::join(&server, &alice).await;
    let frame = |kind: &str| json!({"type": kind, "data": {"chatId": chat}});
    elsewhere.send(frame("delete_chat")).await;
    elsewhere.expect("chat_deleted").await;

    let had = as_of(&epoch, &answer.end);
    let mut again = Client::join(&server, &alice).await;
    let join = json!({"type": "join_chat", "data": {"chatId": chat, "resume": had}});
    again.send(join.clone()).await;
    assert_eq!(again.error().await["reason"], "not_found");
    let since = json!({"since": list["revision"], "epoch": list["epoch"]});
    again
        .send(json!({"type": "watch_chats", "data": since}))
        .await;
    let changes = again.expect("chats").await;
    assert_eq!(
        (&changes["removed"], &changes["whole"]),
        (&json!([chat]), &json!(false)),
        "deletions are tombstones"
    );
    elsewhere.send(frame("restore_chat")).await;
    elsewhere.expect("chat_updated").await;
    again.until("chat_updated").await;
    again.send(join).await;
    let joined = again.expect("chat_joined").await;
    assert_exactly(&joined, &[]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_list_of_another_history_or_of_the_future_comes_whole() {
    let server = Setup::new().start().await;
    let alice = server.user("alice");
    let (mut client, _) = Client::in_new_chat(&server, &alice).await;
    client
        .send(json!({"type": "watch_chats", "data": {"since": 0}}))
        .await;
    let list = client.expect("chats").await;
    let known = &list["revision"];
    for (since, whole) in [
        (json!({"since": known, "epoch": list["epoch"]}), false),
        (
            json!({"since": known, "epoch": "of another database"}),
            true,
        ),
        (json!({"since": 1_000_000}), true),
    ] {
        client
            .send(json!({"type": "watch_chats", "data": since}))
            .await;
        let chats = client.expect("chats").await;
        let listed = chats["chats"].as_array().map(Vec::len);
        assert_eq!(
            (&chats["whole"], listed),
            (&json!(whole), Some(usize::from(whole))),
            "asked with {since}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restored_backup_is_another_history() {
    let provider = Provider::start().await;
    let server = Setup::with(&provider).start().await;
    let alice = server.user("alice");
    let (mut client, chat) = Client::in_new_chat(&server, &alice).await;
    client.ask("Hi").await;
    let backup = server.setup().home().join("kept.db");
    let backup = backup.to_string_lossy();
    server.setup().cli_ok(&["backup", &backup]);
    client.ask("This will not have been").await;
    let joined = client.look_at(&chat).await;
    drop(client);
    let setup = server.stop().await;
    setup.cli_ok(&["restore", &backup]);
    let server = setup.start().await;
    let had = as_of(&joined["epoch"], &joined);
    let (_, anew) = resume(&server, &alice, &chat, had).await;
    assert_ne!(anew["epoch"], joined["epoch"], "the epoch changes");
    assert_whole(&anew, &["Hi", HELLO]);
}
