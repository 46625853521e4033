//! The authorisation matrix of HTTP: every route of `PROTOCOL.md` with every kind of caller. A
//! route that is documented and not here, or here and not documented, fails the test.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{
    Client, Person, Server, Setup,
    client::text,
    http,
    token::{claims, for_user, in_seconds, signed, with},
};

/// Who may ask.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Access {
    /// Anybody; whoever they are makes no difference.
    Public,
    /// Whoever is signed in.
    SignedIn,
    /// Admins and owners.
    Manager,
}

use Access::{Manager, Public, SignedIn};

/// A route as it is documented, what is sent to it, and who may.
fn routes() -> Vec<(&'static str, &'static str, Value, Access)> {
    let guess = json!({"code": "guessed", "name": "eve", "password": "short"});
    vec![
        ("GET", "/api/server", Value::Null, Public),
        (
            "POST",
            "/api/session",
            json!({"name": "nobody", "password": "wrong"}),
            Public,
        ),
        ("POST", "/api/session/link", guess.clone(), Public),
        ("POST", "/api/session/refresh", json!({}), Public),
        ("GET", "/api/session/oidc/start", Value::Null, Public),
        ("GET", "/api/session/oidc/callback", Value::Null, Public),
        (
            "POST",
            "/api/session/oidc/redeem",
            json!({"code": "guessed", "verifier": "guessed"}),
            Public,
        ),
        ("GET", "/api/session", Value::Null, SignedIn),
        (
            "POST",
            "/api/session/password",
            json!({"password": "short"}),
            SignedIn,
        ),
        ("DELETE", "/api/session", Value::Null, SignedIn),
        ("GET", "/api/devices", Value::Null, SignedIn),
        ("DELETE", "/api/devices", Value::Null, SignedIn),
        ("DELETE", "/api/devices/{deviceId}", Value::Null, SignedIn),
        ("GET", "/api/people", Value::Null, SignedIn),
        ("GET", "/api/users", Value::Null, Manager),
        ("PATCH", "/api/users/{userId}", json!({}), Manager),
        ("POST", "/api/users/{userId}/link", Value::Null, Manager),
        ("GET", "/api/users/{userId}/devices", Value::Null, Manager),
        (
            "DELETE",
            "/api/users/{userId}/devices",
            Value::Null,
            Manager,
        ),
        (
            "DELETE",
            "/api/users/{userId}/devices/{deviceId}",
            Value::Null,
            Manager,
        ),
        ("GET", "/api/invitations", Value::Null, Manager),
        ("POST", "/api/invitations", json!({}), Manager),
        (
            "DELETE",
            "/api/invitations/{invitationId}",
            Value::Null,
            Manager,
        ),
        ("POST", "/api/invitations/look", guess.clone(), Public),
        ("POST", "/api/invitations/accept", guess, Public),
        ("GET", "/api/lan", Value::Null, Manager),
        ("PATCH", "/api/lan", json!({"open": false}), Manager),
        ("GET", "/api/lan/check", Value::Null, Manager),
        ("POST", "/api/pairing", Value::Null, Manager),
        ("GET", "/api/pairing", Value::Null, Manager),
        ("DELETE", "/api/pairing", Value::Null, Manager),
        (
            "POST",
            "/api/pairing/{requestId}",
            json!({"decision": "refuse"}),
            Manager,
        ),
        (
            "POST",
            "/api/pairing/ask",
            json!({"code": "ABCD-EFGH"}),
            Public,
        ),
        (
            "POST",
            "/api/pairing/claim",
            json!({"requestId": "guessed", "secret": "guessed"}),
            Public,
        ),
        ("GET", "/api/usage", Value::Null, Manager),
        ("GET", "/api/limits", Value::Null, Manager),
        ("PUT", "/api/limits", json!({}), Manager),
        ("GET", "/api/prices", Value::Null, Manager),
        ("PUT", "/api/prices", json!({}), Manager),
        ("GET", "/api/audit", Value::Null, Manager),
        ("GET", "/api/chats/{chatId}/export", Value::Null, SignedIn),
        ("POST", "/api/chats/import", json!({}), SignedIn),
    ]
}

/// Sends one request of the matrix and gives its status.
async fn ask(server: &Server, method: &str, path: &str, body: &Value, token: Option<&str>) -> u16 {
    let method: Method = method.parse().expect("a method");
    let body = (!body.is_null()).then_some(body);
    let reply = http::call(server, method, path, body, token).await;
    reply.status.as_u16()
}

