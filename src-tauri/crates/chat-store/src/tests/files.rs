//! The files: who may read them, what is refused, backups, checks, restores.

use std::{fs, path::Path};

use chat_core::{ChatStore as _, Revision, Timestamp};
use rusqlite::Connection;

use super::support::{Place, Seen, chat, exchange, open, user};
use crate::{Database, OpenError, connection::APPLICATION_ID, files::beside, migrations::ALL};

fn refusal(path: &Path) -> OpenError {
    match Database::open(path, std::sync::Arc::new(Seen::default())) {
        Ok(_) => panic!("{} must not open", path.display()),
        Err(error) => error,
    }
}

#[cfg(unix)]
#[tokio::test]
async fn nobody_else_can_read_it() {
    use std::os::unix::fs::PermissionsExt as _;
    let place = Place::new().await;
    let path = place.path();
    let mode = |path: &Path| fs::metadata(path).expect("there").permissions().mode() & 0o777;
    assert_eq!(mode(path.parent().expect("a directory")), 0o700);
    place.chat("alice", "c").await;
    for suffix in ["", "-wal", "-shm", ".lock"] {
        assert_eq!(
            mode(&beside(&path, suffix)),
            0o600,
            "the file with {suffix:?}"
        );
    }
    let backup = place.directory.path().join("backup.db");
    place.store.backup(&backup).await.expect("a backup");
    assert_eq!(mode(&backup), 0o600, "a backup holds the same words");
    place.store.close().await;
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).expect("opened wide");
    let (_store, _) = open(&path);
    assert_eq!(mode(&path), 0o600, "what was left open is shut");
}

#[test]
fn what_is_no_database_is_left_alone() {
    let directory = tempfile::tempdir().expect("a directory");
    let text = directory.path().join("notes.txt");
    let words = "my notes, not a database. ".repeat(100);
    fs::write(&text, &words).expect("written");
    assert!(matches!(refusal(&text), OpenError::NotADatabase { .. }));
    assert_eq!(
        fs::read_to_string(&text).expect("read"),
        words,
        "and not one byte changed"
    );

    let foreign = directory.path().join("foreign.db");
    let other = Connection::open(&foreign).expect("a database");
    other
        .execute_batch("CREATE TABLE photos (id INTEGER)")
        .expect("a table");
    drop(other);
    let before = fs::read(&foreign).expect("read");
    assert!(matches!(refusal(&foreign), OpenError::NotADatabase { .. }));
    assert_eq!(
        fs::read(&foreign).expect("read"),
        before,
        "another program's stays its own"
    );
}

#[cfg(target_os = "linux")]
#[test]
fn a_directory_that_cannot_be_written_says_so() {
    // Not even root can make a file there, so this holds for whoever runs the tests.
    let error = refusal(Path::new("/sys/kernel/parlor.db"));
    assert!(matches!(&error, OpenError::NotWritable { .. }), "{error:?}");
    assert!(
        error.to_string().contains("/sys/kernel"),
        "it names the place: {error}"
    );
}

#[test]
fn a_directory_below_a_file_says_so() {
    let directory = tempfile::tempdir().expect("a directory");
    let file = directory.path().join("file");
    fs::write(&file, "x").expect("written");
    assert!(matches!(
        refusal(&file.join("data").join("parlor.db")),
        OpenError::File { .. }
    ));
}

#[tokio::test]
async fn a_backup_is_whole_while_writing_goes_on() {
    let place = Place::new().await;
    place.chat("alice", "c").await;
    place.say("alice", "c", "before").await;
    let flight = tokio::spawn({
        let store = place.store.clone();
        async move {
            for number in 0..100 {
                let new = exchange("alice", "c", &format!("m{number}"));
                store.append(new).await.expect("an exchange");
            }
        }
    });
    let backup = place.directory.path().join("backup.db");
    place.store.backup(&backup).await.expect("a backup");
    flight.await.expect("no panic");
    place
        .store
        .backup(&backup)
        .await
        .expect("an older backup is replaced");
    let (copy, _) = open(&backup);
    let line = copy
        .history(&user("alice"), &chat("c"))
        .await
        .expect("a history")
        .messages;
    assert_eq!(line.len(), 202);
    assert_eq!(copy.check().await.expect("a check"), Vec::<String>::new());
}

