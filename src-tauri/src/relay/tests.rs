//! The relay between real sockets: a window's client on one side, a small server on the other.

use std::sync::Mutex;

use axum::{
    Json,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
    routing::post,
};
use futures_util::{SinkExt, StreamExt};
use reqwest::Url;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    WebSocketStream, accept_hdr_async, client_async,
    tungstenite::{
        Message,
        client::IntoClientRequest,
        handshake::server::{Request, Response},
        protocol::{CloseFrame, frame::coding::CloseCode},
    },
};

use super::*;
use crate::{
    certificate::tests::{TlsServer, certificate},
    remote::{Keeper, Key},
};

const ORIGIN: &str = "tauri://localhost";

/// What the remote server saw.
#[derive(Default)]
struct Seen {
    authorization: Mutex<Option<String>>,
    frames: Mutex<Vec<String>>,
}

/// A server that greets, writes down each frame and answers it with `answer`, then closes with
/// 1008 on `revoke`.
async fn chat_server() -> (Url, Arc<Seen>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let seen = Arc::new(Seen::default());
    let noted = seen.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            #[allow(
                clippy::result_large_err,
                reason = "tungstenite's callback has this type"
            )]
            let note = |request: &Request, response: Response| {
                let header = request.headers().get("authorization");
                *noted.authorization.lock().unwrap() =
                    header.map(|value| value.to_str().unwrap().to_owned());
                Ok(response)
            };
            let mut socket = accept_hdr_async(stream, note).await.unwrap();
            socket.send(Message::text("greeting")).await.unwrap();
            socket.send(Message::text("second")).await.unwrap();
            while let Some(Ok(Message::Text(frame))) = socket.next().await {
                noted.frames.lock().unwrap().push(frame.to_string());
                if frame.as_str() == "revoke" {
                    let reason = CloseFrame {
                        code: CloseCode::Policy,
                        reason: "Revoked".into(),
                    };
                    socket.close(Some(reason)).await.unwrap();
                } else {
                    socket.send(Message::text("answer")).await.unwrap();
                }
            }
        }
    });
    (format!("http://{address}/").parse().unwrap(), seen)
}

async fn relay_to(address: Url) -> Relay {
    let key = Key::Fixed {
        token: "remote-token".to_owned(),
    };
    let remote = Remote::new(address, None, key, None, Keeper::Memory).unwrap();
    Relay::start(Arc::new(remote)).await.unwrap()
}

type Socket = WebSocketStream<TcpStream>;

