//! Making, changing, deleting and reading chats, and the settings of a person.

use chat_core::{
    ChangeKind, Chat, ChatChanges, ChatId, ChatPatch, History, NewChat, Revision, SettingsPatch,
    Timestamp, TitleSource, UserId, UserSettings,
};
use rusqlite::Connection;

use super::sharing;
use crate::{
    batch::Scope,
    change::{touch, touch_read},
    error::Error,
    tables::{chats, lines, members, messages, settings, users},
    title,
};

pub(crate) fn create(scope: &mut Scope<'_>, new: NewChat) -> Result<Chat, Error> {
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
    let title = title::clean(new.title.as_deref().unwrap_or_default());
    let mut chat = Chat {
        id: new.id,
        owner: new.owner,
        title_source: if title.is_empty() {
            TitleSource::Placeholder
        } else {
            TitleSource::Person
        },
        title,
        pinned: false,
        model: None,
        system_prompt: None,
        temperature: None,
        leaf: None,
        created_at: new.now,
        updated_at: new.now,
        revision: Revision(0),
        branch_revision: Revision(0),
        members: [].into(),
    };
    chats::insert(connection, &chat)?;
    members::insert_owner(connection, &chat.id, &chat.owner)?;
    let touched = touch(connection, &chat.id)?;
    chat.revision = touched.revision;
    scope.tell(touched.audience, ChangeKind::ChatCreated(chat.clone()));
    Ok(chat)
}

pub(crate) fn update(
    scope: &mut Scope<'_>,
    user: &UserId,
    id: &ChatId,
    patch: ChatPatch,
) -> Result<Chat, Error> {
    let connection = scope.connection;
    let before = sharing::writable(connection, user, id)?;
    // The place in the list is the owner's: it is one for all.
    if before.owner != *user && patch.pinned.is_some_and(|pinned| pinned != before.pinned) {
        return Err(Error::NotOwner);
    }
    let mut chat = before.clone();
    if let Some((text, source)) = patch.title {
        rename(&mut chat, &text, source);
    }
    chat.pinned = patch.pinned.unwrap_or(chat.pinned);
    chat.model = patch.model.unwrap_or(chat.model);
    chat.system_prompt = patch.system_prompt.unwrap_or(chat.system_prompt);
    chat.temperature = patch.temperature.unwrap_or(chat.temperature);
    if let Some(message) = patch.leaf {
        let leaf = messages::newest_below(connection, id, &message)?.ok_or(Error::NotFound)?;
        chat.leaf = Some(leaf);
    }
    if chat == before {
        return Ok(chat);
    }
    let moved = chat.leaf != before.leaf;
    save(scope, chat, moved)
}

/// Writes a changed chat and tells of it. `moved` says that another branch is shown now.
pub(crate) fn save(scope: &mut Scope<'_>, mut chat: Chat, moved: bool) -> Result<Chat, Error> {
    let audience = touch_read(scope.connection, &mut chat, moved)?;
    chats::update(scope.connection, &chat)?;
    scope.tell(audience, ChangeKind::ChatUpdated(chat.clone()));
    Ok(chat)
}

/// Gives a chat a title, unless a better namer did before. A person who clears the title leaves it
/// to the others again.
pub(crate) fn rename(chat: &mut Chat, text: &str, source: TitleSource) {
    let title = title::clean(text);
    if title.is_empty() && source == TitleSource::Person {
        chat.title = title;
        chat.title_source = TitleSource::Placeholder;
    } else if !title.is_empty()
        && source != TitleSource::Placeholder
        && authority(source) >= authority(chat.title_source)
    {
        chat.title = title;
        chat.title_source = source;
    }
}

fn authority(source: TitleSource) -> u8 {
    match source {
        TitleSource::Placeholder => 0,
        TitleSource::FirstWords => 1,
        TitleSource::Model => 2,
        TitleSource::Person => 3,
    }
}

pub(crate) fn delete(
    scope: &mut Scope<'_>,
    user: &UserId,
    id: &ChatId,
    now: Timestamp,
) -> Result<(), Error> {
    let chat = sharing::own(scope.connection, user, id)?;
    // Before the tombstone: those who see it now are those who are to hear.
    let touched = touch(scope.connection, id)?;
    chats::set_deleted(scope.connection, id, Some(now))?;
    scope.tell(touched.audience, ChangeKind::ChatRemoved(chat.id));
    Ok(())
}

/// Brings a chat back; one that is not deleted stays as it is.
pub(crate) fn restore(scope: &mut Scope<'_>, user: &UserId, id: &ChatId) -> Result<Chat, Error> {
    let (mut chat, deleted) = chats::get(scope.connection, id)?.ok_or(Error::NotFound)?;
    if chat.owner != *user {
        return Err(Error::NotFound);
    }
    if deleted {
        chats::set_deleted(scope.connection, id, None)?;
        let touched = touch(scope.connection, id)?;
        chat.revision = touched.revision;
        scope.tell(touched.audience, ChangeKind::ChatUpdated(chat.clone()));
    }
    Ok(chat)
}

pub(crate) fn changes(
    connection: &Connection,
    user: &UserId,
    since: Revision,
) -> Result<ChatChanges, Error> {
    let removed = if since == Revision(0) {
        // Who knows no chat has none to forget.
        Vec::new()
    } else {
        members::removed_since(connection, user, since)?
    };
    Ok(ChatChanges {
        chats: chats::changed_since(connection, user, since)?,
        removed,
        running: lines::running_for(connection, user)?,
        revision: users::revision_of(connection, user)?.ok_or(Error::NotFound)?,
    })
}

pub(crate) fn history(
    connection: &Connection,
    user: &UserId,
    id: &ChatId,
) -> Result<History, Error> {
    let chat = chats::visible(connection, user, id)?.ok_or(Error::NotFound)?;
    let Some(leaf) = &chat.leaf else {
        return Ok(History {
            chat,
            messages: Vec::new(),
        });
    };
    let mut line = messages::path(connection, leaf)?;
    sharing::name_authors(connection, &chat, &mut line)?;
    let mut siblings = messages::siblings(connection, leaf)?;
    for message in &mut line {
        let place = (message.parent.clone(), message.role);
        message.siblings = siblings.remove(&place).unwrap_or_default();
    }
    Ok(History {
        chat,
        messages: line,
    })
}

pub(crate) fn update_settings(
    scope: &mut Scope<'_>,
    user: &UserId,
    patch: SettingsPatch,
) -> Result<UserSettings, Error> {
    let connection = scope.connection;
    if users::get(connection, user)?.is_none() {
        return Err(Error::NotFound);
    }
    let before = settings::get(connection, user)?;
    let mut after = before.clone();
    after.model = patch.model.unwrap_or(after.model);
    after.system_prompt = patch.system_prompt.unwrap_or(after.system_prompt);
    after.temperature = patch.temperature.unwrap_or(after.temperature);
    after.welcomed = patch.welcomed.unwrap_or(after.welcomed);
    if after != before {
        settings::put(connection, user, &after)?;
        let revision = users::grow_revision(connection, user)?.ok_or(Error::NotFound)?;
        scope.tell(
            vec![(user.clone(), revision)],
            ChangeKind::SettingsChanged(after.clone()),
        );
    }
    Ok(after)
}
