//! The whole way with a server and a browser of the tests' own, over real sockets.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use axum::{
    Json, Router,
    http::{HeaderMap, StatusCode},
    routing,
};
use reqwest::Response;
use serde_json::Value;
use tokio::sync::{Notify, mpsc};

use super::{page::language, *};

/// A server whose codes are good for one verifier.
async fn server() -> Place {
    let codes = Arc::new(Mutex::new(HashMap::from([("the-code", String::new())])));
    let about = json!({ "name": "Parlor", "host": "attic", "signInWith": "The office" });
    let redeem = {
        let codes = codes.clone();
        move |Json(body): Json<Value>| async move {
            let verifier = body["verifier"].as_str().unwrap();
            let hashed = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier));
            let code = body["code"].as_str().unwrap();
            let expected = codes.lock().unwrap().remove(code);
            let right = expected.as_ref() == Some(&hashed) && body["refresh"] == "body";
            let session = json!({ "token": "t-1", "name": "nina", "refreshToken": "r-1" });
            if right {
                (StatusCode::OK, Json(session))
            } else {
                (StatusCode::UNAUTHORIZED, Json(json!({})))
            }
        }
    };
    // Where a provider would be: the challenge is remembered for the code.
    let begin = move |query: axum::extract::RawQuery| async move {
        let fields = fields(&format!("http://query/?{}", query.0.unwrap()));
        let challenge = fields["challenge"].clone();
        codes.lock().unwrap().insert("the-code", challenge);
    };
    let routes = Router::new()
        .route("/api/server", routing::get(|| async move { Json(about) }))
        .route("/api/session/oidc/start", routing::get(begin))
        .route("/api/session/oidc/redeem", routing::post(redeem));
    serve(routes).await
}

async fn serve(routes: Router) -> Place {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, routes).await });
    Place::read(&format!("http://{address}/")).unwrap()
}

fn fields(address: &str) -> HashMap<String, String> {
    let address = Url::parse(address).unwrap();
    address.query_pairs().into_owned().collect()
}

async fn get(address: &str, language: &str) -> Response {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let request = client.get(address).header("accept-language", language);
    request.send().await.unwrap()
}

/// Where the app listens, with the fields of a way back.
fn way_back(address: &Url, more: &str) -> String {
    let fields = fields(address.as_str());
    let (port, state) = (&fields["port"], &fields["state"]);
    format!("http://127.0.0.1:{port}/signed-in?{more}&state={state}")
}

/// Signs in with a browser that does `visit` with the address that it is given.
async fn sign_in_with<F>(
    waiting: Arc<Waiting>,
    place: Place,
    visit: impl FnOnce(Url) -> F,
) -> Result<Account, HostError>
where
    F: Future<Output = ()> + Send + 'static,
{
    let browsing = Mutex::new(None);
    let signed_in = waiting
        .sign_in(place, |address| {
            *browsing.lock().unwrap() = Some(tokio::spawn(visit(address.clone())));
            Ok(())
        })
        .await;
    if let Some(browsing) = browsing.into_inner().unwrap() {
        browsing.await.expect("the browser saw what it must");
    }
    signed_in.map(|(account, _)| account)
}

fn code<T: std::fmt::Debug>(signed_in: Result<T, HostError>) -> Code {
    signed_in.expect_err("nobody is signed in").code()
}

#[tokio::test]
async fn the_browser_brings_a_code_and_the_app_gets_the_tokens() {
    let signed_in = sign_in_with(
        Waiting::default().into(),
        server().await,
        |address| async move {
            assert_eq!(address.path(), "/api/session/oidc/start");
            assert_eq!(fields(address.as_str())["challenge"].len(), 43);
            get(address.as_str(), "en").await;
            let page = get(&way_back(&address, "code=the-code"), "fr-CA, en;q=0.5").await;
            assert_eq!(page.status(), 200);
            for (name, value) in [
                ("referrer-policy", "no-referrer"),
                ("cache-control", "no-store"),
                ("connection", "close"),
            ] {
                assert_eq!(page.headers()[name], value);
            }
            let page = page.text().await.unwrap();
            assert!(page.contains("Vous pouvez revenir à Parlor"), "{page}");
            assert!(!page.contains("the-code"), "the code is not on the page");
        },
    );
    let account = signed_in.await.expect("an account");
    assert_eq!(
        (account.server.as_str(), account.user.as_str()),
        ("attic", "nina")
    );
    assert_eq!(account.token.expose_secret(), "t-1");
    assert!(account.refresh.is_some());
}

