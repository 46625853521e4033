//! Asking and waiting at a small computer of the tests' own, over real sockets.

use std::sync::atomic::{AtomicUsize, Ordering};

use axum::{
    Json, Router,
    extract::Request,
    http::{HeaderMap, header},
    middleware::{self, Next},
    routing,
};
use serde_json::Value;
use tokio::sync::Notify;

use super::*;

/// A computer with one code that answers as `answers` say, one a question.
async fn computer(answers: &'static [(u16, &'static str)]) -> Place {
    serve(routes(answers)).await
}

fn routes(answers: &'static [(u16, &'static str)]) -> Router {
    let about = json!({ "name": "Parlor", "host": "attic" });
    let ask = |Json(body): Json<Value>| async move {
        assert!(body["device"].as_str().unwrap().starts_with("Parlor"));
        if body["code"] != "K7QM-4XRD" {
            return (StatusCode::UNAUTHORIZED, Json(json!({})));
        }
        let asked = json!({ "requestId": "request-1", "secret": "a-secret", "number": "4711",
            "expiresAt": "2024-01-01T00:02:00.000Z" });
        (StatusCode::ACCEPTED, Json(asked))
    };
    let questions = Arc::new(AtomicUsize::new(0));
    let claim = move |Json(body): Json<Value>| async move {
        assert_eq!(
            (&body["requestId"], &body["secret"]),
            (&json!("request-1"), &json!("a-secret"))
        );
        assert_eq!(body["refresh"], "body");
        let (status, answer) = answers[questions.fetch_add(1, Ordering::SeqCst)];
        let answer: Value = serde_json::from_str(answer).unwrap();
        (StatusCode::from_u16(status).unwrap(), Json(answer))
    };
    Router::new()
        .route("/api/server", routing::get(|| async move { Json(about) }))
        .route("/api/pairing/ask", routing::post(ask))
        .route("/api/pairing/claim", routing::post(claim))
}

async fn serve(routes: Router) -> Place {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, routes).await });
    Place::read(&format!("http://{address}/")).unwrap()
}

/// What a computer that takes its time is doing.
#[derive(Default)]
struct Slow {
    /// The request arrived that it takes its time for.
    arrived: Notify,
    /// It may answer that now.
    answer: Notify,
    /// Whoever signed out.
    left: Mutex<Vec<String>>,
}

/// A computer that says yes, and takes its time for what is asked at `path`.
async fn slow_computer(path: &'static str) -> (Place, Arc<Slow>) {
    let slow = Arc::new(Slow::default());
    let (holding, leaving) = (slow.clone(), slow.clone());
    let leave = move |headers: HeaderMap| async move {
        let who = headers[header::AUTHORIZATION].to_str().unwrap().to_owned();
        leaving.left.lock().unwrap().push(who);
    };
    let hold = move |request: Request, next: Next| {
        let slow = holding.clone();
        async move {
            if request.uri().path() == path {
                slow.arrived.notify_one();
                slow.answer.notified().await;
            }
            next.run(request).await
        }
    };
    let routes = routes(&[(200, LET_IN)])
        .route("/api/session", routing::delete(leave))
        .layer(middleware::from_fn(hold));
    (serve(routes).await, slow)
}

fn right() -> SecretString {
    SecretString::from(" K7QM-4XRD\n")
}

async fn claimed(pairing: &Pairing) -> Code {
    pairing.claim().await.expect_err("nobody is let in").code()
}

const REFUSED: &str = r#"{"problem":"device_refused"}"#;
const LET_IN: &str = r#"{"token":"t-1","name":"guest","refreshToken":"r-1"}"#;

