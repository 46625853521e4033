//! From frames to requests.

use chat_core::{
    ChatId, ChatPatch, ClientId, Command, Fault, IdError, MessageId, ModelId, ProviderId, Reason,
    Request, Resume, Revision, SettingsPatch, TitleSource, Token,
};
use serde_json::Value;

use super::fields::Fields;
use crate::{DecodeError, limits};

/// Reads a frame: the envelope and the token first, so that a refusal still has both.
pub(crate) fn decode(text: &str) -> Result<Request, DecodeError> {
    let bare = |fault| DecodeError {
        reference: None,
        token: None,
        fault,
    };
    // Parsing ends at serde_json's depth of 128, so no nesting can exhaust the stack.
    let frame = serde_json::from_str(text).map_err(|error| {
        bare(Fault::invalid(
            Reason::Malformed,
            format!("a frame must be JSON: {error}"),
        ))
    })?;
    let Value::Object(frame) = frame else {
        let fault = Fault::invalid(Reason::Malformed, "a frame must be a JSON object");
        return Err(bare(fault));
    };
    let frame = &mut Fields::new("", frame);
    let reference = reference(frame).map_err(bare)?;
    match envelope(frame) {
        Ok((kind, token, mut data)) => match command(&kind, &mut data) {
            Ok(command) => Ok(Request {
                reference,
                token,
                command,
            }),
            Err(fault) => Err(DecodeError {
                reference,
                token,
                fault,
            }),
        },
        Err(fault) => Err(DecodeError {
            reference,
            token: None,
            fault,
        }),
    }
}

fn reference(frame: &mut Fields) -> Result<Option<String>, Fault> {
    let reference = frame.text("ref")?;
    match reference {
        Some(long) if long.len() > limits::REFERENCE_BYTES => {
            Err(frame.fault(Reason::TooLong, "ref", "must have at most 128 bytes"))
        }
        fit => Ok(fit),
    }
}

fn envelope(frame: &mut Fields) -> Result<(String, Option<Token>, Fields), Fault> {
    let kind = frame.required("type", Fields::text)?;
    let data = frame.object("data", "data")?;
    let mut data = data.unwrap_or_else(|| Fields::new("data", serde_json::Map::new()));
    let token = data.text("token")?.map(Token::from);
    Ok((kind, token, data))
}

fn command(kind: &str, data: &mut Fields) -> Result<Command, Fault> {
    Ok(match kind {
        "join_chat" => match known(data, "chatId", CHAT)? {
            None => Command::Authenticate,
            Some(chat) => Command::JoinChat {
                chat,
                resume: resume(data)?,
            },
        },
        "create_chat" => Command::CreateChat {
            chat: new_id(data, "chatId", ChatId::parse)?,
            title: match data.text("title")? {
                Some(blank) if is_blank(&blank) => None,
                Some(title) => Some(fit_title(data, title)?),
                None => None,
            },
        },
        "message" => Command::SendMessage {
            content: content(data)?,
            chat: known(data, "chatId", CHAT)?,
            client_id: new_id(data, "clientId", ClientId::parse)?,
            parent: data.nullable("parentId", |data, name| known(data, name, MESSAGE))?,
        },
        "regenerate" => Command::Regenerate {
            message: data.required("messageId", |data, name| known(data, name, MESSAGE))?,
            model: model(data, "model")?,
        },
        "continue" => Command::Continue {
            message: data.required("messageId", |data, name| known(data, name, MESSAGE))?,
        },
        "stop" => Command::Stop {
            message: known(data, "messageId", MESSAGE)?,
        },
        "watch_chats" => Command::WatchChats {
            since: Revision(data.count("since")?.unwrap_or_default()),
        },
        "update_chat" => Command::UpdateChat {
            chat: data.required("chatId", |data, name| known(data, name, CHAT))?,
            patch: chat_patch(data)?,
        },
        "delete_chat" => Command::DeleteChat {
            chat: data.required("chatId", |data, name| known(data, name, CHAT))?,
        },
        "restore_chat" => Command::RestoreChat {
            chat: data.required("chatId", |data, name| known(data, name, CHAT))?,
        },
        "get_settings" => Command::GetSettings,
        "update_settings" => Command::UpdateSettings(SettingsPatch {
            model: data.nullable("model", model)?,
            system_prompt: data.nullable("systemPrompt", system_prompt)?,
            temperature: data.nullable("temperature", temperature)?,
            welcomed: data.flag("welcomed")?,
        }),
        "list_models" => Command::ListModels,
        "list_providers" => Command::ListProviders,
        "find_providers" => Command::FindProviders,
        "save_provider" => save_provider(data)?,
        "remove_provider" => Command::RemoveProvider {
            provider: data.required("providerId", |data, name| known(data, name, PROVIDER))?,
        },
        "set_provider_key" => Command::SetProviderKey {
            provider: data.required("providerId", |data, name| known(data, name, PROVIDER))?,
            // Absent is not `null`: a key is only forgotten by those who say so.
            key: data.required("key", |data, name| data.nullable(name, key))?,
        },
        "test_provider" => Command::TestProvider {
            provider: data.required("providerId", |data, name| known(data, name, PROVIDER))?,
        },
        "ping" => Command::Ping {
            timestamp: data.integer("timestamp")?,
        },
        unknown => return Err(unknown_type(unknown)),
    })
}