#[tokio::test]
async fn whoever_does_not_bring_the_state_is_refused_and_the_wait_goes_on() {
    let signed_in = sign_in_with(
        Waiting::default().into(),
        server().await,
        |address| async move {
            get(address.as_str(), "en").await;
            let right = way_back(&address, "code=the-code");
            let (before, state) = right.split_once("&state=").unwrap();
            let (most, last) = state.split_at(state.len() - 1);
            let nearly = format!("{most}{}", if last == "A" { "B" } else { "A" });
            for wrong in [
                before.to_owned(),
                format!("{before}&state=guessed"),
                format!("{before}&state={nearly}"),
                format!("{right}&state={state}"),
                format!("{right}&error=no_account"),
                format!("{right}&code=another"),
                way_back(&address, "nothing=here"),
                right.replace("127.0.0.1", "localhost"),
            ] {
                let page = get(&wrong, "ru").await;
                assert_eq!(page.status(), 400, "{wrong}");
                let page = page.text().await.unwrap();
                assert!(page.contains("Parlor этого не ждёт"), "{page}");
            }
            let elsewhere = right.replace("/signed-in", "/favicon.ico");
            assert_eq!(get(&elsewhere, "en").await.status(), 404);
            assert_eq!(get(&right, "en").await.status(), 200);
        },
    );
    assert!(signed_in.await.is_ok());
}

#[tokio::test]
async fn what_the_server_says_went_wrong_reaches_the_window_as_a_code() {
    for (word, expected) in [
        ("no_account", Code::NoAccount),
        ("provider_refused", Code::ProviderRefused),
        ("too_many_tries", Code::TooManyTries),
        ("%3Cscript%3E", Code::ServerTrouble),
    ] {
        let more = format!("error={word}");
        let visit = |address| async move {
            let page = get(&way_back(&address, &more), "de, en").await;
            assert_eq!(page.status(), 200);
            let page = page.text().await.unwrap();
            assert!(page.contains("You are not signed in"), "{page}");
            assert!(!page.contains("script"), "{page}");
        };
        let signed_in = sign_in_with(Waiting::default().into(), server().await, visit);
        assert_eq!(code(signed_in.await), expected, "{word}");
    }
}

#[tokio::test]
async fn a_code_that_is_not_ours_signs_nobody_in() {
    // Nobody began at the server: the code there belongs to no challenge of ours.
    let visit = |address| async move {
        get(&way_back(&address, "code=the-code"), "en").await;
    };
    let signed_in = sign_in_with(Waiting::default().into(), server().await, visit);
    assert_eq!(code(signed_in.await), Code::SignInForgotten);
}

#[tokio::test]
async fn an_account_that_was_closed_on_the_way_is_not_a_sign_in_that_was_forgotten() {
    for (status, refusal, expected) in [
        (
            403,
            json!({ "problem": "account_closed" }),
            Code::AccountClosed,
        ),
        (403, json!({ "reason": "forbidden" }), Code::SignInForgotten),
        (401, json!({}), Code::SignInForgotten),
        (500, json!({}), Code::ServerTrouble),
    ] {
        let about = json!({ "name": "Parlor", "signInWith": "The office" });
        let status = StatusCode::from_u16(status).unwrap();
        let redeem = move || async move { (status, Json(refusal)) };
        let routes = Router::new()
            .route("/api/server", routing::get(|| async move { Json(about) }))
            .route("/api/session/oidc/redeem", routing::post(redeem));
        let visit = |address| async move {
            get(&way_back(&address, "code=the-code"), "en").await;
        };
        let signed_in = sign_in_with(Waiting::default().into(), serve(routes).await, visit);
        assert_eq!(code(signed_in.await), expected, "{status}");
    }
}

