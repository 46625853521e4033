//! Clients that join no chats: a message goes to the chat it names, or to one that the connection
//! has of its own; answers in several chats may be awaited at once; and what was asked for is
//! stopped by the reference of the request that asked for it.

use chat_core::{
    Appended, ChatId, ClientId, Event, Fault, GenerationId, Message, MessageId, MessageStatus,
    NewMessage, PartOfAnswer, Reason, RunningAnswer, User,
};
use sha2::{Digest as _, Sha256};

use super::{Connection, Stream, perform::Stumble};
use crate::counters;

/// An answer that this connection asked for and that has not ended.
pub(super) struct Asked {
    chat: ChatId,
    answer: MessageId,
    reference: Option<String>,
}

/// From this length on, an id is taken to be unlike any other for ever, as a UUID is. A shorter
/// one may be a counter or a clock that another page begins anew: it holds for its connection.
const STRONG_ID: usize = 20;

/// Whether a client's id of a request will never come again for another one.
pub(super) fn is_strong(reference: &str) -> bool {
    reference.len() >= STRONG_ID
}

impl<S: Stream> Connection<S> {
    /// Says something, and has the client hear what becomes of it.
    pub(super) async fn say(
        &mut self,
        user: &User,
        named: Option<ChatId>,
        content: String,
        reference: Option<&str>,
    ) -> Result<(), Stumble> {
        let key = reference.and_then(|id| self.key(id, named.as_ref(), &content));
        let began = std::time::Instant::now();
        let appended = self.append(user, named, content, key).await?;
        counters::ACCEPTED.since(began);
        let Appended {
            message, answer, ..
        } = &appended;
        let chat = &message.chat;
        if appended.created {
            counters::MESSAGES.add(1);
        }
        let waits = answer.status == MessageStatus::Running;
        if waits && !self.asked.iter().any(|asked| asked.answer == answer.id) {
            self.asked.push(Asked {
                chat: chat.clone(),
                answer: answer.id.clone(),
                reference: reference.map(str::to_owned),
            });
        }
        let attended = self.session.looks_at(chat);
        let running = self.app.service.running_in(chat);
        let unfinished = vec![answer.id.clone()];
        self.session
            .look_also_at(chat.clone(), message.revision, unfinished);
        self.session.asked_for(chat, answer.id.clone());
        self.look_where_needed();
        if attended && appended.created {
            let reference = reference.map(str::to_owned);
            self.expected.push((message.id.clone(), reference));
            return Ok(());
        }
        self.tell(&Event::MessageAdded(message), reference).await?;
        if let Some((running, log)) = running.filter(|_| !attended) {
            self.follow(&running, log.cursor(0)).await?;
        }
        if !waits {
            self.tell_whole(answer).await?;
        }
        Ok(())
    }

    async fn append(
        &mut self,
        user: &User,
        named: Option<ChatId>,
        content: String,
        key: Option<ClientId>,
    ) -> Result<Appended, Stumble> {
        let (service, by) = (self.app.service.clone(), self.asker(user));
        let to = |chat: ChatId| NewMessage {
            chat,
            client_id: key.clone(),
            parent: None,
            content: content.clone(),
        };
        if let Some(chat) = named {
            return Ok(service.send(&by, to(chat)).await?);
        }
        if self.own_chat.is_none()
            && let Some(key) = &key
            && let Some(known) = service.accepted(&user.id, key).await?
        {
            // Sent before, on a connection that broke: its chat is this client's own.
            self.own_chat = Some(known.message.chat);
        }
        if let Some(chat) = self.own_chat.clone() {
            match service.send(&by, to(chat)).await {
                // Deleted meanwhile: another one.
                Err(fault) if fault.reason == Reason::NotFound => {}
                other => return Ok(other?),
            }
        }
        let chat = service.create_chat(&user.id, None, None).await?.id;
        self.own_chat = Some(chat.clone());
        Ok(service.send(&by, to(chat)).await?)
    }

    /// What sending the same again is recognised by. The words are part of it: whatever a client
    /// does with its ids, no new message is ever taken for an old one.
    fn key(&self, reference: &str, named: Option<&ChatId>, content: &str) -> Option<ClientId> {
        let mut hash = Sha256::new();
        let scope = if is_strong(reference) { "" } else { &self.id };
        let chat = named.map_or("", ChatId::as_str);
        for part in [scope, reference, chat, content] {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        }
        let hash = hash.finalize();
        let hex: String = hash[..20]
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        ClientId::parse(&format!("key:{hex}")).ok()
    }

