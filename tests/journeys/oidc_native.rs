//! Signing a native app in through an OpenID Connect provider: through the browser and back to a
//! port of this computer, and everything that is not the app's own.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use reqwest::Url;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::oidc::{Browser, setup};
#[cfg(target_os = "linux")]
use crate::faults::clock::Clock;
use crate::support::{
    Server,
    client::text,
    http::{self, Reply},
    identity::IdentityProvider,
};

const VERIFIER: &str = "what-only-the-app-knows-0123456789-abcdefghij";
const STATE: &str = "the-question-of-the-app";
const PORT: &str = "49152";

/// The address that the app opens in the browser.
fn start(server: &Server, port: &str, state: &str) -> String {
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(VERIFIER));
    let address = format!("http://{}/api/session/oidc/start", server.address());
    let fields = [("port", port), ("challenge", &challenge), ("state", state)];
    let address = Url::parse_with_params(&address, fields);
    address.expect("an address").into()
}

/// There and back: where the browser is sent on to.
async fn there_and_back(server: &Server, browser: &mut Browser) -> String {
    let (status, there) = browser.visit(&start(server, PORT, STATE)).await;
    assert_eq!(status, 303, "{there}");
    let (_, back) = browser.visit(&there).await;
    let (status, on) = browser.visit(&back).await;
    assert_eq!(status, 303, "{on}");
    on
}

/// The code of an address that leads to the app.
fn code_of(address: &str) -> String {
    let start = format!("http://127.0.0.1:{PORT}/signed-in?code=");
    let rest = address.strip_prefix(&start).unwrap_or_else(|| {
        panic!("the app's own port and page: {address}");
    });
    let (code, rest) = rest.split_once('&').expect("a state");
    assert_eq!(rest, format!("state={STATE}"), "as the app said it");
    code.to_owned()
}

async fn redeem(server: &Server, code: &str, verifier: &str) -> Reply {
    let body = json!({ "code": code, "verifier": verifier, "device": "The laptop",
        "refresh": "body" });
    http::post(server, "/api/session/oidc/redeem", &body, None).await
}

