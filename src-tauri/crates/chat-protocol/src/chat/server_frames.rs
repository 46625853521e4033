//! The frames of the server as they lie on the wire, borrowed from an event. Their documentation
//! becomes that of the UI's types, so it speaks to a reader of TypeScript.

use chat_core::{ModelId, TitleSource as CoreTitleSource};
use serde::Serialize;
use ts_rs::TS;

use crate::spelling::{
    ErrorCode, IsoTime, KeyState, MessageStatus, Reason, Role, Shown, TitleSource, UserRole,
};

/// What a chat is called before it has a title.
const PLACEHOLDER_TITLE: &str = "New chat";

/// The list of all frames, from which come the enum, the names on the wire and the UI's union.
macro_rules! server_frames {
    ($($variant:ident($data:ty) = $name:literal),+ $(,)?) => {
        /// A frame's data, and by its variant the frame's type.
        #[derive(Serialize)]
        #[serde(untagged)]
        pub(super) enum ServerFrame<'a> { $($variant($data)),+ }

        impl ServerFrame<'_> {
            /// The `type` on the wire.
            pub(super) fn name(&self) -> &'static str {
                match self { $(Self::$variant(_) => $name),+ }
            }
        }

        /// Shows each `type` with its data to the generator of the UI's types.
        #[cfg(test)]
        pub(super) fn catalogue<'a>(catalogue: &mut super::typescript::Catalogue)
        where
            'a: 'static,
        {
            $(catalogue.frame::<$data>($name);)+
        }
    };
}

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
    Models(Models<'a>) = "models",
    Providers(Providers<'a>) = "providers",
    ProvidersFound(ProvidersFound<'a>) = "providers_found",
    ProviderTested(ProviderTested<'a>) = "provider_tested",
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

/// A chat without its messages.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(super) struct Chat<'a> {
    pub(super) chat_id: &'a str,
    pub(super) title: &'a str,
    title_source: TitleSource,
    /// Kept on top of the list.
    pinned: bool,
    /// `provider/model`; null follows the person's setting.
    #[ts(type = "string | null")]
    model: Option<Shown<&'a ModelId>>,
    /// Null follows the person's setting.
    system_prompt: Option<&'a str>,
    /// 0 to 2; null follows the person's setting.
    temperature: Option<f64>,
    /// The end of the branch that is shown.
    leaf_id: Option<&'a str>,
    #[ts(type = "string")]
    created_at: Shown<IsoTime>,
    /// When a message was last added.
    #[ts(type = "string")]
    updated_at: Shown<IsoTime>,
    /// Grows with every change of the chat or its messages.
    pub(super) revision: u64,
}

impl<'a> From<&'a chat_core::Chat> for Chat<'a> {
    fn from(chat: &'a chat_core::Chat) -> Self {
        let unnamed = chat.title_source == CoreTitleSource::Placeholder;
        Self {
            chat_id: chat.id.as_str(),
            title: if unnamed {
                PLACEHOLDER_TITLE
            } else {
                &chat.title
            },
            title_source: chat.title_source.into(),
            pinned: chat.pinned,
            model: chat.model.as_ref().map(Shown),
            system_prompt: chat.system_prompt.as_deref(),
            temperature: chat.temperature,
            leaf_id: chat.leaf.as_ref().map(|id| id.as_str()),
            created_at: Shown(IsoTime(chat.created_at)),
            updated_at: Shown(IsoTime(chat.updated_at)),
            revision: chat.revision.0,
        }
    }
}

/// Why an answer failed.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(super) struct Failure<'a> {
    code: ErrorCode,
    reason: Reason,
    message: &'a str,
    retryable: bool,
    /// Milliseconds from the failure.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    retry_after: Option<u64>,
}

impl<'a> From<&'a chat_core::Failure> for Failure<'a> {
    fn from(failure: &'a chat_core::Failure) -> Self {
        Self {
            code: failure.code.into(),
            reason: failure.reason.into(),
            message: &failure.message,
            retryable: failure.code.retryable(),
            retry_after: failure.retry_after_ms,
        }
    }
}

/// A message of a person or an assistant.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(super) struct Message<'a> {
    message_id: &'a str,
    chat_id: &'a str,
    /// What it follows; null for a chat's first messages.
    parent_id: Option<&'a str>,
    role: Role,
    /// Markdown.
    content: &'a str,
    /// When it was accepted.
    #[ts(type = "string")]
    timestamp: Shown<IsoTime>,
    status: MessageStatus,
    /// The chat's revision when the message last changed.
    revision: u64,
    /// The id that its author's client gave it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    client_id: Option<&'a str>,
    /// What the model thought before it spoke.
    #[serde(skip_serializing_if = "str::is_empty")]
    #[ts(optional, as = "Option<&'a str>")]
    reasoning: &'a str,
    /// `provider/model`; absent for the guide.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional, as = "Option<&'a str>")]
    model: Option<Shown<&'a ModelId>>,
    /// When its last word came.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional, as = "Option<&'a str>")]
    finished_at: Option<Shown<IsoTime>>,
    /// With status `failed`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    failure: Option<Failure<'a>>,
    /// The alternatives at this place, oldest first, itself included; in a history only.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[ts(optional, as = "Option<Vec<&'a str>>")]
    sibling_ids: Vec<&'a str>,
}

