//! Chats of several people: who is in one, what each may do there, and the port to change that.
//! The rules are the store's, which judges them in the transaction that changes.

use std::sync::Arc;

use async_trait::async_trait;

use crate::{
    ids::{ChatId, MessageId, UserId},
    model::Chat,
    store::StoreError,
};

/// The most people that a chat is shared with: each of them hears of every change of it.
pub const MAX_MEMBERS: usize = 100;

/// What somebody may do in a chat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Access {
    /// All, also share and delete it.
    Owner,
    /// All but share and delete it.
    Write,
    /// See it and follow its answers.
    Read,
}

/// Somebody in a chat of several people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Who.
    pub user: UserId,
    /// Their name.
    pub name: Arc<str>,
    /// What they may do.
    pub access: Access,
}

/// Whom to share a chat with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Person {
    /// By their id.
    Id(UserId),
    /// By their name, in any case.
    Name(String),
}

/// A change of who is in a chat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SharingChange {
    /// Let somebody in, or change what they may do.
    Share {
        /// Whom.
        with: Person,
        /// What they may do; nobody is made a second owner.
        access: Access,
    },
    /// Shut somebody out.
    Unshare {
        /// Whom.
        person: UserId,
    },
    /// Go away oneself.
    Leave,
}

/// Who is in which chat, in whatever database. A chat that `user` does not see is
/// [`StoreError::NotFound`]. Writes are durable against power loss when their future resolves.
#[async_trait]
pub trait SharingStore: Send + Sync + 'static {
    /// Lets somebody into a chat, or changes what they may do there. For its owner alone.
    async fn share_chat(
        &self,
        user: &UserId,
        chat: &ChatId,
        with: Person,
        access: Access,
    ) -> Result<Chat, StoreError>;
    /// Shuts somebody out; one who is not in it stays out. For its owner alone.
    async fn unshare_chat(
        &self,
        user: &UserId,
        chat: &ChatId,
        person: &UserId,
    ) -> Result<Chat, StoreError>;
    /// Takes `user` out of a chat of somebody else.
    async fn leave_chat(&self, user: &UserId, chat: &ChatId) -> Result<(), StoreError>;
    /// Says whether `user` may end an answer: whoever may write in its chat.
    async fn may_stop(&self, user: &UserId, answer: &MessageId) -> Result<(), StoreError>;
}
