//! Signing in through an OpenID Connect provider: authorization code flow with PKCE (RFC 7636),
//! `state` and `nonce`. What the provider says of somebody is an id token, verified by its published
//! keys as tokens of other systems are (`key_set.rs`).
//!
//! A journey to the provider and back is known by its `state`, bound to the browser that began it
//! by a cookie, good once and for ten minutes. Journeys are kept in memory: whoever is on one when
//! the server restarts begins anew. One may be an app's, which the browser only carries
//! (`oidc_app.rs`).

use std::{
    collections::HashMap,
    sync::{Arc, Mutex as Lock, PoisonError},
    time::{Duration, Instant},
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chat_core::Timestamp;
use reqwest::Url;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, de::DeserializeOwned};
use sha2::{Digest as _, Sha256};
use tokio::sync::Mutex;

use super::{
    code_hash,
    key_set::{Foreigner, KeySet},
    oidc_app::{AppCodes, LoopbackApp},
    outgoing, random_code,
    token::TokenError,
};
use crate::config;

/// How long a journey may take, in milliseconds.
const JOURNEY: i64 = 10 * 60 * 1000;

/// The most journeys at once; the oldest is forgotten for one more.
const MOST_JOURNEYS: usize = 10_000;

/// How long one question to the provider may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// How old what the provider says of itself may be.
const FRESH: Duration = Duration::from_secs(60 * 60);

/// The longest answer that is read, in bytes.
const MAX_BYTES: usize = 256 * 1024;

/// The provider's own page, below its issuer.
const DISCOVERY: &str = "/.well-known/openid-configuration";

