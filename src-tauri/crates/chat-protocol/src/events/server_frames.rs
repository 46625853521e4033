//! The frames of the server as they lie on the wire, borrowed from an event.

use serde::Serialize;
use ts_rs::TS;

use crate::{
    chat::server_frames::{ErrorData, Pong},
    objectives::{
        ObjectiveDeleted, ObjectiveGenerated, ObjectiveProgress, ObjectiveUpdated, Objectives,
    },
};

server_frames! {
    Thinking(AiThinking<'a>) = "AI_THINKING",
    Start(AiMessageStart<'a>) = "AI_MESSAGE_START",
    Chunk(AiMessageChunk<'a>) = "AI_MESSAGE_CHUNK",
    End(AiMessageEnd<'a>) = "AI_MESSAGE_END",
    ObjectiveProgress(ObjectiveProgress<'a>) = "OBJECTIVE_PROGRESS",
    ObjectiveGenerated(ObjectiveGenerated<'a>) = "OBJECTIVE_GENERATED",
    ObjectiveUpdated(ObjectiveUpdated<'a>) = "OBJECTIVE_UPDATED",
    ObjectiveDeleted(ObjectiveDeleted<'a>) = "OBJECTIVE_DELETED",
    Objectives(Objectives<'a>) = "OBJECTIVES",
    Watched(ChatWatched<'a>) = "CHAT_WATCHED",
    Error(ErrorData<'a>) = "ERROR",
    Pong(Pong) = "PONG",
}

/// A message was accepted and is durable; its answer is on its way.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(super) struct AiThinking<'a> {
    /// When it was accepted, in milliseconds since 1970.
    pub(super) timestamp: i64,
    pub(super) chat_id: &'a str,
}

/// An answer begins.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(super) struct AiMessageStart<'a> {
    pub(super) message_id: &'a str,
    /// The provider's name of the model; `guide` where there is no model.
    pub(super) model: &'a str,
    pub(super) chat_id: &'a str,
    /// Pieces of it that are already with the client: 0 but after `WATCH_CHAT` with a `seq`.
    pub(super) seq: u64,
    /// What `seq` counts belongs to: an answer that is gone on with has a greater one.
    pub(super) revision: u64,
}

/// More of an answer.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(super) struct AiMessageChunk<'a> {
    pub(super) message_id: &'a str,
    pub(super) content: &'a str,
    /// Always false.
    pub(super) is_complete: bool,
    /// The number of pieces after it: where to resume.
    pub(super) seq: u64,
}

/// A chat is looked at; its news follow.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(super) struct ChatWatched<'a> {
    pub(super) chat_id: &'a str,
    pub(super) title: &'a str,
    /// The running answer, whose events follow.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub(super) message_id: Option<&'a str>,
}

/// Why an answer ended.
#[derive(Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub(super) enum StopReason {
    Complete,
    UserCancelled,
    Interrupted,
    Error,
}

/// The end of an answer.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(super) struct AiMessageEnd<'a> {
    pub(super) message_id: &'a str,
    pub(super) is_complete: bool,
    pub(super) stop_reason: StopReason,
    /// The whole text.
    pub(super) content: &'a str,
    pub(super) chat_id: &'a str,
}
