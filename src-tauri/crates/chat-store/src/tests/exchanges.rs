//! Messages and answers: accepted once, opened again, ended once, swept.

use chat_core::{
    ChangeKind, ChatPatch, ChatStore as _, ErrorCode, Fault, FinishedAnswer, MessageStatus,
    ModelId, NewAnswer, NewExchange, Reason, Revision, Role, StoreError, Timestamp, TitleSource,
};

use super::support::{Place, chat, client, end, exchange, is_not_found, message, open, user};

#[tokio::test]
async fn a_message_and_its_answer_come_together() {
    let place = Place::new().await;
    place.chat("alice", "c").await;
    place.seen.take();
    let first = place.say("alice", "c", "m").await;
    assert!(first.created);
    assert_eq!(first.message.status, MessageStatus::Complete);
    assert_eq!(first.answer.status, MessageStatus::Running);
    assert_eq!(first.answer.parent, Some(message("m")));
    let told = place.seen.take();
    let ChangeKind::MessageAdded(said, after) = &told[0].kind else {
        panic!("a message added, not {told:?}");
    };
    assert_eq!(said, &first.message);
    assert_eq!(after.leaf, Some(message("m-a")));
    assert_eq!(
        (after.title.as_str(), after.title_source),
        ("says m", TitleSource::FirstWords)
    );
    assert_eq!(
        after.revision, first.answer.revision,
        "one commit, one revision"
    );
    let stored = place
        .store
        .chat(&user("alice"), &chat("c"))
        .await
        .expect("a chat");
    assert_eq!(&stored, after, "the chat told of is the chat kept");
    for told in [&first.message, &first.answer] {
        let kept = place
            .store
            .message(&user("alice"), &told.id)
            .await
            .expect("a message");
        assert_eq!(&kept, told, "what is given back is what is kept");
    }
}

#[tokio::test]
async fn a_client_id_is_accepted_once_for_ever() {
    let place = Place::new().await;
    for id in ["c", "d"] {
        place.chat("alice", id).await;
    }
    place.chat("bob", "b").await;
    let say = |chat_id: &str, id: &str| NewExchange {
        client_id: Some(client("k")),
        ..exchange("alice", chat_id, id)
    };
    let first = place
        .store
        .append(say("c", "m1"))
        .await
        .expect("an exchange");
    place.end("m1-a", "yes").await;
    place.seen.take();
    let again = place
        .store
        .append(say("c", "m2"))
        .await
        .expect("the old one");
    assert!(!again.created);
    assert_eq!(
        (&again.message.id, &again.answer.id),
        (&message("m1"), &message("m1-a"))
    );
    assert_eq!(again.answer.content, "yes", "as it is now");
    let elsewhere = place
        .store
        .append(say("d", "m3"))
        .await
        .expect("the old one");
    assert_eq!(
        elsewhere.message.chat,
        chat("c"),
        "also when another chat is named"
    );
    place
        .store
        .delete_chat(&user("alice"), &chat("c"), Timestamp(9))
        .await
        .expect("deleted");
    let dead = place
        .store
        .append(say("c", "m4"))
        .await
        .expect("the old one");
    assert_eq!(
        dead.message.id, first.message.id,
        "also when the chat was deleted"
    );
    let nowhere = place
        .store
        .append(say("never", "m5"))
        .await
        .expect("the old one");
    assert!(!nowhere.created);
    let bobs = NewExchange {
        client_id: Some(client("k")),
        ..exchange("bob", "b", "m6")
    };
    let bobs = place.store.append(bobs).await.expect("an exchange");
    assert!(bobs.created, "another person's client id is another");

    let path = place.path();
    place.store.close().await;
    let (store, seen) = open(&path);
    let reopened = store.append(say("d", "m7")).await.expect("the old one");
    assert_eq!(
        reopened.message.id, first.message.id,
        "also after a restart"
    );
    assert!(seen.take().is_empty(), "nothing was written");
}

