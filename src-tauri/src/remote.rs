//! A sign-in at another server, alive: the short token that opens it, and the long one that gets
//! the next, which the keyring keeps.
//!
//! The long one is good once, and its successor is made here: both are in the keyring before the
//! server hears of it. So a process that is killed at any moment asks the same again when it
//! starts, and the server, which knows the pair, answers the same.

use std::time::{Duration, Instant};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use reqwest::{Client, StatusCode, Url};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::json;
use tokio::sync::Mutex;

use crate::{
    certificate::{self, Fingerprint},
    errors::{Code, HostError},
    keyring::{self, Purpose},
};

/// A person may be waiting for it.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long a server is told that we leave.
const LEAVING: Duration = Duration::from_secs(3);
/// A token is not used in its last minute.
const MARGIN: Duration = Duration::from_secs(60);
/// How long a token is taken to be good that does not say so.
const USUAL: Duration = Duration::from_secs(10 * 60);

/// What opens a server, as it is kept.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Access {
    /// Where these may be sent, and nowhere else.
    address: String,
    /// The only certificate they may be sent to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    certificate: Option<String>,
    #[serde(flatten)]
    key: Key,
}

/// The secret part of it.
#[derive(Clone, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum Key {
    /// A long token, and the successor that it may have been traded for already.
    Renewed {
        /// The long token.
        refresh: String,
        /// Its successor, made and kept before it was asked for.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        next: Option<String>,
    },
    /// A token without a successor, of a server that gives none: good until it is refused.
    Fixed {
        /// The token.
        token: String,
    },
}

/// Where access is kept.
#[derive(Debug, Clone)]
pub(crate) enum Keeper {
    /// In the keyring, under the server's id.
    Keyring(String),
    /// In this process alone: there is no keyring.
    Memory,
    /// Where a test can see it.
    #[cfg(test)]
    Shelf(std::sync::Arc<std::sync::Mutex<Vec<String>>>),
}

/// Why a server cannot be asked just now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// It no longer takes our sign-in.
    SignedOut,
    /// Another certificate answers than the one that is known.
    Certificate,
    /// It does not answer, or not as it should.
    Unreachable,
    /// The keyring did not take the successor, so the long token must not be used.
    Keyring,
}

/// A sign-in at a server.
pub(crate) struct Remote {
    /// Where it is, with a trailing slash.
    pub(crate) address: Url,
    /// Talks to it, and to nobody who only claims to be it.
    pub(crate) client: Client,
    certificate: Option<Fingerprint>,
    keeper: Keeper,
    state: Mutex<State>,
}

struct State {
    key: Key,
    token: Option<(SecretString, Instant)>,
    refused: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Renewed {
    token: String,
    refresh_token: Option<String>,
}

impl std::fmt::Debug for Remote {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Remote({})", self.address)
    }
}

impl Remote {
    /// A sign-in with its key, and perhaps the first short token.
    pub(crate) fn new(
        address: Url,
        certificate: Option<Fingerprint>,
        key: Key,
        token: Option<SecretString>,
        keeper: Keeper,
    ) -> Result<Self, HostError> {
        let client = certificate::client(certificate).map_err(|error| {
            tracing::error!(error = &error as &dyn std::error::Error, "no client");
            HostError::new(Code::ServerFailed, "this computer cannot speak TLS")
        })?;
        let state = State {
            key,
            token: token.map(|token| dated(token, Instant::now())),
            refused: false,
        };
        Ok(Self {
            address,
            client,
            certificate,
            keeper,
            state: Mutex::new(state),
        })
    }

    /// A sign-in as the keyring gave it.
    pub(crate) fn kept(secret: &SecretString, id: &str) -> Option<Self> {
        let access: Access = serde_json::from_str(secret.expose_secret()).ok()?;
        let certificate = match access.certificate {
            // What cannot be read must not turn into trust in everybody.
            Some(text) => Some(Fingerprint::parse(&text)?),
            None => None,
        };
        let address = access.address.parse().ok()?;
        let keeper = Keeper::Keyring(id.to_owned());
        Self::new(address, certificate, access.key, None, keeper).ok()
    }

