//! The core's port to history, on [`Database`]: each method is one job for the writer or one read.
//! The rules are in `operations`.

use async_trait::async_trait;
use chat_core::{
    AnswerContext, AnswerJournal, Appended, Asking, Chat, ChatChanges, ChatId, ChatPatch,
    ChatStore, ClientId, FinishedAnswer, History, Message, MessageId, NewAnswer, NewBranch,
    NewChat, NewExchange, Revision, SettingsPatch, Snapshot, Standing, StoreError, Timestamp,
    TurnPiece, UserId, UserSettings,
};

use crate::{
    batch::{Durability, Failing},
    database::Database,
    error::Error,
    operations::{answers, branches, chats, exchanges},
    tables,
};

#[async_trait]
impl ChatStore for Database {
    async fn epoch(&self) -> Result<String, StoreError> {
        self.read(|connection| Ok(tables::meta::epoch(connection)?))
            .await
    }

    async fn create_chat(&self, new: NewChat) -> Result<Chat, StoreError> {
        self.write(move |scope| chats::create(scope, new)).await
    }

    async fn branch_chat(&self, new: NewBranch) -> Result<Chat, StoreError> {
        self.write(move |scope| branches::branch(scope, &new)).await
    }

    async fn chat(&self, user: &UserId, chat: &ChatId) -> Result<Chat, StoreError> {
        let (user, chat) = (user.clone(), chat.clone());
        self.read(move |connection| {
            tables::chats::visible(connection, &user, &chat)?.ok_or(Error::NotFound)
        })
        .await
    }

    async fn chats(&self, user: &UserId, since: Revision) -> Result<ChatChanges, StoreError> {
        let user = user.clone();
        self.read(move |connection| chats::changes(connection, &user, since))
            .await
    }

    async fn update_chat(
        &self,
        user: &UserId,
        chat: &ChatId,
        patch: ChatPatch,
    ) -> Result<Chat, StoreError> {
        let (user, chat) = (user.clone(), chat.clone());
        self.write(move |scope| chats::update(scope, &user, &chat, patch))
            .await
    }

    async fn delete_chat(
        &self,
        user: &UserId,
        chat: &ChatId,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let (user, chat) = (user.clone(), chat.clone());
        self.write(move |scope| chats::delete(scope, &user, &chat, now))
            .await
    }

    async fn restore_chat(&self, user: &UserId, chat: &ChatId) -> Result<Chat, StoreError> {
        let (user, chat) = (user.clone(), chat.clone());
        self.write(move |scope| chats::restore(scope, &user, &chat))
            .await
    }

    async fn history(&self, user: &UserId, chat: &ChatId) -> Result<History, StoreError> {
        let (user, chat) = (user.clone(), chat.clone());
        self.read(move |connection| chats::history(connection, &user, &chat))
            .await
    }

    async fn snapshot(
        &self,
        user: &UserId,
        chat: &ChatId,
        since: Option<Revision>,
    ) -> Result<Snapshot, StoreError> {
        let (user, chat) = (user.clone(), chat.clone());
        self.read(move |connection| branches::snapshot(connection, &user, &chat, since))
            .await
    }

    async fn standing(&self, answer: &MessageId) -> Result<Standing, StoreError> {
        let answer = answer.clone();
        self.read(move |connection| branches::standing(connection, &answer))
            .await
    }

    async fn context(&self, user: &UserId, answer: &Message) -> Result<AnswerContext, StoreError> {
        let (user, chat, answer) = (user.clone(), answer.chat.clone(), answer.id.clone());
        self.read(move |connection| {
            let context = exchanges::context(connection, &user, &chat, Some(Some(&answer)))?;
            if context.line.is_empty() {
                return Err(Error::NotFound);
            }
            Ok(context)
        })
        .await
    }

    async fn context_before(
        &self,
        user: &UserId,
        chat: &ChatId,
        parent: Option<Option<MessageId>>,
    ) -> Result<AnswerContext, StoreError> {
        let (user, chat) = (user.clone(), chat.clone());
        self.read(move |connection| {
            let parent = parent.as_ref().map(Option::as_ref);
            exchanges::context(connection, &user, &chat, parent)
        })
        .await
    }

    async fn line(&self, leaf: &MessageId) -> Result<Vec<Message>, StoreError> {
        let leaf = leaf.clone();
        self.read(move |connection| {
            let line = tables::messages::path(connection, &leaf)?;
            if line.is_empty() {
                Err(Error::NotFound)
            } else {
                Ok(line)
            }
        })
        .await
    }

    async fn message(&self, user: &UserId, message: &MessageId) -> Result<Message, StoreError> {
        let (user, message) = (user.clone(), message.clone());
        self.read(move |connection| exchanges::visible(connection, &user, &message))
            .await
    }

    async fn append(&self, new: NewExchange) -> Result<Appended, StoreError> {
        let rules = self.rules.now();
        self.write_whole(move |scope| exchanges::append(scope, &rules, new))
            .await
    }

    async fn accepted(
        &self,
        author: &UserId,
        client: &ClientId,
    ) -> Result<Option<Appended>, StoreError> {
        let (author, client) = (author.clone(), client.clone());
        self.read(move |connection| exchanges::known(connection, &author, Some(&client)))
            .await
    }

    async fn open_answer(
        &self,
        asking: Asking,
        new: NewAnswer,
        now: Timestamp,
    ) -> Result<Message, StoreError> {
        let rules = self.rules.now();
        self.write(move |scope| answers::open(scope, &rules, &asking, new, now))
            .await
    }

    async fn checkpoint(&self, pieces: Vec<TurnPiece>) -> Result<(), StoreError> {
        self.writer
            .run(Durability::Process, Failing::Half, move |scope| {
                answers::checkpoint(scope, &pieces)
            })
            .await
    }

    fn journal(&self, answer: &MessageId) -> Box<dyn AnswerJournal> {
        Box::new(self.journals.begin(answer))
    }

    async fn finish(&self, finished: FinishedAnswer) -> Result<Message, StoreError> {
        let rules = self.rules.now();
        self.write(move |scope| answers::finish(scope, &rules, &finished))
            .await
    }

    async fn sweep(&self, now: Timestamp) -> Result<usize, StoreError> {
        let (rules, journals) = (self.rules.now(), self.journals.clone());
        let swept = self
            .write(move |scope| answers::sweep(scope, &rules, &journals, now))
            .await?;
        // Only now that what they had is committed.
        if let Err(error) = self.journals.clear() {
            tracing::warn!(%error, "the journals of ended answers stay");
        }
        Ok(swept)
    }

    async fn settings(&self, user: &UserId) -> Result<UserSettings, StoreError> {
        let user = user.clone();
        self.read(move |connection| {
            tables::users::get(connection, &user)?.ok_or(Error::NotFound)?;
            Ok(tables::settings::get(connection, &user)?)
        })
        .await
    }

    async fn update_settings(
        &self,
        user: &UserId,
        patch: SettingsPatch,
    ) -> Result<UserSettings, StoreError> {
        let user = user.clone();
        self.write(move |scope| chats::update_settings(scope, &user, patch))
            .await
    }
}