#[tokio::test]
async fn a_hundred_resends_at_once_are_one_message() {
    let place = Place::new().await;
    place.chat("alice", "c").await;
    place.seen.take();
    let sends: Vec<_> = (0..100)
        .map(|number| {
            let store = place.store.clone();
            let new = NewExchange {
                client_id: Some(client("k")),
                ..exchange("alice", "c", &format!("m{number}"))
            };
            tokio::spawn(async move { store.append(new).await.expect("an exchange") })
        })
        .collect();
    let mut created = 0;
    let mut ids = std::collections::HashSet::new();
    for send in sends {
        let appended = send.await.expect("no panic");
        created += usize::from(appended.created);
        ids.insert((appended.message.id, appended.answer.id));
    }
    assert_eq!(
        (created, ids.len()),
        (1, 1),
        "one is new and all are told the same"
    );
    assert_eq!(place.seen.take().len(), 1);
}

#[tokio::test]
async fn a_message_follows_what_it_names_in_its_own_chat() {
    let place = Place::new().await;
    place.chat("alice", "c").await;
    place.chat("alice", "d").await;
    place.say("alice", "c", "m1").await;
    place.say("alice", "c", "m2").await;
    place.say("alice", "d", "x").await;
    assert_eq!(place.line("alice", "c").await, ["m1", "m1-a", "m2", "m2-a"]);
    let after = |id: &str, parent| NewExchange {
        parent: Some(parent),
        ..exchange("alice", "c", id)
    };
    place
        .store
        .append(after("m3", Some(message("m1-a"))))
        .await
        .expect("an edit");
    assert_eq!(place.line("alice", "c").await, ["m1", "m1-a", "m3", "m3-a"]);
    place
        .store
        .append(after("m4", None))
        .await
        .expect("another start");
    assert_eq!(place.line("alice", "c").await, ["m4", "m4-a"]);
    let history = place
        .store
        .history(&user("alice"), &chat("c"))
        .await
        .expect("a history");
    assert_eq!(history.messages[0].siblings, [message("m1"), message("m4")]);
    let foreign = place.store.append(after("m5", Some(message("x")))).await;
    assert!(is_not_found(foreign), "a branch does not cross chats");
    let nowhere = place
        .store
        .append(after("m6", Some(message("nowhere"))))
        .await;
    assert!(is_not_found(nowhere));
    let taken = place.store.append(after("m1", None)).await;
    assert!(
        matches!(taken, Err(StoreError::IdTaken)),
        "message ids are given once"
    );
}

#[tokio::test]
async fn the_branch_shown_is_the_newest_below_what_was_picked() {
    let place = Place::new().await;
    place.chat("alice", "c").await;
    place.say("alice", "c", "m1").await;
    place.say("alice", "c", "m2").await;
    let edit = NewExchange {
        parent: Some(Some(message("m1-a"))),
        ..exchange("alice", "c", "m3")
    };
    place.store.append(edit).await.expect("an edit");
    let show = |leaf: &str| ChatPatch {
        leaf: Some(message(leaf)),
        ..ChatPatch::default()
    };
    let (alice, id) = (user("alice"), chat("c"));
    let shown = place
        .store
        .update_chat(&alice, &id, show("m2"))
        .await
        .expect("a chat");
    assert_eq!(
        shown.leaf,
        Some(message("m2-a")),
        "the end below a message in the middle"
    );
    let shown = place
        .store
        .update_chat(&alice, &id, show("m1"))
        .await
        .expect("a chat");
    assert_eq!(shown.leaf, Some(message("m3-a")), "of two ends the newer");
    place.chat("alice", "d").await;
    let foreign = place
        .store
        .update_chat(&alice, &chat("d"), show("m1"))
        .await;
    assert!(is_not_found(foreign), "a chat shows only its own messages");
}

