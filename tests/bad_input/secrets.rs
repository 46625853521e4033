//! Tokens, passwords and codes: in no address that is taken, in no log, metric, error or file.

use std::path::PathBuf;

use reqwest::Method;
use serde_json::{Value, json};

use super::keys::files_with;
use crate::support::{Client, Setup, client::text, http, server::succeeded};

const PASSWORD: &str = "recognisable-password-51d2";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_lets_somebody_in_is_told_to_nobody_else() {
    let mut server = Setup::new().env("PARLOR_LOG_FILTER", "trace").start().await;
    let line = server.line().await;
    let first_code = line.split_once('=').expect("a link").1.to_owned();
    let args = ["user", "add", "olga", "--role", "owner", "--password-stdin"];
    succeeded(&args, &server.setup().cli_with_input(&args, PASSWORD));
    let credentials = json!({"name": "olga", "password": PASSWORD, "refresh": "body"});
    let session = http::post(&server, "/api/session", &credentials, None)
        .await
        .json();
    let token = text(&session, "token").to_owned();
    let refresh = text(&session, "refreshToken").to_owned();
    let wanted = json!({"role": "member"});
    let made = http::post(&server, "/api/invitations", &wanted, Some(&token)).await;
    let invitation = text(&made.json(), "code").to_owned();
    let secrets = [
        ("a password", PASSWORD.to_owned()),
        ("an access token", token.clone()),
        ("a refresh token", refresh.clone()),
        ("the code of a link", first_code.clone()),
        ("the code of an invitation", invitation.clone()),
    ];

    // Each where it belongs, where it does not, and broken.
    let mut told = String::new();
    let mut client = Client::open(&server).await;
    client
        .send(json!({"type": "join_chat", "data": {"token": token}}))
        .await;
    client.expect("authenticated").await;
    for (what, secret) in &secrets {
        for path in [
            format!("/api/session?token={secret}"),
            format!("/api/{secret}"),
            format!("/{secret}"),
            format!("/?sign-in={secret}"),
            format!("/api/session?access_token={secret}"),
        ] {
            let reply = http::get(&server, &path.replace(' ', "%20")).await;
            assert!(
                reply.status.as_u16() != 200 || !path.starts_with("/api"),
                "{what}"
            );
            told.push_str(&reply.body);
        }
        let dialect = format!("/ws/events?token={secret}");
        let dialled = Client::dial(server.address(), &dialect, &[]).await;
        let (mut socket, _) = dialled.expect("accepted at HTTP level, as the seed does");
        assert_eq!(
            socket.closed().await,
            1008,
            "{what} in an address opens nothing"
        );
        for path in ["/api/session", "/api/session/link", "/api/invitations/look"] {
            let body = json!({"name": secret, "code": secret, "password": 7});
            told.push_str(&http::post(&server, path, &body, Some(secret)).await.body);
        }
        let body = json!({"refreshToken": format!("{secret}x")});
        told.push_str(
            &http::post(&server, "/api/session/refresh", &body, None)
                .await
                .body,
        );
        let mut stranger = Client::open(&server).await;
        let bad = format!("{secret}x");
        stranger
            .send(json!({"type": "join_chat", "data": {"token": bad}}))
            .await;
        stranger.closed().await;
        told.push_str(&stranger.heard.concat());
    }
    for path in [
        "/api/devices",
        "/api/users",
        "/api/audit",
        "/api/invitations",
    ] {
        let reply = http::call(&server, Method::GET, path, None, Some(&token)).await;
        assert_eq!(reply.status, 200, "{path}: {}", reply.body);
        told.push_str(&reply.body);
    }
    told.push_str(&http::get(&server, "/metrics").await.body);
    told.push_str(&client.heard.concat());
    let asked: Value = json!({"refreshToken": refresh});
    let renewed = http::post(&server, "/api/session/refresh", &asked, None).await;
    assert_eq!(renewed.status, 200, "the refresh token was the real one");
    let (setup, log) = server.stop_with_log().await;
    for (what, secret) in &secrets {
        assert!(!told.contains(secret.as_str()), "{what} is told: {told}");
        assert!(!log.contains(secret.as_str()), "{what} is logged");
        let files = files_with(&setup.data(), secret.as_bytes());
        assert_eq!(files, Vec::<PathBuf>::new(), "{what} is kept as it is");
    }
}
