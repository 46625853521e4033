//! What a client asks, whatever it spoke.

use secrecy::SecretString;

use crate::{
    ids::{ChatId, ClientId, GenerationId, MessageId, ModelId, ObjectiveId, ProviderId, Revision},
    model::{ChatPatch, SettingsPatch},
    objective::{ObjectivePatch, Wish},
    provider::NewProvider,
    sharing::SharingChange,
    spend::Draft,
};

/// A bearer token, unprintable.
pub type Token = SecretString;

/// A decoded frame.
#[derive(Debug)]
pub struct Request {
    /// What the client wants to find again on the answer.
    pub reference: Option<String>,
    /// A token in the frame.
    pub token: Option<Token>,
    /// What it asks.
    pub command: Command,
}

/// What a returning client has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resume {
    /// The history's name when it left.
    pub epoch: String,
    /// The chat's revision when it left.
    pub revision: Revision,
    /// The answer that was running, and the sequence number it had.
    pub running: Option<(MessageId, u64)>,
}

/// What a returning client has of an answer that was being written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartOfAnswer {
    /// The answer.
    pub message: MessageId,
    /// Its revision while that was written: going on with an answer counts its pieces anew.
    pub revision: Revision,
    /// The pieces that the client has of that writing.
    pub seq: u64,
}

impl Command {
    /// Whether it asks that something be kept, as opposed to told, stopped or done again.
    #[must_use]
    pub fn keeps(&self) -> bool {
        matches!(
            self,
            Self::CreateChat { .. }
                | Self::BranchChat { .. }
                | Self::SendMessage { .. }
                | Self::GenerateObjective { .. }
                | Self::UpdateObjective { .. }
                | Self::UpdateChat { .. }
                | Self::Sharing { .. }
                | Self::UpdateSettings(_)
                | Self::SaveProvider(_)
                | Self::SetProviderKey { .. }
        )
    }
}

/// The requests.
#[derive(Debug)]
pub enum Command {
    /// Sign in and nothing else.
    Authenticate,
    /// Sign in if needed, and look at a chat.
    JoinChat {
        /// Which.
        chat: ChatId,
        /// What the client already has of it.
        resume: Option<Resume>,
    },
    /// Sign in if needed, make a chat and look at it.
    CreateChat {
        /// An id made by the client, so that asking twice makes one chat.
        chat: Option<ChatId>,
        /// A title.
        title: Option<String>,
    },
    /// Make a chat that begins with a copy of the line to a message.
    BranchChat {
        /// The last message to take over.
        message: MessageId,
        /// An id made by the client, so that asking twice makes one chat.
        chat: Option<ChatId>,
        /// A title; none takes the old one over.
        title: Option<String>,
    },
    /// Say something and be answered.
    SendMessage {
        /// Where; none is the chat looked at.
        chat: Option<ChatId>,
        /// The client's id of the message.
        client_id: Option<ClientId>,
        /// What it follows: absent is the end of the branch shown, `Some(None)` the chat's start.
        parent: Option<Option<MessageId>>,
        /// The text.
        content: String,
    },
    /// Another answer beside this one.
    Regenerate {
        /// The answer.
        message: MessageId,
        /// By another model.
        model: Option<ModelId>,
    },
    /// Go on with an answer that was cut.
    Continue {
        /// The answer.
        message: MessageId,
    },
    /// End an answer, or an objective in the making.
    Stop {
        /// Which; none is the one running in the chat looked at.
        message: Option<MessageId>,
    },
    /// End what this connection asked for.
    StopAsked {
        /// An answer, an objective in the making, or the reference of the request that asked for
        /// it; none is all of them.
        name: Option<String>,
    },
    /// Look at a chat without its history, and follow what is running in it.
    WatchChat {
        /// Which.
        chat: ChatId,
        /// What the client has of an answer.
        running: Option<PartOfAnswer>,
    },
    /// Send the objectives, and from now on what changes of them.
    WatchObjectives,
    /// Have the model make an objective.
    GenerateObjective {
        /// The client's own id of it.
        generation: Option<GenerationId>,
        /// What for.
        wish: Wish,
    },
    /// Change an objective.
    UpdateObjective {
        /// Which.
        objective: ObjectiveId,
        /// What.
        patch: ObjectivePatch,
    },
    /// Delete an objective.
    DeleteObjective {
        /// Which.
        objective: ObjectiveId,
    },
    /// Bring a deleted objective back.
    RestoreObjective {
        /// Which.
        objective: ObjectiveId,
    },
    /// Make the chat that discusses an objective, where there is none yet.
    DiscussObjective {
        /// Which.
        objective: ObjectiveId,
    },
    /// Send the list of chats, and from now on what changes of it.
    WatchChats {
        /// Only what changed after this.
        since: Revision,
        /// The history that it belongs to, where the client says so.
        epoch: Option<String>,
    },
    /// Change a chat.
    UpdateChat {
        /// Which.
        chat: ChatId,
        /// What.
        patch: ChatPatch,
    },
    /// Delete a chat.
    DeleteChat {
        /// Which.
        chat: ChatId,
    },
    /// Bring a deleted chat back.
    RestoreChat {
        /// Which.
        chat: ChatId,
    },
    /// Let somebody into a chat, shut somebody out, or leave one.
    Sharing {
        /// Which chat.
        chat: ChatId,
        /// What changes.
        change: SharingChange,
    },
    /// Say what a message would cost.
    Estimate(Draft),
    /// Say what the person spent, and may.
    GetUsage,
    /// Send the person's settings.
    GetSettings,
    /// Change them.
    UpdateSettings(SettingsPatch),
    /// List the models that can be chosen.
    ListModels,
    /// List the configured providers.
    ListProviders,
    /// Look for model servers on the server's computer. Admins only.
    FindProviders,
    /// Add or replace a provider. Admins only.
    SaveProvider(NewProvider),
    /// Forget a provider. Admins only.
    RemoveProvider {
        /// Which.
        provider: ProviderId,
    },
    /// Set or forget a key for this session only. Admins only.
    SetProviderKey {
        /// Whose.
        provider: ProviderId,
        /// The key; none forgets it.
        key: Option<SecretString>,
    },
    /// Try a provider's address and key. Admins only.
    TestProvider {
        /// Which.
        provider: ProviderId,
    },
    /// Answer at once.
    Ping {
        /// Comes back as it is.
        timestamp: Option<i64>,
    },
}
