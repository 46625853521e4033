//! Sharing on the local network and letting devices in, over real sockets and TLS. No client here
//! comes from another computer: what listens on all interfaces listens on loopback too.

use std::{net::SocketAddr, path::Path, time::Duration};

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::{Instant, timeout},
};

use crate::support::{
    DEADLINE, Person, Server, Setup,
    client::text,
    http,
    tls::{self, Door, Pin},
};

/// Changes of accounts and devices hold on open sockets within this.
const HOLDS_WITHIN: Duration = Duration::from_secs(5);

/// A server that is shared, its owner at the computer, and its door.
struct Home {
    server: Server,
    owner: Person,
    door: Door,
}

impl Home {
    async fn open() -> Self {
        Self::of(Setup::new()).await
    }

    async fn of(setup: Setup) -> Self {
        let server = setup.start().await;
        let owner = server.setup().user_with("olga", &["--role", "owner"]);
        let open = json!({"open": true, "port": 0});
        let shared = at(&server, &owner, "PATCH", "/api/lan", Some(&open)).await;
        assert_eq!(shared.status, StatusCode::OK, "{}", shared.body);
        let shared = shared.json();
        assert_eq!(shared["open"], true);
        let port = shared["shared"]["port"].as_u64().expect("a port");
        let port = u16::try_from(port).expect("a port");
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        let pin = Pin::of_link(text(&shared["shared"], "link"));
        let host = address.to_string();
        let door = Door { address, pin, host };
        Self {
            server,
            owner,
            door,
        }
    }

    /// What the owner does at the computer.
    async fn do_at(&self, method: &str, path: &str, body: Option<&Value>) -> http::Reply {
        at(&self.server, &self.owner, method, path, body).await
    }

    async fn code(&self) -> String {
        let made = self.do_at("POST", "/api/pairing", None).await;
        assert_eq!(made.status, StatusCode::OK, "{}", made.body);
        let made = made.json();
        let code = text(&made, "code").to_owned();
        for link in made["links"].as_array().expect("links") {
            let link = link.as_str().expect("a link");
            assert!(link.starts_with("https://") && link.contains(&format!("/#pair={code}&")));
            assert_eq!(Pin::of_link(link), self.door.pin, "{link}");
        }
        code
    }

    /// A device that brought a good code and waits.
    async fn asking(&self, device: &str) -> Value {
        let body = json!({"code": self.code().await, "device": device});
        let asked = self.door.post("/api/pairing/ask", &body).await;
        assert_eq!(asked.status, 202, "{}", asked.body);
        asked.json()
    }

    async fn answer(&self, asked: &Value, answer: &Value) -> http::Reply {
        let path = format!("/api/pairing/{}", text(asked, "requestId"));
        self.do_at("POST", &path, Some(answer)).await
    }

    async fn claim(&self, asked: &Value) -> tls::Reply {
        let body = json!({"requestId": asked["requestId"], "secret": asked["secret"]});
        self.door.post("/api/pairing/claim", &body).await
    }

    /// A device that was let in: its session.
    async fn paired(&self, device: &str, answer: &Value) -> Value {
        let asked = self.asking(device).await;
        let said = self.answer(&asked, answer).await;
        assert_eq!(said.status, StatusCode::NO_CONTENT, "{}", said.body);
        let session = self.claim(&asked).await;
        assert_eq!(session.status, 200, "{}", session.body);
        session.json()
    }
}

