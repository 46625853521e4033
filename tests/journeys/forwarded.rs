//! Who the client is behind a reverse proxy, and that nobody else can say so.

use reqwest::Method;
use serde_json::json;

use crate::support::{Server, Setup, client::text, http, server::succeeded};

const PASSWORD: &str = "long enough";

async fn server(setup: Setup) -> Server {
    let server = setup.start().await;
    let args = ["user", "add", "alice", "--password-stdin"];
    succeeded(&args, &server.setup().cli_with_input(&args, PASSWORD));
    server
}

async fn sign_in(server: &Server, password: &str, headers: &[(&str, &str)]) -> http::Reply {
    let body = json!({"name": "alice", "password": password, "refresh": "cookie"});
    http::call_with(
        server,
        Method::POST,
        "/api/session",
        Some(&body),
        None,
        headers,
    )
    .await
}

/// The address that the device of this sign-in is listed with.
async fn place(server: &Server, headers: &[(&str, &str)]) -> String {
    let session = sign_in(server, PASSWORD, headers).await;
    assert_eq!(session.status, 200, "{}", session.body);
    let session = session.json();
    let token = text(&session, "token");
    let path = "/api/devices";
    let devices = http::call_with(server, Method::GET, path, None, Some(token), headers).await;
    let devices = devices.json();
    let devices = devices["devices"].as_array().expect("devices");
    let own = devices
        .iter()
        .find(|device| device["current"] == json!(true));
    let own = own.expect("the device that asks");
    text(own, "address").to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_is_believed_who_is_not_a_trusted_proxy() {
    for setup in [
        Setup::new(),
        Setup::new().env(
            "PARLOR_SERVER_TRUSTED_PROXIES",
            "192.0.2.1, 10.0.0.0/8, ::/0",
        ),
    ] {
        let server = server(setup).await;
        for spoof in ["203.0.113.7", "127.0.0.9, 203.0.113.7", "garbage"] {
            let headers = [
                ("x-forwarded-for", spoof),
                ("forwarded", "for=203.0.113.7"),
                ("x-real-ip", "203.0.113.7"),
            ];
            assert_eq!(place(&server, &headers).await, "127.0.0.1", "{spoof}");
        }
        let host = [("x-forwarded-host", "127.0.0.1"), ("host", "evil.test")];
        let reply = http::call_with(&server, Method::GET, "/healthz", None, None, &host).await;
        assert_eq!(reply.status, 403, "a host that is forwarded by nobody");
        let host = [("x-forwarded-host", "evil.test")];
        let reply = http::call_with(&server, Method::GET, "/healthz", None, None, &host).await;
        assert_eq!(reply.status, 200, "nor does it shut anybody out");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_trusted_proxy_names_its_client_and_no_client_names_itself() {
    let setup = Setup::new()
        .env("PARLOR_SERVER_TRUSTED_PROXIES", "127.0.0.1,10.0.0.0/8")
        .env("PARLOR_SERVER_ALLOWED_HOSTS", "chat.example.org");
    let server = server(setup).await;
    for (forwarded, client) in [
        ("203.0.113.7", "203.0.113.7"),
        // What the client wrote itself comes first, what the proxy saw comes last.
        ("198.51.100.1, 203.0.113.7", "203.0.113.7"),
        ("10.0.0.5, 203.0.113.7", "203.0.113.7"),
        ("203.0.113.7, 10.0.0.5", "203.0.113.7"),
        ("198.51.100.1, 203.0.113.7, 10.0.0.5", "203.0.113.7"),
        ("2a00::7", "2a00::7"),
        ("garbage, 203.0.113.7", "203.0.113.7"),
        ("203.0.113.7, garbage", "127.0.0.1"),
    ] {
        let place = place(&server, &[("x-forwarded-for", forwarded)]).await;
        assert_eq!(place, client, "{forwarded}");
    }
    assert_eq!(
        place(&server, &[]).await,
        "127.0.0.1",
        "without the header it is the proxy"
    );

    let get = async |headers: &[(&str, &str)]| {
        http::call_with(&server, Method::GET, "/api/server", None, None, headers)
            .await
            .status
    };
    let named = [("x-forwarded-host", "chat.example.org")];
    assert_eq!(get(&named).await, 200, "a host that is allowed");
    let origin = [
        ("x-forwarded-host", "chat.example.org"),
        ("origin", "https://chat.example.org"),
    ];
    assert_eq!(get(&origin).await, 200, "whose own page may ask");
    assert_eq!(get(&[("x-forwarded-host", "evil.test")]).await, 403);
    let rebound = [
        ("x-forwarded-host", "chat.example.org"),
        ("host", "evil.test"),
    ];
    assert_eq!(
        get(&rebound).await,
        403,
        "a proxy that passes on what it is sent lets no name in"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn limits_count_the_clients_behind_a_proxy_apart() {
    let setup = Setup::new()
        .env("PARLOR_SERVER_TRUSTED_PROXIES", "127.0.0.1")
        .env("PARLOR_LIMITS_SIGN_IN_PER_MINUTE", "2");
    let server = server(setup).await;
    let attempt = async |chain: &str| {
        let reply = sign_in(&server, "wrong", &[("x-forwarded-for", chain)]).await;
        reply.status.as_u16()
    };
    for chain in ["203.0.113.7", "198.51.100.1, 203.0.113.7"] {
        assert_eq!(attempt(chain).await, 401, "{chain}");
    }
    let invented = attempt("198.51.100.99, 203.0.113.7").await;
    assert_eq!(
        invented, 429,
        "an invented address before one's own buys no more attempts"
    );
    assert_eq!(
        attempt("203.0.113.8").await,
        401,
        "others behind the proxy have their own"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cookie_that_came_over_tls_stays_on_tls() {
    let setup = Setup::new()
        .env("PARLOR_SERVER_TRUSTED_PROXIES", "127.0.0.1")
        .env("PARLOR_SERVER_PUBLIC_URL", "https://chat.example.org");
    let server = server(setup).await;
    let headers = [("host", "chat.example.org"), ("x-forwarded-proto", "https")];
    let session = sign_in(&server, PASSWORD, &headers).await;
    assert!(session.cookie.ends_with("; Secure"), "{}", session.cookie);
    let plain = sign_in(&server, PASSWORD, &[]).await;
    assert!(!plain.cookie.contains("Secure"), "{}", plain.cookie);
}

/// Pairing, and the switch of the local network, are for whoever sits at the computer: a proxy beside
/// the server connects from there too, whether the settings name it or not.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_proxy_passes_on_does_not_come_from_the_computer() {
    for setup in [
        Setup::new(),
        Setup::new().env("PARLOR_SERVER_TRUSTED_PROXIES", "127.0.0.1"),
    ] {
        let server = setup
            .env("PARLOR_SERVER_ALLOWED_HOSTS", "chat.example.org")
            .start()
            .await;
        let owner = server.setup().user_with("olga", &["--role", "owner"]);
        let reach = async |headers: &[(&str, &str)]| {
            let (path, token) = ("/api/lan", Some(owner.token.as_str()));
            let reply = http::call_with(&server, Method::GET, path, None, token, headers).await;
            reply.status.as_u16()
        };
        assert_eq!(reach(&[]).await, 200, "at the computer itself");
        let port = server.address().port();
        for host in [format!("localhost:{port}"), "[::1]".to_owned()] {
            assert_eq!(reach(&[("host", &host)]).await, 200, "{host}");
        }
        for trace in [
            ("x-forwarded-for", "203.0.113.7"),
            ("x-forwarded-for", "127.0.0.1"),
            ("x-forwarded-for", ""),
            ("x-forwarded-host", "localhost"),
            ("x-forwarded-proto", "https"),
            ("x-forwarded-port", "443"),
            ("x-real-ip", "127.0.0.1"),
            ("forwarded", "for=127.0.0.1"),
            ("via", "1.1 somewhere"),
            // A proxy that keeps the name and adds nothing.
            ("host", "chat.example.org"),
        ] {
            assert_eq!(reach(&[trace]).await, 403, "{trace:?}");
        }
        // One that adds nothing and keeps nothing, as nginx does by itself.
        let bare = format!(
            "GET /api/lan HTTP/1.0\r\nHost: {}\r\nAuthorization: Bearer {}\r\n\r\n",
            server.address(),
            owner.token
        );
        let answer = http::raw(server.address(), bare.as_bytes()).await;
        assert!(answer.starts_with("HTTP/1.0 403 "), "{answer}");
    }
}

#[test]
fn a_proxy_that_is_no_address_stops_the_start() {
    for bad in ["localhost", "10.0.0.0/33", "*", "127.0.0.1:80"] {
        let refused = Setup::new()
            .env("PARLOR_SERVER_TRUSTED_PROXIES", bad)
            .refused();
        let said = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(!refused.status.success(), "{bad}");
        assert!(said.contains("PARLOR_SERVER_TRUSTED_PROXIES"), "{said}");
    }
    for bad in [
        "chat.example.org",
        "https://chat.example.org/path",
        "ftp://chat.example.org",
    ] {
        let refused = Setup::new().env("PARLOR_SERVER_PUBLIC_URL", bad).refused();
        let said = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(said.contains("PARLOR_SERVER_PUBLIC_URL"), "{said}");
    }
}
