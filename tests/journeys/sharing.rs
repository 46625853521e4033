//! Chats of several people: who is let in, what they see, what each may do, and how they go.

use serde_json::{Value, json};

use crate::support::{
    Client, Person, Provider, Server, Setup,
    client::{assert_error, text},
    events::Events,
    script::{Gate, Script},
};

/// The answer to `frame`, past what the feed tells meanwhile.
async fn answer(client: &mut Client, mut frame: Value) -> Value {
    frame["ref"] = json!("asked");
    client.send(frame).await;
    loop {
        let frame = client.next().await;
        if frame["ref"] == "asked" {
            return frame;
        }
    }
}

/// The refusal of `frame`.
async fn refusal(client: &mut Client, frame: Value) -> Value {
    let mut refused = answer(client, frame.clone()).await;
    assert_eq!(refused["type"], "error", "{frame} got {refused}");
    let data = refused["data"].take();
    assert_error(&data);
    data
}

fn share(chat: &str, person: &Person, access: &str) -> Value {
    json!({"type": "share_chat", "data": {"chatId": chat, "userId": person.id, "access": access}})
}

fn unshare(chat: &str, person: &Person) -> Value {
    json!({"type": "unshare_chat", "data": {"chatId": chat, "userId": person.id}})
}

/// The next frame of this type, errors included.
async fn until(client: &mut Client, kind: &str) -> Value {
    loop {
        let mut frame = client.next().await;
        if frame["type"] == kind {
            return frame["data"].take();
        }
    }
}

async fn watch(client: &mut Client) -> Value {
    client
        .send(json!({"type": "watch_chats", "data": {"since": 0}}))
        .await;
    client.expect("chats").await
}

struct Home {
    server: Server,
    provider: Provider,
    alice: Person,
    bob: Person,
}

impl Home {
    async fn new() -> Self {
        let provider = Provider::start().await;
        let server = Setup::with(&provider).start().await;
        let alice = server.user("alice");
        let bob = server.user("bob");
        Self {
            server,
            provider,
            alice,
            bob,
        }
    }

