//! Objectives on a connection: what is asked of them, and what is told.

use chat_core::{
    Asked, Command, ErrorCode, Event, Fault, Generation, GenerationId, GenerationStage,
    NewGeneration, Objective, ObjectiveId, Reason, Revision, User, Wish,
};

use super::{Connection, End, Stream, own_chat::is_strong, perform::Stumble};

/// Objectives whose last change this connection was told as a direct answer, at most.
const TOLD: usize = 64;

impl<S: Stream> Connection<S> {
    /// Performs what is asked about objectives.
    pub(super) async fn objective_command(
        &mut self,
        user: &User,
        command: Command,
        reference: Option<&str>,
    ) -> Result<(), Stumble> {
        let service = self.app.service.clone();
        match command {
            Command::GenerateObjective { generation, wish } => {
                self.generate(user, generation, wish, reference).await?;
            }
            Command::UpdateObjective { objective, patch } => {
                let updated = service
                    .update_objective(&user.id, &objective, patch)
                    .await?;
                self.tell_changed(&updated, reference).await?;
            }
            Command::DeleteObjective { objective } => {
                service.delete_objective(&user.id, &objective).await?;
                self.tell(&Event::ObjectiveRemoved(&objective), reference)
                    .await?;
            }
            Command::RestoreObjective { objective } => {
                let restored = service.restore_objective(&user.id, &objective).await?;
                self.tell_changed(&restored, reference).await?;
            }
            Command::DiscussObjective { objective } => {
                let linked = service.discuss(&user.id, &objective).await?;
                self.tell_changed(&linked, reference).await?;
            }
            // What is left is the question for all of them.
            _ => {
                self.session.watch_objectives();
                self.tell_objectives(user, reference).await??;
            }
        }
        Ok(())
    }

    async fn generate(
        &mut self,
        user: &User,
        named: Option<GenerationId>,
        wish: Wish,
        reference: Option<&str>,
    ) -> Result<(), Stumble> {
        let by = self.count_message(user)?;
        let by_reference = reference.filter(|_| self.dialect.manners().reference_is_key);
        let (id, once) = match (named, by_reference) {
            (Some(id), _) => (Some(id), true),
            (None, Some(reference)) => {
                let id = GenerationId::parse(reference).ok();
                (id, is_strong(reference))
            }
            (None, None) => (None, false),
        };
        let new = NewGeneration {
            once: once && id.is_some(),
            id: id.clone(),
            wish,
        };
        let service = self.app.service.clone();
        match service.generate(&by, new).await? {
            // Its beginning is the first thing that the feed tells.
            Asked::Begun(generation) => self.await_objective(generation.id, reference),
            Asked::Running(generation) => {
                self.await_objective(generation.id.clone(), reference);
                self.tell(&Event::GenerationProgress(&generation), reference)
                    .await?;
            }
            Asked::Made(objective) => {
                let generation = id.as_ref().ok_or_else(Fault::internal)?;
                let made = Event::ObjectiveMade {
                    objective: &objective,
                    generation,
                    took_ms: 0,
                };
                self.tell(&made, reference).await?;
            }
        }
        Ok(())
    }

    fn await_objective(&mut self, generation: GenerationId, reference: Option<&str>) {
        self.session.awaits(generation.clone());
        self.wishes.retain(|(known, _)| *known != generation);
        self.wishes.push((generation, reference.map(str::to_owned)));
    }

    /// Forgets a wish that is fulfilled or was given up, and gives what it was asked with.
    fn take_wish(&mut self, generation: &GenerationId) -> Option<Option<String>> {
        let place = self.wishes.iter().position(|(id, _)| id == generation)?;
        self.session.no_longer_awaits(generation);
        Some(self.wishes.swap_remove(place).1)
    }

