//! `messages` as lines: what of the line shown has ended, what changed of it since a revision, what
//! is on it, and its copy into another chat.

use std::collections::HashMap;

use chat_core::{ChatId, Message, MessageId, Revision, Timestamp, UserId};
use rusqlite::{Connection, OptionalExtension as _, params};

use super::messages::{BESIDE, COLUMNS, PATH, Place, gather, read};
use crate::spelling::{id, signed};

/// The line from a message up to the oldest that changed after a revision, and no further: a long
/// chat costs what is new in it. Parents are older than children, so `seq` only falls.
const SINCE: &str = "WITH RECURSIVE oldest (seq) AS (
         SELECT min(seq) FROM messages
             WHERE chat_id = ?2 AND revision > ?3 AND status <> 'running'
     ), path (seq, parent_id) AS (
         SELECT seq, parent_id FROM messages
             WHERE id = ?1 AND seq >= (SELECT seq FROM oldest)
         UNION ALL
         SELECT m.seq, m.parent_id FROM path p CROSS JOIN messages m ON m.id = p.parent_id
             WHERE m.seq >= (SELECT seq FROM oldest)
     )";

/// Of the line to `leaf` the messages that have ended, oldest first; those that changed after
/// `since`, if that is given.
pub(crate) fn ended(
    connection: &Connection,
    chat: &ChatId,
    leaf: &MessageId,
    since: Option<Revision>,
) -> rusqlite::Result<Vec<Message>> {
    let Some(since) = since else {
        return connection
            .prepare_cached(&format!(
                "{PATH} SELECT {COLUMNS} FROM path CROSS JOIN messages m ON m.seq = path.seq
                 WHERE m.status <> 'running' ORDER BY m.seq"
            ))?
            .query_map([leaf.as_str()], read)?
            .collect();
    };
    connection
        .prepare_cached(&format!(
            "{SINCE} SELECT {COLUMNS} FROM path CROSS JOIN messages m ON m.seq = path.seq
             WHERE m.revision > ?3 AND m.status <> 'running' ORDER BY m.seq"
        ))?
        .query_map(params![leaf.as_str(), chat.as_str(), signed(since.0)], read)?
        .collect()
}

/// The bytes and the number of the messages of the line to a message, without what running answers
/// have said since.
pub(crate) fn weight(connection: &Connection, leaf: &MessageId) -> rusqlite::Result<(u64, u64)> {
    // The length of a text is in the head of its row: long ones are not read.
    connection
        .prepare_cached(&format!(
            "{PATH} SELECT coalesce(sum(octet_length(m.content)), 0), count(*)
             FROM path CROSS JOIN messages m ON m.seq = path.seq"
        ))?
        .query_row([leaf.as_str()], |row| {
            let part = |column| row.get::<_, i64>(column).map(i64::unsigned_abs);
            Ok((part(0)?, part(1)?))
        })
}

/// What stands beside each message that [`ended`] gives.
pub(crate) fn siblings(
    connection: &Connection,
    chat: &ChatId,
    leaf: &MessageId,
    since: Option<Revision>,
) -> rusqlite::Result<HashMap<Place, Vec<MessageId>>> {
    let Some(since) = since else {
        return super::messages::siblings(connection, leaf);
    };
    let mut statement = connection.prepare_cached(&format!(
        "{SINCE} {BESIDE} WHERE m.revision > ?3 ORDER BY s.seq"
    ))?;
    gather(statement.query(params![leaf.as_str(), chat.as_str(), signed(since.0)])?)
}

/// The answers of a chat that have not ended, oldest first.
pub(crate) fn running(connection: &Connection, chat: &ChatId) -> rusqlite::Result<Vec<MessageId>> {
    connection
        .prepare_cached(
            "SELECT id FROM messages WHERE chat_id = ?1 AND status = 'running' ORDER BY seq",
        )?
        .query_map([chat.as_str()], |row| id(row, 0, MessageId::parse))?
        .collect()
}