#[tokio::test]
async fn cancelling_ends_the_wait_and_frees_the_port() {
    let waiting = Arc::new(Waiting::default());
    let (cancelling, second) = (waiting.clone(), waiting.clone());
    let opened = Arc::new(Mutex::new(None));
    let seen = opened.clone();
    let signed_in = sign_in_with(waiting.clone(), server().await, move |address| async move {
        *seen.lock().unwrap() = Some(way_back(&address, "code=the-code"));
        cancelling.cancel();
    });
    assert_eq!(code(signed_in.await), Code::Cancelled);
    let back = opened.lock().unwrap().take().unwrap();
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    assert!(
        client.get(back).send().await.is_err(),
        "nobody listens there any more"
    );

    // A second one ends the first.
    let other = server().await;
    let first = sign_in_with(waiting.clone(), server().await, move |_| async move {
        let visit = |address: Url| async move {
            get(address.as_str(), "en").await;
            get(&way_back(&address, "code=the-code"), "en").await;
        };
        let signed_in = sign_in_with(second, other, visit).await;
        assert!(signed_in.is_ok());
    });
    assert_eq!(code(first.await), Code::Cancelled);
}

#[tokio::test]
async fn a_sign_in_that_is_cancelled_while_the_server_answers_is_signed_out() {
    let (arrived, answer) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (leave, mut left) = mpsc::unbounded_channel();
    let about = json!({ "name": "Parlor", "signInWith": "The office" });
    let redeem = {
        let (arrived, answer) = (arrived.clone(), answer.clone());
        move || async move {
            arrived.notify_one();
            answer.notified().await;
            Json(json!({ "token": "t-1", "name": "nina", "refreshToken": "r-1" }))
        }
    };
    let sign_out = move |headers: HeaderMap| async move {
        leave.send(headers["authorization"].clone()).unwrap();
    };
    let routes = Router::new()
        .route("/api/server", routing::get(|| async move { Json(about) }))
        .route("/api/session/oidc/redeem", routing::post(redeem))
        .route("/api/session", routing::delete(sign_out));
    let waiting = Arc::new(Waiting::default());
    let cancelling = waiting.clone();
    let signed_in = sign_in_with(waiting, serve(routes).await, |address| async move {
        get(&way_back(&address, "code=the-code"), "en").await;
        arrived.notified().await;
        cancelling.cancel();
    });
    assert_eq!(code(signed_in.await), Code::Cancelled);
    answer.notify_one();
    assert_eq!(left.recv().await.unwrap(), "Bearer t-1");
}

#[tokio::test]
async fn nobody_is_waited_for_longer_than_five_minutes() {
    let waiting = Waiting::default();
    let place = server().await;
    let begun = tokio::time::Instant::now();
    let signed_in = waiting.sign_in(place, |_| {
        // From here on nothing happens but time.
        tokio::time::pause();
        Ok(())
    });
    assert_eq!(code(signed_in.await), Code::SignInTimedOut);
    assert!(begun.elapsed() >= PATIENCE);
}

#[tokio::test]
async fn no_browser_opens_where_there_is_nothing_to_do_there() {
    let about = json!({ "name": "Parlor" });
    let routes = Router::new().route("/api/server", routing::get(|| async move { Json(about) }));
    let waiting = Waiting::default();
    let signed_in = waiting.sign_in(serve(routes).await, |_| panic!("a browser was opened"));
    assert_eq!(code(signed_in.await), Code::ProviderUnreachable);

    let words = "the system opens no browser";
    let failed = |_: &Url| Err(HostError::new(Code::BrowserUnavailable, words));
    let signed_in = waiting.sign_in(server().await, failed);
    assert_eq!(code(signed_in.await), Code::BrowserUnavailable);
}

#[test]
fn the_page_speaks_as_the_browser_asks() {
    for (asked, spoken) in [
        ("", "en"),
        ("de", "en"),
        ("fr", "fr"),
        ("ru-RU,ru;q=0.9,en-US;q=0.8,en;q=0.7", "ru"),
        ("en;q=0.3, fr;q=0.8", "fr"),
        ("de, fr;q=0.2, ru;q=0.1", "fr"),
        ("fr;q=0, en;q=0.1", "en"),
        ("fr;q=much", "en"),
        ("*", "en"),
        (",,;;q=", "en"),
    ] {
        assert_eq!(language(asked), spoken, "{asked}");
    }
}
