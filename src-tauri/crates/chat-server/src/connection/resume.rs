//! Coming back: to a chat, to the list, or after the feed ran ahead of a slow client. All three are
//! one act: the store tells what changed since the revision that the client has, and a snapshot only
//! where that says nothing.

use std::sync::Arc;

use chat_core::{
    ChatId, Event, Fault, Message, Resume, Revision, Role, RunningAnswer, Snapshot, TurnLog, User,
};

use super::{Connection, End, Stream};

impl<S: Stream> Connection<S> {
    /// Looks at a chat: what the client lacks of it, then the running answer from where the client
    /// was in it.
    pub(super) async fn join(
        &mut self,
        chat: &ChatId,
        resume: Option<Resume>,
        reference: Option<&str>,
    ) -> Result<Result<(), Fault>, End> {
        let Some(user) = self.session.user().cloned() else {
            return Ok(Err(Fault::internal()));
        };
        let service = self.app.service.clone();
        let had = resume.filter(|had| had.epoch == service.epoch());
        // Looked up before the snapshot is read: an answer that begins in between comes through
        // the feed, one that ends in between is whole in the snapshot.
        let running = service.running_in(chat);
        let since = had.as_ref().map(|had| had.revision);
        let snapshot = match service.snapshot(&user.id, chat, since).await {
            Ok(snapshot) => snapshot,
            Err(fault) => return Ok(Err(fault)),
        };
        let running = running.filter(|(message, _)| snapshot.is_running(&message.id));
        let cursor = running.as_ref().map(|(message, log)| {
            let place = had.as_ref().and_then(|had| place_in(had, message, log));
            // What this very connection was told since the client asked is with the client too.
            let told = self.told_of(log).unwrap_or(0);
            log.cursor(place.map_or(0, |place| place.max(told)))
        });
        self.leave();
        let revision = snapshot.chat.revision;
        self.session
            .look_at(chat.clone(), revision, snapshot.unfinished());
        let answer = running
            .as_ref()
            .zip(cursor.as_ref())
            .map(|((message, _), cursor)| RunningAnswer {
                message: message.id.clone(),
                from: cursor.position(),
            });
        let joined = Event::ChatJoined {
            chat: &snapshot.chat,
            messages: &snapshot.messages,
            running: answer,
            epoch: service.epoch(),
            resumed: !snapshot.whole,
        };
        self.tell(&joined, reference).await?;
        if let Some(((message, _), cursor)) = running.zip(cursor) {
            self.follow(&message, cursor).await?;
        }
        Ok(Ok(()))
    }

    /// Sends the list of chats, or what changed of it after `since`, and watches it from there. A
    /// revision of another history, or from the future, says nothing.
    pub(super) async fn tell_chats(
        &mut self,
        since: Revision,
        epoch: Option<&str>,
        reference: Option<&str>,
    ) -> Result<Result<(), Fault>, End> {
        let Some(user) = self.session.user().cloned() else {
            return Ok(Err(Fault::internal()));
        };
        let service = self.app.service.clone();
        let foreign = epoch.is_some_and(|epoch| epoch != service.epoch());
        let mut since = if foreign { Revision(0) } else { since };
        let mut changes = match service.chats(&user.id, since).await {
            Ok(changes) => changes,
            Err(fault) => return Ok(Err(fault)),
        };
        if since > changes.revision {
            since = Revision(0);
            changes = match service.chats(&user.id, since).await {
                Ok(changes) => changes,
                Err(fault) => return Ok(Err(fault)),
            };
        }
        self.session.watch(changes.revision);
        let chats = Event::Chats {
            chats: &changes.chats,
            removed: &changes.removed,
            running: &changes.running,
            revision: changes.revision,
            epoch: service.epoch(),
            whole: since == Revision(0),
        };
        self.tell(&chats, reference).await.map(Ok)
    }

    /// After the feed ran ahead of a slow client: what it missed, from the store.
    pub(super) async fn catch_up(&mut self) -> Result<(), End> {
        tracing::debug!("a slow client is brought up to date from the store");
        let caught_up = self.catch_up_list().await?;
        if let Err(fault) = caught_up {
            self.refuse(fault, None).await?;
        }
        let Some(user) = self.session.user().cloned() else {
            return Ok(());
        };
        if let Err(fault) = self.catch_up_objectives(&user).await? {
            self.refuse(fault, None).await?;
        }
        for chat in self.session.chats() {
            if let Err(fault) = self.catch_up_chat(&user, &chat).await? {
                self.refuse(fault, None).await?;
            }
        }
        Ok(())
    }

    async fn catch_up_list(&mut self) -> Result<Result<(), Fault>, End> {
        let Some(user) = self.session.user().filter(|_| self.session.watching()) else {
            return Ok(Ok(()));
        };
        let settings = self.app.service.settings(&user.id).await;
        match settings {
            Ok(settings) => self.tell(&Event::Settings(&settings), None).await?,
            Err(fault) => return Ok(Err(fault)),
        }
        self.tell_chats(self.session.told_list(), None, None).await
    }

