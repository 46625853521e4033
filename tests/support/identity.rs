//! A small OpenID Connect provider: real HTTP on a real socket, real keys, and every check that a
//! provider makes (client and its secret, redirect, PKCE, codes that are good once). A test says
//! what it lies about.

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard},
};

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use reqwest::Url;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

use super::token::{forged, in_seconds, unsigned};

const SET: &str = include_str!("../../src-tauri/crates/chat-server/src/auth/test_keys/set.json");
const RSA: &[u8] = include_bytes!("../../src-tauri/crates/chat-server/src/auth/test_keys/rsa.der");
const EC: &[u8] = include_bytes!("../../src-tauri/crates/chat-server/src/auth/test_keys/ec.der");
const ED: &[u8] = include_bytes!("../../src-tauri/crates/chat-server/src/auth/test_keys/ed.der");

/// This server's name there, and the secret that proves it.
pub(crate) const CLIENT: (&str, &str) = ("parlor app", "a secret: with & and %");

/// How an id token is signed.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Signature {
    /// By the key of this id: `r`, `e` or `d`.
    Key(&'static str),
    /// Not at all, and it says so.
    None,
    /// By HMAC, with what is public as the secret.
    Hmac,
}

/// What the provider does. Changed by tests while it runs.
pub(crate) struct Ways {
    /// How id tokens are signed.
    pub(crate) signature: Signature,
    /// The keys that are published.
    pub(crate) published: Vec<&'static str>,
    /// Claims that are said instead of the true ones.
    pub(crate) claims: HashMap<&'static str, Value>,
    /// Whether every question is answered with 503.
    pub(crate) down: bool,
    /// Whether it lets nobody in.
    pub(crate) denies: bool,
    /// What happens while it makes an id token.
    pub(crate) meanwhile: Option<Box<dyn Fn() + Send>>,
}

struct Code {
    challenge: String,
    redirect: String,
    nonce: String,
}

struct Inner {
    ways: Mutex<Ways>,
    codes: Mutex<HashMap<String, Code>>,
    address: SocketAddr,
}

/// The provider. Dropping it ends it.
pub(crate) struct IdentityProvider {
    inner: Arc<Inner>,
    task: JoinHandle<()>,
}

impl IdentityProvider {
    /// One that tells the truth about `subject-1`, nina@id.test.
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("a bound address");
        let ways = Ways {
            signature: Signature::Key("r"),
            published: vec!["r"],
            claims: HashMap::new(),
            down: false,
            denies: false,
            meanwhile: None,
        };
        let inner = Arc::new(Inner {
            ways: Mutex::new(ways),
            codes: Mutex::default(),
            address,
        });
        let serving = Arc::clone(&inner);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let inner = Arc::clone(&serving);
                // A client that goes away is no concern of the provider's.
                tokio::spawn(async move { serve(&inner, stream).await.ok() });
            }
        });
        Self { inner, task }
    }

    /// Its address, which is its name.
    pub(crate) fn issuer(&self) -> String {
        self.inner.issuer()
    }

    /// What it does from now on.
    pub(crate) fn ways(&self) -> MutexGuard<'_, Ways> {
        self.inner.ways.lock().expect("no panic with the lock")
    }

    /// Says something else in the next tokens.
    pub(crate) fn lie(&self, claim: &'static str, value: Value) {
        self.ways().claims.insert(claim, value);
    }

    /// Tells the truth again.
    pub(crate) fn repent(&self) {
        self.ways().claims.clear();
        self.ways().signature = Signature::Key("r");
    }
}

impl Drop for IdentityProvider {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Inner {
    fn issuer(&self) -> String {
        format!("http://{}", self.address)
    }

