//! Secrets in the operating system's keyring: keys of providers, tokens of remote servers, and
//! the secret that the server inside signs with.
//!
//! Everything here may block on the OS (a keyring may ask the person to unlock it), so async code
//! calls it through [`off_thread`]. What cannot be kept in the keyring is kept in memory until
//! the app ends, and only when the person chose that; nothing ever falls back to a file.

use std::{
    collections::HashMap,
    sync::{PoisonError, RwLock},
};

use chat_server::{KeyState, ProviderId, Secrets, SecretsError};
use keyring::Entry;
use secrecy::{ExposeSecret, SecretString};

use crate::errors::{Code, HostError};

/// What a secret is for; names the keyring's `service`, so that ids of two kinds never meet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// A provider's API key, under the provider's id.
    ProviderKey,
    /// A remote server's address and our token there, under the server's id.
    Server,
    /// What the server inside the app signs its tokens with.
    Signing,
}

impl Purpose {
    fn service(self) -> &'static str {
        match self {
            Self::ProviderKey => "parlor",
            Self::Server => "parlor-server",
            Self::Signing => "parlor-signing",
        }
    }
}

/// Reads a secret; having none is no error. May block.
pub(crate) fn read(purpose: Purpose, name: &str) -> Result<Option<SecretString>, HostError> {
    match Entry::new(purpose.service(), name).and_then(|entry| entry.get_password()) {
        Ok(secret) => Ok(Some(SecretString::from(secret))),
        Err(keyring::Error::NoEntry) => Ok(None),
        Err(error) => Err(explain(&error)),
    }
}

/// Keeps a secret, replacing an older one. May block.
pub(crate) fn write(purpose: Purpose, name: &str, secret: &SecretString) -> Result<(), HostError> {
    Entry::new(purpose.service(), name)
        .and_then(|entry| entry.set_password(secret.expose_secret()))
        .map_err(|error| explain(&error))
}

/// Forgets a secret; forgetting none is no error. May block.
pub(crate) fn remove(purpose: Purpose, name: &str) -> Result<(), HostError> {
    match Entry::new(purpose.service(), name).and_then(|entry| entry.delete_credential()) {
        Ok(()) | Err(keyring::Error::NoEntry) => Ok(()),
        Err(error) => Err(explain(&error)),
    }
}

/// Whether there is a keyring to talk to at all. May block.
pub(crate) fn probe() -> Result<(), HostError> {
    read(Purpose::ProviderKey, "probe").map(|_| ())
}

/// Runs blocking keyring work where blocking is allowed.
pub(crate) async fn off_thread<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, HostError> + Send + 'static,
) -> Result<T, HostError> {
    let joined = tokio::task::spawn_blocking(work).await;
    joined.unwrap_or_else(|error| {
        tracing::error!(%error, "keyring work broke");
        Err(HostError::new(
            Code::KeyringUnavailable,
            "the keyring could not be asked",
        ))
    })
}

/// The errors of the keyring library name attributes and causes, never the secret itself; only
/// `BadEncoding` carries bytes of it, which its message leaves out.
fn explain(error: &keyring::Error) -> HostError {
    let code = match error {
        keyring::Error::NoStorageAccess(_) => Code::KeyringDenied,
        _ => Code::KeyringUnavailable,
    };
    HostError::new(code, error.to_string())
}

/// The provider keys of the desktop app: this session's first, then the keyring's.
#[derive(Debug, Default)]
pub(crate) struct KeyringSecrets {
    session: RwLock<HashMap<ProviderId, SecretString>>,
    /// What the keyring said, so that each question to the model does not ask it again.
    known: RwLock<HashMap<ProviderId, Option<SecretString>>>,
}

impl KeyringSecrets {
    /// Keeps a key in the keyring, where it replaces an older one and the session's. May block.
    pub(crate) fn keep(&self, provider: &ProviderId, key: SecretString) -> Result<(), HostError> {
        write(Purpose::ProviderKey, provider.as_str(), &key)?;
        self.set_session(provider, None);
        self.learn(provider, Some(key));
        Ok(())
    }

    /// Forgets a provider's key wherever it is. Without a keyring there is only the session's.
    /// May block.
    pub(crate) fn remove(&self, provider: &ProviderId) -> Result<(), HostError> {
        self.set_session(provider, None);
        match remove(Purpose::ProviderKey, provider.as_str()) {
            Err(error) if error.code() != Code::KeyringUnavailable => return Err(error),
            // A key that the keyring gave before it went away is still in there.
            Err(error) if self.known(provider).flatten().is_some() => return Err(error),
            _ => {}
        }
        self.learn(provider, None);
        Ok(())
    }

    fn of_session(&self, provider: &ProviderId) -> Option<SecretString> {
        let session = self.session.read().unwrap_or_else(PoisonError::into_inner);
        session.get(provider).cloned()
    }

    /// What the keyring said of this provider in this run, if it was asked.
    fn known(&self, provider: &ProviderId) -> Option<Option<SecretString>> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known.get(provider).cloned()
    }

    fn learn(&self, provider: &ProviderId, key: Option<SecretString>) {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        known.insert(provider.clone(), key);
    }
}

impl Secrets for KeyringSecrets {
    fn get(&self, provider: &ProviderId) -> Result<Option<(SecretString, KeyState)>, SecretsError> {
        if let Some(found) = self.at_hand(provider) {
            return Ok(found);
        }
        let key = read(Purpose::ProviderKey, provider.as_str()).map_err(refusal)?;
        self.learn(provider, key.clone());
        Ok(key.map(|key| (key, KeyState::Keyring)))
    }

    fn at_hand(&self, provider: &ProviderId) -> Option<Option<(SecretString, KeyState)>> {
        if let Some(key) = self.of_session(provider) {
            return Some(Some((key, KeyState::Session)));
        }
        let known = self.known(provider)?;
        Some(known.map(|key| (key, KeyState::Keyring)))
    }

    fn set_session(&self, provider: &ProviderId, key: Option<SecretString>) {
        let mut session = self.session.write().unwrap_or_else(PoisonError::into_inner);
        match key {
            Some(key) => session.insert(provider.clone(), key),
            None => session.remove(provider),
        };
    }

    fn forget(&self, provider: &ProviderId) -> Result<(), SecretsError> {
        self.remove(provider).map_err(refusal)
    }
}

fn refusal(error: HostError) -> SecretsError {
    match error.code() {
        Code::KeyringDenied => SecretsError::Denied,
        _ => SecretsError::Unavailable,
    }
}
