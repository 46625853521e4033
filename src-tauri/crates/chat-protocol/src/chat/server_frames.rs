//! The frames of the server as they lie on the wire, borrowed from an event. Their documentation
//! becomes that of the UI's types, so it speaks to a reader of TypeScript.

mod chats;
mod models;
mod sharing;
mod spending;

use chat_core::ModelId;
use serde::Serialize;
use ts_rs::TS;

pub(super) use chats::{
    AnswerPiece, AnswerStart, Chat, ChatActivity, ChatCreated, ChatDeleted, ChatJoined,
    ChatUpdated, Chats, Message, Running, RunningChat,
};
pub(super) use models::{Models, ProviderTested, Providers, ProvidersFound};
pub(super) use spending::{Estimate, Usage};

use crate::{
    objectives::{
        ObjectiveDeleted, ObjectiveGenerated, ObjectiveProgress, ObjectiveUpdated, Objectives,
    },
    spelling::{ErrorCode, Reason, Shown, UserRole},
};

server_frames! {
    Connected(Notice) = "connected",
    Authenticated(Authenticated<'a>) = "authenticated",
    ChatJoined(ChatJoined<'a>) = "chat_joined",
    ChatCreated(ChatCreated<'a>) = "chat_created",
    UserMessage(Message<'a>) = "user_message",
    AnswerStarted(AnswerStart<'a>) = "assistant_message_start",
    AnswerText(AnswerPiece<'a>) = "assistant_message_token",
    AnswerReasoning(AnswerPiece<'a>) = "assistant_message_reasoning",
    AnswerEnded(Message<'a>) = "assistant_message_complete",
    Error(ErrorData<'a>) = "error",
    Chats(Chats<'a>) = "chats",
    ChatUpdated(ChatUpdated<'a>) = "chat_updated",
    ChatDeleted(ChatDeleted<'a>) = "chat_deleted",
    ChatActivity(ChatActivity<'a>) = "chat_activity",
    Settings(Settings<'a>) = "settings",
    Estimate(Estimate<'a>) = "estimate",
    Usage(Usage<'a>) = "usage",
    Models(Models<'a>) = "models",
    Providers(Providers<'a>) = "providers",
    ProvidersFound(ProvidersFound<'a>) = "providers_found",
    ProviderTested(ProviderTested<'a>) = "provider_tested",
    Objectives(Objectives<'a>) = "objectives",
    ObjectiveProgress(ObjectiveProgress<'a>) = "objective_progress",
    ObjectiveGenerated(ObjectiveGenerated<'a>) = "objective_generated",
    ObjectiveUpdated(ObjectiveUpdated<'a>) = "objective_updated",
    ObjectiveDeleted(ObjectiveDeleted<'a>) = "objective_deleted",
    Pong(Pong) = "pong",
    Draining(Notice) = "draining",
}

/// A sentence in English, for clients that show it as it is.
#[derive(Serialize, TS)]
pub(super) struct Notice {
    pub(super) message: &'static str,
}

/// Who is signed in.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(super) struct Authenticated<'a> {
    user_id: &'a str,
    name: &'a str,
    role: UserRole,
}

impl<'a> From<&'a chat_core::User> for Authenticated<'a> {
    fn from(user: &'a chat_core::User) -> Self {
        Self {
            user_id: user.id.as_str(),
            name: &user.name,
            role: user.role.into(),
        }
    }
}

/// Something went wrong.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ErrorData<'a> {
    /// An English sentence; show one in the reader's language by `reason`.
    pub(crate) message: &'a str,
    pub(crate) code: ErrorCode,
    /// Whether the same request may succeed later.
    pub(crate) retryable: bool,
    pub(crate) reason: Reason,
    /// When to try again, in milliseconds from now.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub(crate) retry_after: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub(crate) chat_id: Option<&'a str>,
    /// The answer that failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub(crate) message_id: Option<&'a str>,
    /// The objective in the making that failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub(crate) generation_id: Option<&'a str>,
}

impl<'a> From<&'a chat_core::Fault> for ErrorData<'a> {
    fn from(fault: &'a chat_core::Fault) -> Self {
        Self {
            message: &fault.message,
            code: fault.code.into(),
            retryable: fault.code.retryable(),
            reason: fault.reason.into(),
            retry_after: fault.retry_after_ms,
            chat_id: None,
            message_id: None,
            generation_id: None,
        }
    }
}

/// What belongs to the person on every device.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(super) struct Settings<'a> {
    /// `provider/model`; null lets the server choose.
    #[ts(type = "string | null")]
    model: Option<Shown<&'a ModelId>>,
    system_prompt: Option<&'a str>,
    /// 0 to 2; null is the model's own.
    temperature: Option<f64>,
    /// Whether the first-run questions were answered.
    welcomed: bool,
}

impl<'a> From<&'a chat_core::UserSettings> for Settings<'a> {
    fn from(settings: &'a chat_core::UserSettings) -> Self {
        Self {
            model: settings.model.as_ref().map(Shown),
            system_prompt: settings.system_prompt.as_deref(),
            temperature: settings.temperature,
            welcomed: settings.welcomed,
        }
    }
}

/// The answer to a ping.
#[derive(Serialize, TS)]
pub(crate) struct Pong {
    /// As it came.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub(crate) timestamp: Option<i64>,
}
