//! What is told without being asked: the feed and the followed answer.

use chat_core::{
    ChangeKind, ChatId, Cursor, Delivery, Event, FeedEntry, FeedEvent, FeedItem, Message,
    MessageId, MessageStatus, ModelId, PieceKind, Revision, Segment, UserId,
};

use super::{Connection, End, Followed, Stream};

impl<S: Stream> Connection<S> {
    /// Tells all there is to tell now.
    pub(super) async fn deliver(&mut self) -> Result<(), End> {
        loop {
            self.follow_on().await?;
            let Some(item) = self.feed.as_mut().and_then(chat_core::FeedReader::take) else {
                return Ok(());
            };
            match item {
                // Big futures that live only as long as there is news.
                FeedItem::Entry(entry) => Box::pin(self.entry(&entry)).await?,
                FeedItem::Lagged => Box::pin(self.catch_up()).await?,
            }
        }
    }

    /// Tells what is new of the followed answers.
    pub(super) async fn follow_on(&mut self) -> Result<(), End> {
        for place in 0..self.following.len() {
            self.follow_one(place).await?;
        }
        Ok(())
    }

    async fn follow_one(&mut self, place: usize) -> Result<(), End> {
        let dialect = self.dialect;
        while let Some(followed) = self.following.get_mut(place) {
            let cursor = &mut followed.cursor;
            let log = std::sync::Arc::clone(cursor.log());
            let (chat, message) = (log.chat(), log.message());
            if !followed.begun
                && let Some(model) = cursor.begun()
            {
                followed.begun = true;
                let (from, revision) = (cursor.position(), followed.revision);
                self.tell_begun(chat, message, model.as_ref(), revision, from)
                    .await?;
                continue;
            }
            let encode = |segment: Segment<'_>| {
                let text = Event::AnswerText {
                    chat,
                    message,
                    segment,
                };
                // What this dialect does not say is shared as well, as nothing.
                dialect.encode(&text, None).unwrap_or_default()
            };
            match cursor.take_frame(dialect.slot(), encode) {
                Some(said) => self.send(said).await?,
                // Its end comes through the feed, so that nothing overtakes what was committed
                // before it.
                None => return Ok(()),
            }
        }
        Ok(())
    }

    async fn tell_begun(
        &mut self,
        chat: &ChatId,
        message: &MessageId,
        model: Option<&ModelId>,
        revision: Revision,
        from: u64,
    ) -> Result<(), End> {
        let begun = Event::AnswerBegun {
            chat,
            message,
            model,
            revision,
            from,
        };
        self.tell(&begun, None).await
    }

    async fn tell_begun_whole(&mut self, message: &Message) -> Result<(), End> {
        let (chat, model) = (&message.chat, message.model.as_ref());
        self.tell_begun(chat, &message.id, model, message.revision, 0)
            .await
    }

    /// Follows an answer from the client's position in it.
    pub(super) async fn follow(&mut self, message: &Message, cursor: Cursor) -> Result<(), End> {
        self.session.follows(&message.chat, message.id.clone());
        self.tell(
            &Event::AnswerStarted {
                message,
                from: cursor.position(),
            },
            None,
        )
        .await?;
        self.stop_following(&message.chat);
        self.following.push(Followed {
            cursor,
            revision: message.revision,
            begun: false,
        });
        self.follow_on().await
    }

    async fn entry(&mut self, entry: &FeedEntry) -> Result<(), End> {
        for delivery in self.session.deliver(&entry.event) {
            match &entry.event {
                FeedEvent::AnswerStarted { message, log, .. } => match delivery {
                    Delivery::Follow => match log.upgrade() {
                        Some(log) => self.follow(message, log.cursor(0)).await?,
                        // Over already: it is told whole when the feed comes to its end.
                        None => self.session.asked_for(&message.chat, message.id.clone()),
                    },
                    _ => self.tell_activity(message, true).await?,
                },
                FeedEvent::Generation(generation) => self.tell_generation(generation).await?,
                FeedEvent::AnswerWaits(message) => self.tell_activity(message, true).await?,
                FeedEvent::AnswerLost(message) => match delivery {
                    Delivery::End => self.tell_rest(message, None).await?,
                    _ => self.tell_activity(message, false).await?,
                },
                FeedEvent::Committed(change) => {
                    let revision = revision_for(&self.session, &change.audience);
                    match (&change.kind, delivery) {
                        (ChangeKind::MessageAdded(message, _), Delivery::Message) => {
                            self.tell_message(entry, message).await?;
                        }
                        (ChangeKind::AnswerEnded(message, _), Delivery::WholeAnswer) => {
                            self.tell_whole(message).await?;
                        }
                        (ChangeKind::AnswerEnded(message, _), Delivery::End) => {
                            self.tell_rest(message, Some(entry)).await?;
                        }
                        (ChangeKind::AnswerEnded(message, _), Delivery::ListEnd) => {
                            self.tell_activity(message, false).await?;
                        }
                        (
                            ChangeKind::ChatCreated(chat)
                            | ChangeKind::ChatUpdated(chat)
                            | ChangeKind::MessageAdded(_, chat)
                            | ChangeKind::AnswerEnded(_, chat),
                            _,
                        ) => {
                            self.tell(&Event::ChatUpdated { chat, revision }, None)
                                .await?
                        }
                        (ChangeKind::ChatRemoved(chat), _) => {
                            self.stop_following(chat);
                            self.tell(&Event::ChatRemoved { chat, revision }, None)
                                .await?;
                        }
                        (ChangeKind::SettingsChanged(settings), _) => {
                            self.tell(&Event::Settings(settings), None).await?;
                        }
                        (
                            ChangeKind::ObjectiveMade {
                                objective,
                                generation,
                                took_ms,
                            },
                            _,
                        ) => self.tell_made(objective, generation, *took_ms).await?,
                        (ChangeKind::ObjectiveChanged(objective), _) => {
                            self.tell_change(objective).await?;
                        }
                        (ChangeKind::ObjectiveRemoved(objective), _) => {
                            self.tell(&Event::ObjectiveRemoved(objective), None).await?;
                        }
                    }
                }
            }
        }
        Ok(())
    }

    /// A person's message: with the reference to the connection that wrote it, shared by others.
    async fn tell_message(&mut self, entry: &FeedEntry, message: &Message) -> Result<(), End> {
        match self.take_expected(&message.id) {
            Some(reference) => {
                self.tell(&Event::MessageAdded(message), reference.as_deref())
                    .await
            }
            None => self.tell_shared(entry, &Event::MessageAdded(message)).await,
        }
    }

    /// Sends an entry's one frame that all hear alike, encoded by the first who tells it.
    async fn tell_shared(&mut self, entry: &FeedEntry, event: &Event<'_>) -> Result<(), End> {
        let dialect = self.dialect;
        let encode = || dialect.encode(event, None).unwrap_or_default();
        self.send(entry.frame(dialect.slot(), encode)).await
    }

    /// The reference of an own message that is still to be told, if it is one.
    pub(super) fn take_expected(&mut self, message: &MessageId) -> Option<Option<String>> {
        let own = self.expected.iter().position(|(id, _)| id == message)?;
        Some(self.expected.remove(own).1)
    }

    async fn tell_activity(&mut self, message: &Message, running: bool) -> Result<(), End> {
        let (chat, message) = (&message.chat, &message.id);
        self.tell(
            &Event::ChatActivity {
                chat,
                message,
                running,
            },
            None,
        )
        .await
    }

    /// The rest of the followed answer, and its end; `entry` is the one that tells of it.
    pub(super) async fn tell_rest(
        &mut self,
        message: &Message,
        entry: Option<&FeedEntry>,
    ) -> Result<(), End> {
        self.follow_on().await?;
        let followed = self.following_of(&message.chat);
        let begun = followed.is_some_and(|followed| followed.begun);
        self.stop_following(&message.chat);
        self.tell_end(message, begun, entry).await
    }

    fn following_of(&self, chat: &ChatId) -> Option<&Followed> {
        let mut all = self.following.iter();
        all.find(|followed| followed.cursor.log().chat() == chat)
    }

    /// Follows no answer of `chat` any more; what the client has of it stays with it.
    pub(super) fn stop_following(&mut self, chat: &ChatId) {
        self.following
            .retain(|followed| followed.cursor.log().chat() != chat);
    }

    /// An answer that was over before it could be followed.
    pub(super) async fn tell_whole(&mut self, message: &Message) -> Result<(), End> {
        self.tell(&Event::AnswerStarted { message, from: 0 }, None)
            .await?;
        let unsaid = message.status == MessageStatus::Failed && message.content.is_empty();
        if !unsaid {
            self.tell_begun_whole(message).await?;
        }
        let pieces = [
            (PieceKind::Reasoning, message.reasoning.as_str()),
            (PieceKind::Text, message.content.as_str()),
        ];
        let told = pieces.into_iter().filter(|(_, text)| !text.is_empty());
        for (from, (kind, text)) in (0..).zip(told) {
            let segment = Segment {
                kind,
                from,
                to: from + 1,
                text,
            };
            let (chat, id) = (&message.chat, &message.id);
            self.tell(
                &Event::AnswerText {
                    chat,
                    message: id,
                    segment,
                },
                None,
            )
            .await?;
        }
        self.tell_end(message, !unsaid, None).await
    }

    /// The end of an answer. A failed one has its text, if any, and then the error.
    /// `begun` says that it was told that the model had begun; `entry` is the one that tells of it.
    pub(super) async fn tell_end(
        &mut self,
        message: &Message,
        begun: bool,
        entry: Option<&FeedEntry>,
    ) -> Result<(), End> {
        self.session.told_end(&message.chat, &message.id);
        self.answered(&message.id);
        let failed = message.status == MessageStatus::Failed;
        match (failed && message.content.is_empty(), begun) {
            (true, true) => self.tell(&Event::AnswerWithdrawn(message), None).await?,
            (true, false) => {}
            (false, begun) => {
                if !begun {
                    self.tell_begun_whole(message).await?;
                }
                let ended = Event::AnswerEnded(message);
                match entry {
                    Some(entry) => self.tell_shared(entry, &ended).await?,
                    None => self.tell(&ended, None).await?,
                }
            }
        }
        if message.status == MessageStatus::Interrupted {
            self.tell(&Event::AnswerInterrupted(message), None).await?;
        }
        let Some(fault) = message.failure.as_ref().filter(|_| failed) else {
            return Ok(());
        };
        crate::counters::told_error(fault.code);
        let (chat, id) = (Some(&message.chat), Some(&message.id));
        self.tell(
            &Event::Error {
                fault,
                chat,
                message: id,
            },
            None,
        )
        .await
    }
}

fn revision_for(session: &chat_core::Session, audience: &[(UserId, Revision)]) -> Revision {
    let own = session
        .user()
        .and_then(|user| audience.iter().find(|(id, _)| *id == user.id));
    own.map(|(_, revision)| *revision).unwrap_or_default()
}
