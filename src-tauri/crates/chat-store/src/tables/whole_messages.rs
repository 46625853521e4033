//! `messages` as they travel: a whole chat's, read and written with everything that ended ones
//! have.

use chat_core::{ChatId, Message, MessageId, UserId};
use rusqlite::{Connection, params};

use super::messages::{COLUMNS, read};
use crate::spelling::{Spelled as _, signed};

/// All messages of a chat, on all of its branches, the oldest first.
pub(crate) fn all(connection: &Connection, chat: &ChatId) -> rusqlite::Result<Vec<Message>> {
    connection
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM messages m WHERE m.chat_id = ?1 ORDER BY m.seq"
        ))?
        .query_map([chat.as_str()], read)?
        .collect()
}

/// How many messages a chat has, on all of its branches.
pub(crate) fn count(connection: &Connection, chat: &ChatId) -> rusqlite::Result<usize> {
    connection
        .prepare_cached("SELECT count(*) FROM messages WHERE chat_id = ?1")?
        .query_row([chat.as_str()], |row| row.get::<_, i64>(0))
        .map(|count| usize::try_from(count).unwrap_or(0))
}

/// Inserts a message that has ended, whichever way.
pub(crate) fn insert(connection: &Connection, message: &Message) -> rusqlite::Result<()> {
    let failure = message.failure.as_ref();
    connection
        .prepare_cached(
            "INSERT INTO messages (id, chat_id, parent_id, role, author_id, content, reasoning,
                 status, model, failure_code, failure_reason, failure_message, failure_retry_ms,
                 created_at, finished_at, revision)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)",
        )?
        .execute(params![
            message.id.as_str(),
            message.chat.as_str(),
            message.parent.as_ref().map(MessageId::as_str),
            message.role.spell(),
            message.author.as_ref().map(UserId::as_str),
            message.content,
            message.reasoning,
            message.status.spell(),
            message.model.as_ref().map(ToString::to_string),
            failure.map(|failure| failure.code.spell()),
            failure.map(|failure| failure.reason.spell()),
            failure.map(|failure| failure.message.as_str()),
            failure.and_then(|failure| failure.retry_after_ms.map(signed)),
            message.created_at.0,
            message.finished_at.map(|at| at.0),
            signed(message.revision.0),
        ])
        .map(drop)
}