#[tokio::test]
async fn a_backup_destroys_nothing() {
    let place = Place::new().await;
    for own in ["", "-wal", ".lock"] {
        let target = beside(&place.path(), own);
        let refused = place.store.backup(&target).await;
        assert!(
            matches!(refused, Err(OpenError::Refused { .. })),
            "onto itself{own}"
        );
    }
    let letter = place.directory.path().join("letter.txt");
    fs::write(&letter, "dear").expect("written");
    let refused = place.store.backup(&letter).await;
    assert!(matches!(refused, Err(OpenError::Refused { .. })));
    assert_eq!(fs::read_to_string(&letter).expect("read"), "dear");
    let nowhere = place.directory.path().join("no").join("backup.db");
    assert!(place.store.backup(&nowhere).await.is_err());
}

#[tokio::test]
async fn a_restore_brings_the_past_under_a_new_name() {
    let place = Place::new().await;
    place.chat("alice", "c").await;
    place.say("alice", "c", "m").await;
    let (path, backup) = (place.path(), place.directory.path().join("backup.db"));
    place.store.backup(&backup).await.expect("a backup");
    let epoch = place.store.epoch().await.expect("an epoch");
    place.say("alice", "c", "after").await;

    let busy = Database::restore(&backup, &path);
    assert!(
        matches!(busy, Err(OpenError::InUse { .. })),
        "not below a running server"
    );
    place.store.close().await;
    let kept = Database::restore(&backup, &path)
        .expect("restored")
        .expect("an old one");

    let (store, _) = open(&path);
    assert_ne!(
        store.epoch().await.expect("an epoch"),
        epoch,
        "clients must read anew"
    );
    let line = store
        .history(&user("alice"), &chat("c"))
        .await
        .expect("a history")
        .messages;
    assert_eq!(line.len(), 2);
    let (old, _) = open(&kept);
    let line = old
        .history(&user("alice"), &chat("c"))
        .await
        .expect("a history")
        .messages;
    assert_eq!(line.len(), 4, "what was replaced is kept");
    assert_eq!(old.epoch().await.expect("an epoch"), epoch);

    store.close().await;
    let second = Database::restore(&backup, &path)
        .expect("restored")
        .expect("an old one");
    assert_ne!(
        second, kept,
        "an older one that was kept is not overwritten"
    );
    let (fresh, nothing) = (place.directory.path().join("new").join("parlor.db"), None);
    assert_eq!(
        Database::restore(&backup, &fresh).expect("restored"),
        nothing
    );
    let all = open(&fresh)
        .0
        .chats(&user("alice"), Revision(0))
        .await
        .expect("chats");
    assert_eq!(all.chats.len(), 1, "a restore makes a new server too");
}

#[tokio::test]
async fn a_restore_keeps_a_log_that_a_crash_left() {
    let place = Place::new().await;
    let backup = place.directory.path().join("backup.db");
    place.store.backup(&backup).await.expect("a backup");
    place.chat("alice", "c").await;
    let crashed = place.directory.path().join("crashed.db");
    fs::copy(place.path(), &crashed).expect("a copy");
    fs::copy(beside(&place.path(), "-wal"), beside(&crashed, "-wal")).expect("a copy");
    let kept = Database::restore(&backup, &crashed)
        .expect("restored")
        .expect("an old one");
    let all = open(&kept)
        .0
        .chats(&user("alice"), Revision(0))
        .await
        .expect("chats");
    assert_eq!(
        all.chats.len(),
        1,
        "what was only in the log is kept with its file"
    );
    let all = open(&crashed)
        .0
        .chats(&user("alice"), Revision(0))
        .await
        .expect("chats");
    assert_eq!(
        all.chats.len(),
        0,
        "and does not leak into the restored one"
    );
}

