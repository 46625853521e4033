//! `chat_members`: who sees which chat, and at which of their revisions it last changed.

use chat_core::{ChatId, Revision, UserId};
use rusqlite::{Connection, params};

use crate::spelling::{id, signed};

/// Makes `user` the owner of `chat`.
pub(crate) fn insert_owner(
    connection: &Connection,
    chat: &ChatId,
    user: &UserId,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO chat_members (chat_id, user_id, access, revision)
             VALUES (?1, ?2, 'owner', 0)",
        )?
        .execute([chat.as_str(), user.as_str()])
        .map(drop)
}

/// Everyone who sees the chat.
pub(crate) fn of(connection: &Connection, chat: &ChatId) -> rusqlite::Result<Vec<UserId>> {
    connection
        .prepare_cached(
            "SELECT user_id FROM chat_members WHERE chat_id = ?1 AND access <> 'none'
             ORDER BY user_id",
        )?
        .query_map([chat.as_str()], |row| id(row, 0, UserId::parse))?
        .collect()
}

/// Says at which of the person's revisions the chat changed.
pub(crate) fn set_revision(
    connection: &Connection,
    chat: &ChatId,
    user: &UserId,
    revision: Revision,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "UPDATE chat_members SET revision = ?3 WHERE chat_id = ?1 AND user_id = ?2",
        )?
        .execute(params![chat.as_str(), user.as_str(), signed(revision.0)])
        .map(drop)
}

/// Chats that `user` does not see any more: deleted, or shut to them, after `since`.
pub(crate) fn removed_since(
    connection: &Connection,
    user: &UserId,
    since: Revision,
) -> rusqlite::Result<Vec<ChatId>> {
    connection
        .prepare_cached(
            "SELECT m.chat_id FROM chat_members m JOIN chats c ON c.id = m.chat_id
             WHERE m.user_id = ?1 AND m.revision > ?2
               AND (c.deleted_at IS NOT NULL OR m.access = 'none')
             ORDER BY m.revision",
        )?
        .query_map(params![user.as_str(), signed(since.0)], |row| {
            id(row, 0, ChatId::parse)
        })?
        .collect()
}
