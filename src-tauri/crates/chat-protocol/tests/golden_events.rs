//! Every frame of dialect B in PROTOCOL.md, both ways; and the same frames as fixtures for Vitest.

mod support;

use chat_core::{
    Chat, ChatId, Command, Difficulty, DueDate, ErrorCode, Event, Fault, Message, MessageId,
    MessageStatus, MilestoneId, MilestonePatch, ModelId, ObjectivePatch, ObjectiveStatus,
    PartOfAnswer, PieceKind, Reason, Request, Revision, Role, RunningAnswer, Segment, Timestamp,
    TitleSource, UserId,
};
use chat_protocol::{Dialect, Envelope};
use serde_json::Value;
use support::{
    blocks_of, compare_fixtures, generation, generation_id, objective, objective_id, wish,
};

/// 2024-01-01T00:00:00.000Z
const NEW_YEAR: Timestamp = Timestamp(1_704_067_200_000);
const CUT_OFF: &str = "the model's server ended the answer early";

fn chat_id() -> ChatId {
    ChatId::parse("chat-1").expect("an id")
}

fn message_id() -> MessageId {
    MessageId::parse("message-2").expect("an id")
}

fn said(content: &str, context: Option<ChatId>) -> Command {
    Command::SendMessage {
        chat: context,
        client_id: None,
        parent: None,
        content: content.into(),
    }
}

fn commands() -> Vec<(Option<&'static str>, Command)> {
    let patch = ObjectivePatch {
        title: Some("Piano".into()),
        description: Some("Play.".into()),
        category: Some("music".into()),
        difficulty: Some(Difficulty::Advanced),
        status: Some(ObjectiveStatus::Archived),
        progress: Some(40),
        milestones: Some(vec![
            MilestonePatch {
                id: MilestoneId::parse("milestone-1").ok(),
                completed: Some(true),
                ..MilestonePatch::default()
            },
            MilestonePatch {
                id: None,
                title: Some("A song".into()),
                description: Some(None),
                completed: Some(false),
                due: Some(DueDate::parse("2026-12-31")),
            },
        ]),
    };
    vec![
        (None, said("Bonjour !", None)),
        (
            Some("0b54c3e5-9a3f-4f07-a9d5-0a1f6f8f1f34"),
            said("Bonjour !", Some(chat_id())),
        ),
        (
            Some("1"),
            Command::GenerateObjective {
                generation: None,
                wish: wish(Difficulty::Intermediate),
            },
        ),
        (Some("2"), Command::StopAsked { name: None }),
        (
            Some("3"),
            Command::StopAsked {
                name: Some("message-2".into()),
            },
        ),
        (
            Some("4"),
            Command::UpdateObjective {
                objective: objective_id(),
                patch,
            },
        ),
        (
            Some("5"),
            Command::Ping {
                timestamp: Some(1_234_567_890),
            },
        ),
        (
            Some("6"),
            Command::WatchChat {
                chat: chat_id(),
                running: Some(PartOfAnswer {
                    message: message_id(),
                    revision: Revision(4),
                    seq: 42,
                }),
            },
        ),
        (Some("7"), Command::WatchObjectives),
    ]
}

#[test]
fn every_frame_of_a_client_is_decoded_to_its_request() {
    let (frames, commands) = (blocks_of("B", "from the client"), commands());
    for (frame, (reference, command)) in frames.iter().zip(&commands) {
        let request: Request = Dialect::Events.decode(frame).expect(frame);
        assert_eq!(request.reference.as_deref(), *reference, "{frame}");
        assert_eq!(
            format!("{:?}", request.command),
            format!("{command:?}"),
            "{frame}"
        );
        assert!(
            request.token.is_none(),
            "a token comes with the upgrade only"
        );
    }
    assert_eq!(frames.len(), commands.len(), "no block is left out");
}

fn answer(content: &str, status: MessageStatus) -> Message {
    Message {
        id: message_id(),
        chat: chat_id(),
        parent: None,
        role: Role::Assistant,
        author: None,
        author_name: None,
        client_id: None,
        content: content.into(),
        reasoning: String::new(),
        status,
        model: ModelId::parse("openai/gpt-5-mini").ok(),
        failure: None,
        created_at: NEW_YEAR,
        finished_at: None,
        revision: Revision(4),
        siblings: Vec::new(),
    }
}

