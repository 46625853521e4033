//! The writer: many at once, one failing among many, a commit that fails, a full disk, a full
//! queue, a panic.

use std::{
    collections::HashMap,
    sync::{Arc, mpsc},
    time::Duration,
};

use chat_core::{ChatStore as _, Revision, StoreError, Timestamp, UserId};
use tokio::sync::Semaphore;

use super::support::{Place, chat, exchange, message, new_chat, user};
use crate::{
    batch::{Durability, Failing},
    error::Error,
    writer::admit,
};

/// Holds the writer in a job until the sender is dropped, so that what follows forms one batch.
async fn hold(place: &Place) -> (mpsc::Sender<()>, tokio::task::JoinHandle<()>) {
    let (release, held) = mpsc::channel::<()>();
    let (entered, inside) = tokio::sync::oneshot::channel();
    let store = place.store.clone();
    let task = tokio::spawn(async move {
        let job = store
            .writer
            .run(Durability::Power, Failing::Half, move |_| {
                let _ = entered.send(());
                let _ = held.recv();
                Ok(())
            });
        job.await.expect("the holding job");
    });
    inside.await.expect("the writer is held");
    (release, task)
}

/// Polls until `count` jobs have a place.
async fn queued(place: &Place, count: u64) {
    while place.store.writer_stats().queued < count {
        tokio::task::yield_now().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_at_once_are_all_there_and_told_in_order() {
    let place = Place::new().await;
    for (owner, id) in [("alice", "c"), ("alice", "d"), ("bob", "e")] {
        place.chat(owner, id).await;
    }
    place.seen.take();
    let before = place.store.writer_stats();
    let (release, holding) = hold(&place).await;
    let sends: Vec<_> = (0..100)
        .map(|number| {
            let store = place.store.clone();
            let (owner, id) = [("alice", "c"), ("alice", "d"), ("bob", "e")][number % 3];
            let new = exchange(owner, id, &format!("m{number}"));
            tokio::spawn(async move { store.append(new).await.expect("an exchange") })
        })
        .collect();
    queued(&place, 101).await;
    drop(release);
    holding.await.expect("no panic");
    for send in sends {
        assert!(send.await.expect("no panic").created);
    }
    let commits = place.store.writer_stats().commits - before.commits;
    assert!(
        commits <= 2,
        "what waits is committed together, not in {commits} commits"
    );

    let mut last: HashMap<UserId, Revision> = HashMap::new();
    let told = place.seen.take();
    assert_eq!(told.len(), 100, "one change for each message");
    for change in told {
        for (who, revision) in change.audience {
            let before = last.insert(who.clone(), revision).unwrap_or_default();
            assert!(revision > before, "{who}: {revision:?} after {before:?}");
        }
    }
    for (owner, id, count) in [("alice", "c", 34), ("alice", "d", 33), ("bob", "e", 33)] {
        assert_eq!(
            place.line(owner, id).await.len(),
            2 * count,
            "each follows the one before"
        );
        let now = place
            .store
            .chats(&user(owner), Revision(0))
            .await
            .expect("chats")
            .revision;
        assert_eq!(
            now,
            last[&user(owner)],
            "what was told last is what is read"
        );
    }
}

#[tokio::test]
async fn one_that_fails_leaves_the_others_alone() {
    let place = Place::new().await;
    place.chat("alice", "c").await;
    place.seen.take();
    let (release, holding) = hold(&place).await;
    let job = |id: &str, chat_id: &str| {
        let (store, new) = (place.store.clone(), exchange("alice", chat_id, id));
        tokio::spawn(async move { store.append(new).await })
    };
    let first = job("m1", "c");
    queued(&place, 2).await;
    let lost = job("m2", "nowhere");
    queued(&place, 3).await;
    let store = place.store.clone();
    let half = tokio::spawn(async move {
        let job = store.write(|scope| {
            // Something is written, and then it fails.
            crate::operations::chats::create(scope, new_chat("alice", "half"))?;
            Err::<(), _>(Error::NotFound)
        });
        job.await
    });
    queued(&place, 4).await;
    let last = job("m3", "c");
    queued(&place, 5).await;
    drop(release);
    holding.await.expect("no panic");
    assert!(first.await.expect("no panic").is_ok());
    assert!(matches!(
        lost.await.expect("no panic"),
        Err(StoreError::NotFound)
    ));
    assert!(matches!(
        half.await.expect("no panic"),
        Err(StoreError::NotFound)
    ));
    assert!(last.await.expect("no panic").is_ok());
    assert_eq!(place.line("alice", "c").await.len(), 4);
    assert_eq!(place.seen.take().len(), 2, "what was undone is not told");
    let half = place.store.chat(&user("alice"), &chat("half")).await;
    assert!(
        matches!(half, Err(StoreError::NotFound)),
        "what was undone is not there"
    );
}

/// The promise of `Failing::Clean` broken: nothing of it may be kept, at whatever cost.
#[tokio::test]
async fn one_that_fails_halfway_without_a_savepoint_takes_its_batch_along() {
    let place = Place::new().await;
    place.chat("alice", "c").await;
    place.seen.take();
    let (release, holding) = hold(&place).await;
    let (store, new) = (place.store.clone(), exchange("alice", "c", "m1"));
    let innocent = tokio::spawn(async move { store.append(new).await });
    queued(&place, 2).await;
    let store = place.store.clone();
    let half = tokio::spawn(async move {
        let job = store.write_whole(|scope| {
            crate::operations::chats::create(scope, new_chat("alice", "half"))?;
            Err::<(), _>(Error::NotFound)
        });
        job.await
    });
    queued(&place, 3).await;
    drop(release);
    let _ = holding.await;
    assert!(matches!(
        innocent.await.expect("no panic"),
        Err(StoreError::Database(_))
    ));
    assert!(matches!(
        half.await.expect("no panic"),
        Err(StoreError::NotFound)
    ));
    let half = place.store.chat(&user("alice"), &chat("half")).await;
    assert!(matches!(half, Err(StoreError::NotFound)), "{half:?}");
    assert!(place.line("alice", "c").await.is_empty());
    assert!(place.seen.take().is_empty(), "and nobody is told");
    // One that keeps the promise fails alone, and what comes next goes well.
    let lost = place.store.append(exchange("alice", "nowhere", "m2")).await;
    assert!(matches!(lost, Err(StoreError::NotFound)));
    place.say("alice", "c", "m3").await;
    assert_eq!(place.line("alice", "c").await.len(), 2);
}

#[tokio::test]
async fn a_commit_that_fails_fails_for_all_and_is_not_told() {
    let place = Place::new().await;
    place.chat("alice", "c").await;
    place.seen.take();
    let (release, holding) = hold(&place).await;
    let (store, new) = (place.store.clone(), exchange("alice", "c", "m1"));
    let innocent = tokio::spawn(async move { store.append(new).await });
    queued(&place, 2).await;
    let store = place.store.clone();
    let guilty = tokio::spawn(async move {
        let job = store.write(|scope| {
            // A broken reference that SQLite is told to look for only at the commit.
            scope.connection.execute_batch(
                "PRAGMA defer_foreign_keys = ON;
                 INSERT INTO chat_members VALUES ('c', 'nobody', 'read', 0);",
            )?;
            Ok(())
        });
        job.await
    });
    queued(&place, 3).await;
    drop(release);
    // The holding job is in the same batch only if it had not been committed: it ran first.
    let _ = holding.await;
    for result in [innocent.await.map(|r| r.map(drop)), guilty.await] {
        assert!(matches!(
            result.expect("no panic"),
            Err(StoreError::Database(_))
        ));
    }
    assert!(
        place.seen.take().is_empty(),
        "what was not committed is not told"
    );
    assert!(place.line("alice", "c").await.is_empty());
    place.say("alice", "c", "m1").await;
    assert_eq!(
        place.line("alice", "c").await.len(),
        2,
        "the next one goes well"
    );
}

#[tokio::test]
async fn a_full_disk_is_an_error_and_then_it_is_over() {
    let place = Place::new().await;
    place.chat("alice", "c").await;
    place.say("alice", "c", "m1").await;
    let pages = |limit: &'static str| {
        let store = place.store.clone();
        async move {
            let job = store.write(move |scope| {
                let used: i64 = scope
                    .connection
                    .pragma_query_value(None, "page_count", |row| row.get(0))?;
                let limit = if limit == "used" { used } else { 1_000_000_000 };
                scope
                    .connection
                    .pragma_update(None, "max_page_count", limit)?;
                Ok(())
            });
            job.await.expect("the limit is set");
        }
    };
    pages("used").await;
    place.seen.take();
    let mut large = exchange("alice", "c", "m2");
    large.content = "x".repeat(1 << 20);
    let refused = place.store.append(large.clone()).await;
    assert!(
        matches!(refused, Err(StoreError::Database(_))),
        "a full disk is no success"
    );
    assert!(place.seen.take().is_empty(), "and nobody is told of it");
    assert_eq!(place.line("alice", "c").await.len(), 2, "reading goes on");
    // Many at once: those that fit may succeed, and what succeeded must be there.
    let sends: Vec<_> = (0..20)
        .map(|number| {
            let (store, mut new) = (place.store.clone(), exchange("alice", "c", "x"));
            new.id = message(&format!("x{number}"));
            new.answer = message(&format!("x{number}-a"));
            new.content = "y".repeat(if number % 2 == 0 { 10 } else { 1 << 20 });
            tokio::spawn(async move { (new.id.clone(), store.append(new).await.is_ok()) })
        })
        .collect();
    for send in sends {
        let (id, accepted) = send.await.expect("no panic");
        let there = place.store.message(&user("alice"), &id).await.is_ok();
        assert_eq!(accepted, there, "{id}: accepted means stored");
    }
    pages("plenty").await;
    assert!(
        place.store.append(large).await.is_ok(),
        "with room again it works again"
    );
    assert_eq!(
        place.store.check().await.expect("a check"),
        Vec::<String>::new()
    );
}

#[tokio::test]
async fn a_panic_is_an_error_for_one() {
    let place = Place::new().await;
    place.chat("alice", "c").await;
    let job = place.store.write(|scope| -> Result<(), Error> {
        crate::operations::chats::create(scope, new_chat("alice", "half"))?;
        panic!("a bug")
    });
    let result = job.await;
    assert!(
        matches!(&result, Err(StoreError::Database(error)) if error.to_string().contains("a bug"))
    );
    assert!(
        place
            .store
            .chat(&user("alice"), &chat("half"))
            .await
            .is_err(),
        "half is undone"
    );
    let read = place
        .store
        .read(|_| -> Result<(), Error> { panic!("another bug") })
        .await;
    assert!(matches!(read, Err(StoreError::Database(_))));
    for _ in 0..10 {
        place
            .store
            .epoch()
            .await
            .expect("no connection was lost to it");
    }
    place.say("alice", "c", "m").await;
}

#[tokio::test(start_paused = true)]
async fn a_full_queue_is_waited_for_but_not_for_ever() {
    let places = Arc::new(Semaphore::new(1));
    let patience = Duration::from_secs(5);
    let first = admit(&places, patience).await.expect("a place");
    let waiting = {
        let places = Arc::clone(&places);
        tokio::spawn(async move { admit(&places, patience).await })
    };
    tokio::time::sleep(Duration::from_secs(4)).await;
    drop(first);
    let second = waiting
        .await
        .expect("no panic")
        .expect("the place that came free");
    let refused = admit(&places, patience).await;
    assert!(matches!(refused, Err(StoreError::Unavailable)));
    drop(second);
    places.close();
    assert!(matches!(
        admit(&places, patience).await,
        Err(StoreError::Unavailable)
    ));
}

#[tokio::test]
async fn only_checkpoints_do_without_the_disk() {
    let place = Place::new().await;
    place.chat("alice", "c").await;
    place.say("alice", "c", "m").await;
    let level = |durability| {
        let store = place.store.clone();
        async move {
            let look = store.writer.run(durability, Failing::Half, |scope| {
                Ok(scope
                    .connection
                    .pragma_query_value(None, "synchronous", |row| row.get(0))?)
            });
            let level: i64 = look.await.expect("a level");
            level
        }
    };
    let (normal, full) = (1, 2);
    assert_eq!(level(Durability::Process).await, normal);
    assert_eq!(
        level(Durability::Power).await,
        full,
        "an acknowledged message is on the disk"
    );
    place
        .store
        .checkpoint(vec![place.piece("m-a", 1, "x")])
        .await
        .expect("kept");
    assert_eq!(level(Durability::Process).await, normal);
    // Together: one that must be durable makes the batch durable.
    let (release, holding) = hold(&place).await;
    let both = tokio::spawn({
        let (store, light) = (place.store.clone(), level(Durability::Process));
        async move {
            let heavy = store.set_server_setting("k", "v");
            tokio::join!(light, heavy)
        }
    });
    queued(&place, 3).await;
    drop(release);
    holding.await.expect("no panic");
    let (light, heavy) = both.await.expect("no panic");
    heavy.expect("kept");
    assert_eq!(light, full);
}

#[tokio::test]
async fn the_log_does_not_grow_for_ever() {
    let place = Place::new().await;
    place.chat("alice", "c").await;
    let log = crate::files::beside(&place.path(), "-wal");
    for number in 0..400 {
        let mut new = exchange("alice", "c", &format!("m{number}"));
        new.content = "x".repeat(40_000);
        new.now = Timestamp(number);
        place.store.append(new).await.expect("an exchange");
    }
    let (database, log) = (place.path(), std::fs::metadata(log).expect("a log").len());
    let database = std::fs::metadata(database).expect("a database").len();
    assert!(
        database > 8 << 20,
        "16 MB were written and {database} bytes moved"
    );
    assert!(
        log < 12 << 20,
        "the log starts anew after a checkpoint, and has {log} bytes"
    );
}
