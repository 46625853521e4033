//! `messages`: the tree of each chat. A running answer is read with the pieces that it has so far.

use std::collections::HashMap;

use chat_core::{
    ChatId, ClientId, Fault, FinishedAnswer, Message, MessageId, ModelId, Revision, Role,
    Timestamp, UserId,
};
use rusqlite::{Connection, OptionalExtension as _, Row, Rows, params};

use crate::spelling::{Spelled as _, id, optional_id, revision, signed, spelled};

/// `content` and `reasoning` of a running answer: the row's own, then its pieces.
pub(super) const COLUMNS: &str = "m.id, m.chat_id, m.parent_id, m.role, m.author_id, m.client_id, \
     iif(m.status = 'running', m.content || coalesce((SELECT group_concat(p.content, '' \
         ORDER BY p.to_seq) FROM pieces p WHERE p.message_id = m.id), ''), m.content), \
     iif(m.status = 'running', m.reasoning || coalesce((SELECT group_concat(p.reasoning, '' \
         ORDER BY p.to_seq) FROM pieces p WHERE p.message_id = m.id), ''), m.reasoning), \
     m.status, m.model, m.failure_code, m.failure_reason, m.failure_message, \
     m.failure_retry_ms, m.created_at, m.finished_at, m.revision";

/// The line from the root to a message. Parents are older than children, so `seq` orders it.
pub(super) const PATH: &str = "WITH RECURSIVE path (seq, parent_id) AS (
         SELECT seq, parent_id FROM messages WHERE id = ?1
         UNION ALL
         SELECT m.seq, m.parent_id FROM path p CROSS JOIN messages m ON m.id = p.parent_id
     )";

pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<Message> {
    let failure = match row.get_ref(10)?.as_str_or_null()? {
        None => None,
        Some(_) => Some(Fault {
            code: spelled(row, 10)?,
            reason: spelled(row, 11)?,
            message: row.get(12)?,
            retry_after_ms: row
                .get::<_, Option<i64>>(13)?
                .and_then(|wait| u64::try_from(wait).ok()),
        }),
    };
    Ok(Message {
        id: id(row, 0, MessageId::parse)?,
        chat: id(row, 1, ChatId::parse)?,
        parent: optional_id(row, 2, MessageId::parse)?,
        role: spelled(row, 3)?,
        author: optional_id(row, 4, UserId::parse)?,
        author_name: None,
        client_id: optional_id(row, 5, ClientId::parse)?,
        content: row.get(6)?,
        reasoning: row.get(7)?,
        status: spelled(row, 8)?,
        model: optional_id(row, 9, ModelId::parse)?,
        failure,
        created_at: Timestamp(row.get(14)?),
        finished_at: row.get::<_, Option<i64>>(15)?.map(Timestamp),
        revision: revision(row, 16)?,
        siblings: Vec::new(),
    })
}

/// Inserts a message that has not failed.
pub(crate) fn insert(connection: &Connection, message: &Message) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO messages (id, chat_id, parent_id, role, author_id, client_id, content,
                 status, created_at, finished_at, revision)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        )?
        .execute(params![
            message.id.as_str(),
            message.chat.as_str(),
            message.parent.as_ref().map(MessageId::as_str),
            message.role.spell(),
            message.author.as_ref().map(UserId::as_str),
            message.client_id.as_ref().map(ClientId::as_str),
            message.content,
            message.status.spell(),
            message.created_at.0,
            message.finished_at.map(|at| at.0),
            signed(message.revision.0),
        ])
        .map(drop)
}

pub(crate) fn get(
    connection: &Connection,
    message: &MessageId,
) -> rusqlite::Result<Option<Message>> {
    connection
        .prepare_cached(&format!("SELECT {COLUMNS} FROM messages m WHERE m.id = ?1"))?
        .query_row([message.as_str()], read)
        .optional()
}