#[tokio::test]
async fn a_restore_refuses_what_it_cannot_trust() {
    let place = Place::new().await;
    place.chat("alice", "c").await;
    let path = place.path();
    let backup = place.directory.path().join("backup.db");
    for number in 0..50 {
        place.say("alice", "c", &format!("m{number}")).await;
    }
    place.store.backup(&backup).await.expect("a backup");
    place.store.close().await;
    let whole = fs::read(&path).expect("read");

    let missing = Database::restore(&place.directory.path().join("none"), &path);
    assert!(matches!(missing, Err(OpenError::Refused { .. })));
    assert!(matches!(
        Database::restore(&path, &path),
        Err(OpenError::Refused { .. })
    ));
    let text = place.directory.path().join("text");
    fs::write(&text, "no database at all ".repeat(300)).expect("written");
    assert!(matches!(
        Database::restore(&text, &path),
        Err(OpenError::NotADatabase { .. })
    ));
    let empty = place.directory.path().join("empty");
    fs::write(&empty, "").expect("written");
    assert!(matches!(
        Database::restore(&empty, &path),
        Err(OpenError::NotADatabase { .. })
    ));

    let mut bytes = fs::read(&backup).expect("read");
    for page in 2..bytes.len() / 4096 {
        bytes[page * 4096..page * 4096 + 64].fill(0x5a);
    }
    let broken = place.directory.path().join("broken.db");
    fs::write(&broken, &bytes).expect("written");
    let damaged = Database::restore(&broken, &path);
    assert!(
        matches!(damaged, Err(OpenError::Damaged { .. })),
        "{damaged:?}"
    );
    assert_eq!(
        fs::read(&path).expect("read"),
        whole,
        "nothing was replaced"
    );
}

#[tokio::test]
async fn a_check_finds_rows_that_hang_in_the_air() {
    let place = Place::new().await;
    place.chat("alice", "c").await;
    place.say("alice", "c", "m").await;
    assert_eq!(
        place.store.check().await.expect("a check"),
        Vec::<String>::new()
    );
    let outside = Connection::open(place.path()).expect("a connection");
    outside
        .execute_batch("PRAGMA foreign_keys = OFF; UPDATE messages SET chat_id = 'gone'")
        .expect("damage done");
    let found = place.store.check().await.expect("a check");
    assert_eq!(found.len(), 2, "both messages: {found:?}");
    assert!(found[0].contains("messages"), "{found:?}");
    place
        .store
        .delete_chat(&user("alice"), &chat("c"), Timestamp(1))
        .await
        .expect("still works");
}

