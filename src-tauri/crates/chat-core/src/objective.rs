//! Objectives: what a person wants to reach, in milestones. Owns what one is, what may be changed
//! of it and how its progress follows its milestones; leaves words to the model and keeping to the
//! store.

use crate::{
    error::Fault,
    ids::{ChatId, GenerationId, MilestoneId, ObjectiveId, Revision, UserId},
    sources::Timestamp,
};

/// The most milestones that an objective has.
pub const MAX_MILESTONES: usize = 50;

/// How hard it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Difficulty {
    /// For who begins.
    Beginner,
    /// For who knows a little.
    Intermediate,
    /// For who knows much.
    Advanced,
}

/// Where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ObjectiveStatus {
    /// Being worked on.
    Active,
    /// Reached.
    Completed,
    /// Put away.
    Archived,
}

/// One step on the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Milestone {
    /// Its id, unique within its objective.
    pub id: MilestoneId,
    /// What it is.
    pub title: String,
    /// More about it.
    pub description: Option<String>,
    /// Whether it is reached.
    pub completed: bool,
    /// When it is due.
    pub due: Option<DueDate>,
}

/// A day (`2026-12-31`) or a moment (`2026-12-31T12:00:00Z`), kept as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueDate(String);

impl DueDate {
    /// Reads a date of ISO 8601, with or without a time.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let day = text.get(..10)?;
        let mut parts = day.split('-');
        let mut number = |digits: usize| {
            let part = parts.next()?;
            let all_digits = part.len() == digits && part.bytes().all(|byte| byte.is_ascii_digit());
            all_digits.then(|| part.parse::<u32>().ok())?
        };
        let (year, month, date) = (number(4)?, number(2)?, number(2)?);
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let days = match month {
            1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
            4 | 6 | 9 | 11 => 30,
            2 if leap => 29,
            2 => 28,
            _ => return None,
        };
        let rest = &text[10..];
        let time = |byte: u8| {
            byte.is_ascii_digit() || matches!(byte, b':' | b'.' | b'+' | b'-' | b'Z' | b'T')
        };
        let fits = rest.is_empty()
            || (rest.starts_with('T') && rest.len() <= 24 && rest[1..].bytes().all(time));
        ((1..=days).contains(&date) && fits).then(|| Self(text.to_owned()))
    }

    /// As it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// An objective.
#[derive(Debug, Clone, PartialEq)]
pub struct Objective {
    /// Its id.
    pub id: ObjectiveId,
    /// Whose it is.
    pub owner: UserId,
    /// What it is called.
    pub title: String,
    /// What it is about.
    pub description: String,
    /// What kind it is; empty where nobody said.
    pub category: String,
    /// How hard it is.
    pub difficulty: Difficulty,
    /// Where it stands.
    pub status: ObjectiveStatus,
    /// 0 to 100.
    pub progress: u8,
    /// The steps, in order.
    pub milestones: Vec<Milestone>,
    /// The chat that discusses it.
    pub chat: Option<ChatId>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// The owner's revision when it last changed.
    pub revision: Revision,
}

/// What to change of an objective; an absent field stays as it is.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ObjectivePatch {
    /// See [`Objective::title`].
    pub title: Option<String>,
    /// See [`Objective::description`].
    pub description: Option<String>,
    /// See [`Objective::category`].
    pub category: Option<String>,
    /// See [`Objective::difficulty`].
    pub difficulty: Option<Difficulty>,
    /// See [`Objective::status`].
    pub status: Option<ObjectiveStatus>,
    /// See [`Objective::progress`]; otherwise it follows the milestones when they change.
    pub progress: Option<u8>,
    /// The steps: see [`MilestonePatch`].
    pub milestones: Option<Vec<MilestonePatch>>,
}

/// One milestone in a patch. A list in which every one has a known id and no title changes those
/// milestones alone; any other list is the new list, in which one with a known id keeps what the
/// patch leaves out.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct MilestonePatch {
    /// Which; none is a new one.
    pub id: Option<MilestoneId>,
    /// See [`Milestone::title`].
    pub title: Option<String>,
    /// See [`Milestone::description`].
    pub description: Option<Option<String>>,
    /// See [`Milestone::completed`].
    pub completed: Option<bool>,
    /// See [`Milestone::due`].
    pub due: Option<Option<DueDate>>,
}

/// Why a patch does not fit the objective.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PatchError {
    /// A new milestone has no title.
    #[error("a new milestone needs a title")]
    Untitled,
    /// Two milestones of one id.
    #[error("two milestones have the same id")]
    Doubled,
    /// More than [`MAX_MILESTONES`].
    #[error("an objective has at most {MAX_MILESTONES} milestones")]
    TooMany,
}

