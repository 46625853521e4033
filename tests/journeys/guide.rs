//! With no key and no server the guide answers, in the asker's language, and says what it is.

use serde_json::Value;

use crate::support::{Client, Setup};

async fn guided(question: &str) -> String {
    let server = Setup::new().start().await;
    let (mut client, _) = Client::in_new_chat(&server, &server.user("alice")).await;
    let answer = client.ask(question).await;
    assert_eq!(answer.end["status"], "complete");
    assert_eq!(answer.end["model"], Value::Null, "the guide is no model");
    assert!(
        answer.tokens.len() > 1,
        "it streams help, it does not dump it"
    );
    answer.text()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_guide_answers_in_english() {
    let answer = guided("How do I connect a model of my own?").await;
    let lower = answer.to_lowercase();
    assert!(
        lower.contains("model") && (lower.contains("not a") || lower.contains("no ")),
        "it is no model and says so: {answer}"
    );
    assert!(
        lower.contains(" the ") && !answer.contains(is_cyrillic),
        "in the asker's language: {answer}"
    );
    assert!(
        lower.contains("key") || lower.contains("ollama"),
        "help about what was asked: {answer}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_guide_answers_in_russian() {
    let answer = guided("Как подключить свою модель?").await;
    let lower = answer.to_lowercase();
    let letters = answer
        .chars()
        .filter(|letter| letter.is_alphabetic())
        .count();
    let cyrillic = answer.chars().filter(|letter| is_cyrillic(*letter)).count();
    assert!(cyrillic * 2 > letters, "in the asker's language: {answer}");
    assert!(
        lower.contains("не ") && lower.contains("модел"),
        "it is no model and says so: {answer}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_guide_answers_in_french() {
    let answer = guided("Comment connecter mon propre modèle ?").await;
    let lower = answer.to_lowercase();
    assert!(
        lower.contains("modèle") && lower.contains("pas"),
        "it is no model and says so: {answer}"
    );
    assert!(
        lower.contains(" les ") || lower.contains(" est ") || lower.contains(" une "),
        "in the asker's language: {answer}"
    );
    assert!(
        !lower.contains(" the "),
        "in the asker's language alone: {answer}"
    );
}

fn is_cyrillic(letter: char) -> bool {
    ('\u{400}'..='\u{4ff}').contains(&letter)
}
