//! The first start of a server that nobody has an account on: a link that makes its owner, once.

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::support::{Client, Server, Setup, http};

/// The code of the link that a start prints after its addresses.
async fn code_of(server: &mut Server, address: &str) -> String {
    let line = server.line().await;
    let start = format!("sign in at {address}/#sign-in=");
    let code = line.strip_prefix(&start);
    code.unwrap_or_else(|| panic!("the code is in the fragment of {start}: {line}"))
        .to_owned()
}

async fn redeem(server: &Server, code: &str) -> http::Reply {
    http::post(server, "/api/session/link", &json!({ "code": code }), None).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_first_start_prints_a_link_that_makes_the_owner_once() {
    let mut server = Setup::new().start().await;
    let address = format!("http://{}", server.address());
    let code = code_of(&mut server, &address).await;
    let listed = server.setup().cli_ok(&["user", "list", "--json"]);
    let listed: Value = serde_json::from_str(&listed).expect("JSON");
    assert_eq!(listed, json!([]), "the link alone makes nobody");
    let session = redeem(&server, &code).await;
    assert_eq!(session.status, StatusCode::OK, "{}", session.body);
    assert_eq!(session.json()["role"], "owner");
    let mut client = Client::open(&server).await;
    let token = session.json()["token"].clone();
    client
        .send(json!({"type": "join_chat", "data": {"token": token}}))
        .await;
    assert_eq!(client.expect("authenticated").await["role"], "owner");
    assert_eq!(
        redeem(&server, &code).await.status,
        StatusCode::UNAUTHORIZED
    );
    assert!(!server.log().contains(&code), "it reaches no log");

    let setup = server.stop().await;
    let mut again = setup.start().await;
    let silent = tokio::time::timeout(std::time::Duration::from_millis(300), again.line()).await;
    assert!(
        silent.is_err(),
        "a second start prints addresses alone: {silent:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_link_is_worthless_once_somebody_has_an_account() {
    let mut server = Setup::new().start().await;
    let address = format!("http://{}", server.address());
    let code = code_of(&mut server, &address).await;
    let alice = server.user("alice");
    let refused = redeem(&server, &code).await;
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED, "{}", refused.body);
    let mut client = Client::join(&server, &alice).await;
    client
        .send(json!({"type": "list_providers", "data": {}}))
        .await;
    client.expect("providers").await;
    let listed = server.setup().cli_ok(&["user", "list", "--json"]);
    let listed: Value = serde_json::from_str(&listed).expect("JSON");
    assert_eq!(listed.as_array().map(Vec::len), Some(1), "{listed}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn behind_a_proxy_the_link_names_the_public_address() {
    let mut server = Setup::new()
        .env("PARLOR_SERVER_PUBLIC_URL", "https://chat.example.org/")
        .start()
        .await;
    let code = code_of(&mut server, "https://chat.example.org").await;
    let named = [("host", "chat.example.org")];
    let body = json!({ "code": code });
    let path = "/api/session/link";
    let session = http::call_with(
        &server,
        reqwest::Method::POST,
        path,
        Some(&body),
        None,
        &named,
    );
    let session = session.await;
    assert_eq!(
        session.status,
        StatusCode::OK,
        "its host is allowed: {}",
        session.body
    );
}