#[tokio::test]
async fn a_yes_lets_this_app_in_once() {
    let there = computer(&[(202, "{}"), (503, "{}"), (200, LET_IN)]).await;
    let pairing = Pairing::default();
    let number = pairing.ask(there, &right()).await.unwrap();
    assert_eq!(number.number, "4711");
    let shown = serde_json::to_value(&number).unwrap();
    assert_eq!(
        shown,
        json!({ "number": "4711", "expiresAt": "2024-01-01T00:02:00.000Z" }),
        "the window never sees the secret"
    );
    assert!(pairing.claim().await.unwrap().is_none(), "not yet");
    assert_eq!(claimed(&pairing).await, Code::ServerTrouble, "in trouble");
    let (account, _) = pairing.claim().await.unwrap().expect("in");
    assert_eq!(
        (account.server.as_str(), account.user.as_str()),
        ("attic", "guest")
    );
    assert_eq!(account.token.expose_secret(), "t-1");
    assert!(account.refresh.is_some());
    assert_eq!(claimed(&pairing).await, Code::PairingOver, "once");
}

#[tokio::test]
async fn a_no_and_no_answer_are_told_apart() {
    let there = computer(&[(401, REFUSED), (401, "{}")]).await;
    let pairing = Pairing::default();
    pairing.ask(there.clone(), &right()).await.unwrap();
    assert_eq!(claimed(&pairing).await, Code::DeviceRefused);
    pairing.ask(there, &right()).await.unwrap();
    assert_eq!(claimed(&pairing).await, Code::PairingOver);
}

#[tokio::test]
async fn a_wrong_code_asks_nothing() {
    let pairing = Pairing::default();
    let guessed = SecretString::from("AAAA-AAAA");
    let refused = pairing.ask(computer(&[]).await, &guessed).await;
    assert_eq!(refused.expect_err("refused").code(), Code::PairingRefused);
    assert_eq!(claimed(&pairing).await, Code::PairingOver);
}

#[tokio::test]
async fn a_yes_after_the_wait_was_given_up_lets_nobody_in() {
    let (there, slow) = slow_computer("/api/pairing/claim").await;
    let pairing = Arc::new(Pairing::default());
    pairing.ask(there, &right()).await.unwrap();
    let asking = pairing.clone();
    let claim = tokio::spawn(async move { claimed(&asking).await });
    slow.arrived.notified().await;
    pairing.cancel();
    slow.answer.notify_one();
    assert_eq!(claim.await.unwrap(), Code::PairingOver);
    assert_eq!(*slow.left.lock().unwrap(), ["Bearer t-1"], "signed out");
}

#[tokio::test]
async fn a_yes_of_the_computer_asked_before_lets_nobody_in() {
    let (before, slow) = slow_computer("/api/pairing/claim").await;
    let pairing = Arc::new(Pairing::default());
    pairing.ask(before, &right()).await.unwrap();
    let asking = pairing.clone();
    let claim = tokio::spawn(async move { claimed(&asking).await });
    slow.arrived.notified().await;
    let after = computer(&[(200, LET_IN)]).await;
    pairing.ask(after.clone(), &right()).await.unwrap();
    slow.answer.notify_one();
    assert_eq!(claim.await.unwrap(), Code::PairingOver);
    assert_eq!(*slow.left.lock().unwrap(), ["Bearer t-1"], "signed out");
    let (account, _) = pairing.claim().await.unwrap().expect("in");
    assert_eq!(account.place, after, "the question asked last still stands");
}

#[tokio::test]
async fn a_late_answer_is_not_the_newest_question() {
    let (before, slow) = slow_computer("/api/pairing/ask").await;
    let pairing = Arc::new(Pairing::default());
    let asking = pairing.clone();
    let ask = tokio::spawn(async move { asking.ask(before, &right()).await });
    slow.arrived.notified().await;
    let after = computer(&[(200, LET_IN)]).await;
    pairing.ask(after.clone(), &right()).await.unwrap();
    slow.answer.notify_one();
    let late = ask.await.unwrap().expect_err("nobody waits for it");
    assert_eq!(late.code(), Code::PairingOver);
    let (account, _) = pairing.claim().await.unwrap().expect("in");
    assert_eq!(account.place, after);
}
