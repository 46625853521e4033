//! The names and the time that PROTOCOL.md's examples of dialect A use.

use chat_core::{ChatId, MessageId, ModelId, ProviderId, Timestamp, UserId};

/// 2024-01-01T00:00:00.000Z
pub(crate) const NEW_YEAR: Timestamp = Timestamp(1_704_067_200_000);

pub(crate) fn chat_id(text: &str) -> ChatId {
    ChatId::parse(text).expect("a chat's id")
}

pub(crate) fn message_id(text: &str) -> MessageId {
    MessageId::parse(text).expect("a message's id")
}

pub(crate) fn user_id(text: &str) -> UserId {
    UserId::parse(text).expect("a user's id")
}

pub(crate) fn provider_id(text: &str) -> ProviderId {
    ProviderId::parse(text).expect("a provider's id")
}

pub(crate) fn model() -> ModelId {
    ModelId::parse("openai/gpt-5-mini").expect("a model")
}
