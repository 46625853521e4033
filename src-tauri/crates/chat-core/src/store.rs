//! The port to history. `chat-store` implements it on SQLite.

use std::sync::Arc;

use async_trait::async_trait;

use crate::{
    error::Fault,
    ids::{ChatId, ClientId, DeviceId, MessageId, ModelId, Revision, UserId},
    model::{Chat, ChatPatch, Message, MessageStatus, SettingsPatch, UserSettings},
    objective::Objective,
    objective_store::ObjectiveStore,
    sharing::SharingStore,
    sources::{IdSource, Timestamp},
    spend::{Asking, Refusal, SpendStore, Spent, Usual},
    turn_log::PieceKind,
};

/// Why the store could not do it.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// No such chat or message for this person.
    #[error("not found")]
    NotFound,
    /// The id is already somebody's.
    #[error("the id is taken")]
    IdTaken,
    /// This person may see the chat and not write in it.
    #[error("this person may only read the chat")]
    ReadOnly,
    /// Only its owner may do that with a chat.
    #[error("the chat is not this person's own")]
    NotOwner,
    /// Its owner may not leave a chat.
    #[error("the owner of a chat cannot leave it")]
    OwnerStays,
    /// No such person to share with.
    #[error("no such person")]
    NoPerson,
    /// The chat has as many people as it can have.
    #[error("the chat has as many people as it can have")]
    TooMany,
    /// A limit of what may be spent is reached.
    #[error("a limit is reached")]
    Refused(Box<Refusal>),
    /// The store's queue is full or closed.
    #[error("the store is not taking work")]
    Unavailable,
    /// The database refused: disk full, read-only, locked, corrupt.
    #[error("the database failed")]
    Database(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// A chat to make.
#[derive(Debug, Clone)]
pub struct NewChat {
    /// Its id; making the same chat twice for one owner gives the first one back.
    pub id: ChatId,
    /// Whose it is.
    pub owner: UserId,
    /// A title given by the person, where there is one.
    pub title: Option<String>,
    /// When.
    pub now: Timestamp,
}

/// A person's message with the answer it asks for: both are committed, or neither.
#[derive(Debug, Clone)]
pub struct NewExchange {
    /// The chat, which must be visible to `author`.
    pub chat: ChatId,
    /// Who writes.
    pub author: UserId,
    /// The id of the message, if it is new.
    pub id: MessageId,
    /// The client's id: a second exchange with the same author and client id is not stored.
    pub client_id: Option<ClientId>,
    /// What it follows: `None` is the end of the branch shown; `Some(None)` the chat's start.
    pub parent: Option<Option<MessageId>>,
    /// The text.
    pub content: String,
    /// The id of the answer, if it is new.
    pub answer: MessageId,
    /// The device that `author` writes on.
    pub device: Option<DeviceId>,
    /// Who answers where nobody chose a model.
    pub usual: Usual,
    /// When.
    pub now: Timestamp,
}

/// A chat to make of another's line.
#[derive(Clone)]
pub struct NewBranch {
    /// The new chat's id; branching twice into the same one gives the first one back.
    pub id: ChatId,
    /// Whose it is: somebody who sees the message.
    pub owner: UserId,
    /// The last message to take over.
    pub message: MessageId,
    /// A title given by the person; none takes the old one over.
    pub title: Option<String>,
    /// Ids for the copies.
    pub ids: Arc<dyn IdSource>,
    /// When.
    pub now: Timestamp,
}

/// What an exchange became.
#[derive(Debug, Clone)]
pub struct Appended {
    /// The person's message.
    pub message: Message,
    /// The answer, [`MessageStatus::Running`] when new.
    pub answer: Message,
    /// False when the client id was known: both are the old ones, nothing was written.
    pub created: bool,
    /// Who sees the chat, when created.
    pub audience: Vec<UserId>,
}

/// Where an answer stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Standing {
    /// Whether it is on the branch shown.
    pub shown: bool,
    /// Who sees its chat.
    pub audience: Vec<UserId>,
}

/// Another answer to a message, or the same one to be gone on with.
#[derive(Debug, Clone)]
pub enum NewAnswer {
    /// A new sibling of `answer`, below the same parent; the branch shown moves to it.
    Regenerate {
        /// The answer that is not good enough.
        answer: MessageId,
        /// The id of the new one.
        id: MessageId,
        /// When.
        now: Timestamp,
    },
    /// `answer` itself, stopped, interrupted or failed, becomes running again with its text.
    Continue {
        /// The answer to go on with.
        answer: MessageId,
    },
}

