//! The frames of a client as TypeScript sees them. Decoding takes fields one by one, to name the
//! one that is wrong; these only generate the UI's types, and a test reads every fixture by them,
//! unknown fields refused, so that they cannot fall behind.

use serde::Deserialize;
use ts_rs::TS;

use crate::objectives::client::{ObjectiveNamed, UpdateObjective};

client_frames! {
    JoinChat = "join_chat",
    CreateChat = "create_chat",
    BranchChat = "branch_chat",
    SendMessage = "message",
    Stop = "stop",
    Regenerate = "regenerate",
    Continue = "continue",
    WatchChats = "watch_chats",
    UpdateChat = "update_chat",
    DeleteChat = "delete_chat",
    RestoreChat = "restore_chat",
    ShareChat = "share_chat",
    UnshareChat = "unshare_chat",
    LeaveChat = "leave_chat",
    Nothing = "watch_objectives",
    GenerateObjective = "generate_objective",
    UpdateObjective = "update_objective",
    ObjectiveNamed = "delete_objective",
    ObjectiveNamed = "restore_objective",
    ObjectiveNamed = "discuss_objective",
    AskEstimate = "estimate",
    Nothing = "get_usage",
    Nothing = "get_settings",
    UpdateSettings = "update_settings",
    Nothing = "list_models",
    Nothing = "list_providers",
    Nothing = "find_providers",
    SaveProvider = "save_provider",
    RemoveProvider = "remove_provider",
    SetProviderKey = "set_provider_key",
    TestProvider = "test_provider",
    Ping = "ping",
}