fn chat() -> Chat {
    Chat {
        id: chat_id(),
        owner: UserId::parse("user-456").expect("an id"),
        title: "Piano".into(),
        title_source: TitleSource::Person,
        pinned: false,
        model: None,
        system_prompt: None,
        temperature: None,
        leaf: None,
        created_at: NEW_YEAR,
        updated_at: NEW_YEAR,
        revision: Revision(4),
        branch_revision: Revision(0),
        members: [].into(),
    }
}

/// Writes frames as one connection does, numbered.
#[derive(Default)]
struct Connection {
    frames: Vec<String>,
}

impl Connection {
    fn tell(&mut self, event: &Event<'_>, reference: Option<&str>) {
        let user = UserId::parse("user-456").expect("an id");
        let said = Dialect::Events.encode(event, reference).expect("a word");
        let envelope = Envelope {
            session: "session-789",
            number: self.frames.len() as u64 + 1,
            now: NEW_YEAR,
            user: Some(&user),
            reference,
        };
        let frame = Dialect::Events.seal(said, || envelope);
        self.frames
            .push(String::from_utf8(frame.to_vec()).expect("UTF-8"));
    }
}

/// Encodes the event that each block of the server shows, in their order.
fn frames() -> Vec<String> {
    let mut connection = Connection::default();
    let asked = Some("r");
    let (chat_1, message_2) = (chat_id(), message_id());
    let question = Message {
        role: Role::User,
        ..answer("Bonjour !", MessageStatus::Complete)
    };
    connection.tell(&Event::MessageAdded(&question), asked);
    let model = ModelId::parse("openai/gpt-5-mini").expect("a model");
    let begun = Event::AnswerBegun {
        chat: &chat_1,
        message: &message_2,
        model: Some(&model),
        revision: Revision(4),
        from: 0,
    };
    connection.tell(&begun, None);
    let text = Event::AnswerText {
        chat: &chat_1,
        message: &message_2,
        segment: Segment {
            kind: PieceKind::Text,
            from: 2,
            to: 3,
            text: "Voici ",
        },
    };
    connection.tell(&text, None);
    let whole = answer("Voici la réponse", MessageStatus::Complete);
    connection.tell(&Event::AnswerEnded(&whole), None);
    let stopped = answer("Voici ", MessageStatus::Stopped);
    connection.tell(&Event::AnswerEnded(&stopped), None);

    connection.tell(&Event::GenerationProgress(&generation()), asked);
    let made = Event::ObjectiveMade {
        objective: &objective(true),
        generation: &generation_id(),
        took_ms: 1_500,
    };
    connection.tell(&made, asked);
    connection.tell(&Event::ObjectiveChanged(&objective(false)), None);
    connection.tell(&Event::ObjectiveRemoved(&objective_id()), None);
    let all = Event::Objectives {
        objectives: &[],
        generating: &[],
    };
    connection.tell(&all, asked);
    let watched = Event::ChatJoined {
        chat: &chat(),
        messages: &[],
        running: Some(RunningAnswer {
            message: message_2.clone(),
            from: 0,
        }),
        epoch: "epoch-1",
        resumed: false,
    };
    connection.tell(&watched, asked);

    let words = "too many messages; try again in 2 s";
    let fault = Fault::new(ErrorCode::RateLimit, Reason::TooManyMessages, words);
    let event = Event::Error {
        fault: &fault.retry_after(2000),
        chat: None,
        message: None,
    };
    connection.tell(&event, asked);
    let event = Event::Error {
        fault: &Fault::new(ErrorCode::GenerationFailed, Reason::CutOff, CUT_OFF),
        chat: Some(&chat_1),
        message: Some(&message_2),
    };
    connection.tell(&event, None);
    let event = Event::GenerationFailed {
        generation: &generation_id(),
        fault: &Fault::new(ErrorCode::GenerationFailed, Reason::Garbled, "no objective"),
    };
    connection.tell(&event, asked);
    let event = Event::ChatRemoved {
        chat: &chat_1,
        revision: Revision(5),
    };
    connection.tell(&event, None);
    let event = Event::Pong {
        timestamp: Some(1_234_567_890),
    };
    connection.tell(&event, asked);
    connection.frames
}

