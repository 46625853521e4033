//! What a model is asked: the line of a chat as a conversation.

use crate::{
    ids::ModelId,
    model::{Message, MessageStatus, Role},
    objective::{Difficulty, Objective, ObjectiveStatus},
    provider::{AnswerRequest, PromptMessage},
    store::{AnswerContext, Appended},
};

/// Asks a model to go on: few servers go on by themselves from an assistant's last message.
const CONTINUE: &str = "Continue your last answer exactly where it ends, in the same language. \
                        Repeat nothing and do not comment.";

/// What was read before a message was written, with that message; `None` where the chat changed
/// between the two, or an answer of the line was still being written: then it is read again.
pub(super) fn behind(mut read: AnswerContext, appended: &Appended) -> Option<AnswerContext> {
    let Appended { message, .. } = appended;
    let is_whole = |message: &Message| message.status != MessageStatus::Running;
    let unchanged = read.chat.revision.0 + 1 == message.revision.0
        && read.line.last().map(|last| &last.id) == message.parent.as_ref()
        && read.line.iter().all(is_whole);
    read.line.push(message.clone());
    unchanged.then_some(read)
}

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        ids::MessageId,
        model::UserSettings,
        session::tests::{chat, message},
    };

    /// A chat at revision 4 whose line ends with one answer.
    fn read(status: MessageStatus) -> AnswerContext {
        AnswerContext {
            chat: chat(4, "a"),
            settings: UserSettings::default(),
            line: vec![
                message("q", 3, MessageStatus::Complete),
                message("a", 4, status),
            ],
            objective: None,
        }
    }

    fn appended(parent: &str, revision: u64) -> Appended {
        let question = Message {
            parent: MessageId::parse(parent).ok(),
            ..message("q2", revision, MessageStatus::Complete)
        };
        Appended {
            answer: message("a2", revision, MessageStatus::Running),
            message: question,
            created: true,
            audience: Vec::new(),
        }
    }

    #[test]
    fn what_was_read_before_a_message_serves_only_where_nothing_changed() {
        let ids = |context: AnswerContext| -> Vec<String> {
            let ids = context.line.iter().map(|message| message.id.to_string());
            ids.collect()
        };
        let serves = behind(read(MessageStatus::Complete), &appended("a", 5));
        assert_eq!(
            serves.map(ids),
            Some(vec!["q".into(), "a".into(), "q2".into()])
        );
        let changed = behind(read(MessageStatus::Complete), &appended("a", 6));
        assert!(changed.is_none(), "something changed between the two");
        let elsewhere = behind(read(MessageStatus::Complete), &appended("q", 5));
        assert!(elsewhere.is_none(), "the line is another");
        let growing = behind(read(MessageStatus::Running), &appended("a", 5));
        assert!(growing.is_none(), "the answer before was not over");
    }

    #[test]
    fn the_first_message_of_a_chat_is_a_line_of_its_own() {
        let empty = AnswerContext {
            line: Vec::new(),
            ..read(MessageStatus::Complete)
        };
        let first = behind(empty, &appended("", 5)).expect("it serves");
        assert_eq!(first.line.len(), 1);
    }
}
