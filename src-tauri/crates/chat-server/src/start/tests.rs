//! Opening and closing the LAN while the server runs, over real sockets. No client here comes from
//! the LAN: what listens on all interfaces listens on loopback too.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use chat_provider::MemorySecrets;
use futures_util::{SinkExt as _, StreamExt as _};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
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
async fn ask(stream: &mut TcpStream) -> Option<String> {
    let host = stream.peer_addr().expect("an address");
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

/// A client that has heard `connected`.
async fn client(address: SocketAddr) -> WebSocketStream<TcpStream> {
    let stream = TcpStream::connect(address).await.expect("a connection");
    let url = format!("ws://{address}/ws/chat");
    let (mut client, _) = client_async(url, stream).await.expect("a handshake");
    let hello = next(&mut client).await;
    assert!(hello.to_string().contains("\"connected\""), "{hello}");
    client
}

async fn next(client: &mut WebSocketStream<TcpStream>) -> Frame {
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
    server.open_lan(0).await.expect("a port");
    let port = server.app.bound().last().expect("an address").port();
    let lan = SocketAddr::from((Ipv4Addr::LOCALHOST, port));

    let mut at_lan = TcpStream::connect(lan).await.expect("a connection");
    let mut at_own = TcpStream::connect(own).await.expect("a connection");
    for stream in [&mut at_lan, &mut at_own] {
        let answer = ask(stream).await.expect("an answer");
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }
    let mut silent = TcpStream::connect(lan).await.expect("a connection");
    let (mut guest, mut window) = (client(lan).await, client(own).await);

    server.close_lan();
    for stream in [&mut at_lan, &mut silent] {
        assert_eq!(ask(stream).await, None, "a shut door answers nothing");
    }
    match next(&mut guest).await {
        Frame::Close(Some(close)) => assert_eq!(close.code, CloseCode::Away),
        other => panic!("{other}"),
    }
    let refused = async { while TcpStream::connect(lan).await.is_ok() {} };
    timeout(PATIENCE, refused).await.expect("a closed port");

    assert!(ask(&mut at_own).await.is_some(), "another door is open");
    window
        .send(Frame::Ping("there?".into()))
        .await
        .expect("sent");
    assert_eq!(next(&mut window).await, Frame::Pong("there?".into()));

    server.shutdown().await;
    let farewell = next(&mut window).await;
    assert!(farewell.to_string().contains("\"draining\""), "{farewell}");
}
