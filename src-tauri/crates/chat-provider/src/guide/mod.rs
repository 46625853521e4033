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
    let (language, question) = asked(request);
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

/// The last question, and the language it is asked in. A word or two says little about a
/// language; what was asked before says more.
fn asked(request: &AnswerRequest) -> (Language, &str) {
    let by_person = request
        .messages
        .iter()
        .filter(|said| said.role == Role::User);
    let asked = by_person.rev().map(|said| said.content.as_str());
    let language = asked.clone().find_map(Language::of);
    let question = asked.clone().next().unwrap_or_default();
    (language.unwrap_or(Language::English), question)
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

#[cfg(test)]
mod tests {
    use chat_core::PromptMessage;
    use tokio::time::Instant;

    use super::*;

    fn chat(texts: &[&str]) -> AnswerRequest {
        let message = |text: &&str| PromptMessage {
            role: Role::User,
            content: (*text).to_owned(),
        };
        AnswerRequest {
            messages: texts.iter().map(message).collect(),
            ..AnswerRequest::default()
        }
    }

    #[test]
    fn words_joined_are_the_text() {
        let text = "  Two\n\nwords é,\tthen |a| table \n";
        assert_eq!(pieces(text).concat(), text);
        assert_eq!(pieces("a b\n\nc"), ["a ", "b\n\n", "c"]);
        assert!(pieces("").is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn it_speaks_word_by_word_at_its_pace() {
        let began = Instant::now();
        let pace = Duration::from_millis(15);
        let events: Vec<_> = answer(&chat(&["hello"]), None, pace).collect().await;
        let words = u32::try_from(events.len() - 2).unwrap();
        let took = began.elapsed();
        assert!(
            took >= pace * words && took < pace * (words + words / 4),
            "{took:?}"
        );
    }

    #[test]
    fn a_short_question_keeps_the_language_of_the_chat() {
        let request = chat(&["Bonjour, comment ça va ?", "Ollama"]);
        assert_eq!(asked(&request), (Language::French, "Ollama"));
        assert_eq!(asked(&chat(&["Ollama"])), (Language::English, "Ollama"));
        assert_eq!(asked(&chat(&[])), (Language::English, ""));
    }

    #[test]
    fn every_suggested_question_has_an_answer() {
        for language in [Language::English, Language::Russian, Language::French] {
            let overview = words::phrases(language).overview;
            let questions: Vec<_> = overview
                .lines()
                .filter_map(|line| line.strip_prefix("- "))
                .collect();
            assert_eq!(questions.len(), 4);
            for question in questions {
                assert!(!search::find(language, question).is_empty(), "{question}");
            }
        }
    }
}
