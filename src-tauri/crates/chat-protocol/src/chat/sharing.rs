//! Reading who is to be let into a chat, or shut out of it.

use chat_core::{Access, ChatId, Command, Fault, Person, Reason, SharingChange, UserId};

use crate::{
    fields::Fields,
    limits,
    reading::{CHAT, PERSON, is_blank, known},
};

pub(super) fn share(data: &mut Fields) -> Result<Command, Fault> {
    let chat = chat(data)?;
    let with = match known(data, "userId", PERSON)? {
        Some(id) => Person::Id(id),
        None => Person::Name(data.required("name", name)?),
    };
    let access = data.required("access", access)?;
    Ok(Command::Sharing {
        chat,
        change: SharingChange::Share { with, access },
    })
}

pub(super) fn unshare(data: &mut Fields) -> Result<Command, Fault> {
    Ok(Command::Sharing {
        chat: chat(data)?,
        change: SharingChange::Unshare {
            person: person(data)?,
        },
    })
}

pub(super) fn leave(data: &mut Fields) -> Result<Command, Fault> {
    Ok(Command::Sharing {
        chat: chat(data)?,
        change: SharingChange::Leave,
    })
}

fn chat(data: &mut Fields) -> Result<ChatId, Fault> {
    data.required("chatId", |data, name| known(data, name, CHAT))
}

fn person(data: &mut Fields) -> Result<UserId, Fault> {
    data.required("userId", |data, name| known(data, name, PERSON))
}

fn name(data: &mut Fields, field: &str) -> Result<Option<String>, Fault> {
    match data.text(field)? {
        Some(blank) if is_blank(&blank) => {
            Err(data.fault(Reason::Empty, field, "must not be empty"))
        }
        // No account has a longer one.
        Some(long) if long.trim().chars().count() > limits::ACCOUNT_NAME_CHARACTERS => {
            Err(Fault::not_found("person"))
        }
        fit => Ok(fit),
    }
}

fn access(data: &mut Fields, field: &str) -> Result<Option<Access>, Fault> {
    match data.text(field)?.as_deref() {
        None => Ok(None),
        Some("read") => Ok(Some(Access::Read)),
        Some("write") => Ok(Some(Access::Write)),
        Some(_) => Err(data.wrong(field, "must be read or write")),
    }
}