impl<'a> From<&'a chat_core::Message> for Message<'a> {
    fn from(message: &'a chat_core::Message) -> Self {
        Self {
            message_id: message.id.as_str(),
            chat_id: message.chat.as_str(),
            parent_id: message.parent.as_ref().map(|id| id.as_str()),
            role: message.role.into(),
            content: &message.content,
            timestamp: Shown(IsoTime(message.created_at)),
            status: message.status.into(),
            revision: message.revision.0,
            client_id: message.client_id.as_ref().map(|id| id.as_str()),
            reasoning: &message.reasoning,
            model: message.model.as_ref().map(Shown),
            finished_at: message.finished_at.map(|time| Shown(IsoTime(time))),
            failure: message.failure.as_ref().map(Failure::from),
            sibling_ids: message.siblings.iter().map(|id| id.as_str()).collect(),
        }
    }
}

/// An answer that is being written.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(super) struct Running<'a> {
    pub(super) message_id: &'a str,
    /// Pieces of it that are already with the client.
    pub(super) seq: u64,
}

/// The chat now looked at.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(super) struct ChatJoined<'a> {
    pub(super) chat_id: &'a str,
    pub(super) title: &'a str,
    /// The branch shown, oldest first, without a running answer; when resumed, what changed of it.
    pub(super) messages: Vec<Message<'a>>,
    pub(super) chat: Chat<'a>,
    /// The history's name: when it changes, everything is to be read anew.
    pub(super) epoch: &'a str,
    /// The chat's revision.
    pub(super) revision: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub(super) running: Option<Running<'a>>,
    /// True when `messages` are only those that changed since the client left.
    pub(super) resumed: bool,
}

/// A chat made by this connection, now looked at.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(super) struct ChatCreated<'a> {
    pub(super) chat_id: &'a str,
    pub(super) title: &'a str,
    pub(super) chat: Chat<'a>,
}

/// An answer begins.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(super) struct AnswerStart<'a> {
    pub(super) message: &'static str,
    pub(super) message_id: &'a str,
    pub(super) chat_id: &'a str,
    pub(super) parent_id: Option<&'a str>,
    #[ts(type = "string")]
    pub(super) timestamp: Shown<IsoTime>,
    /// Pieces of it that are already with the client: 0 but after a resume.
    pub(super) seq: u64,
}

/// More of an answer, or of what the model thinks before it.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(super) struct AnswerPiece<'a> {
    pub(super) token: &'a str,
    pub(super) message_id: &'a str,
    pub(super) chat_id: &'a str,
    /// The number of pieces after it: where to resume.
    pub(super) seq: u64,
}

/// Something went wrong.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(super) struct ErrorData<'a> {
    /// An English sentence; show one in the reader's language by `reason`.
    pub(super) message: &'a str,
    pub(super) code: ErrorCode,
    /// Whether the same request may succeed later.
    pub(super) retryable: bool,
    pub(super) reason: Reason,
    /// When to try again, in milliseconds from now.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub(super) retry_after: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub(super) chat_id: Option<&'a str>,
    /// The answer that failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub(super) message_id: Option<&'a str>,
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
        }
    }
}

/// A chat with a running answer.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(super) struct RunningChat<'a> {
    pub(super) chat_id: &'a str,
    pub(super) message_id: &'a str,
}

/// The list of chats, or what changed of it.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(super) struct Chats<'a> {
    /// Newest message first.
    pub(super) chats: Vec<Chat<'a>>,
    /// Ids of deleted chats.
    pub(super) removed: Vec<&'a str>,
    pub(super) running: Vec<RunningChat<'a>>,
    /// The person's revision, for the next `since`.
    pub(super) revision: u64,
    pub(super) epoch: &'a str,
    /// False when only changes after the client's `since` are listed.
    pub(super) whole: bool,
}

/// A chat is new or changed.
#[derive(Serialize, TS)]
pub(super) struct ChatUpdated<'a> {
    pub(super) chat: Chat<'a>,
    /// The person's revision.
    pub(super) revision: u64,
}

/// A chat was deleted.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(super) struct ChatDeleted<'a> {
    pub(super) chat_id: &'a str,
    /// The person's revision.
    pub(super) revision: u64,
}

/// An answer began or ended somewhere.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(super) struct ChatActivity<'a> {
    pub(super) chat_id: &'a str,
    pub(super) message_id: &'a str,
    pub(super) running: bool,
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

/// A model that can be chosen.
#[derive(Serialize, TS)]
pub(super) struct Model<'a> {
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
pub(super) struct ProviderProblem<'a> {
    pub(super) reason: Reason,
    pub(super) message: &'a str,
}

impl<'a> From<&'a chat_core::ProviderError> for ProviderProblem<'a> {
    fn from(error: &'a chat_core::ProviderError) -> Self {
        Self {
            // The one place that knows which problem is which reason takes an owned error.
            reason: chat_core::Failure::from(error.clone()).reason.into(),
            message: &error.message,
        }
    }
}

/// The models that can be chosen, and what could not be asked.
#[derive(Serialize, TS)]
pub(super) struct Models<'a> {
    pub(super) models: Vec<Model<'a>>,
    pub(super) problems: Vec<ProviderProblem<'a>>,
}

/// A configured provider, without its key.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(super) struct Provider<'a> {
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
pub(super) struct Providers<'a> {
    pub(super) providers: Vec<Provider<'a>>,
}

/// A model server found on the server's computer.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(super) struct FoundProvider<'a> {
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
pub(super) struct ProvidersFound<'a> {
    pub(super) found: Vec<FoundProvider<'a>>,
}

/// Address and key are good; the provider's models.
#[derive(Serialize, TS)]
pub(super) struct ProviderTested<'a> {
    pub(super) models: Vec<Model<'a>>,
}

/// The answer to a ping.
#[derive(Serialize, TS)]
pub(super) struct Pong {
    /// As it came.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub(super) timestamp: Option<i64>,
}