/// Connects as the window would, but for the headers given.
async fn connect(relay: &Relay, headers: &[(&'static str, &str)]) -> Result<Socket, u16> {
    let url = relay.url().replace("http://", "ws://") + "/ws/chat";
    let mut request = url.into_client_request().unwrap();
    for (name, value) in headers {
        request.headers_mut().insert(*name, value.parse().unwrap());
    }
    let stream = TcpStream::connect(relay.shared.address).await.unwrap();
    match client_async(request, stream).await {
        Ok((socket, _)) => Ok(socket),
        Err(tokio_tungstenite::tungstenite::Error::Http(response)) => {
            Err(response.status().as_u16())
        }
        Err(error) => panic!("an unexpected end of the handshake: {error}"),
    }
}

async fn text(socket: &mut Socket) -> String {
    socket
        .next()
        .await
        .unwrap()
        .unwrap()
        .into_text()
        .unwrap()
        .to_string()
}

#[tokio::test]
async fn the_remote_token_goes_out_and_the_windows_does_not() {
    let (address, seen) = chat_server().await;
    let relay = relay_to(address).await;
    let protocol = format!("parlor.bearer, {}", relay.token());
    let headers = [
        ("origin", ORIGIN),
        ("sec-websocket-protocol", protocol.as_str()),
    ];
    let mut socket = connect(&relay, &headers).await.unwrap();
    assert_eq!(text(&mut socket).await, "greeting");
    assert_eq!(
        text(&mut socket).await,
        "second",
        "authenticated at the upgrade: all passes"
    );
    socket.send(Message::text("hello")).await.unwrap();
    assert_eq!(text(&mut socket).await, "answer");
    assert_eq!(
        seen.authorization.lock().unwrap().as_deref(),
        Some("Bearer remote-token")
    );
    assert_eq!(*seen.frames.lock().unwrap(), ["hello"]);
}

#[tokio::test]
async fn a_token_in_the_first_frame_is_checked_and_taken_out() {
    let (address, seen) = chat_server().await;
    let relay = relay_to(address).await;
    let mut socket = connect(&relay, &[("origin", ORIGIN)]).await.unwrap();
    assert_eq!(text(&mut socket).await, "greeting");
    let frame = json!({ "type": "join_chat", "ref": "1", "data": { "token": relay.token() } });
    socket.send(Message::text(frame.to_string())).await.unwrap();
    assert_eq!(
        text(&mut socket).await,
        "second",
        "the rest follows once the token was seen"
    );
    assert_eq!(text(&mut socket).await, "answer");
    let frames = seen.frames.lock().unwrap().clone();
    let received: Value = serde_json::from_str(&frames[0]).unwrap();
    assert_eq!(
        received,
        json!({ "type": "join_chat", "ref": "1", "data": {} })
    );
}

#[tokio::test]
async fn a_wrong_token_reaches_nothing() {
    let (address, seen) = chat_server().await;
    let relay = relay_to(address).await;
    let headers = [
        ("origin", ORIGIN),
        ("sec-websocket-protocol", "parlor.bearer, guessed"),
    ];
    assert_eq!(
        connect(&relay, &headers).await.err(),
        Some(403),
        "refused at the upgrade"
    );
    assert!(
        seen.authorization.lock().unwrap().is_none(),
        "the remote server was not asked"
    );

    let mut socket = connect(&relay, &[("origin", ORIGIN)]).await.unwrap();
    assert_eq!(text(&mut socket).await, "greeting");
    let frame = json!({ "type": "join_chat", "data": { "token": "guessed" } });
    socket.send(Message::text(frame.to_string())).await.unwrap();
    let Some(Ok(Message::Close(Some(reason)))) = socket.next().await else {
        panic!("it did not close");
    };
    assert_eq!(reason.code, CloseCode::Policy);
    assert!(
        seen.frames.lock().unwrap().is_empty(),
        "no frame went through"
    );
}

#[tokio::test]
async fn foreign_pages_and_hosts_are_refused() {
    let (address, _seen) = chat_server().await;
    let relay = relay_to(address).await;
    let protocol = format!("parlor.bearer, {}", relay.token());
    let bearer = ("sec-websocket-protocol", protocol.as_str());
    let foreign = [
        "https://evil.test",
        "null",
        "tauri://localhost.evil.test",
        "http://127.0.0.1:1",
    ];
    for origin in foreign {
        let refused = connect(&relay, &[("origin", origin), bearer]).await.err();
        assert_eq!(refused, Some(403), "origin {origin}");
    }
    assert_eq!(
        connect(&relay, &[bearer]).await.err(),
        Some(403),
        "no origin"
    );
    let rebound = [("origin", ORIGIN), ("host", "evil.test"), bearer];
    assert_eq!(
        connect(&relay, &rebound).await.err(),
        Some(403),
        "a foreign host"
    );
}

#[tokio::test]
async fn a_revoked_token_is_remembered_and_the_reason_reaches_the_window() {
    let (address, _seen) = chat_server().await;
    let relay = relay_to(address).await;
    let protocol = format!("parlor.bearer, {}", relay.token());
    let headers = [
        ("origin", ORIGIN),
        ("sec-websocket-protocol", protocol.as_str()),
    ];
    let mut socket = connect(&relay, &headers).await.unwrap();
    assert!(relay.remote().bearer().await.is_ok());
    socket.send(Message::text("revoke")).await.unwrap();
    let reason = loop {
        match socket.next().await.unwrap().unwrap() {
            Message::Close(reason) => break reason.unwrap(),
            _ => continue,
        }
    };
    assert_eq!(
        (reason.code, reason.reason.as_str()),
        (CloseCode::Policy, "Revoked")
    );
    let refused = relay.remote().bearer().await.map(drop);
    assert_eq!(
        refused,
        Err(Trouble::SignedOut),
        "the host asks for a new sign-in"
    );
}

#[tokio::test]
async fn dropping_the_relay_closes_its_sockets() {
    let (address, _seen) = chat_server().await;
    let relay = relay_to(address).await;
    let protocol = format!("parlor.bearer, {}", relay.token());
    let headers = [
        ("origin", ORIGIN),
        ("sec-websocket-protocol", protocol.as_str()),
    ];
    let mut socket = connect(&relay, &headers).await.unwrap();
    drop(relay);
    while let Some(Ok(frame)) = socket.next().await {
        if let Message::Close(reason) = frame {
            assert_eq!(reason.map(|reason| reason.code), Some(CloseCode::Away));
            return;
        }
    }
    panic!("it ended without a close frame");
}

#[tokio::test]
async fn api_requests_carry_the_remote_token_and_their_answers_come_back() {
    async fn password(
        State(seen): State<Arc<Seen>>,
        headers: HeaderMap,
        body: Bytes,
    ) -> (StatusCode, Json<Value>) {
        let header = headers.get("authorization").unwrap().to_str().unwrap();
        *seen.authorization.lock().unwrap() = Some(header.to_owned());
        let body = String::from_utf8(body.to_vec()).unwrap();
        (StatusCode::CREATED, Json(json!({ "body": body })))
    }
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/prefix/", listener.local_addr().unwrap());
    let seen = Arc::new(Seen::default());
    let routes = Router::new()
        .route("/prefix/api/session/password", post(password))
        .with_state(seen.clone());
    tokio::spawn(async move { axum::serve(listener, routes).await });
    let relay = relay_to(address.parse().unwrap()).await;
    let client = reqwest::Client::new();
    let request = || {
        let url = format!("{}/api/session/password", relay.url());
        client.post(url).header("origin", ORIGIN).body("new words")
    };

    let answer = request().bearer_auth(relay.token()).send().await.unwrap();
    assert_eq!(answer.status(), 201);
    assert_eq!(
        answer.headers()["access-control-allow-origin"],
        ORIGIN,
        "the window may read it"
    );
    assert_eq!(
        answer.json::<Value>().await.unwrap(),
        json!({ "body": "new words" })
    );
    assert_eq!(
        seen.authorization.lock().unwrap().as_deref(),
        Some("Bearer remote-token")
    );

    let unsigned = request().bearer_auth("remote-token").send().await.unwrap();
    assert_eq!(
        unsigned.status(),
        401,
        "the remote token is not the window's"
    );
    let url = format!("{}/api/session/password", relay.url());
    let preflight = client
        .request(reqwest::Method::OPTIONS, url)
        .header("origin", ORIGIN);
    assert_eq!(preflight.send().await.unwrap().status(), 204);
}

#[tokio::test]
async fn a_long_body_flows_through_and_none_stays_none() {
    async fn length(headers: HeaderMap, body: Bytes) -> Json<Value> {
        Json(json!({ "length": body.len(), "chunked": headers.contains_key("transfer-encoding") }))
    }
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/", listener.local_addr().unwrap());
    let routes = Router::new()
        .route("/api/chats/import", post(length).get(length))
        .layer(axum::extract::DefaultBodyLimit::disable());
    tokio::spawn(async move { axum::serve(listener, routes).await });
    let relay = relay_to(address.parse().unwrap()).await;
    let client = reqwest::Client::new();
    let url = format!("{}/api/chats/import", relay.url());
    let large = client
        .post(&url)
        .header("origin", ORIGIN)
        .bearer_auth(relay.token());
    let answer = large
        .body(vec![b'x'; 5 * 1024 * 1024])
        .send()
        .await
        .unwrap();
    let answer: Value = answer.json().await.unwrap();
    assert_eq!(
        answer,
        json!({ "length": 5 * 1024 * 1024, "chunked": false })
    );
    let none = client
        .get(&url)
        .header("origin", ORIGIN)
        .bearer_auth(relay.token());
    let answer: Value = none.send().await.unwrap().json().await.unwrap();
    assert_eq!(answer, json!({ "length": 0, "chunked": false }));
}

#[tokio::test]
async fn a_swapped_certificate_is_told_once_and_hears_no_token() {
    let (first, fingerprint) = certificate();
    let server = TlsServer::start(first.clone(), "{}").await;
    let key = Key::Fixed {
        token: "remote-token".to_owned(),
    };
    let address = server.address.clone();
    let remote = Remote::new(address, Some(fingerprint), key, None, Keeper::Memory).unwrap();
    let relay = Relay::start(Arc::new(remote)).await.unwrap();
    let client = reqwest::Client::new();
    let ask = || {
        let request = client.get(format!("{}/api/server", relay.url()));
        request
            .header("origin", ORIGIN)
            .bearer_auth(relay.token())
            .send()
    };
    assert_eq!(ask().await.unwrap().status(), 200);
    assert_eq!(relay.take_trouble(), None);
    server.swap(certificate().0);
    assert_eq!(ask().await.unwrap().status(), 502);
    let protocol = format!("parlor.bearer, {}", relay.token());
    let headers = [
        ("origin", ORIGIN),
        ("sec-websocket-protocol", protocol.as_str()),
    ];
    assert_eq!(
        connect(&relay, &headers).await.err(),
        Some(502),
        "nor a socket"
    );
    assert_eq!(relay.take_trouble(), Some(Trouble::Certificate));
    assert_eq!(relay.take_trouble(), None, "once");
    let heard = server.asked.load(std::sync::atomic::Ordering::SeqCst);
    assert_eq!(heard, 1, "the other one heard nothing");
    server.swap(first);
    assert_eq!(ask().await.unwrap().status(), 200, "the first is back");
}