async fn at(
    server: &Server,
    person: &Person,
    method: &str,
    path: &str,
    body: Option<&Value>,
) -> http::Reply {
    let method: Method = method.parse().expect("a method");
    http::call(server, method, path, body, Some(&person.token)).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_shared_until_the_switch_is_turned_and_nothing_after() {
    let server = Setup::new().start().await;
    let owner = server.setup().user_with("olga", &["--role", "owner"]);
    let state = at(&server, &owner, "GET", "/api/lan", None).await.json();
    assert_eq!(state, json!({"open": false}), "off by default");
    let early = at(&server, &owner, "POST", "/api/pairing", None).await;
    assert_eq!(early.json()["problem"], "not_shared");
    drop(server);

    let home = Home::open().await;
    let front = home.door.call("GET", "/", None, &[]).await;
    assert_eq!(front.status, 200, "the same UI");
    let closed = home
        .do_at("PATCH", "/api/lan", Some(&json!({"open": false})))
        .await;
    assert_eq!(closed.json(), json!({"open": false}));
    let shut = async { while TcpStream::connect(home.door.address).await.is_ok() {} };
    timeout(DEADLINE, shut).await.expect("the port is closed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_certificate_is_kept_private_and_stays_the_same() {
    let home = Home::open().await;
    let (door, data) = (home.door.clone(), home.server.setup().data());
    let stranger = tls::connect(door.address, Pin([7; 32])).await;
    assert!(
        stranger.is_err(),
        "a client that expects another one refuses it"
    );
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let file = std::fs::metadata(data.join("lan-certificate.pem")).expect("the key's file");
        assert_eq!(file.permissions().mode() & 0o777, 0o600);
    }
    let server = home.server.stop().await.start().await;
    let again = tls::connect(door.address, door.pin).await;
    again.expect("the same port and certificate after a restart");
    drop(server);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_speaks_plain_is_sent_to_tls_and_told_nothing_else() {
    let home = Home::open().await;
    let (address, host) = (home.door.address, &home.door.host);
    let get = format!("GET /chat/1 HTTP/1.1\r\nhost: {host}\r\n\r\n");
    let sent = http::raw(address, get.as_bytes()).await;
    assert_eq!(http::status(&sent), 307, "{sent}");
    assert!(
        sent.contains(&format!("location: https://{host}/chat/1\r\n")),
        "{sent}"
    );
    for request in [
        format!("POST /api/session HTTP/1.1\r\nhost: {host}\r\ncontent-length: 0\r\n\r\n"),
        "GET / HTTP/1.1\r\nhost: evil.test\r\n\r\n".to_owned(),
    ] {
        let sent = http::raw(address, request.as_bytes()).await;
        assert_eq!(http::status(&sent), 403, "{sent}");
        assert!(!sent.contains("location:"), "{sent}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_own_names_and_pages_are_answered() {
    let home = Home::open().await;
    let port = home.door.address.port();
    let state = home.do_at("GET", "/api/lan", None).await.json();
    let addresses = state["shared"]["addresses"].as_array().expect("addresses");
    let own = addresses.iter().map(|address| {
        let url = text(address, "url");
        url.strip_prefix("https://").expect("https").to_owned()
    });
    let named = text(&state["shared"], "named");
    let named = named.strip_prefix("https://").expect("https").to_owned();
    let local = [format!("localhost:{port}"), named];
    for host in own.chain(local) {
        let door = Door {
            host: host.clone(),
            ..home.door.clone()
        };
        let answer = door.call("GET", "/healthz", None, &[]).await;
        assert_eq!(answer.status, 200, "{host} is this computer");
        let page = format!("https://{host}");
        assert!(door.socket("/ws/chat", Some(&page)).await.is_ok(), "{page}");
    }
    for host in [
        "evil.test",
        "8.8.8.8",
        "parlor.local",
        "127.0.0.1.evil.test",
    ] {
        let door = Door {
            host: format!("{host}:{port}"),
            ..home.door.clone()
        };
        for path in ["/", "/healthz", "/metrics", "/api/server", "/assets/x.js"] {
            let answer = door.call("GET", path, None, &[]).await;
            assert_eq!(answer.status, 403, "{host} {path}");
        }
    }
    for origin in [
        "null".to_owned(),
        "https://evil.test".to_owned(),
        format!("https://127.0.0.1:{}", port.wrapping_add(1)),
        format!("http://127.0.0.1:{port}"),
        format!("https://localhost.evil.test:{port}"),
    ] {
        let refused = home.door.socket("/ws/chat", Some(&origin)).await;
        assert_eq!(refused.err(), Some(403), "{origin}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_computer_is_opened_at_the_computer_alone() {
    let home = Home::open().await;
    let bearer = format!("Bearer {}", home.owner.token);
    let headers = [("authorization", bearer.as_str())];
    let me = home.door.call("GET", "/api/session", None, &headers).await;
    assert_eq!(me.status, 200, "the owner's token is good here too");
    for (method, path, body) in [
        ("GET", "/api/lan", None),
        ("PATCH", "/api/lan", Some(json!({"open": false}))),
        ("GET", "/api/lan/check", None),
        ("POST", "/api/pairing", None),
        ("GET", "/api/pairing", None),
        ("DELETE", "/api/pairing", None),
        ("POST", "/api/pairing/x", Some(json!({"decision": "own"}))),
    ] {
        let answer = home.door.call(method, path, body.as_ref(), &headers).await;
        assert_eq!(answer.status, 403, "{method} {path}: {}", answer.body);
    }
    let admin = home.server.setup().user_with("ann", &["--role", "admin"]);
    let asked = home.asking("a phone").await;
    let path = format!("/api/pairing/{}", text(&asked, "requestId"));
    let own = json!({"decision": "own"});
    let other = at(&home.server, &admin, "POST", &path, Some(&own)).await;
    assert_eq!(
        other.status,
        StatusCode::NOT_FOUND,
        "who made the code answers"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_device_is_let_in_by_its_name_and_number_and_can_be_sent_away() {
    let home = Home::open().await;
    let before = home.do_at("GET", "/api/pairing", None).await.json();
    let asked = home.asking("Olga's phone").await;
    assert_eq!(text(&asked, "number").len(), 4);
    let since = format!("/api/pairing?since={}", before["revision"]);
    let state = home.do_at("GET", &since, None).await.json();
    let request = &state["requests"][0];
    assert_eq!(request["device"], "Olga's phone");
    assert_eq!(request["number"], asked["number"], "both show the same");
    assert_eq!(request["address"], "127.0.0.1");

    let (waiting, said) = tokio::join!(home.claim(&asked), async {
        home.answer(&asked, &json!({"decision": "own"})).await
    });
    assert_eq!(said.status, StatusCode::NO_CONTENT, "{}", said.body);
    assert_eq!(waiting.status, 200, "told at once: {}", waiting.body);
    let session = waiting.json();
    assert_eq!(session["userId"], home.owner.id.as_str());
    let again = home.claim(&asked).await;
    assert_eq!(again.status, 401, "a yes is told once");

    let mut socket = home.door.socket("/ws/chat", None).await.expect("a socket");
    socket
        .send("join_chat", json!({"token": session["token"]}))
        .await;
    socket.until("authenticated").await;
    let state = home.do_at("GET", "/api/pairing", None).await.json();
    let device = &state["devices"][0];
    assert_eq!(device["name"], "Olga's phone");
    let path = format!(
        "/api/users/{}/devices/{}",
        text(&device["user"], "userId"),
        text(device, "deviceId")
    );
    let revoked = Instant::now();
    let gone = home.do_at("DELETE", &path, None).await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT, "{}", gone.body);
    assert_eq!(socket.closed().await, 1008, "signed out on the open socket");
    assert!(revoked.elapsed() < HOLDS_WITHIN, "{:?}", revoked.elapsed());
    let mut socket = home.door.socket("/ws/chat", None).await.expect("a socket");
    socket
        .send("join_chat", json!({"token": session["token"]}))
        .await;
    assert_eq!(socket.closed().await, 1008, "and never again");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_guest_gets_an_account_of_their_own() {
    const KEY: &str = "sk-the-key-of-the-house";
    let setup = Setup::new().env("OPENAI_API_KEY", KEY);
    let home = Home::of(setup.env("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")).await;
    let mut own = home.door.socket("/ws/chat", None).await.expect("a socket");
    own.send("join_chat", json!({"token": home.owner.token}))
        .await;
    own.send("create_chat", json!({"title": "Private"})).await;
    own.until("chat_created").await;

    let guest = json!({"decision": "guest", "name": "Gustave"});
    let session = home.paired("a tablet", &guest).await;
    assert_eq!(
        (&session["name"], &session["role"]),
        (&json!("Gustave"), &json!("member"))
    );
    let mut socket = home.door.socket("/ws/chat", None).await.expect("a socket");
    socket
        .send("join_chat", json!({"token": session["token"]}))
        .await;
    socket.send("watch_chats", json!({"since": 0})).await;
    let chats = socket.until("chats").await;
    assert_eq!(chats["chats"], json!([]), "nothing of the owner's");
    socket.send("list_providers", json!({})).await;
    let providers = socket.until("providers").await.to_string();
    assert!(!providers.contains(KEY), "never the key: {providers}");
    socket.send("find_providers", json!({})).await;
    assert_eq!(socket.until("error").await["reason"], "forbidden");

    let asked = home.asking("another").await;
    let taken = home.answer(&asked, &guest).await;
    assert_eq!(taken.json()["problem"], "name_taken");
    let person = json!({"decision": "person", "userId": session["userId"]});
    let said = home.answer(&asked, &person).await;
    assert_eq!(
        said.status,
        StatusCode::NO_CONTENT,
        "the same guest's second device"
    );
    let second = home.claim(&asked).await.json();
    assert_eq!(second["userId"], session["userId"]);
    assert_ne!(second["deviceId"], session["deviceId"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_code_works_once_and_a_no_is_a_no() {
    let home = Home::open().await;
    let code = home.code().await.to_lowercase().replace('-', " ");
    let body = json!({"code": code, "device": "first"});
    let first = home.door.post("/api/pairing/ask", &body).await;
    assert_eq!(first.status, 202, "typed in another way: {}", first.body);
    let second = home.door.post("/api/pairing/ask", &body).await;
    assert_eq!(second.status, 401, "single use");
    let asked = first.json();
    let said = home.answer(&asked, &json!({"decision": "refuse"})).await;
    assert_eq!(said.status, StatusCode::NO_CONTENT);
    let refused = home.claim(&asked).await;
    assert_eq!(
        (refused.status, &refused.json()["problem"]),
        (401, &json!("device_refused"))
    );

    let older = json!({"code": home.code().await, "device": "x"});
    let newer = json!({"code": home.code().await, "device": "x"});
    let void = home.door.post("/api/pairing/ask", &older).await;
    assert_eq!(void.status, 401, "a newer one makes it void");
    let withdrawn = home.do_at("DELETE", "/api/pairing", None).await;
    assert_eq!(withdrawn.status, StatusCode::NO_CONTENT);
    let taken_back = home.door.post("/api/pairing/ask", &newer).await;
    assert_eq!(taken_back.status, 401, "taken back");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_guesses_codes_is_slowed_down() {
    let home = Home::of(Setup::new().env("PARLOR_LIMITS_SIGN_IN_PER_MINUTE", "3")).await;
    let code = home.code().await;
    let guess = json!({"code": "AAAA-AAAA", "device": "x"});
    for _ in 0..3 {
        assert_eq!(home.door.post("/api/pairing/ask", &guess).await.status, 401);
    }
    let right = json!({"code": code, "device": "x"});
    let limited = home.door.post("/api/pairing/ask", &right).await;
    assert_eq!(limited.status, 429, "{}", limited.body);
    assert!(
        limited.json()["retryAfter"]
            .as_u64()
            .is_some_and(|wait| wait > 0)
    );
    assert!(limited.head.contains("retry-after:"), "{}", limited.head);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_check_names_what_fails_and_sees_who_came() {
    let home = Home::open().await;
    home.door.call("GET", "/", None, &[]).await;
    let check = home.do_at("GET", "/api/lan/check", None).await.json();
    let hops = check["hops"].as_array().expect("hops");
    let why = |hop: &str| {
        let found = hops.iter().find(|found| found["hop"] == hop);
        text(found.expect("the hop"), "why").to_owned()
    };
    assert_eq!(
        (why("switch"), why("listening")),
        ("on".into(), "answers".into())
    );
    assert_eq!(why("phone"), "nothing", "this computer is no phone");
    let arrival = &check["arrivals"].as_array().expect("arrivals");
    let own = arrival
        .iter()
        .find(|arrival| arrival["address"] == "127.0.0.1");
    let own = own.expect("the request from here");
    assert_eq!(
        (&own["stage"], &own["thisComputer"]),
        (&json!("arrived"), &json!(true))
    );
    for firewall in check["firewalls"].as_array().expect("firewalls") {
        let port = home.door.address.port().to_string();
        assert!(text(firewall, "command").contains(&port), "{firewall}");
    }
    home.do_at("PATCH", "/api/lan", Some(&json!({"open": false})))
        .await;
    let check = home.do_at("GET", "/api/lan/check", None).await.json();
    assert_eq!(check["failing"], "switch");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_does_not_shake_hands_is_let_go() {
    let home = Home::open().await;
    let silent = TcpStream::connect(home.door.address)
        .await
        .expect("accepted");
    let mut slow = TcpStream::connect(home.door.address)
        .await
        .expect("accepted");
    // The start of a TLS record, and then nothing.
    slow.write_all(&[0x16, 0x03, 0x01, 0x02])
        .await
        .expect("sent");
    for mut stream in [silent, slow] {
        let mut rest = Vec::new();
        let end = timeout(DEADLINE, stream.read_to_end(&mut rest)).await;
        // Closed or reset; either way it is gone.
        let _ = end.expect("the server ends it");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_that_is_put_back_opens_nothing() {
    let home = Home::open().await;
    let backup = home.server.setup().home().join("backup.db");
    let backup = backup.to_string_lossy().into_owned();
    home.server.setup().cli_ok(&["backup", &backup]);
    let setup = home.server.stop().await;
    setup.cli_ok(&["restore", &backup]);
    let server = setup.start().await;
    let state = at(&server, &home.owner, "GET", "/api/lan", None).await;
    assert_eq!(
        state.json(),
        json!({"open": false}),
        "somebody says so again"
    );
    let opened = json!({"open": true, "port": 0});
    let opened = at(&server, &home.owner, "PATCH", "/api/lan", Some(&opened)).await;
    assert_eq!(opened.json()["open"], true);
    let server = server.stop().await.start().await;
    let state = at(&server, &home.owner, "GET", "/api/lan", None).await;
    assert_eq!(state.json()["open"], true, "and from then on it stays so");
}

/// From now on the log of what was done takes no lines of this kind, as where the disk fails.
fn forbid_notes(server: &Server, action: &str) {
    let database = rusqlite::Connection::open(server.setup().data().join("parlor.db"));
    let database = database.expect("a database");
    let patience = database.busy_timeout(DEADLINE);
    patience.expect("a patient connection");
    let made = database.execute_batch(&format!(
        "CREATE TRIGGER no_note BEFORE INSERT ON audit_log WHEN NEW.action = '{action}'
         BEGIN SELECT RAISE(ABORT, 'no room'); END"
    ));
    made.expect("a trigger");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_device_that_was_let_in_is_in_also_where_that_cannot_be_noted() {
    let home = Home::open().await;
    forbid_notes(&home.server, "device_paired");
    let asked = home.asking("a phone").await;
    let said = home.answer(&asked, &json!({"decision": "own"})).await;
    assert_eq!(
        said.status,
        StatusCode::NO_CONTENT,
        "the yes holds, and nothing asks for another: {}",
        said.body
    );
    let session = home.claim(&asked).await;
    assert_eq!(session.status, 200, "{}", session.body);
    let log = home.server.log();
    assert!(
        log.contains("could not be noted"),
        "the operator hears: {log}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_computer_whose_opening_cannot_be_noted_stays_shut() {
    let server = Setup::new().start().await;
    let owner = server.setup().user_with("olga", &["--role", "owner"]);
    forbid_notes(&server, "lan_opened");
    let open = json!({"open": true, "port": 0});
    let refused = at(&server, &owner, "PATCH", "/api/lan", Some(&open)).await;
    assert_eq!(refused.status.as_u16(), 500, "{}", refused.body);
    let shut = json!({"open": false});
    let state = at(&server, &owner, "GET", "/api/lan", None).await;
    assert_eq!(state.json(), shut);
    let server = server.stop().await.start().await;
    let state = at(&server, &owner, "GET", "/api/lan", None).await;
    assert_eq!(state.json(), shut, "nor does the next start open it");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_data_directory_that_is_copied_whole_is_the_same_server_elsewhere() {
    let home = Home::open().await;
    let setup = home.server.stop().await;
    let copy = Setup::new();
    copy_all(&setup.data(), &copy.data());
    let server = copy.start().await;
    let state = at(&server, &home.owner, "GET", "/api/lan", None).await;
    let state = state.json();
    assert_eq!(state["open"], true, "SECURITY.md says so: {state}");
    let pin = Pin::of_link(text(&state["shared"], "link"));
    assert_eq!(pin, home.door.pin, "by the certificate that devices know");
}

/// Copies a directory as `cp -a` does.
fn copy_all(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a directory");
    for entry in std::fs::read_dir(from).expect("a directory") {
        let entry = entry.expect("an entry");
        let (path, copy) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() {
            copy_all(&path, &copy);
        } else {
            // With its mode.
            std::fs::copy(&path, &copy).expect("a copy");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_opens_the_computer_is_on_record() {
    let home = Home::open().await;
    let session = home.paired("a phone", &json!({"decision": "own"})).await;
    let device = text(&session, "deviceId");
    let path = format!("/api/users/{}/devices/{device}", home.owner.id);
    let gone = home.do_at("DELETE", &path, None).await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT, "{}", gone.body);
    let shut = json!({"open": false});
    for _ in 0..2 {
        home.do_at("PATCH", "/api/lan", Some(&shut)).await;
    }
    let log = home.do_at("GET", "/api/audit", None).await.json();
    let lines = log["entries"].as_array().expect("entries").iter().rev();
    let told: Vec<(&str, &str)> = lines
        .filter(|line| line["actor"]["name"] == "olga")
        .map(|line| (text(line, "action"), text(line, "detail")))
        .collect();
    let port = home.door.address.port().to_string();
    assert_eq!(
        told,
        [
            ("lan_opened", port.as_str()),
            ("device_paired", "a phone"),
            ("signed_in", "a phone"),
            ("device_revoked", "a phone"),
            ("lan_closed", ""),
        ],
        "each once: {log}"
    );
}