    fn answer(&self, method: &str, target: &str, head: &str, body: &str) -> (u16, String, String) {
        let ways = self.ways.lock().expect("no panic with the lock");
        if ways.down {
            return (503, String::new(), "down".to_owned());
        }
        let url = Url::parse(&format!("http://provider{target}")).expect("a target");
        let json = |value: Value| (200, String::new(), value.to_string());
        match (method, url.path()) {
            ("GET", "/.well-known/openid-configuration") => {
                let at = |path: &str| format!("{}{path}", self.issuer());
                json(json!({
                    "issuer": self.issuer(), "authorization_endpoint": at("/authorize"),
                    "token_endpoint": at("/token"), "jwks_uri": at("/keys"),
                    "response_types_supported": ["code"], "subject_types_supported": ["public"],
                    "id_token_signing_alg_values_supported": ["RS256", "ES256", "EdDSA"],
                }))
            }
            ("GET", "/keys") => {
                let mut set: Value = serde_json::from_str(SET).expect("a set of keys");
                let keys = set["keys"].as_array_mut().expect("keys");
                keys.retain(|key| ways.published.iter().any(|id| key["kid"] == *id));
                json(set)
            }
            ("GET", "/authorize") => self.authorize(&ways, &fields(&url)),
            ("POST", "/token") => {
                let form = Url::parse(&format!("http://form/?{body}")).expect("a form");
                match self.redeem(&ways, head, &fields(&form)) {
                    Ok(token) => json(json!({
                        "access_token": "opaque", "token_type": "Bearer", "id_token": token,
                    })),
                    Err(why) => (400, String::new(), json!({"error": why}).to_string()),
                }
            }
            _ => (404, String::new(), "nothing here".to_owned()),
        }
    }

    /// Somebody signs in at once and is sent back.
    fn authorize(&self, ways: &Ways, asked: &HashMap<String, String>) -> (u16, String, String) {
        let said = |name: &str| asked.get(name).cloned().unwrap_or_default();
        let sound = said("response_type") == "code"
            && said("client_id") == CLIENT.0
            && said("code_challenge_method") == "S256"
            && said("code_challenge").len() == 43
            && said("scope").split(' ').any(|scope| scope == "openid")
            && said("state").len() >= 32
            && said("nonce").len() >= 32
            && said("redirect_uri").ends_with("/api/session/oidc/callback");
        if !sound {
            return (400, String::new(), format!("a bad request: {asked:?}"));
        }
        let mut back = Url::parse(&said("redirect_uri")).expect("an address");
        if ways.denies {
            back.query_pairs_mut()
                .append_pair("error", "access_denied")
                .append_pair("state", &said("state"));
            return (302, back.into(), String::new());
        }
        let mut codes = self.codes.lock().expect("no panic with the lock");
        let code = format!("code-{}", codes.len());
        back.query_pairs_mut()
            .append_pair("code", &code)
            .append_pair("state", &said("state"));
        let kept = Code {
            challenge: said("code_challenge"),
            redirect: said("redirect_uri"),
            nonce: said("nonce"),
        };
        codes.insert(code, kept);
        (302, back.into(), String::new())
    }

    fn redeem(
        &self,
        ways: &Ways,
        head: &str,
        form: &HashMap<String, String>,
    ) -> Result<String, &'static str> {
        let said = |name: &str| form.get(name).cloned().unwrap_or_default();
        if !is_client(head) {
            return Err("invalid_client");
        }
        let mut codes = self.codes.lock().expect("no panic with the lock");
        let code = codes.get_mut(&said("code")).ok_or("invalid_grant")?;
        let verifier = said("code_verifier");
        let right = said("grant_type") == "authorization_code"
            && said("redirect_uri") == code.redirect
            && !code.challenge.is_empty()
            && hashed(&verifier) == code.challenge;
        // Good once.
        code.challenge.clear();
        if !right {
            return Err("invalid_grant");
        }
        let mut claims = json!({
            "iss": self.issuer(), "aud": CLIENT.0, "sub": "subject-1", "nonce": code.nonce,
            "iat": in_seconds(0), "exp": in_seconds(300), "email": "nina@id.test",
            "email_verified": true, "preferred_username": "nina",
        });
        for (name, value) in &ways.claims {
            claims[*name] = value.clone();
        }
        if let Some(meanwhile) = &ways.meanwhile {
            meanwhile();
        }
        Ok(sign(ways.signature, &claims))
    }
}

