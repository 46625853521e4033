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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        change::Change,
        ids::UserId,
        model::{Chat, Role, TitleSource},
        sources::Timestamp,
        turn_log::TurnLog,
    };

    fn chat_id() -> ChatId {
        ChatId::parse("c").expect("an id")
    }

    fn message(id: &str, revision: u64, status: MessageStatus) -> Message {
        Message {
            id: MessageId::parse(id).expect("an id"),
            chat: chat_id(),
            parent: None,
            role: Role::Assistant,
            author: None,
            client_id: None,
            content: "text".into(),
            reasoning: String::new(),
            status,
            model: None,
            failure: None,
            created_at: Timestamp(0),
            finished_at: None,
            revision: Revision(revision),
            siblings: Vec::new(),
        }
    }

    fn chat() -> Chat {
        Chat {
            id: chat_id(),
            owner: UserId::parse("u").expect("an id"),
            title: String::new(),
            title_source: TitleSource::Placeholder,
            pinned: false,
            model: None,
            system_prompt: None,
            temperature: None,
            leaf: None,
            created_at: Timestamp(0),
            updated_at: Timestamp(0),
            revision: Revision(1),
        }
    }

    fn added(id: &str, revision: u64) -> FeedEvent {
        let kind = ChangeKind::MessageAdded(message(id, revision, MessageStatus::Complete), chat());
        FeedEvent::Committed(Change {
            audience: Vec::new(),
            kind,
        })
    }

    fn ended(id: &str, revision: u64) -> FeedEvent {
        let kind = ChangeKind::AnswerEnded(message(id, revision, MessageStatus::Complete), chat());
        FeedEvent::Committed(Change {
            audience: Vec::new(),
            kind,
        })
    }

    fn started(id: &str, revision: u64) -> FeedEvent {
        let message = message(id, revision, MessageStatus::Running);
        let log = TurnLog::new(chat_id(), message.id.clone(), "", "");
        FeedEvent::AnswerStarted { message, log }
    }

    fn looking(revision: u64, known: &[Message]) -> Session {
        let mut session = Session::default();
        session.look_at(chat_id(), Revision(revision), known);
        session
    }

    #[test]
    fn nothing_of_a_chat_comes_to_who_does_not_look_at_it() {
        let session = Session::default();
        for event in [added("m", 2), started("a", 2), ended("a", 3)] {
            assert_eq!(session.deliver(&event), []);
        }
    }

    #[test]
    fn what_the_snapshot_has_is_not_told_again() {
        let session = looking(5, &[message("a", 5, MessageStatus::Complete)]);
        assert_eq!(session.deliver(&added("m", 4)), [], "in the snapshot");
        assert_eq!(
            session.deliver(&started("a", 4)),
            [],
            "ended in the snapshot"
        );
        assert_eq!(session.deliver(&ended("a", 5)), [], "ended in the snapshot");
        assert_eq!(session.deliver(&added("n", 6)), [Delivery::Message]);
        assert_eq!(session.deliver(&started("b", 6)), [Delivery::Follow]);
    }

    #[test]
    fn an_answer_that_was_never_followed_is_told_whole_and_one_that_was_only_by_its_log() {
        let mut session = looking(5, &[message("a", 4, MessageStatus::Running)]);
        assert_eq!(session.deliver(&ended("a", 6)), [Delivery::WholeAnswer]);
        session.follows(MessageId::parse("b").expect("an id"));
        assert_eq!(session.deliver(&started("b", 7)), [], "already followed");
        assert_eq!(session.deliver(&ended("b", 8)), [], "its log tells its end");
        session.told_end(&MessageId::parse("b").expect("an id"));
        assert_eq!(session.deliver(&ended("b", 8)), [], "told already");
        assert_eq!(
            session.deliver(&started("b", 9)),
            [Delivery::Follow],
            "gone on with"
        );
    }

    #[test]
    fn the_list_hears_of_everything_once_it_is_watched() {
        let mut session = Session::default();
        session.watch();
        assert_eq!(session.deliver(&started("a", 2)), [Delivery::ListBegin]);
        assert_eq!(
            session.deliver(&ended("a", 3)),
            [Delivery::ListEnd, Delivery::ListChat]
        );
    }

    #[test]
    fn nobody_unknown_is_permitted_and_no_member_changes_providers() {
        let mut session = Session::default();
        let refused = session
            .permit(&Command::GetSettings)
            .expect_err("not signed in");
        assert_eq!(refused.code, ErrorCode::AuthFailed);
        let mut user = User {
            id: UserId::parse("u").expect("an id"),
            name: "alice".into(),
            role: UserRole::Member,
            enabled: true,
            created_at: Timestamp(0),
        };
        session.signed_in(user.clone());
        assert!(session.permit(&Command::GetSettings).is_ok());
        let refused = session
            .permit(&Command::FindProviders)
            .expect_err("a member");
        assert_eq!(refused.reason, Reason::Forbidden);
        user.role = UserRole::Owner;
        session.signed_in(user);
        assert!(session.permit(&Command::FindProviders).is_ok());
    }
}
