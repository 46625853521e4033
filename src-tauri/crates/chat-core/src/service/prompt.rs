//! What a model is asked: the line of a chat as a conversation.

use crate::{
    ids::ModelId,
    model::{Chat, Message, Role, UserSettings},
    objective::{Difficulty, Objective, ObjectiveStatus},
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
        ..AnswerRequest::default()
    }
}

/// Tells the model the objective that the chat is about, as it is now.
pub(super) fn about(request: &mut AnswerRequest, objective: &Objective) {
    let mut text = request.system_prompt.take().unwrap_or_default();
    if !text.trim().is_empty() {
        text.push_str("\n\n");
    }
    let difficulty = match objective.difficulty {
        Difficulty::Beginner => "beginner",
        Difficulty::Intermediate => "intermediate",
        Difficulty::Advanced => "advanced",
    };
    let status = match objective.status {
        ObjectiveStatus::Active => "being worked on",
        ObjectiveStatus::Completed => "completed",
        ObjectiveStatus::Archived => "archived",
    };
    text.push_str(&format!(
        "This conversation is about an objective of the person you talk to. Help them to reach it.\n\
         Objective: {}\nDescription: {}\nCategory: {}\nDifficulty: {difficulty}\n\
         Status: {status}, {} % done\nMilestones:\n",
        objective.title, objective.description, objective.category, objective.progress
    ));
    for milestone in &objective.milestones {
        let mark = if milestone.completed { "x" } else { " " };
        text.push_str(&format!("- [{mark}] {}", milestone.title));
        if let Some(description) = &milestone.description {
            text.push_str(&format!(": {description}"));
        }
        if let Some(due) = &milestone.due {
            text.push_str(&format!(" (due {})", due.as_str()));
        }
        text.push('\n');
    }
    request.system_prompt = Some(text);
}
