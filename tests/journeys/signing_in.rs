//! The places a token is taken from, and the HTTP sign-in.

use reqwest::StatusCode;
use serde_json::json;

use crate::support::{
    Client, Server, Setup,
    client::{assert_error, text},
    http, token,
};

async fn server() -> Server {
    Setup::new().start().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_first_frame_authenticates_once() {
    let server = server().await;
    let alice = server.user("alice");
    let mut client = Client::join(&server, &alice).await;
    client
        .send(json!({"type": "join_chat", "data": {"token": alice.token}}))
        .await;
    client
        .send(json!({"type": "create_chat", "data": {"token": alice.token}}))
        .await;
    let frame = client.until("chat_created").await;
    assert!(frame["chatId"].is_string());
    let authenticated = client
        .heard
        .iter()
        .filter(|heard| heard.contains("\"authenticated\""));
    assert_eq!(
        authenticated.count(),
        1,
        "`authenticated` follows, once per connection"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn create_chat_as_the_first_frame_authenticates_too() {
    let server = server().await;
    let alice = server.user("alice");
    let mut client = Client::open(&server).await;
    client
        .send(json!({"type": "create_chat", "data": {"token": alice.token}}))
        .await;
    let user = client.expect("authenticated").await;
    assert_eq!(
        user["userId"],
        alice.id.as_str(),
        "with join_chat or create_chat the token in data authenticates"
    );
    client.expect("chat_created").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_authorization_header_authenticates() {
    let server = server().await;
    let alice = server.user("alice");
    let bearer = format!("Bearer {}", alice.token);
    let dialled = Client::dial(server.address(), "/ws/chat", &[("Authorization", &bearer)]).await;
    let (mut client, _) = dialled.expect("a good token upgrades");
    client.expect("connected").await;
    client
        .send(json!({"type": "create_chat", "data": {}}))
        .await;
    client.until("chat_created").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_subprotocol_authenticates_and_is_selected() {
    let server = server().await;
    let alice = server.user("alice");
    let pair = format!("parlor.bearer, {}", alice.token);
    let headers = [("Sec-WebSocket-Protocol", pair.as_str())];
    let dialled = Client::dial(server.address(), "/ws/chat", &headers).await;
    let (mut client, response) = dialled.expect("a good token upgrades");
    assert_eq!(
        response
            .headers()
            .get("sec-websocket-protocol")
            .map(|value| value.as_bytes()),
        Some(&b"parlor.bearer"[..]),
        "the server selects `parlor.bearer`, and never echoes the token"
    );
    client.expect("connected").await;
    client
        .send(json!({"type": "create_chat", "data": {}}))
        .await;
    client.until("chat_created").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_header_goes_before_the_first_frame() {
    let server = server().await;
    let (alice, bob) = (server.user("alice"), server.user("bob"));
    let bearer = format!("Bearer {}", alice.token);
    let dialled = Client::dial(server.address(), "/ws/chat", &[("Authorization", &bearer)]).await;
    let (mut client, _) = dialled.expect("a good token upgrades");
    client.expect("connected").await;
    client
        .send(json!({"type": "join_chat", "data": {"token": bob.token}}))
        .await;
    assert_eq!(
        client.until("authenticated").await["userId"],
        alice.id.as_str(),
        "a token is taken from, in this order: Authorization, the subprotocol, the first frame"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_in_the_url_is_not_taken() {
    let server = server().await;
    let alice = server.user("alice");
    let path = format!("/ws/chat?token={}", alice.token);
    let Ok((mut client, _)) = Client::dial(server.address(), &path, &[]).await else {
        return; // refusing the address altogether keeps the promise too
    };
    client.expect("connected").await;
    client
        .send(json!({"type": "message", "data": {"message": "hello"}}))
        .await;
    let error = client.error().await;
    assert_eq!(
        error["code"], "AUTH_FAILED",
        "a token is never taken from a URL: {error}"
    );
    assert!(
        !server.log().contains(&alice.token),
        "tokens never reach the log"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_name_and_a_password_give_a_token() {
    let server = server().await;
    let added = server.setup().cli_with_input(
        &[
            "user",
            "add",
            "carol",
            "--role",
            "admin",
            "--password-stdin",
        ],
        "a long password\n",
    );
    let id = crate::support::server::succeeded(&["user add"], &added);

    let body = json!({"name": "carol", "password": "a long password"});
    let session = http::post(&server, "/api/session", &body, None).await;
    assert_eq!(session.status, StatusCode::OK, "{}", session.body);
    let session = session.json();
    assert_eq!(session["userId"], id.as_str());
    assert_eq!(
        (&session["name"], &session["role"]),
        (&json!("carol"), &json!("admin"))
    );
    assert!(
        text(&session, "expiresAt").ends_with('Z'),
        "times are ISO 8601, UTC"
    );
    let mut client = Client::open(&server).await;
    client
        .send(json!({"type": "join_chat", "data": {"token": session["token"]}}))
        .await;
    assert_eq!(client.expect("authenticated").await["userId"], id.as_str());

    let wrong = json!({"name": "carol", "password": "another password"});
    let wrong = http::post(&server, "/api/session", &wrong, None).await;
    let nobody = json!({"name": "nobody", "password": "a long password"});
    let nobody = http::post(&server, "/api/session", &nobody, None).await;
    assert_eq!(wrong.status, StatusCode::UNAUTHORIZED);
    assert_error(&wrong.json());
    assert_eq!(
        (wrong.status, wrong.json()),
        (nobody.status, nobody.json()),
        "who has an account is not told"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_person_sets_a_password_with_their_token() {
    let server = server().await;
    let alice = server.user("alice");
    let body = json!({"password": "correct horse battery"});
    let without = http::post(&server, "/api/session/password", &body, None).await;
    assert_eq!(
        without.status,
        StatusCode::UNAUTHORIZED,
        "nobody sets a password without a token"
    );
    let set = http::post(&server, "/api/session/password", &body, Some(&alice.token)).await;
    assert_eq!(
        set.status,
        StatusCode::NO_CONTENT,
        "204: the password is set; got {}",
        set.body
    );
    let body = json!({"name": "alice", "password": "correct horse battery"});
    let session = http::post(&server, "/api/session", &body, None).await;
    assert_eq!(session.json()["userId"], alice.id.as_str(), "and signs in");
    let database = crate::bad_input::keys::files_with(&server.setup().data(), b"correct horse");
    assert!(
        database.is_empty(),
        "a password is stored as its hash alone: {database:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sign_in_link_works_once() {
    let mut server = Setup::new().arg("--print-sign-in-link").start().await;
    let line = server.line().await;
    let address = format!("sign in at http://{}/#sign-in=", server.address());
    let code = line.strip_prefix(&address);
    let code = code.unwrap_or_else(|| panic!("the code is in the fragment: {line}"));
    let body = json!({ "code": code });
    let session = http::post(&server, "/api/session/link", &body, None).await;
    assert_eq!(session.status, StatusCode::OK, "{}", session.body);
    let mut client = Client::open(&server).await;
    let token = session.json()["token"].clone();
    client
        .send(json!({"type": "join_chat", "data": {"token": token}}))
        .await;
    assert_eq!(client.expect("authenticated").await["role"], "owner");
    let again = http::post(&server, "/api/session/link", &body, None).await;
    assert_eq!(
        again.status,
        StatusCode::UNAUTHORIZED,
        "a one-time link works once"
    );
    assert!(!server.log().contains(code), "and reaches no log");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_sign_in_link_is_refused() {
    let server = server().await;
    let body = json!({"code": "guessed"});
    let reply = http::post(&server, "/api/session/link", &body, None).await;
    assert_eq!(reply.status, StatusCode::UNAUTHORIZED, "{}", reply.body);
    assert_error(&reply.json());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_user_id_claim_and_no_audience_are_how_the_seeds_sign() {
    let server = server().await;
    let alice = server.user("alice");
    let claims = json!({"userId": alice.id, "exp": token::in_seconds(60)});
    let mut client = Client::open(&server).await;
    let token = token::signed(&claims);
    client
        .send(json!({"type": "join_chat", "data": {"token": token}}))
        .await;
    assert_eq!(
        client.expect("authenticated").await["userId"],
        alice.id.as_str(),
        "the seed's `userId` is taken where `sub` is absent; no `aud` is accepted under a configured JWT_SECRET"
    );
}