impl Objective {
    /// Applies a patch. `fresh` gives the id of each new milestone, by its number among the new.
    ///
    /// # Errors
    /// [`PatchError`]; the objective is then as it was.
    pub fn apply(
        &mut self,
        patch: ObjectivePatch,
        fresh: impl FnMut(usize) -> MilestoneId,
    ) -> Result<(), PatchError> {
        if let Some(changes) = patch.milestones {
            let milestones = self.merged(changes, fresh)?;
            if milestones != self.milestones {
                self.milestones = milestones;
                self.progress = self.follow_milestones();
            }
        }
        let Self {
            title,
            description,
            category,
            ..
        } = self;
        for (field, new) in [
            (title, patch.title),
            (description, patch.description),
            (category, patch.category),
        ] {
            if let Some(new) = new {
                *field = new;
            }
        }
        self.difficulty = patch.difficulty.unwrap_or(self.difficulty);
        self.status = patch.status.unwrap_or(self.status);
        self.progress = patch.progress.unwrap_or(self.progress).min(100);
        Ok(())
    }

    /// The part of the milestones that is reached, in percent; without any it stays as it is.
    fn follow_milestones(&self) -> u8 {
        let all = self.milestones.len();
        if all == 0 {
            return self.progress;
        }
        let reached = self.milestones.iter().filter(|one| one.completed).count();
        u8::try_from((200 * reached + all) / (2 * all)).unwrap_or(100)
    }

    fn merged(
        &self,
        changes: Vec<MilestonePatch>,
        mut fresh: impl FnMut(usize) -> MilestoneId,
    ) -> Result<Vec<Milestone>, PatchError> {
        let known = |id: &Option<MilestoneId>| {
            let id = id.as_ref()?;
            self.milestones.iter().position(|one| one.id == *id)
        };
        for (place, change) in changes.iter().enumerate() {
            let same = |other: &&MilestonePatch| other.id.is_some() && other.id == change.id;
            if changes[..place].iter().any(|other| same(&other)) {
                return Err(PatchError::Doubled);
            }
        }
        let only_changes = !changes.is_empty()
            && changes
                .iter()
                .all(|change| change.title.is_none() && known(&change.id).is_some());
        if only_changes {
            let mut milestones = self.milestones.clone();
            for change in changes {
                if let Some(place) = known(&change.id) {
                    change.apply(&mut milestones[place]);
                }
            }
            return Ok(milestones);
        }
        if changes.len() > MAX_MILESTONES {
            return Err(PatchError::TooMany);
        }
        let mut made = 0;
        changes
            .into_iter()
            .map(|change| {
                let mut milestone = match known(&change.id) {
                    Some(place) => self.milestones[place].clone(),
                    None => {
                        made += 1;
                        Milestone {
                            id: change.id.clone().unwrap_or_else(|| fresh(made - 1)),
                            title: change.title.clone().ok_or(PatchError::Untitled)?,
                            description: None,
                            completed: false,
                            due: None,
                        }
                    }
                };
                change.apply(&mut milestone);
                Ok(milestone)
            })
            .collect()
    }
}

impl MilestonePatch {
    fn apply(self, milestone: &mut Milestone) {
        if let Some(title) = self.title {
            milestone.title = title;
        }
        if let Some(description) = self.description {
            milestone.description = description;
        }
        milestone.completed = self.completed.unwrap_or(milestone.completed);
        if let Some(due) = self.due {
            milestone.due = due;
        }
    }
}

/// What a person wishes an objective for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    /// In their words.
    pub prompt: String,
    /// How hard it may be; none leaves it to the model.
    pub difficulty: Option<Difficulty>,
    /// Of what kind; none leaves it to the model.
    pub category: Option<String>,
}

/// An objective as a model words it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectiveDraft {
    /// See [`Objective::title`].
    pub title: String,
    /// See [`Objective::description`].
    pub description: String,
    /// See [`Objective::category`].
    pub category: String,
    /// See [`Objective::difficulty`].
    pub difficulty: Difficulty,
    /// The steps, none of them reached.
    pub milestones: Vec<MilestoneDraft>,
}

/// A milestone as a model words it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MilestoneDraft {
    /// See [`Milestone::title`].
    pub title: String,
    /// See [`Milestone::description`].
    pub description: Option<String>,
    /// See [`Milestone::due`].
    pub due: Option<DueDate>,
}

/// How far the making of an objective has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GenerationStage {
    /// The model was asked.
    Thinking,
    /// It writes.
    Writing,
    /// What it wrote was no objective: it is asked once more.
    Repairing,
    /// A person ended it.
    Cancelled,
    /// It failed.
    Failed,
}

/// An objective in the making.
#[derive(Debug, Clone, PartialEq)]
pub struct Generation {
    /// Its id.
    pub id: GenerationId,
    /// What was wished.
    pub prompt: String,
    /// How far it is.
    pub stage: GenerationStage,
    /// Characters written so far.
    pub characters: usize,
    /// The title, once it is known.
    pub title: Option<String>,
    /// Milestones written so far, the one being written included.
    pub milestones: usize,
    /// Why, with [`GenerationStage::Failed`].
    pub failure: Option<Fault>,
}

#[cfg(test)]
mod tests;
