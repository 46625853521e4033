//! What a person loses beside their sockets when their account is closed or their device signed out:
//! the answers that they asked for, and what they have not read yet.

use std::time::Duration;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tokio::time::{Instant, sleep, timeout};
use tokio_tungstenite::tungstenite::Message;

use crate::support::{
    Client, DEADLINE, Gate, Person, Provider, Script, Server, Setup, client::text, events::Events,
    http, server::succeeded,
};

/// An answer that has said something and never ends.
fn endless() -> Script {
    Script::stream().tokens(&["one "]).hang()
}

/// Closes an account over HTTP.
async fn close(server: &Server, whom: &Person, by: &Person) {
    let path = format!("/api/users/{}", whom.id);
    let body = json!({"enabled": false});
    let reply = http::call(server, Method::PATCH, &path, Some(&body), Some(&by.token)).await;
    assert_eq!(reply.status, StatusCode::OK, "{}", reply.body);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_answers_of_a_closed_account_end_in_both_dialects_and_no_others() {
    let rest = Gate::new();
    let others = Script::stream().tokens(&["half "]).gate(&rest);
    let others = others.tokens(&["whole"]).end();
    let provider = Provider::playing([others, endless(), endless(), endless()]).await;
    let server = Setup::with(&provider)
        .env("PARLOR_LIMITS_RUNNING_ANSWERS", "0")
        .start()
        .await;
    let (owner, bob) = (server.user("olga"), server.user("bob"));
    let (mut stays, _) = Client::in_new_chat(&server, &owner).await;
    stays.say("And mine?").await;
    stays.expect("assistant_message_start").await;
    stays.tokens_until("half ").await;

    let (mut chat, id) = Client::in_new_chat(&server, &bob).await;
    chat.say("Count").await;
    chat.expect("assistant_message_start").await;
    chat.tokens_until("one ").await;
    chat.say("And on").await;
    let mut events = Events::open(&server, &bob).await;
    events.say("Compte").await;
    events.until("AI_MESSAGE_START").await;
    events.chunks_until("one ").await;
    let mut wishing = Events::open(&server, &bob).await;
    let wish = json!({"prompt": "Apprendre le piano"});
    wishing.send(Some("wish"), "GENERATE_OBJECTIVE", wish).await;
    provider.asked(3).await;

    close(&server, &bob, &owner).await;
    for running in 1..4 {
        provider.aborted(running).await;
    }
    assert_eq!(chat.closed().await, 1008);
    assert_eq!(events.socket.closed().await, 1008);
    assert_eq!(wishing.socket.closed().await, 1008);
    rest.open();
    let end = stays.until("assistant_message_complete").await;
    assert_eq!(
        text(&end, "content"),
        "half whole",
        "others' answers go on: {end}"
    );

    server.setup().cli_ok(&["user", "enable", "bob"]);
    let joined = Client::join(&server, &bob).await.look_at(&id).await;
    let messages = joined["messages"].as_array().expect("messages");
    let kept = |index: usize| {
        (
            text(&messages[index], "content"),
            &messages[index]["status"],
        )
    };
    assert_eq!(kept(1), ("one ", &json!("stopped")), "its text is kept");
    assert_eq!(kept(3), ("", &json!("stopped")), "what waited never began");
    assert_eq!(provider.requests().len(), 4, "nothing more was asked");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_ends_though_nobody_listens_and_another_process_closed_the_account() {
    let provider = Provider::playing([endless()]).await;
    let server = Setup::with(&provider).start().await;
    server.user("olga");
    let bob = server.user("bob");
    let (mut client, _) = Client::in_new_chat(&server, &bob).await;
    client.say("Count").await;
    client.expect("assistant_message_start").await;
    client.tokens_until("one ").await;
    drop(client);
    server.setup().cli_ok(&["user", "disable", "bob"]);
    provider.aborted(0).await;
}

/// Signs somebody in on a device; gives them, and the device's id.
async fn on_device(server: &Server, name: &str) -> (Person, String) {
    let args = ["user", "add", name, "--password-stdin"];
    succeeded(&args, &server.setup().cli_with_input(&args, "long enough"));
    let body = json!({"name": name, "password": "long enough"});
    let session = http::post(server, "/api/session", &body, None).await;
    assert_eq!(session.status, StatusCode::OK, "{}", session.body);
    let session = session.json();
    let person = Person {
        id: text(&session, "userId").to_owned(),
        token: text(&session, "token").to_owned(),
    };
    (person, text(&session, "deviceId").to_owned())
}

/// Signs a device of `alice` out, from elsewhere.
async fn sign_out(server: &Server, alice: &Person, device: &str) {
    let path = format!("/api/devices/{device}");
    let elsewhere = crate::support::token::for_user(&alice.id);
    let out = http::call(server, Method::DELETE, &path, None, Some(&elsewhere)).await;
    assert_eq!(out.status, StatusCode::NO_CONTENT, "{}", out.body);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_device_that_is_signed_out_leaves_in_dialect_b_too_and_its_answer_goes_on() {
    let rest = Gate::new();
    let script = Script::stream().tokens(&["half "]).gate(&rest);
    let provider = Provider::playing([script.tokens(&["whole"]).end()]).await;
    let server = Setup::with(&provider).start().await;
    let (alice, device) = on_device(&server, "alice").await;
    let mut events = Events::open(&server, &alice).await;
    let elsewhere = Person {
        id: alice.id.clone(),
        token: crate::support::token::for_user(&alice.id),
    };
    let mut kept = Events::open(&server, &elsewhere).await;
    events.say("Compte").await;
    events.until("AI_MESSAGE_START").await;
    events.chunks_until("half ").await;
    sign_out(&server, &alice, &device).await;
    let error = events.error().await;
    assert_eq!(
        (&error["code"], &error["retryable"]),
        (&json!("AUTH_FAILED"), &json!(false))
    );
    assert_eq!(events.socket.closed().await, 1008);
    let mut again = Events::open(&server, &alice).await;
    assert_eq!(again.socket.closed().await, 1008, "a reconnect is refused");
    rest.open();
    assert_eq!(kept.settled().await, Vec::<Value>::new());
    let asked = provider.wait(0, |asked| asked.ended).await;
    assert_eq!(asked.aborted, None, "it belongs to the person");
    let heard = events.socket.heard.concat();
    assert!(!heard.contains("whole"), "{heard}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_does_not_read_is_shut_out_all_the_same() {
    let provider = Provider::start().await;
    let server = Setup::with(&provider)
        .env("PARLOR_LIMITS_FRAMES_PER_SECOND", "0")
        .env("PARLOR_LIMITS_BYTES_PER_MINUTE", "0")
        .start()
        .await;
    let (alice, device) = on_device(&server, "alice").await;
    let (mut client, chat) = Client::in_new_chat(&server, &alice).await;
    client.ask(&"x".repeat(200_000)).await;
    // The whole chat again and again, until the server cannot write any more, nor reads.
    let look = json!({"chatId": chat, "ignored": "x".repeat(10_000)});
    let look = Message::text(json!({"type": "join_chat", "data": look}).to_string());
    let pour = async {
        for _ in 0..10_000 {
            if !client.try_send(look.clone()).await {
                return;
            }
        }
    };
    let stuck = timeout(Duration::from_secs(3), pour).await.is_err();
    assert!(stuck, "a client that takes nothing holds the server up");
    sign_out(&server, &alice, &device).await;
    let begun = Instant::now();
    loop {
        let metrics = http::get(&server, "/metrics").await.body;
        if metrics.lines().any(|line| line == "parlor_connections 0") {
            break;
        }
        // The patience with a client that takes nothing is twice as long.
        assert!(begun.elapsed() < DEADLINE, "its socket is still there");
        sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_waits_for_news_and_is_lowered_meanwhile_hears_none() {
    let server = Setup::new().start().await;
    let owner = server.user("olga");
    let ann = server.setup().user_with("ann", &["--role", "admin"]);
    let ask = async |method: Method, path: String, body: Option<Value>, who: &Person| {
        http::call(&server, method, &path, body.as_ref(), Some(&who.token)).await
    };
    let open = Some(json!({"open": true, "port": 0}));
    let shared = ask(Method::PATCH, "/api/lan".to_owned(), open, &owner).await;
    assert_eq!(shared.status, StatusCode::OK, "{}", shared.body);
    let known = ask(Method::GET, "/api/pairing".to_owned(), None, &ann).await;
    let path = format!("/api/pairing?since={}", known.json()["revision"]);
    let waiting = ask(Method::GET, path, None, &ann);
    let change = async {
        // So that the question above is there before it: whoever asks later is refused anyway.
        let me = ask(Method::GET, "/api/session".to_owned(), None, &ann).await;
        assert_eq!(me.status, StatusCode::OK, "{}", me.body);
        let path = format!("/api/users/{}", ann.id);
        let lowered = ask(Method::PATCH, path, Some(json!({"role": "member"})), &owner).await;
        assert_eq!(lowered.status, StatusCode::OK, "{}", lowered.body);
        let code = ask(Method::POST, "/api/pairing".to_owned(), None, &owner).await;
        assert_eq!(code.status, StatusCode::OK, "{}", code.body);
    };
    let (heard, ()) = tokio::join!(waiting, change);
    assert_eq!(heard.status, StatusCode::FORBIDDEN, "{}", heard.body);
}
