//! `chats`: what a chat is without its messages. A deleted one stays, with `deleted_at`.

use chat_core::{Chat, ChatId, MessageId, ModelId, Revision, Timestamp, UserId};
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::members;
use crate::spelling::{Spelled as _, id, optional_id, revision, signed, spelled};

const COLUMNS: &str = "c.id, c.owner_id, c.title, c.title_source, c.pinned, c.model, \
     c.system_prompt, c.temperature, c.leaf_id, c.created_at, c.updated_at, c.revision, \
     c.branch_revision, EXISTS (SELECT 1 FROM chat_members o WHERE o.chat_id = c.id \
         AND o.user_id <> c.owner_id AND o.access <> 'none')";

/// Reads a chat and, where it has several people, who they are.
fn read(connection: &Connection, row: &Row<'_>) -> rusqlite::Result<Chat> {
    let chat = id(row, 0, ChatId::parse)?;
    let members = match row.get(13)? {
        true => members::named(connection, &chat)?,
        false => [].into(),
    };
    Ok(Chat {
        id: chat,
        owner: id(row, 1, UserId::parse)?,
        title: row.get(2)?,
        title_source: spelled(row, 3)?,
        pinned: row.get(4)?,
        model: optional_id(row, 5, ModelId::parse)?,
        system_prompt: row.get(6)?,
        temperature: row.get(7)?,
        leaf: optional_id(row, 8, MessageId::parse)?,
        created_at: Timestamp(row.get(9)?),
        updated_at: Timestamp(row.get(10)?),
        revision: revision(row, 11)?,
        branch_revision: revision(row, 12)?,
        members,
    })
}

pub(crate) fn insert(connection: &Connection, chat: &Chat) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO chats (id, owner_id, title, title_source, created_at, updated_at, revision)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute(params![
            chat.id.as_str(),
            chat.owner.as_str(),
            chat.title,
            chat.title_source.spell(),
            chat.created_at.0,
            chat.updated_at.0,
            signed(chat.revision.0),
        ])
        .map(drop)
}

/// Writes what a person or an answer can change of a chat, and the revisions that count it.
pub(crate) fn update(connection: &Connection, chat: &Chat) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "UPDATE chats SET title = ?2, title_source = ?3, pinned = ?4, model = ?5,
                 system_prompt = ?6, temperature = ?7, leaf_id = ?8, updated_at = ?9,
                 branch_revision = ?10, revision = ?11
             WHERE id = ?1",
        )?
        .execute(params![
            chat.id.as_str(),
            chat.title,
            chat.title_source.spell(),
            chat.pinned,
            chat.model.as_ref().map(ToString::to_string),
            chat.system_prompt,
            chat.temperature,
            chat.leaf.as_ref().map(MessageId::as_str),
            chat.updated_at.0,
            signed(chat.branch_revision.0),
            signed(chat.revision.0),
        ])
        .map(drop)
}

/// Writes the revision alone.
pub(crate) fn set_revision(
    connection: &Connection,
    chat: &ChatId,
    revision: Revision,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached("UPDATE chats SET revision = ?2 WHERE id = ?1")?
        .execute(params![chat.as_str(), signed(revision.0)])
        .map(drop)
}

/// A chat, deleted or not, with whether it is.
pub(crate) fn get(
    connection: &Connection,
    chat: &ChatId,
) -> rusqlite::Result<Option<(Chat, bool)>> {
    connection
        .prepare_cached(&format!(
            "SELECT {COLUMNS}, c.deleted_at IS NOT NULL FROM chats c WHERE c.id = ?1"
        ))?
        .query_row([chat.as_str()], |row| {
            Ok((read(connection, row)?, row.get(14)?))
        })
        .optional()
}

/// A chat that is not deleted, if `user` sees it.
pub(crate) fn visible(
    connection: &Connection,
    user: &UserId,
    chat: &ChatId,
) -> rusqlite::Result<Option<Chat>> {
    with_access(connection, user, chat, "m.access <> 'none'")
}

/// The same, if `user` may also write there.
pub(crate) fn writable(
    connection: &Connection,
    user: &UserId,
    chat: &ChatId,
) -> rusqlite::Result<Option<Chat>> {
    with_access(connection, user, chat, "m.access IN ('owner', 'write')")
}

fn with_access(
    connection: &Connection,
    user: &UserId,
    chat: &ChatId,
    access: &str,
) -> rusqlite::Result<Option<Chat>> {
    connection
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM chats c JOIN chat_members m ON m.chat_id = c.id
             WHERE c.id = ?1 AND m.user_id = ?2 AND c.deleted_at IS NULL AND {access}"
        ))?
        .query_row([chat.as_str(), user.as_str()], |row| read(connection, row))
        .optional()
}

/// The chats that `user` sees and that changed after `since`, newest message first.
pub(crate) fn changed_since(
    connection: &Connection,
    user: &UserId,
    since: Revision,
) -> rusqlite::Result<Vec<Chat>> {
    connection
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM chat_members m JOIN chats c ON c.id = m.chat_id
             WHERE m.user_id = ?1 AND m.revision > ?2
               AND c.deleted_at IS NULL AND m.access <> 'none'
             ORDER BY c.updated_at DESC, m.revision DESC"
        ))?
        .query_map(params![user.as_str(), signed(since.0)], |row| {
            read(connection, row)
        })?
        .collect()
}

/// Sets the tombstone, or takes it away.
pub(crate) fn set_deleted(
    connection: &Connection,
    chat: &ChatId,
    at: Option<Timestamp>,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached("UPDATE chats SET deleted_at = ?2 WHERE id = ?1")?
        .execute(params![chat.as_str(), at.map(|at| at.0)])
        .map(drop)
}

/// Counts a change; the new revision, and whether the chat is deleted.
pub(crate) fn grow_revision(
    connection: &Connection,
    chat: &ChatId,
) -> rusqlite::Result<Option<(Revision, bool)>> {
    connection
        .prepare_cached(
            "UPDATE chats SET revision = revision + 1 WHERE id = ?1
             RETURNING revision, deleted_at IS NOT NULL",
        )?
        .query_row([chat.as_str()], |row| Ok((revision(row, 0)?, row.get(1)?)))
        .optional()
}
