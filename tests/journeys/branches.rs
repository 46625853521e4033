//! Another answer, the rest of a cut one, and another question at the same place.

use serde_json::{Value, json};

use crate::support::{Answer, Client, Gate, Provider, Script, Setup, client::text};

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
