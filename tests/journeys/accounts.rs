//! Devices: what a sign-in makes, how access is renewed, and what being signed out does to tokens
//! and open sockets.

use std::time::{Duration, Instant};

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{
    Client, Person, Server, Setup,
    client::{assert_error, text},
    http, token,
};

const PASSWORD: &str = "correct horse";

/// Makes a person with a password.
fn with_password(server: &Server, name: &str) -> String {
    let args = ["user", "add", name, "--password-stdin"];
    let added = server.setup().cli_with_input(&args, PASSWORD);
    crate::support::server::succeeded(&args, &added)
}

/// Signs in by password; `more` is added to the body.
async fn sign_in(server: &Server, name: &str, more: Value) -> Value {
    let mut body = json!({"name": name, "password": PASSWORD});
    let fields = more.as_object().expect("an object").clone();
    body.as_object_mut().expect("an object").extend(fields);
    let reply = http::post(server, "/api/session", &body, None).await;
    assert_eq!(reply.status, StatusCode::OK, "{}", reply.body);
    reply.json()
}

async fn get(server: &Server, path: &str, token: &str) -> http::Reply {
    http::call(server, Method::GET, path, None, Some(token)).await
}

async fn delete(server: &Server, path: &str, token: &str) -> http::Reply {
    http::call(server, Method::DELETE, path, None, Some(token)).await
}

async fn refresh(server: &Server, refresh_token: &str) -> http::Reply {
    let body = json!({ "refreshToken": refresh_token });
    http::post(server, "/api/session/refresh", &body, None).await
}

