//! Opening and closing the LAN while the server runs, over real sockets and TLS. No client here comes
//! from the LAN: what listens on all interfaces listens on loopback too.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use chat_provider::MemorySecrets;
use futures_util::{SinkExt as _, StreamExt as _};
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{Message as Frame, protocol::frame::coding::CloseCode},
};

use super::*;

/// Only a server that hangs takes longer.
const PATIENCE: Duration = Duration::from_secs(30);

/// Asks for a head, which has no body, and keeps the connection. None where it ends instead.
async fn ask<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut S,
    host: SocketAddr,
) -> Option<String> {
    let request = format!("HEAD /healthz HTTP/1.1\r\nhost: {host}\r\n\r\n");
    stream.write_all(request.as_bytes()).await.ok()?;
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let read = timeout(PATIENCE, stream.read_buf(&mut head)).await;
        if !matches!(read.expect("in time"), Ok(read) if read > 0) {
            return None;
        }
    }
    Some(String::from_utf8(head).expect("text"))
}

/// Who turns the switch.
fn person(server: &ServerHandle) -> chat_core::Actor {
    chat_core::Actor {
        user: None,
        address: "127.0.0.1".to_owned(),
        at: server.app.sources.clock.now(),
    }
}

/// Somebody who is not known, of whom nothing can be noted.
fn stranger(server: &ServerHandle) -> chat_core::Actor {
    chat_core::Actor {
        user: Some(UserId::parse("nobody-here").expect("an id")),
        ..person(server)
    }
}

/// A client that has heard `connected`.
async fn client<S: AsyncRead + AsyncWrite + Unpin>(
    stream: S,
    address: SocketAddr,
) -> WebSocketStream<S> {
    let url = format!("ws://{address}/ws/chat");
    let (mut client, _) = client_async(url, stream).await.expect("a handshake");
    let hello = next(&mut client).await;
    assert!(hello.to_string().contains("\"connected\""), "{hello}");
    client
}

async fn next<S: AsyncRead + AsyncWrite + Unpin>(client: &mut WebSocketStream<S>) -> Frame {
    let frame = timeout(PATIENCE, client.next()).await.expect("in time");
    frame.expect("a frame").expect("a frame")
}

#[tokio::test]
async fn closing_the_lan_ends_what_came_in_by_it_and_nothing_else() {
    let home = tempfile::tempdir().expect("a directory");
    let config = Config::embedded(home.path().to_owned());
    let server = start(config, Arc::new(MemorySecrets::default()))
        .await
        .expect("a server");
    let own = *server.addresses().first().expect("an address");
    let shared = lan::open(&server.app, Some(0), None).await.expect("a port");
    let lan = SocketAddr::from((Ipv4Addr::LOCALHOST, shared.port));
    let pin = *shared.certificate.fingerprint();
    let secure = || async { lan::connect(lan, pin).await.expect("our certificate") };
    let plain = || async { TcpStream::connect(own).await.expect("a connection") };

    let (mut at_lan, mut silent) = (secure().await, secure().await);
    let mut at_own = plain().await;
    for answer in [ask(&mut at_lan, lan).await, ask(&mut at_own, own).await] {
        let answer = answer.expect("an answer");
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }
    let mut guest = client(secure().await, lan).await;
    let mut window = client(plain().await, own).await;

    lan::close(&server.app, person(&server))
        .await
        .expect("closed");
    for stream in [&mut at_lan, &mut silent] {
        assert_eq!(ask(stream, lan).await, None, "a shut door answers nothing");
    }
    match next(&mut guest).await {
        Frame::Close(Some(close)) => assert_eq!(close.code, CloseCode::Away),
        other => panic!("{other}"),
    }
    let refused = async { while TcpStream::connect(lan).await.is_ok() {} };
    timeout(PATIENCE, refused).await.expect("a closed port");

    assert!(
        ask(&mut at_own, own).await.is_some(),
        "another door is open"
    );
    window
        .send(Frame::Ping("there?".into()))
        .await
        .expect("sent");
    assert_eq!(next(&mut window).await, Frame::Pong("there?".into()));

    server.shutdown().await;
    let farewell = next(&mut window).await;
    assert!(farewell.to_string().contains("\"draining\""), "{farewell}");
}

#[tokio::test]
async fn the_lan_opens_again_where_it_was_and_shows_the_same_certificate() {
    let home = tempfile::tempdir().expect("a directory");
    let started = || async {
        let config = Config::embedded(home.path().to_owned());
        let secrets = Arc::new(MemorySecrets::default());
        start(config, secrets).await.expect("a server")
    };
    let server = started().await;
    assert!(
        server.app.lan.shared().is_none(),
        "off until somebody turns it on"
    );
    let first = lan::open(&server.app, Some(0), None).await.expect("a port");
    let again = lan::open(&server.app, Some(0), None)
        .await
        .expect("the same");
    assert_eq!(first.port, again.port, "opening twice is opening once");
    server.shutdown().await;

    let server = started().await;
    let kept = server.app.lan.shared().expect("as it was left");
    assert_eq!(kept.port, first.port);
    let pin = *first.certificate.fingerprint();
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, kept.port));
    lan::connect(address, pin)
        .await
        .expect("the same certificate");
    let other = lan::connect(address, [0; 32]).await;
    assert!(
        other.is_err(),
        "and a client that expects another refuses it"
    );
    lan::close(&server.app, person(&server))
        .await
        .expect("closed");
    server.shutdown().await;

    let server = started().await;
    assert!(server.app.lan.shared().is_none(), "it stays off");
    server.shutdown().await;
}

#[tokio::test]
async fn a_note_that_fails_opens_nothing_and_keeps_nothing_open() {
    let home = tempfile::tempdir().expect("a directory");
    let started = || async {
        let config = Config::embedded(home.path().to_owned());
        let secrets = Arc::new(MemorySecrets::default());
        start(config, secrets).await.expect("a server")
    };
    let server = started().await;
    let refused = lan::open(&server.app, Some(0), Some(stranger(&server))).await;
    assert!(matches!(refused, Err(lan::LanError::Store(_))));
    assert!(server.app.lan.shared().is_none());
    server.shutdown().await;

    let server = started().await;
    assert!(server.app.lan.shared().is_none(), "nor at the next start");
    lan::open(&server.app, Some(0), None).await.expect("a port");
    lan::close(&server.app, stranger(&server))
        .await
        .expect("closed, noted or not");
    assert!(server.app.lan.shared().is_none());
    server.shutdown().await;

    let server = started().await;
    assert!(server.app.lan.shared().is_none(), "it stays off");
    server.shutdown().await;
}
