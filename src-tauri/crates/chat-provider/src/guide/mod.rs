//! The guide: answers from Parlor's own documentation while there is no model, and says that it
//! is none. Owns the documents, finding in them, and the pace at which they are read out.

mod documents;
mod language;
mod search;
mod words;

use std::time::Duration;

use chat_core::{AnswerEvent, AnswerRequest, AnswerStream, FinishReason, Role};
use futures_util::{StreamExt as _, stream};
use tokio::time::sleep;

use self::language::Language;

/// Answers the last thing a person said. `unreached` is the address of a server that should have
/// answered.
pub(crate) fn answer(
    request: &AnswerRequest,
    unreached: Option<&str>,
    pace: Duration,
) -> AnswerStream {
    let mut asked = request
        .messages
        .iter()
        .rev()
        .filter(|said| said.role == Role::User);
    let question = asked.next().map_or("", |said| said.content.as_str());
    // A word or two says little about a language; what was asked before says more.
    let language = Language::of(question)
        .or_else(|| asked.find_map(|said| Language::of(&said.content)))
        .unwrap_or(Language::English);
    let text = compose(language, question, unreached);
    let pieces = pieces(&text);
    let spoken = stream::iter(pieces).then(move |piece| async move {
        sleep(pace).await;
        Ok(AnswerEvent::Text(piece))
    });
    stream::iter([Ok(AnswerEvent::Started { model: None })])
        .chain(spoken)
        .chain(stream::iter([Ok(AnswerEvent::Finished(
            FinishReason::Stop,
        ))]))
        .boxed()
}

fn compose(language: Language, question: &str, unreached: Option<&str>) -> String {
    let phrases = words::phrases(language);
    let mut text = String::new();
    if let Some(address) = unreached {
        text.push_str(&phrases.unreached.replace("{address}", address));
        text.push_str("\n\n");
    }
    text.push_str(phrases.introduction);
    let found = search::find(language, question);
    if found.is_empty() {
        text.push_str("\n\n");
        text.push_str(phrases.overview);
        return text;
    }
    for section in &found {
        text.push_str(&format!("\n\n## {}\n\n{}", section.title, section.body));
    }
    let related = search::related(language, question, &found);
    if !related.is_empty() {
        text.push_str(&format!("\n\n{}", phrases.related));
        for title in related {
            text.push_str(&format!("\n- {title}"));
        }
    }
    text
}

/// Words, each with the white space after it: joined, they are the text.
fn pieces(text: &str) -> Vec<String> {
    let mut pieces: Vec<String> = Vec::new();
    let mut after_space = true;
    for char in text.chars() {
        let is_space = char.is_whitespace();
        match pieces.last_mut() {
            Some(piece) if is_space || !after_space => piece.push(char),
            _ => pieces.push(char.to_string()),
        }
        after_space = is_space;
    }
    pieces
}
