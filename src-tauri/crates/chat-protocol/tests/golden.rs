//! Every frame of the server in PROTOCOL.md, dialect A, byte for byte; and all frames of it as
//! fixtures for Vitest. Those of a client are in `golden_requests.rs`.

mod support;

use chat_core::{
    Access, Allowance, Chat, ClientId, Day, ErrorCode, Estimate, Event, Fault, FoundProvider,
    Generation, GenerationStage, Holder, KeyState, Member, Message, MessageStatus, ModelId,
    ModelInfo, OwnUsage, Period, PieceKind, ProviderError, ProviderInfo, ProviderProblem, Quantity,
    Reason, Revision, Role, RunningAnswer, Segment, Spending, Timestamp, TitleSource, User, UserId,
    UserRole, UserSettings,
};
use chat_protocol::Dialect;
use support::{
    NEW_YEAR, blocks, chat_id, compare_fixtures, message_id, model, objective, objective_id,
    provider_id, user_id,
};

const SERVER: &str = "from the server";
fn member(user: &str, name: &str, access: Access) -> Member {
    Member {
        user: user_id(user),
        name: name.into(),
        access,
    }
}

fn chat() -> Chat {
    Chat {
        id: chat_id("chat-1"),
        owner: UserId::parse("user-1").expect("a user's id"),
        title: "Bread".into(),
        title_source: TitleSource::Model,
        pinned: true,
        model: None,
        system_prompt: None,
        temperature: None,
        leaf: Some(message_id("message-2")),
        created_at: NEW_YEAR,
        updated_at: NEW_YEAR,
        revision: Revision(4),
        branch_revision: Revision(0),
        members: [].into(),
    }
}

fn question(content: &str) -> Message {
    Message {
        id: message_id("message-1"),
        chat: chat_id("chat-1"),
        parent: None,
        role: Role::User,
        author: Some(user_id("user-1")),
        author_name: None,
        client_id: Some(ClientId::parse("c-1").expect("a client's id")),
        content: content.into(),
        reasoning: String::new(),
        status: MessageStatus::Complete,
        model: None,
        failure: None,
        created_at: NEW_YEAR,
        finished_at: None,
        revision: Revision(3),
        siblings: Vec::new(),
    }
}

fn answer(content: &str) -> Message {
    Message {
        id: message_id("message-2"),
        parent: Some(message_id("message-1")),
        role: Role::Assistant,
        author: None,
        author_name: None,
        client_id: None,
        model: Some(model()),
        finished_at: Some(Timestamp(NEW_YEAR.0 + 1000)),
        revision: Revision(4),
        ..question(content)
    }
}

const CUT_OFF: &str = "the model's server ended the answer early";