#[test]
fn every_frame_of_the_server_is_encoded_byte_for_byte() {
    let (blocks, frames) = (blocks_of("B", "from the server"), frames());
    for (block, frame) in blocks.iter().zip(&frames) {
        assert_eq!(frame, block);
    }
    assert_eq!(blocks.len(), frames.len(), "no block is left out");
}

#[test]
fn vitest_has_the_same_fixtures() {
    compare_fixtures("B");
}

#[test]
fn ends_say_why() {
    for (status, complete, reason) in [
        (MessageStatus::Complete, true, "complete"),
        (MessageStatus::Stopped, false, "user_cancelled"),
        (MessageStatus::Interrupted, false, "interrupted"),
        (MessageStatus::Failed, false, "error"),
    ] {
        let mut connection = Connection::default();
        connection.tell(&Event::AnswerEnded(&answer("so far", status)), None);
        let frame: Value = serde_json::from_str(&connection.frames[0]).expect("JSON");
        assert_eq!(frame["data"]["isComplete"], complete);
        assert_eq!(frame["data"]["stopReason"], reason);
        assert_eq!(frame["data"]["content"], "so far");
    }
    let mut connection = Connection::default();
    let interrupted = answer("so far", MessageStatus::Interrupted);
    connection.tell(&Event::AnswerInterrupted(&interrupted), None);
    let frame: Value = serde_json::from_str(&connection.frames[0]).expect("JSON");
    assert_eq!(
        (&frame["type"], &frame["data"]["retryable"]),
        (&"ERROR".into(), &true.into())
    );
}

#[test]
fn what_the_dialect_has_no_word_for_is_not_said() {
    let (chat_1, message_2) = (chat_id(), message_id());
    let reasoning = Event::AnswerText {
        chat: &chat_1,
        message: &message_2,
        segment: Segment {
            kind: PieceKind::Reasoning,
            from: 0,
            to: 1,
            text: "Hmm.",
        },
    };
    let silent = [
        Event::Connected,
        Event::Draining,
        Event::ChatCreated(&chat()),
        reasoning,
    ];
    for event in silent {
        assert!(Dialect::Events.encode(&event, None).is_none(), "{event:?}");
    }
}

