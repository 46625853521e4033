//! The trade of long tokens with a small server that keeps the rules of a real one, and a process
//! that is killed at every step.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex as Lock},
};

use axum::{Json, Router, extract::State, http::StatusCode as Status, routing::post};
use serde_json::Value;

use super::*;
use crate::certificate::tests::{TlsServer, certificate};

/// What the server remembers of a device.
#[derive(Default)]
struct Ledger {
    /// The live token, and of each used one its successor.
    live: String,
    used: HashMap<String, String>,
    revoked: bool,
    /// How many tokens were given out.
    given: usize,
    /// How many answers are lost on the way.
    losing: usize,
}

type Shared = Arc<Lock<Ledger>>;

/// Trades as PROTOCOL.md says.
async fn refresh(State(ledger): State<Shared>, Json(body): Json<Value>) -> (Status, Json<Value>) {
    let mut ledger = ledger.lock().unwrap();
    let shown = body["refreshToken"].as_str().unwrap().to_owned();
    let next = body["nextToken"].as_str().unwrap().to_owned();
    let again = ledger.used.get(&shown) == Some(&next) && ledger.live == next;
    if shown == ledger.live {
        ledger.used.insert(shown, next.clone());
        ledger.live.clone_from(&next);
    } else if !again {
        ledger.revoked = true;
    }
    if ledger.revoked {
        return (Status::UNAUTHORIZED, Json(json!({})));
    }
    ledger.given += 1;
    if ledger.losing > 0 {
        ledger.losing -= 1;
        return (Status::BAD_GATEWAY, Json(json!({})));
    }
    let token = format!("short-{}", ledger.given);
    (
        Status::OK,
        Json(json!({ "token": token, "refreshToken": next })),
    )
}

async fn server() -> (Url, Shared) {
    let ledger = Shared::default();
    ledger.lock().unwrap().live = "long-1".to_owned();
    let routes = Router::new()
        .route("/api/session/refresh", post(refresh))
        .with_state(ledger.clone());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, routes).await });
    (address.parse().unwrap(), ledger)
}

type Shelf = Arc<Lock<Vec<String>>>;

/// A process that starts with what is on the shelf.
fn started(address: &Url, shelf: &Shelf) -> Remote {
    let kept = shelf.lock().unwrap().last().cloned();
    let kept =
        kept.unwrap_or_else(|| json!({ "address": address, "refresh": "long-1" }).to_string());
    let mut remote = Remote::kept(&SecretString::from(kept), "id").unwrap();
    remote.keeper = Keeper::Shelf(shelf.clone());
    remote
}

async fn bearer(remote: &Remote) -> Result<String, Trouble> {
    let token = remote.bearer().await;
    token.map(|token| token.expose_secret().to_owned())
}

#[tokio::test]
async fn the_successor_is_kept_before_it_is_asked_for() {
    let (address, ledger) = server().await;
    let shelf = Shelf::default();
    let remote = started(&address, &shelf);
    assert_eq!(bearer(&remote).await.as_deref(), Ok("short-1"));
    assert_eq!(
        bearer(&remote).await.as_deref(),
        Ok("short-1"),
        "good for a while"
    );
    let kept = shelf.lock().unwrap().clone();
    let live = ledger.lock().unwrap().live.clone();
    let (first, second): (Value, Value) = (
        serde_json::from_str(&kept[0]).unwrap(),
        serde_json::from_str(&kept[1]).unwrap(),
    );
    assert_eq!(first["refresh"], "long-1");
    assert_eq!(first["next"], live, "before");
    assert_eq!(second["refresh"], live, "after");
    assert_eq!(second["next"], Value::Null);
    assert!(
        !kept[1].contains("short-1"),
        "the short one is kept nowhere"
    );
}

