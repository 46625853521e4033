//! Tokens of another system that has its own users: JWTs under the public keys that it publishes
//! (JWKS, RFC 7517), from an address or a file. RS256, ES256 and EdDSA alone, and each key for its
//! own kind of signature: no public key is ever taken for a secret.
//!
//! Keys are cached. They are read again after an hour, and when a token names one that is not
//! known, but never more often than twice a minute, whatever strangers send.

use std::{
    collections::HashMap,
    io,
    path::PathBuf,
    sync::{Arc, PoisonError, RwLock},
    time::{Duration, Instant},
};

use chat_core::Timestamp;
use jsonwebtoken::{
    Algorithm, DecodingKey, Validation,
    jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyAlgorithm, PublicKeyUse},
};
use serde::Deserialize;
use serde_json::Value;
use tokio::sync::Mutex;

use super::{
    outgoing,
    token::{self, TokenError},
};
use crate::config;

/// The longest set of keys, in bytes.
const MAX_BYTES: usize = 256 * 1024;

/// The most keys that are taken from it.
const MOST_KEYS: usize = 64;

/// How long reading them may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// How old they may be.
const FRESH: Duration = Duration::from_secs(60 * 60);

/// How long after one attempt to read them the next is made, at the soonest.
const PAUSE: Duration = Duration::from_secs(30);

/// The keys of another system.
pub(crate) struct KeySet {
    source: Source,
    /// How long after one attempt to read them the next is made, at the soonest.
    pause: Duration,
    issuer: String,
    audience: String,
    known: RwLock<Arc<Known>>,
    /// When they were last asked for; held while they are.
    asked: Mutex<Option<Instant>>,
}

enum Source {
    Address(String, reqwest::Client),
    File(PathBuf),
}

#[derive(Default)]
struct Known {
    keys: HashMap<String, (Algorithm, DecodingKey)>,
    read: Option<Instant>,
}

/// Whom the other system speaks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Foreigner {
    /// The system.
    pub(crate) issuer: String,
    /// Its id of the person.
    pub(crate) subject: String,
    /// What it calls them, if it says.
    pub(crate) name: Option<String>,
}