/// Why somebody could not be signed in.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OidcError {
    /// The provider does not answer, or not as one does.
    #[error("the identity provider cannot be asked: {0}")]
    Unreachable(&'static str),
    /// Nobody began this journey in this browser, it took too long, or it is over.
    #[error("this sign-in was not begun here, or took too long")]
    Forgotten,
    /// The provider let nobody in.
    #[error("the identity provider refused")]
    Refused,
    /// What the provider says of somebody cannot be believed.
    #[error("the id token cannot be believed")]
    Untrusted(#[source] TokenError),
}

/// Whom the provider vouches for.
#[derive(Debug)]
pub(crate) struct Vouched {
    /// Who that is there.
    pub(crate) person: Foreigner,
    /// Their address, as far as the provider made sure that it is theirs.
    pub(crate) email: Option<String>,
}

/// The way to the provider.
pub(crate) struct Departure {
    /// Where the browser goes.
    pub(crate) address: String,
    /// What binds the journey to this browser; for a cookie.
    pub(crate) browser: String,
}

/// On the way to the provider and back.
pub(crate) struct Journey {
    /// The app that it is for; none where the browser itself is to be signed in.
    pub(crate) app: Option<LoopbackApp>,
    nonce: String,
    verifier: String,
    redirect: String,
    browser: [u8; 32],
    begun: Timestamp,
}

/// What the provider says of itself.
struct Provider {
    authorization: Url,
    token: Url,
    keys: KeySet,
    /// Whether the secret goes into a header, not into the body.
    basic: bool,
    read: Instant,
}

/// An OpenID Connect provider and the journeys to it.
pub(crate) struct Oidc {
    issuer: String,
    client_id: String,
    client_secret: Option<SecretString>,
    scopes: String,
    client: reqwest::Client,
    provider: Mutex<Option<Arc<Provider>>>,
    journeys: Lock<HashMap<[u8; 32], Journey>>,
    /// What apps are let in by.
    pub(crate) app_codes: AppCodes,
}

#[derive(Deserialize)]
struct Discovery {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    #[serde(default)]
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct Tokens {
    id_token: String,
}

impl Oidc {
    /// What the settings say; none where they name no provider.
    pub(crate) fn new(settings: &config::Oidc) -> Result<Option<Self>, reqwest::Error> {
        let (Some(issuer), Some(client_id)) = (&settings.issuer, &settings.client_id) else {
            return Ok(None);
        };
        let client = outgoing::client(issuer, PATIENCE)?;
        Ok(Some(Self {
            issuer: issuer.clone(),
            client_id: client_id.clone(),
            client_secret: settings.client_secret.clone(),
            scopes: settings.scopes.clone(),
            client,
            provider: Mutex::default(),
            journeys: Lock::default(),
            app_codes: AppCodes::default(),
        }))
    }

    /// Begins a journey, for an app or for the browser itself; `redirect` is where the provider sends
    /// the browser back to.
    pub(crate) async fn begin(
        &self,
        redirect: String,
        app: Option<LoopbackApp>,
        now: Timestamp,
    ) -> Result<Departure, OidcError> {
        let provider = self.provider().await?;
        let (state, nonce, verifier) = (random_code(), random_code(), random_code());
        let browser = random_code();
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()));
        let mut address = provider.authorization.clone();
        address.query_pairs_mut().extend_pairs([
            ("response_type", "code"),
            ("client_id", &self.client_id),
            ("redirect_uri", &redirect),
            ("scope", &self.scopes),
            ("state", &state),
            ("nonce", &nonce),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ]);
        let journey = Journey {
            app,
            nonce,
            verifier,
            redirect,
            browser: code_hash(&browser),
            begun: now,
        };
        self.remember(code_hash(&state), journey, now);
        Ok(Departure {
            address: address.into(),
            browser,
        })
    }

    /// Whom the provider vouches for at the end of a journey, by the code that it gave the browser;
    /// without one it let nobody in. `issuer` is who the answer says it is from, if it does (RFC 9207).
    pub(crate) async fn arrive(
        &self,
        journey: &Journey,
        code: Option<&str>,
        issuer: Option<&str>,
        now: Timestamp,
    ) -> Result<Vouched, OidcError> {
        let code = code.ok_or(OidcError::Refused)?;
        if issuer.is_some_and(|issuer| issuer.trim_end_matches('/') != self.issuer) {
            return Err(OidcError::Forgotten);
        }
        let provider = self.provider().await?;
        let token = self.exchange(&provider, code, journey).await?;
        let believed = provider
            .keys
            .verify_id_token(token.expose_secret(), &journey.nonce, now)
            .await;
        let (mut person, email) = believed.map_err(OidcError::Untrusted)?;
        // As the settings write it, by which people are tied to accounts.
        person.issuer.clone_from(&self.issuer);
        Ok(Vouched { person, email })
    }

    async fn exchange(
        &self,
        provider: &Provider,
        code: &str,
        journey: &Journey,
    ) -> Result<SecretString, OidcError> {
        // A form is written as a query is.
        let mut form = Url::parse("http://form/").map_err(|_| OidcError::Unreachable("no form"))?;
        form.query_pairs_mut().extend_pairs([
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", &journey.redirect),
            ("code_verifier", &journey.verifier),
            ("client_id", &self.client_id),
        ]);
        let mut request = self.client.post(provider.token.clone());
        match &self.client_secret {
            Some(secret) if provider.basic => {
                let (id, secret) = (encoded(&self.client_id), encoded(secret.expose_secret()));
                request = request.basic_auth(id, Some(secret));
            }
            Some(secret) => {
                let mut pairs = form.query_pairs_mut();
                pairs.append_pair("client_secret", secret.expose_secret());
            }
            None => {}
        }
        let body = form.query().unwrap_or_default().to_owned();
        let request = request
            .header("content-type", "application/x-www-form-urlencoded")
            .header("accept", "application/json")
            .body(body);
        let answer = self.ask::<Tokens>(request).await?;
        Ok(answer.id_token.into())
    }

    /// What the provider says of itself, as it is known or after a look.
    async fn provider(&self) -> Result<Arc<Provider>, OidcError> {
        let mut known = self.provider.lock().await;
        if let Some(provider) = known.as_ref().filter(|it| it.read.elapsed() < FRESH) {
            return Ok(Arc::clone(provider));
        }
        let address = format!("{}{DISCOVERY}", self.issuer);
        let page: Discovery = match self.ask(self.client.get(address)).await {
            Ok(page) => page,
            Err(OidcError::Refused) => return Err(OidcError::Unreachable("it has no such page")),
            Err(error) => return Err(error),
        };
        if page.issuer.trim_end_matches('/') != self.issuer {
            return Err(OidcError::Unreachable("it calls itself by another name"));
        }
        let methods = page.token_endpoint_auth_methods_supported;
        let keys = endpoint(&page.jwks_uri)?;
        let provider = Arc::new(Provider {
            authorization: endpoint(&page.authorization_endpoint)?,
            token: endpoint(&page.token_endpoint)?,
            keys: KeySet::of_provider(keys.as_str(), &page.issuer, &self.client_id, &self.client),
            basic: methods.is_none_or(|all| all.iter().any(|one| one == "client_secret_basic")),
            read: Instant::now(),
        });
        *known = Some(Arc::clone(&provider));
        Ok(provider)
    }

    async fn ask<T: DeserializeOwned>(
        &self,
        request: reqwest::RequestBuilder,
    ) -> Result<T, OidcError> {
        let unreachable = |error: reqwest::Error| {
            let error = error.without_url();
            let error = &error as &dyn std::error::Error;
            tracing::warn!(error, "the identity provider does not answer");
            OidcError::Unreachable("it does not answer")
        };
        let mut answer = request.send().await.map_err(unreachable)?;
        let status = answer.status();
        if status.is_client_error() {
            tracing::info!(%status, "the identity provider refused");
            return Err(OidcError::Refused);
        }
        if !status.is_success() {
            return Err(OidcError::Unreachable("it answers with an error"));
        }
        let mut bytes = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(unreachable)? {
            bytes.extend_from_slice(&chunk);
            if bytes.len() > MAX_BYTES {
                return Err(OidcError::Unreachable("its answer has no end"));
            }
        }
        let read = serde_json::from_slice(&bytes);
        read.map_err(|_| OidcError::Unreachable("its answer makes no sense"))
    }

    fn remember(&self, state: [u8; 32], journey: Journey, now: Timestamp) {
        let mut journeys = self.journeys.lock().unwrap_or_else(PoisonError::into_inner);
        if journeys.len() >= MOST_JOURNEYS {
            journeys.retain(|_, journey| !journey.is_over(now));
        }
        if journeys.len() >= MOST_JOURNEYS {
            let oldest = journeys.iter().min_by_key(|(_, journey)| journey.begun.0);
            if let Some(oldest) = oldest.map(|(state, _)| *state) {
                journeys.remove(&oldest);
            }
        }
        journeys.insert(state, journey);
    }

    /// The journey of that state, which is over now. Only the browser that began it ends it.
    pub(crate) fn take(
        &self,
        state: &str,
        browser: Option<&str>,
        now: Timestamp,
    ) -> Option<Journey> {
        let browser = code_hash(browser?);
        let mut journeys = self.journeys.lock().unwrap_or_else(PoisonError::into_inner);
        let state = code_hash(state);
        if journeys.get(&state)?.browser != browser {
            return None;
        }
        journeys
            .remove(&state)
            .filter(|journey| !journey.is_over(now))
    }
}

