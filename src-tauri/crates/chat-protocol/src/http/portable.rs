//! A chat as a document, to be taken in by another server: `GET /api/chats/{chatId}/export` and
//! `POST /api/chats/import`. What a message follows is a place in the list, counted from 0; no id
//! of the server that it comes from is in it.

use std::fmt;

use chat_core::{
    ChatId, ClientId, Fault, MAX_PORTABLE_MESSAGES, ModelId, PortableChat, PortableError,
    PortableMessage, Timestamp,
};
use serde::{
    Deserialize, Deserializer, Serialize,
    de::{Error as _, SeqAccess, Visitor},
};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};
use ts_rs::TS;

use crate::{
    limits::SYSTEM_PROMPT_BYTES,
    spelling::{ErrorCode, IsoTime, MessageStatus, Reason, Role, Shown, TitleSource},
};

/// What every such document calls itself.
const FORMAT: &str = "parlor-chat";

/// The version that is written; older ones are read for ever.
const VERSION: u32 = 1;

/// The longest sentence of a failure that is taken over.
const FAILURE_CHARACTERS: usize = 2_000;

/// A chat on its way out.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ExportedChat<'a> {
    format: &'static str,
    version: u32,
    exported_at: Shown<IsoTime>,
    chat: ExportedHead<'a>,
    messages: Vec<ExportedMessage<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ExportedHead<'a> {
    title: &'a str,
    title_source: TitleSource,
    model: Option<Shown<&'a ModelId>>,
    system_prompt: Option<&'a str>,
    temperature: Option<f64>,
    created_at: Shown<IsoTime>,
    updated_at: Shown<IsoTime>,
    leaf: Option<usize>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ExportedMessage<'a> {
    parent: Option<usize>,
    role: Role,
    content: &'a str,
    status: MessageStatus,
    created_at: Shown<IsoTime>,
    #[serde(skip_serializing_if = "Option::is_none")]
    finished_at: Option<Shown<IsoTime>>,
    #[serde(skip_serializing_if = "str::is_empty")]
    reasoning: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    model: Option<Shown<&'a ModelId>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<ExportedFailure<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ExportedFailure<'a> {
    code: ErrorCode,
    reason: Reason,
    message: &'a str,
}

impl<'a> ExportedChat<'a> {
    /// The document of `chat`, as it was at `now`.
    #[must_use]
    pub fn new(chat: &'a PortableChat, now: Timestamp) -> Self {
        let head = ExportedHead {
            title: &chat.title,
            title_source: chat.title_source.into(),
            model: chat.model.as_ref().map(Shown),
            system_prompt: chat.system_prompt.as_deref(),
            temperature: chat.temperature,
            created_at: Shown(IsoTime(chat.created_at)),
            updated_at: Shown(IsoTime(chat.updated_at)),
            leaf: chat.leaf,
        };
        let messages = chat.messages.iter().map(|message| ExportedMessage {
            parent: message.parent,
            role: message.role.into(),
            content: &message.content,
            status: message.status.into(),
            created_at: Shown(IsoTime(message.created_at)),
            finished_at: message.finished_at.map(|at| Shown(IsoTime(at))),
            reasoning: &message.reasoning,
            model: message.model.as_ref().map(Shown),
            failure: message.failure.as_ref().map(|failure| ExportedFailure {
                code: failure.code.into(),
                reason: failure.reason.into(),
                message: &failure.message,
            }),
        });
        Self {
            format: FORMAT,
            version: VERSION,
            exported_at: Shown(IsoTime(now)),
            chat: head,
            messages: messages.collect(),
        }
    }
}

/// The body of `POST /api/chats/import`, read and checked.
#[derive(Debug, PartialEq)]
pub struct ImportChat {
    /// The sender's own id of this import: sending it twice makes one chat.
    pub id: ClientId,
    /// What to take in.
    pub chat: PortableChat,
}

