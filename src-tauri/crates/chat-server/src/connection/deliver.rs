//! What is told without being asked: the feed and the followed answer.

use chat_core::{
    ChangeKind, Cursor, Delivery, Event, FeedEntry, FeedEvent, FeedItem, Message, MessageStatus,
    PieceKind, Revision, Segment, UserId,
};

use super::{Connection, End, Stream};

impl<S: Stream> Connection<S> {
    /// Tells all there is to tell now.
    pub(super) async fn deliver(&mut self) -> Result<(), End> {
        loop {
            self.follow_on().await?;
            let Some(item) = self.feed.as_mut().and_then(chat_core::FeedReader::take) else {
                return Ok(());
            };
            match item {
                FeedItem::Entry(entry) => self.entry(&entry).await?,
                FeedItem::Lagged => self.catch_up().await?,
            }
        }
    }

    /// Tells what is new of the followed answer.
    pub(super) async fn follow_on(&mut self) -> Result<(), End> {
        let dialect = self.dialect;
        while let Some(cursor) = &mut self.following {
            let log = std::sync::Arc::clone(cursor.log());
            let encode = |segment: Segment<'_>| {
                let (chat, message) = (log.chat(), log.message());
                dialect.encode(
                    &Event::AnswerText {
                        chat,
                        message,
                        segment,
                    },
                    None,
                )
            };
            if let Some(frame) = cursor.take_frame(dialect.slot(), encode) {
                self.send(frame).await?;
            } else if let Some(message) = cursor.take_end() {
                self.following = None;
                self.tell_end(&message).await?;
            } else {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Follows an answer from the client's position in it.
    pub(super) async fn follow(&mut self, message: &Message, cursor: Cursor) -> Result<(), End> {
        self.session.follows(message.id.clone());
        self.tell(
            &Event::AnswerStarted {
                message,
                from: cursor.position(),
            },
            None,
        )
        .await?;
        self.following = Some(cursor);
        self.follow_on().await
    }

    async fn entry(&mut self, entry: &FeedEntry) -> Result<(), End> {
        for delivery in self.session.deliver(&entry.event) {
            match &entry.event {
                FeedEvent::AnswerStarted { message, log } => match delivery {
                    Delivery::Follow => self.follow(message, log.cursor(0)).await?,
                    _ => self.tell_activity(message, true).await?,
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
                            self.tell(&Event::ChatRemoved { chat, revision }, None)
                                .await?;
                        }
                        (ChangeKind::SettingsChanged(settings), _) => {
                            self.tell(&Event::Settings(settings), None).await?;
                        }
                    }
                }
            }
        }
        Ok(())
    }

    /// A person's message: with the reference to the connection that wrote it, shared by others.
    async fn tell_message(&mut self, entry: &FeedEntry, message: &Message) -> Result<(), End> {
        let own = self.expected.iter().position(|(id, _)| *id == message.id);
        match own.map(|index| self.expected.swap_remove(index)) {
            Some((_, reference)) => {
                self.tell(&Event::MessageAdded(message), reference.as_deref())
                    .await
            }
            None => {
                let dialect = self.dialect;
                let encode = || dialect.encode(&Event::MessageAdded(message), None);
                self.send(entry.frame(dialect.slot(), encode)).await
            }
        }
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

    /// An answer that was over before it could be followed.
    async fn tell_whole(&mut self, message: &Message) -> Result<(), End> {
        self.tell(&Event::AnswerStarted { message, from: 0 }, None)
            .await?;
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
        self.tell_end(message).await
    }

    /// The end of an answer. A failed one has its text, if any, and then the error.
    async fn tell_end(&mut self, message: &Message) -> Result<(), End> {
        self.session.told_end(&message.id);
        let failed = message.status == MessageStatus::Failed;
        if !(failed && message.content.is_empty()) {
            self.tell(&Event::AnswerEnded(message), None).await?;
        }
        let Some(fault) = message.failure.as_ref().filter(|_| failed) else {
            return Ok(());
        };
        crate::counters::ERRORS.add(1);
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

    /// After the feed ran ahead of a slow client: what it looks at, anew from the store.
    async fn catch_up(&mut self) -> Result<(), End> {
        tracing::debug!("a slow client is brought up to date from the store");
        // Messages that the feed would have told come with the snapshot.
        self.expected.clear();
        if self.session.watching()
            && let Err(fault) = self.tell_chats(Revision(0), None).await?
        {
            self.refuse(fault, None).await?;
        }
        if let Some(chat) = self.session.chat().cloned()
            && let Err(fault) = self.join(&chat, None, None).await?
        {
            self.refuse(fault, None).await?;
        }
        Ok(())
    }
}

fn revision_for(session: &chat_core::Session, audience: &[(UserId, Revision)]) -> Revision {
    let own = session
        .user()
        .and_then(|user| audience.iter().find(|(id, _)| *id == user.id));
    own.map(|(_, revision)| *revision).unwrap_or_default()
}
