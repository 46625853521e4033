//! The use cases: what a signed-in person can do with chats, and the turns that answer them.
//!
//! A turn belongs to the service and not to a socket, so a closed window does not end an answer.
//! The service commits before it tells; what it tells goes through the [`FeedHub`].

mod backlog;
mod checkpoint;
mod faults;
mod objectives;
mod order;
mod prompt;
mod runner;
mod sharing;
mod shut_out;
mod spend;
mod title;
mod turns;

use std::{sync::Arc, time::Duration};

use tokio_util::{sync::CancellationToken, task::TaskTracker};

use self::{
    faults::{fault_of, fault_of_message},
    turns::{StopReason, Turn, Turns},
};
use crate::{
    error::{ErrorCode, Fault, Reason},
    feed::{FeedHub, FeedReader},
    ids::{ChatId, ClientId, MessageId, ModelId, Revision, UserId},
    model::{
        Chat, ChatPatch, Message, MessageStatus, Role, SettingsPatch, TitleSource, UserSettings,
    },
    provider::ModelProvider,
    sources::Sources,
    spend::Asker,
    store::{
        Appended, ChatChanges, ChatStore, History, NewAnswer, NewBranch, NewChat, NewExchange,
        Snapshot, Standing,
    },
    turn_log::TurnLog,
};

pub use self::objectives::{Asked, NewGeneration};

/// What can be set about the service.
#[derive(Debug, Clone)]
pub struct ServiceSettings {
    /// Ask the model for titles.
    pub auto_title: bool,
    /// Answers one person may have running or waiting at once; 0 is no limit.
    pub running_answers: usize,
    /// How often running answers are kept in the history itself, for copies of it. A killed process
    /// loses nothing by it: each piece is in the answer's journal before anybody is told of it.
    pub checkpoint_every: Duration,
}

impl Default for ServiceSettings {
    fn default() -> Self {
        Self {
            auto_title: true,
            running_answers: 0,
            checkpoint_every: Duration::from_secs(1),
        }
    }
}

/// A message to accept.
#[derive(Debug, Clone)]
pub struct NewMessage {
    /// Where.
    pub chat: ChatId,
    /// The client's id of it.
    pub client_id: Option<ClientId>,
    /// See [`NewExchange::parent`].
    pub parent: Option<Option<MessageId>>,
    /// The text.
    pub content: String,
}

/// The service. Cheap to clone; all clones are one.
#[derive(Clone)]
pub struct ChatService {
    inner: Arc<Inner>,
}

struct Inner {
    store: Arc<dyn ChatStore>,
    provider: Arc<dyn ModelProvider>,
    hub: Arc<FeedHub>,
    sources: Sources,
    settings: ServiceSettings,
    turns: Turns,
    order: order::Order,
    /// One checkpoint at a time: two would keep the same words twice.
    keeping: tokio::sync::Mutex<()>,
    makings: objectives::Makings,
    /// Owns every turn, title and the checkpoint task.
    tasks: TaskTracker,
    /// Cancelled when nothing new is to begin.
    draining: CancellationToken,
    /// Cancelled when the checkpoint task is to end.
    closed: CancellationToken,
    epoch: String,
}

impl ChatService {
    /// Sweeps what the last process left running and starts the checkpoint task.
    ///
    /// `hub` is the observer that `store` was opened with.
    ///
    /// # Errors
    /// A [`Fault`] when the store cannot be read or written.
    pub async fn start(
        store: Arc<dyn ChatStore>,
        provider: Arc<dyn ModelProvider>,
        hub: Arc<FeedHub>,
        sources: Sources,
        settings: ServiceSettings,
    ) -> Result<Self, Fault> {
        let interrupted = store.sweep(sources.clock.now()).await.map_err(fault_of)?;
        if interrupted > 0 {
            tracing::info!(interrupted, "answers of the last run were interrupted");
        }
        let epoch = store.epoch().await.map_err(fault_of)?;
        let inner = Arc::new(Inner {
            store,
            provider,
            hub,
            sources,
            settings,
            turns: Turns::default(),
            order: order::Order::default(),
            keeping: tokio::sync::Mutex::default(),
            makings: objectives::Makings::default(),
            tasks: TaskTracker::new(),
            draining: CancellationToken::new(),
            closed: CancellationToken::new(),
            epoch,
        });
        inner.tasks.spawn(checkpoint::run(Arc::clone(&inner)));
        Ok(Self { inner })
    }

    /// The history's name.
    #[must_use]
    pub fn epoch(&self) -> &str {
        &self.inner.epoch
    }

