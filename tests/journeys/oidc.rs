//! Signing in through an OpenID Connect provider: the way there and back, and every way of coming
//! back with something that is not one's own.

use std::net::SocketAddr;

use reqwest::{
    Url,
    header::{COOKIE, LOCATION, SET_COOKIE},
};
use serde_json::{Value, json};

use crate::support::{
    DEADLINE, Server, Setup,
    client::text,
    http,
    identity::{CLIENT, IdentityProvider, Signature},
};

/// A server that sends people to this provider.
pub(super) fn setup(provider: &IdentityProvider, users: &str) -> Setup {
    Setup::new()
        .env("PARLOR_OIDC_ISSUER", &provider.issuer())
        .env("PARLOR_OIDC_CLIENT_ID", CLIENT.0)
        .env("PARLOR_OIDC_CLIENT_SECRET", CLIENT.1)
        .env("PARLOR_OIDC_NAME", "The office")
        .env("PARLOR_OIDC_USERS", users)
        .env("PARLOR_LIMITS_SIGN_IN_PER_MINUTE", "0")
}

/// A browser without a screen: it keeps each host's cookies and goes where it is sent, step by step.
#[derive(Default)]
pub(super) struct Browser {
    cookies: Vec<(String, String, String)>,
    /// A name that it finds an address for.
    known: Option<(&'static str, SocketAddr)>,
}

impl Browser {
    /// One that finds `name` at the server.
    pub(super) fn knowing(name: &'static str, server: &Server) -> Self {
        Self {
            known: Some((name, server.address())),
            ..Self::default()
        }
    }

    /// What it brings to a host.
    fn cookies_of(&self, host: &str) -> String {
        let there = self.cookies.iter().filter(|(known, ..)| known == host);
        let pairs: Vec<String> = there
            .map(|(_, name, value)| format!("{name}={value}"))
            .collect();
        pairs.join("; ")
    }

    /// Asks for an address and gives its status and where it sends on to.
    pub(super) async fn visit(&mut self, address: &str) -> (u16, String) {
        let mut client = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(DEADLINE);
        if let Some((name, address)) = self.known {
            client = client.resolve(name, address);
        }
        let client = client.build().expect("a client");
        let host = Url::parse(address).expect("an address");
        let host = host.host_str().expect("a host").to_owned();
        let request = client.get(address).header(COOKIE, self.cookies_of(&host));
        let answer = request.send().await.expect("an answer");
        for cookie in answer.headers().get_all(SET_COOKIE) {
            let cookie = cookie.to_str().expect("text");
            let (pair, _) = cookie.split_once(';').expect("attributes");
            let (name, value) = pair.split_once('=').expect("a pair");
            assert!(cookie.contains("HttpOnly"), "no script reads it: {cookie}");
            self.cookies
                .retain(|(at, known, _)| (at, known.as_str()) != (&host, name));
            if !value.is_empty() {
                let kept = (host.clone(), name.to_owned(), value.to_owned());
                self.cookies.push(kept);
            }
        }
        let location = answer.headers().get(LOCATION);
        let location = location.map(|value| value.to_str().expect("text").to_owned());
        (answer.status().as_u16(), location.unwrap_or_default())
    }

    /// As far as the provider's way back: the address of the callback.
    async fn go(&mut self, server: &Server) -> String {
        let start = format!("http://{}/api/session/oidc/start", server.address());
        let (status, there) = self.visit(&start).await;
        assert_eq!(status, 303, "{there}");
        let (status, back) = self.visit(&there).await;
        assert_eq!(status, 302, "the provider takes the request: {there}");
        back
    }

    /// There and back: where the page goes then.
    async fn sign_in(&mut self, server: &Server) -> String {
        let back = self.go(server).await;
        let (status, page) = self.visit(&back).await;
        assert_eq!(status, 303, "{page}");
        page
    }

