//! What a page of another site can send with a person's browser, on every documented route: refused
//! by `Host` and `Origin`, and where neither gives it away, by the type of its body.

use serde_json::json;

use crate::support::{Server, Setup, http, routes, server::succeeded};

/// The types that a form or a simple request can have, for which no browser asks first.
const SIMPLE: [&str; 4] = [
    "application/x-www-form-urlencoded",
    "text/plain",
    "text/plain; charset=application/json",
    "multipart/form-data; boundary=x",
];

async fn send(server: &Server, method: &str, path: &str, headers: &str, body: &str) -> String {
    let length = body.len();
    let request = format!(
        "{method} {path} HTTP/1.1\r\n{headers}Content-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    );
    http::raw(server.address(), request.as_bytes()).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_route_answers_a_foreign_host_or_page() {
    let server = Setup::new().start().await;
    let own = server.address();
    let token = server.user("olga").token;
    let signed_in = format!("Authorization: Bearer {token}\r\nContent-Type: application/json\r\n");
    for (method, path) in routes::with_ids() {
        for host in ["evil.test", "127.0.0.1.evil.test", "localhost.evil.test:80"] {
            let headers = format!("Host: {host}\r\n{signed_in}");
            let answer = send(&server, &method, &path, &headers, "{}").await;
            let status = http::status(&answer);
            assert_eq!(status, 403, "{method} {path} for {host}: {answer}");
        }
        for origin in ["http://evil.test", "null", "http://localhost.evil.test"] {
            for asked in [method.as_str(), "OPTIONS"] {
                let headers = format!(
                    "Host: {own}\r\nOrigin: {origin}\r\n\
                     Access-Control-Request-Method: {method}\r\n{signed_in}"
                );
                let answer = send(&server, asked, &path, &headers, "{}").await;
                let status = http::status(&answer);
                assert_eq!(status, 403, "{asked} {path} from {origin}: {answer}");
                let head = answer.to_ascii_lowercase();
                assert!(!head.contains("access-control-allow"), "{answer}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_form_of_another_site_changes_nothing() {
    let server = Setup::new()
        .env("PARLOR_LIMITS_SIGN_IN_PER_MINUTE", "0")
        .start()
        .await;
    let args = ["user", "add", "olga", "--password-stdin"];
    succeeded(&args, &server.setup().cli_with_input(&args, "long enough"));
    let credentials = json!({"name": "olga", "password": "long enough", "refresh": "cookie"});
    let session = http::post(&server, "/api/session", &credentials, None).await;
    let cookie = session
        .cookie
        .split(';')
        .next()
        .expect("a cookie")
        .to_owned();
    let host = server.address();
    let body = credentials.to_string();
    for (method, path) in routes::with_ids() {
        if method != "POST" {
            continue; // for the others every browser asks first, which is refused above
        }
        for kind in SIMPLE {
            let headers = format!("Host: {host}\r\nCookie: {cookie}\r\nContent-Type: {kind}\r\n");
            let answer = send(&server, &method, &path, &headers, &body).await;
            let status = http::status(&answer);
            assert!(
                (400..500).contains(&status),
                "{path} takes no {kind}: {answer}"
            );
            assert!(
                !answer.to_ascii_lowercase().contains("set-cookie"),
                "{answer}"
            );
        }
    }
    // The cookie was not used up by any of it.
    let headers = [("cookie", cookie.as_str())];
    let path = "/api/session/refresh";
    let post = reqwest::Method::POST;
    let renewed = http::call_with(&server, post, path, Some(&json!({})), None, &headers).await;
    assert_eq!(renewed.status, 200, "{}", renewed.body);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_answer_says_what_a_browser_may_do_with_it() {
    let server = Setup::new().start().await;
    let host = server.address();
    let mut asked = vec![
        ("GET".to_owned(), "/".to_owned()),
        ("GET".to_owned(), "/deep/link".to_owned()),
        ("GET".to_owned(), "/assets/none.js".to_owned()),
        ("GET".to_owned(), "/healthz".to_owned()),
        ("GET".to_owned(), "/metrics".to_owned()),
        ("GET".to_owned(), "/ws/chat".to_owned()),
        ("POST".to_owned(), "/".to_owned()),
    ];
    asked.extend(routes::with_ids());
    for (method, path) in asked {
        let headers = format!("Host: {host}\r\nContent-Type: application/json\r\n");
        let answer = send(&server, &method, &path, &headers, "{}").await;
        let head = answer.to_ascii_lowercase();
        let policy = head
            .lines()
            .find(|line| line.starts_with("content-security-policy: "));
        let policy = policy.unwrap_or_else(|| panic!("{method} {path} has no policy: {answer}"));
        for part in [
            "default-src 'self'",
            "script-src 'self';",
            "object-src 'none'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "form-action 'none'",
        ] {
            assert!(policy.contains(part), "{method} {path}: {part} in {policy}");
        }
        let scripts = policy.split("script-src").nth(1).unwrap_or_default();
        let scripts = scripts.split(';').next().unwrap_or_default();
        assert!(
            !scripts.contains("unsafe") && !scripts.contains('*'),
            "{policy}"
        );
        for line in [
            "x-content-type-options: nosniff",
            "x-frame-options: deny",
            "referrer-policy: no-referrer",
        ] {
            assert!(head.contains(line), "{method} {path}: {line} in {answer}");
        }
    }
}
