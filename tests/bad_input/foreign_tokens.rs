//! Tokens of another system that has its own users, by its published keys (JWKS): whom they let in,
//! and that an account must be there, enabled and tied to them.

use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    net::TcpListener,
    time::timeout,
};

use crate::support::{
    Client, DEADLINE, Person, Server, Setup,
    client::text,
    token::{forged, in_seconds, with},
};

const KEYS: &str = include_str!("../../src-tauri/crates/chat-server/src/auth/test_keys/set.json");
const PRIVATE: &[u8] =
    include_bytes!("../../src-tauri/crates/chat-server/src/auth/test_keys/ed.der");
const ISSUER: &str = "https://id.test";

fn setup(users: &str) -> Setup {
    let setup = Setup::new()
        .env("PARLOR_AUTH_ISSUER", ISSUER)
        .env("PARLOR_AUTH_AUDIENCE", "parlor-app")
        .env("PARLOR_AUTH_USERS", users);
    let file = setup.write("keys.json", KEYS);
    setup.env("PARLOR_AUTH_JWKS_FILE", &file.to_string_lossy())
}

fn claims(subject: &str) -> Value {
    json!({
        "iss": ISSUER, "aud": "parlor-app", "sub": subject, "exp": in_seconds(600),
        "preferred_username": "nina",
    })
}

fn signed(claims: &Value) -> String {
    let header = Header {
        kid: Some("d".to_owned()),
        ..Header::new(Algorithm::EdDSA)
    };
    let key = EncodingKey::from_ed_der(PRIVATE);
    jsonwebtoken::encode(&header, claims, &key).expect("a token")
}

async fn enter(server: &Server, token: &str) -> Result<Value, Value> {
    let mut client = Client::open(server).await;
    client
        .send(json!({"type": "join_chat", "data": {"token": token}}))
        .await;
    let frame = client.next().await;
    match text(&frame, "type") {
        "authenticated" => Ok(frame["data"].clone()),
        _ => {
            assert_eq!(client.closed().await, 1008, "{frame}");
            Err(frame["data"].clone())
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_subject_is_an_account_of_that_id() {
    let server = setup("id").start().await;
    let alice = server.user("alice");
    let user = enter(&server, &signed(&claims(&alice.id))).await;
    assert_eq!(user.expect("let in")["userId"], alice.id.as_str());
    for (name, token) in [
        ("nobody's id", signed(&claims("nobody"))),
        (
            "another issuer",
            signed(&with(claims(&alice.id), "iss", json!("https://evil.test"))),
        ),
        (
            "for another service",
            signed(&with(claims(&alice.id), "aud", json!("parlor"))),
        ),
        (
            "expired",
            signed(&with(claims(&alice.id), "exp", json!(in_seconds(-60)))),
        ),
        (
            "exp as a string",
            signed(&with(
                claims(&alice.id),
                "exp",
                json!(in_seconds(60).to_string()),
            )),
        ),
        (
            "a public key taken for a secret",
            forged(
                &json!({"alg": "HS256", "kid": "d"}),
                &claims(&alice.id),
                KEYS.as_bytes(),
            ),
        ),
        (
            "an unknown key",
            forged(
                &json!({"alg": "EdDSA", "kid": "new"}),
                &claims(&alice.id),
                KEYS.as_bytes(),
            ),
        ),
    ] {
        let refused = enter(&server, &token).await.expect_err(name);
        assert_eq!(refused["code"], "AUTH_FAILED", "{name}: {refused}");
        assert!(
            !server.log().contains(&token),
            "tokens never reach the log: {name}"
        );
    }
    server.setup().cli_ok(&["user", "disable", "alice"]);
    let out = enter(&server, &signed(&claims(&alice.id))).await;
    assert!(
        out.is_err(),
        "an account must be enabled, whoever vouches for it"
    );
    let bob = server.user("bob");
    Client::join(&server, &Person { ..bob }).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_subject_is_tied_to_an_account_or_gets_one() {
    let server = setup("linked").start().await;
    let alice = server.user("alice");
    let token = signed(&claims("s-1"));
    assert!(enter(&server, &token).await.is_err(), "tied to nobody yet");
    server.setup().cli_ok(&["user", "link", "alice", "s-1"]);
    let twice = server.setup().cli(&["user", "link", "alice", "s-1"]);
    assert!(!twice.status.success(), "one account for one subject");
    let user = enter(&server, &token).await.expect("let in");
    assert_eq!(user["userId"], alice.id.as_str());

    let server = setup("create").start().await;
    server.user("Nina");
    let first = enter(&server, &token).await.expect("an account is made");
    assert_eq!(
        (text(&first, "name"), text(&first, "role")),
        ("nina 2", "member"),
        "a name that somebody has is not taken over"
    );
    let again = enter(&server, &token).await.expect("let in");
    assert_eq!(again["userId"], first["userId"], "the same one every time");
}

/// The environment's proxy is another computer: it cannot ask this one, and is asked for all others.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keys_on_this_computer_are_fetched_without_the_proxy() {
    let listening = async || TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let (own, proxy) = (listening().await, listening().await);
    let own_address = own.local_addr().expect("bound");
    let proxy_address = format!("http://{}", proxy.local_addr().expect("bound"));
    for (url, expected) in [
        (format!("http://{own_address}/keys"), "GET /keys HTTP/1.1"),
        (
            "https://keys.id.test/keys".to_owned(),
            "CONNECT keys.id.test:443 HTTP/1.1",
        ),
    ] {
        let server = Setup::new()
            .env("PARLOR_AUTH_ISSUER", ISSUER)
            .env("PARLOR_AUTH_AUDIENCE", "parlor-app")
            .env("PARLOR_AUTH_JWKS_URL", &url)
            .env("HTTP_PROXY", &proxy_address)
            .env("HTTPS_PROXY", &proxy_address)
            .start()
            .await;
        let asked = async {
            let (stream, _) = tokio::select! {
                accepted = own.accept() => accepted,
                accepted = proxy.accept() => accepted,
            }
            .expect("a connection");
            let mut line = String::new();
            let mut stream = BufReader::new(stream);
            let read = stream.read_line(&mut line);
            timeout(DEADLINE, read)
                .await
                .expect("in time")
                .expect("a line");
            line
        };
        let token = signed(&claims("s-1"));
        let (entered, line) = tokio::join!(enter(&server, &token), asked);
        assert_eq!(line.trim_end(), expected);
        assert!(entered.is_err(), "there were no keys");
    }
}