data! {
    /// Sign in; with `chatId` also look at that chat.
    JoinChat {
        /// A JWT; needed once per connection.
        #[ts(optional)]
        token: Option<String>,
        #[ts(optional = nullable)]
        chat_id: Option<String>,
        /// What a returning client has.
        #[ts(optional = nullable)]
        resume: Option<Resume>,
    }

    /// What a returning client has of a chat.
    Resume {
        epoch: String,
        /// The chat's.
        revision: u64,
        /// The answer that was running.
        #[ts(optional = nullable)]
        message_id: Option<String>,
        /// The number of its pieces that the client has.
        #[ts(optional)]
        seq: Option<u64>,
    }

    /// Make a chat and look at it.
    CreateChat {
        #[ts(optional)]
        token: Option<String>,
        /// An id of the client's own: asking twice makes one chat.
        #[ts(optional = nullable)]
        chat_id: Option<String>,
        #[ts(optional = nullable)]
        title: Option<String>,
    }

    /// Make a chat that begins with a copy of the line to a message.
    BranchChat {
        /// The last message to take over.
        message_id: String,
        /// An id of the client's own: asking twice makes one chat.
        #[ts(optional = nullable)]
        chat_id: Option<String>,
        /// Absent takes the old one over.
        #[ts(optional = nullable)]
        title: Option<String>,
    }

    /// Say something and be answered.
    SendMessage {
        /// Markdown.
        message: String,
        /// The client's own id: sending it again is safe.
        #[ts(optional = nullable)]
        client_id: Option<String>,
        /// Absent is the chat looked at.
        #[ts(optional = nullable)]
        chat_id: Option<String>,
        /// What it follows: absent is the end of the branch shown, null the chat's start.
        #[ts(optional = nullable)]
        parent_id: Option<String>,
    }

    /// Say what a message would cost.
    AskEstimate {
        /// Its length in UTF-8.
        bytes: u64,
        /// Absent is a new chat.
        #[ts(optional = nullable)]
        chat_id: Option<String>,
        /// What it would follow: absent is the end of the branch shown, null the chat's start.
        #[ts(optional = nullable)]
        parent_id: Option<String>,
    }

    /// Have the model make an objective.
    GenerateObjective {
        /// In the words of the person, at most 8000 characters.
        prompt: String,
        #[ts(optional = nullable, as = "Option<crate::spelling::Difficulty>")]
        difficulty: Option<String>,
        /// At most 100 characters.
        #[ts(optional = nullable)]
        category: Option<String>,
        /// An id of the client's own: asking twice makes one.
        #[ts(optional = nullable)]
        generation_id: Option<String>,
    }

    /// End the running answer, or an objective in the making.
    Stop {
        /// The answer or the `generationId`; absent is the answer running in the chat looked at.
        #[ts(optional = nullable)]
        message_id: Option<String>,
    }

    /// Another answer beside this one.
    Regenerate {
        message_id: String,
        /// `provider/model`.
        #[ts(optional = nullable)]
        model: Option<String>,
    }

    /// Go on with an answer that was stopped, interrupted or failed.
    Continue {
        message_id: String,
    }

    /// Send the list of chats, then what changes of it.
    WatchChats {
        /// The person's revision that the client has; 0 or absent is the whole list.
        #[ts(optional)]
        since: Option<u64>,
        /// The history that `since` belongs to: with another one the whole list comes.
        #[ts(optional = nullable)]
        epoch: Option<String>,
    }

    /// Change a chat. Absent fields stay; null follows the person's setting again.
    UpdateChat {
        chat_id: String,
        /// At most 200 characters.
        #[ts(optional)]
        title: Option<String>,
        #[ts(optional)]
        pinned: Option<bool>,
        /// `provider/model`.
        #[ts(optional = nullable)]
        model: Option<String>,
        #[ts(optional = nullable)]
        system_prompt: Option<String>,
        /// 0 to 2.
        #[ts(optional = nullable)]
        temperature: Option<f64>,
        /// Show the branch of this message.
        #[ts(optional)]
        leaf_id: Option<String>,
    }

    /// Delete a chat; it can be restored.
    DeleteChat {
        chat_id: String,
    }

    /// Bring a deleted chat back.
    RestoreChat {
        chat_id: String,
    }

    /// Let somebody into a chat, or change what they may do there.
    ShareChat {
        chat_id: String,
        /// Whom; by `name` where that is absent.
        #[ts(optional = nullable)]
        user_id: Option<String>,
        /// The name of their account, in any case.
        #[ts(optional = nullable)]
        name: Option<String>,
        #[ts(type = "\"write\" | \"read\"")]
        access: String,
    }

    /// Shut somebody out of a chat.
    UnshareChat {
        chat_id: String,
        user_id: String,
    }

    /// Go out of a chat of somebody else.
    LeaveChat {
        chat_id: String,
    }

    /// Change the person's settings. Absent fields stay; null is the default again.
    UpdateSettings {
        /// `provider/model`.
        #[ts(optional = nullable)]
        model: Option<String>,
        #[ts(optional = nullable)]
        system_prompt: Option<String>,
        /// 0 to 2.
        #[ts(optional = nullable)]
        temperature: Option<f64>,
        #[ts(optional)]
        welcomed: Option<bool>,
    }

    /// Add or replace a provider.
    SaveProvider {
        provider_id: String,
        /// At most 100 characters.
        name: String,
        /// The address that ends before `/chat/completions`.
        base_url: String,
        #[ts(optional = nullable)]
        default_model: Option<String>,
        /// False leaves whoever answers now in charge; absent is true.
        #[ts(optional)]
        activate: Option<bool>,
    }

    /// Forget a provider and its key.
    RemoveProvider {
        provider_id: String,
    }

    /// Set a key for this session of the server only; null forgets it.
    SetProviderKey {
        provider_id: String,
        key: Option<String>,
    }

    /// Try a provider's address and key.
    TestProvider {
        provider_id: String,
    }

    /// Be answered at once.
    Ping {
        /// Comes back as it is.
        #[ts(optional)]
        timestamp: Option<i64>,
    }
}

/// The data of a frame that says all by its type.
#[derive(Deserialize, TS)]
#[serde(deny_unknown_fields)]
#[ts(type = "Record<string, never>")]
struct Nothing {}
