//! Every frame of a client in PROTOCOL.md, dialect A, and the request that it is.

mod support;

use chat_core::{
    Access, ChatPatch, ClientId, Command, Difficulty, Draft, MilestoneId, MilestonePatch,
    NewProvider, ObjectivePatch, ObjectiveStatus, Person, Request, Resume, Revision, SettingsPatch,
    SharingChange, TitleSource, Wish,
};
use chat_protocol::Dialect;
use secrecy::ExposeSecret;
use support::{blocks, chat_id, message_id, model, objective_id, provider_id, user_id, wish};

const CLIENT: &str = "from the client";

fn sharing(change: SharingChange) -> Command {
    Command::Sharing {
        chat: chat_id("chat-1"),
        change,
    }
}

/// A request with its secrets told apart from each other, since a secret has no equality and no
/// print: reference, token, key, and the rest as it prints.
fn told(request: &Request) -> (Option<&str>, Option<&str>, Option<&str>, String) {
    let key = match &request.command {
        Command::SetProviderKey { key, .. } => key.as_ref(),
        _ => None,
    };
    (
        request.reference.as_deref(),
        request.token.as_ref().map(|token| token.expose_secret()),
        key.map(|key| key.expose_secret()),
        format!("{:?}", request.command),
    )
}

fn save_provider(model: &str, activate: bool) -> Command {
    Command::SaveProvider(NewProvider {
        id: provider_id("ollama"),
        name: "Ollama".into(),
        base_url: "http://127.0.0.1:11434/v1".into(),
        default_model: Some(model.into()),
        activate,
    })
}

fn requests() -> Vec<Request> {
    let chat = || chat_id("chat-1");
    let message = || message_id("message-2");
    let mut number = 0;
    let mut numbered = |command| {
        number += 1;
        Request {
            reference: Some(number.to_string()),
            token: None,
            command,
        }
    };
    let bare = |token: Option<&str>, command| Request {
        reference: None,
        token: token.map(Into::into),
        command,
    };
    vec![
        bare(
            Some("jwt-token"),
            Command::JoinChat {
                chat: chat(),
                resume: None,
            },
        ),
        Request {
            token: Some("jwt-token".into()),
            ..numbered(Command::Authenticate)
        },
        numbered(Command::JoinChat {
            chat: chat(),
            resume: Some(Resume {
                epoch: "epoch-1".into(),
                revision: Revision(7),
                running: Some((message(), 42)),
            }),
        }),
        bare(
            Some("jwt-token"),
            Command::CreateChat {
                chat: None,
                title: None,
            },
        ),
        numbered(Command::CreateChat {
            chat: Some(chat_id("chat-9")),
            title: Some("Bread".into()),
        }),
        numbered(Command::BranchChat {
            message: message(),
            chat: Some(chat_id("chat-10")),
            title: Some("Bread, again".into()),
        }),
        bare(
            None,
            Command::SendMessage {
                chat: None,
                client_id: None,
                parent: None,
                content: "Текст сообщения".into(),
            },
        ),
        numbered(Command::SendMessage {
            chat: Some(chat()),
            client_id: Some(ClientId::parse("c-1").expect("a client's id")),
            parent: Some(Some(message())),
            content: "Hello".into(),
        }),
        bare(None, Command::Stop { message: None }),
        numbered(Command::Stop {
            message: Some(message()),
        }),
        numbered(Command::Regenerate {
            message: message(),
            model: Some(model()),
        }),
        numbered(Command::Continue { message: message() }),
        numbered(Command::WatchChats {
            since: Revision(0),
            epoch: None,
        }),
        bare(
            None,
            Command::WatchChats {
                since: Revision(12),
                epoch: Some("epoch-1".into()),
            },
        ),
        numbered(Command::UpdateChat {
            chat: chat(),
            patch: ChatPatch {
                title: Some(("Bread".into(), TitleSource::Person)),
                pinned: Some(true),
                model: Some(Some(model())),
                system_prompt: Some(Some("Be brief.".into())),
                temperature: Some(Some(0.7)),
                leaf: Some(message()),
            },
        }),
        numbered(Command::UpdateChat {
            chat: chat(),
            patch: ChatPatch {
                model: Some(None),
                system_prompt: Some(None),
                temperature: Some(None),
                ..ChatPatch::default()
            },
        }),
        numbered(Command::DeleteChat { chat: chat() }),
        numbered(Command::RestoreChat { chat: chat() }),
        numbered(Command::GetSettings),
        numbered(Command::UpdateSettings(SettingsPatch {
            model: Some(Some(model())),
            system_prompt: Some(None),
            temperature: Some(Some(0.7)),
            welcomed: Some(true),
        })),
        numbered(Command::ListModels),
        numbered(Command::ListProviders),
        numbered(Command::FindProviders),
        numbered(save_provider("llama3.2", true)),
        Request {
            reference: None,
            token: None,
            command: save_provider("qwen3", false),
        },
        numbered(Command::RemoveProvider {
            provider: provider_id("ollama"),
        }),
        numbered(Command::SetProviderKey {
            provider: provider_id("openai"),
            key: Some("a-key".into()),
        }),
        numbered(Command::TestProvider {
            provider: provider_id("openai"),
        }),
        numbered(Command::Ping {
            timestamp: Some(1_234_567_890),
        }),
    ]
    .into_iter()
    .chain(later_requests())
    .collect()
}

fn later_requests() -> Vec<Request> {
    let commands = [
        Command::WatchObjectives,
        Command::GenerateObjective {
            generation: Some(support::generation_id()),
            wish: Wish {
                prompt: "Learn the piano".into(),
                ..wish(Difficulty::Beginner)
            },
        },
        Command::UpdateObjective {
            objective: objective_id(),
            patch: ObjectivePatch {
                title: Some("Piano".into()),
                status: Some(ObjectiveStatus::Completed),
                milestones: Some(vec![MilestonePatch {
                    id: Some(MilestoneId::parse("milestone-1").expect("an id")),
                    completed: Some(true),
                    ..MilestonePatch::default()
                }]),
                ..ObjectivePatch::default()
            },
        },
        Command::DeleteObjective {
            objective: objective_id(),
        },
        Command::RestoreObjective {
            objective: objective_id(),
        },
        Command::DiscussObjective {
            objective: objective_id(),
        },
        sharing(SharingChange::Share {
            with: Person::Id(user_id("user-2")),
            access: Access::Write,
        }),
        sharing(SharingChange::Share {
            with: Person::Name("Bob".into()),
            access: Access::Read,
        }),
        sharing(SharingChange::Unshare {
            person: user_id("user-2"),
        }),
        sharing(SharingChange::Leave),
        Command::Estimate(Draft {
            chat: Some(chat_id("chat-1")),
            parent: Some(Some(message_id("message-2"))),
            bytes: 20_000,
        }),
        Command::GetUsage,
    ];
    let numbers = 30..;
    let requests = numbers.zip(commands).map(|(number, command)| Request {
        reference: Some(number.to_string()),
        token: None,
        command,
    });
    requests.collect()
}

#[test]
fn every_frame_of_a_client_is_decoded_to_its_request() {
    let (frames, requests) = (blocks(CLIENT), requests());
    for (frame, expected) in frames.iter().zip(&requests) {
        let request = Dialect::Chat.decode(frame).expect(frame);
        assert_eq!(told(&request), told(expected), "{frame}");
    }
    assert_eq!(frames.len(), requests.len(), "no block is left out");
}
