//! The branch that is shown: what of it somebody lacks, which answers are on it, and a chat made
//! of a copy of it.

use chat_core::{
    ChangeKind, Chat, ChatId, MessageId, NewBranch, Revision, Snapshot, Standing, StillRunning,
    TitleSource, UserId,
};
use rusqlite::Connection;

use super::{chats::rename, exchanges::visible, sharing};
use crate::{
    batch::Scope,
    change::touch,
    error::Error,
    tables::{chats, lines, members, users},
};

pub(crate) fn snapshot(
    connection: &Connection,
    user: &UserId,
    id: &ChatId,
    since: Option<Revision>,
) -> Result<Snapshot, Error> {
    let chat = chats::visible(connection, user, id)?.ok_or(Error::NotFound)?;
    // A revision from before the branch moved says nothing of this line; one from the future
    // nothing at all.
    let since = since.filter(|since| (chat.branch_revision..=chat.revision).contains(since));
    let mut snapshot = Snapshot {
        messages: Vec::new(),
        running: Vec::new(),
        whole: since.is_none(),
        chat,
    };
    let Some(leaf) = &snapshot.chat.leaf else {
        return Ok(snapshot);
    };
    let mut line = lines::ended(connection, id, leaf, since)?;
    sharing::name_authors(connection, &snapshot.chat, &mut line)?;
    let mut siblings = lines::siblings(connection, id, leaf, since)?;
    for message in &mut line {
        let place = (message.parent.clone(), message.role);
        message.siblings = siblings.remove(&place).unwrap_or_default();
    }
    snapshot.messages = line;
    for message in lines::running(connection, id)? {
        let shown = lines::is_on_line(connection, leaf, &message)?;
        snapshot.running.push(StillRunning { message, shown });
    }
    Ok(snapshot)
}

pub(crate) fn standing(connection: &Connection, answer: &MessageId) -> Result<Standing, Error> {
    let chat = lines::chat_of(connection, answer)?.ok_or(Error::NotFound)?;
    let (chat, deleted) = chats::get(connection, &chat)?.ok_or(Error::NotFound)?;
    let shown = match &chat.leaf {
        Some(leaf) => leaf == answer || lines::is_on_line(connection, leaf, answer)?,
        None => false,
    };
    let audience = if deleted {
        Vec::new()
    } else {
        members::of(connection, &chat.id)?
    };
    Ok(Standing { shown, audience })
}

/// Copies the line to a message into a new chat. What runs is copied as far as it is known, as
/// interrupted; what its author's client called it stays with the first one.
pub(crate) fn branch(scope: &mut Scope<'_>, new: &NewBranch) -> Result<Chat, Error> {
    let connection = scope.connection;
    if let Some((chat, deleted)) = chats::get(connection, &new.id)? {
        return match (chat.owner == new.owner, deleted) {
            (true, false) => Ok(chat),
            (true, true) => Err(Error::NotFound),
            (false, _) => Err(Error::IdTaken),
        };
    }
    if users::get(connection, &new.owner)?.is_none() {
        return Err(Error::NotFound);
    }
    let last = visible(connection, &new.owner, &new.message)?;
    let (old, _) = chats::get(connection, &last.chat)?.ok_or(Error::NotFound)?;
    let mut chat = Chat {
        id: new.id.clone(),
        owner: new.owner.clone(),
        pinned: false,
        leaf: None,
        created_at: new.now,
        updated_at: new.now,
        revision: Revision(0),
        branch_revision: Revision(0),
        members: [].into(),
        ..old
    };
    if let Some(title) = &new.title {
        rename(&mut chat, title, TitleSource::Person);
    }
    chats::insert(connection, &chat)?;
    members::insert_owner(connection, &chat.id, &chat.owner)?;
    let touched = touch(connection, &chat.id)?;
    chat.revision = touched.revision;
    chat.branch_revision = touched.revision;
    for id in lines::ids(connection, &new.message)? {
        let copy = MessageId::parse(&new.ids.fresh())
            .map_err(|_| Error::Broken("the source of ids gave none"))?;
        let place = (&chat.id, chat.leaf.as_ref());
        lines::copy(connection, &id, &copy, place, (chat.revision, new.now))?;
        chat.leaf = Some(copy);
    }
    chats::update(connection, &chat)?;
    scope.tell(touched.audience, ChangeKind::ChatCreated(chat.clone()));
    Ok(chat)
}
