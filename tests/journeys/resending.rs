//! "`clientId` makes re-sending safe: the same one from the same person is stored and answered
//! once, for ever."

use serde_json::{Value, json};

use crate::support::{Client, Gate, Provider, Script, Setup, client::text};

fn message(chat: &str) -> Value {
    json!({"type": "message", "ref": "m", "data": {"message": "Hi", "clientId": "c-1", "chatId": chat}})
}

async fn history(client: &mut Client, chat: &str) -> Vec<String> {
    let joined = client.look_at(chat).await;
    let messages = joined["messages"].as_array().expect("messages");
    messages
        .iter()
        .map(|m| text(m, "content").to_owned())
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_sent_again_is_stored_and_answered_once() {
    let provider = Provider::playing([Script::text(&["Hello"])]).await;
    let server = Setup::with(&provider).start().await;
    let alice = server.user("alice");
    let (mut client, chat) = Client::in_new_chat(&server, &alice).await;
    client.send(message(&chat)).await;
    let first = client.expect("user_message").await;
    assert_eq!(first["clientId"], "c-1");
    client.answer().await;

    client.send(message(&chat)).await;
    let again = client.expect_frame("user_message").await;
    assert_eq!(
        again["ref"], "m",
        "who sends again is told that it is there"
    );
    assert_eq!(
        again["data"]["messageId"], first["messageId"],
        "and it is the same message"
    );
    client.settled().await;
    assert_eq!(provider.requests().len(), 1, "it is answered once");

    let server = server.stop().await.start().await;
    let mut client = Client::join(&server, &alice).await;
    client.send(message(&chat)).await;
    let again = client.until("user_message").await;
    assert_eq!(
        again["messageId"], first["messageId"],
        "for ever: after a restart too"
    );
    client.settled().await;
    assert_eq!(
        history(&mut client, &chat).await,
        ["Hi", "Hello"],
        "one message and one answer"
    );
    assert_eq!(provider.requests().len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_sent_again_while_it_is_answered_is_answered_once() {
    let gate = Gate::new();
    let script = Script::stream()
        .tokens(&["Hel"])
        .gate(&gate)
        .tokens(&["lo"])
        .end();
    let provider = Provider::playing([script]).await;
    let server = Setup::with(&provider).start().await;
    let alice = server.user("alice");
    let (mut first, chat) = Client::in_new_chat(&server, &alice).await;
    let mut second = Client::join(&server, &alice).await;
    second.look_at(&chat).await;
    first.send(message(&chat)).await;
    second.send(message(&chat)).await;
    first.until("assistant_message_token").await;
    second.until("assistant_message_token").await;
    first.settled().await;
    second.settled().await;
    gate.open();
    let end = first.until("assistant_message_complete").await;
    assert_eq!(text(&end, "content"), "Hello");
    second.until("assistant_message_complete").await;
    assert_eq!(
        history(&mut first, &chat).await,
        ["Hi", "Hello"],
        "one message and one answer"
    );
    assert_eq!(provider.requests().len(), 1, "asked once");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_client_id_of_another_person_is_another_message() {
    let provider = Provider::start().await;
    let server = Setup::with(&provider).start().await;
    let (mut alice, hers) = Client::in_new_chat(&server, &server.user("alice")).await;
    let (mut bob, his) = Client::in_new_chat(&server, &server.user("bob")).await;
    alice.send(message(&hers)).await;
    let first = alice.expect("user_message").await;
    bob.send(message(&his)).await;
    let second = bob.expect("user_message").await;
    assert_ne!(
        first["messageId"], second["messageId"],
        "the same one from the same person"
    );
    assert_eq!(second["chatId"], his.as_str());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_chat_with_an_id_of_the_clients_own_is_made_once() {
    let server = Setup::new().start().await;
    let mut client = Client::join(&server, &server.user("alice")).await;
    let create = json!({"type": "create_chat", "data": {"chatId": "chat-9", "title": "Bread"}});
    client.send(create.clone()).await;
    client.send(create).await;
    let (first, second) = (
        client.expect("chat_created").await,
        client.expect("chat_created").await,
    );
    assert_eq!(
        (&first["chatId"], &second["chatId"]),
        (&json!("chat-9"), &json!("chat-9"))
    );
    client
        .send(json!({"type": "watch_chats", "data": {"since": 0}}))
        .await;
    let chats = client.expect("chats").await;
    assert_eq!(
        chats["chats"].as_array().map(Vec::len),
        Some(1),
        "asking twice makes one chat"
    );
    let mut stranger = Client::join(&server, &server.user("mallory")).await;
    stranger
        .send(json!({"type": "create_chat", "data": {"chatId": "chat-9"}}))
        .await;
    stranger.error().await;
}
