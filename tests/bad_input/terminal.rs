//! What people send may end in a log that somebody reads in a terminal (RUSTSEC-2025-0055): no
//! byte of it may be obeyed there, or begin a line that looks like the server's own.

use serde_json::json;

use crate::support::{Client, Setup, http};

/// Colours, a window's title, a bell, a return that overwrites, a line of its own, 8-bit CSI,
/// a direction override.
const ESCAPES: &str =
    "\u{1b}[31mred\u{1b}]0;title\u{7}\u{8}\r2026 ERROR forged\n2026 ERROR forged\u{9b}31m\u{202e}";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_escape_code_reaches_the_log() {
    for format in ["text", "json"] {
        let server = Setup::new()
            .arg("--log-format")
            .arg(format)
            .env("PARLOR_LOG_FILTER", "trace")
            .start()
            .await;
        let setup = server.setup().clone();
        let refused = setup.cli(&["user", "add", ESCAPES]);
        assert!(!refused.status.success(), "no name has control characters");
        let said = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert_plain("the command line", &said.replace('\n', ""));
        let alice = server.user("alice");

        let credentials = json!({"name": ESCAPES, "password": ESCAPES});
        let refused = http::post(&server, "/api/session", &credentials, None).await;
        assert!(refused.status.is_client_error());
        let code = json!({ "code": ESCAPES });
        http::post(&server, "/api/session/link", &code, Some("x")).await;
        http::get(&server, "/%1b%5b31m%0d%0a2026-ERROR-forged").await;
        let host = server.address();
        let bytes = format!(
            "GET /\u{9b}31m HTTP/1.1\r\nHost: {host}\r\nUser-Agent: \u{9b}31mred\r\n\
             Origin: http://\u{9b}31m\r\n\r\n"
        );
        http::raw(host, bytes.as_bytes()).await;

        let (mut client, _) = Client::in_new_chat(&server, &alice).await;
        for frame in [
            json!({"type": ESCAPES, "data": {}}),
            json!({"type": "ping", "ref": ESCAPES, "data": {"timestamp": 1}}),
            json!({"type": "update_chat", "data": {"chatId": ESCAPES, "title": ESCAPES}}),
            json!({"type": "message", "data": {"message": ESCAPES, "clientId": ESCAPES}}),
            json!({"type": "message", "data": {"message": ESCAPES}}),
            json!({"type": "save_provider", "data": {
                "providerId": ESCAPES, "name": ESCAPES, "baseUrl": ESCAPES,
            }}),
        ] {
            client.send(frame).await;
        }
        client.settled().await;
        let (_, log) = server.stop_with_log().await;
        assert!(log.len() > 100, "the log is there: {log}");
        for line in log.lines() {
            assert_plain(format, line);
            let begins = if format == "json" { "{" } else { "20" };
            assert!(
                line.starts_with(begins) && !line.starts_with("2026 ERROR forged"),
                "each line is the server's own: {line:?}"
            );
        }
    }
}

fn assert_plain(place: &str, line: &str) {
    let obeyed = |one: char| one.is_control() || one == '\u{202e}';
    assert!(!line.contains(obeyed), "{place}: {line:?}");
}
