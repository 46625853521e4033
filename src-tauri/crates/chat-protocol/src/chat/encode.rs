//! From events to frames.

use bytes::Bytes;
use chat_core::{ChatId, Event, MessageId, PieceKind, Segment};
use serde::Serialize;

use super::server_frames::{
    AnswerPiece, AnswerStart, Chat, ChatActivity, ChatCreated, ChatDeleted, ChatJoined,
    ChatUpdated, Chats, ErrorData, Estimate, Models, Notice, Pong, ProviderTested, Providers,
    ProvidersFound, Running, RunningChat, ServerFrame,
};
use crate::{
    objectives::Told,
    spelling::{IsoTime, Shown},
};

/// Room for a frame that carries no history; a larger one grows its buffer.
const USUAL_FRAME: usize = 512;

#[derive(Serialize)]
struct Envelope<'a> {
    r#type: &'static str,
    #[serde(rename = "ref", skip_serializing_if = "Option::is_none")]
    reference: Option<&'a str>,
    data: &'a ServerFrame<'a>,
}

/// Writes an event as a frame; none where this dialect has no word for it.
pub(crate) fn encode(event: &Event<'_>, reference: Option<&str>) -> Option<Bytes> {
    if let Event::AnswerText {
        chat,
        message,
        segment,
    } = event
    {
        return Some(encode_piece(chat, message, *segment, reference));
    }
    let data = &frame(event)?;
    let envelope = Envelope {
        r#type: data.name(),
        reference,
        data,
    };
    let mut buffer = Vec::with_capacity(USUAL_FRAME);
    write_json(&mut buffer, &envelope);
    Some(buffer.into())
}

