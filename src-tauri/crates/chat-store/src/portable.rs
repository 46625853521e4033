//! What the server asks of the database about chats that leave and arrive. The rules are in
//! `operations::portable`.

use chat_core::{ChatId, PortableChat, StoreError, Timestamp, UserId};

use crate::{
    database::Database,
    operations::portable::{self, Import, Imported},
};

impl Database {
    /// All of a chat that `user` sees, as it is at `now`.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is none for them.
    pub async fn export_chat(
        &self,
        user: &UserId,
        chat: &ChatId,
        now: Timestamp,
    ) -> Result<PortableChat, StoreError> {
        let (user, chat) = (user.clone(), chat.clone());
        self.read(move |connection| portable::export(connection, &user, &chat, now))
            .await
    }

    /// Takes a chat in, once.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when it was taken in before and deleted since,
    /// [`StoreError::IdTaken`] when its id is another person's chat.
    pub async fn import_chat(&self, import: Import) -> Result<Imported, StoreError> {
        self.write(move |scope| portable::import(scope, import))
            .await
    }
}
