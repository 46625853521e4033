//! Chats that leave and arrive: all of the tree, once, and nothing of anybody else's.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use chat_core::{
    ChangeKind, ChatStore as _, Fault, FinishedAnswer, IdSource, MessageStatus, NewExchange,
    PortableChat, Role, StoreError, Timestamp,
};

use super::support::{Place, chat, end, exchange, is_not_found, message, user};
use crate::Import;

/// Ids that count.
struct Counted(AtomicU32);

impl IdSource for Counted {
    fn fresh(&self) -> String {
        format!("new-{}", self.0.fetch_add(1, Ordering::Relaxed))
    }
}

fn import(owner: &str, id: &str, chat_: PortableChat) -> Import {
    Import {
        id: chat(id),
        owner: user(owner),
        chat: chat_,
        ids: Arc::new(Counted(AtomicU32::new(0))),
        now: Timestamp(1_000),
    }
}

/// A chat of alice's with two branches, of which the first is shown: one, then two and its edit.
async fn tree(place: &Place) -> PortableChat {
    place.chat("alice", "old").await;
    place.say("alice", "old", "one").await;
    place.end("one-a", "first").await;
    place.say("alice", "old", "two").await;
    let failed = FinishedAnswer {
        status: MessageStatus::Failed,
        failure: Some(Fault::internal()),
        reasoning: "thoughts".to_owned(),
        ..end("two-a", "half")
    };
    place.store.finish(failed).await.expect("an end");
    let edit = NewExchange {
        parent: Some(Some(message("one-a"))),
        ..exchange("alice", "old", "edit")
    };
    place.store.append(edit).await.expect("an exchange");
    place.end("edit-a", "other").await;
    let back = chat_core::ChatPatch {
        leaf: Some(message("two-a")),
        temperature: Some(Some(0.5)),
        ..chat_core::ChatPatch::default()
    };
    let changed = place
        .store
        .update_chat(&user("alice"), &chat("old"), back)
        .await;
    changed.expect("a change");
    exported(place, "alice", "old").await
}

async fn exported(place: &Place, owner: &str, id: &str) -> PortableChat {
    let exported = place
        .store
        .export_chat(&user(owner), &chat(id), Timestamp(99))
        .await;
    exported.expect("a chat").checked().expect("a sound one")
}

#[tokio::test]
async fn a_chat_arrives_as_it_left_and_belongs_to_whoever_took_it_in() {
    let place = Place::new().await;
    let left = tree(&place).await;
    assert_eq!(left.messages.len(), 6, "all branches");
    place.seen.take();
    let done = place
        .store
        .import_chat(import("bob", "new", left.clone()))
        .await;
    let done = done.expect("a chat");
    assert!(done.created && done.messages == 6);
    let told = place.seen.take();
    assert!(
        matches!(&told[..], [one] if matches!(one.kind, ChangeKind::ChatCreated(_))
            && one.audience.iter().all(|(who, _)| *who == user("bob"))),
        "its owner hears of it, once, and nobody else"
    );
    assert_eq!(
        exported(&place, "bob", "new").await,
        left,
        "nothing is lost"
    );
    let history = place
        .store
        .history(&user("bob"), &chat("new"))
        .await
        .expect("a history");
    let shown: Vec<_> = history
        .messages
        .iter()
        .map(|m| m.content.as_str())
        .collect();
    assert_eq!(
        shown,
        ["says one", "first", "says two", "half"],
        "the branch shown"
    );
    assert_eq!(
        history.messages[2].siblings.len(),
        2,
        "with the other beside it"
    );
    for told in &history.messages {
        let person = told.role == Role::User;
        assert_eq!(
            told.author,
            person.then(|| user("bob")),
            "its words are bob's"
        );
        assert!(told.client_id.is_none() && told.id.as_str().starts_with("new-"));
    }
    assert!(
        is_not_found(
            place
                .store
                .export_chat(&user("alice"), &chat("new"), Timestamp(1))
                .await
        ),
        "alice does not see it"
    );
    assert!(
        is_not_found(
            place
                .store
                .export_chat(&user("bob"), &chat("old"), Timestamp(1))
                .await
        ),
        "nor bob hers"
    );
    // It is a chat like any other.
    place.say("bob", "new", "three").await;
}

#[tokio::test]
async fn the_same_import_makes_one_chat_and_none_after_it_was_deleted() {
    let place = Place::new().await;
    let left = tree(&place).await;
    let both = tokio::join!(
        place.store.import_chat(import("bob", "new", left.clone())),
        place.store.import_chat(import("bob", "new", left.clone())),
    );
    let both = [both.0.expect("a chat"), both.1.expect("a chat")];
    assert_eq!(
        both.iter().filter(|done| done.created).count(),
        1,
        "one of them made it"
    );
    assert!(both.iter().all(|done| done.messages == 6));
    assert_eq!(
        exported(&place, "bob", "new").await.messages.len(),
        6,
        "once"
    );
    place.say("bob", "new", "more").await;
    let again = place
        .store
        .import_chat(import("bob", "new", left.clone()))
        .await;
    let again = again.expect("a chat");
    assert_eq!(
        (again.created, again.messages),
        (false, 8),
        "also after it has grown"
    );

    let foreign = place
        .store
        .import_chat(import("alice", "new", left.clone()))
        .await;
    assert!(
        matches!(foreign, Err(StoreError::IdTaken)),
        "it is nobody else's"
    );
    let deleted = place
        .store
        .delete_chat(&user("bob"), &chat("new"), Timestamp(50))
        .await;
    deleted.expect("a deletion");
    let late = place.store.import_chat(import("bob", "new", left)).await;
    assert!(
        is_not_found(late),
        "what was taken back does not come back by itself"
    );
}

#[tokio::test]
async fn an_answer_that_runs_leaves_as_interrupted_and_no_time_lies_ahead() {
    let place = Place::new().await;
    place.chat("alice", "old").await;
    place.say("alice", "old", "one").await;
    let left = exported(&place, "alice", "old").await;
    let answer = &left.messages[1];
    assert_eq!(
        (answer.status, answer.finished_at),
        (MessageStatus::Interrupted, Some(Timestamp(99)))
    );
    let ahead = PortableChat {
        updated_at: Timestamp(i64::MAX),
        ..left
    };
    let done = place.store.import_chat(import("bob", "new", ahead)).await;
    assert_eq!(
        done.expect("a chat").chat.updated_at,
        Timestamp(1_000),
        "it would stay on top of the list for ever"
    );
}

#[tokio::test]
async fn a_chat_that_breaks_half_way_leaves_nothing() {
    let place = Place::new().await;
    let mut left = tree(&place).await;
    // What `checked` would refuse; here it stands for anything that fails in the middle.
    left.messages[4].parent = Some(5);
    place.seen.take();
    assert!(
        place
            .store
            .import_chat(import("bob", "new", left))
            .await
            .is_err()
    );
    assert!(is_not_found(
        place.store.chat(&user("bob"), &chat("new")).await
    ));
    assert!(place.seen.take().is_empty(), "and nobody hears of it");
}
