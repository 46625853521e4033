//! Ids of chats and messages that are somebody else's, nobody's, or no ids.

use serde_json::{Value, json};

use crate::support::{Client, Provider, Setup, client::text};

/// What a frame is answered with, without the id it was sent with.
async fn answer(client: &mut Client, frame: &Value) -> Value {
    client.send(frame.clone()).await;
    let error = client.error().await;
    assert_eq!(
        text(&error, "code"),
        "INVALID_MESSAGE",
        "{frame} got {error}"
    );
    error
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_chat_of_another_is_answered_like_one_that_does_not_exist() {
    let provider = Provider::start().await;
    let server = Setup::with(&provider).start().await;
    // The first account owns the server: it sees no more of others' chats than anyone.
    let mallory = server.user("mallory");
    let (mut owner, hers) = Client::in_new_chat(&server, &server.user("alice")).await;
    let reply = owner.ask("A secret").await;
    let said = reply.end["parentId"].clone();
    let mut stranger = Client::join(&server, &mallory).await;

    let long = "x".repeat(10 * 1024);
    let others = [
        "no-such-chat",
        "../",
        "../../etc/passwd",
        "",
        " ",
        "null",
        "'; DROP TABLE chats; --",
        &long,
    ];
    let frames: [fn(&str) -> Value; 7] = [
        |chat| json!({"type": "join_chat", "ref": "r", "data": {"chatId": chat}}),
        |chat| json!({"type": "message", "ref": "r", "data": {"message": "Hi", "chatId": chat}}),
        |chat| json!({"type": "update_chat", "ref": "r", "data": {"chatId": chat, "title": "Mine"}}),
        |chat| json!({"type": "delete_chat", "ref": "r", "data": {"chatId": chat}}),
        |chat| json!({"type": "restore_chat", "ref": "r", "data": {"chatId": chat}}),
        |message| json!({"type": "regenerate", "ref": "r", "data": {"messageId": message}}),
        |message| json!({"type": "continue", "ref": "r", "data": {"messageId": message}}),
    ];
    for frame in frames {
        let message = matches!(frame("")["type"].as_str(), Some("regenerate" | "continue"));
        let theirs = if message { reply.id() } else { hers.as_str() };
        let of_another = answer(&mut stranger, &frame(theirs)).await;
        assert_eq!(of_another["reason"], "not_found", "{of_another}");
        for other in others {
            let of_nobody = answer(&mut stranger, &frame(other)).await;
            assert_eq!(
                of_nobody,
                of_another,
                "a chat of somebody else is answered like one that does not exist: {:.100}",
                frame(other)
            );
        }
    }
    let parent = json!({"type": "message", "data": {"message": "Hi", "parentId": said}});
    stranger
        .send(json!({"type": "create_chat", "data": {}}))
        .await;
    stranger.expect("chat_created").await;
    assert_eq!(
        answer(&mut stranger, &parent).await["reason"],
        "not_found",
        "nor does a parent lead there"
    );
    assert!(
        !stranger.heard.concat().contains("A secret"),
        "a user sees only chats of their own"
    );

    assert_eq!(
        owner.settled().await,
        Vec::<Value>::new(),
        "the owner hears nothing of it"
    );
    let joined = owner.look_at(&hers).await;
    assert_eq!(
        joined["messages"].as_array().map(Vec::len),
        Some(2),
        "and nothing stored is lost"
    );
    assert_eq!(provider.requests().len(), 1, "no model was asked");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stranger_hears_nothing_of_anothers_chats() {
    let provider = Provider::start().await;
    let server = Setup::with(&provider).start().await;
    let mut stranger = Client::join(&server, &server.user("mallory")).await;
    stranger
        .send(json!({"type": "watch_chats", "data": {"since": 0}}))
        .await;
    assert_eq!(stranger.expect("chats").await["chats"], json!([]));
    let (mut owner, _) = Client::in_new_chat(&server, &server.user("alice")).await;
    owner.ask("A secret").await;
    assert_eq!(
        stranger.settled().await,
        Vec::<Value>::new(),
        "a user sees only chats of their own"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_reply_to_a_refused_join_leaves_the_current_chat() {
    let provider = Provider::start().await;
    let server = Setup::with(&provider).start().await;
    let (mut client, chat) = Client::in_new_chat(&server, &server.user("alice")).await;
    client
        .send(json!({"type": "join_chat", "data": {"chatId": "no-such-chat"}}))
        .await;
    client.error().await;
    let said = client.say("Hi").await;
    assert_eq!(
        said["chatId"],
        chat.as_str(),
        "the current chat is the one last joined or created"
    );
    client.answer().await;
}