fn without_limits() -> Setup {
    Setup::new().env("PARLOR_LIMITS_SIGN_IN_PER_MINUTE", "0")
}

#[test]
fn the_matrix_has_every_documented_route() {
    let page = std::fs::read_to_string(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../src-tauri/PROTOCOL.md"
    ));
    let page = page.expect("the protocol's page");
    let section = page.split_once("\n## HTTP").expect("its section").1;
    let section = section.split("\n## ").next().expect("a section");
    let documented: BTreeSet<String> = section
        .split('`')
        .filter(|code| {
            let known = ["GET", "POST", "PATCH", "PUT", "DELETE"];
            let route = code.split_once(" /api/");
            route.is_some_and(|(method, _)| known.contains(&method))
        })
        .map(|route| route.split('?').next().unwrap_or(route).to_owned())
        .collect();
    let tried: BTreeSet<String> = routes()
        .iter()
        .map(|(method, path, _, _)| format!("{method} {path}"))
        .collect();
    assert_eq!(tried, documented);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_route_lets_in_whom_it_should_and_nobody_else() {
    let server = without_limits().start().await;
    let owner = server.user("olga");
    let admin = server.setup().user_with("ann", &["--role", "admin"]);
    let member = server.user("mia");
    let closed = server.user("carl");
    server.setup().cli_ok(&["user", "disable", "carl"]);
    let (target, target_device) = somebody(&server).await;
    let callers = [
        ("nobody", None),
        ("garbage", Some("garbage".to_owned())),
        (
            "expired",
            Some(signed(&with(
                claims(&owner.id),
                "exp",
                json!(in_seconds(-120)),
            ))),
        ),
        (
            "a foreign audience",
            Some(signed(&with(claims(&owner.id), "aud", json!("x")))),
        ),
        ("who never was", Some(for_user("never"))),
        ("a closed account", Some(closed.token)),
        ("signed out", Some(signed_out(&server).await)),
        ("member", Some(member.token)),
        ("admin", Some(admin.token)),
        ("owner", Some(owner.token)),
    ];
    for (method, path, body, access) in routes() {
        let path = path
            .replace("{userId}", &target)
            .replace("{deviceId}", &target_device)
            .replace("{invitationId}", "no-such-invitation")
            .replace("{chatId}", "no-such-chat")
            .replace("{requestId}", "no-such-request");
        let usual = ask(&server, method, &path, &body, None).await;
        for (who, token) in &callers {
            let status = ask(&server, method, &path, &body, token.as_deref()).await;
            let inside = matches!(*who, "member" | "admin" | "owner");
            let right = match access {
                Public => status == usual,
                SignedIn | Manager if !inside => status == 401,
                Manager if *who == "member" => status == 403,
                SignedIn | Manager => status != 401 && status != 403 && status < 500,
            };
            assert!(
                right,
                "{who} asks {method} {path} ({access:?}) and gets {status}"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ids_of_others_open_nothing() {
    let server = without_limits().start().await;
    let owner = server.user("olga");
    let admin = server.setup().user_with("ann", &["--role", "admin"]);
    let member = server.user("mia");
    let (target, device) = somebody(&server).await;
    let foreign = format!("/api/devices/{device}");
    for who in [&member, &admin, &owner] {
        let status = ask(&server, "DELETE", &foreign, &Value::Null, Some(&who.token)).await;
        assert_eq!(
            status, 404,
            "a device of somebody else is none of one's own"
        );
    }
    let wrong_person = format!("/api/users/{}/devices/{device}", member.id);
    let status = ask(
        &server,
        "DELETE",
        &wrong_person,
        &Value::Null,
        Some(&owner.token),
    )
    .await;
    assert_eq!(status, 404, "nor somebody else's");
    for (method, rest, body) in [
        ("PATCH", "", json!({"enabled": false})),
        ("PATCH", "", json!({"role": "member"})),
        ("POST", "/link", Value::Null),
        ("GET", "/devices", Value::Null),
        ("DELETE", "/devices", Value::Null),
        ("DELETE", "/devices/any", Value::Null),
    ] {
        let above = format!("/api/users/{}{rest}", owner.id);
        let status = ask(&server, method, &above, &body, Some(&admin.token)).await;
        assert_eq!(
            status, 403,
            "an admin does not touch an owner: {method} {rest}"
        );
        for nobody in ["no-such-person", "%00", &"x".repeat(200)] {
            let path = format!("/api/users/{nobody}{rest}");
            let status = ask(&server, method, &path, &body, Some(&owner.token)).await;
            assert!(
                matches!(status, 400 | 404 | 405),
                "{method} {path} gives {status}"
            );
        }
    }
    let path = format!("/api/users/{target}/devices");
    let seen = http::call(&server, Method::GET, &path, None, Some(&admin.token)).await;
    let seen = seen.json();
    assert_eq!(
        seen["devices"][0]["deviceId"],
        device.as_str(),
        "and nothing was lost: {seen}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_route_tells_whether_an_id_is_somebody_elses() {
    let server = without_limits().start().await;
    let owner = server.user("olga");
    let admin = server.setup().user_with("ann", &["--role", "admin"]);
    let member = server.user("mia");
    let tom = signed_in(&server, "tom").await;
    let (_, chat) = Client::in_new_chat(
        &server,
        &Person {
            id: text(&tom, "userId").to_owned(),
            token: text(&tom, "token").to_owned(),
        },
    )
    .await;
    let wanted = json!({"role": "member"});
    let made = http::post(&server, "/api/invitations", &wanted, Some(&owner.token)).await;
    let invitation = made.json()["invitation"]["invitationId"].clone();
    let theirs = [
        ("{userId}", text(&tom, "userId")),
        ("{deviceId}", text(&tom, "deviceId")),
        ("{invitationId}", invitation.as_str().expect("an id")),
        ("{chatId}", &chat),
        ("{requestId}", "no-such-request"),
    ];
    let reply = async |method: &str, path: &str, body: &Value, who: &Person| {
        let method: Method = method.parse().expect("a method");
        let body = (!body.is_null()).then_some(body);
        http::call(&server, method, path, body, Some(&who.token)).await
    };
    let mut tried = 0;
    for (method, route, body, access) in routes() {
        if !route.contains('{') {
            continue;
        }
        let with = |id: &dyn Fn(&str) -> String| {
            let filled =
                |path: String, (name, theirs): &(&str, &str)| path.replace(name, &id(theirs));
            theirs.iter().fold(route.to_owned(), filled)
        };
        let real = with(&|theirs| theirs.to_owned());
        let nobodys = with(&|_| "no-such-thing".to_owned());
        // Who manages people may know them; what is one's own is nobody else's, whoever asks.
        let everybody = [&member, &admin, &owner];
        let callers = if access == Manager {
            &everybody[..1]
        } else {
            &everybody[..]
        };
        for who in callers {
            let real = reply(method, &real, &body, who).await;
            let nobodys = reply(method, &nobodys, &body, who).await;
            let expected = if access == Manager { 403 } else { 404 };
            assert_eq!(
                real.status.as_u16(),
                expected,
                "{method} {route}: {}",
                real.body
            );
            assert_eq!(
                (real.status, &real.body),
                (nobodys.status, &nobodys.body),
                "{method} {route} tells that it is somebody's"
            );
        }
        tried += 1;
    }
    assert!(tried > 8, "the routes with ids were found");
    let me = http::call(
        &server,
        Method::GET,
        "/api/session",
        None,
        Some(text(&tom, "token")),
    );
    assert_eq!(
        me.await.status.as_u16(),
        200,
        "and nothing was done to them"
    );
}

/// Somebody with a device: their id, and the device's.
async fn somebody(server: &Server) -> (String, String) {
    let session = signed_in(server, "tom").await;
    (
        text(&session, "userId").to_owned(),
        text(&session, "deviceId").to_owned(),
    )
}

/// The token of a device that was signed out.
async fn signed_out(server: &Server) -> String {
    let session = signed_in(server, "sue").await;
    let token = text(&session, "token").to_owned();
    let status = ask(server, "DELETE", "/api/session", &Value::Null, Some(&token)).await;
    assert_eq!(status, 204, "signed out");
    token
}

async fn signed_in(server: &Server, name: &str) -> Value {
    let args = ["user", "add", name, "--password-stdin"];
    let added = server.setup().cli_with_input(&args, "long enough");
    crate::support::server::succeeded(&args, &added);
    let body = json!({"name": name, "password": "long enough"});
    let session = http::post(server, "/api/session", &body, None).await;
    assert_eq!(session.status.as_u16(), 200, "{}", session.body);
    session.json()
}