async fn refused(server: &Server, code: &str, verifier: &str, why: &str) {
    let reply = redeem(server, code, verifier).await;
    assert_eq!(reply.status.as_u16(), 401, "{why}");
    let words = reply.json();
    assert!(
        text(&words, "message").contains("begin to sign in anew"),
        "{why}: {words}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_app_is_signed_in_by_what_the_browser_brings_it() {
    let provider = IdentityProvider::start().await;
    let server = setup(&provider, "create").start().await;
    let mut browser = Browser::default();
    let code = code_of(&there_and_back(&server, &mut browser).await);
    assert!(code.len() >= 43, "nobody guesses it");
    let (status, _) = browser.session(&server).await;
    assert_eq!(status, 401, "the browser itself is not signed in");

    let reply = redeem(&server, &code, VERIFIER).await;
    let session = reply.json();
    assert_eq!(reply.status.as_u16(), 200, "{session}");
    assert_eq!(text(&session, "name"), "nina");
    let token = text(&session, "token");
    let get = reqwest::Method::GET;
    let devices = http::call(&server, get, "/api/devices", None, Some(token)).await;
    let device = &devices.json()["devices"][0];
    assert_eq!(
        (text(device, "method"), text(device, "name")),
        ("provider", "The laptop")
    );
    let refresh = text(&session, "refreshToken");
    let renewal = json!({ "refreshToken": refresh });
    let renewed = http::post(&server, "/api/session/refresh", &renewal, None);
    assert_eq!(renewed.await.status.as_u16(), 200, "and stays so");

    let log = server.log();
    for secret in [code.as_str(), VERIFIER, STATE, token, refresh] {
        assert!(!log.contains(secret), "no secret reaches the log");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_begins_at_another_address_is_sent_to_the_public_one_first_and_once() {
    const NAME: &str = "parlor.test";
    let provider = IdentityProvider::start().await;
    let public = format!("http://{NAME}");
    let server = setup(&provider, "create")
        .env("PARLOR_SERVER_PUBLIC_URL", &public)
        .start()
        .await;
    let mut browser = Browser::knowing(NAME, &server);
    let (status, again) = browser.visit(&start(&server, PORT, STATE)).await;
    assert_eq!(status, 303, "{again}");
    let page = format!("{public}/api/session/oidc/start?");
    assert!(again.starts_with(&page), "the same page there: {again}");
    let (status, there) = browser.visit(&again).await;
    assert_eq!(status, 303, "{there}");
    let issuer = provider.issuer();
    assert!(there.starts_with(&issuer), "now to the provider: {there}");
    let (_, back) = browser.visit(&there).await;
    assert!(back.starts_with(&public), "where it began: {back}");
    let code = code_of(&browser.visit(&back).await.1);
    // The app asks at the address that it knows.
    let session = redeem(&server, &code, VERIFIER).await;
    assert_eq!(session.status.as_u16(), 200, "{}", session.json());

    // A proxy may pass on another host than the browser asked for.
    let path = again.strip_prefix(&public).expect("a path");
    let unseen = format!("http://{}{path}", server.address());
    let (_, there) = browser.visit(&unseen).await;
    assert!(there.starts_with(&issuer), "never a second time: {there}");

    let page = format!("http://{}/api/session/oidc/start", server.address());
    let (status, again) = browser.visit(&page).await;
    assert_eq!(status, 303, "{again}");
    let (_, there) = browser.visit(&again).await;
    let (_, back) = browser.visit(&there).await;
    let (_, landed) = browser.visit(&back).await;
    assert_eq!(landed, "/#signed-in", "a browser that signs in itself");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_code_is_good_once_and_for_the_app_that_began() {
    let provider = IdentityProvider::start().await;
    let server = setup(&provider, "create").start().await;
    let mut browser = Browser::default();
    let code = code_of(&there_and_back(&server, &mut browser).await);
    assert_eq!(redeem(&server, &code, VERIFIER).await.status.as_u16(), 200);
    refused(&server, &code, VERIFIER, "a second time").await;

    let stolen = code_of(&there_and_back(&server, &mut browser).await);
    let another = VERIFIER.replace("app", "thief");
    refused(&server, &stolen, &another, "without the verifier").await;
    refused(&server, &stolen, VERIFIER, "after a wrong one").await;
    refused(&server, "never-given", VERIFIER, "an unknown one").await;

    // The account may have been closed on the way.
    let late = code_of(&there_and_back(&server, &mut browser).await);
    server.setup().cli_ok(&["user", "disable", "nina"]);
    let reply = redeem(&server, &late, VERIFIER).await;
    assert_eq!(reply.status.as_u16(), 403, "{}", reply.json());
    assert_eq!(text(&reply.json(), "problem"), "account_closed");
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_minute_of_a_code_begins_after_a_provider_that_took_its_time() {
    let provider = IdentityProvider::start().await;
    let (clock, setup) = Clock::of(setup(&provider, "create"));
    let server = setup.start().await;
    let slow = clock.clone();
    provider.ways().meanwhile = Some(Box::new(move || slow.jump("+120")));
    let mut browser = Browser::default();
    let code = code_of(&there_and_back(&server, &mut browser).await);
    // Two minutes after the browser came back, and a moment after the code was given.
    let session = redeem(&server, &code, VERIFIER).await;
    assert_eq!(session.status.as_u16(), 200, "{}", session.json());

    let slow = clock.clone();
    provider.ways().meanwhile = Some(Box::new(move || slow.jump("+240")));
    let late = code_of(&there_and_back(&server, &mut browser).await);
    clock.jump("+301");
    refused(&server, &late, VERIFIER, "a minute later").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_is_sent_anywhere_but_to_this_computer() {
    let provider = IdentityProvider::start().await;
    let server = setup(&provider, "create").start().await;
    for port in [
        "80",
        "65536",
        "",
        "49152@evil.test",
        "49152.evil.test",
        "evil.test",
        "//evil.test",
        "[::1]:49152",
    ] {
        let address = start(&server, port, STATE);
        let (status, there) = Browser::default().visit(&address).await;
        assert_eq!((status, there.as_str()), (400, ""), "{port}");
    }
    let address = start(&server, PORT, "a&code=stolen\r\nlocation: //evil.test");
    assert_eq!(Browser::default().visit(&address).await.0, 400);
    let whole = start(&server, PORT, STATE);
    let (half, _) = whole.split_once("&state").expect("a state");
    assert_eq!(Browser::default().visit(half).await.0, 400, "half of it");
    let (page, _) = whole.split_once('?').expect("fields");
    let empty = format!("{page}?port=&challenge=&state=");
    assert_eq!(Browser::default().visit(&empty).await.0, 400, "empty ones");
    // What a link says of another address is not even looked at.
    let more = format!("{whole}&redirect_uri=https%3A%2F%2Fevil.test&host=evil.test");
    let mut browser = Browser::default();
    let (_, there) = browser.visit(&more).await;
    assert!(!there.contains("evil"), "{there}");
    let (_, back) = browser.visit(&there).await;
    let (_, on) = browser.visit(&format!("{back}&port=1234")).await;
    code_of(&on);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_app_is_told_why_it_did_not_work() {
    let provider = IdentityProvider::start().await;
    let server = setup(&provider, "linked").start().await;
    let told = |word: &str| format!("http://127.0.0.1:{PORT}/signed-in?error={word}&state={STATE}");
    let mut browser = Browser::default();
    let on = there_and_back(&server, &mut browser).await;
    assert_eq!(on, told("no_account"));
    provider.lie("nonce", json!("another"));
    let on = there_and_back(&server, &mut browser).await;
    assert_eq!(on, told("provider_untrusted"));
    provider.repent();
    provider.ways().denies = true;
    let on = there_and_back(&server, &mut browser).await;
    assert_eq!(on, told("provider_refused"));
    provider.ways().denies = false;

    // Somebody else's way back ends where it always did.
    let (_, there) = browser.visit(&start(&server, PORT, STATE)).await;
    let (_, back) = browser.visit(&there).await;
    let (_, on) = Browser::default().visit(&back).await;
    assert_eq!(on, "/#sign-in-problem=sign_in_forgotten");

    let plain = crate::support::Setup::new().start().await;
    refused(&plain, "code", VERIFIER, "where no provider is set up").await;
    let (status, _) = Browser::default().visit(&start(&plain, PORT, STATE)).await;
    assert_eq!(status, 404);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn guessing_codes_is_limited() {
    let provider = IdentityProvider::start().await;
    let limited = setup(&provider, "create").env("PARLOR_LIMITS_SIGN_IN_PER_MINUTE", "3");
    let server = limited.start().await;
    let mut last = Value::Null;
    for _ in 0..10 {
        let reply = redeem(&server, "guessed", VERIFIER).await;
        last = json!(reply.status.as_u16());
    }
    assert_eq!(last, 429);
}