#[tokio::test]
async fn one_server_answers_on_one_history() {
    let place = Place::new().await;
    place.store.claim().expect("the first server");
    let (second, _) = open(&place.path());
    assert!(
        matches!(second.claim(), Err(OpenError::InUse { .. })),
        "a second one would sweep what the first is writing"
    );
    second
        .writable()
        .await
        .expect("a command line needs no claim");
    place.store.close().await;
    second.claim().expect("the first is gone");
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_backup_goes_where_it_was_asked_to_or_nowhere() {
    use std::os::unix::ffi::OsStrExt as _;
    let place = Place::new().await;
    let odd = place
        .directory
        .path()
        .join(std::ffi::OsStr::from_bytes(b"odd-\xff.db"));
    let refused = place.store.backup(&odd).await;
    assert!(
        matches!(refused, Err(OpenError::Refused { .. })),
        "no empty file called a backup"
    );
    assert!(!odd.exists());
}

#[tokio::test]
async fn a_backup_that_says_another_version_than_its_own_is_refused() {
    let place = Place::new().await;
    place.chat("alice", "c").await;
    let backup = place.directory.path().join("backup.db");
    place.store.backup(&backup).await.expect("a backup");
    place.store.close().await;
    for version in [-1, 1, 4] {
        let connection = rusqlite::Connection::open(&backup).expect("a connection");
        connection
            .pragma_update(None, "user_version", version)
            .expect("another version");
        drop(connection);
        let refused = Database::restore(&backup, &place.path());
        assert!(
            matches!(
                refused,
                Err(OpenError::Damaged { .. } | OpenError::NotADatabase { .. })
            ),
            "version {version}: {refused:?}"
        );
        let (store, _) = open(&place.path());
        let chats = store.chats(&user("alice"), Revision(0)).await;
        assert_eq!(chats.expect("chats").chats.len(), 1, "what was there stays");
        store.close().await;
    }
}

/// A backup of the schema after so many migrations, written by an older program.
fn old_backup(path: &Path, migrations: &[&str]) -> Connection {
    let connection = Connection::open(path).expect("a database");
    for migration in migrations {
        connection.execute_batch(migration).expect("a schema");
    }
    let reached = i64::try_from(migrations.len()).expect("small");
    for (name, value) in [
        ("application_id", APPLICATION_ID),
        ("user_version", reached),
    ] {
        connection.pragma_update(None, name, value).expect("set");
    }
    connection
        .execute_batch(
            "INSERT INTO meta VALUES ('epoch', 'old');
             INSERT INTO users (id, name, name_key, role, created_at)
             VALUES ('alice', 'Alice', 'alice', 'owner', 1);",
        )
        .expect("rows");
    connection
}

#[tokio::test]
async fn a_backup_of_every_older_schema_is_restored_and_grows() {
    for reached in 1..=ALL.len() {
        let directory = tempfile::tempdir().expect("a directory");
        let (backup, path) = (
            directory.path().join("backup.db"),
            directory.path().join("parlor.db"),
        );
        drop(old_backup(&backup, &ALL[..reached]));
        let restored = Database::restore(&backup, &path);
        assert!(restored.is_ok(), "schema {reached}: {restored:?}");
        let (store, _) = open(&path);
        let users = store.users().await.expect("users");
        assert_eq!(users.len(), 1, "schema {reached}");
        assert_eq!(store.check().await.expect("a check"), Vec::<String>::new());
        store.close().await;
    }
}

#[tokio::test]
async fn what_an_operator_added_or_wrote_otherwise_is_no_damage() {
    let directory = tempfile::tempdir().expect("a directory");
    let (backup, path) = (
        directory.path().join("backup.db"),
        directory.path().join("parlor.db"),
    );
    let otherwise: Vec<String> = ALL.iter().map(|sql| sql.replace('\n', "\r\n")).collect();
    let otherwise: Vec<&str> = otherwise.iter().map(String::as_str).collect();
    let connection = old_backup(&backup, &otherwise);
    connection
        .execute_batch(
            "CREATE TABLE my_notes (text TEXT);
             CREATE VIEW my_people AS SELECT name FROM users;
             CREATE INDEX my_index ON messages (created_at);
             ALTER TABLE users ADD COLUMN my_column TEXT;
             ANALYZE;",
        )
        .expect("an operator's own");
    drop(connection);
    let restored = Database::restore(&backup, &path);
    assert!(restored.is_ok(), "{restored:?}");
    let (store, _) = open(&path);
    assert_eq!(store.check().await.expect("a check"), Vec::<String>::new());
}

#[tokio::test]
async fn a_backup_that_lacks_a_part_of_its_schema_is_refused() {
    let directory = tempfile::tempdir().expect("a directory");
    for (number, damage) in [
        "DROP TABLE pieces",
        "ALTER TABLE users DROP COLUMN revision",
        "DROP INDEX messages_by_client",
        "DROP TRIGGER limits_of_devices",
    ]
    .into_iter()
    .enumerate()
    {
        let backup = directory.path().join(format!("backup-{number}.db"));
        let connection = old_backup(&backup, ALL);
        connection.execute_batch(damage).expect("damage done");
        drop(connection);
        let refused = Database::restore(&backup, &directory.path().join("parlor.db"));
        assert!(
            matches!(refused, Err(OpenError::Damaged { .. })),
            "{damage}: {refused:?}"
        );
    }
}

#[tokio::test]
async fn a_missing_index_hides_no_rows_that_hang_in_the_air() {
    let place = Place::new().await;
    place.chat("alice", "c").await;
    place.say("alice", "c", "m").await;
    let outside = Connection::open(place.path()).expect("a connection");
    outside
        .execute_batch(
            "DROP INDEX messages_by_revision; PRAGMA foreign_keys = OFF;
             UPDATE messages SET chat_id = 'gone'",
        )
        .expect("damage done");
    let found = place.store.check().await.expect("a check");
    assert_eq!(found.len(), 3, "the index and both messages: {found:?}");
}