/// Encodes the event that each block of the server shows, in their order.
fn frames() -> Vec<String> {
    let mut frames = Vec::new();
    let mut encode = |event: &Event<'_>, reference: Option<&str>| {
        let frame = Dialect::Chat.encode(event, reference).expect("a frame");
        frames.push(String::from_utf8(frame.to_vec()).expect("UTF-8"));
    };
    let asked = Some("r");
    let (chat_1, message_2, message_3) = (
        chat_id("chat-1"),
        message_id("message-2"),
        message_id("message-3"),
    );

    encode(&Event::Connected, None);
    let alice = User {
        id: UserId::parse("user-1").expect("a user's id"),
        name: "alice".into(),
        role: UserRole::Member,
        enabled: true,
        created_at: NEW_YEAR,
    };
    encode(&Event::Authenticated(&alice), asked);

    let joined = Chat {
        title: "Chat title".into(),
        title_source: TitleSource::Person,
        pinned: false,
        model: Some(model()),
        system_prompt: Some("Be brief.".into()),
        temperature: Some(0.7),
        ..chat()
    };
    let messages = [
        Message {
            siblings: vec![message_id("message-1")],
            ..question("Hello")
        },
        Message {
            status: MessageStatus::Failed,
            reasoning: "A greeting.".into(),
            failure: Some(Fault {
                code: ErrorCode::GenerationFailed,
                reason: Reason::CutOff,
                message: CUT_OFF.into(),
                retry_after_ms: None,
            }),
            siblings: vec![message_2.clone()],
            ..answer("Hi")
        },
    ];
    let event = Event::ChatJoined {
        chat: &joined,
        messages: &messages,
        running: Some(RunningAnswer {
            message: message_3.clone(),
            from: 0,
        }),
        epoch: "epoch-1",
        resumed: false,
    };
    encode(&event, asked);

    let created = Chat {
        id: chat_id("new-chat-id"),
        title: String::new(),
        title_source: TitleSource::Placeholder,
        pinned: false,
        leaf: None,
        revision: Revision(1),
        ..chat()
    };
    encode(&Event::ChatCreated(&created), asked);
    encode(&Event::MessageAdded(&question("Текст сообщения")), asked);
    let event = Event::AnswerStarted {
        message: &answer(""),
        from: 0,
    };
    encode(&event, None);
    for (kind, to, text) in [
        (PieceKind::Text, 3, "часть"),
        (PieceKind::Reasoning, 2, "Hmm."),
    ] {
        let event = Event::AnswerText {
            chat: &chat_1,
            message: &message_2,
            segment: Segment {
                kind,
                from: 1,
                to,
                text,
            },
        };
        encode(&event, None);
    }
    encode(&Event::AnswerEnded(&answer("Полный текст ответа")), None);

    let fault = Fault::new(
        ErrorCode::RateLimit,
        Reason::TooManyMessages,
        "too many messages; try again in 2 s",
    );
    let event = Event::Error {
        fault: &fault.retry_after(2000),
        chat: None,
        message: None,
    };
    encode(&event, asked);
    let event = Event::Error {
        fault: &Fault::new(ErrorCode::GenerationFailed, Reason::CutOff, CUT_OFF),
        chat: Some(&chat_1),
        message: Some(&message_2),
    };
    encode(&event, None);

    let event = Event::Chats {
        chats: &[chat()],
        removed: &[chat_id("chat-2")],
        running: &[(chat_1.clone(), message_3.clone())],
        revision: Revision(12),
        epoch: "epoch-1",
        whole: true,
    };
    encode(&event, asked);
    let event = Event::ChatUpdated {
        chat: &chat(),
        revision: Revision(13),
    };
    encode(&event, asked);
    let event = Event::ChatRemoved {
        chat: &chat_1,
        revision: Revision(14),
    };
    encode(&event, asked);
    let event = Event::ChatActivity {
        chat: &chat_1,
        message: &message_3,
        running: true,
    };
    encode(&event, None);

    let settings = UserSettings {
        model: Some(model()),
        system_prompt: None,
        temperature: Some(0.7),
        welcomed: true,
    };
    encode(&Event::Settings(&settings), asked);
    let models = [ModelInfo { id: model() }];
    let event = Event::Models {
        models: &models,
        problems: &[ProviderError {
            problem: ProviderProblem::Unreachable,
            message: "Ollama does not answer at http://127.0.0.1:11434".into(),
            retry_after_ms: None,
        }],
    };
    encode(&event, asked);
    let provider = ProviderInfo {
        id: provider_id("openai"),
        name: "OpenAI".into(),
        base_url: "https://api.openai.com/v1".into(),
        default_model: Some("gpt-5-mini".into()),
        key: KeyState::Environment,
        fixed: true,
        active: true,
    };
    encode(&Event::Providers(&[provider]), asked);
    let found = FoundProvider {
        id: provider_id("ollama"),
        name: "Ollama".into(),
        base_url: "http://127.0.0.1:11434/v1".into(),
        models: vec!["llama3.2".into()],
    };
    encode(&Event::ProvidersFound(&[found]), asked);
    encode(&Event::ProviderTested(&models), asked);
    let event = Event::Pong {
        timestamp: Some(1_234_567_890),
    };
    encode(&event, asked);
    encode(&Event::Draining, None);

    let thinking = Generation {
        stage: GenerationStage::Thinking,
        characters: 0,
        title: None,
        milestones: 0,
        ..support::generation()
    };
    let event = Event::Objectives {
        objectives: &[objective(true)],
        generating: &[thinking],
    };
    encode(&event, asked);
    let event = Event::GenerationProgress(&support::generation());
    encode(&event, asked);
    let event = Event::ObjectiveMade {
        objective: &objective(false),
        generation: &support::generation_id(),
        took_ms: 1_500,
    };
    encode(&event, asked);
    encode(&Event::ObjectiveChanged(&objective(false)), None);
    encode(&Event::ObjectiveRemoved(&objective_id()), None);
    let event = Event::GenerationFailed {
        generation: &support::generation_id(),
        fault: &Fault::new(ErrorCode::GenerationFailed, Reason::Garbled, "no objective"),
    };
    encode(&event, asked);

    let shared = Chat {
        members: [
            member("user-1", "alice", Access::Owner),
            member("user-2", "bob", Access::Read),
        ]
        .into(),
        ..chat()
    };
    let event = Event::ChatUpdated {
        chat: &shared,
        revision: Revision(13),
    };
    encode(&event, None);
    let theirs = Message {
        author_name: Some("alice".into()),
        ..question("Hello")
    };
    encode(&Event::MessageAdded(&theirs), None);
    encode(&Event::Estimate(&estimate()), asked);
    encode(&Event::Usage(&usage()), asked);
    frames
}

