//! A connection's rules, pure: who is asking, which chats they look at, and what of the feed is
//! for them. Input in, decisions out; no sockets, no waiting.
//!
//! What a client has is one number per thing: a chat's revision up to which it was told everything
//! of a chat looked at, and the person's revision up to which it was told the list. The feed comes
//! in commit order, so both only grow, and what a snapshot held is not told again.

use crate::{
    change::{Change, ChangeKind},
    command::Command,
    error::{ErrorCode, Fault, Reason},
    feed::FeedEvent,
    ids::{ChatId, GenerationId, MessageId, Revision},
    model::{Chat, Message, User, UserRole},
};

/// What a connection is to do about an entry of the feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// Tell the person's message.
    Message,
    /// Tell that the answer begins, and follow its log.
    Follow,
    /// Tell the rest of the followed answer and its end.
    End,
    /// Tell the answer from beginning to end: it was over before this connection could follow.
    WholeAnswer,
    /// Tell that the chat is new or changed.
    ListChat,
    /// Tell that the chat is gone; it is looked at no more.
    ListRemoval,
    /// Tell the list: an answer began, or waits for its turn.
    ListBegin,
    /// Tell the list: an answer ended.
    ListEnd,
    /// Tell the person's settings.
    Settings,
    /// Tell the objective, or what became of it.
    Objective,
}

struct Viewing {
    chat: ChatId,
    /// The chat's revision in the snapshot that the client has.
    snapshot: Revision,
    /// The revision up to which the client was told everything.
    told: Revision,
    /// The revision of the branch that the client knows to be shown, from the answer to its own
    /// request.
    branch: Revision,
    /// Answers that had not ended in the snapshot: when one begins, it is news.
    unfinished: Vec<MessageId>,
    /// Answers that this connection asked for since it looks: told also where another branch is
    /// shown meanwhile.
    own: Vec<MessageId>,
    following: Option<MessageId>,
}

impl Viewing {
    fn new(chat: ChatId, revision: Revision, unfinished: Vec<MessageId>) -> Self {
        Self {
            chat,
            snapshot: revision,
            told: revision,
            branch: revision,
            unfinished,
            own: Vec::new(),
            following: None,
        }
    }

    /// Whether the beginning of an answer is to be told: it is news, and either on the branch shown
    /// or this connection's own.
    fn begins(&self, message: &Message, shown: bool) -> bool {
        // What the snapshot knew and did not know as running has ended there.
        let news = message.revision > self.snapshot || self.unfinished.contains(&message.id);
        let theirs = shown || self.own.contains(&message.id);
        news && theirs && self.following.as_ref() != Some(&message.id)
    }

    fn forget(&mut self, message: &MessageId) {
        self.unfinished.retain(|id| id != message);
        self.own.retain(|id| id != message);
    }
}

