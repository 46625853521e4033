//! What the decoders of all dialects share: a frame's outermost object, ids, and blank text.

use chat_core::{ChatId, Fault, IdError, MessageId, ObjectiveId, ProviderId, Reason, UserId};
use serde_json::Value;

use crate::fields::Fields;

/// The object that a frame must be.
pub(crate) fn frame(text: &str) -> Result<Fields, Fault> {
    // Parsing ends at serde_json's depth of 128, so no nesting can exhaust the stack.
    let frame = serde_json::from_str(text).map_err(|error| {
        Fault::invalid(Reason::Malformed, format!("a frame must be JSON: {error}"))
    })?;
    match frame {
        Value::Object(frame) => Ok(Fields::new("", frame)),
        _ => Err(Fault::invalid(
            Reason::Malformed,
            "a frame must be a JSON object",
        )),
    }
}

/// The refusal of a `type` that is none.
pub(crate) fn unknown_type(kind: &str) -> Fault {
    // Only the beginning, and without control characters: a message may end in a terminal.
    let shown: String = kind.chars().take(32).flat_map(char::escape_debug).collect();
    Fault::invalid(
        Reason::UnknownType,
        format!("this server knows no type \"{shown}\""),
    )
}

/// How an id is read from text.
pub(crate) type Parse<I> = fn(&str) -> Result<I, IdError>;

pub(crate) const CHAT: (&str, Parse<ChatId>) = ("chat", ChatId::parse);
pub(crate) const MESSAGE: (&str, Parse<MessageId>) = ("message", MessageId::parse);
pub(crate) const OBJECTIVE: (&str, Parse<ObjectiveId>) = ("objective", ObjectiveId::parse);
pub(crate) const PERSON: (&str, Parse<UserId>) = ("person", UserId::parse);
pub(crate) const PROVIDER: (&str, Parse<ProviderId>) = ("provider", ProviderId::parse);

/// The id of something that should exist: one that cannot be an id is answered like any other
/// that does not exist.
pub(crate) fn known<I>(
    data: &mut Fields,
    name: &str,
    (what, parse): (&str, Parse<I>),
) -> Result<Option<I>, Fault> {
    let id = data.text(name)?.map(|id| parse(&id)).transpose();
    id.map_err(|_| Fault::not_found(what))
}

/// An id that the client gives to something of its own.
pub(crate) fn new_id<I>(
    data: &mut Fields,
    name: &str,
    parse: Parse<I>,
) -> Result<Option<I>, Fault> {
    let id = data.text(name)?.map(|id| parse(&id)).transpose();
    id.map_err(|IdError| {
        data.wrong(
            name,
            "must be 1 to 64 letters, digits, hyphens, underscores, dots or colons",
        )
    })
}

/// Whether nobody would see anything: white space, control characters, and the characters that
/// Unicode lets a screen ignore.
pub(crate) fn is_blank(text: &str) -> bool {
    text.chars().all(|character| {
        character.is_whitespace()
            || character.is_control()
            || matches!(
                character,
                '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}'
                    | '\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}'
                    | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{2800}'
                    | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
                    | '\u{e0000}'..='\u{e0fff}'
            )
    })
}