fn estimate() -> Estimate {
    let words =
        "the limit of tokens a day for you is reached; it frees up on 2024-01-02 at 00:00 UTC";
    let fault = Fault::new(ErrorCode::RateLimit, Reason::DailyLimit, words);
    Estimate {
        model: Some(model()),
        prompt_tokens: 5_120,
        answer_tokens: 512,
        cost: Some(2_304),
        currency: "USD".into(),
        refusal: Some(fault.retry_after(12 * 60 * 60 * 1000)),
    }
}

fn usage() -> OwnUsage {
    let day = Day::of(NEW_YEAR);
    let spent = |times: u64, unpriced_tokens| Spending {
        messages: 3 * times,
        prompt_tokens: 1_200 * times,
        answer_tokens: 800 * times,
        cost: 1_900 * times,
        unpriced_tokens,
    };
    OwnUsage {
        day,
        today: spent(1, 0),
        month: spent(10, 500),
        allowances: vec![Allowance {
            of: Holder::Person,
            quantity: Quantity::Tokens,
            period: Period::Day,
            limit: 50_000,
            used: 2_000,
            frees_at: day.next().begins(),
        }],
        models: Some(vec![model(), ModelId::parse("ollama/*").expect("a model")]),
        currency: "USD".into(),
    }
}

#[test]
fn every_frame_of_the_server_is_encoded_byte_for_byte() {
    let (blocks, frames) = (blocks(SERVER), frames());
    for (block, frame) in blocks.iter().zip(&frames) {
        assert_eq!(frame, block);
    }
    assert_eq!(blocks.len(), frames.len(), "no block is left out");
}

#[test]
fn vitest_has_the_same_fixtures() {
    compare_fixtures("A");
}

#[test]
fn what_is_absent_is_left_out() {
    let encode = |event: &Event<'_>| {
        let frame = Dialect::Chat.encode(event, None).expect("a frame");
        String::from_utf8(frame.to_vec()).expect("UTF-8")
    };
    assert_eq!(
        encode(&Event::Pong { timestamp: None }),
        r#"{"type":"pong","data":{}}"#
    );
    let joined = encode(&Event::ChatJoined {
        chat: &chat(),
        messages: &[],
        running: None,
        epoch: "e",
        resumed: true,
    });
    assert!(
        joined.ends_with(r#""epoch":"e","revision":4,"resumed":true}}"#),
        "{joined}"
    );
    let bare = Message {
        client_id: None,
        ..question("Hi")
    };
    let added = encode(&Event::MessageAdded(&bare));
    assert!(
        added.ends_with(r#""status":"complete","revision":3}}"#),
        "{added}"
    );
}