/// The state of one connection.
#[derive(Default)]
pub struct Session {
    user: Option<User>,
    /// The chats looked at, the one looked at last at the end. Most clients look at one.
    viewing: Vec<Viewing>,
    /// The person's revision up to which the list of chats was told, once it is watched.
    list: Option<Revision>,
    watching_objectives: bool,
    /// Objectives in the making that this connection asked for.
    awaited: Vec<GenerationId>,
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
        self.viewing.last().map(|viewing| &viewing.chat)
    }

    /// All chats looked at.
    #[must_use]
    pub fn chats(&self) -> Vec<ChatId> {
        let chats = self.viewing.iter();
        chats.map(|viewing| viewing.chat.clone()).collect()
    }

    /// Whether this chat is looked at, the last one or another.
    #[must_use]
    pub fn looks_at(&self, chat: &ChatId) -> bool {
        self.view(chat).is_some()
    }

    fn view(&self, chat: &ChatId) -> Option<&Viewing> {
        self.viewing.iter().find(|viewing| viewing.chat == *chat)
    }

    fn view_mut(&mut self, chat: &ChatId) -> Option<&mut Viewing> {
        self.viewing
            .iter_mut()
            .find(|viewing| viewing.chat == *chat)
    }

    /// Whether the list of chats is watched.
    #[must_use]
    pub fn watching(&self) -> bool {
        self.list.is_some()
    }

    /// The person's revision up to which the client was told the list of chats.
    #[must_use]
    pub fn told_list(&self) -> Revision {
        self.list.unwrap_or_default()
    }

    /// The client has the list of chats as of `revision` and hears from now on what changes of it.
    pub fn watch(&mut self, revision: Revision) {
        self.list = Some(revision);
    }

    /// From now on the person's objectives are watched.
    pub fn watch_objectives(&mut self) {
        self.watching_objectives = true;
    }

    /// Whether the person's objectives are watched.
    #[must_use]
    pub fn watching_objectives(&self) -> bool {
        self.watching_objectives
    }

    /// From now on what becomes of this objective in the making is told.
    pub fn awaits(&mut self, generation: GenerationId) {
        self.awaited.push(generation);
    }

    /// This objective was made, or will not be.
    pub fn no_longer_awaits(&mut self, generation: &GenerationId) {
        self.awaited.retain(|awaited| awaited != generation);
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

    /// The client now looks at `chat` and at no other, and has it as of `revision`; `unfinished`
    /// are its answers that had not ended then.
    pub fn look_at(&mut self, chat: ChatId, revision: Revision, unfinished: Vec<MessageId>) {
        self.viewing.clear();
        self.viewing.push(Viewing::new(chat, revision, unfinished));
    }

    /// The client now looks at `chat` too, of which it hears all that comes after `revision`.
    pub fn look_also_at(&mut self, chat: ChatId, revision: Revision, unfinished: Vec<MessageId>) {
        let known = self.viewing.iter().position(|viewing| viewing.chat == chat);
        let viewing = match known {
            Some(place) => self.viewing.remove(place),
            None => Viewing::new(chat, revision, unfinished),
        };
        self.viewing.push(viewing);
    }

    /// The revision up to which the client was told everything of `chat`, if it looks at it.
    #[must_use]
    pub fn told(&self, chat: &ChatId) -> Option<Revision> {
        self.view(chat).map(|viewing| viewing.told)
    }

    /// The answer in `chat` whose log is followed.
    #[must_use]
    pub fn following(&self, chat: &ChatId) -> Option<&MessageId> {
        self.view(chat)?.following.as_ref()
    }

    /// The client was told what it had missed of `chat`, up to `revision`.
    pub fn caught_up(&mut self, chat: &ChatId, revision: Revision, unfinished: Vec<MessageId>) {
        if let Some(viewing) = self.view_mut(chat) {
            viewing.snapshot = revision;
            viewing.told = revision;
            viewing.own.retain(|id| unfinished.contains(id));
            viewing.unfinished = unfinished;
        }
    }

    /// The client was told the chat as it is now, in answer to a request.
    pub fn told_chat(&mut self, chat: &Chat) {
        self.has_moved(chat);
    }

    /// This connection asked for `answer`.
    pub fn asked_for(&mut self, chat: &ChatId, answer: MessageId) {
        if let Some(viewing) = self.view_mut(chat) {
            viewing.own.push(answer);
        }
    }

    /// The client no longer looks at `chat`.
    pub fn look_away_from(&mut self, chat: &ChatId) {
        self.viewing.retain(|viewing| viewing.chat != *chat);
    }

    /// Of the chats looked at, only the last one and those that `needed` names stay.
    pub fn look_only_at(&mut self, needed: impl Fn(&ChatId) -> bool) {
        let last = self.viewing.len().saturating_sub(1);
        let mut place = 0;
        self.viewing.retain(|viewing| {
            place += 1;
            place > last || needed(&viewing.chat)
        });
    }

    /// The client looks at no chat any more.
    pub fn look_away(&mut self) {
        self.viewing.clear();
    }

    /// The answer in `chat` whose log is followed.
    pub fn follows(&mut self, chat: &ChatId, message: MessageId) {
        if let Some(viewing) = self.view_mut(chat) {
            viewing.following = Some(message);
        }
    }

    /// The client was told the end of an answer.
    pub fn told_end(&mut self, chat: &ChatId, message: &MessageId) {
        if let Some(viewing) = self.view_mut(chat) {
            viewing.following.take_if(|following| following == message);
            viewing.forget(message);
        }
    }

    /// What of `event` is for this connection, in the order to tell it.
    #[must_use]
    pub fn deliver(&mut self, event: &FeedEvent) -> Vec<Delivery> {
        let mut deliveries = Vec::new();
        let watching = self.watching();
        match event {
            FeedEvent::AnswerWaits(_) => {
                deliveries.extend(watching.then_some(Delivery::ListBegin));
            }
            FeedEvent::AnswerStarted { message, shown, .. } => {
                let viewing = self.view(&message.chat);
                let begins = viewing.is_some_and(|viewing| viewing.begins(message, *shown));
                deliveries.extend(begins.then_some(Delivery::Follow));
                deliveries.extend(watching.then_some(Delivery::ListBegin));
            }
            FeedEvent::AnswerLost(message) => {
                let followed = self.following(&message.chat) == Some(&message.id);
                deliveries.extend(followed.then_some(Delivery::End));
                deliveries.extend(watching.then_some(Delivery::ListEnd));
            }
            FeedEvent::Generation(generation) => {
                let told = self.watching_objectives || self.awaited.contains(&generation.id);
                deliveries.extend(told.then_some(Delivery::Objective));
            }
            FeedEvent::Committed(change) => self.committed(change, &mut deliveries),
        }
        deliveries
    }

    fn committed(&mut self, change: &Change, deliveries: &mut Vec<Delivery>) {
        let listed = self.is_listed(change);
        match &change.kind {
            ChangeKind::ChatCreated(_) => {
                deliveries.extend(listed.then_some(Delivery::ListChat));
            }
            ChangeKind::ChatUpdated(chat) => {
                // Who looks at it without watching the list must learn of another branch.
                let moved = self.advance(chat) && self.has_moved(chat);
                deliveries.extend((listed || moved).then_some(Delivery::ListChat));
            }
            ChangeKind::ChatRemoved(chat) => {
                let looked = self.looks_at(chat);
                self.look_away_from(chat);
                deliveries.extend((listed || looked).then_some(Delivery::ListRemoval));
            }
            ChangeKind::MessageAdded(_, chat) => {
                deliveries.extend(self.advance(chat).then_some(Delivery::Message));
                // An edit is seen by what the message follows.
                self.has_moved(chat);
                deliveries.extend(listed.then_some(Delivery::ListChat));
            }
            ChangeKind::AnswerEnded(message, chat) => {
                let news = self.advance(chat);
                deliveries.extend(self.ending(message, chat, news));
                deliveries.extend(self.watching().then_some(Delivery::ListEnd));
                deliveries.extend(listed.then_some(Delivery::ListChat));
            }
            ChangeKind::SettingsChanged(_) => {
                deliveries.extend(self.watching().then_some(Delivery::Settings));
            }
            ChangeKind::ObjectiveMade { generation, .. } => {
                let told = self.watching_objectives || self.awaited.contains(generation);
                deliveries.extend(told.then_some(Delivery::Objective));
            }
            ChangeKind::ObjectiveChanged(_) | ChangeKind::ObjectiveRemoved(_) => {
                deliveries.extend(self.watching_objectives.then_some(Delivery::Objective));
            }
        }
    }

    /// Whether a change is news to the list, if that is watched; from now on it is none.
    fn is_listed(&mut self, change: &Change) -> bool {
        let user = self.user.as_ref().map(|user| &user.id);
        let own = change.audience.iter().find(|(id, _)| user == Some(id));
        let revision = own.map_or(Revision(0), |(_, revision)| *revision);
        let news = self.list.is_some_and(|told| revision > told);
        self.list = self.list.map(|told| told.max(revision));
        news
    }

    /// Whether another branch is shown than the client knows of.
    fn has_moved(&mut self, chat: &Chat) -> bool {
        let knows = |viewing: &&mut Viewing| viewing.branch < chat.branch_revision;
        let news = self.view_mut(&chat.id).filter(knows);
        news.map(|viewing| viewing.branch = chat.branch_revision)
            .is_some()
    }

    /// Whether a change of `chat` is news to a client that looks at it; from now on it is none.
    fn advance(&mut self, chat: &Chat) -> bool {
        let Some(viewing) = self.view_mut(&chat.id) else {
            return false;
        };
        let news = chat.revision > viewing.told;
        viewing.told = viewing.told.max(chat.revision);
        news
    }

    /// How the end of an answer is told to who looks at its chat.
    fn ending(&mut self, message: &Message, chat: &Chat, news: bool) -> Option<Delivery> {
        let viewing = self.view_mut(&chat.id)?;
        if viewing.following.as_ref() == Some(&message.id) {
            return Some(Delivery::End);
        }
        let seen = chat.leaf.as_ref() == Some(&message.id) || viewing.own.contains(&message.id);
        viewing.forget(&message.id);
        (news && seen).then_some(Delivery::WholeAnswer)
    }
}

#[cfg(test)]
#[path = "session_tests.rs"]
pub(crate) mod tests;
