//! Where keys are kept. The port [`Secrets`] is implemented by the desktop host on the OS keyring
//! and here in memory, for headless servers and tests. A key is a [`SecretString`] everywhere: it
//! can neither be printed nor serialised, and is wiped when it is dropped.

use std::{
    collections::HashMap,
    sync::{PoisonError, RwLock},
};

use chat_core::{KeyState, ProviderId};
use secrecy::{ExposeSecret as _, SecretString};

/// Why a key cannot be read or forgotten.
#[derive(Debug, thiserror::Error)]
pub enum SecretsError {
    /// There is no keyring on this computer.
    #[error("there is no keyring here")]
    Unavailable,
    /// The keyring is locked, or the person said no.
    #[error("the keyring refused access")]
    Denied,
    /// Anything else the keyring says.
    #[error("the keyring failed")]
    Failed(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Keys, named per provider.
///
/// `get` and `forget` may block on the OS: they are called where blocking is allowed, but for
/// [`chat_core::ModelProvider::providers`], so an implementation should remember what it read.
pub trait Secrets: Send + Sync + 'static {
    /// The key and where it is from; a session key hides a lasting one.
    ///
    /// # Errors
    /// [`SecretsError`] when the keyring cannot be asked; having no key is none.
    fn get(&self, provider: &ProviderId) -> Result<Option<(SecretString, KeyState)>, SecretsError>;
    /// The same where nobody has to be asked for it, and `None` where the OS may have to be.
    fn at_hand(&self, _provider: &ProviderId) -> Option<Option<(SecretString, KeyState)>> {
        None
    }
    /// Keeps a key in memory until the process ends, or forgets that one.
    fn set_session(&self, provider: &ProviderId, key: Option<SecretString>);
    /// Forgets the session's key and the lasting one. A key from the environment stays: only the
    /// environment can take it back.
    ///
    /// # Errors
    /// [`SecretsError`] when the keyring cannot be asked.
    fn forget(&self, provider: &ProviderId) -> Result<(), SecretsError>;
}

/// Keys of the environment and of the session, in memory only.
#[derive(Debug, Default)]
pub struct MemorySecrets {
    environment: HashMap<ProviderId, SecretString>,
    session: RwLock<HashMap<ProviderId, SecretString>>,
}

impl MemorySecrets {
    /// With keys from the environment, or from the configuration of a headless server. Blank
    /// ones are none.
    #[must_use]
    pub fn new(environment: impl IntoIterator<Item = (ProviderId, SecretString)>) -> Self {
        Self {
            environment: environment
                .into_iter()
                .filter(|(_, key)| !key.expose_secret().trim().is_empty())
                .collect(),
            session: RwLock::default(),
        }
    }
}

impl Secrets for MemorySecrets {
    fn get(&self, provider: &ProviderId) -> Result<Option<(SecretString, KeyState)>, SecretsError> {
        let session = self.session.read().unwrap_or_else(PoisonError::into_inner);
        let of_session = session
            .get(provider)
            .map(|key| (key.clone(), KeyState::Session));
        Ok(of_session.or_else(|| {
            let key = self.environment.get(provider)?;
            Some((key.clone(), KeyState::Environment))
        }))
    }

    fn at_hand(&self, provider: &ProviderId) -> Option<Option<(SecretString, KeyState)>> {
        self.get(provider).ok()
    }

    fn set_session(&self, provider: &ProviderId, key: Option<SecretString>) {
        let mut session = self.session.write().unwrap_or_else(PoisonError::into_inner);
        match key {
            Some(key) => session.insert(provider.clone(), key),
            None => session.remove(provider),
        };
    }

    fn forget(&self, provider: &ProviderId) -> Result<(), SecretsError> {
        self.set_session(provider, None);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::peer::Peer;

    fn id() -> ProviderId {
        ProviderId::parse("openai").unwrap()
    }

    #[test]
    fn a_session_key_hides_the_environment_until_it_is_forgotten() {
        let secrets = MemorySecrets::new([(id(), SecretString::from("from-environment"))]);
        secrets.set_session(&id(), Some(SecretString::from("from-session")));
        for key in [secrets.get(&id()).unwrap(), secrets.at_hand(&id()).unwrap()] {
            let (key, state) = key.unwrap();
            assert_eq!(
                (key.expose_secret(), state),
                ("from-session", KeyState::Session)
            );
        }
        secrets.forget(&id()).unwrap();
        let (key, state) = secrets.get(&id()).unwrap().unwrap();
        assert_eq!(
            (key.expose_secret(), state),
            ("from-environment", KeyState::Environment)
        );
    }

    #[test]
    fn whatever_holds_a_key_prints_without_it() {
        let secrets = MemorySecrets::new([(id(), SecretString::from("sk-environment"))]);
        secrets.set_session(&id(), Some(SecretString::from("sk-session")));
        let peer = Peer {
            id: id(),
            name: "OpenAI".into(),
            base_url: "https://api.openai.com/v1".into(),
            key: Some(SecretString::from("sk-session")),
            reach: crate::reach::Reach::Anywhere,
        };
        let printed = format!(
            "{secrets:?} {peer:?} {:?} {:#?}",
            secrets.get(&id()),
            SecretsError::Denied
        );
        assert!(!printed.contains("sk-"), "a key was printed: {printed}");
    }
}