    /// Keeps the sign-in. What the keyring does not take lasts until the process ends.
    pub(crate) async fn keep(&mut self) {
        let key = self.state.get_mut().key.clone();
        if let Err(error) = self.write(&key).await {
            tracing::warn!(%error, "no keyring: this sign-in lasts until Parlor ends");
            self.keeper = Keeper::Memory;
        }
    }

    /// Keeps it once more, where another was kept in its place.
    pub(crate) async fn keep_again(&self) -> Result<(), HostError> {
        let state = self.state.lock().await;
        self.write(&state.key).await
    }

    /// Leaves nothing of it where it was kept.
    pub(crate) async fn forget(&self) -> Result<(), HostError> {
        match &self.keeper {
            Keeper::Memory => Ok(()),
            Keeper::Keyring(id) => {
                let id = id.clone();
                keyring::off_thread(move || keyring::remove(Purpose::Server, &id)).await
            }
            #[cfg(test)]
            Keeper::Shelf(shelf) => {
                shelf.lock().unwrap().clear();
                Ok(())
            }
        }
    }

    /// A token that is good for a while: the one at hand, or the next.
    pub(crate) async fn bearer(&self) -> Result<SecretString, Trouble> {
        let mut state = self.state.lock().await;
        if state.refused {
            return Err(Trouble::SignedOut);
        }
        if let Key::Fixed { token } = &state.key {
            return Ok(SecretString::from(token.as_str()));
        }
        if let Some((token, until)) = &state.token
            && Instant::now() < *until
        {
            return Ok(token.clone());
        }
        let renewed = self.renew(&mut state).await;
        if renewed == Err(Trouble::SignedOut) {
            state.refused = true;
        }
        renewed?;
        let token = state.token.as_ref().map(|(token, _)| token.clone());
        token.ok_or(Trouble::Unreachable)
    }

    /// The server refused the short token: the long one decides whether we are signed in.
    pub(crate) async fn doubt(&self) {
        let mut state = self.state.lock().await;
        state.token = None;
        if let Key::Fixed { .. } = state.key {
            state.refused = true;
        }
    }

    /// Tells the server that this device leaves, and uses the sign-in no more. The server may not
    /// hear it.
    pub(crate) async fn sign_out(&self) {
        if tokio::time::timeout(LEAVING, self.tell_leaving())
            .await
            .is_err()
        {
            tracing::info!("the server did not hear that we leave");
        }
        // Whoever still holds this asks for no more tokens, and so writes none to the keyring.
        self.state.lock().await.refused = true;
    }

    /// Whether it outlives the process.
    pub(crate) fn is_kept(&self) -> bool {
        !matches!(self.keeper, Keeper::Memory)
    }

    async fn tell_leaving(&self) {
        let Ok(token) = self.bearer().await else {
            return;
        };
        let Ok(address) = self.address.join("api/session") else {
            return;
        };
        let request = self
            .client
            .delete(address)
            .bearer_auth(token.expose_secret());
        if let Err(error) = request.send().await {
            tracing::info!(error = %error.without_url(), "the server did not hear that we leave");
        }
    }

    async fn renew(&self, state: &mut State) -> Result<(), Trouble> {
        let Key::Renewed { refresh, next } = &state.key else {
            return Ok(());
        };
        let (refresh, next) = match next {
            Some(next) => (refresh.clone(), next.clone()),
            None => {
                let next = random().ok_or(Trouble::Keyring)?;
                let both = Key::Renewed {
                    refresh: refresh.clone(),
                    next: Some(next.clone()),
                };
                self.write(&both).await.map_err(|error| {
                    tracing::warn!(%error, "the keyring does not take a successor");
                    Trouble::Keyring
                })?;
                let refresh = refresh.clone();
                state.key = both;
                (refresh, next)
            }
        };
        let renewed = self.trade(&refresh, &next).await?;
        // A server that makes successors itself says so; ours is worth nothing there.
        let successor = renewed.refresh_token.unwrap_or(next);
        state.token = Some(dated(renewed.token.into(), Instant::now()));
        state.key = Key::Renewed {
            refresh: successor,
            next: None,
        };
        if let Err(error) = self.write(&state.key).await {
            // The pair that is kept still opens the server, as long as no successor of this one
            // was asked for; and that is kept before.
            tracing::warn!(%error, "the keyring does not take the renewed sign-in");
        }
        Ok(())
    }