/// The hot path, once per piece of every answer: by hand into one buffer, and only the strings
/// through the escaper. What it writes is what [`frame`] would give, as a test compares.
fn encode_piece(
    chat: &ChatId,
    message: &MessageId,
    segment: Segment<'_>,
    reference: Option<&str>,
) -> Bytes {
    // Newlines and quotes double; an eighth more spares most texts a second allocation.
    let room = 256 + segment.text.len() + segment.text.len() / 8;
    let mut buffer = Vec::with_capacity(room);
    buffer.extend_from_slice(match segment.kind {
        PieceKind::Text => br#"{"type":"assistant_message_token""#,
        PieceKind::Reasoning => br#"{"type":"assistant_message_reasoning""#,
    });
    if let Some(reference) = reference {
        buffer.extend_from_slice(br#","ref":"#);
        write_json(&mut buffer, reference);
    }
    buffer.extend_from_slice(br#","data":{"token":"#);
    write_json(&mut buffer, segment.text);
    // Ids have no character that JSON escapes.
    buffer.extend_from_slice(br#","messageId":""#);
    buffer.extend_from_slice(message.as_str().as_bytes());
    buffer.extend_from_slice(br#"","chatId":""#);
    buffer.extend_from_slice(chat.as_str().as_bytes());
    buffer.extend_from_slice(br#"","seq":"#);
    write_json(&mut buffer, &segment.to);
    buffer.extend_from_slice(b"}}");
    buffer.into()
}

fn write_json<T: Serialize + ?Sized>(buffer: &mut Vec<u8>, value: &T) {
    serde_json::to_writer(buffer, value).expect("a Vec takes every byte, and no key is no string");
}

fn frame<'a>(event: &'a Event<'a>) -> Option<ServerFrame<'a>> {
    Some(match event {
        Event::Connected => ServerFrame::Connected(Notice {
            message: "WebSocket connection established",
        }),
        Event::Authenticated(user) => ServerFrame::Authenticated((*user).into()),
        Event::ChatJoined {
            chat,
            messages,
            running,
            epoch,
            resumed,
        } => {
            let chat = Chat::from(*chat);
            ServerFrame::ChatJoined(ChatJoined {
                chat_id: chat.chat_id,
                title: chat.title,
                messages: each(messages),
                revision: chat.revision,
                chat,
                epoch,
                running: running.as_ref().map(|running| Running {
                    message_id: running.message.as_str(),
                    seq: running.from,
                }),
                resumed: *resumed,
            })
        }
        Event::ChatCreated(chat) => {
            let chat = Chat::from(*chat);
            ServerFrame::ChatCreated(ChatCreated {
                chat_id: chat.chat_id,
                title: chat.title,
                chat,
            })
        }
        Event::MessageAdded(message) => ServerFrame::UserMessage((*message).into()),
        Event::AnswerStarted { message, from } => ServerFrame::AnswerStarted(AnswerStart {
            message: "The assistant is typing…",
            message_id: message.id.as_str(),
            chat_id: message.chat.as_str(),
            parent_id: message.parent.as_ref().map(|id| id.as_str()),
            timestamp: Shown(IsoTime(message.created_at)),
            seq: *from,
            revision: message.revision.0,
        }),
        Event::AnswerText {
            chat,
            message,
            segment,
        } => {
            let piece = AnswerPiece {
                token: segment.text,
                message_id: message.as_str(),
                chat_id: chat.as_str(),
                seq: segment.to,
            };
            match segment.kind {
                PieceKind::Text => ServerFrame::AnswerText(piece),
                PieceKind::Reasoning => ServerFrame::AnswerReasoning(piece),
            }
        }
        Event::AnswerEnded(message) => ServerFrame::AnswerEnded((*message).into()),
        Event::Error {
            fault,
            chat,
            message,
        } => ServerFrame::Error(ErrorData {
            chat_id: chat.map(ChatId::as_str),
            message_id: message.map(MessageId::as_str),
            ..ErrorData::from(*fault)
        }),
        Event::Chats {
            chats,
            removed,
            running,
            revision,
            epoch,
            whole,
        } => ServerFrame::Chats(Chats {
            chats: each(chats),
            removed: removed.iter().map(ChatId::as_str).collect(),
            running: running
                .iter()
                .map(|(chat, message)| RunningChat {
                    chat_id: chat.as_str(),
                    message_id: message.as_str(),
                })
                .collect(),
            revision: revision.0,
            epoch,
            whole: *whole,
        }),
        Event::ChatUpdated { chat, revision } => ServerFrame::ChatUpdated(ChatUpdated {
            chat: (*chat).into(),
            revision: revision.0,
        }),
        Event::ChatRemoved { chat, revision } => ServerFrame::ChatDeleted(ChatDeleted {
            chat_id: chat.as_str(),
            revision: revision.0,
        }),
        Event::ChatActivity {
            chat,
            message,
            running,
        } => ServerFrame::ChatActivity(ChatActivity {
            chat_id: chat.as_str(),
            message_id: message.as_str(),
            running: *running,
        }),
        Event::Estimate(estimated) => {
            ServerFrame::Estimate(Estimate::new(estimated, estimated.refusal.as_ref()))
        }
        Event::Usage(usage) => ServerFrame::Usage((*usage).into()),
        Event::Settings(settings) => ServerFrame::Settings((*settings).into()),
        Event::Models { models, problems } => ServerFrame::Models(Models {
            models: each(models),
            problems: each(problems),
        }),
        Event::Providers(providers) => ServerFrame::Providers(Providers {
            providers: each(providers),
        }),
        Event::ProvidersFound(found) => {
            ServerFrame::ProvidersFound(ProvidersFound { found: each(found) })
        }
        Event::ProviderTested(models) => ServerFrame::ProviderTested(ProviderTested {
            models: each(models),
        }),
        Event::Pong { timestamp } => ServerFrame::Pong(Pong {
            timestamp: *timestamp,
        }),
        Event::Draining => ServerFrame::Draining(Notice {
            message: "the server is shutting down; running answers are saved",
        }),
        Event::GenerationFailed { generation, fault } => ServerFrame::Error(ErrorData {
            generation_id: Some(generation.as_str()),
            ..ErrorData::from(*fault)
        }),
        // A client of this dialect learns the model with the end, and why an answer was
        // interrupted from its status.
        Event::AnswerBegun { .. } | Event::AnswerWithdrawn(_) | Event::AnswerInterrupted(_) => {
            return None;
        }
        Event::Objectives { .. }
        | Event::GenerationProgress(_)
        | Event::ObjectiveMade { .. }
        | Event::ObjectiveChanged(_)
        | Event::ObjectiveRemoved(_) => match Told::of(event)? {
            Told::All(all) => ServerFrame::Objectives(all),
            Told::Progress(progress) => ServerFrame::ObjectiveProgress(progress),
            Told::Generated(generated) => ServerFrame::ObjectiveGenerated(generated),
            Told::Updated(updated) => ServerFrame::ObjectiveUpdated(updated),
            Told::Deleted(deleted) => ServerFrame::ObjectiveDeleted(deleted),
        },
    })
}

fn each<'a, T, W: From<&'a T>>(items: &'a [T]) -> Vec<W> {
    items.iter().map(W::from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::support::Random;

    #[test]
    fn pieces_written_by_hand_are_what_serde_writes() {
        let mut random = Random(0x9e37_79b9_7f4a_7c15);
        let chat = ChatId::parse("chat-1").expect("an id");
        let message = MessageId::parse("m:1._-").expect("an id");
        let long = "\"\\\u{1}".repeat(100_000);
        for round in 0..20_000_u64 {
            let text = if round == 0 {
                long.clone()
            } else {
                random.text(64)
            };
            let reference = random.text(64);
            let event = Event::AnswerText {
                chat: &chat,
                message: &message,
                segment: Segment {
                    kind: if round % 2 == 0 {
                        PieceKind::Text
                    } else {
                        PieceKind::Reasoning
                    },
                    from: 0,
                    to: random.number(),
                    text: &text,
                },
            };
            let reference = (round % 3 == 0).then_some(reference.as_str());
            let data = &frame(&event).expect("a frame");
            let expected = serde_json::to_string(&Envelope {
                r#type: data.name(),
                reference,
                data,
            })
            .expect("JSON");
            assert_eq!(
                encode(&event, reference).expect("a frame"),
                expected,
                "round {round}: {text:?}"
            );
            let read: serde_json::Value = serde_json::from_str(&expected).expect("JSON");
            assert_eq!(
                read["data"]["token"], *text,
                "what is written reads the same"
            );
        }
    }
}
