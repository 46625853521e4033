//! The life of an objective: kept once for each wish, changed, discussed, deleted, brought back.

use chat_core::{
    ChangeKind, ChatId, MilestoneId, NewObjective, Objective, ObjectiveId, ObjectivePatch,
    PatchError, Revision, Timestamp, UserId,
};

use crate::{
    batch::Scope,
    error::Error,
    tables::{chats, objectives, users},
};

pub(crate) fn create(scope: &mut Scope<'_>, new: NewObjective) -> Result<Objective, Error> {
    let connection = scope.connection;
    let mut objective = new.objective;
    let wish = new.once.then_some(&new.generation);
    if let Some(wish) = wish
        && let Some(known) = objectives::by_wish(connection, &objective.owner, wish)?
    {
        return Ok(known);
    }
    objective.revision = grow(scope, &objective.owner)?;
    objectives::insert(connection, &objective, wish).map_err(Error::taken)?;
    let kind = ChangeKind::ObjectiveMade {
        objective: objective.clone(),
        generation: new.generation,
        took_ms: new.took_ms,
    };
    scope.tell(vec![(objective.owner.clone(), objective.revision)], kind);
    Ok(objective)
}

pub(crate) fn update(
    scope: &mut Scope<'_>,
    user: &UserId,
    id: &ObjectiveId,
    patch: ObjectivePatch,
    fresh: &[MilestoneId],
    now: Timestamp,
) -> Result<Result<Objective, PatchError>, Error> {
    let before = kept(scope, user, id)?;
    let mut objective = before.clone();
    let mut used = fresh.iter().cloned();
    // As many as the patch has milestones were brought.
    let spare = objective.id.as_str();
    let spare = MilestoneId::parse(spare).map_err(|_| Error::Broken("an objective's id"))?;
    let applied = objective.apply(patch, |_| used.next().unwrap_or_else(|| spare.clone()));
    if let Err(error) = applied {
        return Ok(Err(error));
    }
    if objective == before {
        return Ok(Ok(objective));
    }
    objective.updated_at = objective.updated_at.max(now);
    save(scope, objective).map(Ok)
}

pub(crate) fn discuss(
    scope: &mut Scope<'_>,
    user: &UserId,
    id: &ObjectiveId,
    chat: &ChatId,
) -> Result<Objective, Error> {
    let mut objective = kept(scope, user, id)?;
    chats::visible(scope.connection, user, chat)?.ok_or(Error::NotFound)?;
    objective.chat = Some(chat.clone());
    save(scope, objective)
}

pub(crate) fn delete(
    scope: &mut Scope<'_>,
    user: &UserId,
    id: &ObjectiveId,
    now: Timestamp,
) -> Result<(), Error> {
    let objective = kept(scope, user, id)?;
    objectives::set_deleted(scope.connection, id, Some(now))?;
    let revision = grow(scope, user)?;
    let audience = vec![(user.clone(), revision)];
    scope.tell(audience, ChangeKind::ObjectiveRemoved(objective.id));
    Ok(())
}

pub(crate) fn restore(
    scope: &mut Scope<'_>,
    user: &UserId,
    id: &ObjectiveId,
) -> Result<Objective, Error> {
    let found = objectives::get(scope.connection, user, id)?;
    let (objective, deleted) = found.ok_or(Error::NotFound)?;
    if !deleted {
        return Ok(objective);
    }
    objectives::set_deleted(scope.connection, id, None)?;
    save(scope, objective)
}

fn kept(scope: &Scope<'_>, user: &UserId, id: &ObjectiveId) -> Result<Objective, Error> {
    let found = objectives::get(scope.connection, user, id)?;
    let found = found
        .filter(|(_, deleted)| !deleted)
        .ok_or(Error::NotFound)?;
    Ok(found.0)
}

fn save(scope: &mut Scope<'_>, mut objective: Objective) -> Result<Objective, Error> {
    objective.revision = grow(scope, &objective.owner)?;
    objectives::update(scope.connection, &objective)?;
    let audience = vec![(objective.owner.clone(), objective.revision)];
    scope.tell(audience, ChangeKind::ObjectiveChanged(objective.clone()));
    Ok(objective)
}

fn grow(scope: &Scope<'_>, user: &UserId) -> Result<Revision, Error> {
    users::grow_revision(scope.connection, user)?.ok_or(Error::NotFound)
}
