//! What a chat is made of.

use std::sync::Arc;

use crate::{
    error::Fault,
    ids::{ChatId, ClientId, MessageId, ModelId, Revision, UserId},
    sharing::{Access, Member},
    sources::Timestamp,
};

/// Who speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// Instructions to the model.
    System,
    /// A person.
    User,
    /// A model, or the guide.
    Assistant,
}

/// How far a message has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MessageStatus {
    /// Being written, or waiting for its turn.
    Running,
    /// Whole.
    Complete,
    /// Ended by a person.
    Stopped,
    /// Cut off by the end of the process; can be continued.
    Interrupted,
    /// Ended by an error, which [`Message::failure`] names.
    Failed,
}

/// One message of a chat's tree.
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    /// Its id, given by the server.
    pub id: MessageId,
    /// The chat it belongs to.
    pub chat: ChatId,
    /// What it follows; none for a chat's first messages.
    pub parent: Option<MessageId>,
    /// Who speaks.
    pub role: Role,
    /// The person who wrote it, for [`Role::User`].
    pub author: Option<UserId>,
    /// Their name, where several people have written in the chat or may.
    pub author_name: Option<Arc<str>>,
    /// The client's own id of it, where it gave one.
    pub client_id: Option<ClientId>,
    /// The text, Markdown.
    pub content: String,
    /// What the model thought before it spoke, where it tells.
    pub reasoning: String,
    /// How far it has come.
    pub status: MessageStatus,
    /// The model that answers, for [`Role::Assistant`]; none is the guide or not yet known.
    pub model: Option<ModelId>,
    /// Set with [`MessageStatus::Failed`].
    pub failure: Option<Fault>,
    /// When it was accepted.
    pub created_at: Timestamp,
    /// When its last word came.
    pub finished_at: Option<Timestamp>,
    /// The chat's revision when it last changed.
    pub revision: Revision,
    /// All that follow the same parent in the same role, oldest first, itself included. Only
    /// filled where a history is read.
    pub siblings: Vec<MessageId>,
}

/// Who named a chat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TitleSource {
    /// Nobody yet.
    Placeholder,
    /// The first words of the first message.
    FirstWords,
    /// The model.
    Model,
    /// A person; never overwritten by the others.
    Person,
}

/// A chat without its messages.
#[derive(Debug, Clone, PartialEq)]
pub struct Chat {
    /// Its id.
    pub id: ChatId,
    /// Whose it is.
    pub owner: UserId,
    /// Its title; empty while [`TitleSource::Placeholder`].
    pub title: String,
    /// Who gave the title.
    pub title_source: TitleSource,
    /// Kept on top of the list.
    pub pinned: bool,
    /// The model that answers here; none follows the person's setting.
    pub model: Option<ModelId>,
    /// Instructions to the model; none follows the person's setting.
    pub system_prompt: Option<String>,
    /// Sampling temperature, 0 to 2; none follows the person's setting.
    pub temperature: Option<f64>,
    /// The end of the branch that is shown.
    pub leaf: Option<MessageId>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When a message was last added.
    pub updated_at: Timestamp,
    /// Grows with every change of the chat or its messages.
    pub revision: Revision,
    /// The revision at which the branch shown last became another one. Since then its line has
    /// only grown at the end, and messages on it have changed.
    pub branch_revision: Revision,
    /// Who is in it, its owner first; empty where that is nobody but the owner.
    pub members: Arc<[Member]>,
}

impl Chat {
    /// What `user` may do here; none is not to see it.
    #[must_use]
    pub fn access_of(&self, user: &UserId) -> Option<Access> {
        if self.owner == *user {
            return Some(Access::Owner);
        }
        let mut members = self.members.iter();
        members
            .find(|member| member.user == *user)
            .map(|member| member.access)
    }
}

/// What to change of a chat; an absent field stays as it is.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ChatPatch {
    /// A new title and who gives it.
    pub title: Option<(String, TitleSource)>,
    /// Pin or unpin.
    pub pinned: Option<bool>,
    /// Choose a model, or `Some(None)` to follow the person's setting again.
    pub model: Option<Option<ModelId>>,
    /// Likewise the instructions.
    pub system_prompt: Option<Option<String>>,
    /// Likewise the temperature.
    pub temperature: Option<Option<f64>>,
    /// Show another branch: its end, or any message on it (the newest below is taken).
    pub leaf: Option<MessageId>,
}

/// What a person may do on this server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum UserRole {
    /// Chats.
    Member,
    /// Also manages people and providers.
    Admin,
    /// Also cannot be removed by admins.
    Owner,
}

/// A person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// The id, a token's `sub`.
    pub id: UserId,
    /// The name, unique without regard to case.
    pub name: String,
    /// What they may do.
    pub role: UserRole,
    /// Whether they may sign in.
    pub enabled: bool,
    /// When the account was made.
    pub created_at: Timestamp,
}

/// What belongs to the person on every device.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct UserSettings {
    /// The model for new chats; none lets the server choose.
    pub model: Option<ModelId>,
    /// Instructions for new chats.
    pub system_prompt: Option<String>,
    /// Sampling temperature, 0 to 2; none is the model's own.
    pub temperature: Option<f64>,
    /// Whether the first-run questions were answered.
    pub welcomed: bool,
}

/// What to change of a person's settings; an absent field stays as it is.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SettingsPatch {
    /// See [`UserSettings::model`].
    pub model: Option<Option<ModelId>>,
    /// See [`UserSettings::system_prompt`].
    pub system_prompt: Option<Option<String>>,
    /// See [`UserSettings::temperature`].
    pub temperature: Option<Option<f64>>,
    /// See [`UserSettings::welcomed`].
    pub welcomed: Option<bool>,
}
