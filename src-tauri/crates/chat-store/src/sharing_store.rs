//! The core's port to who is in which chat, on [`Database`]. The rules are in
//! `operations::sharing`.

use async_trait::async_trait;
use chat_core::{Access, Chat, ChatId, MessageId, Person, SharingStore, StoreError, UserId};

use crate::{database::Database, operations::sharing};

#[async_trait]
impl SharingStore for Database {
    async fn share_chat(
        &self,
        user: &UserId,
        chat: &ChatId,
        with: Person,
        access: Access,
    ) -> Result<Chat, StoreError> {
        let (user, chat) = (user.clone(), chat.clone());
        self.write(move |scope| sharing::share(scope, &user, &chat, &with, access))
            .await
    }

    async fn unshare_chat(
        &self,
        user: &UserId,
        chat: &ChatId,
        person: &UserId,
    ) -> Result<Chat, StoreError> {
        let (user, chat, person) = (user.clone(), chat.clone(), person.clone());
        self.write(move |scope| sharing::unshare(scope, &user, &chat, &person))
            .await
    }

    async fn leave_chat(&self, user: &UserId, chat: &ChatId) -> Result<(), StoreError> {
        let (user, chat) = (user.clone(), chat.clone());
        self.write(move |scope| sharing::leave(scope, &user, &chat))
            .await
    }

    async fn may_stop(&self, user: &UserId, answer: &MessageId) -> Result<(), StoreError> {
        let (user, answer) = (user.clone(), answer.clone());
        self.read(move |connection| sharing::may_stop(connection, &user, &answer))
            .await
    }
}