#[tokio::test]
async fn another_answer_stands_beside_the_first() {
    let place = Place::new().await;
    place.chat("alice", "c").await;
    place.say("alice", "c", "m").await;
    place.end("m-a", "first").await;
    place.seen.take();
    let again = |answer: &str, id: &str| NewAnswer::Regenerate {
        answer: message(answer),
        id: message(id),
        now: Timestamp(50),
    };
    let alice = user("alice");
    let new = place
        .store
        .open_answer(alice.clone().into(), again("m-a", "m-b"), Timestamp(40))
        .await
        .expect("an answer");
    assert_eq!(
        (new.status, new.parent.clone()),
        (MessageStatus::Running, Some(message("m")))
    );
    let told = place.seen.take();
    let ChangeKind::ChatUpdated(after) = &told[0].kind else {
        panic!("a chat updated, not {told:?}");
    };
    assert_eq!(
        (&after.leaf, after.revision),
        (&Some(message("m-b")), new.revision)
    );
    assert_eq!(
        place.store.message(&alice, &new.id).await.expect("kept"),
        new
    );
    let history = place
        .store
        .history(&alice, &chat("c"))
        .await
        .expect("a history");
    assert_eq!(
        history.messages[1].siblings,
        [message("m-a"), message("m-b")]
    );
    assert_eq!(history.messages[1].id, message("m-b"));
    let question = place
        .store
        .open_answer(alice.clone().into(), again("m", "m-c"), Timestamp(40))
        .await;
    assert!(is_not_found(question), "a person's message is no answer");
    let foreign = place
        .store
        .open_answer(user("bob").into(), again("m-a", "m-c"), Timestamp(40))
        .await;
    assert!(is_not_found(foreign));
}

#[tokio::test]
async fn what_was_cut_off_goes_on_with_its_text() {
    let place = Place::new().await;
    place.chat("alice", "c").await;
    place.say("alice", "c", "m").await;
    let alice = user("alice");
    let go_on = || NewAnswer::Continue {
        answer: message("m-a"),
    };
    assert!(
        is_not_found(
            place
                .store
                .open_answer(alice.clone().into(), go_on(), Timestamp(40))
                .await
        ),
        "it runs already"
    );
    let failure = Fault {
        code: ErrorCode::GenerationFailed,
        reason: Reason::CutOff,
        message: "the model's server ended the answer early".to_owned(),
        retry_after_ms: Some(2000),
    };
    let failed = FinishedAnswer {
        status: MessageStatus::Failed,
        reasoning: "hm".to_owned(),
        model: Some(ModelId::parse("openai/x").expect("a model")),
        failure: Some(failure.clone()),
        ..end("m-a", "Once upon")
    };
    let ended = place.store.finish(failed).await.expect("an end");
    assert_eq!(ended.failure, Some(failure), "kept word for word");
    let open = place
        .store
        .open_answer(alice.clone().into(), go_on(), Timestamp(40))
        .await
        .expect("open again");
    assert_eq!(
        (open.content.as_str(), open.reasoning.as_str()),
        ("Once upon", "hm")
    );
    assert_eq!(
        (open.status, open.failure, open.finished_at),
        (MessageStatus::Running, None, None)
    );
    place
        .store
        .checkpoint(vec![place.piece("m-a", 1, " a time")])
        .await
        .expect("kept");
    let so_far = place
        .store
        .message(&alice, &message("m-a"))
        .await
        .expect("a message");
    assert_eq!(
        so_far.content, "Once upon a time",
        "pieces follow the old text"
    );
    place.end("m-a", "Once upon a time.").await;
    assert!(
        is_not_found(
            place
                .store
                .open_answer(alice.clone().into(), go_on(), Timestamp(40))
                .await
        ),
        "it is whole"
    );
}

