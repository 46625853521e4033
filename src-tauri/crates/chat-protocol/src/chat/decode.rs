//! From frames to requests.

use chat_core::{
    ChatId, ChatPatch, ClientId, Command, Draft, Fault, GenerationId, IdError, MessageId, ModelId,
    NewProvider, ProviderId, Reason, Request, Resume, Revision, SettingsPatch, TitleSource, Token,
};

use super::sharing;
use crate::{
    DecodeError,
    fields::Fields,
    limits, objectives,
    reading::{self, CHAT, MESSAGE, OBJECTIVE, PROVIDER, is_blank, known, new_id, unknown_type},
};

/// Reads a frame: the envelope and the token first, so that a refusal still has both.
pub(crate) fn decode(text: &str) -> Result<Request, DecodeError> {
    let frame = &mut reading::frame(text).map_err(DecodeError::bare)?;
    let reference = reference(frame).map_err(DecodeError::bare)?;
    let (token, command) = match envelope(frame) {
        Ok((kind, token, mut data)) => (token, command(&kind, &mut data)),
        Err(fault) => (None, Err(fault)),
    };
    DecodeError::or_request(reference, token, command)
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
            title: title(data)?,
        },
        "branch_chat" => Command::BranchChat {
            message: data.required("messageId", |data, name| known(data, name, MESSAGE))?,
            chat: new_id(data, "chatId", ChatId::parse)?,
            title: title(data)?,
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
            epoch: data.text("epoch")?,
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
        "share_chat" => sharing::share(data)?,
        "unshare_chat" => sharing::unshare(data)?,
        "leave_chat" => sharing::leave(data)?,
        "watch_objectives" => Command::WatchObjectives,
        "generate_objective" => Command::GenerateObjective {
            generation: new_id(data, "generationId", GenerationId::parse)?,
            wish: objectives::wish(data)?,
        },
        "update_objective" => Command::UpdateObjective {
            objective: data.required("objectiveId", |data, name| known(data, name, OBJECTIVE))?,
            patch: objectives::patch(
                &mut data.required("updates", |data, name| data.object(name, "data.updates"))?,
            )?,
        },
        "delete_objective" => Command::DeleteObjective {
            objective: data.required("objectiveId", |data, name| known(data, name, OBJECTIVE))?,
        },
        "restore_objective" => Command::RestoreObjective {
            objective: data.required("objectiveId", |data, name| known(data, name, OBJECTIVE))?,
        },
        "discuss_objective" => Command::DiscussObjective {
            objective: data.required("objectiveId", |data, name| known(data, name, OBJECTIVE))?,
        },
        "estimate" => Command::Estimate(Draft {
            chat: known(data, "chatId", CHAT)?,
            parent: data.nullable("parentId", |data, name| known(data, name, MESSAGE))?,
            bytes: data.required("bytes", Fields::count)?,
        }),
        "get_usage" => Command::GetUsage,
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

/// A title for a new chat; a blank one is none.
fn title(data: &mut Fields) -> Result<Option<String>, Fault> {
    match data.text("title")? {
        Some(blank) if is_blank(&blank) => Ok(None),
        Some(title) => Ok(Some(fit_title(data, title)?)),
        None => Ok(None),
    }
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
    Ok(Command::SaveProvider(NewProvider {
        id: provider,
        name: name.to_owned(),
        base_url: base_url.to_owned(),
        default_model,
        activate: data.flag("activate")?.unwrap_or(true),
    }))
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
