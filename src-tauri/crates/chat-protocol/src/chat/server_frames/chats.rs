//! Chats, messages and answers as they lie on the wire.

use chat_core::{ModelId, TitleSource as CoreTitleSource};
use serde::Serialize;
use ts_rs::TS;

use super::sharing::{Author, Member};
use crate::spelling::{ErrorCode, IsoTime, MessageStatus, Reason, Role, Shown, TitleSource};

/// What a chat is called before it has a title.
const PLACEHOLDER_TITLE: &str = "New chat";

/// A chat without its messages.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(in crate::chat) struct Chat<'a> {
    pub(in crate::chat) chat_id: &'a str,
    pub(in crate::chat) title: &'a str,
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
    pub(in crate::chat) revision: u64,
    /// Who is in it, its owner first; absent where that is nobody but the owner.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[ts(optional, as = "Option<Vec<Member<'a>>>")]
    members: Vec<Member<'a>>,
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
            members: chat.members.iter().map(Member::from).collect(),
        }
    }
}

/// Why an answer failed.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(in crate::chat) struct Failure<'a> {
    code: ErrorCode,
    reason: Reason,
    message: &'a str,
    retryable: bool,
    /// Milliseconds from the failure.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    retry_after: Option<u64>,
}

impl<'a> From<&'a chat_core::Fault> for Failure<'a> {
    fn from(failure: &'a chat_core::Fault) -> Self {
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
pub(in crate::chat) struct Message<'a> {
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
    /// Who wrote it, where several people did or may.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    author: Option<Author<'a>>,
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
            author: Author::of(message),
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
pub(in crate::chat) struct Running<'a> {
    pub(in crate::chat) message_id: &'a str,
    /// Pieces of it that are already with the client.
    pub(in crate::chat) seq: u64,
}

/// The chat now looked at.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(in crate::chat) struct ChatJoined<'a> {
    pub(in crate::chat) chat_id: &'a str,
    pub(in crate::chat) title: &'a str,
    /// The branch shown, oldest first, without a running answer; when resumed, what changed of it.
    pub(in crate::chat) messages: Vec<Message<'a>>,
    pub(in crate::chat) chat: Chat<'a>,
    /// The history's name: when it changes, everything is to be read anew.
    pub(in crate::chat) epoch: &'a str,
    /// The chat's revision.
    pub(in crate::chat) revision: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub(in crate::chat) running: Option<Running<'a>>,
    /// True when `messages` are only those that changed since the client left.
    pub(in crate::chat) resumed: bool,
}

/// A chat made by this connection, now looked at.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(in crate::chat) struct ChatCreated<'a> {
    pub(in crate::chat) chat_id: &'a str,
    pub(in crate::chat) title: &'a str,
    pub(in crate::chat) chat: Chat<'a>,
}

/// An answer begins.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(in crate::chat) struct AnswerStart<'a> {
    pub(in crate::chat) message: &'static str,
    pub(in crate::chat) message_id: &'a str,
    pub(in crate::chat) chat_id: &'a str,
    pub(in crate::chat) parent_id: Option<&'a str>,
    #[ts(type = "string")]
    pub(in crate::chat) timestamp: Shown<IsoTime>,
    /// Pieces of it that are already with the client: 0 but after a resume.
    pub(in crate::chat) seq: u64,
    /// The chat's revision when it was asked for.
    pub(in crate::chat) revision: u64,
}

/// More of an answer, or of what the model thinks before it.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(in crate::chat) struct AnswerPiece<'a> {
    pub(in crate::chat) token: &'a str,
    pub(in crate::chat) message_id: &'a str,
    pub(in crate::chat) chat_id: &'a str,
    /// The number of pieces after it: where to resume.
    pub(in crate::chat) seq: u64,
}

/// A chat with a running answer.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(in crate::chat) struct RunningChat<'a> {
    pub(in crate::chat) chat_id: &'a str,
    pub(in crate::chat) message_id: &'a str,
}

/// The list of chats, or what changed of it.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(in crate::chat) struct Chats<'a> {
    /// Newest message first.
    pub(in crate::chat) chats: Vec<Chat<'a>>,
    /// Ids of deleted chats.
    pub(in crate::chat) removed: Vec<&'a str>,
    pub(in crate::chat) running: Vec<RunningChat<'a>>,
    /// The person's revision, for the next `since`.
    pub(in crate::chat) revision: u64,
    pub(in crate::chat) epoch: &'a str,
    /// False when only changes after the client's `since` are listed.
    pub(in crate::chat) whole: bool,
}

/// A chat is new or changed.
#[derive(Serialize, TS)]
pub(in crate::chat) struct ChatUpdated<'a> {
    pub(in crate::chat) chat: Chat<'a>,
    /// The person's revision.
    pub(in crate::chat) revision: u64,
}

/// A chat was deleted.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(in crate::chat) struct ChatDeleted<'a> {
    pub(in crate::chat) chat_id: &'a str,
    /// The person's revision.
    pub(in crate::chat) revision: u64,
}

/// An answer began or ended somewhere.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(in crate::chat) struct ChatActivity<'a> {
    pub(in crate::chat) chat_id: &'a str,
    pub(in crate::chat) message_id: &'a str,
    pub(in crate::chat) running: bool,
}
