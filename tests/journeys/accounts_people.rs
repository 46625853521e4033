//! People: invited, lifted, lowered, shut out, and what of that is on record.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{Client, Person, Server, Setup, client::text, http};

async fn call(
    server: &Server,
    method: Method,
    path: &str,
    body: Option<Value>,
    who: &Person,
) -> http::Reply {
    http::call(server, method, path, body.as_ref(), Some(&who.token)).await
}

async fn change(server: &Server, whom: &Person, body: Value, who: &Person) -> http::Reply {
    let path = format!("/api/users/{}", whom.id);
    call(server, Method::PATCH, &path, Some(body), who).await
}

async fn invite(server: &Server, body: Value, who: &Person) -> http::Reply {
    call(server, Method::POST, "/api/invitations", Some(body), who).await
}

async fn accept(server: &Server, code: &str, name: &str) -> http::Reply {
    let body = json!({"code": code, "name": name, "password": "long enough"});
    http::post(server, "/api/invitations/accept", &body, None).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_invitation_lets_one_person_in() {
    let server = Setup::new().start().await;
    let owner = server.user("olga");
    let made = invite(&server, json!({"role": "admin", "note": "Ann"}), &owner).await;
    assert_eq!(made.status, StatusCode::OK, "{}", made.body);
    let made = made.json();
    let code = text(&made, "code");
    let body = json!({ "code": code });
    let offer = http::post(&server, "/api/invitations/look", &body, None)
        .await
        .json();
    assert_eq!(
        (text(&offer, "role"), text(&offer, "invitedBy")),
        ("admin", "olga")
    );

    let taken = accept(&server, code, "OLGA").await;
    assert_eq!(taken.status, StatusCode::CONFLICT, "{}", taken.body);
    assert_eq!(taken.json()["problem"], "name_taken");
    let bad = accept(&server, code, "a\u{202e}b").await;
    assert_eq!(bad.json()["problem"], "bad_name", "{}", bad.body);
    let ann = accept(&server, code, "ann").await;
    assert_eq!(
        ann.status,
        StatusCode::OK,
        "those used nothing up: {}",
        ann.body
    );
    let ann = ann.json();
    assert_eq!(text(&ann, "role"), "admin");
    let ann = Person {
        id: text(&ann, "userId").to_owned(),
        token: text(&ann, "token").to_owned(),
    };
    Client::join(&server, &ann).await;
    let again = accept(&server, code, "eve").await;
    assert_eq!(
        again.status,
        StatusCode::UNAUTHORIZED,
        "once: {}",
        again.body
    );

    let above = invite(&server, json!({"role": "owner"}), &ann).await;
    assert_eq!(
        above.status,
        StatusCode::FORBIDDEN,
        "nobody gives more than they have"
    );
    let open = invite(&server, json!({"expiresInHours": 1}), &ann)
        .await
        .json();
    let path = format!(
        "/api/invitations/{}",
        text(&open["invitation"], "invitationId")
    );
    let back = call(&server, Method::DELETE, &path, None, &ann).await;
    assert_eq!(back.status, StatusCode::NO_CONTENT, "{}", back.body);
    let void = accept(&server, text(&open, "code"), "eve").await;
    assert_eq!(
        void.status,
        StatusCode::UNAUTHORIZED,
        "taken back: {}",
        void.body
    );
    let list = call(&server, Method::GET, "/api/invitations", None, &owner).await;
    let list = list.json();
    let states = list["invitations"].as_array().expect("a list").iter();
    let states: Vec<_> = states
        .map(|one| (text(one, "state"), text(one, "role")))
        .collect();
    assert_eq!(states, [("revoked", "member"), ("used", "admin")]);
    assert_eq!(list["invitations"][1]["usedBy"]["name"], "ann");
    assert!(!list.to_string().contains(code), "a code is told once");
    let kept = crate::bad_input::keys::files_with(&server.setup().data(), code.as_bytes());
    assert!(
        kept.is_empty() && !server.log().contains(code),
        "and kept nowhere: {kept:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lowered_role_holds_from_the_next_frame_on() {
    let server = Setup::new().start().await;
    let owner = server.user("olga");
    let ann = server.setup().user_with("ann", &["--role", "admin"]);
    let mut client = Client::join(&server, &ann).await;
    client
        .send(json!({"type": "remove_provider", "ref": "1", "data": {"providerId": "x"}}))
        .await;
    assert_eq!(
        text(&client.error().await, "reason"),
        "not_found",
        "an admin may"
    );
    for _ in 0..20 {
        let lowered = change(&server, &ann, json!({"role": "member"}), &owner).await;
        assert_eq!(lowered.status, StatusCode::OK, "{}", lowered.body);
        client
            .send(json!({"type": "remove_provider", "ref": "2", "data": {"providerId": "x"}}))
            .await;
        let refused = client.error().await;
        assert_eq!(
            text(&refused, "reason"),
            "forbidden",
            "the very next frame: {refused}"
        );
        let lifted = change(&server, &ann, json!({"role": "admin"}), &owner).await;
        assert_eq!(lifted.json()["role"], "admin");
        client
            .send(json!({"type": "remove_provider", "ref": "3", "data": {"providerId": "x"}}))
            .await;
        assert_eq!(
            text(&client.error().await, "reason"),
            "not_found",
            "and back"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_shut_out_leaves_and_an_owner_stays() {
    let server = Setup::new().start().await;
    let owner = server.user("olga");
    let ann = server.setup().user_with("ann", &["--role", "admin"]);
    let bob = server.user("bob");
    let mut client = Client::join(&server, &bob).await;
    let shut = change(&server, &bob, json!({"enabled": false}), &ann).await;
    assert_eq!(
        (shut.status, &shut.json()["enabled"]),
        (StatusCode::OK, &json!(false))
    );
    assert_eq!(client.closed().await, 1008);
    let back = call(&server, Method::GET, "/api/session", None, &bob).await;
    assert_eq!(back.status, StatusCode::UNAUTHORIZED);

    let problem = async |whom: &Person, body: Value, who: &Person| {
        let reply = change(&server, whom, body, who).await;
        let problem = reply.json().get("problem").cloned().unwrap_or_default();
        (reply.status.as_u16(), problem)
    };
    let none = Value::Null;
    for (whom, body, who, expected) in [
        (&owner, json!({"enabled": false}), &ann, (403, none.clone())),
        (&owner, json!({"role": "member"}), &ann, (403, none.clone())),
        (&bob, json!({"role": "owner"}), &ann, (403, none.clone())),
        (
            &ann,
            json!({"enabled": false}),
            &ann,
            (409, json!("yourself")),
        ),
        (
            &owner,
            json!({"role": "admin"}),
            &owner,
            (409, json!("last_owner")),
        ),
        (&owner, json!({"role": "king"}), &owner, (400, none.clone())),
    ] {
        let got = problem(whom, body.clone(), who).await;
        assert_eq!(got, expected, "{body}");
    }
    let audit = call(&server, Method::GET, "/api/audit?limit=2", None, &ann)
        .await
        .json();
    let entry = &audit["entries"][0];
    assert_eq!(
        (text(entry, "action"), &entry["actor"]["name"]),
        ("user_disabled", &json!("ann"))
    );
    assert_eq!(
        (&entry["subject"]["name"], text(entry, "address")),
        (&json!("bob"), "127.0.0.1")
    );
    server.setup().cli_ok(&["user", "enable", "bob"]);
    let audit = call(&server, Method::GET, "/api/audit?limit=1", None, &ann)
        .await
        .json();
    let entry = &audit["entries"][0];
    assert_eq!(
        (text(entry, "action"), text(entry, "address")),
        ("user_enabled", "command line")
    );
    assert_eq!(
        entry.get("actor"),
        None,
        "the command line is nobody: {entry}"
    );
    assert_eq!(audit["more"], true);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_lost_their_password_gets_a_link() {
    let server = Setup::new().start().await;
    let owner = server.user("olga");
    let bob = server.user("bob");
    let path = format!("/api/users/{}/link", bob.id);
    let made = call(&server, Method::POST, &path, None, &owner).await;
    assert_eq!(made.status, StatusCode::OK, "{}", made.body);
    let body = json!({"code": made.json()["code"]});
    let session = http::post(&server, "/api/session/link", &body, None)
        .await
        .json();
    assert_eq!(text(&session, "userId"), bob.id);
    let list = call(&server, Method::GET, "/api/users", None, &owner)
        .await
        .json();
    let listed = list["users"].as_array().expect("a list").iter();
    let listed: Vec<_> = listed
        .map(|one| (text(one, "name"), &one["devices"]))
        .collect();
    assert_eq!(listed, [("olga", &json!(0)), ("bob", &json!(1))]);
}
