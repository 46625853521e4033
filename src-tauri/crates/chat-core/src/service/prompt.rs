//! What a model is asked: the line of a chat as a conversation.

use crate::{
    ids::ModelId,
    model::Role,
    objective::{Difficulty, Objective, ObjectiveStatus},
    provider::{AnswerRequest, PromptMessage},
    store::AnswerContext,
};

/// Asks a model to go on: few servers go on by themselves from an assistant's last message.
const CONTINUE: &str = "Continue your last answer exactly where it ends, in the same language. \
                        Repeat nothing and do not comment.";

/// Makes the request for the answer that ends the context's line.
pub(super) fn request(context: AnswerContext, model: Option<ModelId>) -> AnswerRequest {
    let AnswerContext {
        chat,
        settings,
        line,
        objective,
    } = context;
    let mut messages: Vec<PromptMessage> = line
        .into_iter()
        .filter(|message| !message.content.trim().is_empty())
        .map(|message| PromptMessage {
            role: message.role,
            content: message.content,
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
    let mut request = AnswerRequest {
        model: model.or(chat.model).or(settings.model),
        system_prompt: chat.system_prompt.or(settings.system_prompt),
        temperature: chat.temperature.or(settings.temperature),
        messages,
        ..AnswerRequest::default()
    };
    if let Some(objective) = &objective {
        about(&mut request, objective);
    }
    request
}

/// Tells the model the objective that the chat is about, as it is now.
fn about(request: &mut AnswerRequest, objective: &Objective) {
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
