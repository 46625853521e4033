//! Signing in at small servers of the tests' own, over real sockets.

use axum::{Json, Router, routing};
use serde_json::Value;

use super::*;

#[test]
fn addresses_are_read_as_people_type_them() {
    let read = |typed| Place::read(typed).map(|place| place.address.to_string());
    for (typed, meant) in [
        ("chat.example.org", "https://chat.example.org/"),
        (" chat.example.org:8443 ", "https://chat.example.org:8443/"),
        (
            "http://chat.example.org/parlor",
            "http://chat.example.org/parlor/",
        ),
        ("192.168.1.7:3000", "http://192.168.1.7:3000/"),
        ("localhost:3000/#sign-in=x", "http://localhost:3000/"),
        ("nas:3000", "http://nas:3000/"),
        ("[::1]:3000", "http://[::1]:3000/"),
    ] {
        assert_eq!(read(typed).ok().as_deref(), Some(meant), "{typed}");
    }
    for typed in [
        "",
        "   ",
        "ftp://chat.example.org",
        "https://",
        "http://me:secret@host/",
        "a b",
    ] {
        let code = Place::read(typed).expect_err(typed).code();
        assert_eq!(code, Code::BadAddress, "{typed}");
    }
}

async fn server() -> Place {
    let session = |Json(body): Json<Value>| async move {
        if body["password"] == "open sesame" {
            let session = json!({ "token": "t-1", "userId": "u-1", "name": "alice",
                "role": "member", "expiresAt": "2026-01-01T00:00:00.000Z" });
            (StatusCode::OK, Json(session))
        } else {
            (
                StatusCode::UNAUTHORIZED,
                Json(json!({ "code": "AUTH_FAILED" })),
            )
        }
    };
    let about = json!({ "name": "Parlor", "version": "0.1.0", "host": "attic" });
    let routes = Router::new()
        .route("/api/server", routing::get(|| async move { Json(about) }))
        .route("/api/session", routing::post(session));
    serve(routes).await
}

async fn serve(routes: Router) -> Place {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, routes).await });
    Place::read(&format!("http://{address}/")).unwrap()
}

#[test]
fn a_link_names_the_certificate_and_a_bad_one_trusts_nobody() {
    let known = Fingerprint::of(b"certificate");
    let hex = known.to_string().replace(':', "");
    for typed in [
        format!("https://192.168.1.20:3000/#pair=K7QM-4XRD&sha256={hex}"),
        format!("192.168.1.20:3000#sha256={hex}"),
    ] {
        let place = Place::read(&typed).expect("a link");
        assert_eq!(
            place.address.as_str(),
            "https://192.168.1.20:3000/",
            "{typed}"
        );
        assert_eq!(place.certificate, Some(known), "{typed}");
    }
    for typed in [
        format!("http://192.168.1.20:3000/#sha256={hex}"),
        format!("https://192.168.1.20:3000/#sha256={}", &hex[..60]),
        "https://192.168.1.20:3000/#sha256=".to_owned(),
    ] {
        assert_eq!(
            Place::read(&typed).expect_err(&typed).code(),
            Code::BadAddress
        );
    }
}

#[tokio::test]
async fn signing_in_gives_a_token_that_does_not_print() {
    let right = SecretString::from("open sesame");
    let account = sign_in(server().await, "alice", &right).await.unwrap();
    assert_eq!(
        (account.server.as_str(), account.user.as_str()),
        ("attic", "alice")
    );
    assert_eq!(account.token.expose_secret(), "t-1");
    assert!(
        !format!("{account:?}").contains("t-1"),
        "a token was printed"
    );
}

#[tokio::test]
async fn refusals_say_which() {
    let wrong = SecretString::from("guessed");
    let refused = |place| async { sign_in(place, "alice", &wrong).await.unwrap_err().code() };
    assert_eq!(refused(server().await).await, Code::SignInRefused);
    assert_eq!(refused(serve(Router::new()).await).await, Code::NotParlor);
    let closed = {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        Place::read(&listener.local_addr().unwrap().to_string()).unwrap()
    };
    assert_eq!(refused(closed).await, Code::ServerUnreachable);
}

/// What a sign-in comes to at a server that says this of itself.
async fn met(about: routing::MethodRouter) -> Code {
    let place = serve(Router::new().route("/api/server", about)).await;
    let password = SecretString::from("open sesame");
    let refused = sign_in(place, "alice", &password).await;
    refused.expect_err("nobody is let in").code()
}

#[tokio::test]
async fn a_server_in_trouble_is_not_taken_for_another() {
    for (status, expected) in [
        (500, Code::ServerTrouble),
        (502, Code::ServerTrouble),
        (503, Code::ServerTrouble),
        (504, Code::ServerTrouble),
        (408, Code::ServerTrouble),
        (429, Code::TooManyTries),
        (403, Code::NotParlor),
    ] {
        let status = StatusCode::from_u16(status).unwrap();
        let about = routing::get(move || async move { (status, "<h1>nginx</h1>") });
        assert_eq!(met(about).await, expected, "{status}");
    }
    let page = routing::get(|| async { "<h1>a router</h1>" });
    assert_eq!(met(page).await, Code::NotParlor, "no trouble, no Parlor");
}

#[tokio::test]
async fn a_server_that_never_answers_is_in_trouble() {
    let silent = routing::get(|| async {
        // From here on nothing happens but time.
        tokio::time::pause();
        std::future::pending::<()>().await;
    });
    assert_eq!(met(silent).await, Code::ServerTrouble);
}