    /// Alice in a chat of hers with Bob in it, and Bob looking at it.
    async fn shared(&self, access: &str) -> (Client, Client, String) {
        let (mut alice, chat) = Client::in_new_chat(&self.server, &self.alice).await;
        let told = answer(&mut alice, share(&chat, &self.bob, access)).await;
        assert_eq!(told["type"], "chat_updated", "{told}");
        let mut bob = Client::join(&self.server, &self.bob).await;
        bob.look_at(&chat).await;
        (alice, bob, chat)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_shared_chat_appears_and_its_answer_is_live_for_both() {
    let home = Home::new().await;
    let (mut alice, chat) = Client::in_new_chat(&home.server, &home.alice).await;
    alice.ask("What is bread?").await;
    let mut bob = Client::join(&home.server, &home.bob).await;
    assert_eq!(watch(&mut bob).await["chats"], json!([]), "nothing yet");

    let told = answer(&mut alice, share(&chat, &home.bob, "read")).await;
    let members = json!([
        {"userId": home.alice.id, "name": "alice", "access": "owner"},
        {"userId": home.bob.id, "name": "bob", "access": "read"},
    ]);
    assert_eq!(told["data"]["chat"]["members"], members, "{told}");
    let news = bob.expect("chat_updated").await;
    assert_eq!(news["chat"]["chatId"], chat.as_str(), "a new chat for Bob");
    assert_eq!(news["chat"]["members"], members);

    let joined = bob.look_at(&chat).await;
    let first = &joined["messages"][0];
    assert_eq!(
        first["author"],
        json!({"userId": home.alice.id, "name": "alice"}),
        "messages say who wrote them: {first}"
    );
    assert_eq!(joined["messages"][1].get("author"), None, "answers do not");

    let gate = Gate::new();
    home.provider.queue(
        Script::stream()
            .tokens(&["Flour"])
            .gate(&gate)
            .tokens(&[" and water"])
            .end(),
    );
    let said = alice.say("More?").await;
    assert_eq!(said["author"]["name"], "alice", "{said}");
    let heard = until(&mut bob, "user_message").await;
    assert_eq!(heard["content"], "More?");
    assert_eq!(heard["author"]["name"], "alice");
    let piece = until(&mut bob, "assistant_message_token").await;
    assert_eq!(piece["token"], "Flour", "word by word, while it is written");
    gate.open();
    assert_eq!(alice.answer().await.text(), "Flour and water");
    let end = until(&mut bob, "assistant_message_complete").await;
    assert_eq!(end["content"], "Flour and water");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reader_changes_nothing() {
    let home = Home::new().await;
    let (mut alice, mut bob, chat) = home.shared("read").await;
    let gate = Gate::new();
    home.provider
        .queue(Script::stream().tokens(&["One"]).gate(&gate).end());
    alice.say("First").await;
    let start = until(&mut bob, "assistant_message_start").await;
    let running = text(&start, "messageId").to_owned();
    let stop = json!({"type": "stop", "data": {"messageId": running}});
    assert_eq!(refusal(&mut bob, stop).await["reason"], "forbidden");
    let stop = json!({"type": "stop", "data": {}});
    assert_eq!(refusal(&mut bob, stop).await["reason"], "forbidden");
    gate.open();
    let ended = alice.answer().await;
    assert_eq!(ended.end["status"], "complete", "nobody stopped it");

    let frames = [
        json!({"type": "message", "data": {"message": "Mine", "chatId": chat}}),
        json!({"type": "message", "data": {"message": "Mine"}}),
        json!({"type": "regenerate", "data": {"messageId": running}}),
        json!({"type": "continue", "data": {"messageId": running}}),
        json!({"type": "update_chat", "data": {"chatId": chat, "title": "Mine"}}),
        json!({"type": "update_chat", "data": {"chatId": chat, "leafId": running}}),
        json!({"type": "delete_chat", "data": {"chatId": chat}}),
        share(&chat, &home.bob, "write"),
        unshare(&chat, &home.alice),
    ];
    for frame in frames {
        let refused = refusal(&mut bob, frame.clone()).await;
        assert_eq!(
            (refused["code"].as_str(), refused["reason"].as_str()),
            (Some("INVALID_MESSAGE"), Some("forbidden")),
            "{frame} got {refused}"
        );
    }
    let restore = json!({"type": "restore_chat", "data": {"chatId": chat}});
    assert_eq!(refusal(&mut bob, restore).await["reason"], "not_found");
    assert_eq!(home.provider.requests().len(), 1, "no model was asked");
    let joined = alice.look_at(&chat).await;
    assert_eq!(joined["messages"].as_array().map(Vec::len), Some(2));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_writer_does_all_but_share_and_delete() {
    let home = Home::new().await;
    let (mut alice, mut bob, chat) = home.shared("write").await;
    let asked = bob.ask("From Bob").await;
    let heard = until(&mut alice, "user_message").await;
    assert_eq!(heard["author"]["name"], "bob");
    until(&mut alice, "assistant_message_complete").await;
    let renamed = json!({"type": "update_chat", "data": {"chatId": chat, "title": "Ours"}});
    assert_eq!(
        answer(&mut bob, renamed).await["data"]["chat"]["title"],
        "Ours"
    );
    let again = json!({"type": "regenerate", "data": {"messageId": asked.id()}});
    assert_eq!(answer(&mut bob, again).await["type"], "chat_updated");
    bob.answer().await;
    for frame in [
        share(&chat, &home.bob, "read"),
        unshare(&chat, &home.bob),
        json!({"type": "delete_chat", "data": {"chatId": chat}}),
        // There is one place in the list for all.
        json!({"type": "update_chat", "data": {"chatId": chat, "pinned": true}}),
    ] {
        assert_eq!(refusal(&mut bob, frame).await["reason"], "forbidden");
    }
    let gone = json!({"type": "leave_chat", "data": {"chatId": chat}});
    assert_eq!(
        refusal(&mut alice, gone).await["reason"],
        "forbidden",
        "the owner stays"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_is_shut_out_hears_nothing_more_at_once() {
    let home = Home::new().await;
    let (mut alice, mut bob, chat) = home.shared("write").await;
    let since = watch(&mut bob).await["revision"].clone();
    let gate = Gate::new();
    home.provider.queue(
        Script::stream()
            .tokens(&["Before"])
            .gate(&gate)
            .tokens(&[" secret"])
            .end(),
    );
    alice.say("Go on").await;
    until(&mut bob, "assistant_message_token").await;
    let told = answer(&mut alice, unshare(&chat, &home.bob)).await;
    assert_eq!(
        told["data"]["chat"].get("members"),
        None,
        "alone again: {told}"
    );
    let gone = until(&mut bob, "chat_deleted").await;
    assert_eq!(gone["chatId"], chat.as_str());
    gate.open();
    until(&mut alice, "assistant_message_complete").await;
    assert_eq!(
        bob.settled().await,
        Vec::<Value>::new(),
        "following stopped"
    );
    assert!(!bob.heard.concat().contains("secret"));

    for frame in [
        json!({"type": "join_chat", "data": {"chatId": chat}}),
        json!({"type": "message", "data": {"message": "Hi", "chatId": chat}}),
        json!({"type": "delete_chat", "data": {"chatId": chat}}),
        share(&chat, &home.bob, "read"),
        json!({"type": "leave_chat", "data": {"chatId": chat}}),
    ] {
        let refused = refusal(&mut bob, frame.clone()).await;
        assert_eq!(refused["reason"], "not_found", "{frame} got {refused}");
    }
    // A device that was away learns of it by the tombstone.
    let mut phone = Client::join(&home.server, &home.bob).await;
    phone
        .send(json!({"type": "watch_chats", "data": {"since": since}}))
        .await;
    let changed = phone.expect("chats").await;
    assert_eq!(changed["removed"], json!([chat]), "{changed}");
    assert_eq!(changed["running"], json!([]), "{changed}");

    // And may come back.
    answer(&mut alice, share(&chat, &home.bob, "read")).await;
    let back = until(&mut phone, "chat_updated").await;
    assert_eq!(back["chat"]["chatId"], chat.as_str());
    assert_eq!(
        phone.look_at(&chat).await["messages"]
            .as_array()
            .map(Vec::len),
        Some(2)
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_of_the_other_dialect_hears_that_it_is_shut_out() {
    let home = Home::new().await;
    let (mut alice, _bob, chat) = home.shared("read").await;
    let mut events = Events::open(&home.server, &home.bob).await;
    events
        .send(None, "WATCH_CHAT", json!({"chatId": chat}))
        .await;
    events.until("CHAT_WATCHED").await;
    answer(&mut alice, unshare(&chat, &home.bob)).await;
    let gone = events.error().await;
    assert_eq!(
        (&gone["chatId"], &gone["reason"], &gone["retryable"]),
        (&json!(chat), &json!("not_found"), &json!(false)),
        "{gone}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_leaves_is_gone_and_the_others_hear_it() {
    let home = Home::new().await;
    let (mut alice, mut bob, chat) = home.shared("write").await;
    watch(&mut alice).await;
    let left = answer(
        &mut bob,
        json!({"type": "leave_chat", "data": {"chatId": chat}}),
    )
    .await;
    assert_eq!(left["type"], "chat_deleted", "{left}");
    let news = until(&mut alice, "chat_updated").await;
    assert_eq!(news["chat"].get("members"), None, "{news}");
    alice.say("Alone").await;
    until(&mut alice, "assistant_message_complete").await;
    assert_eq!(bob.settled().await, Vec::<Value>::new());
    let mut anew = Client::join(&home.server, &home.bob).await;
    assert_eq!(watch(&mut anew).await["chats"], json!([]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_who_write_at_once_both_keep_their_messages() {
    let home = Home::new().await;
    let (mut alice, mut bob, chat) = home.shared("write").await;
    let say = |words: &str| json!({"type": "message", "data": {"message": words}});
    for round in 0..5 {
        tokio::join!(
            alice.send(say(&format!("Alice {round}"))),
            bob.send(say(&format!("Bob {round}"))),
        );
    }
    for client in [&mut alice, &mut bob] {
        let mut ended = 0;
        while ended < 10 {
            client.until("assistant_message_complete").await;
            ended += 1;
        }
    }
    for asked in home.provider.requests() {
        let line = asked.conversation();
        let answered = line
            .chunks(2)
            .all(|pair| pair.len() == 1 || pair[1].starts_with("assistant: "));
        assert!(answered, "an answer waits for the one it follows: {line:?}");
    }
    let joined = alice.look_at(&chat).await;
    let line = joined["messages"].as_array().expect("a history");
    let mut said: Vec<&str> = line
        .iter()
        .filter(|message| message["role"] == "user")
        .map(|message| text(message, "content"))
        .collect();
    assert_eq!(line.len(), 20, "all on the line shown");
    said.sort_unstable();
    said.dedup();
    assert_eq!(said.len(), 10, "nobody's words are lost: {said:?}");
    for message in line.iter().filter(|message| message["role"] == "user") {
        let author = text(&message["author"], "name");
        let words = text(message, "content").to_lowercase();
        assert!(words.starts_with(author), "{author} wrote {words}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_outsider_finds_no_shared_chat_and_nobody_is_invented() {
    let home = Home::new().await;
    let (mut alice, _bob, chat) = home.shared("write").await;
    let carol = home.server.user("carol");
    let mut carol_there = Client::join(&home.server, &carol).await;
    for frame in [
        share(&chat, &carol, "read"),
        unshare(&chat, &home.bob),
        json!({"type": "leave_chat", "data": {"chatId": chat}}),
    ] {
        let mut nowhere = frame.clone();
        nowhere["data"]["chatId"] = json!("no-such-chat");
        let of_another = refusal(&mut carol_there, frame).await;
        assert_eq!(of_another["reason"], "not_found");
        assert_eq!(refusal(&mut carol_there, nowhere).await, of_another);
    }
    let nobody =
        json!({"type": "share_chat", "data": {"chatId": chat, "name": "nobody", "access": "read"}});
    assert_eq!(refusal(&mut alice, nobody).await["reason"], "not_found");
    for access in ["owner", "none", ""] {
        let refused = refusal(&mut alice, share(&chat, &carol, access)).await;
        assert_eq!(refused["reason"], "malformed", "{access}: {refused}");
    }
    let named =
        json!({"type": "share_chat", "data": {"chatId": chat, "name": "CAROL", "access": "read"}});
    let told = answer(&mut alice, named).await;
    assert_eq!(
        told["data"]["chat"]["members"].as_array().map(Vec::len),
        Some(3)
    );
    home.server.setup().cli_ok(&["user", "disable", "bob"]);
    let closed = refusal(&mut alice, share(&chat, &home.bob, "read")).await;
    assert_eq!(closed["reason"], "not_found", "a closed account is nobody");
}