/// Why tokens of another system cannot be verified.
#[derive(Debug, thiserror::Error)]
pub enum KeySetError {
    /// A setting is missing.
    #[error(
        "auth.jwks_url or auth.jwks_file needs auth.issuer and auth.audience, and only one of the two"
    )]
    Incomplete,
    /// Nothing says where the keys are.
    #[error(
        "{0} is for tokens of another system, whose keys auth.jwks_url or auth.jwks_file names"
    )]
    NoKeys(&'static str),
    /// The client that reads them cannot be made.
    #[error("no secure connections can be made")]
    Client(#[source] reqwest::Error),
    /// The file cannot be read.
    #[error("the keys of auth.jwks_file cannot be read")]
    File(#[source] io::Error),
    /// They cannot be had.
    #[error("the keys of auth.jwks_url cannot be had")]
    Address(#[source] reqwest::Error),
    /// What is there is no set of keys.
    #[error("what was read is no set of keys")]
    Garbled,
}

#[derive(Deserialize)]
struct Published {
    keys: Vec<Value>,
}

#[derive(Deserialize)]
struct Claims {
    #[serde(default)]
    iss: Value,
    #[serde(default)]
    sub: Value,
    #[serde(default)]
    aud: Value,
    #[serde(default)]
    exp: Value,
    #[serde(default)]
    nbf: Option<Value>,
    #[serde(default)]
    azp: Option<Value>,
    #[serde(default)]
    nonce: Option<Value>,
    #[serde(default)]
    email: Option<Value>,
    #[serde(default)]
    email_verified: Option<Value>,
    #[serde(default)]
    preferred_username: Option<Value>,
    #[serde(default)]
    name: Option<Value>,
}

impl KeySet {
    /// What the settings say; none where they name no keys.
    pub(crate) fn new(settings: &config::Auth) -> Result<Option<Self>, KeySetError> {
        let source = match (&settings.jwks_url, &settings.jwks_file) {
            (None, None) => {
                return match (&settings.issuer, &settings.audience) {
                    (None, None) => Ok(None),
                    (Some(_), _) => Err(KeySetError::NoKeys("auth.issuer")),
                    (None, Some(_)) => Err(KeySetError::NoKeys("auth.audience")),
                };
            }
            (Some(_), Some(_)) => return Err(KeySetError::Incomplete),
            (None, Some(path)) => Source::File(path.clone()),
            (Some(url), None) => {
                let client = outgoing::client(url, PATIENCE);
                Source::Address(url.clone(), client.map_err(KeySetError::Client)?)
            }
        };
        let (Some(issuer), Some(audience)) = (&settings.issuer, &settings.audience) else {
            return Err(KeySetError::Incomplete);
        };
        Ok(Some(Self {
            source,
            pause: PAUSE,
            issuer: issuer.clone(),
            audience: audience.clone(),
            known: RwLock::default(),
            asked: Mutex::default(),
        }))
    }

    /// The keys of an OpenID Connect provider, for id tokens that it made for `client_id`. Those come
    /// from the provider itself, not from strangers: a new key is looked for at once.
    pub(crate) fn of_provider(
        url: &str,
        issuer: &str,
        client_id: &str,
        client: &reqwest::Client,
    ) -> Self {
        Self {
            source: Source::Address(url.to_owned(), client.clone()),
            pause: Duration::ZERO,
            issuer: issuer.to_owned(),
            audience: client_id.to_owned(),
            known: RwLock::default(),
            asked: Mutex::default(),
        }
    }

    /// Whether a token says of itself that it is signed by a public key.
    pub(crate) fn is_for(token: &str) -> bool {
        let header = jsonwebtoken::decode_header(token);
        header.is_ok_and(|header| taken(header.alg))
    }

    /// Whom a token speaks for. Whether that person has an account here is for the caller to see.
    pub(crate) async fn verify(
        &self,
        token: &str,
        now: Timestamp,
    ) -> Result<Foreigner, TokenError> {
        let claims = self.claims(token).await?;
        self.judge(&claims, now)
    }

    /// Whom an id token speaks for, made for the request that had this nonce; and their address, if
    /// the provider made sure that it is theirs.
    pub(crate) async fn verify_id_token(
        &self,
        token: &str,
        nonce: &str,
        now: Timestamp,
    ) -> Result<(Foreigner, Option<String>), TokenError> {
        let claims = self.claims(token).await?;
        let foreigner = self.judge(&claims, now)?;
        let text = |claim: &Option<Value>| {
            let text = claim.as_ref().and_then(Value::as_str);
            text.map(str::to_owned)
        };
        if text(&claims.nonce).as_deref() != Some(nonce) {
            return Err(TokenError::Claim("nonce"));
        }
        // A token for several is for whom it names.
        let several = claims.aud.as_array().is_some_and(|all| all.len() > 1);
        if (several || claims.azp.is_some()) && text(&claims.azp).as_deref() != Some(&self.audience)
        {
            return Err(TokenError::Claim("azp"));
        }
        let verified = claims.email_verified == Some(Value::Bool(true));
        Ok((foreigner, text(&claims.email).filter(|_| verified)))
    }

    /// What a token says under a key of the set. Nothing of it is judged yet.
    async fn claims(&self, token: &str) -> Result<Claims, TokenError> {
        if token.len() > token::MAX_BYTES {
            return Err(TokenError::TooLong);
        }
        let header = jsonwebtoken::decode_header(token).map_err(|_| TokenError::Malformed)?;
        if !taken(header.alg) || !token::is_plain(&header) {
            return Err(TokenError::Header);
        }
        let id = header.kid.as_deref().ok_or(TokenError::Header)?;
        let (algorithm, key) = self.key(id).await.ok_or(TokenError::Header)?;
        if algorithm != header.alg {
            return Err(TokenError::Header);
        }
        let mut validation = Validation::new(algorithm);
        // The claims are judged below, by the clock that the caller has.
        validation.required_spec_claims.clear();
        validation.validate_exp = false;
        validation.validate_aud = false;
        let data = jsonwebtoken::decode::<Claims>(token, &key, &validation)
            .map_err(|error| token::reason(&error))?;
        Ok(data.claims)
    }

    fn judge(&self, claims: &Claims, now: Timestamp) -> Result<Foreigner, TokenError> {
        token::in_time(Some(&claims.exp), claims.nbf.as_ref(), now)?;
        if claims.iss.as_str() != Some(&self.issuer) {
            return Err(TokenError::Claim("iss"));
        }
        if !token::includes(&claims.aud, &self.audience) {
            return Err(TokenError::Audience);
        }
        let subject = claims.sub.as_str();
        let subject = subject.filter(|subject| (1..=255).contains(&subject.len()));
        let named = |claim: &Option<Value>| {
            let text = claim.as_ref().and_then(Value::as_str);
            text.map(str::to_owned)
        };
        Ok(Foreigner {
            issuer: self.issuer.clone(),
            subject: subject.ok_or(TokenError::Claim("sub"))?.to_owned(),
            name: named(&claims.preferred_username).or_else(|| named(&claims.name)),
        })
    }

    /// The key of that id, as it is known or after another look.
    async fn key(&self, id: &str) -> Option<(Algorithm, DecodingKey)> {
        let known = self.known();
        let fresh = known.read.is_some_and(|read| read.elapsed() < FRESH);
        if let Some(key) = known.keys.get(id).filter(|_| fresh) {
            return Some(key.clone());
        }
        self.look().await;
        self.known().keys.get(id).cloned()
    }

    fn known(&self) -> Arc<Known> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&known)
    }

    /// Reads the keys again, unless that was done a moment ago. Those known stay where it fails.
    async fn look(&self) {
        let mut asked = self.asked.lock().await;
        if asked.is_some_and(|asked| asked.elapsed() < self.pause) {
            return;
        }
        *asked = Some(Instant::now());
        match self.read().await {
            Ok(keys) => {
                let read = Some(Instant::now());
                let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
                *known = Arc::new(Known { keys, read });
            }
            Err(error) => {
                let error = &error as &dyn std::error::Error;
                tracing::warn!(error, "the keys of the other system cannot be read");
            }
        }
    }

    async fn read(&self) -> Result<HashMap<String, (Algorithm, DecodingKey)>, KeySetError> {
        let bytes = match &self.source {
            Source::File(path) => tokio::fs::read(path).await.map_err(KeySetError::File)?,
            Source::Address(url, client) => fetched(client, url).await?,
        };
        if bytes.len() > MAX_BYTES {
            return Err(KeySetError::Garbled);
        }
        let published: Published =
            serde_json::from_slice(&bytes).map_err(|_| KeySetError::Garbled)?;
        let usable = published.keys.into_iter().filter_map(usable);
        Ok(usable.take(MOST_KEYS).collect())
    }
}

async fn fetched(client: &reqwest::Client, url: &str) -> Result<Vec<u8>, KeySetError> {
    let failed = |error: reqwest::Error| KeySetError::Address(error.without_url());
    let answer = client.get(url).send().await.map_err(failed)?;
    let mut answer = answer.error_for_status().map_err(failed)?;
    if !answer.status().is_success() {
        return Err(KeySetError::Garbled);
    }
    let mut bytes = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(failed)? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > MAX_BYTES {
            return Err(KeySetError::Garbled);
        }
    }
    Ok(bytes)
}

