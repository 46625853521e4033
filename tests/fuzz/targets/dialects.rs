//! Both dialects. Whatever a client sends is read or refused, and whatever people and models write
//! comes out as one JSON text that says the same.

#![no_main]

use chat_core::{ChatId, Event, MessageId, PieceKind, Segment, Timestamp};
use chat_protocol::{Dialect, Envelope};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

fuzz_target!(|text: &str| {
    for dialect in [Dialect::Chat, Dialect::Events] {
        let reference = match dialect.decode(text) {
            Ok(request) => request.reference,
            Err(error) => error.reference,
        };
        let (chat, message) = (ChatId::parse("c"), MessageId::parse("m"));
        let (chat, message) = (chat.expect("an id"), message.expect("an id"));
        let piece = Event::AnswerText {
            chat: &chat,
            message: &message,
            segment: Segment {
                kind: PieceKind::Text,
                from: 0,
                to: 1,
                text,
            },
        };
        let Some(said) = dialect.encode(&piece, reference.as_deref()) else {
            continue;
        };
        let frame = dialect.seal(said, || Envelope {
            session: "s",
            number: 1,
            now: Timestamp(0),
            user: None,
            reference: reference.as_deref(),
        });
        let frame: Value = serde_json::from_slice(&frame).expect("a frame is JSON");
        let data = &frame["data"];
        let told = data.get("token").or_else(|| data.get("content"));
        assert_eq!(told.and_then(Value::as_str), Some(text), "{dialect:?}");
    }
});