    /// Looks at a chat without its history, and follows what is running there.
    pub(super) async fn watch_chat(
        &mut self,
        user: &User,
        chat: &ChatId,
        had: Option<PartOfAnswer>,
        reference: Option<&str>,
    ) -> Result<(), Stumble> {
        let service = self.app.service.clone();
        // Before the chat is read: an answer that begins in between comes through the feed.
        let running = service.running_in(chat);
        let found = service.chat(&user.id, chat).await?;
        // Nothing of the line is wanted: what changed since just now is next to nothing.
        let since = Some(found.revision);
        let snapshot = service.snapshot(&user.id, chat, since).await?;
        let found = &snapshot.chat;
        let followed = self.session.following(chat).cloned();
        self.session
            .look_also_at(chat.clone(), found.revision, snapshot.unfinished());
        self.look_where_needed();
        let seq = |message: &Message| {
            let had = had.as_ref().filter(|had| had.message == message.id);
            let same = had.filter(|had| had.revision == message.revision);
            same.map_or(0, |had| had.seq)
        };
        let fresh = running.filter(|(message, _)| followed.as_ref() != Some(&message.id));
        let cursor = fresh.map(|(message, log)| (log.cursor(seq(&message)), message));
        let answer = cursor.as_ref().map(|(cursor, message)| RunningAnswer {
            message: message.id.clone(),
            from: cursor.position(),
        });
        let joined = Event::ChatJoined {
            chat: found,
            messages: &[],
            running: answer,
            epoch: service.epoch(),
            resumed: false,
        };
        self.tell(&joined, reference).await?;
        let follows = cursor.as_ref().map(|(_, message)| message.id.clone());
        if let Some((cursor, message)) = cursor {
            self.follow(&message, cursor).await?;
        }
        if let Some(PartOfAnswer { message: id, .. }) = had {
            if follows.as_ref() == Some(&id) {
                self.asked.push(Asked {
                    chat: chat.clone(),
                    answer: id,
                    reference: None,
                });
            } else {
                // Over meanwhile: its end has the whole text.
                let ended = service.message(&user.id, &id).await?;
                if ended.chat == *chat && ended.status != MessageStatus::Running {
                    self.tell_end(&ended, true, None).await?;
                }
            }
        }
        Ok(())
    }

    /// Ends what this connection asked for: all of it, or what has this name.
    pub(super) async fn stop_asked(
        &mut self,
        user: &User,
        name: Option<String>,
    ) -> Result<(), Stumble> {
        let service = self.app.service.clone();
        let Some(name) = name else {
            for (generation, _) in &self.wishes {
                let _ = service.stop_generation(&user.id, generation);
            }
            for asked in &self.asked {
                match service.stop(&user.id, &asked.answer).await {
                    // Over at this very moment, or deleted with its chat.
                    Err(fault) if fault.reason != Reason::NotFound => return Err(fault.into()),
                    _ => {}
                }
            }
            return Ok(());
        };
        let named = |reference: &Option<String>| reference.as_deref() == Some(name.as_str());
        let wish = self.wishes.iter().find(|(_, reference)| named(reference));
        let generation = match wish {
            Some((generation, _)) => Some(generation.clone()),
            None => GenerationId::parse(&name).ok(),
        };
        if generation.is_some_and(|generation| service.stop_generation(&user.id, &generation)) {
            return Ok(());
        }
        let asked = self.asked.iter().find(|asked| named(&asked.reference));
        let answer = match asked {
            Some(asked) => asked.answer.clone(),
            None => MessageId::parse(&name).map_err(|_| Fault::not_found("message"))?,
        };
        Ok(service.stop(&user.id, &answer).await?)
    }

    /// This answer is awaited no more.
    pub(super) fn answered(&mut self, message: &MessageId) {
        if self.dialect.manners().own_chat {
            self.asked.retain(|asked| asked.answer != *message);
            self.look_where_needed();
        }
    }

    /// Looks at the chat spoken in last, and at those where answers are awaited.
    fn look_where_needed(&mut self) {
        let asked = &self.asked;
        self.session
            .look_only_at(|chat| asked.iter().any(|asked| asked.chat == *chat));
        let session = &self.session;
        self.following
            .retain(|followed| session.looks_at(followed.cursor.log().chat()));
    }
}