    async fn trade(&self, refresh: &str, next: &str) -> Result<Renewed, Trouble> {
        let address = self.address.join("api/session/refresh");
        let address = address.map_err(|_| Trouble::Unreachable)?;
        let body = json!({ "refreshToken": refresh, "nextToken": next });
        let request = self.client.post(address).timeout(PATIENCE).json(&body);
        let answer = request.send().await.map_err(|error| self.explain(error))?;
        match answer.status() {
            StatusCode::OK => answer.json().await.map_err(|error| self.explain(error)),
            StatusCode::UNAUTHORIZED => Err(Trouble::SignedOut),
            status => {
                tracing::warn!(%status, "the server does not renew our access");
                Err(Trouble::Unreachable)
            }
        }
    }

    /// What a failed request means.
    pub(crate) fn explain(&self, error: reqwest::Error) -> Trouble {
        let error = error.without_url();
        let changed = self.certificate.is_some() && certificate::is_about_certificate(&error);
        tracing::info!(
            error = &error as &dyn std::error::Error,
            changed,
            "a remote server does not answer"
        );
        if changed {
            Trouble::Certificate
        } else {
            Trouble::Unreachable
        }
    }

    async fn write(&self, key: &Key) -> Result<(), HostError> {
        let access = Access {
            address: self.address.to_string(),
            certificate: self.certificate.map(|it| it.to_string()),
            key: key.clone(),
        };
        let secret = SecretString::from(json!(access).to_string());
        match &self.keeper {
            Keeper::Memory => Ok(()),
            Keeper::Keyring(id) => {
                let id = id.clone();
                keyring::off_thread(move || keyring::write(Purpose::Server, &id, &secret)).await
            }
            #[cfg(test)]
            Keeper::Shelf(shelf) => {
                // As a keyring does, which may wait for a person.
                let shelf = shelf.clone();
                let keep = move || {
                    let mut shelf = shelf.lock().unwrap();
                    shelf.push(secret.expose_secret().to_owned());
                    Ok(())
                };
                keyring::off_thread(keep).await
            }
        }
    }
}

impl From<Trouble> for HostError {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::SignedOut => {
                Self::new(Code::SignInRequired, "the server asks for a new sign-in")
            }
            Trouble::Certificate => Self::new(
                Code::CertificateChanged,
                "another certificate answers than the one that is known",
            ),
            Trouble::Unreachable => {
                Self::new(Code::ServerUnreachable, "no server answers at this address")
            }
            Trouble::Keyring => {
                Self::new(Code::KeyringDenied, "the keyring does not take the sign-in")
            }
        }
    }
}

/// A token with the moment until which it is used. Only the length of its life is read from it,
/// so that it does not matter whose clock is wrong.
fn dated(token: SecretString, now: Instant) -> (SecretString, Instant) {
    let life = lifetime(token.expose_secret()).unwrap_or(USUAL);
    (token, now + life.saturating_sub(MARGIN))
}

fn lifetime(token: &str) -> Option<Duration> {
    #[derive(Deserialize)]
    struct Claims {
        iat: u64,
        exp: u64,
    }
    let payload = URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?).ok()?;
    let Claims { iat, exp } = serde_json::from_slice(&payload).ok()?;
    let day = 24 * 60 * 60;
    Some(Duration::from_secs(exp.checked_sub(iat)?.min(day)))
}

fn random() -> Option<String> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).ok()?;
    Some(URL_SAFE_NO_PAD.encode(bytes))
}

#[cfg(test)]
#[path = "remote_tests.rs"]
mod tests;