/// Text of a running answer that is to survive the process.
#[derive(Debug, Clone)]
pub struct TurnPiece {
    /// The running answer.
    pub message: MessageId,
    /// Its revision since it was begun or gone on with: what is left of an earlier life of it is
    /// in its text already.
    pub life: Revision,
    /// The sequence number after this piece: grows with every piece of a turn.
    pub to: u64,
    /// Text to append to the answer.
    pub content: String,
    /// Text to append to its reasoning.
    pub reasoning: String,
}

/// The end of an answer.
#[derive(Debug, Clone)]
pub struct FinishedAnswer {
    /// The answer.
    pub message: MessageId,
    /// The whole text.
    pub content: String,
    /// The whole reasoning.
    pub reasoning: String,
    /// Anything but [`MessageStatus::Running`].
    pub status: MessageStatus,
    /// The model that answered.
    pub model: Option<ModelId>,
    /// Why, if it failed.
    pub failure: Option<Fault>,
    /// What it spent; none where that is to be estimated.
    pub spent: Option<Spent>,
    /// When.
    pub now: Timestamp,
}

/// All that a model is asked with, of one moment.
#[derive(Debug, Clone)]
pub struct AnswerContext {
    /// The chat.
    pub chat: Chat,
    /// The settings of the person who asks.
    pub settings: UserSettings,
    /// From the chat's first message to the answer, oldest first.
    pub line: Vec<Message>,
    /// What the chat is about.
    pub objective: Option<Objective>,
}

/// A chat with the branch that is shown, oldest message first.
#[derive(Debug, Clone)]
pub struct History {
    /// The chat.
    pub chat: Chat,
    /// From the first message to the leaf, each with its siblings.
    pub messages: Vec<Message>,
}

/// A chat for somebody who begins to look at it, or who comes back.
#[derive(Debug, Clone)]
pub struct Snapshot {
    /// The chat.
    pub chat: Chat,
    /// Of the line shown: the messages that have ended, with their siblings, oldest first. When not
    /// `whole` only those that changed since.
    pub messages: Vec<Message>,
    /// All answers of the chat that have not ended.
    pub running: Vec<StillRunning>,
    /// False when `messages` are only those that changed.
    pub whole: bool,
}

impl Snapshot {
    /// Whether an answer of the line shown has not ended.
    #[must_use]
    pub fn is_running(&self, answer: &MessageId) -> bool {
        let mut shown = self.running.iter().filter(|running| running.shown);
        shown.any(|running| running.message == *answer)
    }

    /// All answers of the chat that have not ended.
    #[must_use]
    pub fn unfinished(&self) -> Vec<MessageId> {
        let running = self.running.iter();
        running.map(|running| running.message.clone()).collect()
    }
}

/// An answer that has not ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StillRunning {
    /// The answer.
    pub message: MessageId,
    /// Whether it is on the line shown.
    pub shown: bool,
}

/// A person's chats, or what changed of them.
#[derive(Debug, Clone)]
pub struct ChatChanges {
    /// Changed chats, newest message first.
    pub chats: Vec<Chat>,
    /// Chats deleted since.
    pub removed: Vec<ChatId>,
    /// All answers that have not ended, in each chat in the order they are written.
    pub running: Vec<(ChatId, MessageId)>,
    /// The person's revision at this reading.
    pub revision: Revision,
}

/// Where a running answer's pieces are kept before anybody is told of them.
pub trait AnswerJournal: Send {
    /// Keeps pieces, in their order; they survive the process, not the power, when this returns.
    /// Blocks for the microseconds that copying them takes. A failure is the journal's to log: the
    /// answer goes on, and the checkpoints keep it.
    fn keep(&mut self, pieces: &[(PieceKind, String)]);
    /// Forgets them all: the end of the answer is committed. Dropping a journal does not.
    fn discard(self: Box<Self>);
}

