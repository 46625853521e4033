//! Connections that never become one.

use std::time::Duration;

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    task::JoinSet,
    time::{Instant, timeout},
};

use crate::support::{Client, DEADLINE, Server, Setup, http};

/// THREATS.md asks for 5 s; the rest is for a loaded machine.
const PATIENCE: Duration = Duration::from_secs(12);

async fn connect(server: &Server) -> TcpStream {
    TcpStream::connect(server.address())
        .await
        .expect("the server accepts")
}

/// Reads until the server closes; what it said before.
async fn closed(mut stream: TcpStream) -> String {
    let mut got = Vec::new();
    let end = async {
        let mut buffer = [0; 4096];
        while let Ok(count @ 1..) = stream.read(&mut buffer).await {
            got.extend_from_slice(&buffer[..count]);
        }
    };
    timeout(DEADLINE, end)
        .await
        .expect("the server should close what never becomes a request");
    String::from_utf8_lossy(&got).into_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_half_open_connections_hinder_nobody() {
    let server = Setup::new().start().await;
    let alice = server.user("alice");
    let before = server.memory_mib();
    let mut half_open = Vec::new();
    for number in 0..200 {
        let mut stream = connect(&server).await;
        if number % 2 == 0 {
            let begun = format!(
                "GET /ws/chat HTTP/1.1\r\nHost: {}\r\nUpgrade: webs",
                server.address()
            );
            stream
                .write_all(begun.as_bytes())
                .await
                .expect("a new socket takes a few bytes");
        }
        half_open.push(stream);
    }
    let (mut client, _) = Client::in_new_chat(&server, &alice).await;
    client.ask("Hello").await;
    let grown = server.memory_mib().saturating_sub(before);
    assert!(
        grown < 64,
        "memory stays bounded: 200 half-open connections took {grown} MiB"
    );
    let opened = Instant::now();
    let mut ends = JoinSet::new();
    half_open
        .into_iter()
        .for_each(|stream| drop(ends.spawn(closed(stream))));
    ends.join_all().await;
    assert!(
        opened.elapsed() < PATIENCE,
        "all are closed soon, not after {:?}",
        opened.elapsed()
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_header_is_closed() {
    let server = Setup::new().start().await;
    let mut stream = connect(&server).await;
    let begun = Instant::now();
    let head = format!(
        "GET /healthz HTTP/1.1\r\nHost: {}\r\nX-Slow: ",
        server.address()
    );
    let mut open = stream.write_all(head.as_bytes()).await.is_ok();
    let mut answer = [0; 256];
    // Slowloris: a byte now and then, for as long as the server takes them.
    while open && begun.elapsed() < DEADLINE {
        open = stream.write_all(b"a").await.is_ok();
        let read = timeout(Duration::from_millis(200), stream.read(&mut answer)).await;
        open = open && !matches!(read, Ok(Ok(0) | Err(_)));
    }
    assert!(
        begun.elapsed() < PATIENCE,
        "slowloris: closed within 5 s, not after {:?}",
        begun.elapsed()
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_header_of_a_megabyte_is_refused() {
    let server = Setup::new().start().await;
    let begun = Instant::now();
    let host = server.address();
    let head = format!(
        "GET /ws/chat HTTP/1.1\r\nHost: {host}\r\nX-Long: {}\r\n\r\n",
        "a".repeat(1 << 20)
    );
    let reply = http::raw(server.address(), head.as_bytes()).await;
    let status = http::status(&reply);
    assert!(
        matches!(status, 0 | 400 | 431),
        "a 1 MB header is refused: {reply}"
    );
    assert!(begun.elapsed() < PATIENCE, "and soon");
    let many: String = (0..5000)
        .map(|number| format!("X-{number}: a\r\n"))
        .collect();
    let head = format!("GET /ws/chat HTTP/1.1\r\nHost: {host}\r\n{many}\r\n");
    let reply = http::raw(server.address(), head.as_bytes()).await;
    assert!(
        matches!(http::status(&reply), 0 | 400 | 431),
        "5,000 headers too: {reply}"
    );
    assert_eq!(http::get(&server, "/healthz").await.status, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_long_body_is_refused() {
    let server = Setup::new().start().await;
    let host = server.address();
    let head = format!(
        "POST /api/session HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\nContent-Length: 1073741824\r\n\r\n"
    );
    let mut bytes = head.into_bytes();
    bytes.resize(bytes.len() + (4 << 20), b' ');
    let reply = http::raw(host, &bytes).await;
    assert!(
        matches!(http::status(&reply), 0 | 400 | 413),
        "a body of 1 GiB is refused early: {reply}"
    );
    assert!(
        server.memory_mib() < 128,
        "and takes no memory: {} MiB",
        server.memory_mib()
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn noise_is_no_request() {
    let server = Setup::new().start().await;
    for noise in [
        &b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"[..],
        b"\0\0\0\0\r\n\r\n",
        b"SSH-2.0-x\r\n\r\n",
        b"GET\r\n\r\n",
    ] {
        let mut stream = connect(&server).await;
        stream
            .write_all(noise)
            .await
            .expect("a new socket takes a few bytes");
        let said = closed(stream).await;
        assert!(!said.starts_with("HTTP/1.1 2"), "{noise:?} got {said}");
    }
    assert_eq!(http::get(&server, "/healthz").await.status, 200);
}