impl Journey {
    fn is_over(&self, now: Timestamp) -> bool {
        !(0..JOURNEY).contains(&now.0.saturating_sub(self.begun.0))
    }
}

/// An address of the provider that a secret may go to: over TLS, or on this computer.
fn endpoint(text: &str) -> Result<Url, OidcError> {
    let bad = OidcError::Unreachable("it names an address that is not safe");
    match Url::parse(text) {
        Ok(url) if config::is_safe_address(text) => Ok(url),
        _ => Err(bad),
    }
}

/// Text as a form has it, for the header with the client's secret (RFC 6749, section 2.3.1).
fn encoded(text: &str) -> String {
    let Ok(mut form) = Url::parse("http://form/") else {
        return String::new();
    };
    form.query_pairs_mut().append_key_only(text);
    form.query().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn oidc() -> Oidc {
        let settings = config::Oidc {
            issuer: Some("https://id.test".to_owned()),
            client_id: Some("parlor".to_owned()),
            ..config::Oidc::default()
        };
        Oidc::new(&settings).expect("a client").expect("a provider")
    }

    fn journey(browser: &str, begun: i64) -> Journey {
        Journey {
            app: None,
            nonce: String::new(),
            verifier: String::new(),
            redirect: String::new(),
            browser: code_hash(browser),
            begun: Timestamp(begun),
        }
    }

    #[test]
    fn a_journey_ends_once_in_its_own_browser_and_in_time() {
        let oidc = oidc();
        let begin = |state: &str| oidc.remember(code_hash(state), journey("here", 0), Timestamp(0));
        begin("one");
        assert!(oidc.take("one", None, Timestamp(1)).is_none());
        assert!(oidc.take("one", Some("there"), Timestamp(1)).is_none());
        assert!(oidc.take("other", Some("here"), Timestamp(1)).is_none());
        assert!(oidc.take("one", Some("here"), Timestamp(1)).is_some());
        assert!(oidc.take("one", Some("here"), Timestamp(1)).is_none());
        begin("late");
        assert!(
            oidc.take("late", Some("here"), Timestamp(JOURNEY))
                .is_none()
        );
    }

    #[test]
    fn a_flood_of_journeys_forgets_the_oldest() {
        let oidc = oidc();
        for number in 0..=MOST_JOURNEYS {
            let begun = i64::try_from(number).expect("a number");
            let state = code_hash(&number.to_string());
            oidc.remember(state, journey("here", begun), Timestamp(begun));
        }
        let now = Timestamp(10_001);
        assert!(oidc.take("0", Some("here"), now).is_none());
        assert!(oidc.take("1", Some("here"), now).is_some());
    }

    #[test]
    fn secrets_go_only_where_nobody_listens() {
        assert!(endpoint("https://id.test/token").is_ok());
        assert!(endpoint("http://127.0.0.1:8080/token").is_ok());
        for bad in ["http://id.test/token", "ftp://id.test", "javascript:1", ""] {
            assert!(endpoint(bad).is_err(), "{bad}");
        }
        assert_eq!(encoded("a b&c=d%"), "a+b%26c%3Dd%25");
    }
}
