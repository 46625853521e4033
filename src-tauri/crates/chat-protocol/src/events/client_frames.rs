//! The frames of a client as TypeScript sees them; see the other dialect's.

use serde::Deserialize;
use ts_rs::TS;

use crate::objectives::client::UpdateObjective;

client_frames! {
    UserMessage = "USER_MESSAGE",
    GenerateObjectiveEvent = "GENERATE_OBJECTIVE",
    StopGeneration = "STOP_GENERATION",
    UpdateObjective = "UPDATE_OBJECTIVE",
    PingEvent = "PING",
    WatchChat = "WATCH_CHAT",
    NoData = "LIST_OBJECTIVES",
}

data! {
    /// Say something and be answered.
    UserMessage {
        /// Markdown.
        content: String,
        #[ts(optional)]
        context: Option<MessageContext>,
    }

    /// What a message belongs to. Other fields are let pass.
    MessageContext {
        /// Absent is the connection's own chat.
        #[ts(optional = nullable)]
        chat_id: Option<String>,
    }

    /// Have the model make an objective; the envelope's `id` becomes its `generationId`.
    GenerateObjectiveEvent {
        /// In the words of the person, at most 8000 characters.
        prompt: String,
        #[ts(optional = nullable, as = "Option<crate::spelling::Difficulty>")]
        difficulty: Option<String>,
        /// At most 100 characters.
        #[ts(optional = nullable)]
        category: Option<String>,
    }

    /// End an answer or the making of an objective.
    StopGeneration {
        /// A `messageId`, a `generationId`, or the envelope's `id` of what asked for it; absent is
        /// all that this connection asked for.
        #[ts(optional = nullable)]
        message_id: Option<String>,
    }

    /// Be answered at once.
    PingEvent {
        /// Comes back as it is.
        #[ts(optional)]
        timestamp: Option<i64>,
    }

    /// Look at a chat without saying anything, and follow what is running in it.
    WatchChat {
        chat_id: String,
        /// The answer that the client has a part of.
        #[ts(optional = nullable)]
        message_id: Option<String>,
        /// The one that its `AI_MESSAGE_START` had; without it `seq` counts for nothing.
        #[ts(optional)]
        revision: Option<u64>,
        /// The number of its pieces that the client has.
        #[ts(optional)]
        seq: Option<u64>,
    }
}

/// The data of an event that says all by its type.
#[derive(Deserialize, TS)]
#[serde(deny_unknown_fields)]
#[ts(type = "Record<string, never>")]
pub(crate) struct NoData {}
