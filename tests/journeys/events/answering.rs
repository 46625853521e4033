//! A message and its answer, as the seed's clients see it.

use serde_json::json;

use crate::support::{Client, Gate, Provider, Script, Server, Setup, client::text, events::Events};

async fn with(scripts: impl IntoIterator<Item = Script>) -> (Provider, Server) {
    let provider = Provider::playing(scripts).await;
    let server = Setup::with(&provider).start().await;
    (provider, server)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_is_thinking_start_chunks_and_end() {
    let (provider, server) = with([Script::text(&["Voici ", "la ", "réponse"])]).await;
    let mut client = Events::open(&server, &server.user("alice")).await;
    client
        .send(
            Some("question-1"),
            "USER_MESSAGE",
            json!({"content": "Bonjour !"}),
        )
        .await;
    let thinking = client.expect_frame("AI_THINKING").await;
    assert!(thinking["data"]["timestamp"].as_i64() > Some(1_600_000_000_000));
    assert_eq!(thinking["metadata"]["requestId"], "question-1");
    let answer = client.answer().await;
    assert_eq!(
        answer.start["model"], "scripted",
        "AI_MESSAGE_START names the model"
    );
    assert_eq!(answer.text(), "Voici la réponse");
    assert_eq!(
        (&answer.end["isComplete"], &answer.end["stopReason"]),
        (&true.into(), &"complete".into())
    );
    assert_eq!(provider.asked(0).await.conversation(), ["user: Bonjour !"]);
    let ids: Vec<_> = client
        .socket
        .heard
        .iter()
        .map(|frame| {
            let frame: serde_json::Value = serde_json::from_str(frame).expect("JSON");
            text(&frame, "id").to_owned()
        })
        .collect();
    let unique: std::collections::HashSet<_> = ids.iter().collect();
    assert_eq!(unique.len(), ids.len(), "every frame has an id of its own");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_keeps_its_own_chat_and_another_has_another() {
    let (provider, server) = with([]).await;
    let alice = server.user("alice");
    let mut client = Events::open(&server, &alice).await;
    let first = client.ask("one").await;
    let second = client.ask("two").await;
    assert_eq!(first.start["chatId"], second.start["chatId"]);
    assert_eq!(
        provider.asked(1).await.conversation(),
        ["user: one", "assistant: Scripted answer.", "user: two"],
        "the conversation goes on"
    );
    let mut other = Events::open(&server, &alice).await;
    let third = other.ask("three").await;
    assert_ne!(
        third.start["chatId"], first.start["chatId"],
        "a session has one of its own"
    );
    assert_eq!(client.settled().await, Vec::<serde_json::Value>::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn context_picks_a_chat_and_answers_in_several_come_whole() {
    let (gate_one, gate_two) = (Gate::new(), Gate::new());
    let slow = |gate: &Gate, tokens: [&str; 2]| {
        Script::stream()
            .tokens(&tokens[..1])
            .gate(gate)
            .tokens(&tokens[1..])
            .end()
    };
    let (_provider, server) =
        with([slow(&gate_one, ["a", "b"]), slow(&gate_two, ["c", "d"])]).await;
    let alice = server.user("alice");
    let (_, one) = Client::in_new_chat(&server, &alice).await;
    let (_, two) = Client::in_new_chat(&server, &alice).await;
    let mut client = Events::open(&server, &alice).await;
    let mut starts = Vec::new();
    for (chat, first) in [(&one, "a"), (&two, "c")] {
        let data = json!({"content": "Hi", "context": {"chatId": chat, "page": 7}});
        client.send(None, "USER_MESSAGE", data).await;
        assert_eq!(client.expect("AI_THINKING").await["chatId"], chat.as_str());
        starts.push(client.expect("AI_MESSAGE_START").await);
        client.chunks_until(first).await;
    }
    gate_one.open();
    let first = client.rest(starts.remove(0), "a").await;
    assert_eq!(
        first.end["content"], "ab",
        "the first chat's answer comes whole all the same"
    );
    gate_two.open();
    let second = client.rest(starts.remove(0), "c").await;
    assert_eq!(second.end["content"], "cd");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn somebody_elses_chat_is_like_none() {
    let (_provider, server) = with([]).await;
    let (_, chat) = Client::in_new_chat(&server, &server.user("bob")).await;
    let mut client = Events::open(&server, &server.user("alice")).await;
    let mut errors = Vec::new();
    for chat in [chat.as_str(), "chat-of-nobody", "no id at all/"] {
        for (kind, data) in [
            (
                "USER_MESSAGE",
                json!({"content": "Hi", "context": {"chatId": chat}}),
            ),
            ("WATCH_CHAT", json!({"chatId": chat})),
        ] {
            client.send(None, kind, data).await;
            let error = client.error().await;
            assert_eq!(
                (text(&error, "code"), text(&error, "reason")),
                ("INVALID_MESSAGE", "not_found")
            );
            errors.push(error);
        }
    }
    assert!(
        errors.iter().all(|error| *error == errors[0]),
        "all alike: {errors:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_breaks_in_the_middle_has_an_end_and_an_error() {
    let cut = Script::stream().tokens(&["so ", "far"]).cut();
    let silent = Script::stream()
        .event(&crate::support::script::delta(
            &json!({"role": "assistant"}),
        ))
        .cut();
    let refused = Script::refused(401, "Incorrect API key provided");
    let (_provider, server) = with([cut, silent, refused]).await;
    let mut client = Events::open(&server, &server.user("alice")).await;

    let answer = client.ask("one").await;
    assert_eq!(
        (
            &answer.end["isComplete"],
            &answer.end["stopReason"],
            &answer.end["content"]
        ),
        (&false.into(), &"error".into(), &"so far".into())
    );
    let error = client.error().await;
    assert_eq!(
        (text(&error, "code"), text(&error, "reason")),
        ("GENERATION_FAILED", "cut_off")
    );
    assert_eq!(error["retryable"], true);
    assert_eq!(text(&error, "messageId"), answer.id());

    let answer = client.ask("two").await;
    assert_eq!(
        (&answer.end["isComplete"], &answer.end["content"]),
        (&false.into(), &"".into())
    );
    assert_eq!(text(&client.error().await, "code"), "GENERATION_FAILED");

    client.say("three").await;
    let error = client.error().await;
    assert_eq!(
        (text(&error, "code"), text(&error, "reason")),
        ("GENERATION_FAILED", "key_refused"),
        "what never began has its ERROR alone"
    );
    let last = client.ask("four").await;
    assert_eq!(last.end["isComplete"], true, "and the chat goes on");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_guide_answers_under_its_name() {
    let server = Setup::new().start().await;
    let mut client = Events::open(&server, &server.user("alice")).await;
    let answer = client.ask("Hello").await;
    assert_eq!(answer.start["model"], "guide");
    assert_eq!(answer.end["isComplete"], true);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn draining_ends_the_answer_says_why_and_closes_with_1001() {
    let (_provider, server) = with([Script::stream().tokens(&["so far"]).hang()]).await;
    let mut client = Events::open(&server, &server.user("alice")).await;
    client.say("Hi").await;
    let start = client.expect("AI_MESSAGE_START").await;
    client.chunks_until("so far").await;
    server.signal("TERM");
    let answer = client.rest(start, "so far").await;
    assert_eq!(
        (&answer.end["isComplete"], &answer.end["stopReason"]),
        (&false.into(), &"interrupted".into())
    );
    let error = client.error().await;
    assert_eq!(
        (text(&error, "code"), &error["retryable"]),
        ("SERVER_ERROR", &true.into())
    );
    assert_eq!(client.socket.closed().await, 1001);
    assert!(server.ended().await.0.success());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn messages_a_minute_and_running_answers_are_limited() {
    let provider = Provider::playing([Script::stream().tokens(&["one"]).hang()]).await;
    let server = Setup::with(&provider)
        .env("PARLOR_LIMITS_MESSAGES_PER_MINUTE", "3")
        .env("PARLOR_LIMITS_RUNNING_ANSWERS", "1")
        .start()
        .await;
    let mut client = Events::open(&server, &server.user("alice")).await;
    client.say("Hi").await;
    client.expect("AI_MESSAGE_START").await;
    client.chunks_until("one").await;
    for (kind, data, reason) in [
        (
            "USER_MESSAGE",
            json!({"content": "again"}),
            "too_many_answers",
        ),
        (
            "GENERATE_OBJECTIVE",
            json!({"prompt": "piano"}),
            "too_many_answers",
        ),
        (
            "USER_MESSAGE",
            json!({"content": "again"}),
            "too_many_messages",
        ),
        (
            "GENERATE_OBJECTIVE",
            json!({"prompt": "piano"}),
            "too_many_messages",
        ),
    ] {
        client.send(Some("r"), kind, data).await;
        let error = client.error().await;
        assert_eq!(
            (text(&error, "code"), text(&error, "reason")),
            ("RATE_LIMIT", reason)
        );
        assert_eq!(error["retryable"], true);
        assert!(
            error["retryAfter"].as_u64() > Some(0),
            "in milliseconds: {error}"
        );
    }
}
