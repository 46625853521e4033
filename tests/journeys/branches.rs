//! Another answer, the rest of a cut one, and another question at the same place.

use serde_json::{Value, json};

use crate::support::{Answer, Client, Gate, Person, Provider, Script, Server, Setup, client::text};

async fn shown(client: &mut Client, chat: &str) -> Vec<Value> {
    let joined = client.look_at(chat).await;
    joined["messages"].as_array().expect("messages").clone()
}

fn contents(messages: &[Value]) -> Vec<&str> {
    messages
        .iter()
        .map(|message| text(message, "content"))
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn regenerate_puts_another_answer_beside_the_first() {
    let provider = Provider::playing([Script::text(&["one"]), Script::text(&["two"])]).await;
    let server = Setup::with(&provider).start().await;
    let (mut client, chat) = Client::in_new_chat(&server, &server.user("alice")).await;
    let first = client.ask("Say something").await;
    let again = json!({"messageId": first.id(), "model": "custom/other"});
    client
        .send(json!({"type": "regenerate", "ref": "g", "data": again}))
        .await;
    let start = client.until("assistant_message_start").await;
    let second = client.rest_of_answer(start, "").await;
    assert_eq!(
        second.end["parentId"], first.end["parentId"],
        "another answer beside this one"
    );
    assert_ne!(second.id(), first.id());
    let asked = provider.asked(1).await;
    assert_eq!(asked.body["model"], "other", "by another model");
    assert_eq!(
        asked.conversation(),
        ["user: Say something"],
        "without the answer that is not good enough"
    );
    let messages = shown(&mut client, &chat).await;
    assert_eq!(
        contents(&messages),
        ["Say something", "two"],
        "the branch shown moves to it"
    );
    assert_eq!(
        messages[1]["siblingIds"],
        json!([first.id(), second.id()]),
        "the alternatives, oldest first"
    );

    let back = json!({"chatId": chat, "leafId": first.id()});
    client
        .send(json!({"type": "update_chat", "data": back}))
        .await;
    client.until("chat_updated").await;
    let messages = shown(&mut client, &chat).await;
    assert_eq!(
        contents(&messages),
        ["Say something", "one"],
        "`leafId` shows another branch"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn continue_goes_on_with_a_stopped_answer() {
    let scripts = [
        Script::stream().tokens(&["one ", "two "]).hang(),
        Script::text(&["three ", "four"]),
    ];
    let provider = Provider::playing(scripts).await;
    let server = Setup::with(&provider).start().await;
    let (mut client, chat) = Client::in_new_chat(&server, &server.user("alice")).await;
    client.say("count").await;
    client.expect("assistant_message_start").await;
    client.tokens_until("one two ").await;
    client.send(json!({"type": "stop", "data": {}})).await;
    let stopped = client.expect("assistant_message_complete").await;
    let frame =
        json!({"type": "continue", "ref": "c", "data": {"messageId": stopped["messageId"]}});
    client.send(frame).await;
    let start = client.until("assistant_message_start").await;
    assert_eq!(
        start["messageId"], stopped["messageId"],
        "go on with an answer that was stopped"
    );
    let had = if start["seq"] == 0 { "" } else { "one two " };
    let Answer { end, .. } = client.rest_of_answer(start, had).await;
    assert_eq!(
        (text(&end, "content"), text(&end, "status")),
        ("one two three four", "complete")
    );
    assert_eq!(
        provider.asked(1).await.conversation()[..2],
        ["user: count", "assistant: one two "],
        "the model is asked with its own unfinished words"
    );
    let messages = shown(&mut client, &chat).await;
    assert_eq!(contents(&messages), ["count", "one two three four"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn to_edit_is_to_send_another_with_the_same_parent() {
    let scripts = ["to one", "to two", "to another two"].map(|answer| Script::text(&[answer]));
    let provider = Provider::playing(scripts).await;
    let server = Setup::with(&provider).start().await;
    let (mut client, chat) = Client::in_new_chat(&server, &server.user("alice")).await;
    let first = client.ask("one").await;
    let said = client.say("two").await;
    client.answer().await;
    assert_eq!(
        said["parentId"],
        first.id(),
        "without `parentId` a message follows the end of the branch"
    );
    let edit = json!({"message": "another two", "parentId": first.id()});
    client.send(json!({"type": "message", "data": edit})).await;
    let edited = client.expect("user_message").await;
    assert_eq!(edited["parentId"], first.id());
    client.answer().await;
    let messages = shown(&mut client, &chat).await;
    assert_eq!(
        contents(&messages),
        ["one", "to one", "another two", "to another two"],
        "the edited branch is shown"
    );
    assert_eq!(
        messages[2]["siblingIds"],
        json!([said["messageId"], edited["messageId"]]),
        "nothing is lost"
    );
    assert_eq!(
        provider.asked(2).await.conversation(),
        ["user: one", "assistant: to one", "user: another two"]
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_null_parent_is_the_start_of_the_chat() {
    let provider = Provider::start().await;
    let server = Setup::with(&provider).start().await;
    let (mut client, chat) = Client::in_new_chat(&server, &server.user("alice")).await;
    let first = client.say("first").await;
    client.answer().await;
    client
        .send(json!({"type": "message", "data": {"message": "anew", "parentId": null}}))
        .await;
    let second = client.expect("user_message").await;
    assert_eq!(
        second["parentId"],
        Value::Null,
        "`null` is the start of the chat"
    );
    client.answer().await;
    let messages = shown(&mut client, &chat).await;
    assert_eq!(
        messages[0]["siblingIds"],
        json!([first["messageId"], second["messageId"]])
    );
    assert_eq!(messages.len(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_running_answer_is_not_continued_and_a_whole_one_neither() {
    let gate = Gate::new();
    let script = Script::stream().tokens(&["one"]).gate(&gate).end();
    let provider = Provider::playing([script]).await;
    let server = Setup::with(&provider).start().await;
    let (mut client, _) = Client::in_new_chat(&server, &server.user("alice")).await;
    client.say("Hi").await;
    let start = client.expect("assistant_message_start").await;
    client.tokens_until("one").await;
    let frame = json!({"type": "continue", "ref": "c", "data": {"messageId": start["messageId"]}});
    client.send(frame.clone()).await;
    assert_eq!(
        client.error().await["code"],
        "INVALID_MESSAGE",
        "only stopped, interrupted or failed ones"
    );
    gate.open();
    client.expect("assistant_message_complete").await;
    client.send(frame).await;
    assert_eq!(client.error().await["code"], "INVALID_MESSAGE");
    assert_eq!(provider.requests().len(), 1);
}

/// A second device of the same person that looks at the same chat.
async fn second_device(server: &Server, person: &Person, chat: &str) -> Client {
    let mut client = Client::join(server, person).await;
    client.look_at(chat).await;
    client
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_device_that_looks_sees_another_answer_and_the_branch_that_is_picked() {
    let provider = Provider::playing([Script::text(&["one"]), Script::text(&["two"])]).await;
    let server = Setup::with(&provider).start().await;
    let alice = server.user("alice");
    let (mut client, chat) = Client::in_new_chat(&server, &alice).await;
    let mut other = second_device(&server, &alice, &chat).await;
    let first = client.ask("Say something").await;
    other.expect("user_message").await;
    other.answer().await;

    let again = json!({"messageId": first.id(), "model": "custom/other"});
    other
        .send(json!({"type": "regenerate", "data": again}))
        .await;
    for device in [&mut client, &mut other] {
        let chat = device.expect("chat_updated").await["chat"].take();
        let second = device.answer().await;
        assert_eq!(second.text(), "two");
        assert_eq!(second.end["model"], "custom/other");
        assert_eq!(
            chat["leafId"],
            second.id(),
            "who looks is told that the branch moved, without watching the list"
        );
    }
    let back = json!({"chatId": chat, "leafId": first.id()});
    client
        .send(json!({"type": "update_chat", "data": back}))
        .await;
    for device in [&mut client, &mut other] {
        let updated = device.expect("chat_updated").await;
        assert_eq!(updated["chat"]["leafId"], first.id(), "picked for all");
        assert_eq!(device.settled().await, Vec::<Value>::new(), "told once");
    }
    let server = server.kill().await.start().await;
    let mut later = Client::join(&server, &alice).await;
    let messages = shown(&mut later, &chat).await;
    assert_eq!(
        contents(&messages),
        ["Say something", "one"],
        "and for ever"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sibling_is_looked_at_while_another_is_written() {
    let gate = Gate::new();
    let slow = Script::stream()
        .tokens(&["two "])
        .gate(&gate)
        .tokens(&["three"])
        .end();
    let provider = Provider::playing([Script::text(&["one"]), slow]).await;
    let server = Setup::with(&provider).start().await;
    let alice = server.user("alice");
    let (mut client, chat) = Client::in_new_chat(&server, &alice).await;
    let first = client.ask("Say something").await;
    let again = json!({"type": "regenerate", "data": {"messageId": first.id()}});
    client.send(again).await;
    let second = client.until("assistant_message_start").await["messageId"].clone();
    client.tokens_until("two ").await;
    let pick = |message: &Value| {
        let data = json!({"chatId": chat, "leafId": message});
        json!({"type": "update_chat", "data": data})
    };
    client.send(pick(&json!(first.id()))).await;
    client.until("chat_updated").await;
    let joined = client.look_at(&chat).await;
    assert_eq!(joined["messages"][1]["content"], "one");
    assert!(
        joined["running"].is_null(),
        "what is written beside the branch shown is not thrown into it"
    );
    client
        .send(json!({"type": "watch_chats", "data": {"since": 0}}))
        .await;
    let list = client.until("chats").await;
    assert_eq!(
        list["running"],
        json!([{"chatId": chat, "messageId": second}]),
        "it goes on, and the list knows"
    );
    client.send(pick(&second)).await;
    client.until("chat_updated").await;
    client
        .send(json!({"type": "join_chat", "data": {"chatId": chat}}))
        .await;
    let joined = client.until("chat_joined").await;
    assert_eq!(joined["running"], json!({"messageId": second, "seq": 0}));
    let start = client.expect("assistant_message_start").await;
    gate.open();
    let answer = client.rest_of_answer(start, "").await;
    assert_eq!(answer.text(), "two three", "all of it to who comes back");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_beside_the_branch_reaches_who_asked_for_it() {
    let gate = Gate::new();
    let slow = Script::stream()
        .tokens(&["two "])
        .gate(&gate)
        .tokens(&["three"])
        .end();
    let provider = Provider::playing([Script::text(&["one"]), slow]).await;
    let server = Setup::with(&provider).start().await;
    let alice = server.user("alice");
    let (mut client, chat) = Client::in_new_chat(&server, &alice).await;
    let first = client.ask("Say something").await;
    let mut other = second_device(&server, &alice, &chat).await;
    let again = json!({"type": "regenerate", "data": {"messageId": first.id()}});
    client.send(again).await;
    let start = client.until("assistant_message_start").await;
    client.tokens_until("two ").await;
    other.until("assistant_message_start").await;
    let back = json!({"chatId": chat, "leafId": first.id()});
    other
        .send(json!({"type": "update_chat", "ref": "b", "data": back}))
        .await;
    other.until("chat_updated").await;
    gate.open();
    let answer = client.rest_of_answer(start, "two ").await;
    assert_eq!(
        text(&answer.end, "content"),
        "two three",
        "a client that reads nothing anew gets what it asked for to its end"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_edit_and_a_continuation_are_seen_by_every_device() {
    let scripts = [
        Script::text(&["first"]),
        Script::stream().tokens(&["se"]).hang(),
        Script::text(&["cond"]),
    ];
    let provider = Provider::playing(scripts).await;
    let server = Setup::with(&provider).start().await;
    let alice = server.user("alice");
    let (mut client, chat) = Client::in_new_chat(&server, &alice).await;
    let mut other = second_device(&server, &alice, &chat).await;
    client.ask("one").await;
    let old = other.expect("user_message").await;
    other.answer().await;
    let edit = json!({"message": "another one", "parentId": null});
    other.send(json!({"type": "message", "data": edit})).await;
    for device in [&mut client, &mut other] {
        let edited = device.expect("user_message").await;
        assert_eq!(edited["parentId"], Value::Null, "beside the first");
        device.expect("assistant_message_start").await;
        device.tokens_until("se").await;
    }
    client.send(json!({"type": "stop", "data": {}})).await;
    let mut stopped = Value::Null;
    for device in [&mut client, &mut other] {
        stopped = device.expect("assistant_message_complete").await;
        assert_eq!(stopped["status"], "stopped", "for both");
    }
    let go_on = json!({"type": "continue", "data": {"messageId": stopped["messageId"]}});
    other.send(go_on).await;
    for device in [&mut client, &mut other] {
        let answer = device.answer().await;
        assert_eq!(answer.id(), stopped["messageId"], "the same answer");
        assert_eq!(answer.text(), "second");
    }
    let messages = shown(&mut client, &chat).await;
    assert_eq!(contents(&messages), ["another one", "second"]);
    let siblings = messages[0]["siblingIds"].as_array().expect("siblings");
    assert_eq!(siblings.len(), 2, "nothing is overwritten");
    assert_eq!(siblings[0], old["messageId"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_line_becomes_a_chat_of_its_own() {
    let scripts = ["to one", "to two", "in the new one"].map(|answer| Script::text(&[answer]));
    let provider = Provider::playing(scripts).await;
    let server = Setup::with(&provider).start().await;
    let alice = server.user("alice");
    let (mut client, chat) = Client::in_new_chat(&server, &alice).await;
    let first = client.ask("one").await;
    client.ask("two").await;
    let mut other = Client::join(&server, &alice).await;
    other
        .send(json!({"type": "watch_chats", "data": {"since": 0}}))
        .await;
    other.expect("chats").await;
    let data = json!({"messageId": first.id(), "chatId": "branch-1", "title": "Apart"});
    let frame = json!({"type": "branch_chat", "ref": "b", "data": data});
    for _ in 0..2 {
        client.send(frame.clone()).await;
        let created = client.expect_frame("chat_created").await;
        assert_eq!(created["ref"], "b");
        assert_eq!(created["data"]["chatId"], "branch-1");
        assert_eq!(created["data"]["title"], "Apart");
    }
    let learned = other.expect("chat_updated").await;
    assert_eq!(
        learned["chat"]["chatId"], "branch-1",
        "live on every device"
    );
    assert_eq!(other.settled().await, Vec::<Value>::new(), "and once");

    let copied = shown(&mut other, "branch-1").await;
    assert_eq!(contents(&copied), ["one", "to one"], "up to that message");
    assert_ne!(copied[1]["messageId"], first.id(), "a copy of its own");
    other
        .send(json!({"type": "message", "data": {"message": "three"}}))
        .await;
    other.until("assistant_message_complete").await;
    let asked = provider.asked(2).await;
    assert_eq!(
        asked.conversation(),
        ["user: one", "assistant: to one", "user: three"]
    );
    let old = shown(&mut client, &chat).await;
    assert_eq!(contents(&old), ["one", "to one", "two", "to two"]);

    let mut stranger = Client::join(&server, &server.user("mallory")).await;
    let theft = json!({"type": "branch_chat", "data": {"messageId": first.id()}});
    stranger.send(theft).await;
    assert_eq!(stranger.error().await["reason"], "not_found");
}
