//! From frames to requests. The envelope's `id` is the request's reference: direct answers carry
//! it back, and it names what is to be stopped.

use chat_core::{Command, Fault, PartOfAnswer, Reason, Request, Revision};

use crate::{
    DecodeError,
    fields::Fields,
    limits, objectives,
    reading::{self, CHAT, MESSAGE, OBJECTIVE, is_blank, known, unknown_type},
};

/// Reads a frame: the envelope's id first, so that a refusal still has it.
pub(crate) fn decode(text: &str) -> Result<Request, DecodeError> {
    let frame = &mut reading::frame(text).map_err(DecodeError::bare)?;
    let reference = reference(frame).map_err(DecodeError::bare)?;
    DecodeError::or_request(reference, None, command(frame))
}

fn reference(frame: &mut Fields) -> Result<Option<String>, Fault> {
    match frame.label("id")? {
        Some(long) if long.len() > limits::REFERENCE_BYTES => {
            Err(frame.fault(Reason::TooLong, "id", "must have at most 128 bytes"))
        }
        fit => Ok(fit),
    }
}

fn command(frame: &mut Fields) -> Result<Command, Fault> {
    let kind = frame.required("type", Fields::text)?;
    let data = frame.object("data", "data")?;
    let data = &mut data.unwrap_or_else(|| Fields::new("data", serde_json::Map::new()));
    Ok(match kind.as_str() {
        "USER_MESSAGE" => Command::SendMessage {
            content: content(data)?,
            // "context?: any": only the chat in it means something here.
            chat: match data.object_if_any("context", "data.context") {
                Some(mut context) => known(&mut context, "chatId", CHAT)?,
                None => None,
            },
            client_id: None,
            parent: None,
        },
        "GENERATE_OBJECTIVE" => Command::GenerateObjective {
            generation: None,
            wish: objectives::wish(data)?,
        },
        "STOP_GENERATION" => Command::StopAsked {
            name: data.text("messageId")?,
        },
        "UPDATE_OBJECTIVE" => Command::UpdateObjective {
            objective: data.required("objectiveId", |data, name| known(data, name, OBJECTIVE))?,
            patch: objectives::patch(
                &mut data.required("updates", |data, name| data.object(name, "data.updates"))?,
            )?,
        },
        "PING" => Command::Ping {
            timestamp: data.integer("timestamp")?,
        },
        "WATCH_CHAT" => {
            let chat = data.required("chatId", |data, name| known(data, name, CHAT))?;
            let message = known(data, "messageId", MESSAGE)?;
            let revision = Revision(data.count("revision")?.unwrap_or_default());
            let seq = data.count("seq")?.unwrap_or_default();
            let part = |message| PartOfAnswer {
                message,
                revision,
                seq,
            };
            Command::WatchChat {
                chat,
                running: message.map(part),
            }
        }
        "LIST_OBJECTIVES" => Command::WatchObjectives,
        unknown => return Err(unknown_type(unknown)),
    })
}

fn content(data: &mut Fields) -> Result<String, Fault> {
    let content = data.required("content", Fields::text)?;
    if is_blank(&content) {
        return Err(Fault::invalid(
            Reason::Empty,
            "the message is empty; write something",
        ));
    }
    Ok(content)
}
