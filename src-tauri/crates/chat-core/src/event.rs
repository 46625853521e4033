//! What a client is told, whatever it speaks.

use crate::{
    error::Fault,
    ids::{ChatId, GenerationId, MessageId, ModelId, ObjectiveId, Revision},
    model::{Chat, Message, User, UserSettings},
    objective::{Generation, Objective},
    provider::{FoundProvider, ModelInfo, ProviderError, ProviderInfo},
    spend::{Estimate, OwnUsage},
    turn_log::Segment,
};

/// An answer that is being written.
#[derive(Debug, Clone, PartialEq)]
pub struct RunningAnswer {
    /// The answer.
    pub message: MessageId,
    /// Pieces the client has, or is told to take as its own, before the next one.
    pub from: u64,
}

/// The events. Borrowed: an event is encoded at once and not kept.
#[derive(Debug)]
pub enum Event<'a> {
    /// The socket is open.
    Connected,
    /// The token was taken.
    Authenticated(&'a User),
    /// The chat now looked at.
    ChatJoined {
        /// The chat.
        chat: &'a Chat,
        /// The branch shown, without a running answer, oldest first.
        messages: &'a [Message],
        /// The running answer, whose events follow.
        running: Option<RunningAnswer>,
        /// The history's name.
        epoch: &'a str,
        /// True when `messages` are only those that the returning client lacks.
        resumed: bool,
    },
    /// A chat made by this connection, now looked at.
    ChatCreated(&'a Chat),
    /// A person's message, durable.
    MessageAdded(&'a Message),
    /// An answer begins; `from` pieces are already with the client.
    AnswerStarted {
        /// The answer.
        message: &'a Message,
        /// See above.
        from: u64,
    },
    /// The model has begun to answer, or what it said before is about to be told.
    AnswerBegun {
        /// Its chat.
        chat: &'a ChatId,
        /// The answer.
        message: &'a MessageId,
        /// Who answers; none is the guide, or not known.
        model: Option<&'a ModelId>,
        /// Its revision, which this writing of it goes by.
        revision: Revision,
        /// Pieces already with the client.
        from: u64,
    },
    /// More of it.
    AnswerText {
        /// Its chat.
        chat: &'a ChatId,
        /// The answer.
        message: &'a MessageId,
        /// What is new.
        segment: Segment<'a>,
    },
    /// Its end.
    AnswerEnded(&'a Message),
    /// The end of one that failed after it had begun and before it said a word.
    AnswerWithdrawn(&'a Message),
    /// Why an answer ended that the end of the server cut off; after its end.
    AnswerInterrupted(&'a Message),
    /// Something went wrong, perhaps with this chat or message.
    Error {
        /// What.
        fault: &'a Fault,
        /// Where.
        chat: Option<&'a ChatId>,
        /// With which message.
        message: Option<&'a MessageId>,
    },
    /// An objective could not be made.
    GenerationFailed {
        /// Which.
        generation: &'a GenerationId,
        /// Why.
        fault: &'a Fault,
    },
    /// The person's objectives.
    Objectives {
        /// Newest first.
        objectives: &'a [Objective],
        /// Those in the making.
        generating: &'a [Generation],
    },
    /// An objective in the making has come further, or will not be made.
    GenerationProgress(&'a Generation),
    /// A new objective.
    ObjectiveMade {
        /// The objective.
        objective: &'a Objective,
        /// The making that it comes from.
        generation: &'a GenerationId,
        /// How long that took, in milliseconds.
        took_ms: u64,
    },
    /// An objective changed, or came back.
    ObjectiveChanged(&'a Objective),
    /// An objective was deleted.
    ObjectiveRemoved(&'a ObjectiveId),
    /// The list of chats, or what changed of it.
    Chats {
        /// Chats, newest first.
        chats: &'a [Chat],
        /// Deleted ones.
        removed: &'a [ChatId],
        /// Those with a running answer.
        running: &'a [(ChatId, MessageId)],
        /// The person's revision.
        revision: Revision,
        /// The history's name.
        epoch: &'a str,
        /// False when only changes since the client's revision are listed.
        whole: bool,
    },
    /// A chat is new or changed.
    ChatUpdated {
        /// The chat.
        chat: &'a Chat,
        /// The person's revision.
        revision: Revision,
    },
    /// A chat was deleted.
    ChatRemoved {
        /// Which.
        chat: &'a ChatId,
        /// The person's revision.
        revision: Revision,
    },
    /// An answer began or ended somewhere, for the list of chats.
    ChatActivity {
        /// Where.
        chat: &'a ChatId,
        /// Which.
        message: &'a MessageId,
        /// Whether it is running now.
        running: bool,
    },
    /// What a message would cost.
    Estimate(&'a Estimate),
    /// What the person spent, and may.
    Usage(&'a OwnUsage),
    /// The person's settings.
    Settings(&'a UserSettings),
    /// The models that can be chosen, and what could not be asked.
    Models {
        /// The models.
        models: &'a [ModelInfo],
        /// One error for each provider that could not be asked.
        problems: &'a [ProviderError],
    },
    /// The configured providers.
    Providers(&'a [ProviderInfo]),
    /// Model servers found on the server's computer.
    ProvidersFound(&'a [FoundProvider]),
    /// A provider's address and key are good; its models.
    ProviderTested(&'a [ModelInfo]),
    /// The answer to a ping.
    Pong {
        /// As it came.
        timestamp: Option<i64>,
    },
    /// The server is going down: reconnect soon.
    Draining,
}