#[tokio::test]
async fn a_process_that_is_killed_at_any_step_is_still_signed_in() {
    // How far the process came: before it asked, before it heard, before it kept what it heard.
    for killed in [
        "before the question",
        "before the answer",
        "before keeping it",
    ] {
        let (address, ledger) = server().await;
        let shelf = Shelf::default();
        for round in 0..3 {
            let remote = started(&address, &shelf);
            match killed {
                "before the question" => {
                    let pair = json!({ "address": address, "next": format!("next-{round}-{}", "x".repeat(32)),
                        "refresh": ledger.lock().unwrap().live });
                    shelf.lock().unwrap().push(pair.to_string());
                }
                "before the answer" => {
                    ledger.lock().unwrap().losing = 1;
                    assert_eq!(bearer(&remote).await, Err(Trouble::Unreachable));
                }
                _ => {
                    bearer(&remote).await.expect("a token");
                    shelf.lock().unwrap().pop();
                }
            }
            drop(remote);
            let remote = started(&address, &shelf);
            assert!(
                bearer(&remote).await.is_ok(),
                "killed {killed}, round {round}"
            );
        }
        assert!(!ledger.lock().unwrap().revoked, "killed {killed}");
    }
}

#[tokio::test]
async fn many_who_ask_at_once_make_one_trade() {
    let (address, ledger) = server().await;
    let remote = Arc::new(started(&address, &Shelf::default()));
    let asking: Vec<_> = (0..20)
        .map(|_| {
            let remote = remote.clone();
            tokio::spawn(async move { bearer(&remote).await })
        })
        .collect();
    for one in asking {
        assert_eq!(one.await.unwrap().as_deref(), Ok("short-1"));
    }
    assert_eq!(ledger.lock().unwrap().given, 1);
}

#[tokio::test]
async fn a_refused_sign_in_is_not_tried_again() {
    let (address, ledger) = server().await;
    let remote = started(&address, &Shelf::default());
    ledger.lock().unwrap().revoked = true;
    assert_eq!(bearer(&remote).await, Err(Trouble::SignedOut));
    ledger.lock().unwrap().revoked = false;
    assert_eq!(
        bearer(&remote).await,
        Err(Trouble::SignedOut),
        "only a person helps"
    );
    assert_eq!(ledger.lock().unwrap().given, 0);
}

#[tokio::test]
async fn a_doubted_token_is_traded_and_a_fixed_one_is_over() {
    let (address, _) = server().await;
    let remote = started(&address, &Shelf::default());
    assert_eq!(bearer(&remote).await.as_deref(), Ok("short-1"));
    remote.doubt().await;
    assert_eq!(bearer(&remote).await.as_deref(), Ok("short-2"));

    let old = json!({ "address": address, "token": "of-the-first-days" }).to_string();
    let old = Remote::kept(&SecretString::from(old), "id").unwrap();
    assert_eq!(bearer(&old).await.as_deref(), Ok("of-the-first-days"));
    old.doubt().await;
    assert_eq!(bearer(&old).await, Err(Trouble::SignedOut));
}

#[tokio::test]
async fn the_long_token_goes_to_the_known_certificate_alone() {
    let (first, fingerprint) = certificate();
    let (second, _) = certificate();
    let answer = r#"{"token":"short","refreshToken":"long-2"}"#;
    let server = TlsServer::start(second, answer).await;
    let kept = json!({ "address": server.address, "refresh": "long-1",
        "certificate": fingerprint.to_string() });
    let mut remote = Remote::kept(&SecretString::from(kept.to_string()), "id").unwrap();
    remote.keeper = Keeper::Memory;
    assert_eq!(bearer(&remote).await, Err(Trouble::Certificate));
    assert_eq!(
        server.asked.load(std::sync::atomic::Ordering::SeqCst),
        0,
        "nothing was said"
    );
    server.swap(first);
    assert_eq!(bearer(&remote).await.as_deref(), Ok("short"), "it is back");

    let unreadable = json!({ "address": server.address, "refresh": "r", "certificate": "AB:CD" });
    let unreadable = SecretString::from(unreadable.to_string());
    assert!(
        Remote::kept(&unreadable, "id").is_none(),
        "no trust in everybody"
    );
}

#[test]
fn a_token_lives_as_long_as_it_says() {
    let payload = URL_SAFE_NO_PAD.encode(r#"{"iat":1000,"exp":1900}"#);
    assert_eq!(
        lifetime(&format!("h.{payload}.s")),
        Some(Duration::from_secs(900))
    );
    let wrong = URL_SAFE_NO_PAD.encode(r#"{"iat":1900,"exp":1000}"#);
    for token in ["", "opaque", "a.b.c", &format!("h.{wrong}.s")] {
        assert_eq!(lifetime(token), None, "{token}");
    }
}
