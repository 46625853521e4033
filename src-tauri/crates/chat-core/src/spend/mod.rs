//! What answers cost, and what they may. Owns the limits of the server, of people and of devices,
//! the prices, and the judgement whether one more message fits; pure. Counting is the store's, in
//! the transaction that accepts the message; measuring an answer is the service's.
//!
//! A message is accepted with a reservation of what it is expected to spend. The end of its answer
//! settles it: what was really spent is counted on that day, and the reservation is gone.

mod day;
mod judge;
mod limits;
mod rules;
mod store;

pub use day::Day;
pub use judge::{Balance, Period, Quantity, Refusal, RefusalKind, Wanted, allowances, judge};
pub use limits::{LimitScope, Limits};
pub use rules::{Price, SpendRules};
pub use store::{Allowance, Draft, Estimate, Holder, OwnUsage, SpendStore};

use crate::{
    ids::{DeviceId, ModelId, UserId},
    provider::Usage,
};

/// What an answer is taken to need until its length is known, in tokens.
pub const EXPECTED_ANSWER: u64 = 512;

/// What each message costs beside its text, in tokens: who speaks, and where it ends.
const TOKENS_AROUND: u64 = 4;

/// Tokens of a text of so many bytes of UTF-8 in so many messages, roughly: four letters of English
/// are a token, and so are two of Cyrillic, which have two bytes each.
#[must_use]
pub fn tokens_of(bytes: u64, messages: u64) -> u64 {
    bytes.div_ceil(4) + messages * TOKENS_AROUND
}

/// Who asks for an answer, on which device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asker {
    /// The person.
    pub user: UserId,
    /// The device; none with a token of the command line or of another system.
    pub device: Option<DeviceId>,
}

impl From<UserId> for Asker {
    fn from(user: UserId) -> Self {
        Self { user, device: None }
    }
}

/// Who asks for an answer, and who may give it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asking {
    /// Who asks.
    pub by: Asker,
    /// The model named for this answer alone.
    pub model: Option<ModelId>,
    /// Who answers where neither request, chat nor person names a model.
    pub usual: Usual,
}

/// Who answers where nobody chose a model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Usual {
    /// The guide, which is none.
    Guide,
    /// This one.
    Model(ModelId),
    /// Nobody knows before the provider is asked.
    Unknown,
}

impl From<UserId> for Asking {
    fn from(user: UserId) -> Self {
        Self {
            by: user.into(),
            model: None,
            usual: Usual::Unknown,
        }
    }
}

/// What was spent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Spending {
    /// Messages that were answered.
    pub messages: u64,
    /// Tokens of questions with their histories.
    pub prompt_tokens: u64,
    /// Tokens of answers.
    pub answer_tokens: u64,
    /// In millionths of the currency.
    pub cost: u64,
    /// Tokens of models without a price: no cost is known of them.
    pub unpriced_tokens: u64,
}

impl Spending {
    /// All tokens.
    #[must_use]
    pub fn tokens(&self) -> u64 {
        self.prompt_tokens.saturating_add(self.answer_tokens)
    }
}

/// What one answer spent, from where to count it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spent {
    /// Who asked for it.
    pub by: Asker,
    /// Who answered; none is the guide, which costs nothing.
    pub model: Option<ModelId>,
    /// Whether it counts as a message: one that failed before it began does not.
    pub counts: bool,
    /// The tokens.
    pub usage: Usage,
    /// Whether they were counted here, since the provider did not tell.
    pub estimated: bool,
}

/// What was spent on one day by one person with one model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsageRow {
    /// The day.
    pub day: Day,
    /// Who.
    pub user: UserId,
    /// On which device, where that was asked for and there was one.
    pub device: Option<DeviceId>,
    /// Who answered; none is the guide.
    pub model: Option<ModelId>,
    /// What.
    pub spending: Spending,
    /// How many of the tokens were counted here, since the provider did not tell.
    pub estimated_tokens: u64,
}