fn sign(signature: Signature, claims: &Value) -> String {
    let (algorithm, key) = match signature {
        Signature::None => {
            let header = json!({"alg": "none", "typ": "JWT", "kid": "r"});
            return format!("{}.", unsigned(&header, claims));
        }
        Signature::Hmac => {
            let header = json!({"alg": "HS256", "typ": "JWT", "kid": "r"});
            return forged(&header, claims, CLIENT.1.as_bytes());
        }
        Signature::Key("e") => (Algorithm::ES256, EncodingKey::from_ec_der(EC)),
        Signature::Key("d") => (Algorithm::EdDSA, EncodingKey::from_ed_der(ED)),
        Signature::Key(_) => (Algorithm::RS256, EncodingKey::from_rsa_der(RSA)),
    };
    let Signature::Key(id) = signature else {
        unreachable!("only keys are left");
    };
    let header = Header {
        kid: Some(id.to_owned()),
        ..Header::new(algorithm)
    };
    jsonwebtoken::encode(&header, claims, &key).expect("a token")
}

/// The challenge of a verifier (RFC 7636, S256).
fn hashed(verifier: &str) -> String {
    use sha2::{Digest as _, Sha256};
    URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()))
}

/// Whether a request proves by its header who sends it.
fn is_client(head: &str) -> bool {
    let line = head.lines().find_map(|line| {
        let (name, value) = line.split_once(": ")?;
        name.eq_ignore_ascii_case("authorization").then_some(value)
    });
    let decoded = line
        .and_then(|value| value.strip_prefix("Basic "))
        .and_then(|text| STANDARD.decode(text).ok())
        .and_then(|bytes| String::from_utf8(bytes).ok());
    let Some((id, secret)) = decoded.as_deref().and_then(|text| text.split_once(':')) else {
        return false;
    };
    // Both are written as a form writes them.
    let form = Url::parse(&format!("http://form/?{id}={secret}")).expect("a form");
    let (id, secret) = form.query_pairs().next().expect("a pair");
    (id.as_ref(), secret.as_ref()) == CLIENT
}

fn fields(url: &Url) -> HashMap<String, String> {
    url.query_pairs().into_owned().collect()
}

async fn serve(inner: &Inner, mut stream: TcpStream) -> std::io::Result<()> {
    let mut got = Vec::new();
    let mut buffer = [0; 4096];
    let end = loop {
        if let Some(end) = got.windows(4).position(|end| end == b"\r\n\r\n") {
            break end + 4;
        }
        match stream.read(&mut buffer).await? {
            0 => return Ok(()),
            count => got.extend_from_slice(&buffer[..count]),
        }
    };
    let head = String::from_utf8_lossy(&got[..end]).into_owned();
    let length = head
        .lines()
        .find_map(|line| {
            let (name, value) = line.split_once(": ")?;
            name.eq_ignore_ascii_case("content-length").then_some(value)
        })
        .and_then(|value| value.parse::<usize>().ok())
        .unwrap_or(0);
    while got.len() < end + length {
        match stream.read(&mut buffer).await? {
            0 => return Ok(()),
            count => got.extend_from_slice(&buffer[..count]),
        }
    }
    let body = String::from_utf8_lossy(&got[end..]).into_owned();
    let mut words = head.split(' ');
    let (method, target) = (
        words.next().unwrap_or_default(),
        words.next().unwrap_or("/"),
    );
    let (status, location, body) = inner.answer(method, target, &head, &body);
    let location = match location.as_str() {
        "" => String::new(),
        there => format!("location: {there}\r\n"),
    };
    let reply = format!(
        "HTTP/1.1 {status} OK\r\ncontent-type: application/json\r\n{location}\
         content-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(reply.as_bytes()).await?;
    stream.shutdown().await
}
