//! The frames that the client reads, as far as it needs them.

use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Message {
    pub(crate) message_id: String,
    pub(crate) chat_id: String,
    pub(crate) parent_id: Option<String>,
    pub(crate) role: String,
    pub(crate) content: String,
    pub(crate) status: String,
    pub(crate) revision: u64,
    pub(crate) client_id: Option<String>,
    #[serde(default)]
    pub(crate) reasoning: String,
    #[serde(default)]
    pub(crate) sibling_ids: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Chat {
    pub(crate) chat_id: String,
    pub(crate) title: String,
    pub(crate) leaf_id: Option<String>,
    pub(crate) revision: u64,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Running {
    pub(crate) message_id: String,
    pub(crate) seq: u64,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Joined {
    pub(crate) chat_id: String,
    pub(crate) messages: Vec<Message>,
    pub(crate) chat: Chat,
    pub(crate) epoch: String,
    pub(crate) revision: u64,
    pub(crate) running: Option<Running>,
    pub(crate) resumed: bool,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Start {
    pub(crate) message_id: String,
    pub(crate) chat_id: String,
    pub(crate) parent_id: Option<String>,
    pub(crate) seq: u64,
    /// Absent in frames of older servers.
    #[serde(default)]
    pub(crate) revision: u64,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Piece {
    pub(crate) token: String,
    pub(crate) message_id: String,
    pub(crate) chat_id: String,
    pub(crate) seq: u64,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Refusal {
    pub(crate) retryable: bool,
    pub(crate) reason: String,
    pub(crate) message_id: Option<String>,
    pub(crate) chat_id: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RunningChat {
    pub(crate) chat_id: String,
    pub(crate) message_id: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Chats {
    pub(crate) chats: Vec<Chat>,
    pub(crate) removed: Vec<String>,
    pub(crate) running: Vec<RunningChat>,
    pub(crate) revision: u64,
    pub(crate) epoch: String,
    pub(crate) whole: bool,
}

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct ChatNews {
    pub(crate) chat: Chat,
    /// The person's revision; absent where the chat is new.
    #[serde(default)]
    pub(crate) revision: u64,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ChatDeleted {
    pub(crate) chat_id: String,
    pub(crate) revision: u64,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Activity {
    pub(crate) chat_id: String,
    pub(crate) message_id: String,
    pub(crate) running: bool,
}

#[derive(Debug, Clone)]
pub(crate) enum Frame {
    Authenticated,
    Joined(Joined),
    ChatCreated(ChatNews),
    UserMessage(Message),
    Start(Start),
    Text(Piece),
    Reasoning(Piece),
    Complete(Message),
    Error(Refusal),
    Chats(Chats),
    ChatUpdated(ChatNews),
    ChatDeleted(ChatDeleted),
    Activity(Activity),
    Draining,
    /// A type that this client does not know or need.
    Other,
}

#[derive(Deserialize)]
struct Envelope {
    r#type: String,
    r#ref: Option<String>,
    data: Value,
}

/// A frame with the reference it carries; a known type with fields amiss is the server's fault.
pub(crate) fn parse(text: &str) -> Result<(Frame, Option<String>), serde_json::Error> {
    fn read<T: DeserializeOwned>(
        data: Value,
        frame: impl FnOnce(T) -> Frame,
    ) -> Result<Frame, serde_json::Error> {
        serde_json::from_value(data).map(frame)
    }
    let Envelope {
        r#type,
        r#ref,
        data,
    } = serde_json::from_str(text)?;
    let frame = match r#type.as_str() {
        "authenticated" => Ok(Frame::Authenticated),
        "chat_joined" => read(data, Frame::Joined),
        "chat_created" => read(data, Frame::ChatCreated),
        "user_message" => read(data, Frame::UserMessage),
        "assistant_message_start" => read(data, Frame::Start),
        "assistant_message_token" => read(data, Frame::Text),
        "assistant_message_reasoning" => read(data, Frame::Reasoning),
        "assistant_message_complete" => read(data, Frame::Complete),
        "error" => read(data, Frame::Error),
        "chats" => read(data, Frame::Chats),
        "chat_updated" => read(data, Frame::ChatUpdated),
        "chat_deleted" => read(data, Frame::ChatDeleted),
        "chat_activity" => read(data, Frame::Activity),
        "draining" => Ok(Frame::Draining),
        _ => Ok(Frame::Other),
    };
    frame.map(|frame| (frame, r#ref))
}