/// History, in whatever database. Every method takes the person where what they may see
/// matters; what they may not see is [`StoreError::NotFound`].
///
/// Writes are committed, and durable against power loss, when their future resolves, but for
/// [`ChatStore::checkpoint`], which survives the process and not the power.
#[async_trait]
pub trait ChatStore: ObjectiveStore + SharingStore + SpendStore {
    /// Names this history; another one after a restore or replacement.
    async fn epoch(&self) -> Result<String, StoreError>;

    /// Makes a chat.
    async fn create_chat(&self, new: NewChat) -> Result<Chat, StoreError>;
    /// Makes a chat that begins with a copy of the line to a message.
    async fn branch_chat(&self, new: NewBranch) -> Result<Chat, StoreError>;
    /// A chat that `user` can see.
    async fn chat(&self, user: &UserId, chat: &ChatId) -> Result<Chat, StoreError>;
    /// The chats `user` can see that changed after `since`; zero is all.
    async fn chats(&self, user: &UserId, since: Revision) -> Result<ChatChanges, StoreError>;
    /// Changes a chat.
    async fn update_chat(
        &self,
        user: &UserId,
        chat: &ChatId,
        patch: ChatPatch,
    ) -> Result<Chat, StoreError>;
    /// Deletes a chat; only its owner can. It can be restored.
    async fn delete_chat(
        &self,
        user: &UserId,
        chat: &ChatId,
        now: Timestamp,
    ) -> Result<(), StoreError>;
    /// Brings a deleted chat back.
    async fn restore_chat(&self, user: &UserId, chat: &ChatId) -> Result<Chat, StoreError>;

    /// A chat and the branch that is shown.
    async fn history(&self, user: &UserId, chat: &ChatId) -> Result<History, StoreError>;
    /// A chat for somebody who has the line shown as of `since`, if anything: only what changed
    /// where that is enough, the whole line otherwise. All from one moment.
    async fn snapshot(
        &self,
        user: &UserId,
        chat: &ChatId,
        since: Option<Revision>,
    ) -> Result<Snapshot, StoreError>;
    /// Where an answer stands now.
    async fn standing(&self, answer: &MessageId) -> Result<Standing, StoreError>;
    /// What a model is asked with for `answer`, which `user` asked for.
    async fn context(&self, user: &UserId, answer: &Message) -> Result<AnswerContext, StoreError>;
    /// The same before the question is written: the line ends with what it would follow, as
    /// [`NewExchange::parent`] names that.
    async fn context_before(
        &self,
        user: &UserId,
        chat: &ChatId,
        parent: Option<Option<MessageId>>,
    ) -> Result<AnswerContext, StoreError>;
    /// The line from a chat's first message to `leaf`, oldest first.
    async fn line(&self, leaf: &MessageId) -> Result<Vec<Message>, StoreError>;
    /// A message that `user` can see.
    async fn message(&self, user: &UserId, message: &MessageId) -> Result<Message, StoreError>;

    /// Accepts a message together with the answer it asks for. Idempotent on the client's id.
    async fn append(&self, new: NewExchange) -> Result<Appended, StoreError>;
    /// What `author` sent before under this id of the client's own, if anything.
    async fn accepted(
        &self,
        author: &UserId,
        client: &ClientId,
    ) -> Result<Option<Appended>, StoreError>;
    /// Opens another answer, or an old one again. Gives the running answer.
    async fn open_answer(
        &self,
        asking: Asking,
        new: NewAnswer,
        now: Timestamp,
    ) -> Result<Message, StoreError>;
    /// The journal of an answer that begins or goes on.
    fn journal(&self, answer: &MessageId) -> Box<dyn AnswerJournal>;
    /// Keeps what is new in running answers, all in one transaction: what a copy of a history in
    /// use has of them.
    async fn checkpoint(&self, pieces: Vec<TurnPiece>) -> Result<(), StoreError>;
    /// Ends an answer and folds its pieces.
    async fn finish(&self, finished: FinishedAnswer) -> Result<Message, StoreError>;
    /// Marks what the last process left running as interrupted, text kept. Gives their number.
    async fn sweep(&self, now: Timestamp) -> Result<usize, StoreError>;

    /// A person's settings.
    async fn settings(&self, user: &UserId) -> Result<UserSettings, StoreError>;
    /// Changes them and gives them back.
    async fn update_settings(
        &self,
        user: &UserId,
        patch: SettingsPatch,
    ) -> Result<UserSettings, StoreError>;
}