/// All answers that have not ended in the chats that `user` sees, oldest first.
pub(crate) fn running_for(
    connection: &Connection,
    user: &UserId,
) -> rusqlite::Result<Vec<(ChatId, MessageId)>> {
    connection
        .prepare_cached(
            "SELECT m.chat_id, m.id FROM messages m INDEXED BY messages_running
             CROSS JOIN chats c ON c.id = m.chat_id
             CROSS JOIN chat_members s ON s.chat_id = m.chat_id AND s.user_id = ?1
             WHERE m.status = 'running' AND c.deleted_at IS NULL AND s.access <> 'none'
             ORDER BY m.seq",
        )?
        .query_map([user.as_str()], |row| {
            Ok((id(row, 0, ChatId::parse)?, id(row, 1, MessageId::parse)?))
        })?
        .collect()
}

/// Whether `message` is on the line to `leaf`. Costs what lies between them.
pub(crate) fn is_on_line(
    connection: &Connection,
    leaf: &MessageId,
    message: &MessageId,
) -> rusqlite::Result<bool> {
    connection
        .prepare_cached(
            "WITH RECURSIVE sought (seq) AS (SELECT seq FROM messages WHERE id = ?2),
             path (seq, parent_id) AS (
                 SELECT seq, parent_id FROM messages WHERE id = ?1
                 UNION ALL
                 SELECT m.seq, m.parent_id FROM path p CROSS JOIN messages m ON m.id = p.parent_id
                     WHERE m.seq >= (SELECT seq FROM sought)
             )
             SELECT EXISTS (SELECT 1 FROM path WHERE seq = (SELECT seq FROM sought))",
        )?
        .query_row([leaf.as_str(), message.as_str()], |row| row.get(0))
}

/// The chat of a message.
pub(crate) fn chat_of(
    connection: &Connection,
    message: &MessageId,
) -> rusqlite::Result<Option<ChatId>> {
    connection
        .prepare_cached("SELECT chat_id FROM messages WHERE id = ?1")?
        .query_row([message.as_str()], |row| id(row, 0, ChatId::parse))
        .optional()
}

/// The ids of the line from the first message to `leaf`.
pub(crate) fn ids(connection: &Connection, leaf: &MessageId) -> rusqlite::Result<Vec<MessageId>> {
    connection
        .prepare_cached(&format!(
            "{PATH} SELECT m.id FROM path CROSS JOIN messages m ON m.seq = path.seq ORDER BY m.seq"
        ))?
        .query_map([leaf.as_str()], |row| id(row, 0, MessageId::parse))?
        .collect()
}

/// Copies `from` to `to`, which follows `parent` in `chat`. A running answer is copied as far as it
/// has come, as interrupted.
pub(crate) fn copy(
    connection: &Connection,
    from: &MessageId,
    to: &MessageId,
    (chat, parent): (&ChatId, Option<&MessageId>),
    (revision, now): (Revision, Timestamp),
) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO messages (id, chat_id, parent_id, role, author_id, content, reasoning,
                 status, model, failure_code, failure_reason, failure_message, failure_retry_ms,
                 created_at, finished_at, revision)
             SELECT ?2, ?3, ?4, role, author_id,
                 content || coalesce((SELECT group_concat(p.content, '' ORDER BY p.to_seq)
                     FROM pieces p WHERE p.message_id = messages.id), ''),
                 reasoning || coalesce((SELECT group_concat(p.reasoning, '' ORDER BY p.to_seq)
                     FROM pieces p WHERE p.message_id = messages.id), ''),
                 iif(status = 'running', 'interrupted', status), model, failure_code,
                 failure_reason, failure_message, failure_retry_ms, created_at,
                 iif(status = 'running', ?6, finished_at), ?5
             FROM messages WHERE id = ?1",
        )?
        .execute(params![
            from.as_str(),
            to.as_str(),
            chat.as_str(),
            parent.map(MessageId::as_str),
            signed(revision.0),
            now.0,
        ])
        .map(drop)
}
