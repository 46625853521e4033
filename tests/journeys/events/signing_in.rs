//! In by the handshake, or out with 1008.

use serde_json::json;

use crate::support::{
    Client, Provider, Server, Setup,
    client::Heard,
    events::Events,
    token::{self, for_user},
};

async fn with_provider() -> (Provider, Server) {
    let provider = Provider::start().await;
    let server = Setup::with(&provider).start().await;
    (provider, server)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_address_of_the_dialect_answers() {
    let (_provider, server) = with_provider().await;
    let alice = server.user("alice");
    for path in ["/ws/events", "/ws", "/"] {
        let mut client = Events::at(&server, &alice, path).await;
        let answer = client.ask("Bonjour !").await;
        assert_eq!(answer.text(), "Scripted answer.", "{path}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_subprotocol_pair_signs_in_too() {
    let (_provider, server) = with_provider().await;
    let alice = server.user("alice");
    let offered = format!("parlor.bearer, {}", alice.token);
    let headers = [("sec-websocket-protocol", offered.as_str())];
    let dialled = Client::dial(server.address(), "/ws/events", &headers).await;
    let Ok((mut client, response)) = dialled else {
        panic!("browsers can set no header");
    };
    let chosen = response.headers().get("sec-websocket-protocol");
    assert_eq!(
        chosen.and_then(|value| value.to_str().ok()),
        Some("parlor.bearer")
    );
    client
        .send(json!({"type": "PING", "data": {"timestamp": 1}}))
        .await;
    assert_eq!(client.expect("PONG").await, json!({"timestamp": 1}));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_has_no_good_token_is_closed_with_1008() {
    let (_provider, server) = with_provider().await;
    let alice = server.user("alice");
    let expired = token::signed(&token::with(
        token::claims(&alice.id),
        "exp",
        token::in_seconds(-60).into(),
    ));
    let stranger = for_user("nobody-here");
    let mut headers = vec![Vec::new(), vec![("authorization", "Basic YTpi".to_owned())]];
    for bad in ["", "x", &expired, &stranger] {
        headers.push(vec![("authorization", format!("Bearer {bad}"))]);
        headers.push(vec![(
            "sec-websocket-protocol",
            format!("parlor.bearer, {bad}"),
        )]);
    }
    headers.push(vec![("sec-websocket-protocol", "parlor.bearer".to_owned())]);
    for headers in headers {
        let borrowed: Vec<_> = headers
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        let dialled = Client::dial(server.address(), "/ws/events", &borrowed).await;
        let Ok((mut client, _)) = dialled else {
            panic!("accepted at HTTP level, so that browsers can read the reason: {headers:?}");
        };
        match client.hear().await {
            Heard::Closed(code, reason) => {
                assert_eq!(
                    (code, reason.as_str()),
                    (1008, "Unauthorized"),
                    "{headers:?}"
                );
            }
            Heard::Frame(frame) => panic!("nothing is said to a stranger: {frame}"),
        }
    }
    // A token in a frame or in the address is none.
    let path = format!("/ws/events?token={}", alice.token);
    let Ok((mut client, _)) = Client::dial(server.address(), &path, &[]).await else {
        panic!("accepted at HTTP level");
    };
    assert_eq!(client.closed().await, 1008, "never from a URL");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_disabled_is_closed_within_5_seconds() {
    let (_provider, server) = with_provider().await;
    let alice = server.user("alice");
    let mut client = Events::open(&server, &alice).await;
    client.ask("Bonjour !").await;
    server.setup().cli_ok(&["user", "disable", "alice"]);
    // From when the account is closed: starting that command takes its time on a busy machine.
    let disabled = std::time::Instant::now();
    let error = client.error().await;
    assert_eq!(
        (&error["code"], &error["retryable"]),
        (&"AUTH_FAILED".into(), &false.into())
    );
    assert_eq!(client.socket.closed().await, 1008);
    assert!(
        disabled.elapsed().as_secs() < 5,
        "revocation reaches open sockets"
    );
    let mut again = Events::open(&server, &alice).await;
    assert_eq!(again.socket.closed().await, 1008);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn evil_origins_and_hosts_are_refused_before_the_upgrade() {
    let (_provider, server) = with_provider().await;
    let alice = server.user("alice");
    let bearer = format!("Bearer {}", alice.token);
    for path in ["/ws/events", "/ws", "/"] {
        for header in [
            ("origin", "https://evil.test"),
            ("origin", "null"),
            ("host", "evil.test"),
        ] {
            let headers = [("authorization", bearer.as_str()), header];
            let refused = Client::dial(server.address(), path, &headers).await;
            let status = refused.err();
            assert!(
                matches!(status, Some(403 | 421)),
                "{path} {header:?}: {status:?}"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_at_the_root_is_still_the_ui() {
    let (_provider, server) = with_provider().await;
    let page = crate::support::http::get(&server, "/").await;
    assert_eq!(page.status, 200);
    assert!(
        page.content_type.starts_with("text/html"),
        "{}",
        page.content_type
    );
}