/// The chat of a message, and whether it is an answer that has not ended.
pub(crate) fn place(
    connection: &Connection,
    message: &MessageId,
) -> rusqlite::Result<Option<(ChatId, bool)>> {
    connection
        .prepare_cached("SELECT chat_id, status = 'running' FROM messages WHERE id = ?1")?
        .query_row([message.as_str()], |row| {
            Ok((id(row, 0, ChatId::parse)?, row.get(1)?))
        })
        .optional()
}

/// What `author` sent under `client` before, wherever it is.
pub(crate) fn by_client(
    connection: &Connection,
    author: &UserId,
    client: &ClientId,
) -> rusqlite::Result<Option<Message>> {
    connection
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM messages m WHERE m.author_id = ?1 AND m.client_id = ?2"
        ))?
        .query_row([author.as_str(), client.as_str()], read)
        .optional()
}

/// Who sent the messages after `since`, and when, in their order; of the last `most` messages.
pub(crate) fn senders(
    connection: &Connection,
    since: Timestamp,
    most: u32,
) -> rusqlite::Result<Vec<(UserId, Timestamp)>> {
    let mut statement = connection.prepare(
        "SELECT author_id, created_at FROM messages
         WHERE seq > (SELECT max(seq) FROM messages) - ?2 AND role = 'user'
             AND author_id IS NOT NULL AND created_at > ?1
         ORDER BY seq",
    )?;
    let senders = statement.query_map(params![since.0, most], |row| {
        Ok((id(row, 0, UserId::parse)?, Timestamp(row.get(1)?)))
    })?;
    senders.collect()
}

/// The oldest answer to a message.
pub(crate) fn first_answer(
    connection: &Connection,
    chat: &ChatId,
    message: &MessageId,
) -> rusqlite::Result<Option<Message>> {
    connection
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM messages m
             WHERE m.chat_id = ?1 AND m.parent_id = ?2 AND m.role = 'assistant'
             ORDER BY m.seq LIMIT 1"
        ))?
        .query_row([chat.as_str(), message.as_str()], read)
        .optional()
}

/// The line from the first message to `leaf`; empty if there is no such message.
pub(crate) fn path(connection: &Connection, leaf: &MessageId) -> rusqlite::Result<Vec<Message>> {
    connection
        .prepare_cached(&format!(
            "{PATH} SELECT {COLUMNS} FROM path CROSS JOIN messages m ON m.seq = path.seq
             ORDER BY m.seq"
        ))?
        .query_map([leaf.as_str()], read)?
        .collect()
}

/// Where siblings stand: what they follow, and who speaks there.
pub(crate) type Place = (Option<MessageId>, Role);

/// What stands beside each message of the line to `leaf`, the line's own included: all with the
/// same parent and role, oldest first.
pub(crate) fn siblings(
    connection: &Connection,
    leaf: &MessageId,
) -> rusqlite::Result<HashMap<Place, Vec<MessageId>>> {
    // One query for the whole line, however long.
    let mut statement = connection.prepare_cached(&format!("{PATH} {BESIDE} ORDER BY s.seq"))?;
    gather(statement.query([leaf.as_str()])?)
}

/// What stands beside each message `m` of a path.
pub(super) const BESIDE: &str = "SELECT s.parent_id, s.role, s.id
     FROM path CROSS JOIN messages m ON m.seq = path.seq
     CROSS JOIN messages s
         ON s.chat_id = m.chat_id AND s.parent_id IS m.parent_id AND s.role = m.role";

/// Rows of [`BESIDE`], by place.
pub(super) fn gather(mut rows: Rows<'_>) -> rusqlite::Result<HashMap<Place, Vec<MessageId>>> {
    let mut found: HashMap<_, Vec<_>> = HashMap::new();
    while let Some(row) = rows.next()? {
        let place = (optional_id(row, 0, MessageId::parse)?, spelled(row, 1)?);
        found
            .entry(place)
            .or_default()
            .push(id(row, 2, MessageId::parse)?);
    }
    Ok(found)
}

