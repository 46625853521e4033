//! Web pages of elsewhere, and names that were rebound to this address: refused on every route.

use serde_json::json;

use crate::support::{Client, Server, Setup, http};

const ROUTES: [&str; 8] = [
    "/",
    "/ws/chat",
    "/ws/events",
    "/ws",
    "/api/server",
    "/healthz",
    "/metrics",
    "/chat/deep",
];

fn request(path: &str, host: &str, origin: Option<&str>) -> String {
    let origin = origin
        .map(|origin| format!("Origin: {origin}\r\n"))
        .unwrap_or_default();
    let upgrade = if path.starts_with("/ws") {
        "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    } else {
        "Connection: close\r\n"
    };
    format!("GET {path} HTTP/1.1\r\nHost: {host}\r\n{origin}{upgrade}\r\n")
}

async fn status(server: &Server, path: &str, host: &str, origin: Option<&str>) -> u16 {
    http::status(&http::raw(server.address(), request(path, host, origin).as_bytes()).await)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_foreign_origin_is_refused_before_the_upgrade() {
    let server = Setup::new().start().await;
    let port = server.address().port();
    let host = server.address().to_string();
    let other = if port == u16::MAX { port - 1 } else { port + 1 };
    let foreign = [
        "http://evil.test".to_owned(),
        "https://evil.test".to_owned(),
        "null".to_owned(),
        format!("http://evil.test:{port}"),
        format!("http://localhost.evil.test:{port}"),
        format!("http://127.0.0.1.evil.test:{port}"),
        format!("http://evil.test/127.0.0.1:{port}"),
        format!("http://127.0.0.1:{port}@evil.test"),
        format!("http://127.0.0.1:{other}"),
        format!("http://localhost:{other}"),
        "http://127.0.0.1".to_owned(),
        "file://".to_owned(),
        "tauri://localhost".to_owned(),
        String::new(),
    ];
    for origin in &foreign {
        assert_eq!(
            status(&server, "/ws/chat", &host, Some(origin)).await,
            403,
            "a foreign or `null` Origin: 403 before the upgrade: {origin:?}"
        );
    }
    for origin in [
        format!("http://127.0.0.1:{port}"),
        format!("http://localhost:{port}"),
    ] {
        let host = origin.trim_start_matches("http://");
        assert_eq!(
            status(&server, "/ws/chat", host, Some(&origin)).await,
            101,
            "its own page may: {origin}"
        );
    }
    assert_eq!(
        status(&server, "/ws/chat", &host, None).await,
        101,
        "and a script without an Origin"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_foreign_origin_is_refused_over_http_too() {
    let server = Setup::new().start().await;
    let host = server.address().to_string();
    for path in ["/api/server", "/api/session", "/healthz", "/metrics"] {
        let status = status(&server, path, &host, Some("http://evil.test")).await;
        assert_eq!(
            status, 403,
            "a request with a foreign `Origin` is refused with 403: {path}"
        );
    }
    let body = json!({"name": "alice", "password": "guess"}).to_string();
    let post = format!(
        "POST /api/session HTTP/1.1\r\nHost: {host}\r\nOrigin: http://evil.test\r\nContent-Type: text/plain\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
    let reply = http::raw(server.address(), post.as_bytes()).await;
    assert_eq!(
        http::status(&reply),
        403,
        "simple requests of a page included: {reply}"
    );
    assert!(
        !reply
            .to_ascii_lowercase()
            .contains("access-control-allow-origin"),
        "{reply}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_foreign_host_is_refused_on_every_route() {
    let server = Setup::new().start().await;
    let port = server.address().port();
    let foreign = [
        "evil.test".to_owned(),
        format!("evil.test:{port}"),
        format!("localhost.evil.test:{port}"),
        format!("127.0.0.1.evil.test:{port}"),
        format!("127.0.0.1:{port}.evil.test"),
        format!("evil.test@127.0.0.1:{port}"),
        String::new(),
    ];
    for path in ROUTES {
        for host in &foreign {
            let status = status(&server, path, host, None).await;
            assert!(
                matches!(status, 403 | 421) || (host.is_empty() && status == 400),
                "a foreign Host: 403 or 421, on every route: {path} with Host {host:?} got {status}"
            );
        }
    }
    let none = http::raw(
        server.address(),
        b"GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n",
    )
    .await;
    assert!(
        matches!(http::status(&none), 400 | 403 | 421),
        "no Host at all neither: {none}"
    );
    let absolute = format!(
        "GET http://evil.test/healthz HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n"
    );
    let absolute = http::raw(server.address(), absolute.as_bytes()).await;
    assert!(
        matches!(http::status(&absolute), 400 | 403 | 421),
        "the target's own host counts: {absolute}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn compression_is_never_negotiated() {
    let server = Setup::new().start().await;
    let headers = [(
        "Sec-WebSocket-Extensions",
        "permessage-deflate; client_max_window_bits",
    )];
    let dialled = Client::dial(server.address(), "/ws/chat", &headers).await;
    let (mut client, response) = dialled.expect("an extension that is not taken is no refusal");
    assert!(
        response.headers().get("sec-websocket-extensions").is_none(),
        "deflate bombs: never negotiated"
    );
    client.expect("connected").await;
}
