//! The most that one field may hold. A whole frame is limited by the connection.

/// A `ref`.
pub(crate) const REFERENCE_BYTES: usize = 128;
/// A chat's title.
pub(crate) const TITLE_CHARACTERS: usize = 200;
/// A wish, or the description of an objective or milestone.
pub(crate) const OBJECTIVE_TEXT_CHARACTERS: usize = 8_000;
/// The category of an objective.
pub(crate) const CATEGORY_CHARACTERS: usize = 100;
/// The name of an account.
pub(crate) const ACCOUNT_NAME_CHARACTERS: usize = 64;
/// Instructions to a model.
pub(crate) const SYSTEM_PROMPT_BYTES: usize = 32 * 1024;
/// What people call a provider.
pub(crate) const PROVIDER_NAME_CHARACTERS: usize = 100;
/// A provider's address.
pub(crate) const BASE_URL_BYTES: usize = 512;
/// A provider's own name for a model, as [`chat_core::ModelId`] takes it.
pub(crate) const MODEL_NAME_BYTES: usize = 256;
/// A provider's key.
pub(crate) const KEY_BYTES: usize = 4 * 1024;
