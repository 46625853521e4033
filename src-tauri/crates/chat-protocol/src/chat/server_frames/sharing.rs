//! People in a chat as they lie on the wire.

use serde::Serialize;
use ts_rs::TS;

use crate::spelling::Access;

/// Somebody in a chat of several people.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(in crate::chat) struct Member<'a> {
    user_id: &'a str,
    name: &'a str,
    access: Access,
}

impl<'a> From<&'a chat_core::Member> for Member<'a> {
    fn from(member: &'a chat_core::Member) -> Self {
        Self {
            user_id: member.user.as_str(),
            name: &member.name,
            access: member.access.into(),
        }
    }
}

/// Who wrote a message.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(in crate::chat) struct Author<'a> {
    user_id: &'a str,
    name: &'a str,
}

impl<'a> Author<'a> {
    /// The author, where there are several to tell apart.
    pub(in crate::chat) fn of(message: &'a chat_core::Message) -> Option<Self> {
        Some(Self {
            user_id: message.author.as_ref()?.as_str(),
            name: message.author_name.as_deref()?,
        })
    }
}
