//! Both dialects are two views of one set of chats.

use serde_json::{Value, json};

use crate::support::{Client, Gate, Provider, Script, Server, Setup, client::text, events::Events};

async fn with(scripts: impl IntoIterator<Item = Script>) -> (Provider, Server) {
    let provider = Provider::playing(scripts).await;
    let server = Setup::with(&provider).start().await;
    (provider, server)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_asked_for_in_one_dialect_streams_live_in_both() {
    let (first, second) = (Gate::new(), Gate::new());
    let slow = |gate: &Gate| {
        Script::stream()
            .tokens(&["one "])
            .gate(gate)
            .tokens(&["two"])
            .end()
    };
    let (_provider, server) = with([slow(&first), slow(&second)]).await;
    let alice = server.user("alice");
    let (mut chat_client, chat) = Client::in_new_chat(&server, &alice).await;
    let mut events = Events::open(&server, &alice).await;

    // Asked for in B, seen in A while it is written.
    let data = json!({"content": "from B", "context": {"chatId": chat}});
    events.send(None, "USER_MESSAGE", data).await;
    events.expect("AI_THINKING").await;
    let start = events.expect("AI_MESSAGE_START").await;
    events.chunks_until("one ").await;
    assert_eq!(
        chat_client.expect("user_message").await["content"],
        "from B"
    );
    let shown = chat_client.expect("assistant_message_start").await;
    assert_eq!(shown["messageId"], start["messageId"], "the same answer");
    chat_client.tokens_until("one ").await;
    first.open();
    let in_b = events.rest(start, "one ").await;
    let in_a = chat_client.rest_of_answer(shown, "one ").await;
    assert_eq!(
        (text(&in_b.end, "content"), text(&in_a.end, "content")),
        ("one two", "one two")
    );

    // Asked for in A, seen in B, which spoke in this chat last.
    chat_client.say("from A").await;
    let shown = chat_client.expect("assistant_message_start").await;
    chat_client.tokens_until("one ").await;
    events.expect("AI_THINKING").await;
    let start = events.expect("AI_MESSAGE_START").await;
    assert_eq!(start["messageId"], shown["messageId"], "the same answer");
    events.chunks_until("one ").await;
    // Stopped in A, ended in both.
    chat_client.send(json!({"type": "stop", "data": {}})).await;
    let end = events.expect("AI_MESSAGE_END").await;
    assert_eq!(
        (&end["stopReason"], &end["content"]),
        (&"user_cancelled".into(), &"one ".into())
    );
    assert_eq!(
        chat_client.rest_of_answer(shown, "one ").await.end["status"],
        "stopped"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_chat_made_in_b_is_in_the_list_of_a_with_its_history() {
    let (_provider, server) = with([]).await;
    let alice = server.user("alice");
    let mut watcher = Client::join(&server, &alice).await;
    watcher
        .send(json!({"type": "watch_chats", "data": {}}))
        .await;
    watcher.expect("chats").await;
    let mut events = Events::open(&server, &alice).await;
    let answer = events.ask("Bonjour !").await;
    let chat = text(&answer.start, "chatId");
    let updated = watcher.until("chat_updated").await;
    assert_eq!(updated["chat"]["chatId"], chat);
    let joined = Client::join(&server, &alice).await.look_at(chat).await;
    let told: Vec<_> = joined["messages"]
        .as_array()
        .expect("messages")
        .iter()
        .map(|message| text(message, "content"))
        .collect();
    assert_eq!(told, ["Bonjour !", "Scripted answer."]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn watching_a_chat_follows_what_runs_there_and_resumes_it() {
    let gate = Gate::new();
    let script = Script::stream()
        .tokens(&["one ", "two "])
        .gate(&gate)
        .tokens(&["three"])
        .end();
    let (_provider, server) = with([script]).await;
    let alice = server.user("alice");
    let (mut chat_client, chat) = Client::in_new_chat(&server, &alice).await;
    chat_client.say("count").await;
    let shown = chat_client.expect("assistant_message_start").await;
    let token = chat_client.tokens_until("one two ").await;

    let mut whole = Events::open(&server, &alice).await;
    whole
        .send(Some("w"), "WATCH_CHAT", json!({"chatId": chat}))
        .await;
    let watched = whole.expect_frame("CHAT_WATCHED").await;
    assert_eq!(watched["metadata"]["requestId"], "w");
    assert_eq!(watched["data"]["messageId"], shown["messageId"]);
    let start = whole.expect("AI_MESSAGE_START").await;
    assert_eq!(start["seq"], 0);

    // One that was away has all but the rest.
    let mut back = Events::open(&server, &alice).await;
    let had = json!({
        "chatId": chat, "messageId": shown["messageId"], "revision": start["revision"],
        "seq": token["seq"],
    });
    back.send(None, "WATCH_CHAT", had.clone()).await;
    back.expect("CHAT_WATCHED").await;
    let resumed = back.expect("AI_MESSAGE_START").await;
    assert_eq!(resumed["seq"], token["seq"], "from where it was");
    gate.open();
    let rest = back.rest(resumed, "one two ").await;
    assert_eq!(rest.text(), "three", "no gap and nothing twice");
    assert_eq!(whole.rest(start, "").await.text(), "one two three");

    // One that was away until after the end has the end, with the whole text.
    let mut late = Events::open(&server, &alice).await;
    late.send(None, "WATCH_CHAT", had).await;
    late.expect("CHAT_WATCHED").await;
    let end = late.expect("AI_MESSAGE_END").await;
    assert_eq!(
        (&end["content"], &end["isComplete"]),
        (&"one two three".into(), &true.into())
    );
    assert_eq!(late.settled().await, Vec::<Value>::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pieces_of_an_earlier_writing_count_for_nothing() {
    let (gate, hold) = (Gate::new(), Gate::new());
    let first = Script::stream()
        .tokens(&["one "])
        .gate(&gate)
        .tokens(&["two "])
        .hang();
    let second = Script::stream()
        .tokens(&["three "])
        .gate(&hold)
        .tokens(&["four"])
        .end();
    let (_provider, server) = with([first, second]).await;
    let alice = server.user("alice");
    let mut events = Events::open(&server, &alice).await;
    let chat = text(&events.say("count").await, "chatId").to_owned();
    let start = events.expect("AI_MESSAGE_START").await;
    events.chunks_until("one ").await;
    gate.open();
    let last = events.chunks_until("two ").await;
    assert_eq!(last["seq"], 2, "two pieces");
    let part = |revision: &Value| {
        json!({
            "chatId": chat, "messageId": start["messageId"], "revision": revision, "seq": 2,
        })
    };
    drop(events);
    // Stopped and gone on with while it was away: that counts its pieces anew.
    let mut other = Client::join(&server, &alice).await;
    other.look_at(&chat).await;
    other.send(json!({"type": "stop", "data": {}})).await;
    other.until("assistant_message_complete").await;
    let message = json!({"messageId": start["messageId"]});
    other
        .send(json!({"type": "continue", "data": message}))
        .await;
    other.until("assistant_message_start").await;
    other.tokens_until("one two three ").await;
    for revision in [&start["revision"], &Value::Null] {
        let mut back = Events::open(&server, &alice).await;
        back.send(None, "WATCH_CHAT", part(revision)).await;
        back.expect("CHAT_WATCHED").await;
        let again = back.expect("AI_MESSAGE_START").await;
        assert_eq!(again["seq"], 0, "from its beginning: {again}");
        assert!(again["revision"].as_u64() > start["revision"].as_u64());
        back.chunks_until("one two three ").await;
        // Of this writing it has two pieces now.
        let mut once_more = Events::open(&server, &alice).await;
        once_more
            .send(None, "WATCH_CHAT", part(&again["revision"]))
            .await;
        once_more.expect("CHAT_WATCHED").await;
        assert_eq!(once_more.expect("AI_MESSAGE_START").await["seq"], 2);
    }
    hold.open();
    other.until("assistant_message_complete").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_chat_that_was_left_is_heard_no_more() {
    let (_provider, server) = with([]).await;
    let alice = server.user("alice");
    let (mut one_client, one) = Client::in_new_chat(&server, &alice).await;
    let mut events = Events::open(&server, &alice).await;
    let data = json!({"content": "Hi", "context": {"chatId": one}});
    events.send(None, "USER_MESSAGE", data).await;
    events.expect("AI_THINKING").await;
    events.answer().await;
    one_client.expect("user_message").await;
    one_client.answer().await;
    // In a chat of its own now.
    events.ask("elsewhere").await;
    one_client.ask("in the first").await;
    assert_eq!(events.settled().await, Vec::<Value>::new());
}