fn unknown_type(kind: &str) -> Fault {
    // Only the beginning, and without control characters: a message may end in a terminal.
    let shown: String = kind.chars().take(32).flat_map(char::escape_debug).collect();
    Fault::invalid(
        Reason::UnknownType,
        format!("this server knows no type \"{shown}\""),
    )
}

type Parse<I> = fn(&str) -> Result<I, IdError>;
const CHAT: (&str, Parse<ChatId>) = ("chat", ChatId::parse);
const MESSAGE: (&str, Parse<MessageId>) = ("message", MessageId::parse);
const PROVIDER: (&str, Parse<ProviderId>) = ("provider", ProviderId::parse);

/// The id of something that should exist: one that cannot be an id is answered like any other
/// that does not exist.
fn known<I>(
    data: &mut Fields,
    name: &str,
    (what, parse): (&str, Parse<I>),
) -> Result<Option<I>, Fault> {
    let id = data.text(name)?.map(|id| parse(&id)).transpose();
    id.map_err(|_| Fault::not_found(what))
}

/// An id that the client gives to something of its own.
fn new_id<I>(data: &mut Fields, name: &str, parse: Parse<I>) -> Result<Option<I>, Fault> {
    let id = data.text(name)?.map(|id| parse(&id)).transpose();
    id.map_err(|IdError| {
        data.wrong(
            name,
            "must be 1 to 64 letters, digits, hyphens, underscores, dots or colons",
        )
    })
}

fn resume(data: &mut Fields) -> Result<Option<Resume>, Fault> {
    let Some(mut resume) = data.object("resume", "data.resume")? else {
        return Ok(None);
    };
    let message = resume.text("messageId")?;
    let seq = resume.count("seq")?.unwrap_or_default();
    Ok(Some(Resume {
        epoch: resume.required("epoch", Fields::text)?,
        revision: Revision(resume.required("revision", Fields::count)?),
        // What cannot be an answer is none that runs: the client then gets it whole.
        running: message
            .and_then(|id| MessageId::parse(&id).ok())
            .map(|id| (id, seq)),
    }))
}

fn content(data: &mut Fields) -> Result<String, Fault> {
    let content = data.required("message", Fields::text)?;
    if is_blank(&content) {
        return Err(Fault::invalid(
            Reason::Empty,
            "the message is empty; write something",
        ));
    }
    Ok(content)
}

fn chat_patch(data: &mut Fields) -> Result<ChatPatch, Fault> {
    let title = match data.text("title")? {
        Some(title) => Some((fit_title(data, title)?, TitleSource::Person)),
        None => None,
    };
    Ok(ChatPatch {
        title,
        pinned: data.flag("pinned")?,
        model: data.nullable("model", model)?,
        system_prompt: data.nullable("systemPrompt", system_prompt)?,
        temperature: data.nullable("temperature", temperature)?,
        leaf: known(data, "leafId", MESSAGE)?,
    })
}

