//! One press of Enter is one message and one answer, whatever is sent again; and no new message is
//! taken for an old one, however clients count.

use serde_json::json;

use crate::support::{Client, Gate, Provider, Script, Server, Setup, client::text, events::Events};

const STRONG: &str = "5f0c2c5e-93a3-4c8b-9df6-1f1f5b0c7a11";

async fn with(scripts: impl IntoIterator<Item = Script>) -> (Provider, Server) {
    let provider = Provider::playing(scripts).await;
    let server = Setup::with(&provider).start().await;
    (provider, server)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_frame_again_is_one_message_and_the_answer_is_told_again() {
    let (provider, server) = with([]).await;
    let alice = server.user("alice");
    let mut client = Events::open(&server, &alice).await;
    let mut answers = Vec::new();
    for _ in 0..2 {
        client
            .send(Some(STRONG), "USER_MESSAGE", json!({"content": "Hi"}))
            .await;
        let thinking = client.expect_frame("AI_THINKING").await;
        assert_eq!(
            thinking["metadata"]["requestId"], STRONG,
            "accepted, however often"
        );
        answers.push(client.answer().await);
    }
    // On another connection, as after a cut line; and after a restart.
    drop(client);
    let server = server.stop().await.start().await;
    let mut client = Events::open(&server, &alice).await;
    client
        .send(Some(STRONG), "USER_MESSAGE", json!({"content": "Hi"}))
        .await;
    client.expect("AI_THINKING").await;
    answers.push(client.answer().await);
    assert!(answers.iter().all(|answer| answer.id() == answers[0].id()));
    assert!(
        answers
            .iter()
            .all(|answer| answer.text() == "Scripted answer.")
    );
    assert_eq!(provider.requests().len(), 1, "asked once");
    let chat = text(&answers[0].start, "chatId").to_owned();
    let next = client.ask("and then?").await;
    assert_eq!(
        next.start["chatId"],
        chat.as_str(),
        "the session's chat is that of the message"
    );
    let mut viewer = Client::join(&server, &alice).await;
    viewer
        .send(json!({"type": "watch_chats", "data": {}}))
        .await;
    let chats = viewer.expect("chats").await;
    assert_eq!(
        chats["chats"].as_array().map(Vec::len),
        Some(1),
        "no empty chat is left"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_running_answer_is_followed_by_who_sends_its_question_again() {
    let gate = Gate::new();
    let script = Script::stream()
        .tokens(&["one "])
        .gate(&gate)
        .tokens(&["two"])
        .end();
    let (provider, server) = with([script]).await;
    let alice = server.user("alice");
    let mut client = Events::open(&server, &alice).await;
    client
        .send(Some(STRONG), "USER_MESSAGE", json!({"content": "Hi"}))
        .await;
    client.expect("AI_THINKING").await;
    client.expect("AI_MESSAGE_START").await;
    client.chunks_until("one ").await;
    drop(client);
    let mut again = Events::open(&server, &alice).await;
    again
        .send(Some(STRONG), "USER_MESSAGE", json!({"content": "Hi"}))
        .await;
    again.expect("AI_THINKING").await;
    let start = again.expect("AI_MESSAGE_START").await;
    gate.open();
    assert_eq!(again.rest(start, "").await.text(), "one two");
    assert_eq!(provider.requests().len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn weak_ids_and_other_words_are_new_messages() {
    let (provider, server) = with([]).await;
    let alice = server.user("alice");
    // Two pages that both count from 1, and say the same.
    for _ in 0..2 {
        let mut client = Events::open(&server, &alice).await;
        for _ in 0..2 {
            client
                .send(Some("1"), "USER_MESSAGE", json!({"content": "Hi"}))
                .await;
            client.expect("AI_THINKING").await;
            client.answer().await;
        }
    }
    assert_eq!(provider.requests().len(), 2, "once on each page");
    let mut client = Events::open(&server, &alice).await;
    for content in ["Hi", "Hi again"] {
        client
            .send(Some(STRONG), "USER_MESSAGE", json!({"content": content}))
            .await;
        client.expect("AI_THINKING").await;
        client.answer().await;
    }
    assert_eq!(
        provider.requests().len(),
        4,
        "other words are another message"
    );
    for _ in 0..2 {
        client
            .send(None, "USER_MESSAGE", json!({"content": "Hi"}))
            .await;
        client.expect("AI_THINKING").await;
        client.answer().await;
    }
    assert_eq!(
        provider.requests().len(),
        6,
        "without an id each is its own"
    );
}
