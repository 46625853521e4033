//! The schema: made, grown with a copy beside it, never half, never backwards.

use std::{path::Path, sync::Arc};

use chat_core::{ChatStore as _, Revision};
use rusqlite::Connection;

use super::support::{Place, Seen, open, user};
use crate::{
    Database, OpenError,
    connection::pragma,
    migrations::{ALL, run},
};

/// A schema of tomorrow, as the next migration could be.
const NEXT: &str = "CREATE TABLE tomorrow (id TEXT PRIMARY KEY) STRICT;
                    ALTER TABLE chats ADD COLUMN folder TEXT;";

fn open_grown(path: &Path, more: &[&'static str]) -> Result<Arc<Database>, OpenError> {
    let all: Vec<_> = ALL.iter().copied().chain(more.iter().copied()).collect();
    Database::open_with(path, Arc::new(Seen::default()), &all)
}

fn schema(path: &Path) -> i64 {
    pragma(
        &Connection::open(path).expect("a connection"),
        "user_version",
    )
    .expect("a number")
}

#[tokio::test]
async fn an_older_database_grows_and_a_copy_stays() {
    let place = Place::new().await;
    place.chat("alice", "c").await;
    let (path, epoch) = (place.path(), place.store.epoch().await.expect("an epoch"));
    place.store.close().await;
    let copy = crate::files::beside(&path, &format!(".schema-{}.backup", ALL.len()));
    let (again, _) = open(&path);
    again.close().await;
    assert!(!copy.exists(), "no copy where nothing is to grow");

    let grown = open_grown(&path, &[NEXT]).expect("it grows");
    let chats = grown
        .chats(&user("alice"), Revision(0))
        .await
        .expect("chats")
        .chats;
    assert_eq!(chats.len(), 1, "with all that was in it");
    assert_eq!(
        grown.epoch().await.expect("an epoch"),
        epoch,
        "the same history"
    );
    grown.close().await;
    assert_eq!(schema(&path), 1 + i64::try_from(ALL.len()).expect("small"));
    let (old, _) = open(&copy);
    let chats = old
        .chats(&user("alice"), Revision(0))
        .await
        .expect("chats")
        .chats;
    assert_eq!(chats.len(), 1, "the copy opens with the older program");

    let error = Database::open(&path, Arc::new(Seen::default()))
        .err()
        .expect("a refusal");
    let OpenError::Newer { found, known, .. } = error else {
        panic!("newer, not {error:?}");
    };
    assert_eq!(
        found,
        known + 1,
        "an older program does not touch a newer database"
    );
}

#[tokio::test]
async fn a_migration_that_fails_changes_nothing() {
    let place = Place::new().await;
    place.chat("alice", "c").await;
    let path = place.path();
    place.store.close().await;
    let broken = open_grown(&path, &[NEXT, "CREATE TABLE x (y); nonsense"]);
    assert!(matches!(broken, Err(OpenError::Sqlite { .. })));
    let (store, _) = open(&path);
    let chats = store
        .chats(&user("alice"), Revision(0))
        .await
        .expect("chats")
        .chats;
    assert_eq!(
        chats.len(),
        1,
        "all or nothing: the first of the two is undone too"
    );
}

#[test]
fn two_that_start_together_make_one_schema() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("parlor.db");
    let starts: Vec<_> = (0..4)
        .map(|_| {
            let path = path.clone();
            std::thread::spawn(move || Database::open(&path, Arc::new(Seen::default())).map(drop))
        })
        .collect();
    for start in starts {
        start.join().expect("no panic").expect("each of them opens");
    }
    assert_eq!(schema(&path), i64::try_from(ALL.len()).expect("small"));
}

#[test]
fn the_schema_is_the_one_that_shipped() {
    let mut connection = Connection::open_in_memory().expect("a connection");
    run(&mut connection, Path::new("memory"), ALL).expect("made");
    let strict: i64 = connection
        .query_row(
            "SELECT count(*) FROM pragma_table_list
             WHERE schema = 'main' AND type = 'table' AND strict = 0 AND name NOT LIKE 'sqlite_%'",
            [],
            |row| row.get(0),
        )
        .expect("a number");
    assert_eq!(strict, 0, "every table checks its types");
    let plan: Vec<String> = connection
        .prepare(
            "EXPLAIN QUERY PLAN SELECT id FROM messages WHERE status = 'running' AND chat_id = 'c'",
        )
        .expect("a plan")
        .query_map([], |row| row.get(3))
        .expect("rows")
        .collect::<Result<_, _>>()
        .expect("rows");
    assert!(
        plan[0].contains("messages_running"),
        "a sweep does not read all: {plan:?}"
    );
    let plan: Vec<String> = connection
        .prepare(
            "EXPLAIN QUERY PLAN SELECT min(seq) FROM messages
             WHERE chat_id = 'c' AND revision > 7 AND status <> 'running'",
        )
        .expect("a plan")
        .query_map([], |row| row.get(3))
        .expect("rows")
        .collect::<Result<_, _>>()
        .expect("rows");
    assert!(
        plan[0].contains("messages_by_revision (chat_id=? AND revision>?)"),
        "who comes back does not read all: {plan:?}"
    );
}
