//! What the store tells after each commit, in commit order.

use crate::{
    ids::{ChatId, GenerationId, ObjectiveId, Revision, UserId},
    model::{Chat, Message, UserSettings},
    objective::Objective,
};

/// A committed change.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// Who can see it, with each one's own revision after it.
    pub audience: Vec<(UserId, Revision)>,
    /// What changed.
    pub kind: ChangeKind,
}

/// The kinds of change.
#[derive(Debug, Clone, PartialEq)]
pub enum ChangeKind {
    /// A new chat.
    ChatCreated(Chat),
    /// A title, a setting, the branch shown, or a chat brought back.
    ChatUpdated(Chat),
    /// A chat deleted.
    ChatRemoved(ChatId),
    /// A person's message accepted. The chat is as it was after.
    MessageAdded(Message, Chat),
    /// An answer ended, in whatever way. The chat is as it was after.
    AnswerEnded(Message, Chat),
    /// The person's settings.
    SettingsChanged(UserSettings),
    /// A new objective.
    ObjectiveMade {
        /// The objective.
        objective: Objective,
        /// The making that it comes from.
        generation: GenerationId,
        /// How long that took, in milliseconds.
        took_ms: u64,
    },
    /// An objective changed, or came back.
    ObjectiveChanged(Objective),
    /// An objective was deleted.
    ObjectiveRemoved(ObjectiveId),
}

/// Hears of every commit, in commit order, before those who asked for it are answered.
///
/// Called on the store's writer thread: must not block.
pub trait CommitObserver: Send + Sync + 'static {
    /// One committed change.
    fn committed(&self, change: Change);
}
