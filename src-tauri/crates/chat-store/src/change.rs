//! The one place where revisions grow and changes are made, so that no write forgets either.

use chat_core::{Change, ChangeKind, Chat, ChatId, Revision, UserId};
use rusqlite::Connection;

use crate::{
    batch::Scope,
    error::Error,
    tables::{chats, members, users},
};

/// A chat's new revision, and everyone who is to hear of it with theirs.
pub(crate) struct Touched {
    pub(crate) revision: Revision,
    pub(crate) audience: Vec<(UserId, Revision)>,
}

/// Counts a change of a chat: its revision grows, and that of everyone who sees it. Nobody sees a
/// deleted chat, so there only the chat's own grows.
pub(crate) fn touch(connection: &Connection, chat: &ChatId) -> Result<Touched, Error> {
    let (revision, deleted) = chats::grow_revision(connection, chat)?.ok_or(Error::NotFound)?;
    let mut audience = Vec::new();
    if !deleted {
        for user in members::of(connection, chat)? {
            let own = users::grow_revision(connection, &user)?.ok_or(Error::NotFound)?;
            members::set_revision(connection, chat, &user, own)?;
            audience.push((user, own));
        }
    }
    Ok(Touched { revision, audience })
}

/// Counts a change of a chat that was read in this transaction, is not deleted, and is written by
/// [`chats::update`] in a moment: half as many statements as [`touch`]. `moved` says that another
/// branch is shown now. Gives everyone who is to hear of it, with their revisions.
pub(crate) fn touch_read(
    connection: &Connection,
    chat: &mut Chat,
    moved: bool,
) -> Result<Vec<(UserId, Revision)>, Error> {
    chat.revision = next(chat);
    if moved {
        chat.branch_revision = chat.revision;
    }
    // Where there are others, the owner is among the members.
    let alone = chat.members.is_empty().then_some(&chat.owner);
    let others = chat.members.iter().map(|member| &member.user);
    let mut audience = Vec::with_capacity(chat.members.len().max(1));
    for user in alone.into_iter().chain(others) {
        let own = users::grow_revision(connection, user)?.ok_or(Error::NotFound)?;
        members::set_revision(connection, &chat.id, user, own)?;
        audience.push((user.clone(), own));
    }
    Ok(audience)
}

/// The revision of a chat's next change.
pub(crate) fn next(chat: &Chat) -> Revision {
    Revision(chat.revision.0 + 1)
}

impl Scope<'_> {
    /// Has `kind` told to `audience` after the commit.
    pub(crate) fn tell(&mut self, audience: Vec<(UserId, Revision)>, kind: ChangeKind) {
        if !audience.is_empty() {
            self.changes.push(Change { audience, kind });
        }
    }
}