    /// The models behind this service.
    #[must_use]
    pub fn provider(&self) -> &Arc<dyn ModelProvider> {
        &self.inner.provider
    }

    /// All that happens to what `user` can see, from now on.
    #[must_use]
    pub fn subscribe(&self, user: &UserId) -> FeedReader {
        self.inner.hub.subscribe(user)
    }

    /// Makes a chat; with an id of the client's own, making it twice makes one.
    ///
    /// # Errors
    /// A [`Fault`] for an id that is another's, or when the store fails.
    pub async fn create_chat(
        &self,
        user: &UserId,
        id: Option<ChatId>,
        title: Option<String>,
    ) -> Result<Chat, Fault> {
        self.refuse_when_draining()?;
        let id = self.chat_id(id)?;
        let now = self.inner.sources.clock.now();
        let new = NewChat {
            id,
            owner: user.clone(),
            title,
            now,
        };
        self.inner.store.create_chat(new).await.map_err(fault_of)
    }

    /// Makes a chat that begins with a copy of the line to `message`; with an id of the client's
    /// own, doing it twice makes one.
    ///
    /// # Errors
    /// A [`Fault`] when there is no such message for `user`, the id is another's, or the store
    /// fails.
    pub async fn branch_chat(
        &self,
        user: &UserId,
        message: MessageId,
        id: Option<ChatId>,
        title: Option<String>,
    ) -> Result<Chat, Fault> {
        self.refuse_when_draining()?;
        // What is shown of an answer that runs is in its branch too.
        if self.inner.turns.is_running(&message) {
            checkpoint::keep(&self.inner).await;
        }
        let new = NewBranch {
            id: self.chat_id(id)?,
            owner: user.clone(),
            message,
            title,
            ids: Arc::clone(&self.inner.sources.ids),
            now: self.inner.sources.clock.now(),
        };
        let branched = self.inner.store.branch_chat(new).await;
        branched.map_err(fault_of_message)
    }

    /// A chat for somebody who has it as of `since`, if anything: what changed, or all.
    ///
    /// # Errors
    /// A [`Fault`] when there is no such chat for `user`, or the store fails.
    pub async fn snapshot(
        &self,
        user: &UserId,
        chat: &ChatId,
        since: Option<Revision>,
    ) -> Result<Snapshot, Fault> {
        let read = self.inner.store.snapshot(user, chat, since).await;
        read.map_err(fault_of)
    }

    /// A chat with the branch shown; running answers are as the store has them.
    ///
    /// # Errors
    /// A [`Fault`] when there is no such chat for `user`, or the store fails.
    pub async fn history(&self, user: &UserId, chat: &ChatId) -> Result<History, Fault> {
        self.inner.store.history(user, chat).await.map_err(fault_of)
    }

    /// A chat without its messages.
    ///
    /// # Errors
    /// A [`Fault`] when there is no such chat for `user`, or the store fails.
    pub async fn chat(&self, user: &UserId, chat: &ChatId) -> Result<Chat, Fault> {
        self.inner.store.chat(user, chat).await.map_err(fault_of)
    }

    /// A message that `user` can see.
    ///
    /// # Errors
    /// A [`Fault`] when there is none, or the store fails.
    pub async fn message(&self, user: &UserId, message: &MessageId) -> Result<Message, Fault> {
        let found = self.inner.store.message(user, message).await;
        found.map_err(fault_of_message)
    }

    /// What `user` sent before under this id of the client's own, if anything.
    ///
    /// # Errors
    /// A [`Fault`] when the store fails.
    pub async fn accepted(
        &self,
        user: &UserId,
        client: &ClientId,
    ) -> Result<Option<Appended>, Fault> {
        self.inner
            .store
            .accepted(user, client)
            .await
            .map_err(fault_of)
    }

    /// The log of the answer that is being written in `chat`.
    #[must_use]
    pub fn running_in(&self, chat: &ChatId) -> Option<(Message, Arc<TurnLog>)> {
        let turn = self.inner.turns.running_in(chat)?;
        Some((turn.answer.clone(), Arc::clone(&turn.log)))
    }

    /// The number of all answers that are being written or wait.
    #[must_use]
    pub fn running_count(&self) -> usize {
        self.inner.turns.count()
    }

    /// The number of answers that wait for the one before them in their chat.
    #[must_use]
    pub fn waiting_count(&self) -> usize {
        let turns = &self.inner.turns;
        let waits = |turn: &&Arc<Turn>| {
            let first = turns.running_in(&turn.answer.chat);
            first.is_some_and(|first| !Arc::ptr_eq(&first, turn))
        };
        turns.all().iter().filter(waits).count()
    }