#[test]
fn ids_are_let_pass_as_clients_make_them() {
    for (id, expected) in [
        (r#""1""#, Some("1")),
        ("1700000000000", Some("1700000000000")),
        ("null", None),
        (r#""a b/ç""#, Some("a b/ç")),
    ] {
        let frame = format!(r#"{{"id":{id},"type":"PING","data":{{}},"timestamp":"now","x":[1]}}"#);
        let request = Dialect::Events.decode(&frame).expect("a ping");
        assert_eq!(request.reference.as_deref(), expected);
    }
    for context in [
        "null",
        "7",
        r#""text""#,
        "[]",
        "{}",
        r#"{"chatId":null,"deep":{"a":[]}}"#,
    ] {
        let frame =
            format!(r#"{{"type":"USER_MESSAGE","data":{{"content":"Hi","context":{context}}}}}"#);
        let request = Dialect::Events.decode(&frame).expect("a message");
        assert_eq!(
            format!("{:?}", request.command),
            format!("{:?}", said("Hi", None))
        );
    }
}

#[test]
fn every_field_is_checked_and_named() {
    let long = |characters: usize| "x".repeat(characters);
    let updates = |updates: String| {
        format!(r#"{{"type":"UPDATE_OBJECTIVE","data":{{"objectiveId":"o","updates":{updates}}}}}"#)
    };
    let milestone = |fields: &str| updates(format!(r#"{{"milestones":[{fields}]}}"#));
    let many = vec![r#"{"title":"x"}"#; 51].join(",");
    for (frame, field) in [
        (r#"{"id":[],"type":"PING"}"#.into(), "id"),
        (format!(r#"{{"id":"{}","type":"PING"}}"#, long(129)), "id"),
        (r#"{"data":{}}"#.into(), "type"),
        (r#"{"type":7}"#.into(), "type"),
        (r#"{"type":"PING","data":[]}"#.into(), "data"),
        (
            r#"{"type":"PING","data":{"timestamp":"now"}}"#.into(),
            "timestamp",
        ),
        (r#"{"type":"USER_MESSAGE"}"#.into(), "content"),
        (
            r#"{"type":"USER_MESSAGE","data":{"content":7}}"#.into(),
            "content",
        ),
        (
            r#"{"type":"USER_MESSAGE","data":{"content":" \n"}}"#.into(),
            "empty",
        ),
        (
            r#"{"type":"USER_MESSAGE","data":{"content":"x","context":{"chatId":7}}}"#.into(),
            "context.chatId",
        ),
        (
            r#"{"type":"STOP_GENERATION","data":{"messageId":7}}"#.into(),
            "messageId",
        ),
        (
            r#"{"type":"GENERATE_OBJECTIVE","data":{}}"#.into(),
            "prompt",
        ),
        (
            r#"{"type":"GENERATE_OBJECTIVE","data":{"prompt":""}}"#.into(),
            "prompt",
        ),
        (
            format!(
                r#"{{"type":"GENERATE_OBJECTIVE","data":{{"prompt":"{}"}}}}"#,
                long(8_001)
            ),
            "prompt",
        ),
        (
            r#"{"type":"GENERATE_OBJECTIVE","data":{"prompt":"x","difficulty":"hard"}}"#.into(),
            "difficulty",
        ),
        (
            format!(
                r#"{{"type":"GENERATE_OBJECTIVE","data":{{"prompt":"x","category":"{}"}}}}"#,
                long(101)
            ),
            "category",
        ),
        (
            r#"{"type":"UPDATE_OBJECTIVE","data":{"updates":{}}}"#.into(),
            "objectiveId",
        ),
        (
            r#"{"type":"UPDATE_OBJECTIVE","data":{"objectiveId":"o"}}"#.into(),
            "updates",
        ),
        (updates("[]".into()), "updates"),
        (updates(r#"{"title":""}"#.into()), "title"),
        (updates(format!(r#"{{"title":"{}"}}"#, long(201))), "title"),
        (updates(r#"{"description":7}"#.into()), "description"),
        (
            updates(format!(r#"{{"description":"{}"}}"#, long(8_001))),
            "description",
        ),
        (updates(r#"{"category":[]}"#.into()), "category"),
        (updates(r#"{"difficulty":"Beginner"}"#.into()), "difficulty"),
        (updates(r#"{"status":"done"}"#.into()), "status"),
        (updates(r#"{"progress":101}"#.into()), "progress"),
        (updates(r#"{"progress":-1}"#.into()), "progress"),
        (updates(r#"{"progress":"50"}"#.into()), "progress"),
        (updates(r#"{"milestones":{}}"#.into()), "milestones"),
        (milestone("7"), "milestones"),
        (milestone(&many), "milestones"),
        (milestone(r#"{"id":"a b"}"#), "milestones[].id"),
        (milestone(r#"{"title":" "}"#), "milestones[].title"),
        (
            milestone(r#"{"title":"x","completed":"yes"}"#),
            "milestones[].completed",
        ),
        (
            milestone(r#"{"title":"x","dueDate":"2026-02-30"}"#),
            "milestones[].dueDate",
        ),
        (
            milestone(r#"{"title":"x","description":{}}"#),
            "milestones[].description",
        ),
    ] {
        let error = Dialect::Events.decode(&frame).expect_err(&frame);
        assert_eq!(error.fault.code, ErrorCode::InvalidMessage, "{frame}");
        assert!(
            error.fault.message.contains(field),
            "{frame} gave {}",
            error.fault
        );
    }
    for frame in [
        r#"{"id":"u","type":"user_message"}"#,
        r#"{"id":"u","type":"AI_THINKING"}"#,
    ] {
        let error = Dialect::Events.decode(frame).expect_err(frame);
        assert_eq!(error.fault.reason, Reason::UnknownType);
        assert_eq!(
            error.reference.as_deref(),
            Some("u"),
            "a refusal has the id"
        );
    }
}
