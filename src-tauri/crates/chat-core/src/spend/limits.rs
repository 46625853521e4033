//! The limits themselves, and whose they are.

use std::sync::Arc;

use crate::ids::{DeviceId, ModelId, UserId};

/// Whose limits.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum LimitScope {
    /// Of all together.
    Server,
    /// Of each person, as far as they have none of their own.
    Everyone,
    /// Of one person.
    User(UserId),
    /// Of one device, beside its person's.
    Device(DeviceId),
}

/// What may be spent. `None` says nothing, so that a more general level decides; 0 is no limit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Limits {
    /// Messages in a minute.
    pub messages_per_minute: Option<u32>,
    /// Answers that run or wait at once.
    pub running_answers: Option<u32>,
    /// Messages on a day.
    pub messages_per_day: Option<u64>,
    /// Tokens of questions and answers on a day.
    pub tokens_per_day: Option<u64>,
    /// The same in a month.
    pub tokens_per_month: Option<u64>,
    /// Millionths of the currency on a day.
    pub cost_per_day: Option<u64>,
    /// The same in a month.
    pub cost_per_month: Option<u64>,
    /// The models that may be asked, `provider/*` being all of a provider; `None` is all.
    /// Shared, since limits are laid over each other for each message.
    pub models: Option<Arc<[ModelId]>>,
}

impl Limits {
    /// These, and where they say nothing what `general` says.
    #[must_use]
    pub fn over(&self, general: &Self) -> Self {
        Self {
            messages_per_minute: self.messages_per_minute.or(general.messages_per_minute),
            running_answers: self.running_answers.or(general.running_answers),
            messages_per_day: self.messages_per_day.or(general.messages_per_day),
            tokens_per_day: self.tokens_per_day.or(general.tokens_per_day),
            tokens_per_month: self.tokens_per_month.or(general.tokens_per_month),
            cost_per_day: self.cost_per_day.or(general.cost_per_day),
            cost_per_month: self.cost_per_month.or(general.cost_per_month),
            models: self.models.clone().or_else(|| general.models.clone()),
        }
    }

    /// Whether they say nothing at all.
    #[must_use]
    pub fn is_silent(&self) -> bool {
        *self == Self::default()
    }

    /// Whether something has to be counted or compared before a message is accepted. How many come
    /// in a minute is not, nor how many answers of one person run: that is watched before.
    #[must_use]
    pub fn guard(&self) -> bool {
        let messages = self.messages_per_day.is_some_and(|limit| limit > 0);
        self.models.is_some() || messages || self.weigh()
    }

    /// Whether the answers that run are to be counted.
    #[must_use]
    pub fn guard_running(&self) -> bool {
        self.running_answers.is_some_and(|limit| limit > 0)
    }

    /// Whether a question has to be weighed: tokens or money are limited.
    #[must_use]
    pub fn weigh(&self) -> bool {
        let numbers = [
            self.tokens_per_day,
            self.tokens_per_month,
            self.cost_per_day,
            self.cost_per_month,
        ];
        numbers.into_iter().flatten().any(|limit| limit > 0)
    }
}

/// Whether a line of a list is about this model.
pub(super) fn covers(line: &ModelId, model: &ModelId) -> bool {
    line.provider == model.provider && (line.name == ANY || line.name == model.name)
}

/// The name that stands for all models of a provider.
pub(super) const ANY: &str = "*";
