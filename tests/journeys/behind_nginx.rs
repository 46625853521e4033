//! Behind Debian's nginx with `packaging/nginx/parlor.conf`: TLS outside, sockets and streams
//! unbuffered, clients under their own addresses, and nobody's word but nginx's.

use futures_util::{SinkExt as _, StreamExt as _};
use reqwest::{Method, StatusCode, header};
use serde_json::{Value, json};
use tokio::time::timeout;
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{Message, protocol::Role},
};

use crate::support::{
    DEADLINE, Gate, Provider, Script, Server, Setup,
    client::text,
    http,
    nginx::{NAME, Nginx},
    server::succeeded,
};

const PASSWORD: &str = "long enough";
/// An address of this computer that nothing else comes from.
const GUEST: &str = "127.0.0.9";

/// As the file's own notes say.
fn documented(setup: Setup) -> Setup {
    setup
        .env("PARLOR_SERVER_PUBLIC_URL", &format!("https://{NAME}"))
        .env("PARLOR_SERVER_TRUSTED_PROXIES", "127.0.0.1")
}

async fn behind(setup: Setup) -> (Server, Nginx) {
    let server = documented(setup).start().await;
    let args = ["user", "add", "alice", "--password-stdin"];
    succeeded(&args, &server.setup().cli_with_input(&args, PASSWORD));
    let nginx = Nginx::before(server.address()).await;
    (server, nginx)
}

type Socket = WebSocketStream<reqwest::Upgraded>;

/// A handshake through nginx, as a page of the site makes it.
async fn upgrade(nginx: &Nginx, path: &str, origin: &str) -> Result<Socket, StatusCode> {
    let request = nginx
        .client(GUEST)
        .get(nginx.url(path))
        .header(header::CONNECTION, "Upgrade")
        .header(header::UPGRADE, "websocket")
        .header("sec-websocket-version", "13")
        .header("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==")
        .header(header::ORIGIN, origin);
    let response = request.send().await.expect("nginx answers");
    if response.status() != StatusCode::SWITCHING_PROTOCOLS {
        return Err(response.status());
    }
    let upgraded = response.upgrade().await.expect("an upgrade");
    Ok(WebSocketStream::from_raw_socket(upgraded, Role::Client, None).await)
}

async fn send(socket: &mut Socket, frame: Value) {
    let sent = socket.send(Message::text(frame.to_string())).await;
    sent.expect("the socket is open");
}

/// The data of the next frame of this type.
async fn until(socket: &mut Socket, kind: &str) -> Value {
    loop {
        let heard = timeout(DEADLINE, socket.next()).await;
        let heard = heard.unwrap_or_else(|_| panic!("{kind} should have come"));
        let Some(Ok(Message::Text(frame))) = heard else {
            continue;
        };
        let mut frame: Value = serde_json::from_str(&frame).expect("JSON");
        assert_ne!(frame["type"], "error", "waiting for {kind}: {frame}");
        if frame["type"] == kind {
            return frame["data"].take();
        }
    }
}

fn own_origin(nginx: &Nginx) -> String {
    nginx.url("")
}

