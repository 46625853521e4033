//! A configured provider as it is kept, and the port by which it is kept.

use async_trait::async_trait;
use chat_core::ProviderId;

use crate::{AddressError, OPENAI_BASE_URL, address, check_address};

/// A configured provider, without its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderRecord {
    /// Its id.
    pub id: ProviderId,
    /// What people call it.
    pub name: String,
    /// The address that ends before `/chat/completions`.
    pub base_url: String,
    /// The model asked when nobody chose one.
    pub default_model: Option<String>,
    /// Whether it answers when nobody chose a model. At most one record is active.
    pub active: bool,
}

impl ProviderRecord {
    /// The provider that `OPENAI_BASE_URL` and `OPENAI_MODEL` name: `openai` where that is
    /// OpenAI's own address (also the default), else `custom`.
    ///
    /// # Errors
    /// [`AddressError`] when the address is none.
    pub fn fixed(
        base_url: Option<&str>,
        default_model: Option<String>,
    ) -> Result<Self, AddressError> {
        let base_url = check_address(base_url.unwrap_or(OPENAI_BASE_URL))?;
        let (id, name) = if address::is_openai(&base_url) {
            ("openai", "OpenAI".to_owned())
        } else {
            ("custom", address::host(&base_url))
        };
        Ok(Self {
            id: ProviderId::parse(id).map_err(|_| AddressError::NotHttp)?,
            name,
            base_url,
            default_model,
            active: true,
        })
    }
}

/// Why a provider could not be kept.
#[derive(Debug, thiserror::Error)]
#[error("the provider could not be kept")]
pub struct PersistenceError(#[source] pub Box<dyn std::error::Error + Send + Sync>);

/// Where providers are kept between two starts. Calls never overlap.
#[async_trait]
pub trait ProviderPersistence: Send + Sync + 'static {
    /// Adds or replaces a record. If it is active, all others cease to be.
    async fn save(&self, record: &ProviderRecord) -> Result<(), PersistenceError>;
    /// Forgets a record; one that is not there is no error.
    async fn remove(&self, id: &ProviderId) -> Result<(), PersistenceError>;
}

/// Keeps nothing: for tests and servers whose providers are all fixed.
#[derive(Debug, Default)]
pub struct NothingKept;

#[async_trait]
impl ProviderPersistence for NothingKept {
    async fn save(&self, _: &ProviderRecord) -> Result<(), PersistenceError> {
        Ok(())
    }

    async fn remove(&self, _: &ProviderId) -> Result<(), PersistenceError> {
        Ok(())
    }
}
