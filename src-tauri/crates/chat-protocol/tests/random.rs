//! Texts that break naive codecs, and frames that nobody meant to send.

mod support;

use chat_core::{ChatId, Command, Event, MessageId, PieceKind, Segment, Timestamp};
use chat_protocol::{Dialect, Envelope};
use serde_json::{Value, json};
use support::{Random, blocks_of};

#[test]
fn every_text_comes_back_as_it_went() {
    let mut random = Random(7);
    let chat = ChatId::parse("c").expect("an id");
    let message = MessageId::parse("m").expect("an id");
    for round in 0..3_000 {
        // The letter keeps a text of nothing but white space from being refused.
        let longest = if round % 1000 == 0 { 200_000 } else { 80 };
        let text = format!("{}x", random.text(longest));
        let reference: String = random.text(20).chars().take(20).collect();
        let frame = json!({"type": "message", "ref": reference, "data": {"message": text}});
        let request = Dialect::Chat.decode(&frame.to_string()).expect("a message");
        let Command::SendMessage { content, .. } = request.command else {
            panic!("a message");
        };
        assert_eq!(content, text);
        assert_eq!(request.reference.as_ref(), Some(&reference));

        let event = Event::AnswerText {
            chat: &chat,
            message: &message,
            segment: Segment {
                kind: PieceKind::Text,
                from: 0,
                to: 1,
                text: &content,
            },
        };
        let frame = Dialect::Chat
            .encode(&event, Some(&reference))
            .expect("a frame");
        let frame: Value = serde_json::from_slice(&frame).expect("JSON");
        assert_eq!(frame["data"]["token"], text);
        assert_eq!(frame["ref"], reference);
    }
}

const ENVELOPE: Envelope<'static> = Envelope {
    session: "s",
    number: 1,
    now: Timestamp(0),
    user: None,
    reference: None,
};

#[test]
fn no_frame_can_make_decoding_panic() {
    batter(Dialect::Chat, "A");
    batter(Dialect::Events, "B");
}

fn batter(dialect: Dialect, letter: &str) {
    let mut random = Random(42);
    let fixtures = blocks_of(letter, "from the client");
    let (mut taken, mut refused) = (0, 0);
    for round in 0..50_000 {
        let mut bytes = fixtures[random.below(fixtures.len())].as_bytes().to_vec();
        match round % 3 {
            // Anything at all.
            0 => {
                let length = random.below(200);
                bytes = (0..length).map(|_| random.number() as u8).collect();
            }
            // A frame with some bytes changed, lost or doubled.
            1 => {
                for _ in 0..=random.below(4) {
                    let at = random.below(bytes.len());
                    match random.below(3) {
                        0 => bytes[at] = random.number() as u8,
                        1 => drop(bytes.remove(at)),
                        _ => bytes.insert(at, bytes[at]),
                    }
                }
            }
            // A sound frame with a value of another kind in one place.
            _ => {
                let mut frame: Value = serde_json::from_slice(&bytes).expect("JSON");
                let odd = [
                    Value::Null,
                    json!(true),
                    json!(-1),
                    json!(1e300),
                    json!(u64::MAX),
                    json!([[]]),
                    json!({"": {}}),
                    json!(random.text(300)),
                ];
                let odd = odd[random.below(odd.len())].clone();
                let fields = frame["data"].as_object_mut().expect("data");
                let names: Vec<_> = fields.keys().cloned().collect();
                match names.len() {
                    0 => frame["ref"] = odd,
                    count => drop(fields.insert(names[random.below(count)].clone(), odd)),
                }
                bytes = frame.to_string().into_bytes();
            }
        }
        match dialect.decode(&String::from_utf8_lossy(&bytes)) {
            Ok(_) => taken += 1,
            Err(error) => {
                refused += 1;
                assert!(!error.fault.message.is_empty(), "a refusal says why");
                // What is answered must itself be sound.
                let event = Event::Error {
                    fault: &error.fault,
                    chat: None,
                    message: None,
                };
                let answer = dialect.encode(&event, error.reference.as_deref());
                let answer = dialect.seal(answer.expect("a frame"), || ENVELOPE);
                serde_json::from_slice::<Value>(&answer).expect("JSON");
            }
        }
    }
    assert!(
        taken > 1_000 && refused > 10_000,
        "both happened: {taken}, {refused}"
    );
}