    /// What the page asks first: the access token behind the cookie.
    pub(super) async fn session(&self, server: &Server) -> (u16, Value) {
        let cookies = self.cookies_of(&server.address().ip().to_string());
        let headers = [("cookie", cookies.as_str())];
        let path = "/api/session/refresh";
        let method = reqwest::Method::POST;
        let reply = http::call_with(server, method, path, Some(&json!({})), None, &headers).await;
        (reply.status.as_u16(), reply.json())
    }
}

async fn refused(server: &Server, why: &str) {
    let mut browser = Browser::default();
    let page = browser.sign_in(server).await;
    assert_eq!(page, format!("/#sign-in-problem={why}"));
    let (status, answer) = browser.session(server).await;
    assert_eq!(status, 401, "and nobody is signed in: {answer}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_the_provider_vouches_for_is_signed_in_on_a_device() {
    let provider = IdentityProvider::start().await;
    let server = setup(&provider, "create").start().await;
    let info = http::get(&server, "/api/server").await.json();
    assert_eq!(info["signInWith"], "The office", "{info}");
    let mut browser = Browser::default();
    assert_eq!(browser.sign_in(&server).await, "/#signed-in");
    let (status, session) = browser.session(&server).await;
    assert_eq!(status, 200, "{session}");
    assert_eq!(
        (text(&session, "name"), text(&session, "role")),
        ("nina", "member")
    );
    let token = text(&session, "token");
    let devices = http::call(
        &server,
        reqwest::Method::GET,
        "/api/devices",
        None,
        Some(token),
    )
    .await;
    assert_eq!(devices.json()["devices"][0]["method"], "provider");

    let mut phone = Browser::default();
    assert_eq!(phone.sign_in(&server).await, "/#signed-in");
    let (_, again) = phone.session(&server).await;
    assert_eq!(
        again["userId"], session["userId"],
        "the same account every time"
    );

    for (id, name) in [("e", "ES256"), ("d", "EdDSA")] {
        provider.ways().published.push(id);
        provider.ways().signature = Signature::Key(id);
        let page = Browser::default().sign_in(&server).await;
        assert_eq!(page, "/#signed-in", "{name}, by a key that is new");
    }
    let log = server.log();
    for secret in [token, "code-0", "opaque", CLIENT.1] {
        assert!(!log.contains(secret), "no secret reaches the log");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_whom_the_operator_wants_comes_in() {
    let provider = IdentityProvider::start().await;
    let server = setup(&provider, "linked").start().await;
    let alice = server.user("alice");
    refused(&server, "no_account").await;
    server
        .setup()
        .cli_ok(&["user", "link", "alice", "subject-1"]);
    let mut browser = Browser::default();
    assert_eq!(browser.sign_in(&server).await, "/#signed-in");
    assert_eq!(
        browser.session(&server).await.1["userId"],
        alice.id.as_str()
    );
    server.setup().cli_ok(&["user", "disable", "alice"]);
    refused(&server, "account_closed").await;

    let server = setup(&provider, "email").start().await;
    let nina = server.user("Nina@id.test");
    provider.lie("email_verified", json!(false));
    refused(&server, "no_account").await;
    provider.lie("email_verified", json!("true"));
    refused(&server, "no_account").await;
    provider.repent();
    let mut browser = Browser::default();
    assert_eq!(browser.sign_in(&server).await, "/#signed-in");
    assert_eq!(browser.session(&server).await.1["userId"], nina.id.as_str());
    // Tied now: another address later is still the same person.
    provider.lie("email", json!("other@id.test"));
    let mut browser = Browser::default();
    assert_eq!(browser.sign_in(&server).await, "/#signed-in");
    assert_eq!(browser.session(&server).await.1["userId"], nina.id.as_str());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_that_is_not_for_this_sign_in_opens_nothing() {
    let provider = IdentityProvider::start().await;
    let server = setup(&provider, "create").start().await;
    let hour_ago = crate::support::token::in_seconds(-3_600);
    for (claim, value) in [
        ("nonce", json!("another")),
        ("nonce", Value::Null),
        ("aud", json!("another-app")),
        ("aud", json!([CLIENT.0, "another-app"])),
        ("azp", json!("another-app")),
        ("iss", json!("https://evil.test")),
        ("exp", json!(hour_ago)),
        ("exp", json!("tomorrow")),
        ("sub", json!("")),
        ("sub", json!(7)),
    ] {
        provider.lie(claim, value);
        refused(&server, "provider_untrusted").await;
        provider.repent();
    }
    for signature in [
        Signature::None,
        Signature::Hmac,
        // Signed, but by a key that it does not publish.
        Signature::Key("e"),
    ] {
        provider.ways().signature = signature;
        refused(&server, "provider_untrusted").await;
    }
    provider.repent();
    provider.ways().published = vec!["e"];
    provider.ways().signature = Signature::Key("e");
    assert_eq!(
        Browser::default().sign_in(&server).await,
        "/#signed-in",
        "a key that was rotated is looked for"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_way_back_is_good_once_and_in_the_browser_that_began_it() {
    let provider = IdentityProvider::start().await;
    let server = setup(&provider, "create").start().await;
    let forgotten = (303, "/#sign-in-problem=sign_in_forgotten".to_owned());

    let mut mallory = Browser::default();
    let hers = mallory.go(&server).await;
    let mut victim = Browser::default();
    assert_eq!(
        victim.visit(&hers).await,
        forgotten,
        "a link from elsewhere"
    );
    victim.go(&server).await;
    assert_eq!(
        victim.visit(&hers).await,
        forgotten,
        "nor in the middle of one's own"
    );
    assert_eq!(
        mallory.visit(&hers).await.1,
        "/#signed-in",
        "it was good all the time"
    );
    assert_eq!(mallory.visit(&hers).await, forgotten, "once");

    let mut browser = Browser::default();
    let back = browser.go(&server).await;
    let other_state = back.replace("state=", "state=x");
    assert_eq!(
        browser.visit(&other_state).await,
        forgotten,
        "a wrong state"
    );
    let (path, _) = back.split_once('?').expect("a query");
    assert_eq!(browser.visit(path).await, forgotten, "nothing at all");

    // The code of somebody else, or one that was used, in a journey of one's own.
    for code in ["code-0", "never-given", "%00"] {
        let back = browser.go(&server).await;
        let (before, rest) = back.split_once("code=").expect("a code");
        let (_, after) = rest.split_once('&').expect("a state");
        let (status, page) = browser.visit(&format!("{before}code={code}&{after}")).await;
        assert_eq!(status, 303);
        assert_eq!(page, "/#sign-in-problem=provider_refused", "{code}");
    }
    let back = browser.go(&server).await;
    let mixed = format!("{back}&iss=https%3A%2F%2Fevil.test");
    assert_eq!(
        browser.visit(&mixed).await,
        forgotten,
        "from another provider"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_provider_that_is_down_or_says_no_is_told_so() {
    let provider = IdentityProvider::start().await;
    let server = setup(&provider, "create").start().await;
    let start = format!("http://{}/api/session/oidc/start", server.address());
    let unreachable = (303, "/#sign-in-problem=provider_unreachable".to_owned());
    provider.ways().down = true;
    assert_eq!(Browser::default().visit(&start).await, unreachable);
    provider.ways().down = false;
    let mut browser = Browser::default();
    let back = browser.go(&server).await;
    provider.ways().down = true;
    assert_eq!(browser.visit(&back).await, unreachable);
    provider.ways().down = false;
    provider.ways().denies = true;
    refused(&server, "provider_refused").await;

    drop(provider);
    let plain = Setup::new().start().await;
    let reply = http::get(&plain, "/api/session/oidc/start").await;
    assert_eq!(reply.status.as_u16(), 404, "where none is set up");
    let info = http::get(&plain, "/api/server").await.json();
    assert_eq!(info.get("signInWith"), None, "{info}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn signing_in_is_limited_per_address() {
    let provider = IdentityProvider::start().await;
    let limited = setup(&provider, "create").env("PARLOR_LIMITS_SIGN_IN_PER_MINUTE", "2");
    let server = limited.start().await;
    let start = format!("http://{}/api/session/oidc/start", server.address());
    let mut last = String::new();
    for _ in 0..30 {
        last = Browser::default().visit(&start).await.1;
        if last.starts_with('/') {
            break;
        }
    }
    assert_eq!(last, "/#sign-in-problem=too_many_tries");
}
