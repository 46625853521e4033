//! The journals of running answers: what a killed process leaves is taken up, once.

use std::fs;

use chat_core::{ChatStore as _, MessageStatus, NewAnswer, PieceKind, Timestamp};

use super::support::{Place, message, open, user};
use crate::{Database, files::beside};

fn text(words: &str) -> Vec<(PieceKind, String)> {
    vec![(PieceKind::Text, words.to_owned())]
}

/// A store in which the answer `m-a` runs.
async fn answering() -> Place {
    let place = Place::new().await;
    place.chat("alice", "c").await;
    place.say("alice", "c", "m").await;
    place
}

async fn swept(place: &Place) -> (MessageStatus, String, String) {
    place.store.sweep(Timestamp(60)).await.expect("a sweep");
    let answer = place.store.message(&user("alice"), &message("m-a")).await;
    let answer = answer.expect("the answer");
    (answer.status, answer.content, answer.reasoning)
}

fn journals(place: &Place) -> usize {
    let directory = beside(&place.path(), "-running");
    fs::read_dir(directory).expect("the directory").count()
}

#[tokio::test]
async fn what_was_kept_piece_by_piece_is_there_after_a_kill() {
    let place = answering().await;
    let mut journal = place.store.journal(&message("m-a"));
    journal.keep(&[(PieceKind::Reasoning, "Hm. ".to_owned())]);
    journal.keep(&text("so "));
    journal.keep(&text("far"));
    drop(journal);
    let whole = (MessageStatus::Interrupted, "so far".into(), "Hm. ".into());
    assert_eq!(swept(&place).await, whole);
    assert_eq!(journals(&place), 0, "taken up once");
    assert_eq!(swept(&place).await, whole, "and not a second time");
}

#[tokio::test]
async fn the_longer_of_journal_and_checkpoints_counts() {
    for (checkpoints, kept) in [("so", "so far"), ("so far", "so")] {
        let place = answering().await;
        let mut journal = place.store.journal(&message("m-a"));
        journal.keep(&text(kept));
        let mut piece = place.piece("m-a", 1, checkpoints);
        piece.reasoning.clear();
        place.store.checkpoint(vec![piece]).await.expect("kept");
        assert_eq!(swept(&place).await.1, "so far");
    }
}

#[tokio::test]
async fn an_answer_that_goes_on_has_a_journal_of_what_is_new() {
    let place = answering().await;
    place.store.journal(&message("m-a")).keep(&text("so "));
    assert_eq!(swept(&place).await.1, "so ");
    let go_on = NewAnswer::Continue {
        answer: message("m-a"),
    };
    let open = place
        .store
        .open_answer(user("alice").into(), go_on, Timestamp(40));
    open.await.expect("open again");
    place.store.journal(&message("m-a")).keep(&text("far"));
    assert_eq!(swept(&place).await.1, "so far");
}

#[tokio::test]
async fn an_answer_that_has_ended_needs_its_journal_no_more() {
    let place = answering().await;
    let mut journal = place.store.journal(&message("m-a"));
    journal.keep(&text("so"));
    place.end("m-a", "so far").await;
    // Killed here, the file stays: the end is the truth all the same.
    let ended = (MessageStatus::Complete, "so far".to_owned(), String::new());
    assert_eq!(swept(&place).await, ended);
    journal.discard();
    assert_eq!(journals(&place), 0);
}

#[tokio::test]
async fn a_journal_that_cannot_be_written_stops_nothing() {
    let place = answering().await;
    let directory = beside(&place.path(), "-running");
    fs::remove_dir_all(&directory).expect("removed");
    let mut journal = place.store.journal(&message("m-a"));
    journal.keep(&text("so "));
    fs::create_dir(&directory).expect("made");
    journal.keep(&text("far"));
    assert_eq!(journals(&place), 0, "nothing is kept behind a gap");
    place.end("m-a", "so far").await;
    journal.discard();
}

#[tokio::test]
async fn a_restored_history_knows_no_journals_of_the_one_it_replaces() {
    let place = answering().await;
    let backup = place.directory.path().join("backup.db");
    place.store.backup(&backup).await.expect("a backup");
    place.store.journal(&message("m-a")).keep(&text("later"));
    let path = place.path();
    place.store.close().await;
    Database::restore(&backup, &path).expect("restored");
    let (store, _) = open(&path);
    store.sweep(Timestamp(60)).await.expect("a sweep");
    let answer = store.message(&user("alice"), &message("m-a")).await;
    assert_eq!(answer.expect("the answer").content, "");
}
