//! A chat that leaves for another server, and one that comes from there. Taking one in is one
//! transaction, and is done once: the same import finds the chat that it made.

use std::{collections::HashMap, sync::Arc};

use chat_core::{
    ChangeKind, Chat, ChatId, IdSource, Message, MessageId, MessageStatus, PortableChat,
    PortableMessage, Revision, Role, Timestamp, UserId,
};
use rusqlite::Connection;

use crate::{
    batch::Scope,
    change::touch,
    error::Error,
    tables::{chats, members, users, whole_messages},
    title,
};

/// A chat to take in.
#[derive(Clone)]
pub struct Import {
    /// The new chat's id, made of the import's: taking it in twice gives the first one back.
    pub id: ChatId,
    /// Whose it is; all that people say in it becomes theirs.
    pub owner: UserId,
    /// What comes.
    pub chat: PortableChat,
    /// Ids for the messages.
    pub ids: Arc<dyn IdSource>,
    /// When.
    pub now: Timestamp,
}

/// What became of it.
#[derive(Debug, Clone)]
pub struct Imported {
    /// The chat as it is now.
    pub chat: Chat,
    /// How many messages it has.
    pub messages: usize,
    /// False when it was there already.
    pub created: bool,
}

/// Everything of a chat that `user` sees. An answer that runs is taken as far as it is known, as
/// interrupted at `now`.
pub(crate) fn export(
    connection: &Connection,
    user: &UserId,
    id: &ChatId,
    now: Timestamp,
) -> Result<PortableChat, Error> {
    let chat = chats::visible(connection, user, id)?.ok_or(Error::NotFound)?;
    let all = whole_messages::all(connection, id)?;
    let places: HashMap<&MessageId, usize> = all
        .iter()
        .enumerate()
        .map(|(place, message)| (&message.id, place))
        .collect();
    let place = |id: &MessageId| places.get(id).copied();
    let leaf = chat.leaf.as_ref().and_then(place);
    let parents: Vec<Option<usize>> = all
        .iter()
        .map(|message| message.parent.as_ref().and_then(place))
        .collect();
    let messages = all.into_iter().zip(parents).map(|(message, parent)| {
        let running = message.status == MessageStatus::Running;
        PortableMessage {
            parent,
            role: message.role,
            content: message.content,
            reasoning: message.reasoning,
            status: if running {
                MessageStatus::Interrupted
            } else {
                message.status
            },
            model: message.model,
            failure: message.failure,
            created_at: message.created_at,
            finished_at: if running {
                Some(now)
            } else {
                message.finished_at
            },
        }
    });
    Ok(PortableChat {
        title: chat.title,
        title_source: chat.title_source,
        model: chat.model,
        system_prompt: chat.system_prompt,
        temperature: chat.temperature,
        created_at: chat.created_at,
        updated_at: chat.updated_at,
        leaf,
        messages: messages.collect(),
    })
}

/// Makes a chat of what came. It must have been checked ([`PortableChat::checked`]).
pub(crate) fn import(scope: &mut Scope<'_>, import: Import) -> Result<Imported, Error> {
    let connection = scope.connection;
    if let Some((chat, deleted)) = chats::get(connection, &import.id)? {
        return match (chat.owner == import.owner, deleted) {
            (true, false) => Ok(Imported {
                messages: whole_messages::count(connection, &chat.id)?,
                chat,
                created: false,
            }),
            // Whoever took it back does not get it again by a request that was on its way.
            (true, true) => Err(Error::NotFound),
            (false, _) => Err(Error::IdTaken),
        };
    }
    if users::get(connection, &import.owner)?.is_none() {
        return Err(Error::NotFound);
    }
    let Import {
        id,
        owner,
        chat: portable,
        ids,
        now,
    } = import;
    let mut chat = head(id, owner, &portable, now);
    chats::insert(connection, &chat)?;
    members::insert_owner(connection, &chat.id, &chat.owner)?;
    let touched = touch(connection, &chat.id)?;
    chat.revision = touched.revision;
    chat.branch_revision = touched.revision;
    let mut known: Vec<MessageId> = Vec::with_capacity(portable.messages.len());
    for message in portable.messages {
        let id = MessageId::parse(&ids.fresh())
            .map_err(|_| Error::Broken("the source of ids gave none"))?;
        let parent = match message.parent {
            None => None,
            Some(place) => Some(
                known
                    .get(place)
                    .cloned()
                    .ok_or(Error::Broken("a message came before what it follows"))?,
            ),
        };
        let made = arrived(&chat, id.clone(), parent, message, now);
        whole_messages::insert(connection, &made).map_err(Error::taken)?;
        known.push(id);
    }
    chat.leaf = portable.leaf.and_then(|place| known.get(place).cloned());
    chats::update(connection, &chat)?;
    scope.tell(touched.audience, ChangeKind::ChatCreated(chat.clone()));
    Ok(Imported {
        chat,
        messages: known.len(),
        created: true,
    })
}

/// The chat without its messages. Times from the future would keep it on top of the list for ever.
fn head(id: ChatId, owner: UserId, portable: &PortableChat, now: Timestamp) -> Chat {
    Chat {
        id,
        owner,
        title: title::clean(&portable.title),
        title_source: portable.title_source,
        pinned: false,
        model: portable.model.clone(),
        system_prompt: portable.system_prompt.clone(),
        temperature: portable.temperature,
        leaf: None,
        created_at: portable.created_at.min(now),
        updated_at: portable.updated_at.min(now),
        revision: Revision(0),
        branch_revision: Revision(0),
        members: [].into(),
    }
}

fn arrived(
    chat: &Chat,
    id: MessageId,
    parent: Option<MessageId>,
    message: PortableMessage,
    now: Timestamp,
) -> Message {
    Message {
        id,
        chat: chat.id.clone(),
        parent,
        role: message.role,
        author: (message.role == Role::User).then(|| chat.owner.clone()),
        author_name: None,
        client_id: None,
        content: message.content,
        reasoning: message.reasoning,
        status: message.status,
        model: message.model,
        failure: message.failure,
        created_at: message.created_at.min(now),
        finished_at: message.finished_at.map(|at| at.min(now)),
        revision: chat.revision,
        siblings: Vec::new(),
    }
}