    /// What was missed of a chat looked at is told as it would have been, in the order of
    /// revisions. Only where another branch is shown now it is read anew.
    async fn catch_up_chat(
        &mut self,
        user: &User,
        chat: &ChatId,
    ) -> Result<Result<(), Fault>, End> {
        let service = self.app.service.clone();
        let running = service.running_in(chat);
        let told = self.session.told(chat);
        let mut snapshot = match service.snapshot(&user.id, chat, told).await {
            Ok(snapshot) => snapshot,
            Err(fault) if fault.reason == chat_core::Reason::NotFound => {
                self.stop_following(chat);
                self.session.look_away_from(chat);
                let revision = match self.revision(user).await {
                    Ok(revision) => revision,
                    Err(fault) => return Ok(Err(fault)),
                };
                self.tell(&Event::ChatRemoved { chat, revision }, None)
                    .await?;
                return Ok(Ok(()));
            }
            Err(fault) => return Ok(Err(fault)),
        };
        if snapshot.whole && !self.dialect.manners().own_chat {
            self.acknowledge_expected(user).await?;
            return self.join(chat, None, None).await;
        }
        // Who is told no histories is told what is new, on whatever branch.
        snapshot
            .messages
            .retain(|message| Some(message.revision) > told);
        self.replay(&snapshot).await?;
        // An answer beside the branch shown is in no snapshot: its end is told from its own row.
        if let Some(followed) = self.session.following(chat).cloned()
            && !snapshot.unfinished().contains(&followed)
            && let Ok(ended) = service.message(&user.id, &followed).await
        {
            self.tell_rest(&ended, None).await?;
        }
        self.session
            .caught_up(chat, snapshot.chat.revision, snapshot.unfinished());
        self.acknowledge_expected(user).await?;
        if let Some((message, log)) = running
            && snapshot.is_running(&message.id)
            && !self.follows_log(&log)
        {
            self.follow(&message, log.cursor(0)).await?;
        }
        Ok(Ok(()))
    }

    async fn replay(&mut self, snapshot: &Snapshot) -> Result<(), End> {
        let mut missed: Vec<&Message> = snapshot.messages.iter().collect();
        missed.sort_by_key(|message| message.revision);
        for message in missed {
            if message.role == Role::User {
                let own = self.take_expected(&message.id);
                let reference = own.flatten();
                self.tell(&Event::MessageAdded(message), reference.as_deref())
                    .await?;
            } else if self.followed_to(message) {
                self.tell_rest(message, None).await?;
            } else {
                if self.session.following(&message.chat) == Some(&message.id) {
                    self.stop_following(&message.chat);
                }
                self.tell_whole(message).await?;
            }
        }
        Ok(())
    }

    /// Whether this very log is followed, not that of an earlier writing of the same answer.
    fn follows_log(&self, log: &Arc<TurnLog>) -> bool {
        let mut all = self.following.iter();
        all.any(|followed| Arc::ptr_eq(followed.cursor.log(), log))
    }

    /// Whether the log that is followed ends as `message` does: one that was gone on with while
    /// nobody looked is another.
    fn followed_to(&self, message: &Message) -> bool {
        let mut all = self.following.iter();
        all.any(|followed| {
            let log = followed.cursor.log();
            *log.message() == message.id && log.snapshot().0 == message.content
        })
    }

    /// Own messages that the feed can no longer tell.
    async fn acknowledge_expected(&mut self, user: &User) -> Result<(), End> {
        let service = self.app.service.clone();
        for (id, reference) in std::mem::take(&mut self.expected) {
            match service.message(&user.id, &id).await {
                Ok(message) => {
                    let added = Event::MessageAdded(&message);
                    self.tell(&added, reference.as_deref()).await?;
                }
                Err(fault) => self.refuse(fault, reference.as_deref()).await?,
            }
        }
        Ok(())
    }

    /// The pieces of an answer that were told on this connection.
    fn told_of(&self, log: &Arc<TurnLog>) -> Option<u64> {
        let mut cursors = self.following.iter().map(|followed| &followed.cursor);
        let cursor = cursors.find(|cursor| Arc::ptr_eq(cursor.log(), log))?;
        Some(cursor.position())
    }

    /// Stops following; what the client has of that answer stays with it.
    pub(super) fn leave(&mut self) {
        self.following.clear();
    }
}

/// The pieces of a running answer that a returning client has. Only of this writing of it: an answer
/// that was gone on with after the client left counts its pieces anew.
fn place_in(had: &Resume, message: &Message, log: &TurnLog) -> Option<u64> {
    let (id, seq) = had.running.as_ref()?;
    let same = *id == message.id && message.revision <= had.revision && *seq <= log.len();
    same.then_some(*seq)
}