    /// Accepts a message, durably, and has it answered. The same client id again gives the first
    /// ones back and starts nothing.
    ///
    /// # Errors
    /// A [`Fault`] when the chat or parent is not visible, a limit is reached, or the store fails;
    /// then nothing was kept.
    pub async fn send(&self, by: &Asker, new: NewMessage) -> Result<Appended, Fault> {
        self.refuse_when_draining()?;
        let rules = self.inner.store.spend_rules();
        let limit = self.running_answers(&by.user, &rules);
        let place = match self.inner.turns.reserve(&by.user, limit) {
            Ok(place) => place,
            Err(full) => {
                // What was accepted once needs no second place: it is given back.
                let known = match &new.client_id {
                    Some(client) => self.accepted(&by.user, client).await?,
                    None => None,
                };
                return known.ok_or(full);
            }
        };
        // Until the answer has its place among those of the chat.
        let _turn = self.inner.order.of(&new.chat).await;
        let store = &self.inner.store;
        // While the message goes to the disk, what is asked with it is read; not for one that waits
        // for the answers before it, which change what is asked.
        let begins = self.inner.turns.running_in(&new.chat).is_none();
        let (chat, parent) = (new.chat.clone(), new.parent.clone());
        let before = async {
            let read = store.context_before(&by.user, &chat, parent);
            if begins { read.await.ok() } else { None }
        };
        let (before, appended) = tokio::join!(
            before,
            store.append(NewExchange {
                chat: new.chat.clone(),
                author: by.user.clone(),
                device: by.device.clone(),
                usual: self.asking(by, None, &rules).usual,
                id: self.fresh_message_id()?,
                client_id: new.client_id,
                parent: new.parent,
                content: new.content,
                answer: self.fresh_message_id()?,
                now: self.inner.sources.clock.now(),
            })
        );
        let appended = appended.map_err(fault_of)?;
        if appended.created {
            let standing = Standing {
                shown: true,
                audience: appended.audience.clone(),
            };
            let turn = Turn::new(appended.answer.clone(), None, standing, (place, by.clone()));
            let context = before.and_then(|read| prompt::behind(read, &appended));
            runner::enqueue(&self.inner, turn, context);
        }
        Ok(appended)
    }

    /// Another answer beside `answer`.
    ///
    /// # Errors
    /// As [`ChatService::send`]; also when `answer` is no assistant's message or still running.
    pub async fn regenerate(
        &self,
        by: &Asker,
        answer: &MessageId,
        model: Option<ModelId>,
    ) -> Result<Message, Fault> {
        let new = NewAnswer::Regenerate {
            answer: answer.clone(),
            id: self.fresh_message_id()?,
            now: self.inner.sources.clock.now(),
        };
        self.open(by, answer, new, model).await
    }

    /// Goes on with an answer that was stopped, interrupted or failed.
    ///
    /// # Errors
    /// As [`ChatService::regenerate`].
    pub async fn continue_answer(&self, by: &Asker, answer: &MessageId) -> Result<Message, Fault> {
        let new = NewAnswer::Continue {
            answer: answer.clone(),
        };
        self.open(by, answer, new, None).await
    }

    /// Ends the running answer `message`. The request upstream is aborted before this returns to
    /// the executor; the end comes through the log.
    ///
    /// # Errors
    /// A [`Fault`] when it is not running, or not this person's to stop.
    pub async fn stop(&self, user: &UserId, message: &MessageId) -> Result<(), Fault> {
        self.inner
            .store
            .may_stop(user, message)
            .await
            .map_err(fault_of_message)?;
        if self.inner.turns.stop(message, StopReason::Person) {
            Ok(())
        } else {
            Err(Fault::invalid(
                Reason::NotFound,
                "this answer is not running",
            ))
        }
    }

    /// The chats of `user` that changed after `since`.
    ///
    /// # Errors
    /// A [`Fault`] when the store fails.
    pub async fn chats(&self, user: &UserId, since: Revision) -> Result<ChatChanges, Fault> {
        let mut changes = self
            .inner
            .store
            .chats(user, since)
            .await
            .map_err(fault_of)?;
        // What could not be kept at its end is running in the store until the next start.
        let turns = &self.inner.turns;
        changes
            .running
            .retain(|(_, answer)| turns.is_running(answer));
        Ok(changes)
    }

    /// Changes a chat.
    ///
    /// # Errors
    /// A [`Fault`] when it is not visible, or the store fails.
    pub async fn update_chat(
        &self,
        user: &UserId,
        chat: &ChatId,
        patch: ChatPatch,
    ) -> Result<Chat, Fault> {
        self.inner
            .store
            .update_chat(user, chat, patch)
            .await
            .map_err(fault_of)
    }