fn person(session: &Value) -> Person {
    Person {
        id: text(session, "userId").to_owned(),
        token: text(session, "token").to_owned(),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_sign_in_is_a_device_that_is_listed_and_named() {
    let server = Setup::new().start().await;
    with_password(&server, "alice");
    let first = sign_in(&server, "alice", json!({"device": "my \u{1b}[31mphone"})).await;
    let agent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
    let body = json!({"name": "alice", "password": PASSWORD});
    let headers = [("user-agent", agent)];
    let second = http::call_with(
        &server,
        Method::POST,
        "/api/session",
        Some(&body),
        None,
        &headers,
    );
    let second = second.await.json();
    let list = get(&server, "/api/devices", text(&second, "token"))
        .await
        .json();
    let devices = list["devices"].as_array().expect("a list");
    let told: Vec<_> = devices
        .iter()
        .map(|one| (text(one, "name"), &one["current"]))
        .collect();
    assert_eq!(
        told,
        [
            ("Firefox, Linux", &json!(true)),
            ("my [31mphone", &json!(false))
        ],
        "the one last seen first; what is invisible is left out: {list}"
    );
    assert_eq!(devices[1]["deviceId"], first["deviceId"]);
    assert_eq!(
        (text(&devices[0], "address"), text(&devices[0], "method")),
        ("127.0.0.1", "password")
    );
    let me = get(&server, "/api/session", text(&second, "token"))
        .await
        .json();
    assert_eq!(
        (&me["deviceId"], &me["hasPassword"]),
        (&second["deviceId"], &json!(true))
    );

    let alice = token::for_user(text(&first, "userId"));
    let me = get(&server, "/api/session", &alice).await.json();
    assert_eq!(
        me.get("deviceId"),
        None,
        "a token from elsewhere has no device: {me}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn refresh_tokens_rotate_and_a_second_use_signs_the_device_out() {
    let server = Setup::new().start().await;
    with_password(&server, "alice");
    let session = sign_in(&server, "alice", json!({"refresh": "body"})).await;
    let old = text(&session, "refreshToken").to_owned();
    let claims = text(&session, "token")
        .split('.')
        .nth(1)
        .map(decoded)
        .expect("claims");
    let life = claims["exp"]
        .as_i64()
        .zip(claims["iat"].as_i64())
        .map(|(exp, iat)| exp - iat);
    assert_eq!(life, Some(900), "access is short where it can be renewed");
    assert!(
        claims["jti"].is_string() && claims["aud"] == "parlor",
        "{claims}"
    );

    let mut open = Client::join(&server, &person(&session)).await;
    let renewed = refresh(&server, &old).await;
    assert_eq!(renewed.status, StatusCode::OK, "{}", renewed.body);
    let renewed = renewed.json();
    assert_eq!(renewed["deviceId"], session["deviceId"], "the same device");
    Client::join(&server, &person(&renewed)).await;

    let stolen = refresh(&server, &old).await;
    assert_eq!(stolen.status, StatusCode::UNAUTHORIZED, "{}", stolen.body);
    assert_error(&stolen.json());
    let newest = refresh(&server, text(&renewed, "refreshToken")).await;
    assert_eq!(
        newest.status,
        StatusCode::UNAUTHORIZED,
        "the whole family is out"
    );
    let access = get(&server, "/api/session", text(&renewed, "token")).await;
    assert_eq!(access.status, StatusCode::UNAUTHORIZED, "its access too");
    assert_eq!(open.closed().await, 1008, "and its open socket");

    let log = server.log();
    for secret in [
        &old,
        text(&renewed, "token"),
        text(&renewed, "refreshToken"),
    ] {
        assert!(!log.contains(secret), "no token in the log");
        let kept = crate::bad_input::keys::files_with(&server.setup().data(), secret.as_bytes());
        assert!(kept.is_empty(), "nor in the database: {kept:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_browser_keeps_its_refresh_token_in_a_cookie_that_no_script_reads() {
    let server = Setup::new().start().await;
    with_password(&server, "alice");
    let origin = format!("http://{}", server.address());
    let body = json!({"name": "alice", "password": PASSWORD, "refresh": "cookie"});
    let headers = [("origin", origin.as_str())];
    let signed_in = http::call_with(
        &server,
        Method::POST,
        "/api/session",
        Some(&body),
        None,
        &headers,
    );
    let signed_in = signed_in.await;
    assert_eq!(
        signed_in.json().get("refreshToken"),
        None,
        "not where a script could read it"
    );
    for attribute in [
        "HttpOnly",
        "SameSite=Strict",
        "Path=/api/session/refresh;",
        "Max-Age=",
    ] {
        assert!(signed_in.cookie.contains(attribute), "{}", signed_in.cookie);
    }
    let pair = signed_in
        .cookie
        .split(';')
        .next()
        .expect("name and value")
        .to_owned();
    let renew = async |cookie: &str, origin: &str| {
        let headers = [("cookie", cookie), ("origin", origin)];
        let (path, body) = ("/api/session/refresh", json!({}));
        http::call_with(&server, Method::POST, path, Some(&body), None, &headers).await
    };
    let foreign = renew(&pair, "http://evil.test").await;
    assert_eq!(
        foreign.status,
        StatusCode::FORBIDDEN,
        "another site's page may not"
    );
    let renewed = renew(&pair, &origin).await;
    assert_eq!(
        renewed.status,
        StatusCode::OK,
        "and used nothing up: {}",
        renewed.body
    );
    assert!(
        !renewed.cookie.starts_with(&pair),
        "the next one is another"
    );
    let out = delete(&server, "/api/session", text(&renewed.json(), "token")).await;
    assert_eq!(out.status, StatusCode::NO_CONTENT);
    assert!(
        out.cookie.contains("Max-Age=0"),
        "signing out takes the cookie: {}",
        out.cookie
    );
    let next = renewed.cookie.split(';').next().expect("name and value");
    assert_eq!(renew(next, &origin).await.status, StatusCode::UNAUTHORIZED);
    let without = http::post(&server, "/api/session/refresh", &json!({}), None).await;
    assert_eq!(without.status, StatusCode::UNAUTHORIZED, "nothing to renew");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_device_that_is_signed_out_leaves_within_moments_and_others_stay() {
    let server = Setup::new().start().await;
    with_password(&server, "alice");
    let (lost, kept) = (
        sign_in(&server, "alice", json!({"device": "lost"})).await,
        sign_in(&server, "alice", json!({"device": "kept"})).await,
    );
    let mut on_lost = Client::join(&server, &person(&lost)).await;
    let mut on_kept = Client::join(&server, &person(&kept)).await;
    let path = format!("/api/devices/{}", text(&lost, "deviceId"));
    let began = Instant::now();
    let out = delete(&server, &path, text(&kept, "token")).await;
    assert_eq!(out.status, StatusCode::NO_CONTENT, "{}", out.body);
    assert_eq!(text(&on_lost.error().await, "code"), "AUTH_FAILED");
    assert_eq!(on_lost.closed().await, 1008);
    assert!(
        began.elapsed() < Duration::from_secs(5),
        "within 5 s: {:?}",
        began.elapsed()
    );
    let again = delete(&server, &path, text(&kept, "token")).await;
    assert_eq!(again.status, StatusCode::NOT_FOUND, "it is out already");

    let mut refused = Client::open(&server).await;
    refused
        .send(json!({"type": "join_chat", "data": {"token": lost["token"]}}))
        .await;
    assert_eq!(
        text(&refused.error().await, "code"),
        "AUTH_FAILED",
        "a reconnect is refused"
    );
    on_kept
        .send(json!({"type": "create_chat", "data": {}}))
        .await;
    on_kept.until("chat_created").await;

    let more = sign_in(&server, "alice", json!({"device": "more"})).await;
    let all = delete(&server, "/api/devices", text(&kept, "token")).await;
    assert_eq!(all.json()["signedOut"], 1, "all others: {}", all.body);
    let gone = get(&server, "/api/session", text(&more, "token")).await;
    assert_eq!(gone.status, StatusCode::UNAUTHORIZED);
    let alice = token::for_user(text(&kept, "userId"));
    let me = get(&server, "/api/session", &alice).await;
    assert_eq!(
        me.status,
        StatusCode::OK,
        "tokens of other systems have no device to sign out"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_password_asks_for_the_old_one_and_signs_the_others_out() {
    let server = Setup::new().start().await;
    with_password(&server, "alice");
    let here = sign_in(&server, "alice", json!({})).await;
    let there = sign_in(&server, "alice", json!({})).await;
    let set = async |body: Value| {
        http::post(
            &server,
            "/api/session/password",
            &body,
            Some(text(&here, "token")),
        )
        .await
    };
    for body in [
        json!({"password": "another one"}),
        json!({"password": "another one", "current": "wrong"}),
    ] {
        let refused = set(body).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{}", refused.body);
        assert_eq!(
            refused.json()["problem"],
            "current_password",
            "{}",
            refused.body
        );
    }
    let short = set(json!({"password": "short", "current": PASSWORD})).await;
    assert_eq!(
        short.json()["problem"],
        "password_too_short",
        "{}",
        short.body
    );
    let changed = set(json!({"password": "another one", "current": PASSWORD})).await;
    assert_eq!(changed.status, StatusCode::NO_CONTENT, "{}", changed.body);
    let stays = get(&server, "/api/session", text(&here, "token")).await;
    let leaves = get(&server, "/api/session", text(&there, "token")).await;
    assert_eq!(
        (stays.status, leaves.status),
        (StatusCode::OK, StatusCode::UNAUTHORIZED)
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn guessing_is_slowed_down_per_address_and_per_account() {
    // One a minute, and ten a minute of what is counted more widely: far slower than any machine.
    let setup = Setup::new().env("PARLOR_LIMITS_SIGN_IN_PER_MINUTE", "1");
    let server = setup.start().await;
    let knock =
        async |path: &'static str, body: Value| http::post(&server, path, &body, None).await.status;
    let slowed = async |path: &'static str, most: usize, body: fn(usize) -> Value| {
        for number in 0..most {
            if knock(path, body(number)).await == StatusCode::TOO_MANY_REQUESTS {
                return true;
            }
        }
        false
    };
    let one_name = |_| json!({"name": "alice", "password": "wrong password"});
    assert!(slowed("/api/session", 2, one_name).await, "one account");
    let many_names = |n| json!({"name": format!("n{n}"), "password": "wrong password"});
    assert!(
        slowed("/api/session", 50, many_names).await,
        "many names from one address"
    );
    let guess = |_| json!({"code": "guessed", "name": "eve", "password": "long enough"});
    assert!(
        slowed("/api/invitations/accept", 2, guess).await,
        "codes of invitations"
    );
    assert_eq!(
        knock("/api/invitations/look", guess(0)).await,
        StatusCode::TOO_MANY_REQUESTS,
        "however they are guessed"
    );
    let renewal = |_| json!({"refreshToken": "guessed"});
    assert!(
        slowed("/api/session/refresh", 50, renewal).await,
        "refresh tokens"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_person_renews_no_faster_from_everywhere() {
    // Ten a minute of one person's; the proxy says of each that it comes from somewhere else.
    let setup = Setup::new()
        .env("PARLOR_LIMITS_SIGN_IN_PER_MINUTE", "1")
        .env("PARLOR_SERVER_TRUSTED_PROXIES", "127.0.0.1");
    let server = setup.start().await;
    with_password(&server, "alice");
    let session = sign_in(&server, "alice", json!({"refresh": "body"})).await;
    let mut token = text(&session, "refreshToken").to_owned();
    let mut renewed = 0;
    for number in 2..30 {
        let body = json!({"refreshToken": token});
        let address = format!("198.51.100.{number}");
        let headers = [("x-forwarded-for", address.as_str())];
        let path = "/api/session/refresh";
        let reply = http::call_with(&server, Method::POST, path, Some(&body), None, &headers).await;
        if reply.status == StatusCode::TOO_MANY_REQUESTS {
            assert!(renewed >= 10, "after {renewed}");
            return;
        }
        assert_eq!(reply.status, StatusCode::OK, "{}", reply.body);
        token = text(&reply.json(), "refreshToken").to_owned();
        renewed += 1;
    }
    panic!("{renewed} renewals within a minute");
}

fn decoded(part: &str) -> Value {
    use base64::Engine as _;
    let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(part);
    serde_json::from_slice(&bytes.expect("base64url")).expect("JSON")
}