fn fit_title(data: &Fields, title: String) -> Result<String, Fault> {
    if is_blank(&title) {
        return Err(data.fault(Reason::Empty, "title", "must not be empty"));
    }
    let title = title.trim();
    if title.chars().count() > limits::TITLE_CHARACTERS {
        return Err(data.fault(Reason::TooLong, "title", "must have at most 200 characters"));
    }
    Ok(title.to_owned())
}

fn model(data: &mut Fields, name: &str) -> Result<Option<ModelId>, Fault> {
    let model = data
        .text(name)?
        .map(|model| ModelId::parse(&model))
        .transpose();
    model.map_err(|IdError| data.wrong(name, "must be written provider/model"))
}

fn system_prompt(data: &mut Fields, name: &str) -> Result<Option<String>, Fault> {
    match data.text(name)? {
        Some(long) if long.len() > limits::SYSTEM_PROMPT_BYTES => {
            Err(data.fault(Reason::TooLong, name, "must have at most 32 KiB"))
        }
        fit => Ok(fit),
    }
}

fn temperature(data: &mut Fields, name: &str) -> Result<Option<f64>, Fault> {
    match data.number(name)? {
        Some(outside) if !(0.0..=2.0).contains(&outside) => {
            Err(data.wrong(name, "must be from 0 to 2"))
        }
        fit => Ok(fit),
    }
}

fn save_provider(data: &mut Fields) -> Result<Command, Fault> {
    let provider = data.required("providerId", |data, name| {
        new_id(data, name, ProviderId::parse)
    })?;
    let name = data.required("name", Fields::text)?;
    if is_blank(&name) {
        return Err(data.fault(Reason::Empty, "name", "must not be empty"));
    }
    let name = name.trim();
    if name.chars().count() > limits::PROVIDER_NAME_CHARACTERS {
        return Err(data.fault(Reason::TooLong, "name", "must have at most 100 characters"));
    }
    let base_url = data.required("baseUrl", Fields::text)?;
    let base_url = base_url.trim();
    if base_url.is_empty() {
        return Err(data.fault(Reason::Empty, "baseUrl", "must not be empty"));
    }
    if base_url.len() > limits::BASE_URL_BYTES {
        return Err(data.fault(Reason::TooLong, "baseUrl", "must have at most 512 bytes"));
    }
    if base_url
        .chars()
        .any(|c| c.is_whitespace() || c.is_control())
    {
        return Err(data.wrong("baseUrl", "must be an address without spaces"));
    }
    let default_model = data.text("defaultModel")?.filter(|model| !is_blank(model));
    if let Some(model) = &default_model {
        if model.len() > limits::MODEL_NAME_BYTES {
            return Err(data.fault(
                Reason::TooLong,
                "defaultModel",
                "must have at most 256 bytes",
            ));
        }
        if model.chars().any(char::is_control) {
            return Err(data.wrong("defaultModel", "must be the name of a model"));
        }
    }
    Ok(Command::SaveProvider {
        provider,
        name: name.to_owned(),
        base_url: base_url.to_owned(),
        default_model,
    })
}

fn key(data: &mut Fields, name: &str) -> Result<Option<Token>, Fault> {
    let Some(key) = data.text(name)? else {
        return Ok(None);
    };
    // Unprintable from here on, whatever comes of it.
    let (length, graphic) = (key.len(), key.bytes().all(|byte| byte.is_ascii_graphic()));
    let key = Token::from(key);
    if length == 0 {
        return Err(data.fault(Reason::Empty, name, "must not be empty"));
    }
    if length > limits::KEY_BYTES {
        return Err(data.fault(Reason::TooLong, name, "must have at most 4 KiB"));
    }
    if !graphic {
        return Err(data.wrong(name, "must be ASCII without spaces; copy it again"));
    }
    Ok(Some(key))
}

/// Whether nobody would see anything: white space, control characters, and the characters that
/// Unicode lets a screen ignore.
fn is_blank(text: &str) -> bool {
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
