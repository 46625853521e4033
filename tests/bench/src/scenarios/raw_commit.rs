//! The raw group commit: what SQLite itself does on this disk with the rows that an accepted message
//! is made of, when so many wait that each transaction holds a whole group.

use std::{path::Path, time::Duration};

use anyhow::Result;
use rusqlite::{Connection, params};

use crate::clock;

/// Tables of the shape that a chat server needs: a person's message and the answer it asks for, the
/// chat that they are in, the indices by which they are found.
const SCHEMA: &str = "
    CREATE TABLE chats (id TEXT PRIMARY KEY, title TEXT NOT NULL, leaf TEXT,
        updated_at INTEGER NOT NULL, revision INTEGER NOT NULL);
    CREATE TABLE messages (seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, chat TEXT NOT NULL,
        parent TEXT, role TEXT NOT NULL, author TEXT, client TEXT, content TEXT NOT NULL,
        status TEXT NOT NULL, created_at INTEGER NOT NULL, revision INTEGER NOT NULL);
    CREATE INDEX messages_by_parent ON messages (chat, parent, seq);
    CREATE INDEX messages_running ON messages (chat) WHERE status = 'running';
    CREATE UNIQUE INDEX messages_by_client ON messages (author, client) WHERE client IS NOT NULL;";

const INSERT: &str = "INSERT INTO messages
    (id, chat, parent, role, author, client, content, status, created_at, revision)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";

/// Messages a second, committed in groups of `group`, each transaction on disk before the next
/// (`synchronous=FULL` in WAL mode), for as long as `window`.
pub(super) fn rate(directory: &Path, group: usize, content: &str, window: Duration) -> Result<f64> {
    let path = directory.join("raw.db");
    let connection = Connection::open(&path)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "cache_size", -16 * 1024)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "journal_size_limit", 64 * 1024 * 1024)?;
    connection.execute_batch(SCHEMA)?;
    for chat in 0..group {
        connection.execute(
            "INSERT INTO chats (id, title, updated_at, revision) VALUES (?1, 'x', 0, 0)",
            [id("chat", chat)],
        )?;
    }
    let start = clock::now();
    let end = start + window.as_nanos() as u64;
    let mut done = 0;
    while clock::now() < end {
        connection.execute_batch("BEGIN IMMEDIATE")?;
        for chat in 0..group {
            message(&connection, chat, done, content)?;
            done += 1;
        }
        connection.execute_batch("COMMIT")?;
    }
    Ok(done as f64 / ((clock::now() - start) as f64 / 1e9))
}

fn message(connection: &Connection, chat: usize, number: usize, content: &str) -> Result<()> {
    let mut insert = connection.prepare_cached(INSERT)?;
    let (chat, question, answer) = (
        id("chat", chat),
        id("question", number),
        id("answer", number),
    );
    let (time, revision) = (number as i64, number as i64);
    let client = id("client", number);
    insert.execute(params![
        question,
        chat,
        None::<String>,
        "user",
        "person",
        client,
        content,
        "complete",
        time,
        revision
    ])?;
    insert.execute(params![
        answer,
        chat,
        question,
        "assistant",
        None::<String>,
        None::<String>,
        "",
        "running",
        time,
        revision
    ])?;
    connection
        .prepare_cached("UPDATE chats SET leaf = ?2, updated_at = ?3, revision = ?4 WHERE id = ?1")?
        .execute(params![chat, answer, time, revision])?;
    Ok(())
}

/// As long as a real one, and growing like one.
fn id(kind: &str, number: usize) -> String {
    format!("{number:016x}-bench-{kind:-<12}")
}
