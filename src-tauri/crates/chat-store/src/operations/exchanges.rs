//! Accepting a person's message together with the answer it asks for, exactly once.

use chat_core::{
    AnswerContext, Appended, Asker, Asking, ChangeKind, Chat, ChatId, ClientId, Message, MessageId,
    MessageStatus, NewExchange, Role, SpendRules, TitleSource, UserId,
};
use rusqlite::Connection;

use super::{
    sharing,
    usage::{Question, judge_for},
};
use crate::{
    batch::Scope,
    change::{next, touch_read},
    error::Error,
    tables::{chats, messages, objectives, reservations, settings},
    title,
};

/// Fails before it writes anything, as [`Failing::Clean`](crate::batch::Failing) wants it.
pub(crate) fn append(
    scope: &mut Scope<'_>,
    rules: &SpendRules,
    new: NewExchange,
) -> Result<Appended, Error> {
    let connection = scope.connection;
    // What was accepted before stays accepted, whatever would be said of it now.
    let again = |refused: Error, author: &UserId, client: Option<&ClientId>| {
        known(connection, author, client)?.ok_or(refused)
    };
    let (mut chat, parent) = match place_of(connection, &new) {
        Ok(place) => place,
        Err(refused) => return again(refused, &new.author, new.client_id.as_ref()),
    };
    let asking = Asking {
        by: Asker {
            user: new.author.clone(),
            device: new.device,
        },
        model: None,
        usual: new.usual,
    };
    let question = Question {
        answer: &new.answer,
        chat: &chat,
        after: parent.as_ref(),
        bytes: new.content.len(),
    };
    let reservation = match judge_for(connection, rules, &asking, &question, new.now) {
        Ok(reservation) => reservation,
        Err(refused) => return again(refused, &new.author, new.client_id.as_ref()),
    };

    let moved = parent != chat.leaf;
    let author = asking.by.user;
    let mut message = Message {
        id: new.id,
        chat: chat.id.clone(),
        parent,
        role: Role::User,
        author: Some(author.clone()),
        author_name: None,
        client_id: new.client_id,
        content: new.content,
        reasoning: String::new(),
        status: MessageStatus::Complete,
        model: None,
        failure: None,
        created_at: new.now,
        finished_at: Some(new.now),
        revision: next(&chat),
        siblings: Vec::new(),
    };
    // The first thing that is written. The index on the clients' ids says whether it was accepted
    // before, which costs no question.
    if let Err(refused) = messages::insert(connection, &message) {
        return again(Error::taken(refused), &author, message.client_id.as_ref());
    }
    reservations::insert(connection, &reservation)?;
    sharing::name_authors(connection, &chat, std::slice::from_mut(&mut message))?;
    let answer = running_answer(new.answer, &message, new.now);
    messages::insert(connection, &answer).map_err(Error::taken)?;

    if chat.title_source == TitleSource::Placeholder {
        let title = title::first_words(&message.content);
        if !title.is_empty() {
            chat.title = title;
            chat.title_source = TitleSource::FirstWords;
        }
    }
    chat.leaf = Some(answer.id.clone());
    // A clock that was set back must not move a chat down the list.
    chat.updated_at = chat.updated_at.max(new.now);
    let told = touch_read(connection, &mut chat, moved)?;
    chats::update(connection, &chat)?;
    let audience = told.iter().map(|(user, _)| user.clone()).collect();
    scope.tell(told, ChangeKind::MessageAdded(message.clone(), chat));
    Ok(Appended {
        message,
        answer,
        created: true,
        audience,
    })
}

/// The chat of a new message, and what the message follows there.
fn place_of(
    connection: &Connection,
    new: &NewExchange,
) -> Result<(Chat, Option<MessageId>), Error> {
    let chat = sharing::writable(connection, &new.author, &new.chat)?;
    let parent = match &new.parent {
        None => chat.leaf.clone(),
        Some(None) => None,
        Some(Some(id)) => {
            let parent = messages::get(connection, id)?.ok_or(Error::NotFound)?;
            if parent.chat != chat.id {
                return Err(Error::NotFound);
            }
            Some(parent.id)
        }
    };
    Ok((chat, parent))
}

/// What a person sent before under this id of the client's own, if it has one.
pub(crate) fn known(
    connection: &Connection,
    author: &UserId,
    client: Option<&ClientId>,
) -> Result<Option<Appended>, Error> {
    let Some(client) = client else {
        return Ok(None);
    };
    let Some(mut message) = messages::by_client(connection, author, client)? else {
        return Ok(None);
    };
    let (chat, _) = chats::get(connection, &message.chat)?.ok_or(Error::NotFound)?;
    // Whoever was shut out since is told nothing of the chat, not even that.
    if chat.access_of(author).is_none() {
        return Err(Error::NotFound);
    }
    sharing::name_authors(connection, &chat, std::slice::from_mut(&mut message))?;
    let answer = messages::first_answer(connection, &message.chat, &message.id)?
        .ok_or(Error::Broken("a person's message has no answer"))?;
    Ok(Some(Appended {
        message,
        answer,
        created: false,
        audience: Vec::new(),
    }))
}

/// An answer to `question` that nobody has written yet.
pub(crate) fn running_answer(
    id: MessageId,
    question: &Message,
    now: chat_core::Timestamp,
) -> Message {
    Message {
        id,
        chat: question.chat.clone(),
        parent: Some(question.id.clone()),
        role: Role::Assistant,
        author: None,
        author_name: None,
        client_id: None,
        content: String::new(),
        reasoning: String::new(),
        status: MessageStatus::Running,
        model: None,
        failure: None,
        created_at: now,
        finished_at: None,
        revision: question.revision,
        siblings: Vec::new(),
    }
}

/// What a model is asked with behind `leaf`: `None` is the end of the branch shown, `Some(None)` the
/// chat's start.
pub(crate) fn context(
    connection: &Connection,
    user: &UserId,
    chat: &ChatId,
    leaf: Option<Option<&MessageId>>,
) -> Result<AnswerContext, Error> {
    let chat = chats::visible(connection, user, chat)?.ok_or(Error::NotFound)?;
    let line = match leaf.unwrap_or(chat.leaf.as_ref()) {
        Some(leaf) => messages::path(connection, leaf)?,
        None => Vec::new(),
    };
    Ok(AnswerContext {
        settings: settings::get(connection, user)?,
        objective: objectives::by_chat(connection, &chat.id)?,
        chat,
        line,
    })
}

/// A message that `user` can see.
pub(crate) fn visible(
    connection: &Connection,
    user: &UserId,
    id: &MessageId,
) -> Result<Message, Error> {
    let mut message = messages::get(connection, id)?.ok_or(Error::NotFound)?;
    let chat = chats::visible(connection, user, &message.chat)?.ok_or(Error::NotFound)?;
    sharing::name_authors(connection, &chat, std::slice::from_mut(&mut message))?;
    Ok(message)
}
