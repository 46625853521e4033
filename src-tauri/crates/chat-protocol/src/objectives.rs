//! Objectives as they lie on the wire, the same in every dialect.

#[cfg(test)]
pub(crate) mod client;
mod read;

use chat_core::{DueDate, Event};
use serde::Serialize;
use ts_rs::TS;

pub(crate) use read::{patch, wish};

use crate::spelling::{Difficulty, GenerationStage, IsoTime, ObjectiveStatus, Shown};

/// One step on the way to an objective.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Milestone<'a> {
    id: &'a str,
    title: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    description: Option<&'a str>,
    completed: bool,
    /// A day (`2026-12-31`) or a moment, ISO 8601.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    due_date: Option<&'a str>,
}

/// What a person wants to reach.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Objective<'a> {
    id: &'a str,
    title: &'a str,
    description: &'a str,
    category: &'a str,
    difficulty: Difficulty,
    status: ObjectiveStatus,
    /// 0 to 100.
    progress: u8,
    milestones: Vec<Milestone<'a>>,
    /// The chat that discusses it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    chat_id: Option<&'a str>,
    #[ts(type = "string")]
    created_at: Shown<IsoTime>,
    #[ts(type = "string")]
    updated_at: Shown<IsoTime>,
    /// Grows with every change.
    revision: u64,
}

impl<'a> From<&'a chat_core::Objective> for Objective<'a> {
    fn from(objective: &'a chat_core::Objective) -> Self {
        let milestones = objective.milestones.iter().map(|milestone| Milestone {
            id: milestone.id.as_str(),
            title: &milestone.title,
            description: milestone.description.as_deref(),
            completed: milestone.completed,
            due_date: milestone.due.as_ref().map(DueDate::as_str),
        });
        Self {
            id: objective.id.as_str(),
            title: &objective.title,
            description: &objective.description,
            category: &objective.category,
            difficulty: objective.difficulty.into(),
            status: objective.status.into(),
            progress: objective.progress,
            milestones: milestones.collect(),
            chat_id: objective.chat.as_ref().map(|chat| chat.as_str()),
            created_at: Shown(IsoTime(objective.created_at)),
            updated_at: Shown(IsoTime(objective.updated_at)),
            revision: objective.revision.0,
        }
    }
}

/// An objective in the making.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ObjectiveProgress<'a> {
    generation_id: &'a str,
    /// What was wished.
    prompt: &'a str,
    stage: GenerationStage,
    /// Characters written so far.
    characters: usize,
    /// The title, once it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    title: Option<&'a str>,
    /// Milestones begun so far.
    milestones: usize,
}

impl<'a> From<&'a chat_core::Generation> for ObjectiveProgress<'a> {
    fn from(generation: &'a chat_core::Generation) -> Self {
        Self {
            generation_id: generation.id.as_str(),
            prompt: &generation.prompt,
            stage: generation.stage.into(),
            characters: generation.characters,
            title: generation.title.as_deref(),
            milestones: generation.milestones,
        }
    }
}

/// The person's objectives.
#[derive(Serialize, TS)]
pub(crate) struct Objectives<'a> {
    /// Newest first.
    pub(crate) objectives: Vec<Objective<'a>>,
    /// Those in the making.
    pub(crate) generating: Vec<ObjectiveProgress<'a>>,
}

/// What an event says about objectives, for every dialect to frame.
pub(crate) enum Told<'a> {
    All(Objectives<'a>),
    Progress(ObjectiveProgress<'a>),
    Generated(ObjectiveGenerated<'a>),
    Updated(ObjectiveUpdated<'a>),
    Deleted(ObjectiveDeleted<'a>),
}

impl<'a> Told<'a> {
    /// None where the event is about something else.
    pub(crate) fn of(event: &'a Event<'a>) -> Option<Self> {
        Some(match event {
            Event::Objectives {
                objectives,
                generating,
            } => Self::All(Objectives {
                objectives: objectives.iter().map(Into::into).collect(),
                generating: generating.iter().map(Into::into).collect(),
            }),
            Event::GenerationProgress(generation) => Self::Progress((*generation).into()),
            Event::ObjectiveMade {
                objective,
                generation,
                took_ms,
            } => Self::Generated(ObjectiveGenerated {
                objective: (*objective).into(),
                generation_time: *took_ms,
                generation_id: generation.as_str(),
            }),
            Event::ObjectiveChanged(objective) => Self::Updated(ObjectiveUpdated {
                objective: (*objective).into(),
            }),
            Event::ObjectiveRemoved(objective) => Self::Deleted(ObjectiveDeleted {
                objective_id: objective.as_str(),
            }),
            _ => return None,
        })
    }
}

/// A new objective.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ObjectiveGenerated<'a> {
    pub(crate) objective: Objective<'a>,
    /// In milliseconds.
    pub(crate) generation_time: u64,
    pub(crate) generation_id: &'a str,
}

/// An objective is changed, or back.
#[derive(Serialize, TS)]
pub(crate) struct ObjectiveUpdated<'a> {
    pub(crate) objective: Objective<'a>,
}

/// An objective was deleted; it can be restored.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ObjectiveDeleted<'a> {
    pub(crate) objective_id: &'a str,
}
