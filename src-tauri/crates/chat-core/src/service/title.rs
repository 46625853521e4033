//! Asks the model for a chat's title after its first answer, in the chat's language. The first
//! words stand until then, and stay if the model has nothing better.

use std::{sync::Arc, time::Duration};

use futures_util::StreamExt as _;

use super::{Inner, spend::Bill, turns::Turn, wants_title};
use crate::{
    model::{ChatPatch, Role, TitleSource},
    provider::{AnswerEvent, AnswerRequest, PromptMessage, Purpose},
};

const INSTRUCTION: &str = "Name this conversation in two to six words, in its own language. \
                           Answer with the title alone: no quotes, no full stop.";

/// How much of each message the model sees, in characters.
const EXCERPT: usize = 1_200;

/// The longest title, in characters.
const LONGEST: usize = 60;

/// How long a model may think about a title.
const PATIENCE: Duration = Duration::from_secs(30);

/// Names the chat of `turn`, if nobody has. Failures only cost the title.
pub(super) async fn ask(inner: &Arc<Inner>, turn: &Turn) {
    let chat = match inner.store.chat(&turn.user, &turn.answer.chat).await {
        Ok(chat) if wants_title(&chat) => chat,
        _ => return,
    };
    let Ok(line) = inner.store.line(&turn.answer.id).await else {
        return;
    };
    let first = line
        .iter()
        .filter(|message| message.role != Role::System)
        .take(2);
    let mut conversation = String::new();
    for message in first {
        let who = if message.role == Role::User {
            "Question"
        } else {
            "Answer"
        };
        let excerpt: String = message.content.chars().take(EXCERPT).collect();
        conversation.push_str(&format!("{who}: {excerpt}\n\n"));
    }
    let request = AnswerRequest {
        purpose: Purpose::Title,
        model: turn.model.clone().or(chat.model),
        system_prompt: Some(INSTRUCTION.to_owned()),
        messages: vec![PromptMessage {
            role: Role::User,
            content: conversation,
        }],
        max_tokens: Some(200),
        ..AnswerRequest::default()
    };
    let Some(title) = collect(inner, turn, request).await else {
        return;
    };
    let Some(title) = tidy(&title) else { return };
    let patch = ChatPatch {
        title: Some((title, TitleSource::Model)),
        ..ChatPatch::default()
    };
    if let Err(error) = inner.store.update_chat(&turn.user, &chat.id, patch).await {
        tracing::warn!(%error, "a title could not be saved");
    }
}

/// What the model says, if it comes to an end in time; what was asked is counted also if not.
async fn collect(inner: &Inner, turn: &Turn, request: AnswerRequest) -> Option<String> {
    let (request, mut bill) = turn.meter.ask_title(inner, request).ok()?;
    let mut text = String::new();
    let reading = read(inner, request, &mut bill, &mut text);
    let whole = tokio::select! {
        () = inner.draining.cancelled() => false,
        whole = tokio::time::timeout(PATIENCE, reading) => whole.unwrap_or(false),
    };
    turn.meter
        .settle_title(inner, &turn.answer.id, bill, text.len())
        .await;
    whole.then_some(text)
}

/// Reads a title into `text`; true if it is whole.
async fn read(inner: &Inner, request: AnswerRequest, bill: &mut Bill, text: &mut String) -> bool {
    let Ok(mut stream) = inner.provider.answer(request).await else {
        return false;
    };
    while let Some(event) = stream.next().await {
        match event {
            Ok(AnswerEvent::Started { model }) => bill.model = Some(model),
            Ok(AnswerEvent::Usage(usage)) => bill.told = Some(usage),
            Ok(AnswerEvent::Text(piece)) => text.push_str(&piece),
            Ok(AnswerEvent::Finished(_)) => return true,
            Ok(AnswerEvent::Reasoning(_)) => {}
            Err(_) => return false,
        }
        if text.len() > 4 * EXCERPT {
            return false;
        }
    }
    false
}

/// One line without quotes, marks and full stop; none if nothing sensible is left.
fn tidy(text: &str) -> Option<String> {
    let line = text.lines().map(str::trim).find(|line| !line.is_empty())?;
    let line = line.replace("**", "").replace("__", "").replace('`', "");
    let line = line.trim_start_matches(['#', '*', ' ']);
    let line = ["Title:", "Titre :", "Titre:", "Название:", "Заголовок:"]
        .iter()
        .find_map(|label| line.strip_prefix(label))
        .unwrap_or(line);
    let quotes = |c: char| {
        matches!(
            c,
            '"' | '\'' | '«' | '»' | '“' | '”' | '„' | '`' | '*' | ' '
        )
    };
    let line = line
        .trim_matches(quotes)
        .trim_end_matches('.')
        .trim_matches(quotes);
    let clean: String = line.chars().filter(|c| !c.is_control()).collect();
    let length = clean.chars().count();
    (2..=LONGEST).contains(&length).then_some(clean)
}

#[cfg(test)]
mod tests {
    use super::tidy;

    #[test]
    fn titles_lose_what_models_wrap_around_them() {
        for (given, expected) in [
            ("\"Slow fsync explained.\"", Some("Slow fsync explained")),
            ("\n**Title: Bread**\n\nmore", Some("Bread")),
            ("«Письмо арендодателю»", Some("Письмо арендодателю")),
            ("# Plan de cours", Some("Plan de cours")),
            (
                "An answer in **small `pieces`",
                Some("An answer in small pieces"),
            ),
            ("", None),
            ("?", None),
        ] {
            assert_eq!(tidy(given).as_deref(), expected, "{given:?}");
        }
        assert_eq!(tidy(&"word ".repeat(30)), None, "a paragraph is no title");
    }
}
