//! From events to the inside of frames: `"type":…,"data":{…}`, without the envelope. What this
//! dialect has no word for, it does not say.

use bytes::Bytes;
use chat_core::{
    ChatId, ErrorCode, Event, Fault, Message, MessageId, MessageStatus, PieceKind, Reason,
};
use serde::Serialize;

use super::server_frames::{
    AiMessageChunk, AiMessageEnd, AiMessageStart, AiThinking, ChatWatched, ServerFrame, StopReason,
};
use crate::{
    chat::server_frames::{ErrorData, Pong},
    objectives::Told,
};

/// Who answers where there is no model.
const GUIDE: &str = "guide";

/// Writes an event as the inside of a frame.
pub(crate) fn encode(event: &Event<'_>) -> Option<Bytes> {
    if let Event::AnswerInterrupted(message) = event {
        let fault = Fault::new(
            ErrorCode::ServerError,
            Reason::ShuttingDown,
            "the server is shutting down; what was written is saved",
        );
        let data = ErrorData {
            chat_id: Some(message.chat.as_str()),
            message_id: Some(message.id.as_str()),
            ..ErrorData::from(&fault)
        };
        return Some(write(&ServerFrame::Error(data)));
    }
    if let Event::ChatRemoved { chat, .. } = event {
        let words = "this chat is not there any more: it was deleted, or you were taken out of it";
        let fault = Fault::invalid(Reason::NotFound, words);
        let data = ErrorData {
            chat_id: Some(chat.as_str()),
            ..ErrorData::from(&fault)
        };
        return Some(write(&ServerFrame::Error(data)));
    }
    frame(event).map(|frame| write(&frame))
}

fn write(frame: &ServerFrame<'_>) -> Bytes {
    let mut inside = format!(r#""type":"{}","data":"#, frame.name()).into_bytes();
    inside.reserve(256);
    write_json(&mut inside, frame);
    inside.into()
}

fn write_json<T: Serialize>(buffer: &mut Vec<u8>, value: &T) {
    serde_json::to_writer(buffer, value).expect("a Vec takes every byte, and no key is no string");
}

fn frame<'a>(event: &'a Event<'a>) -> Option<ServerFrame<'a>> {
    Some(match event {
        Event::ChatJoined { chat, running, .. } => ServerFrame::Watched(ChatWatched {
            chat_id: chat.id.as_str(),
            title: &chat.title,
            message_id: running.as_ref().map(|running| running.message.as_str()),
        }),
        Event::MessageAdded(message) => ServerFrame::Thinking(AiThinking {
            timestamp: message.created_at.0,
            chat_id: message.chat.as_str(),
        }),
        Event::AnswerBegun {
            chat,
            message,
            model,
            revision,
            from,
        } => ServerFrame::Start(AiMessageStart {
            message_id: message.as_str(),
            model: model.map_or(GUIDE, |model| &model.name),
            chat_id: chat.as_str(),
            seq: *from,
            revision: revision.0,
        }),
        Event::AnswerText {
            message, segment, ..
        } if segment.kind == PieceKind::Text => ServerFrame::Chunk(AiMessageChunk {
            message_id: message.as_str(),
            content: segment.text,
            is_complete: false,
            seq: segment.to,
        }),
        Event::AnswerEnded(message) | Event::AnswerWithdrawn(message) => {
            ServerFrame::End(end(message))
        }
        Event::Error {
            fault,
            chat,
            message,
        } => ServerFrame::Error(ErrorData {
            chat_id: chat.map(ChatId::as_str),
            message_id: message.map(MessageId::as_str),
            ..ErrorData::from(*fault)
        }),
        Event::GenerationFailed { generation, fault } => ServerFrame::Error(ErrorData {
            generation_id: Some(generation.as_str()),
            ..ErrorData::from(*fault)
        }),
        Event::Pong { timestamp } => ServerFrame::Pong(Pong {
            timestamp: *timestamp,
        }),
        // Of the rest only objectives: it is for those who manage chats and models in the other
        // dialect.
        event => match Told::of(event)? {
            Told::All(all) => ServerFrame::Objectives(all),
            Told::Progress(progress) => ServerFrame::ObjectiveProgress(progress),
            Told::Generated(generated) => ServerFrame::ObjectiveGenerated(generated),
            Told::Updated(updated) => ServerFrame::ObjectiveUpdated(updated),
            Told::Deleted(deleted) => ServerFrame::ObjectiveDeleted(deleted),
        },
    })
}

fn end(message: &Message) -> AiMessageEnd<'_> {
    let stop_reason = match message.status {
        MessageStatus::Complete => StopReason::Complete,
        MessageStatus::Stopped => StopReason::UserCancelled,
        MessageStatus::Interrupted | MessageStatus::Running => StopReason::Interrupted,
        MessageStatus::Failed => StopReason::Error,
    };
    AiMessageEnd {
        message_id: message.id.as_str(),
        is_complete: message.status == MessageStatus::Complete,
        stop_reason,
        content: &message.content,
        chat_id: message.chat.as_str(),
    }
}
