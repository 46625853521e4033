//! Who is in a chat, and what of it they may change.

use chat_core::{
    Access, ChangeKind, Chat, ChatId, MAX_MEMBERS, Message, MessageId, Person, UserId,
};
use rusqlite::Connection;

use super::exchanges;
use crate::{
    batch::Scope,
    change::touch,
    error::Error,
    tables::{chats, members, users},
};

/// A chat that `user` may write in. Whoever may only read it is told so; to all others it is like
/// one that does not exist.
pub(crate) fn writable(connection: &Connection, user: &UserId, id: &ChatId) -> Result<Chat, Error> {
    if let Some(chat) = chats::writable(connection, user, id)? {
        return Ok(chat);
    }
    match chats::visible(connection, user, id)? {
        Some(_) => Err(Error::ReadOnly),
        None => Err(Error::NotFound),
    }
}

/// A chat of `user`'s own; those who are in it as well are told that it is not theirs.
pub(crate) fn own(connection: &Connection, user: &UserId, id: &ChatId) -> Result<Chat, Error> {
    let chat = chats::visible(connection, user, id)?.ok_or(Error::NotFound)?;
    if chat.owner == *user {
        Ok(chat)
    } else {
        Err(Error::NotOwner)
    }
}

pub(crate) fn share(
    scope: &mut Scope<'_>,
    user: &UserId,
    id: &ChatId,
    with: &Person,
    access: Access,
) -> Result<Chat, Error> {
    let connection = scope.connection;
    let chat = own(connection, user, id)?;
    let person = match with {
        Person::Id(id) => users::get(connection, id)?,
        Person::Name(name) => users::by_name(connection, name)?.map(|(person, _)| person),
    };
    let person = person.filter(|person| person.enabled);
    let person = person.ok_or(Error::NoPerson)?.id;
    // There is one owner, who stays it.
    if person == *user || access == Access::Owner {
        return Ok(chat);
    }
    let known = chat.members.iter().find(|member| member.user == person);
    if known.is_some_and(|member| member.access == access) {
        return Ok(chat);
    }
    if known.is_none() && chat.members.len() > MAX_MEMBERS {
        return Err(Error::TooMany);
    }
    members::put(connection, id, &person, access)?;
    changed(scope, id)
}

pub(crate) fn unshare(
    scope: &mut Scope<'_>,
    user: &UserId,
    id: &ChatId,
    person: &UserId,
) -> Result<Chat, Error> {
    let chat = own(scope.connection, user, id)?;
    let known = chat.members.iter().any(|member| member.user == *person);
    if !known || person == user {
        return Ok(chat);
    }
    shut_out(scope, id, person)
}

pub(crate) fn leave(scope: &mut Scope<'_>, user: &UserId, id: &ChatId) -> Result<(), Error> {
    let chat = chats::visible(scope.connection, user, id)?.ok_or(Error::NotFound)?;
    if chat.owner == *user {
        return Err(Error::OwnerStays);
    }
    shut_out(scope, id, user).map(drop)
}

/// Leaves a tombstone for the one who goes, and tells both sides.
fn shut_out(scope: &mut Scope<'_>, id: &ChatId, person: &UserId) -> Result<Chat, Error> {
    let connection = scope.connection;
    members::shut_out(connection, id, person)?;
    let own = users::grow_revision(connection, person)?.ok_or(Error::NotFound)?;
    members::set_revision(connection, id, person, own)?;
    scope.tell(
        vec![(person.clone(), own)],
        ChangeKind::ChatRemoved(id.clone()),
    );
    changed(scope, id)
}

/// Tells all who are in a chat now.
fn changed(scope: &mut Scope<'_>, id: &ChatId) -> Result<Chat, Error> {
    let touched = touch(scope.connection, id)?;
    let (chat, _) = chats::get(scope.connection, id)?.ok_or(Error::NotFound)?;
    scope.tell(touched.audience, ChangeKind::ChatUpdated(chat.clone()));
    Ok(chat)
}

pub(crate) fn may_stop(
    connection: &Connection,
    user: &UserId,
    answer: &MessageId,
) -> Result<(), Error> {
    let answer = exchanges::visible(connection, user, answer)?;
    writable(connection, user, &answer.chat).map(drop)
}

/// Says who wrote what, where more than one person did or could.
pub(crate) fn name_authors(
    connection: &Connection,
    chat: &Chat,
    messages: &mut [Message],
) -> Result<(), Error> {
    let others = |message: &Message| message.author.as_ref().is_some_and(|id| *id != chat.owner);
    if chat.members.is_empty() && !messages.iter().any(others) {
        return Ok(());
    }
    let mut names: Vec<(UserId, Option<std::sync::Arc<str>>)> = Vec::new();
    for member in chat.members.iter() {
        names.push((member.user.clone(), Some(member.name.clone())));
    }
    for message in messages {
        let Some(author) = &message.author else {
            continue;
        };
        if !names.iter().any(|(known, _)| known == author) {
            let name = users::get(connection, author)?.map(|user| user.name.into());
            names.push((author.clone(), name));
        }
        let known = names.iter().find(|(known, _)| known == author);
        message.author_name = known.and_then(|(_, name)| name.clone());
    }
    Ok(())
}