#[tokio::test]
async fn an_answer_ends_once() {
    let place = Place::new().await;
    place.chat("alice", "c").await;
    place.say("alice", "c", "m").await;
    place
        .store
        .checkpoint(vec![place.piece("m-a", 3, "par")])
        .await
        .expect("kept");
    place.seen.take();
    let ghost = place.piece("m-a", 9, "ghost");
    let stopped = FinishedAnswer {
        status: MessageStatus::Stopped,
        ..end("m-a", "partial")
    };
    let ended = place.store.finish(stopped).await.expect("an end");
    let told = place.seen.take();
    let ChangeKind::AnswerEnded(answer, after) = &told[0].kind else {
        panic!("an answer ended, not {told:?}");
    };
    assert_eq!((answer, after.revision), (&ended, ended.revision));
    let late = place
        .store
        .finish(end("m-a", "other"))
        .await
        .expect("the stored one");
    assert_eq!(late, ended, "the first end is the true one");
    place
        .store
        .checkpoint(vec![ghost.clone()])
        .await
        .expect("ignored");
    let kept = place
        .store
        .message(&user("alice"), &message("m-a"))
        .await
        .expect("a message");
    assert_eq!(kept, ended, "a piece that comes late adds nothing");
    assert!(place.seen.take().is_empty());
    assert!(is_not_found(place.store.finish(end("nothing", "x")).await));
    let running = FinishedAnswer {
        status: MessageStatus::Running,
        ..end("m-a", "x")
    };
    assert!(
        place.store.finish(running).await.is_err(),
        "running is no end"
    );
    let go_on = NewAnswer::Continue {
        answer: message("m-a"),
    };
    let open = place
        .store
        .open_answer(user("alice").into(), go_on, Timestamp(40))
        .await;
    assert_eq!(
        open.expect("open again").content,
        "partial",
        "nor does it when the answer goes on"
    );
    place.store.checkpoint(vec![ghost]).await.expect("ignored");
    let kept = place
        .store
        .message(&user("alice"), &message("m-a"))
        .await
        .expect("a message");
    assert_eq!(kept.content, "partial", "nor when it comes after that");
}

#[tokio::test]
async fn the_sweep_keeps_every_word() {
    let place = Place::new().await;
    place.chat("alice", "c").await;
    place.say("alice", "c", "m").await;
    place.end("m-a", "whole").await;
    place.say("alice", "c", "n").await;
    // Out of order on purpose: `to` orders pieces, not their arrival.
    let pieces = vec![
        place.piece("n-a", 12, "lo, "),
        place.piece("n-a", 2, "Hel"),
        place.piece("n-a", 30, "world"),
    ];
    place.store.checkpoint(pieces).await.expect("kept");
    place
        .store
        .checkpoint(vec![place.piece("n-a", 30, "world")])
        .await
        .expect("sent twice, kept once");
    let alice = user("alice");
    let before = place
        .store
        .chats(&alice, Revision(0))
        .await
        .expect("chats")
        .revision;
    assert_eq!(place.store.sweep(Timestamp(77)).await.expect("a sweep"), 1);
    let swept = place
        .store
        .message(&alice, &message("n-a"))
        .await
        .expect("a message");
    assert_eq!(swept.status, MessageStatus::Interrupted);
    assert_eq!(
        (swept.content.as_str(), swept.reasoning.as_str()),
        ("Hello, world", "[Hel][lo, ][world]")
    );
    assert_eq!(swept.finished_at, Some(Timestamp(77)));
    let changed = place.store.chats(&alice, before).await.expect("chats");
    assert_eq!(
        changed.chats.len(),
        1,
        "whoever comes back must learn of it"
    );
    assert_eq!(changed.chats[0].revision, swept.revision);
    assert_eq!(place.store.sweep(Timestamp(78)).await.expect("a sweep"), 0);
}

#[tokio::test]
async fn a_line_is_everything_a_model_is_asked_with() {
    let place = Place::new().await;
    place.chat("alice", "c").await;
    place.say("alice", "c", "m").await;
    place.end("m-a", "yes").await;
    place.say("alice", "c", "n").await;
    let line = place.store.line(&message("n")).await.expect("a line");
    let texts: Vec<_> = line.iter().map(|m| (m.role, m.content.as_str())).collect();
    assert_eq!(
        texts,
        [
            (Role::User, "says m"),
            (Role::Assistant, "yes"),
            (Role::User, "says n")
        ]
    );
    assert!(is_not_found(place.store.line(&message("nothing")).await));
}
