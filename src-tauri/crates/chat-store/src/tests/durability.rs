//! What survives: the end of the process at any moment, a closed store, another process beside.

use std::{fs, path::Path, sync::Arc};

use chat_core::{ChatStore as _, MessageStatus, StoreError, Timestamp, UserRole};

use super::support::{Place, chat, exchange, message, open, user};
use crate::files::beside;

/// The files as a killed process would leave them: nothing is closed, nothing checkpointed.
fn as_after_a_kill(from: &Path, to: &Path) {
    fs::copy(from, to).expect("a copy");
    fs::copy(beside(from, "-wal"), beside(to, "-wal")).expect("a copy of the log");
}

#[tokio::test]
async fn a_kill_loses_no_word_that_was_kept() {
    let place = Place::new().await;
    place.chat("alice", "c").await;
    place.say("alice", "c", "m").await;
    place
        .store
        .checkpoint(vec![
            place.piece("m-a", 4, "so "),
            place.piece("m-a", 9, "far"),
        ])
        .await
        .expect("kept");
    let copy = place.directory.path().join("killed.db");
    as_after_a_kill(&place.path(), &copy);

    let (store, _) = open(&copy);
    assert_eq!(store.sweep(Timestamp(60)).await.expect("a sweep"), 1);
    let answer = store
        .message(&user("alice"), &message("m-a"))
        .await
        .expect("a message");
    assert_eq!(
        (answer.status, answer.content.as_str()),
        (MessageStatus::Interrupted, "so far")
    );
    assert_eq!(store.check().await.expect("a check"), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_kill_in_full_flight_loses_nothing_acknowledged() {
    let place = Place::new().await;
    place.chat("alice", "c").await;
    let acknowledged = Arc::new(std::sync::Mutex::new(Vec::new()));
    let flight = tokio::spawn({
        let (store, acknowledged) = (place.store.clone(), Arc::clone(&acknowledged));
        async move {
            for number in 0..300 {
                let new = exchange("alice", "c", &format!("m{number}"));
                let appended = store.append(new).await.expect("an exchange");
                acknowledged
                    .lock()
                    .expect("not poisoned")
                    .push(appended.message.id);
            }
        }
    });
    for round in 0..5 {
        let enough = 40 * (round + 1);
        while acknowledged.lock().expect("not poisoned").len() < enough {
            tokio::task::yield_now().await;
        }
        let known = acknowledged.lock().expect("not poisoned").clone();
        let copy = place.directory.path().join(format!("killed-{round}.db"));
        as_after_a_kill(&place.path(), &copy);
        let (store, _) = open(&copy);
        store.sweep(Timestamp(60)).await.expect("a sweep");
        for id in &known {
            let there = store.message(&user("alice"), id).await;
            assert!(there.is_ok(), "{id} was acknowledged before the kill");
        }
        let line = store
            .history(&user("alice"), &chat("c"))
            .await
            .expect("a history")
            .messages;
        assert_eq!(
            line.len() % 2,
            0,
            "a message and its answer: both or neither"
        );
        assert!(
            line.iter().all(|m| m.status != MessageStatus::Running),
            "nothing runs for ever"
        );
    }
    flight.await.expect("no panic");
}

#[tokio::test]
async fn closing_does_what_was_asked_and_leaves_one_file() {
    let place = Place::new().await;
    place.chat("alice", "c").await;
    let sends: Vec<_> = (0..50)
        .map(|number| {
            let (store, new) = (
                place.store.clone(),
                exchange("alice", "c", &format!("m{number}")),
            );
            tokio::spawn(async move { store.append(new).await.is_ok() })
        })
        .collect();
    tokio::task::yield_now().await;
    let path = place.path();
    place.store.close().await;
    place.store.close().await;
    let mut accepted = 0;
    for send in sends {
        accepted += usize::from(send.await.expect("no panic"));
    }
    let refused = place.store.append(exchange("alice", "c", "late")).await;
    assert!(
        matches!(refused, Err(StoreError::Unavailable)),
        "closed means closed"
    );
    assert!(matches!(
        place.store.epoch().await,
        Err(StoreError::Unavailable)
    ));
    let log = fs::metadata(beside(&path, "-wal")).map_or(0, |meta| meta.len());
    assert_eq!(log, 0, "the database file is whole by itself");
    let (store, _) = open(&path);
    let line = store
        .history(&user("alice"), &chat("c"))
        .await
        .expect("a history")
        .messages;
    assert_eq!(
        line.len(),
        2 * accepted,
        "what was accepted is there, what was not is not"
    );
}

#[tokio::test]
async fn the_last_handle_closes_too() {
    let place = Place::new().await;
    place.chat("alice", "c").await;
    let (path, epoch) = (place.path(), place.store.epoch().await.expect("an epoch"));
    let Place {
        store, directory, ..
    } = place;
    drop(store);
    let log = fs::metadata(beside(&path, "-wal")).map_or(0, |meta| meta.len());
    assert_eq!(log, 0);
    let (store, _) = open(&path);
    assert_eq!(
        store.epoch().await.expect("an epoch"),
        epoch,
        "the same history"
    );
    drop(directory);
}

#[tokio::test]
async fn a_command_line_beside_the_server() {
    let place = Place::new().await;
    place.chat("alice", "c").await;
    // A second handle has its own connections and lock, as a second process has.
    let (beside, _) = open(&place.path());
    let flight = tokio::spawn({
        let store = place.store.clone();
        async move {
            for number in 0..50 {
                let new = exchange("alice", "c", &format!("m{number}"));
                store.append(new).await.expect("an exchange");
            }
        }
    });
    for number in 0..20 {
        let name = format!("person{number}");
        let made = beside
            .create_user(user(&name), &name, UserRole::Member, None, Timestamp(1))
            .await;
        made.expect("an account, while the server writes");
    }
    flight.await.expect("no panic");
    beside.close().await;
    let there = place.store.user(&user("person19")).await.expect("a read");
    assert!(there.is_some(), "the server sees it at once");
    assert_eq!(place.line("alice", "c").await.len(), 100);
    place
        .store
        .writable()
        .await
        .expect("closing the other one takes nothing from this one");
}

#[tokio::test]
async fn the_store_can_prove_that_it_writes() {
    let place = Place::new().await;
    let before = place.store.writer_stats();
    place.store.writable().await.expect("a write");
    place.store.writable().await.expect("a write");
    let after = place.store.writer_stats();
    assert_eq!(
        (after.commits - before.commits, after.jobs - before.jobs),
        (2, 2)
    );
    assert_eq!((after.queued, after.failed_commits), (0, 0));
    place.store.close().await;
    assert!(place.store.writable().await.is_err());
}