    /// Deletes a chat and stops its answer. It can be restored.
    ///
    /// # Errors
    /// A [`Fault`] when it is not this person's, or the store fails.
    pub async fn delete_chat(&self, user: &UserId, chat: &ChatId) -> Result<(), Fault> {
        let now = self.inner.sources.clock.now();
        self.inner
            .store
            .delete_chat(user, chat, now)
            .await
            .map_err(fault_of)?;
        self.inner.turns.stop_chat(chat, StopReason::Person);
        Ok(())
    }

    /// Brings a deleted chat back.
    ///
    /// # Errors
    /// A [`Fault`] when it is not this person's, or the store fails.
    pub async fn restore_chat(&self, user: &UserId, chat: &ChatId) -> Result<Chat, Fault> {
        self.inner
            .store
            .restore_chat(user, chat)
            .await
            .map_err(fault_of)
    }

    /// The person's settings.
    ///
    /// # Errors
    /// A [`Fault`] when the store fails.
    pub async fn settings(&self, user: &UserId) -> Result<UserSettings, Fault> {
        self.inner.store.settings(user).await.map_err(fault_of)
    }

    /// Changes the person's settings.
    ///
    /// # Errors
    /// A [`Fault`] when the store fails.
    pub async fn update_settings(
        &self,
        user: &UserId,
        patch: SettingsPatch,
    ) -> Result<UserSettings, Fault> {
        self.inner
            .store
            .update_settings(user, patch)
            .await
            .map_err(fault_of)
    }

    /// Takes nothing new, ends all answers as interrupted with their text, and waits until all
    /// is saved.
    pub async fn drain(&self) {
        self.inner.draining.cancel();
        self.inner.turns.stop_all(StopReason::Shutdown);
        self.inner.closed.cancel();
        self.inner.tasks.close();
        self.inner.tasks.wait().await;
    }

    /// Opens an answer beside or instead of `answer`, which must have ended, and has it written.
    async fn open(
        &self,
        by: &Asker,
        answer: &MessageId,
        new: NewAnswer,
        model: Option<ModelId>,
    ) -> Result<Message, Fault> {
        self.refuse_when_draining()?;
        let store = &self.inner.store;
        let ended = store
            .message(&by.user, answer)
            .await
            .map_err(fault_of_message)?;
        if ended.role != Role::Assistant {
            return Err(Fault::invalid(
                Reason::Malformed,
                "this message is not an answer",
            ));
        }
        // As the store has it: the end of an answer is told before its turn is quite over.
        if ended.status == MessageStatus::Running {
            return Err(Fault::invalid(
                Reason::Malformed,
                "this answer is still running",
            ));
        }
        let rules = store.spend_rules();
        let limit = self.running_answers(&by.user, &rules);
        let place = self.inner.turns.reserve(&by.user, limit)?;
        let asking = self.asking(by, model.clone(), &rules);
        let _turn = self.inner.order.of(&ended.chat).await;
        let opened = store
            .open_answer(asking, new, self.inner.sources.clock.now())
            .await
            .map_err(fault_of_message)?;
        // The answer is open: whatever this reading says, it has to be written.
        let standing = store
            .standing(&opened.id)
            .await
            .unwrap_or_else(|_| Standing {
                shown: true,
                audience: vec![by.user.clone()],
            });
        runner::enqueue(
            &self.inner,
            Turn::new(opened.clone(), model, standing, (place, by.clone())),
            None,
        );
        Ok(opened)
    }

    fn refuse_when_draining(&self) -> Result<(), Fault> {
        if self.inner.draining.is_cancelled() {
            let words = "the server is shutting down; nothing was lost, please try again soon";
            return Err(
                Fault::new(ErrorCode::ServerError, Reason::ShuttingDown, words).retry_after(2_000),
            );
        }
        Ok(())
    }

    /// The client's own id, or a fresh one.
    fn chat_id(&self, own: Option<ChatId>) -> Result<ChatId, Fault> {
        let fresh = || ChatId::parse(&self.inner.sources.ids.fresh());
        own.map_or_else(fresh, Ok).map_err(|_| Fault::internal())
    }

    fn fresh_message_id(&self) -> Result<MessageId, Fault> {
        MessageId::parse(&self.inner.sources.ids.fresh()).map_err(|_| Fault::internal())
    }
}

/// Whether the model may still name a chat.
fn wants_title(chat: &Chat) -> bool {
    matches!(
        chat.title_source,
        TitleSource::Placeholder | TitleSource::FirstWords
    )
}
