//! Objectives: the use cases, and the making of one, which belongs to the service like a turn.

use std::{
    collections::HashMap,
    panic::AssertUnwindSafe,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use futures_util::{FutureExt as _, StreamExt as _};
use tokio_util::sync::CancellationToken;

use super::{ChatService, Inner, faults::fault_of, spend::WishMeter, turns::Place};
use crate::{
    error::{ErrorCode, Fault, Reason},
    feed::{FeedEntry, FeedEvent},
    ids::{GenerationId, MilestoneId, ObjectiveId, UserId},
    objective::{
        Generation, GenerationStage, Milestone, Objective, ObjectiveDraft, ObjectivePatch,
        ObjectiveStatus, Wish,
    },
    objective_store::NewObjective,
    provider::{DraftEvent, DraftRequest},
    sources::Timestamp,
    spend::Asker,
    store::StoreError,
};

/// An objective to be made.
#[derive(Debug, Clone)]
pub struct NewGeneration {
    /// Its id, the client's own or a fresh one.
    pub id: Option<GenerationId>,
    /// Whether that id is unlike any other of this person for ever, so that asking twice is
    /// known to be one wish.
    pub once: bool,
    /// What is wished.
    pub wish: Wish,
}

/// What became of asking for an objective.
#[derive(Debug, Clone, PartialEq)]
pub enum Asked {
    /// It is being made; what becomes of it comes through the feed.
    Begun(Generation),
    /// It is being made already, since it was asked for before.
    Running(Generation),
    /// It was made before.
    Made(Box<Objective>),
}

struct Making {
    state: Mutex<Generation>,
    cancelled: CancellationToken,
}

impl Making {
    fn state(&self) -> MutexGuard<'_, Generation> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The objectives in the making, by person and id.
#[derive(Default)]
pub(super) struct Makings(Mutex<HashMap<(UserId, GenerationId), Arc<Making>>>);

impl Makings {
    fn lock(&self) -> MutexGuard<'_, HashMap<(UserId, GenerationId), Arc<Making>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends all that people wished for of whom `gone` is true.
    pub(super) fn stop_all_of(&self, gone: impl Fn(&UserId) -> bool) {
        let makings = self.lock();
        let theirs = makings.iter().filter(|((owner, _), _)| gone(owner));
        theirs.for_each(|(_, making)| making.cancelled.cancel());
    }
}

impl ChatService {
    /// The person's objectives, newest first, and those in the making.
    ///
    /// # Errors
    /// A [`Fault`] when the store fails.
    pub async fn objectives(
        &self,
        user: &UserId,
    ) -> Result<(Vec<Objective>, Vec<Generation>), Fault> {
        let objectives = self.inner.store.objectives(user).await.map_err(told)?;
        let makings = self.inner.makings.lock();
        let own = makings.iter().filter(|((owner, _), _)| owner == user);
        let generating = own.map(|(_, making)| making.state().clone()).collect();
        Ok((objectives, generating))
    }

    /// The number of all objectives in the making.
    #[must_use]
    pub fn making_count(&self) -> usize {
        self.inner.makings.lock().len()
    }

    /// Has the model make an objective.
    ///
    /// # Errors
    /// A [`Fault`] when a limit is reached or the store fails.
    pub async fn generate(&self, by: &Asker, new: NewGeneration) -> Result<Asked, Fault> {
        self.refuse_when_draining()?;
        let (inner, user) = (&self.inner, &by.user);
        let mut id = match new.id {
            Some(id) => id,
            None => fresh(inner)?,
        };
        if let Some(making) = inner.makings.lock().get(&(user.clone(), id.clone())) {
            let state = making.state().clone();
            if new.once || state.prompt == new.wish.prompt {
                return Ok(Asked::Running(state));
            }
            // A weak id, used for something else while the first one is still being made.
            id = fresh(inner)?;
        }
        if new.once {
            let made = inner.store.objective_of(user, &id).await.map_err(told)?;
            if let Some(made) = made {
                return Ok(Asked::Made(Box::new(made)));
            }
        }
        let rules = inner.store.spend_rules();
        let limit = self.running_answers(user, &rules);
        let place = inner.turns.reserve(user, limit)?;
        let meter = self.meter_wish(by, &id, &new.wish, &rules).await?;
        let generation = Generation {
            id: id.clone(),
            prompt: new.wish.prompt.clone(),
            stage: GenerationStage::Thinking,
            characters: 0,
            title: None,
            milestones: 0,
            failure: None,
        };
        let making = Arc::new(Making {
            state: Mutex::new(generation.clone()),
            cancelled: CancellationToken::new(),
        });
        let key = (user.clone(), id);
        inner.makings.lock().insert(key, Arc::clone(&making));
        tell(inner, user, &generation);
        let (inner, user) = (Arc::clone(inner), user.clone());
        inner.tasks.clone().spawn(async move {
            let made = make(&inner, &user, &making, &meter, new.wish, new.once);
            let made = AssertUnwindSafe(made).catch_unwind().await;
            let made = made.unwrap_or_else(|_| {
                tracing::error!("the making of an objective panicked");
                Err(Failed::Fault(Fault::internal()))
            });
            let id = making.state().id.clone();
            inner.makings.lock().remove(&(user.clone(), id));
            drop::<Place>(place);
            let last = making.state().clone();
            meter.settle(&inner, &last, made.is_err()).await;
            if let Err(failed) = made {
                let mut state = making.state().clone();
                match failed {
                    Failed::Cancelled => state.stage = GenerationStage::Cancelled,
                    Failed::Fault(fault) => {
                        state.stage = GenerationStage::Failed;
                        state.failure = Some(fault);
                    }
                }
                tell(&inner, &user, &state);
            }
        });
        Ok(Asked::Begun(generation))
    }

    /// What became of a wish: none where that cannot be known any more.
    ///
    /// # Errors
    /// A [`Fault`] when the store fails.
    pub async fn what_became_of(
        &self,
        user: &UserId,
        id: &GenerationId,
    ) -> Result<Option<Asked>, Fault> {
        let key = (user.clone(), id.clone());
        let making = self.inner.makings.lock().get(&key).map(Arc::clone);
        if let Some(making) = making {
            return Ok(Some(Asked::Running(making.state().clone())));
        }
        let made = self.inner.store.objective_of(user, id).await;
        Ok(made.map_err(told)?.map(|made| Asked::Made(Box::new(made))))
    }

    /// Ends the making of an objective; false when there is none of this id.
    #[must_use]
    pub fn stop_generation(&self, user: &UserId, id: &GenerationId) -> bool {
        let key = (user.clone(), id.clone());
        let making = self.inner.makings.lock().get(&key).map(Arc::clone);
        making.inspect(|making| making.cancelled.cancel()).is_some()
    }

    /// Changes an objective.
    ///
    /// # Errors
    /// A [`Fault`] when it is not this person's, the patch does not fit, or the store fails.
    pub async fn update_objective(
        &self,
        user: &UserId,
        id: &ObjectiveId,
        patch: ObjectivePatch,
    ) -> Result<Objective, Fault> {
        let ids = &self.inner.sources.ids;
        let wanted = patch.milestones.as_ref().map_or(0, Vec::len);
        let fresh = (0..wanted)
            .map(|_| MilestoneId::parse(&ids.fresh()).map_err(|_| Fault::internal()))
            .collect::<Result<_, _>>()?;
        let now = self.inner.sources.clock.now();
        let updated = self
            .inner
            .store
            .update_objective(user, id, patch, fresh, now);
        updated.await.map_err(told)?.map_err(|error| {
            Fault::invalid(
                Reason::Malformed,
                format!("data.updates.milestones: {error}"),
            )
        })
    }

    /// Deletes an objective. It can be restored.
    ///
    /// # Errors
    /// A [`Fault`] when it is not this person's, or the store fails.
    pub async fn delete_objective(&self, user: &UserId, id: &ObjectiveId) -> Result<(), Fault> {
        let now = self.inner.sources.clock.now();
        let deleted = self.inner.store.delete_objective(user, id, now);
        deleted.await.map_err(told)
    }

    /// Brings a deleted objective back.
    ///
    /// # Errors
    /// A [`Fault`] when it is not this person's, or the store fails.
    pub async fn restore_objective(
        &self,
        user: &UserId,
        id: &ObjectiveId,
    ) -> Result<Objective, Fault> {
        let restored = self.inner.store.restore_objective(user, id);
        restored.await.map_err(told)
    }

    /// Gives an objective the chat that discusses it, made where there is none or it was deleted.
    ///
    /// # Errors
    /// A [`Fault`] when it is not this person's, or the store fails.
    pub async fn discuss(&self, user: &UserId, id: &ObjectiveId) -> Result<Objective, Fault> {
        self.refuse_when_draining()?;
        let store = &self.inner.store;
        let objective = store.objective(user, id).await.map_err(told)?;
        if let Some(chat) = &objective.chat {
            match store.chat(user, chat).await {
                Ok(_) => return Ok(objective),
                Err(StoreError::NotFound) => {}
                Err(other) => return Err(fault_of(other)),
            }
        }
        let chat = self
            .create_chat(user, None, Some(objective.title.clone()))
            .await?;
        let linked = store.set_discussion(user, id, &chat.id);
        linked.await.map_err(told)
    }
}

enum Failed {
    Cancelled,
    Fault(Fault),
}

async fn make(
    inner: &Inner,
    user: &UserId,
    making: &Making,
    meter: &WishMeter,
    wish: Wish,
    once: bool,
) -> Result<(), Failed> {
    let began = inner.sources.clock.now();
    let draft = tokio::select! {
        biased;
        () = making.cancelled.cancelled() => return Err(Failed::Cancelled),
        () = inner.draining.cancelled() => return Err(Failed::Fault(Fault::new(
            ErrorCode::ServerError,
            Reason::ShuttingDown,
            "the server is shutting down; please try again soon",
        ).retry_after(2_000))),
        draft = draft(inner, user, making, meter, wish) => draft.map_err(Failed::Fault)?,
    };
    let now = inner.sources.clock.now();
    let objective = objective(inner, user, draft, now).map_err(Failed::Fault)?;
    let new = NewObjective {
        objective,
        generation: making.state().id.clone(),
        once,
        took_ms: u64::try_from(now.0.saturating_sub(began.0)).unwrap_or_default(),
    };
    let kept = inner.store.create_objective(new).await;
    kept.map(drop).map_err(|error| Failed::Fault(told(error)))
}

/// Asks the model, and tells how far it is.
async fn draft(
    inner: &Inner,
    user: &UserId,
    making: &Making,
    meter: &WishMeter,
    wish: Wish,
) -> Result<ObjectiveDraft, Fault> {
    let settings = inner.store.settings(user).await.map_err(told)?;
    let request = DraftRequest {
        model: meter.ask(inner, settings.model)?,
        wish,
    };
    let mut stream = inner.provider.draft_objective(request);
    while let Some(event) = stream.next().await {
        let state = {
            let state = &mut *making.state();
            match event? {
                DraftEvent::Done(draft) => return Ok(draft),
                DraftEvent::Spent { model, usage } => {
                    meter.told(model, usage);
                    continue;
                }
                DraftEvent::Repairing => {
                    state.stage = GenerationStage::Repairing;
                    (state.characters, state.milestones) = (0, 0);
                }
                DraftEvent::Writing {
                    characters,
                    title,
                    milestones,
                } => {
                    if state.stage == GenerationStage::Thinking {
                        state.stage = GenerationStage::Writing;
                    }
                    (state.characters, state.milestones) = (characters, milestones);
                    state.title = title.or(state.title.take());
                }
            }
            state.clone()
        };
        tell(inner, user, &state);
    }
    tracing::error!("an objective's stream ended without saying how");
    Err(Fault::internal())
}

fn objective(
    inner: &Inner,
    user: &UserId,
    draft: ObjectiveDraft,
    now: Timestamp,
) -> Result<Objective, Fault> {
    let fresh = || inner.sources.ids.fresh();
    let milestones = draft.milestones.into_iter().map(|milestone| {
        Ok(Milestone {
            id: MilestoneId::parse(&fresh()).map_err(|_| Fault::internal())?,
            title: milestone.title,
            description: milestone.description,
            completed: false,
            due: milestone.due,
        })
    });
    Ok(Objective {
        milestones: milestones.collect::<Result<_, Fault>>()?,
        id: ObjectiveId::parse(&fresh()).map_err(|_| Fault::internal())?,
        owner: user.clone(),
        title: draft.title,
        description: draft.description,
        category: draft.category,
        difficulty: draft.difficulty,
        status: ObjectiveStatus::Active,
        progress: 0,
        chat: None,
        created_at: now,
        updated_at: now,
        revision: crate::Revision::default(),
    })
}

fn fresh(inner: &Inner) -> Result<GenerationId, Fault> {
    GenerationId::parse(&inner.sources.ids.fresh()).map_err(|_| Fault::internal())
}

fn tell(inner: &Inner, user: &UserId, state: &Generation) {
    let entry = FeedEntry::new(FeedEvent::Generation(state.clone()));
    inner.hub.publish(user, &entry);
}

/// The store's errors, where an objective was asked for.
fn told(error: StoreError) -> Fault {
    match error {
        StoreError::NotFound | StoreError::IdTaken => Fault::not_found("objective"),
        other => fault_of(other),
    }
}