/// Why a body is no chat that can be taken in.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// Not JSON, or without what it must have. The words name a field and never quote a value.
    #[error(
        "the body must be JSON with an importId and a document of format {FORMAT}: line {line}, column {column}"
    )]
    Malformed {
        /// Where, from 1.
        line: usize,
        /// Where, from 1.
        column: usize,
    },
    /// A document of something else, or of a later version.
    #[error("this server reads documents of format {FORMAT}, version {VERSION}")]
    Version,
    /// A field holds what it cannot.
    #[error("{0} is not what it must be")]
    Field(&'static str),
    /// A field holds more than it may.
    #[error("{0} is too long")]
    TooLong(&'static str),
    /// The tree is none.
    #[error(transparent)]
    Tree(#[from] PortableError),
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    import_id: String,
    document: Document,
}

#[derive(Deserialize)]
struct Document {
    format: String,
    version: u32,
    chat: Head,
    #[serde(deserialize_with = "few")]
    messages: Vec<Message>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Head {
    title: String,
    title_source: TitleSource,
    model: Option<String>,
    system_prompt: Option<String>,
    temperature: Option<f64>,
    created_at: String,
    updated_at: String,
    leaf: Option<usize>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Message {
    parent: Option<usize>,
    role: Role,
    content: String,
    status: MessageStatus,
    created_at: String,
    finished_at: Option<String>,
    #[serde(default)]
    reasoning: String,
    model: Option<String>,
    failure: Option<Failure>,
}

#[derive(Deserialize)]
struct Failure {
    code: String,
    reason: String,
    message: String,
}

impl ImportChat {
    /// Reads a body.
    ///
    /// # Errors
    /// [`ImportError`], which says what is wrong without quoting it.
    pub fn read(body: &[u8]) -> Result<Self, ImportError> {
        let body: Body = serde_json::from_slice(body).map_err(|error| {
            if error.to_string().starts_with(TOO_MANY) {
                return ImportError::Tree(PortableError::TooMany);
            }
            ImportError::Malformed {
                line: error.line(),
                column: error.column(),
            }
        })?;
        let Body {
            import_id,
            document,
        } = body;
        if document.format != FORMAT || document.version != VERSION {
            return Err(ImportError::Version);
        }
        let id = ClientId::parse(&import_id).map_err(|_| ImportError::Field("importId"))?;
        let head = document.chat;
        let right = |temperature: &f64| (0.0..=2.0).contains(temperature);
        if head.temperature.is_some_and(|it| !right(&it)) {
            return Err(ImportError::Field("temperature"));
        }
        if head
            .system_prompt
            .as_ref()
            .is_some_and(|it| it.len() > SYSTEM_PROMPT_BYTES)
        {
            return Err(ImportError::TooLong("systemPrompt"));
        }
        let messages = document.messages.into_iter().map(Message::portable);
        let chat = PortableChat {
            title: head.title,
            title_source: head.title_source.into(),
            model: model(head.model)?,
            system_prompt: head.system_prompt,
            temperature: head.temperature,
            created_at: moment(&head.created_at, "createdAt")?,
            updated_at: moment(&head.updated_at, "updatedAt")?,
            leaf: head.leaf,
            messages: messages.collect::<Result<_, _>>()?,
        };
        let chat = chat.checked()?;
        Ok(Self { id, chat })
    }
}

impl Message {
    fn portable(self) -> Result<PortableMessage, ImportError> {
        let status = self.status.into();
        let failed = status == chat_core::MessageStatus::Failed;
        let failure = self.failure.map(Failure::fault);
        let finished_at = self.finished_at.as_deref();
        Ok(PortableMessage {
            parent: self.parent,
            role: self.role.into(),
            content: self.content,
            reasoning: self.reasoning,
            status,
            model: model(self.model)?,
            failure: failed.then(|| failure.unwrap_or_else(Fault::internal)),
            created_at: moment(&self.created_at, "createdAt")?,
            finished_at: finished_at.map(|at| moment(at, "finishedAt")).transpose()?,
        })
    }
}

impl Failure {
    /// What a later version knows and this one does not is a failure all the same.
    fn fault(self) -> Fault {
        let code: Option<ErrorCode> = word(self.code);
        let reason: Option<Reason> = word(self.reason);
        let message: String = self.message.chars().take(FAILURE_CHARACTERS).collect();
        Fault::new(
            code.map_or(chat_core::ErrorCode::GenerationFailed, Into::into),
            reason.map_or(chat_core::Reason::Internal, Into::into),
            message,
        )
    }
}

/// The answer to an import.
#[derive(Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Imported<'a> {
    chat_id: &'a str,
    /// How many messages the chat was made with.
    messages: usize,
    /// False where this import had made the chat before.
    created: bool,
}

impl<'a> Imported<'a> {
    /// That `chat` is there.
    #[must_use]
    pub fn new(chat: &'a ChatId, messages: usize, created: bool) -> Self {
        Self {
            chat_id: chat.as_str(),
            messages,
            created,
        }
    }
}

fn word<T: serde::de::DeserializeOwned>(text: String) -> Option<T> {
    serde_json::from_value(serde_json::Value::String(text)).ok()
}

fn model(text: Option<String>) -> Result<Option<ModelId>, ImportError> {
    let model = text.map(|text| ModelId::parse(&text));
    model.transpose().map_err(|_| ImportError::Field("model"))
}

fn moment(text: &str, name: &'static str) -> Result<Timestamp, ImportError> {
    let time = OffsetDateTime::parse(text, &Rfc3339).map_err(|_| ImportError::Field(name))?;
    let milliseconds = i64::try_from(time.unix_timestamp_nanos() / 1_000_000);
    milliseconds
        .map(Timestamp)
        .map_err(|_| ImportError::Field(name))
}

/// How the error of [`few`] begins: serde carries nothing but words.
const TOO_MANY: &str = "too many messages";

/// A list that is given up as soon as it is too long.
fn few<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Message>, D::Error> {
    struct Few;

    impl<'de> Visitor<'de> for Few {
        type Value = Vec<Message>;

        fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            formatter.write_str("a list of messages")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
            let mut messages = Vec::new();
            while let Some(message) = list.next_element()? {
                if messages.len() == MAX_PORTABLE_MESSAGES {
                    return Err(A::Error::custom(TOO_MANY));
                }
                messages.push(message);
            }
            Ok(messages)
        }
    }

    deserializer.deserialize_seq(Few)
}
