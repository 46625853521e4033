//! The list of chats: titles, renaming, deleting, settings, and what a second connection sees.

use serde_json::{Value, json};

use crate::support::{Client, Provider, Script, Setup, client::text};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_model_is_asked_for_a_title() {
    let scripts = [
        Script::text(&["Knead it."]),
        Script::text(&["Baking ", "bread"]),
    ];
    let provider = Provider::playing(scripts).await;
    let server = Setup::with(&provider)
        .without("PARLOR_CHAT_AUTO_TITLE")
        .start()
        .await;
    let alice = server.user("alice");
    let mut watcher = Client::join(&server, &alice).await;
    watcher
        .send(json!({"type": "watch_chats", "data": {"since": 0}}))
        .await;
    watcher.expect("chats").await;
    let (mut client, chat) = Client::in_new_chat(&server, &alice).await;
    client.ask("How do I bake bread?").await;
    loop {
        let updated = watcher.until("chat_updated").await;
        assert_eq!(updated["chat"]["chatId"], chat.as_str());
        if updated["chat"]["titleSource"] == "model" {
            assert_eq!(
                updated["chat"]["title"], "Baking bread",
                "auto title, asked of the model"
            );
            break;
        }
    }
    let asked = provider.asked(1).await.conversation().join("\n");
    assert!(
        asked.contains("bake bread"),
        "the title is made of the conversation: {asked}"
    );
    let joined = Client::join(&server, &alice).await.look_at(&chat).await;
    assert_eq!(joined["title"], "Baking bread", "and kept");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn titles_by_the_model_can_be_turned_off() {
    let provider = Provider::start().await;
    let server = Setup::with(&provider)
        .env("PARLOR_CHAT_AUTO_TITLE", "false")
        .start()
        .await;
    let alice = server.user("alice");
    let (mut client, chat) = Client::in_new_chat(&server, &alice).await;
    client.ask("How do I bake bread?").await;
    client.ask("And then?").await;
    assert_eq!(
        provider.requests().len(),
        2,
        "`chat.auto_title = false` turns titles by the model off"
    );
    let joined = client.look_at(&chat).await;
    assert_eq!(
        joined["chat"]["titleSource"], "first_words",
        "falls back to the first words"
    );
    assert!(
        text(&joined, "title").starts_with("How do I bake"),
        "{joined}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_persons_title_is_never_overwritten() {
    let provider = Provider::start().await;
    let server = Setup::with(&provider)
        .without("PARLOR_CHAT_AUTO_TITLE")
        .start()
        .await;
    let (mut client, chat) = Client::in_new_chat(&server, &server.user("alice")).await;
    client
        .send(json!({"type": "update_chat", "ref": "u", "data": {"chatId": chat, "title": "Mine"}}))
        .await;
    let updated = client.expect_frame("chat_updated").await;
    assert_eq!(
        updated["ref"], "u",
        "`chat_updated` is also the direct answer to `update_chat`"
    );
    assert_eq!(updated["data"]["chat"]["title"], "Mine");
    assert_eq!(updated["data"]["chat"]["titleSource"], "person");
    client.ask("Hi").await;
    client.ask("And?").await;
    assert_eq!(
        client.look_at(&chat).await["title"],
        "Mine",
        "a person's title is never overwritten by the others"
    );
    assert_eq!(
        provider.requests().len(),
        2,
        "and none is asked of the model"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_connection_watches_the_list_live() {
    let provider = Provider::start().await;
    let server = Setup::with(&provider).start().await;
    let alice = server.user("alice");
    let mut watcher = Client::join(&server, &alice).await;
    watcher
        .send(json!({"type": "watch_chats", "ref": "w", "data": {"since": 0}}))
        .await;
    let list = watcher.expect("chats").await;
    assert_eq!(
        (&list["chats"], &list["whole"]),
        (&json!([]), &json!(true)),
        "the list of chats"
    );

    let (mut client, chat) = Client::in_new_chat(&server, &alice).await;
    let created = watcher.expect("chat_updated").await;
    assert_eq!(
        created["chat"]["chatId"],
        chat.as_str(),
        "then what changes of it: a new chat"
    );
    client.ask("Hi").await;
    let running = watcher.until("chat_activity").await;
    assert_eq!(
        (&running["chatId"], &running["running"]),
        (&json!(chat), &json!(true)),
        "an answer began"
    );
    let ended = watcher.until("chat_activity").await;
    assert_eq!(ended["running"], false, "and ended");

    client
        .send(json!({"type": "delete_chat", "ref": "d", "data": {"chatId": chat}}))
        .await;
    let deleted = client.until("chat_deleted").await;
    assert_eq!(
        deleted["chatId"],
        chat.as_str(),
        "`chat_deleted` is the direct answer to `delete_chat`"
    );
    assert_eq!(watcher.until("chat_deleted").await["chatId"], chat.as_str());
    client
        .send(json!({"type": "restore_chat", "ref": "r", "data": {"chatId": chat}}))
        .await;
    client.until("chat_updated").await;
    assert_eq!(
        watcher.until("chat_updated").await["chat"]["chatId"],
        chat.as_str(),
        "restored"
    );
    let joined = Client::join(&server, &alice).await.look_at(&chat).await;
    assert_eq!(
        joined["messages"].as_array().map(Vec::len),
        Some(2),
        "delete with undo loses nothing"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_list_can_be_asked_for_changes_only() {
    let server = Setup::new().start().await;
    let alice = server.user("alice");
    let mut client = Client::join(&server, &alice).await;
    for chat in ["old", "gone"] {
        client
            .send(json!({"type": "create_chat", "data": {"chatId": chat}}))
            .await;
        client.expect("chat_created").await;
    }
    client
        .send(json!({"type": "watch_chats", "data": {"since": 0}}))
        .await;
    let revision = client.expect("chats").await["revision"].clone();
    client
        .send(json!({"type": "create_chat", "data": {"chatId": "new"}}))
        .await;
    client
        .send(json!({"type": "delete_chat", "data": {"chatId": "gone"}}))
        .await;
    client.until("chat_deleted").await;

    let mut later = Client::join(&server, &alice).await;
    later
        .send(json!({"type": "watch_chats", "data": {"since": revision}}))
        .await;
    let changes = later.expect("chats").await;
    let chats = changes["chats"].as_array().expect("chats");
    let ids: Vec<_> = chats.iter().map(|chat| text(chat, "chatId")).collect();
    assert_eq!(
        ids,
        ["new"],
        "only changes after the client's `since` are listed"
    );
    assert_eq!(
        (&changes["removed"], &changes["whole"]),
        (&json!(["gone"]), &json!(false))
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deleted_chat_is_gone_until_it_is_restored() {
    let server = Setup::new().start().await;
    let (mut client, chat) = Client::in_new_chat(&server, &server.user("alice")).await;
    client
        .send(json!({"type": "delete_chat", "data": {"chatId": chat}}))
        .await;
    client.expect("chat_deleted").await;
    client
        .send(json!({"type": "join_chat", "data": {"chatId": chat}}))
        .await;
    assert_eq!(client.error().await["reason"], "not_found");
    client
        .send(json!({"type": "restore_chat", "data": {"chatId": chat}}))
        .await;
    client.expect("chat_updated").await;
    client.look_at(&chat).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn settings_belong_to_the_person() {
    let provider = Provider::start().await;
    let server = Setup::with(&provider).start().await;
    let alice = server.user("alice");
    let mut watcher = Client::join(&server, &alice).await;
    watcher
        .send(json!({"type": "watch_chats", "data": {"since": 0}}))
        .await;
    watcher.expect("chats").await;
    let (mut client, _) = Client::in_new_chat(&server, &alice).await;
    watcher.expect("chat_updated").await;
    let settings = json!({
        "model": "custom/other", "systemPrompt": "Be brief.", "temperature": 0.5, "welcomed": true,
    });
    client
        .send(json!({"type": "update_settings", "ref": "s", "data": settings}))
        .await;
    assert_eq!(
        client.expect("settings").await,
        settings,
        "the answer to `update_settings`"
    );
    assert_eq!(
        watcher.expect("settings").await,
        settings,
        "news to the person's other connections"
    );
    let answer = client.ask("Hi").await;
    assert_eq!(answer.end["model"], "custom/other");
    let asked = provider.asked(0).await;
    assert_eq!(asked.body["model"], "other", "the chosen model is asked");
    assert_eq!(asked.body["temperature"], 0.5);
    assert_eq!(
        asked.conversation(),
        ["system: Be brief.", "user: Hi"],
        "with the instructions"
    );

    let server = server.stop().await.start().await;
    let mut client = Client::join(&server, &alice).await;
    client
        .send(json!({"type": "get_settings", "data": {}}))
        .await;
    assert_eq!(
        client.expect("settings").await,
        settings,
        "what belongs to the person lives on the server"
    );
    client
        .send(json!({"type": "update_settings", "data": {"systemPrompt": null}}))
        .await;
    let changed = client.expect("settings").await;
    assert_eq!(
        (&changed["systemPrompt"], &changed["temperature"]),
        (&Value::Null, &json!(0.5)),
        "absent fields stay"
    );
    let mut bob = Client::join(&server, &server.user("bob")).await;
    bob.send(json!({"type": "get_settings", "data": {}})).await;
    assert_eq!(
        bob.expect("settings").await["model"],
        Value::Null,
        "and are nobody else's"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_chats_own_settings_go_before_the_persons() {
    let provider = Provider::start().await;
    let server = Setup::with(&provider).start().await;
    let (mut client, chat) = Client::in_new_chat(&server, &server.user("alice")).await;
    client
        .send(json!({"type": "update_settings", "data": {"systemPrompt": "Be brief."}}))
        .await;
    client.expect("settings").await;
    let update = json!({"chatId": chat, "model": "custom/other", "systemPrompt": "Rhyme."});
    client
        .send(json!({"type": "update_chat", "data": update}))
        .await;
    client.expect("chat_updated").await;
    client.ask("Hi").await;
    let asked = provider.asked(0).await;
    assert_eq!(asked.body["model"], "other");
    assert_eq!(asked.conversation()[0], "system: Rhyme.");
    let update = json!({"chatId": chat, "model": null, "systemPrompt": null});
    client
        .send(json!({"type": "update_chat", "data": update}))
        .await;
    client.expect("chat_updated").await;
    client.ask("Hi again").await;
    let asked = provider.asked(1).await;
    assert_eq!(
        asked.body["model"], "scripted",
        "`null` follows the person's setting again"
    );
    assert_eq!(asked.conversation()[0], "system: Be brief.");
}
