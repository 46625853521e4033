//! A connection's rules, pure: who is asking, which chat they look at, and what of the feed is
//! for them. Input in, decisions out; no sockets, no waiting.

use std::collections::VecDeque;

use crate::{
    change::ChangeKind,
    command::Command,
    error::{ErrorCode, Fault, Reason},
    feed::FeedEvent,
    ids::{ChatId, MessageId, Revision},
    model::{Message, MessageStatus, User, UserRole},
};

/// Answers whose end this connection was told: enough for what can still be on its way in the
/// feed, as answers of one chat come one after the other.
const REMEMBERED_ENDS: usize = 16;

/// What a connection is to do about an entry of the feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// Tell the person's message.
    Message,
    /// Tell that the answer begins, and follow its log.
    Follow,
    /// Tell the answer from beginning to end: it was over before this connection could follow.
    WholeAnswer,
    /// Tell the list: the chat is new or changed.
    ListChat,
    /// Tell the list: the chat is gone.
    ListRemoval,
    /// Tell the list: an answer began.
    ListBegin,
    /// Tell the list: an answer ended.
    ListEnd,
    /// Tell the person's settings.
    Settings,
}

struct Viewing {
    chat: ChatId,
    /// The chat's revision in the snapshot that the client has.
    revision: Revision,
    following: Option<MessageId>,
    ended: VecDeque<MessageId>,
}

/// The state of one connection.
#[derive(Default)]
pub struct Session {
    user: Option<User>,
    viewing: Option<Viewing>,
    watching: bool,
}

impl Session {
    /// Who is signed in.
    #[must_use]
    pub fn user(&self) -> Option<&User> {
        self.user.as_ref()
    }

    /// Signs in, once.
    pub fn signed_in(&mut self, user: User) {
        self.user = Some(user);
    }

    /// The chat looked at.
    #[must_use]
    pub fn chat(&self) -> Option<&ChatId> {
        self.viewing.as_ref().map(|viewing| &viewing.chat)
    }

    /// Whether the list of chats is watched.
    #[must_use]
    pub fn watching(&self) -> bool {
        self.watching
    }

    /// From now on the list of chats is watched.
    pub fn watch(&mut self) {
        self.watching = true;
    }

    /// Whether this person may ask for that.
    ///
    /// # Errors
    /// The [`Fault`] to answer with.
    pub fn permit(&self, command: &Command) -> Result<&User, Fault> {
        let Some(user) = &self.user else {
            let words = "sign in first: send join_chat with a token";
            return Err(Fault::new(
                ErrorCode::AuthFailed,
                Reason::SignInRequired,
                words,
            ));
        };
        let for_admins = matches!(
            command,
            Command::FindProviders
                | Command::SaveProvider { .. }
                | Command::RemoveProvider { .. }
                | Command::SetProviderKey { .. }
                | Command::TestProvider { .. }
        );
        if for_admins && user.role < UserRole::Admin {
            return Err(Fault::invalid(
                Reason::Forbidden,
                "only an owner or admin of this server can change its providers",
            ));
        }
        Ok(user)
    }

    /// The client now looks at `chat` and has `messages` as of `revision`.
    pub fn look_at(&mut self, chat: ChatId, revision: Revision, messages: &[Message]) {
        let settled = messages
            .iter()
            .rev()
            .filter(|one| one.status != MessageStatus::Running);
        let ended = settled
            .take(REMEMBERED_ENDS)
            .map(|one| one.id.clone())
            .collect();
        self.viewing = Some(Viewing {
            chat,
            revision,
            following: None,
            ended,
        });
    }

    /// The client looks at no chat any more.
    pub fn look_away(&mut self) {
        self.viewing = None;
    }

    /// The answer whose log is followed.
    pub fn follows(&mut self, message: MessageId) {
        if let Some(viewing) = &mut self.viewing {
            // Gone on with: its end is to be told again.
            viewing.ended.retain(|ended| *ended != message);
            viewing.following = Some(message);
        }
    }

    /// The client was told the end of an answer.
    pub fn told_end(&mut self, message: &MessageId) {
        if let Some(viewing) = &mut self.viewing {
            if viewing.following.as_ref() == Some(message) {
                viewing.following = None;
            }
            if viewing.ended.len() == REMEMBERED_ENDS {
                viewing.ended.pop_back();
            }
            viewing.ended.push_front(message.clone());
        }
    }

    /// What of `event` is for this connection, in the order to tell it.
    #[must_use]
    pub fn deliver(&self, event: &FeedEvent) -> Vec<Delivery> {
        let mut deliveries = Vec::new();
        match event {
            FeedEvent::AnswerStarted { message, log } => {
                let viewing = self
                    .viewing
                    .as_ref()
                    .filter(|viewing| viewing.chat == *log.chat());
                let known = viewing.is_some_and(|viewing| {
                    viewing.following.as_ref() == Some(log.message())
                        // An answer in the snapshot as ended may have been gone on with since.
                        || (viewing.ended.contains(log.message())
                            && message.revision <= viewing.revision)
                });
                if viewing.is_some() && !known {
                    deliveries.push(Delivery::Follow);
                }
                if self.watching {
                    deliveries.push(Delivery::ListBegin);
                }
            }
            FeedEvent::Committed(change) => match &change.kind {
                ChangeKind::ChatCreated(_) | ChangeKind::ChatUpdated(_) => {
                    deliveries.extend(self.watching.then_some(Delivery::ListChat));
                }
                ChangeKind::ChatRemoved(_) => {
                    deliveries.extend(self.watching.then_some(Delivery::ListRemoval));
                }
                ChangeKind::MessageAdded(message, _) => {
                    let news = self.viewing.as_ref().is_some_and(|viewing| {
                        viewing.chat == message.chat && message.revision > viewing.revision
                    });
                    deliveries.extend(news.then_some(Delivery::Message));
                    deliveries.extend(self.watching.then_some(Delivery::ListChat));
                }
                ChangeKind::AnswerEnded(message, _) => {
                    let missed = self.viewing.as_ref().is_some_and(|viewing| {
                        viewing.chat == message.chat
                            && message.revision > viewing.revision
                            && viewing.following.as_ref() != Some(&message.id)
                            && !viewing.ended.contains(&message.id)
                    });
                    deliveries.extend(missed.then_some(Delivery::WholeAnswer));
                    deliveries.extend(self.watching.then_some(Delivery::ListEnd));
                    deliveries.extend(self.watching.then_some(Delivery::ListChat));
                }
                ChangeKind::SettingsChanged(_) => {
                    deliveries.extend(self.watching.then_some(Delivery::Settings));
                }
            },
        }
        deliveries
    }
}
