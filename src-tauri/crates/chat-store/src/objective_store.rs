//! The core's port to objectives, on [`Database`]. The rules are in `operations::objectives`.

use async_trait::async_trait;
use chat_core::{
    ChatId, GenerationId, MilestoneId, NewObjective, Objective, ObjectiveId, ObjectivePatch,
    ObjectiveStore, PatchError, StoreError, Timestamp, UserId,
};

use crate::{database::Database, error::Error, operations::objectives, tables};

#[async_trait]
impl ObjectiveStore for Database {
    async fn create_objective(&self, new: NewObjective) -> Result<Objective, StoreError> {
        self.write(move |scope| objectives::create(scope, new))
            .await
    }

    async fn objectives(&self, user: &UserId) -> Result<Vec<Objective>, StoreError> {
        let user = user.clone();
        self.read(move |connection| Ok(tables::objectives::all(connection, &user)?))
            .await
    }

    async fn objective(&self, user: &UserId, id: &ObjectiveId) -> Result<Objective, StoreError> {
        let (user, id) = (user.clone(), id.clone());
        self.read(move |connection| {
            let found = tables::objectives::get(connection, &user, &id)?;
            let kept = found.filter(|(_, deleted)| !deleted);
            kept.map(|(objective, _)| objective).ok_or(Error::NotFound)
        })
        .await
    }

    async fn objective_of(
        &self,
        user: &UserId,
        generation: &GenerationId,
    ) -> Result<Option<Objective>, StoreError> {
        let (user, wish) = (user.clone(), generation.clone());
        self.read(move |connection| Ok(tables::objectives::by_wish(connection, &user, &wish)?))
            .await
    }

    async fn discussed_in(&self, chat: &ChatId) -> Result<Option<Objective>, StoreError> {
        let chat = chat.clone();
        self.read(move |connection| Ok(tables::objectives::by_chat(connection, &chat)?))
            .await
    }

    async fn update_objective(
        &self,
        user: &UserId,
        id: &ObjectiveId,
        patch: ObjectivePatch,
        fresh: Vec<MilestoneId>,
        now: Timestamp,
    ) -> Result<Result<Objective, PatchError>, StoreError> {
        let (user, id) = (user.clone(), id.clone());
        self.write(move |scope| objectives::update(scope, &user, &id, patch, &fresh, now))
            .await
    }

    async fn set_discussion(
        &self,
        user: &UserId,
        id: &ObjectiveId,
        chat: &ChatId,
    ) -> Result<Objective, StoreError> {
        let (user, id, chat) = (user.clone(), id.clone(), chat.clone());
        self.write(move |scope| objectives::discuss(scope, &user, &id, &chat))
            .await
    }

    async fn delete_objective(
        &self,
        user: &UserId,
        id: &ObjectiveId,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let (user, id) = (user.clone(), id.clone());
        self.write(move |scope| objectives::delete(scope, &user, &id, now))
            .await
    }

    async fn restore_objective(
        &self,
        user: &UserId,
        id: &ObjectiveId,
    ) -> Result<Objective, StoreError> {
        let (user, id) = (user.clone(), id.clone());
        self.write(move |scope| objectives::restore(scope, &user, &id))
            .await
    }
}