async fn sign_in(nginx: &Nginx, from: &str, password: &str, spoofed: &str) -> reqwest::Response {
    let body = json!({"name": "alice", "password": password, "refresh": "cookie"});
    let request = nginx.client(from).post(nginx.url("/api/session"));
    let request = request.header("x-forwarded-for", spoofed).json(&body);
    request.send().await.expect("nginx answers")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_streams_through_it_word_by_word() {
    let gate = Gate::new();
    let script = Script::stream()
        .tokens(&["one "])
        .gate(&gate)
        .tokens(&["two"])
        .end();
    let provider = Provider::playing([script]).await;
    let (server, nginx) = behind(Setup::with(&provider)).await;
    let token = server.setup().cli_ok(&["token", "alice"]);
    let mut socket = upgrade(&nginx, "/ws/chat", &own_origin(&nginx))
        .await
        .expect("a socket");
    send(
        &mut socket,
        json!({"type": "join_chat", "data": {"token": token}}),
    )
    .await;
    until(&mut socket, "authenticated").await;
    send(
        &mut socket,
        json!({"type": "message", "data": {"message": "count"}}),
    )
    .await;
    let first = until(&mut socket, "assistant_message_token").await;
    assert_eq!(
        first["token"], "one ",
        "here while the rest is not even written"
    );
    gate.open();
    let end = until(&mut socket, "assistant_message_complete").await;
    assert_eq!(text(&end, "content"), "one two");
    assert!(
        !nginx.logged().contains(&token),
        "no token in the log of requests"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clients_have_their_own_addresses_and_cannot_choose_them() {
    let (_server, nginx) = behind(Setup::new().env("PARLOR_LIMITS_SIGN_IN_PER_MINUTE", "3")).await;
    let session = sign_in(&nginx, GUEST, PASSWORD, "203.0.113.7").await;
    assert_eq!(session.status(), StatusCode::OK);
    let cookie = session.headers()[header::SET_COOKIE]
        .to_str()
        .expect("text")
        .to_owned();
    assert!(
        cookie.ends_with("; Secure"),
        "over TLS it stays on TLS: {cookie}"
    );
    let session: Value = session.json().await.expect("JSON");
    let devices = nginx.client(GUEST).get(nginx.url("/api/devices"));
    let devices = devices.bearer_auth(text(&session, "token")).send().await;
    let devices: Value = devices.expect("nginx answers").json().await.expect("JSON");
    assert_eq!(devices["devices"][0]["address"], GUEST, "{devices}");

    let statuses = async |from: &str| {
        let mut statuses = Vec::new();
        for attempt in 0..4 {
            let spoofed = format!("203.0.113.{attempt}");
            let status = sign_in(&nginx, from, "wrong", &spoofed).await.status();
            statuses.push(status.as_u16());
        }
        statuses
    };
    assert_eq!(
        statuses(GUEST).await,
        [401, 401, 429, 429],
        "one used two before"
    );
    assert_eq!(
        statuses("127.0.0.10").await,
        [401, 401, 401, 429],
        "others have their own"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_site_is_its_name_over_tls_and_nothing_else() {
    let (mut server, nginx) = behind(Setup::new()).await;
    let get = async |path: &str| {
        let answer = nginx.client(GUEST).get(nginx.url(path)).send().await;
        answer.expect("nginx answers")
    };
    let page = get("/").await;
    assert_eq!(page.status(), StatusCode::OK);
    let head = |name: &str| page.headers()[name].to_str().expect("text").to_owned();
    assert!(head("strict-transport-security").contains("max-age="));
    let sockets = format!("wss://{NAME}:{}", nginx.tls.port());
    assert!(
        head("content-security-policy").contains(&sockets),
        "{:?}",
        page.headers()
    );
    assert_eq!(get("/healthz").await.status(), StatusCode::OK);
    assert_eq!(
        get("/metrics").await.status(),
        StatusCode::NOT_FOUND,
        "not for the Internet"
    );

    let foreign = upgrade(&nginx, "/ws/chat", "https://evil.test").await;
    assert_eq!(foreign.err(), Some(StatusCode::FORBIDDEN), "a foreign page");
    let rebound = nginx.client(GUEST).get(nginx.url("/healthz"));
    let rebound = rebound
        .header(header::HOST, "evil.test")
        .header("x-forwarded-host", NAME);
    let rebound = rebound.send().await.expect("nginx answers");
    assert_eq!(
        rebound.status(),
        StatusCode::FORBIDDEN,
        "a name that is not the site's"
    );

    let plain = reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none());
    let plain = plain
        .build()
        .expect("a client")
        .get(format!("http://{}/chat", nginx.plain));
    let plain = plain
        .header(header::HOST, NAME)
        .send()
        .await
        .expect("nginx answers");
    assert_eq!(plain.status(), StatusCode::MOVED_PERMANENTLY);
    assert_eq!(
        plain.headers()[header::LOCATION],
        format!("https://{NAME}/chat")
    );
    let link = server.line().await;
    assert!(
        link.starts_with(&format!("sign in at https://{NAME}/#sign-in=")),
        "{link}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_sits_at_the_computer_who_comes_through_it() {
    for trusted in [true, false] {
        let setup = Setup::new().env("PARLOR_SERVER_PUBLIC_URL", &format!("https://{NAME}"));
        let setup = if trusted { documented(setup) } else { setup };
        let server = setup.start().await;
        let owner = server.setup().user_with("olga", &["--role", "owner"]);
        let nginx = Nginx::before(server.address()).await;
        for from in [GUEST, "127.0.0.1"] {
            let asked = nginx.client(from).get(nginx.url("/api/lan"));
            let answer = asked.bearer_auth(&owner.token).send().await;
            let status = answer.expect("nginx answers").status();
            assert_eq!(status, StatusCode::FORBIDDEN, "{from}, trusted: {trusted}");
        }
        let here = http::call(&server, Method::GET, "/api/lan", None, Some(&owner.token)).await;
        assert_eq!(here.status, StatusCode::OK, "at the computer itself");
    }
}
