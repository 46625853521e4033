//! What is served beside the sockets.

use reqwest::StatusCode;

use crate::support::{
    Client, Setup,
    client::{assert_error, text},
    http,
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_web_ui_is_at_the_root_and_behind_deep_links() {
    let server = Setup::new().start().await;
    for path in ["/", "/chat/some-chat", "/settings"] {
        let page = http::get(&server, path).await;
        assert_eq!(
            page.status,
            StatusCode::OK,
            "deep links fall back to index.html: {path}"
        );
        assert!(
            page.content_type.starts_with("text/html"),
            "{path} is {}",
            page.content_type
        );
        assert!(
            page.body.to_ascii_lowercase().contains("<!doctype html"),
            "{path}: {}",
            page.body
        );
        assert!(
            page.policy.contains("default-src 'self'"),
            "a page comes with its policy: {:?}",
            page.policy
        );
        assert!(
            !page.policy.contains("'unsafe-eval'") && page.policy.contains("object-src 'none'"),
            "{:?}",
            page.policy
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn paths_lead_to_no_file_outside() {
    let server = Setup::new().start().await;
    let host = server.address();
    let paths = [
        "/../../../../etc/passwd",
        "/%2e%2e/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
        "/..%2f..%2f..%2fetc%2fpasswd",
        "//etc/passwd",
        "/assets/../../Cargo.toml",
        "/%00",
        "/parlor.db",
        "/d/parlor.db",
    ];
    for path in paths {
        let request = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        let reply = http::raw(host, request.as_bytes()).await;
        assert!(
            !reply.contains("root:")
                && !reply.contains("SQLite format")
                && !reply.contains("[package]"),
            "{path}: {reply}"
        );
        assert!(http::status(&reply) < 500, "{path}: {reply}");
    }
    assert_eq!(http::get(&server, "/healthz").await.status, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn health_and_metrics_are_for_operators() {
    let server = Setup::new().start().await;
    let (mut client, _) = Client::in_new_chat(&server, &server.user("alice")).await;
    client.ask("Hello").await;
    let health = http::get(&server, "/healthz").await;
    assert_eq!(
        (health.status, health.body.trim()),
        (StatusCode::OK, "ok"),
        "200 `ok` when the store can write"
    );
    let metrics = http::get(&server, "/metrics").await;
    assert_eq!(metrics.status, StatusCode::OK);
    assert!(
        metrics.content_type.starts_with("text/plain"),
        "Prometheus text"
    );
    let samples = metrics
        .body
        .lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty());
    let mut count = 0;
    for sample in samples {
        let value = sample.rsplit(' ').next().expect("a line has a last word");
        assert!(value.parse::<f64>().is_ok(), "Prometheus text: {sample:?}");
        count += 1;
    }
    assert!(
        count > 0 && metrics.body.contains("# TYPE"),
        "after an answer there is something to tell: {:?}",
        metrics.body
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_server_tells_its_name() {
    let server = Setup::new().start().await;
    let reply = http::get(&server, "/api/server").await;
    assert_eq!(reply.status, StatusCode::OK);
    assert!(
        reply.content_type.starts_with("application/json"),
        "everything under /api is JSON"
    );
    let told = reply.json();
    for field in ["name", "version", "host"] {
        assert!(!text(&told, field).is_empty());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unknown_api_path_is_a_json_error() {
    let server = Setup::new().start().await;
    let reply = http::get(&server, "/api/nothing").await;
    assert_eq!(
        reply.status,
        StatusCode::NOT_FOUND,
        "deep links of the UI are not under /api"
    );
    assert_error(&reply.json());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broken_body_is_a_json_error() {
    let server = Setup::new().start().await;
    let host = server.address();
    let bodies = ["", "{", "[]", "{\"name\": 1}", "{\"name\": \"a\"}"];
    for body in bodies {
        let length = body.len();
        let request = format!(
            "POST /api/session HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
        );
        let reply = http::raw(host, request.as_bytes()).await;
        assert_eq!(
            http::status(&reply),
            400,
            "errors have the fields of `error.data`, with 400: {body:?} got {reply}"
        );
    }
}