    /// How far an objective in the making is, or that it will not be made.
    pub(super) async fn tell_generation(&mut self, generation: &Generation) -> Result<(), End> {
        let id = &generation.id;
        let over = matches!(
            generation.stage,
            GenerationStage::Cancelled | GenerationStage::Failed
        );
        let own = match over {
            true => self.take_wish(id),
            false => {
                let wish = self.wishes.iter().find(|(known, _)| known == id);
                wish.map(|(_, reference)| reference.clone())
            }
        };
        match (&generation.failure, own) {
            (Some(fault), Some(reference)) => {
                crate::counters::told_error(fault.code);
                let failed = Event::GenerationFailed {
                    generation: id,
                    fault,
                };
                self.tell(&failed, reference.as_deref()).await
            }
            (_, own) => {
                let progress = Event::GenerationProgress(generation);
                self.tell(&progress, own.flatten().as_deref()).await
            }
        }
    }

    /// A new objective.
    pub(super) async fn tell_made(
        &mut self,
        objective: &Objective,
        generation: &GenerationId,
        took_ms: u64,
    ) -> Result<(), End> {
        let reference = self.take_wish(generation).flatten();
        let made = Event::ObjectiveMade {
            objective,
            generation,
            took_ms,
        };
        self.tell(&made, reference.as_deref()).await
    }

    /// A change that this connection asked for. The feed has it too, and perhaps older ones.
    async fn tell_changed(
        &mut self,
        objective: &Objective,
        reference: Option<&str>,
    ) -> Result<(), End> {
        self.told_objectives.retain(|(id, _)| *id != objective.id);
        if self.told_objectives.len() == TOLD {
            self.told_objectives.remove(0);
        }
        self.told_objectives
            .push((objective.id.clone(), objective.revision));
        self.tell(&Event::ObjectiveChanged(objective), reference)
            .await
    }

    /// A change from the feed, unless this connection knows it or a later one.
    pub(super) async fn tell_change(&mut self, objective: &Objective) -> Result<(), End> {
        let told = self.told_objectives.iter();
        let told: Option<&(ObjectiveId, Revision)> = told.rev().find(|(id, _)| *id == objective.id);
        if told.is_some_and(|(_, revision)| *revision >= objective.revision) {
            return Ok(());
        }
        self.tell(&Event::ObjectiveChanged(objective), None).await
    }

    /// All objectives.
    async fn tell_objectives(
        &mut self,
        user: &User,
        reference: Option<&str>,
    ) -> Result<Result<(), Fault>, End> {
        let service = self.app.service.clone();
        let (objectives, generating) = match service.objectives(&user.id).await {
            Ok(both) => both,
            Err(fault) => return Ok(Err(fault)),
        };
        let all = Event::Objectives {
            objectives: &objectives,
            generating: &generating,
        };
        self.tell(&all, reference).await.map(Ok)
    }

    /// After the feed ran ahead of a slow client: all objectives, and what became of its wishes.
    pub(super) async fn catch_up_objectives(
        &mut self,
        user: &User,
    ) -> Result<Result<(), Fault>, End> {
        if self.session.watching_objectives() {
            let told = self.tell_objectives(user, None).await?;
            if told.is_err() {
                return Ok(told);
            }
        }
        let service = self.app.service.clone();
        let awaited: Vec<_> = self.wishes.iter().map(|(id, _)| id.clone()).collect();
        for id in awaited {
            match service.what_became_of(&user.id, &id).await {
                Ok(Some(Asked::Made(objective))) => self.tell_made(&objective, &id, 0).await?,
                Ok(Some(Asked::Begun(generation) | Asked::Running(generation))) => {
                    self.tell_generation(&generation).await?;
                }
                Ok(None) => {
                    let reference = self.take_wish(&id).flatten();
                    let words = "what became of this objective was missed; look at the list of \
                                 objectives, or try again";
                    let fault = Fault::new(ErrorCode::ServerError, Reason::Internal, words);
                    let failed = Event::GenerationFailed {
                        generation: &id,
                        fault: &fault,
                    };
                    self.tell(&failed, reference.as_deref()).await?;
                }
                Err(fault) => return Ok(Err(fault)),
            }
        }
        Ok(Ok(()))
    }
}