fn taken(algorithm: Algorithm) -> bool {
    matches!(
        algorithm,
        Algorithm::RS256 | Algorithm::ES256 | Algorithm::EdDSA
    )
}

/// A key that signs, with the one algorithm that it is for.
fn usable(key: Value) -> Option<(String, (Algorithm, DecodingKey))> {
    let key: Jwk = serde_json::from_value(key).ok()?;
    let (algorithm, named) = match &key.algorithm {
        AlgorithmParameters::RSA(_) => (Algorithm::RS256, KeyAlgorithm::RS256),
        AlgorithmParameters::EllipticCurve(curve) if curve.curve == EllipticCurve::P256 => {
            (Algorithm::ES256, KeyAlgorithm::ES256)
        }
        AlgorithmParameters::OctetKeyPair(pair) if pair.curve == EllipticCurve::Ed25519 => {
            (Algorithm::EdDSA, KeyAlgorithm::EdDSA)
        }
        // A symmetric key that is published is no secret.
        _ => return None,
    };
    let signs = match &key.common.public_key_use {
        None | Some(PublicKeyUse::Signature) => true,
        Some(_) => false,
    };
    let fits = key.common.key_algorithm.is_none_or(|alg| alg == named);
    if !signs || !fits {
        return None;
    }
    let decoding = DecodingKey::from_jwk(&key).ok()?;
    Some((key.common.key_id?, (algorithm, decoding)))
}

#[cfg(test)]
#[path = "key_set_tests.rs"]
mod tests;
