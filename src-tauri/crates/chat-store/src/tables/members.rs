//! `chat_members`: who sees which chat, and at which of their revisions it last changed.

use std::sync::Arc;

use chat_core::{Access, ChatId, Member, Revision, UserId};
use rusqlite::{Connection, params};

use crate::spelling::{Spelled as _, id, signed, spelled};

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

/// Everyone who sees the chat, by name, its owner first.
pub(crate) fn named(connection: &Connection, chat: &ChatId) -> rusqlite::Result<Arc<[Member]>> {
    connection
        .prepare_cached(
            "SELECT m.user_id, u.name, m.access FROM chat_members m JOIN users u ON u.id = m.user_id
             WHERE m.chat_id = ?1 AND m.access <> 'none'
             ORDER BY m.access <> 'owner', u.name_key",
        )?
        .query_map([chat.as_str()], |row| {
            Ok(Member {
                user: id(row, 0, UserId::parse)?,
                name: row.get::<_, String>(1)?.into(),
                access: spelled(row, 2)?,
            })
        })?
        .collect()
}

/// Lets `user` into the chat, or changes what they may do there.
pub(crate) fn put(
    connection: &Connection,
    chat: &ChatId,
    user: &UserId,
    access: Access,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO chat_members (chat_id, user_id, access, revision) VALUES (?1, ?2, ?3, 0)
             ON CONFLICT (chat_id, user_id) DO UPDATE SET access = excluded.access",
        )?
        .execute([chat.as_str(), user.as_str(), access.spell()])
        .map(drop)
}

/// Leaves of `user`'s place in the chat only the tombstone.
pub(crate) fn shut_out(
    connection: &Connection,
    chat: &ChatId,
    user: &UserId,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "UPDATE chat_members SET access = 'none' WHERE chat_id = ?1 AND user_id = ?2",
        )?
        .execute([chat.as_str(), user.as_str()])
        .map(drop)
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
