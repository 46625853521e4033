//! Letting people into chats and out of them. What the others see of it comes through their feeds.

use chat_core::{ChatId, Event, SharingChange, User};

use super::{
    Connection, Stream,
    perform::{Stumble, too_many},
};

impl<S: Stream> Connection<S> {
    /// Changes who is in a chat; whoever leaves it looks at it no more.
    pub(super) async fn change_sharing(
        &mut self,
        user: &User,
        chat: &ChatId,
        change: SharingChange,
        reference: Option<&str>,
    ) -> Result<(), Stumble> {
        if matches!(change, SharingChange::Share { .. }) {
            // Limited as messages are: nobody tries names by the thousand.
            let now = std::time::Instant::now();
            self.app.limits.message(&user.id, now).map_err(too_many)?;
        }
        let service = self.app.service.clone();
        match service.change_sharing(&user.id, chat, change).await? {
            Some(chat) => self.answer_chat(user, &chat, reference).await,
            None => {
                let revision = self.revision(user).await?;
                self.stop_following(chat);
                self.session.look_away_from(chat);
                self.tell(&Event::ChatRemoved { chat, revision }, reference)
                    .await?;
                Ok(())
            }
        }
    }
}
