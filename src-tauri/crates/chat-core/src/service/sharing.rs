//! Sharing chats with people of the server.

use super::{ChatService, faults::fault_of};
use crate::{
    error::Fault,
    ids::{ChatId, UserId},
    model::Chat,
    sharing::SharingChange,
};

impl ChatService {
    /// Changes who is in a chat. Those who are in it hear of it, and whoever goes hears that the
    /// chat is gone. Gives the chat as it is now; none to whoever left it.
    ///
    /// # Errors
    /// A [`Fault`] when there is no such chat or person for `user`, the chat is another's to share,
    /// or the store fails.
    pub async fn change_sharing(
        &self,
        user: &UserId,
        chat: &ChatId,
        change: SharingChange,
    ) -> Result<Option<Chat>, Fault> {
        self.refuse_when_draining()?;
        let store = &self.inner.store;
        let changed = match change {
            SharingChange::Share { with, access } => {
                store.share_chat(user, chat, with, access).await.map(Some)
            }
            SharingChange::Unshare { person } => {
                store.unshare_chat(user, chat, &person).await.map(Some)
            }
            SharingChange::Leave => store.leave_chat(user, chat).await.map(|()| None),
        };
        changed.map_err(fault_of)
    }
}
