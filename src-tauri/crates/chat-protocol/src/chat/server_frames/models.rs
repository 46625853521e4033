//! Models and providers as they lie on the wire.

use chat_core::ModelId;
use serde::Serialize;
use ts_rs::TS;

use crate::spelling::{KeyState, Reason, Shown};

/// A model that can be chosen.
#[derive(Serialize, TS)]
pub(in crate::chat) struct Model<'a> {
    /// `provider/model`.
    #[ts(type = "string")]
    id: Shown<&'a ModelId>,
    provider: &'a str,
    name: &'a str,
}

impl<'a> From<&'a chat_core::ModelInfo> for Model<'a> {
    fn from(model: &'a chat_core::ModelInfo) -> Self {
        Self {
            id: Shown(&model.id),
            provider: model.id.provider.as_str(),
            name: &model.id.name,
        }
    }
}

/// A provider that could not be asked for its models.
#[derive(Serialize, TS)]
pub(in crate::chat) struct ProviderProblem<'a> {
    pub(in crate::chat) reason: Reason,
    pub(in crate::chat) message: &'a str,
}

impl<'a> From<&'a chat_core::ProviderError> for ProviderProblem<'a> {
    fn from(error: &'a chat_core::ProviderError) -> Self {
        Self {
            // The one place that knows which problem is which reason takes an owned error.
            reason: chat_core::Fault::from(error.clone()).reason.into(),
            message: &error.message,
        }
    }
}

/// The models that can be chosen, and what could not be asked.
#[derive(Serialize, TS)]
pub(in crate::chat) struct Models<'a> {
    pub(in crate::chat) models: Vec<Model<'a>>,
    pub(in crate::chat) problems: Vec<ProviderProblem<'a>>,
}

/// A configured provider, without its key.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(in crate::chat) struct Provider<'a> {
    provider_id: &'a str,
    name: &'a str,
    /// The address that ends before `/chat/completions`.
    base_url: &'a str,
    default_model: Option<&'a str>,
    key: KeyState,
    /// Set by flags, environment or file: cannot be changed here.
    fixed: bool,
    /// The one that answers when nobody chose a model.
    active: bool,
}

impl<'a> From<&'a chat_core::ProviderInfo> for Provider<'a> {
    fn from(provider: &'a chat_core::ProviderInfo) -> Self {
        Self {
            provider_id: provider.id.as_str(),
            name: &provider.name,
            base_url: &provider.base_url,
            default_model: provider.default_model.as_deref(),
            key: provider.key.into(),
            fixed: provider.fixed,
            active: provider.active,
        }
    }
}

/// The configured providers.
#[derive(Serialize, TS)]
pub(in crate::chat) struct Providers<'a> {
    pub(in crate::chat) providers: Vec<Provider<'a>>,
}

/// A model server found on the server's computer.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(in crate::chat) struct FoundProvider<'a> {
    provider_id: &'a str,
    name: &'a str,
    base_url: &'a str,
    models: &'a [String],
}

impl<'a> From<&'a chat_core::FoundProvider> for FoundProvider<'a> {
    fn from(found: &'a chat_core::FoundProvider) -> Self {
        Self {
            provider_id: found.id.as_str(),
            name: &found.name,
            base_url: &found.base_url,
            models: &found.models,
        }
    }
}

/// Model servers found on the server's computer.
#[derive(Serialize, TS)]
pub(in crate::chat) struct ProvidersFound<'a> {
    pub(in crate::chat) found: Vec<FoundProvider<'a>>,
}

/// Address and key are good; the provider's models.
#[derive(Serialize, TS)]
pub(in crate::chat) struct ProviderTested<'a> {
    pub(in crate::chat) models: Vec<Model<'a>>,
}
