//! Puts the model providers together: what the configuration fixes, what people saved, and where
//! keys and records are kept.

use std::sync::Arc;

use async_trait::async_trait;
use chat_core::{KeyState, ModelProvider, ProviderError, ProviderId, ProviderProblem, StoreError};
use chat_provider::{
    PersistenceError, ProviderPersistence, ProviderRecord, ProviderSettings, Providers, Secrets,
    SecretsError,
};
use chat_store::{Database, StoredProvider};
use secrecy::SecretString;

use crate::{config::Config, measured::Measured, start::StartError};

/// The providers of a server.
pub(crate) async fn compose(
    config: &Config,
    database: &Arc<Database>,
    secrets: Arc<dyn Secrets>,
) -> Result<Arc<dyn ModelProvider>, StartError> {
    let wanted = &config.provider;
    let fixed = ProviderRecord::fixed(wanted.base_url.as_deref(), wanted.model.clone());
    let fixed = fixed.map_err(|error| {
        StartError::Provider(ProviderError {
            problem: ProviderProblem::RequestRefused,
            message: format!("provider.base_url: {error}"),
            retry_after_ms: None,
        })
    })?;
    let secrets = match wanted.api_key.clone() {
        Some(key) => Arc::new(WithEnvironment {
            inner: secrets,
            provider: fixed.id.clone(),
            key,
        }),
        None => secrets,
    };
    let settings = ProviderSettings {
        connect_timeout: wanted.connect_timeout,
        first_token_timeout: wanted.first_token_timeout,
        idle_timeout: wanted.idle_timeout,
        private_addresses: config.private_providers(),
        ..ProviderSettings::default()
    };
    let stored = database.providers().await.map_err(StartError::Store)?;
    let stored = stored.into_iter().map(record).collect();
    let persistence = Arc::new(InDatabase(Arc::clone(database)));
    let providers = Providers::new(settings, stored, Some(fixed), secrets, persistence);
    Ok(Arc::new(Measured(providers)))
}

/// The configuration's key for the fixed provider, below what the session and the keyring have.
struct WithEnvironment {
    inner: Arc<dyn Secrets>,
    provider: ProviderId,
    key: SecretString,
}

impl Secrets for WithEnvironment {
    fn get(&self, provider: &ProviderId) -> Result<Option<(SecretString, KeyState)>, SecretsError> {
        match self.inner.get(provider) {
            Ok(Some(found)) => Ok(Some(found)),
            _ if *provider == self.provider => Ok(Some((self.key.clone(), KeyState::Environment))),
            other => other,
        }
    }

    fn at_hand(&self, provider: &ProviderId) -> Option<Option<(SecretString, KeyState)>> {
        let own = || Some((self.key.clone(), KeyState::Environment));
        let found = self.inner.at_hand(provider)?;
        Some(found.or_else(|| own().filter(|_| *provider == self.provider)))
    }

    fn set_session(&self, provider: &ProviderId, key: Option<SecretString>) {
        self.inner.set_session(provider, key);
    }

    fn forget(&self, provider: &ProviderId) -> Result<(), SecretsError> {
        self.inner.forget(provider)
    }
}

struct InDatabase(Arc<Database>);

#[async_trait]
impl ProviderPersistence for InDatabase {
    async fn save(&self, record: &ProviderRecord) -> Result<(), PersistenceError> {
        let stored = StoredProvider {
            id: record.id.clone(),
            name: record.name.clone(),
            base_url: record.base_url.clone(),
            default_model: record.default_model.clone(),
            active: record.active,
        };
        self.0.save_provider(stored).await.map_err(not_kept)
    }

    async fn remove(&self, id: &ProviderId) -> Result<(), PersistenceError> {
        self.0.remove_provider(id).await.map_err(not_kept)
    }
}

fn record(stored: StoredProvider) -> ProviderRecord {
    ProviderRecord {
        id: stored.id,
        name: stored.name,
        base_url: stored.base_url,
        default_model: stored.default_model,
        active: stored.active,
    }
}

fn not_kept(error: StoreError) -> PersistenceError {
    PersistenceError(Box::new(error))
}