/// The newest message at or below `message`, which is an end: children are newer than parents.
pub(crate) fn newest_below(
    connection: &Connection,
    chat: &ChatId,
    message: &MessageId,
) -> rusqlite::Result<Option<MessageId>> {
    connection
        .prepare_cached(
            "WITH RECURSIVE below (seq, id) AS (
                 SELECT seq, id FROM messages WHERE id = ?2 AND chat_id = ?1
                 UNION ALL
                 SELECT m.seq, m.id FROM below b
                     CROSS JOIN messages m ON m.chat_id = ?1 AND m.parent_id = b.id
             )
             SELECT id FROM below ORDER BY seq DESC LIMIT 1",
        )?
        .query_row([chat.as_str(), message.as_str()], |row| {
            id(row, 0, MessageId::parse)
        })
        .optional()
}

/// Makes an ended answer running again, its text kept.
pub(crate) fn reopen(
    connection: &Connection,
    message: &MessageId,
    revision: Revision,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "UPDATE messages SET status = 'running', finished_at = NULL, failure_code = NULL,
                 failure_reason = NULL, failure_message = NULL, failure_retry_ms = NULL,
                 revision = ?2
             WHERE id = ?1",
        )?
        .execute(params![message.as_str(), signed(revision.0)])
        .map(drop)
}

/// Writes the end of an answer.
pub(crate) fn finish(
    connection: &Connection,
    end: &FinishedAnswer,
    revision: Revision,
) -> rusqlite::Result<()> {
    let failure = end.failure.as_ref();
    connection
        .prepare_cached(
            "UPDATE messages SET content = ?2, reasoning = ?3, status = ?4, model = ?5,
                 failure_code = ?6, failure_reason = ?7, failure_message = ?8,
                 failure_retry_ms = ?9, finished_at = ?10, revision = ?11
             WHERE id = ?1",
        )?
        .execute(params![
            end.message.as_str(),
            end.content,
            end.reasoning,
            end.status.spell(),
            end.model.as_ref().map(ToString::to_string),
            failure.map(|failure| failure.code.spell()),
            failure.map(|failure| failure.reason.spell()),
            failure.map(|failure| failure.message.as_str()),
            failure.and_then(|failure| failure.retry_after_ms.map(signed)),
            end.now.0,
            signed(revision.0),
        ])
        .map(drop)
}

/// All running answers.
pub(crate) fn running(connection: &Connection) -> rusqlite::Result<Vec<MessageId>> {
    connection
        .prepare_cached("SELECT id FROM messages WHERE status = 'running'")?
        .query_map([], |row| id(row, 0, MessageId::parse))?
        .collect()
}

/// The chats in which an answer is running.
pub(crate) fn chats_running(connection: &Connection) -> rusqlite::Result<Vec<ChatId>> {
    connection
        .prepare_cached("SELECT DISTINCT chat_id FROM messages WHERE status = 'running'")?
        .query_map([], |row| id(row, 0, ChatId::parse))?
        .collect()
}

/// Marks a chat's running answers as interrupted and folds their pieces; gives their number.
pub(crate) fn interrupt(
    connection: &Connection,
    chat: &ChatId,
    revision: Revision,
    now: Timestamp,
) -> rusqlite::Result<usize> {
    connection
        .prepare_cached(
            "UPDATE messages SET
                 content = content || coalesce((SELECT group_concat(p.content, '' ORDER BY p.to_seq)
                     FROM pieces p WHERE p.message_id = messages.id), ''),
                 reasoning = reasoning || coalesce((SELECT group_concat(p.reasoning, ''
                     ORDER BY p.to_seq) FROM pieces p WHERE p.message_id = messages.id), ''),
                 status = 'interrupted', finished_at = ?2, revision = ?3
             WHERE chat_id = ?1 AND status = 'running'",
        )?
        .execute(params![chat.as_str(), now.0, signed(revision.0)])
}
