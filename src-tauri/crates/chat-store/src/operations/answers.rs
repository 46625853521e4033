//! The life of an answer: opened again or beside another, kept piece by piece, ended, and swept
//! after a process that ended before it did.

use chat_core::{
    Asking, ChangeKind, Chat, FinishedAnswer, Message, MessageId, MessageStatus, NewAnswer, Role,
    SpendRules, Timestamp, TurnPiece,
};

use rusqlite::Connection;

use crate::{
    batch::Scope,
    change::{next, touch, touch_read},
    error::Error,
    journal::Journals,
    operations::{
        chats::save,
        exchanges::running_answer,
        sharing,
        usage::{self, Question, judge_for},
    },
    tables::{chats, messages, pieces, reservations},
};

pub(crate) fn open(
    scope: &mut Scope<'_>,
    rules: &SpendRules,
    asking: &Asking,
    new: NewAnswer,
    now: Timestamp,
) -> Result<Message, Error> {
    let connection = scope.connection;
    let old = match &new {
        NewAnswer::Regenerate { answer, .. } | NewAnswer::Continue { answer } => answer,
    };
    let old = answer(scope, old)?;
    let chat = sharing::writable(connection, &asking.by.user, &old.chat)?;
    let (id, bytes) = match &new {
        NewAnswer::Regenerate { id, .. } => (id, 0),
        NewAnswer::Continue { answer } if can_go_on(old.status) => (answer, old.content.len()),
        NewAnswer::Continue { .. } => return Err(Error::NotFound),
    };
    // Before anything is written: a refusal costs no commit.
    let question = Question {
        answer: id,
        chat: &chat,
        after: old.parent.as_ref(),
        bytes,
    };
    let reservation = judge_for(connection, rules, asking, &question, now)?;
    let opened = match new {
        NewAnswer::Regenerate { id, now, .. } => regenerate(scope, chat, old, id, now)?,
        NewAnswer::Continue { answer } => go_on(scope, chat, &answer)?,
    };
    reservations::insert(connection, &reservation)?;
    Ok(opened)
}

fn regenerate(
    scope: &mut Scope<'_>,
    mut chat: Chat,
    old: Message,
    id: MessageId,
    now: Timestamp,
) -> Result<Message, Error> {
    let connection = scope.connection;
    let question = old.parent.ok_or(Error::NotFound)?;
    let question = messages::get(connection, &question)?.ok_or(Error::NotFound)?;
    let mut new = running_answer(id, &question, now);
    messages::insert(connection, &new).map_err(Error::taken)?;
    chat.leaf = Some(new.id.clone());
    chat.updated_at = chat.updated_at.max(now);
    new.revision = save(scope, chat, true)?.revision;
    messages::reopen(connection, &new.id, new.revision)?;
    Ok(new)
}

/// Only what ended without being whole can be gone on with.
fn can_go_on(status: MessageStatus) -> bool {
    match status {
        MessageStatus::Running | MessageStatus::Complete => false,
        MessageStatus::Stopped | MessageStatus::Interrupted | MessageStatus::Failed => true,
    }
}

fn go_on(scope: &mut Scope<'_>, mut chat: Chat, id: &MessageId) -> Result<Message, Error> {
    let connection = scope.connection;
    let touched = touch(connection, &chat.id)?;
    messages::reopen(connection, id, touched.revision)?;
    chat.revision = touched.revision;
    scope.tell(touched.audience, ChangeKind::ChatUpdated(chat));
    messages::get(connection, id)?.ok_or(Error::NotFound)
}

fn answer(scope: &Scope<'_>, id: &MessageId) -> Result<Message, Error> {
    let message = messages::get(scope.connection, id)?.ok_or(Error::NotFound)?;
    if message.role == Role::Assistant {
        Ok(message)
    } else {
        Err(Error::NotFound)
    }
}

pub(crate) fn checkpoint(scope: &mut Scope<'_>, new: &[TurnPiece]) -> Result<(), Error> {
    for piece in new {
        pieces::insert(scope.connection, piece)?;
    }
    Ok(())
}

/// Ends an answer. One that has ended already stays as it is: its first end is the true one.
pub(crate) fn finish(
    scope: &mut Scope<'_>,
    rules: &SpendRules,
    end: &FinishedAnswer,
) -> Result<Message, Error> {
    if end.status == MessageStatus::Running {
        return Err(Error::Broken("an answer cannot end running"));
    }
    let connection = scope.connection;
    let (chat, running) = messages::place(connection, &end.message)?.ok_or(Error::NotFound)?;
    if !running {
        return messages::get(connection, &end.message)?.ok_or(Error::NotFound);
    }
    let (mut chat, deleted) = chats::get(connection, &chat)?.ok_or(Error::NotFound)?;
    // Nobody sees a deleted chat.
    let audience = if deleted {
        chat.revision = next(&chat);
        Vec::new()
    } else {
        touch_read(connection, &mut chat, false)?
    };
    chats::set_revision(connection, &chat.id, chat.revision)?;
    messages::finish(connection, end, chat.revision)?;
    pieces::delete(connection, &end.message)?;
    usage::settle(
        connection,
        rules,
        end.message.as_str(),
        end.spent.as_ref(),
        end.now,
    )?;
    let message = messages::get(connection, &end.message)?.ok_or(Error::NotFound)?;
    scope.tell(audience, ChangeKind::AnswerEnded(message.clone(), chat));
    Ok(message)
}

/// Nobody is told: this runs at the start, before anyone listens. Revisions grow all the same, so
/// that whoever comes back learns of it.
pub(crate) fn sweep(
    scope: &mut Scope<'_>,
    rules: &SpendRules,
    journals: &Journals,
    now: Timestamp,
) -> Result<usize, Error> {
    let connection = scope.connection;
    for answer in messages::running(connection)? {
        recover(connection, journals, &answer)?;
    }
    let reserved = reservations::all(connection)?;
    let mut swept = 0;
    for chat in messages::chats_running(connection)? {
        let touched = touch(connection, &chat)?;
        swept += messages::interrupt(connection, &chat, touched.revision, now)?;
    }
    pieces::delete_all(connection)?;
    usage::sweep(connection, rules, reserved, now)?;
    Ok(swept)
}

/// Takes from an answer's journal what its checkpoints have not. Both begin with its first new
/// piece, so the longer has the shorter; after a power cut, or when the journal could not be
/// written, that may be either.
fn recover(connection: &Connection, journals: &Journals, answer: &MessageId) -> Result<(), Error> {
    let (content, reasoning) = match journals.read(answer) {
        Ok(text) => text,
        Err(error) => {
            tracing::warn!(%answer, %error, "the journal of an answer cannot be read");
            return Ok(());
        }
    };
    if content.len() + reasoning.len() > pieces::bytes(connection, answer)? {
        pieces::delete(connection, answer)?;
        let life = messages::get(connection, answer)?.ok_or(Error::NotFound)?;
        let piece = TurnPiece {
            message: answer.clone(),
            life: life.revision,
            to: 1,
            content,
            reasoning,
        };
        pieces::insert(connection, &piece)?;
    }
    Ok(())
}
