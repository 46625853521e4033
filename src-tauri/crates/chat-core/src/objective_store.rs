//! The port to objectives, beside the one to history.

use async_trait::async_trait;

use crate::{
    ids::{ChatId, GenerationId, MilestoneId, ObjectiveId, UserId},
    objective::{Objective, ObjectivePatch, PatchError},
    sources::Timestamp,
    store::StoreError,
};

/// An objective to keep.
#[derive(Debug, Clone)]
pub struct NewObjective {
    /// The objective; its revision is given by the store.
    pub objective: Objective,
    /// The making that it comes from, for those who wait for it.
    pub generation: GenerationId,
    /// Whether that id is unlike any other of this person for ever: then a second objective of
    /// the same one is not kept, and the first one is given back.
    pub once: bool,
    /// How long the making took, in milliseconds.
    pub took_ms: u64,
}

/// Objectives, in whatever database. Each belongs to one person; what is another's is
/// [`StoreError::NotFound`]. Writes are durable against power loss when their future resolves.
#[async_trait]
pub trait ObjectiveStore: Send + Sync + 'static {
    /// Keeps a new one.
    async fn create_objective(&self, new: NewObjective) -> Result<Objective, StoreError>;
    /// All that are not deleted, newest first.
    async fn objectives(&self, user: &UserId) -> Result<Vec<Objective>, StoreError>;
    /// One that is not deleted.
    async fn objective(&self, user: &UserId, id: &ObjectiveId) -> Result<Objective, StoreError>;
    /// The one that came of this making, deleted ones too.
    async fn objective_of(
        &self,
        user: &UserId,
        generation: &GenerationId,
    ) -> Result<Option<Objective>, StoreError>;
    /// The one that is discussed in `chat`, whoever asks.
    async fn discussed_in(&self, chat: &ChatId) -> Result<Option<Objective>, StoreError>;
    /// Changes one; `fresh` are ids for new milestones, as many as the patch may need. A patch
    /// that does not fit is the inner error.
    async fn update_objective(
        &self,
        user: &UserId,
        id: &ObjectiveId,
        patch: ObjectivePatch,
        fresh: Vec<MilestoneId>,
        now: Timestamp,
    ) -> Result<Result<Objective, PatchError>, StoreError>;
    /// Says which chat discusses it.
    async fn set_discussion(
        &self,
        user: &UserId,
        id: &ObjectiveId,
        chat: &ChatId,
    ) -> Result<Objective, StoreError>;
    /// Deletes one. It can be restored.
    async fn delete_objective(
        &self,
        user: &UserId,
        id: &ObjectiveId,
        now: Timestamp,
    ) -> Result<(), StoreError>;
    /// Brings a deleted one back; one that is not deleted stays as it is.
    async fn restore_objective(
        &self,
        user: &UserId,
        id: &ObjectiveId,
    ) -> Result<Objective, StoreError>;
}
