//! Tokens that are expired, forged, confused, or of nobody: `error` with `AUTH_FAILED`, then 1008.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::{
    Client, Server, Setup,
    client::text,
    server::SECRET,
    token::{claims, forged, in_seconds, signed, unsigned, with, without},
};

/// Sends the token in the first frame and checks the refusal.
async fn refused(server: &Server, name: &str, token: &str) {
    let mut client = Client::open(server).await;
    client
        .send(json!({"type": "join_chat", "data": {"token": token}}))
        .await;
    let error = client.error().await;
    assert_eq!(
        text(&error, "code"),
        "AUTH_FAILED",
        "an invalid token gets an `error`: {name}"
    );
    assert_eq!(error["retryable"], false, "{name}");
    assert_eq!(client.closed().await, 1008, "and then close 1008: {name}");
}

fn hs256() -> Value {
    json!({"alg": "HS256", "typ": "JWT"})
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bad_tokens_are_refused_with_1008() {
    let server = Setup::new().start().await;
    let alice = server.user("alice");
    let good = || claims(&alice.id);
    let secret = SECRET.as_bytes();
    let none = |alg: &str| unsigned(&json!({"alg": alg, "typ": "JWT"}), &good());
    let tampered = {
        let parts: Vec<_> = alice.token.split('.').collect();
        let other = unsigned(&hs256(), &with(good(), "sub", json!("owner")));
        format!("{other}.{}", parts[2])
    };
    let bad = [
        (
            "expired",
            signed(&with(good(), "exp", json!(in_seconds(-120)))),
        ),
        (
            "exp as a string",
            signed(&with(good(), "exp", json!(in_seconds(3600).to_string()))),
        ),
        ("exp null", signed(&with(good(), "exp", Value::Null))),
        (
            "exp a list",
            signed(&with(good(), "exp", json!([in_seconds(3600)]))),
        ),
        ("exp true", signed(&with(good(), "exp", json!(true)))),
        ("no exp", signed(&without(good(), "exp"))),
        ("negative exp", signed(&with(good(), "exp", json!(-1)))),
        (
            "a foreign aud",
            signed(&with(good(), "aud", json!("elsewhere"))),
        ),
        (
            "foreign auds",
            signed(&with(good(), "aud", json!(["elsewhere", "nowhere"]))),
        ),
        (
            "aud of a wrong type",
            signed(&with(good(), "aud", json!(7))),
        ),
        ("no sub", signed(&without(good(), "sub"))),
        (
            "sub of a wrong type",
            signed(&with(good(), "sub", json!(7))),
        ),
        (
            "an unknown sub beside a good userId",
            signed(&with(
                with(good(), "userId", json!(alice.id)),
                "sub",
                json!("nobody"),
            )),
        ),
        ("a deleted user", signed(&claims("user-who-never-was"))),
        ("alg none, no signature", format!("{}.", none("none"))),
        ("alg None", format!("{}.", none("None"))),
        ("alg none, two parts", none("none")),
        (
            "alg none, signed",
            forged(&json!({"alg": "none"}), &good(), secret),
        ),
        (
            "alg RS256, the secret as key",
            forged(&json!({"alg": "RS256", "typ": "JWT"}), &good(), secret),
        ),
        (
            "alg HS512",
            forged(&json!({"alg": "HS512"}), &good(), secret),
        ),
        (
            "alg ES256",
            forged(&json!({"alg": "ES256"}), &good(), secret),
        ),
        ("no alg", forged(&json!({"typ": "JWT"}), &good(), secret)),
        (
            "a wrong signature",
            forged(
                &hs256(),
                &good(),
                b"another secret, also longer than 32 bytes",
            ),
        ),
        ("an empty secret", forged(&hs256(), &good(), b"")),
        (
            "a cut signature",
            alice.token[..alice.token.len() - 4].to_owned(),
        ),
        ("tampered claims", tampered),
        (
            "claims that are no object",
            forged(&hs256(), &json!([1]), secret),
        ),
        ("no token", "hello".to_owned()),
        ("an empty token", String::new()),
        ("dots", "..".to_owned()),
        ("100 KB", "a".repeat(100_000)),
    ];
    for (name, token) in &bad {
        refused(&server, name, token).await;
    }
    let log = server.log();
    for (name, token) in &bad {
        assert!(
            token.len() < 20 || !log.contains(token.as_str()),
            "tokens never reach the log: {name}"
        );
    }
    Client::join(&server, &alice).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn good_tokens_of_every_shape_are_taken() {
    let server = Setup::new().start().await;
    let alice = server.user("alice");
    let good = || claims(&alice.id);
    let tokens = [
        ("no aud", signed(&without(good(), "aud"))),
        (
            "parlor among auds",
            signed(&with(good(), "aud", json!(["elsewhere", "parlor"]))),
        ),
        (
            "userId",
            signed(&with(without(good(), "sub"), "userId", json!(alice.id))),
        ),
        (
            "sub before userId",
            signed(&with(good(), "userId", json!("nobody"))),
        ),
        (
            "exp alone",
            signed(&json!({"sub": alice.id, "exp": in_seconds(60)})),
        ),
    ];
    for (name, token) in tokens {
        let mut client = Client::open(&server).await;
        client
            .send(json!({"type": "join_chat", "data": {"token": token}}))
            .await;
        let user = client.expect("authenticated").await;
        assert_eq!(user["userId"], alice.id.as_str(), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_missing_audience_is_refused_under_a_secret_of_parlors_own() {
    let server = Setup::new().without("JWT_SECRET").start().await;
    let id = server.setup().cli_ok(&["user", "add", "alice"]);
    let data = server.setup().data();
    let secret = std::fs::read_dir(&data)
        .expect("the data directory")
        .filter_map(Result::ok);
    let secret = secret
        .map(|entry| entry.path())
        .find(|path| path.to_string_lossy().contains("secret"));
    let secret =
        std::fs::read(secret.expect("headless, the secret is in a file")).expect("readable");
    let secret = secret.trim_ascii();
    // Whatever the file's encoding is: this token is refused under any.
    refused(
        &server,
        "no aud",
        &forged(&hs256(), &without(claims(&id), "aud"), secret),
    )
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_disabled_user_is_refused() {
    let server = Setup::new().start().await;
    let alice = server.user("alice");
    server.setup().cli_ok(&["user", "disable", "alice"]);
    refused(&server, "disabled", &alice.token).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_user_disabled_later_is_shut_out() {
    let server = Setup::new().start().await;
    server.user("owner");
    let bob = server.user("bob");
    let mut client = Client::join(&server, &bob).await;
    server.setup().cli_ok(&["user", "disable", "bob"]);
    // From when the account is closed: starting that command takes its time on a busy machine.
    let disabled = Instant::now();
    assert_eq!(
        client.closed().await,
        1008,
        "open sockets do not outlive revocation"
    );
    let took = disabled.elapsed();
    assert!(
        took < Duration::from_secs(8),
        "closed within 5 s, it took {took:?}"
    );
    refused(&server, "reconnect", &bob.token).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bad_tokens_at_the_upgrade_are_refused() {
    let server = Setup::new().start().await;
    let expired = signed(&with(claims("x"), "exp", json!(in_seconds(-120))));
    let bearer = format!("Bearer {expired}");
    let pair = format!("parlor.bearer, {expired}");
    for header in [
        ("Authorization", bearer.as_str()),
        ("Sec-WebSocket-Protocol", pair.as_str()),
    ] {
        match Client::dial(server.address(), "/ws/chat", &[header]).await {
            Err(status) => assert_eq!(status, 401, "a refusal before the upgrade"),
            Ok((mut client, _)) => {
                let code = client.closed().await;
                let heard = client.heard.concat();
                assert_eq!(code, 1008, "{header:?}: {heard}");
                assert!(
                    heard.contains("AUTH_FAILED"),
                    "an `error` and then close 1008: {heard}"
                );
                assert!(!heard.contains("\"authenticated\""), "{heard}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_works_before_signing_in() {
    let server = Setup::new().start().await;
    let frames = [
        json!({"type": "join_chat", "ref": "r", "data": {}}),
        json!({"type": "create_chat", "ref": "r", "data": {}}),
        json!({"type": "message", "ref": "r", "data": {"message": "Hi"}}),
        json!({"type": "watch_chats", "ref": "r", "data": {"since": 0}}),
        json!({"type": "list_providers", "ref": "r", "data": {}}),
        json!({"type": "get_settings", "ref": "r", "data": {}}),
    ];
    for frame in frames {
        let mut client = Client::open(&server).await;
        client.send(frame.clone()).await;
        let error = client.error().await;
        assert_eq!(
            (text(&error, "code"), text(&error, "reason")),
            ("AUTH_FAILED", "sign_in_required"),
            "{frame} got {error}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_authentication_within_10_s_closes_with_1008() {
    let server = Setup::new().start().await;
    let opened = Instant::now();
    let mut silent = Client::open(&server).await;
    let mut chatty = Client::open(&server).await;
    chatty.send(json!({"type": "ping", "data": {}})).await;
    assert_eq!(
        silent.closed().await,
        1008,
        "no authentication within 10 s: close 1008"
    );
    let took = opened.elapsed();
    assert!(
        took > Duration::from_secs(8) && took < Duration::from_secs(20),
        "about 10 s, not {took:?}"
    );
    assert_eq!(
        chatty.closed().await,
        1008,
        "frames other than a token do not help"
    );
}
