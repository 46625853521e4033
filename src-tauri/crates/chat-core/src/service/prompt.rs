//! What a model is asked: the line of a chat as a conversation.

use crate::{
    ids::ModelId,
    model::{Chat, Message, Role, UserSettings},
    provider::{AnswerRequest, PromptMessage},
};

/// Asks a model to go on: few servers go on by themselves from an assistant's last message.
const CONTINUE: &str = "Continue your last answer exactly where it ends, in the same language. \
                        Repeat nothing and do not comment.";

/// Makes the request for the answer that ends `line`.
pub(super) fn request(
    chat: &Chat,
    settings: &UserSettings,
    line: &[Message],
    model: Option<ModelId>,
) -> AnswerRequest {
    let mut messages: Vec<PromptMessage> = line
        .iter()
        .filter(|message| !message.content.trim().is_empty())
        .map(|message| PromptMessage {
            role: message.role,
            content: message.content.clone(),
        })
        .collect();
    if messages
        .last()
        .is_some_and(|last| last.role == Role::Assistant)
    {
        messages.push(PromptMessage {
            role: Role::User,
            content: CONTINUE.to_owned(),
        });
    }
    AnswerRequest {
        model: model
            .or_else(|| chat.model.clone())
            .or_else(|| settings.model.clone()),
        system_prompt: chat
            .system_prompt
            .clone()
            .or_else(|| settings.system_prompt.clone()),
        temperature: chat.temperature.or(settings.temperature),
        messages,
        max_tokens: None,
    }
}
