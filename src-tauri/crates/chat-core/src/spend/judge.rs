//! Whether one more message fits, and when it will where it does not.

use super::{Allowance, Day, EXPECTED_ANSWER, Holder, limits::Limits, rules::Price};
use crate::{
    error::{ErrorCode, Fault, Reason},
    provider::Usage,
    sources::Timestamp,
};

/// How long to wait for answers that are being written, in milliseconds: nobody knows how long.
const SOON: u64 = 1_000;

/// What is counted against one holder's limits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Balance {
    /// Settled on this day: messages, tokens, cost.
    pub today: (u64, u64, u64),
    /// Settled in this month.
    pub month: (u64, u64, u64),
    /// Reserved by answers that have not ended; their number is the first.
    pub reserved: (u64, u64, u64),
}

/// What a message is expected to need.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Tokens of the question with its history.
    pub prompt_tokens: u64,
    /// The price of the model that answers, if one is known.
    pub price: Option<Price>,
    /// The guide answers, which needs neither tokens nor money.
    pub free: bool,
}

impl Wanted {
    /// With an answer of so many tokens.
    fn cost(self, answer_tokens: u64) -> u64 {
        let usage = Usage {
            prompt_tokens: self.prompt_tokens,
            completion_tokens: answer_tokens,
        };
        self.price.map_or(0, |price| price.of(usage))
    }
}

/// The period of a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Period {
    /// A day, UTC.
    Day,
    /// A month, UTC.
    Month,
}

impl Period {
    /// When it begins anew.
    #[must_use]
    pub fn ends(self, now: Timestamp) -> Timestamp {
        let today = Day::of(now);
        let next = match self {
            Self::Day => today.next(),
            Self::Month => today.next_month(),
        };
        next.begins()
    }
}

/// What a limit is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quantity {
    /// Messages.
    Messages,
    /// Tokens.
    Tokens,
    /// Money.
    Cost,
}

/// Why a message is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefusalKind {
    /// Answers that run take up what is left, or are as many as may run.
    Running,
    /// The day's limit is reached.
    Day,
    /// The month's limit is reached.
    Month,
    /// It alone is more than the whole limit.
    TooLarge,
    /// The model may not be asked.
    Model,
}

/// A refusal, with all that there is to say about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Why.
    pub kind: RefusalKind,
    /// When it frees up, in milliseconds from now; none where it never does.
    pub wait_ms: Option<u64>,
    /// An English sentence.
    pub message: String,
}

impl Refusal {
    /// The model may not be asked.
    #[must_use]
    pub(super) fn model(model: &str) -> Self {
        Self {
            kind: RefusalKind::Model,
            wait_ms: None,
            message: format!("{model} is not allowed here; choose another model"),
        }
    }

    /// Whether it lasts longer than another.
    #[must_use]
    pub fn outlasts(&self, other: &Self) -> bool {
        let time = |one: &Self| one.wait_ms.unwrap_or(u64::MAX);
        time(self) > time(other)
    }
}

impl From<Refusal> for Fault {
    fn from(refusal: Refusal) -> Self {
        let (code, reason) = match refusal.kind {
            RefusalKind::Running => (ErrorCode::RateLimit, Reason::TooManyAnswers),
            RefusalKind::Day => (ErrorCode::RateLimit, Reason::DailyLimit),
            RefusalKind::Month => (ErrorCode::RateLimit, Reason::MonthlyLimit),
            RefusalKind::TooLarge => (ErrorCode::InvalidMessage, Reason::OverLimit),
            RefusalKind::Model => (ErrorCode::InvalidMessage, Reason::ModelNotAllowed),
        };
        Self {
            code,
            reason,
            message: refusal.message,
            retry_after_ms: refusal.wait_ms,
        }
    }
}

/// One limit of tokens, money or messages in a period.
struct Budget {
    limit: u64,
    used: u64,
    reserved: u64,
    period: Period,
    quantity: Quantity,
}

impl Budget {
    fn left(&self) -> u64 {
        self.limit
            .saturating_sub(self.used)
            .saturating_sub(self.reserved)
    }

    /// Why something that needs at least `least` of it does not fit.
    fn refuse(&self, least: u64, whose: &str, now: Timestamp) -> Refusal {
        let what = match self.quantity {
            Quantity::Messages => "messages",
            Quantity::Tokens => "tokens",
            Quantity::Cost => "spending",
        };
        let period = match self.period {
            Period::Day => "day",
            Period::Month => "month",
        };
        if least > self.limit {
            return Refusal {
                kind: RefusalKind::TooLarge,
                wait_ms: None,
                message: format!(
                    "this message with its chat is more than the whole limit of {what} a {period} \
                     for {whose}; start a new chat, or ask whoever runs this server"
                ),
            };
        }
        // Messages that run are as good as counted.
        let fits_soon =
            self.quantity != Quantity::Messages && self.used.saturating_add(least) <= self.limit;
        if fits_soon {
            return Refusal {
                kind: RefusalKind::Running,
                wait_ms: Some(SOON),
                message: format!(
                    "answers that are being written may use up the limit of {what} a {period} for \
                     {whose}; wait for one of them to end"
                ),
            };
        }
        let kind = match self.period {
            Period::Day => RefusalKind::Day,
            Period::Month => RefusalKind::Month,
        };
        let frees = self.period.ends(now);
        let wait = frees.0.saturating_sub(now.0);
        Refusal {
            kind,
            wait_ms: Some(u64::try_from(wait).unwrap_or_default().max(1)),
            message: format!(
                "the limit of {what} a {period} for {whose} is reached; it frees up on {} at \
                 00:00 UTC",
                Day::of(frees)
            ),
        }
    }
}

/// Judges one holder's limits: how many tokens of an answer fit, at most [`EXPECTED_ANSWER`].
/// `whose` is for people.
///
/// # Errors
/// The refusal that lasts longest.
pub fn judge(
    limits: &Limits,
    whose: &str,
    balance: &Balance,
    wanted: Wanted,
    now: Timestamp,
) -> Result<u64, Refusal> {
    let mut answer = EXPECTED_ANSWER;
    let mut refused: Option<Refusal> = None;
    let mut refuse = |refusal: Refusal| {
        if refused.as_ref().is_none_or(|known| refusal.outlasts(known)) {
            refused = Some(refusal);
        }
    };
    if let Some(most) = limits.running_answers.filter(|most| *most > 0)
        && balance.reserved.0 >= u64::from(most)
    {
        refuse(Refusal {
            kind: RefusalKind::Running,
            wait_ms: Some(SOON),
            message: format!(
                "{most} answers are running already for {whose}; wait for one or stop one"
            ),
        });
    }
    for budget in budgets(limits, balance) {
        if wanted.free && budget.quantity != Quantity::Messages {
            continue;
        }
        // At least one token of an answer has to fit, or there is no use in asking.
        let (least, fits) = match budget.quantity {
            Quantity::Messages => (1, EXPECTED_ANSWER),
            Quantity::Tokens => {
                let least = wanted.prompt_tokens.saturating_add(1);
                (least, budget.left().saturating_sub(wanted.prompt_tokens))
            }
            Quantity::Cost => {
                let rest = budget.left().saturating_sub(wanted.cost(0));
                let price = wanted.price.map_or(0, |price| price.answer);
                let fits = u128::from(rest) * 1_000_000 / u128::from(price.max(1));
                (wanted.cost(1), u64::try_from(fits).unwrap_or(u64::MAX))
            }
        };
        if least > budget.left() {
            refuse(budget.refuse(least, whose, now));
        }
        answer = answer.min(fits);
    }
    match refused {
        Some(refusal) => Err(refusal),
        None => Ok(answer.max(1)),
    }
}

/// The limits that there are, with what is counted against them.
fn budgets(limits: &Limits, balance: &Balance) -> impl Iterator<Item = Budget> + use<> {
    let (today, month, reserved) = (balance.today, balance.month, balance.reserved);
    let of = |limit: Option<u64>, period, quantity| {
        let part = |counted: (u64, u64, u64)| match quantity {
            Quantity::Messages => counted.0,
            Quantity::Tokens => counted.1,
            Quantity::Cost => counted.2,
        };
        limit.filter(|limit| *limit > 0).map(|limit| Budget {
            limit,
            used: part(match period {
                Period::Day => today,
                Period::Month => month,
            }),
            reserved: part(reserved),
            period,
            quantity,
        })
    };
    [
        of(limits.messages_per_day, Period::Day, Quantity::Messages),
        of(limits.tokens_per_day, Period::Day, Quantity::Tokens),
        of(limits.tokens_per_month, Period::Month, Quantity::Tokens),
        of(limits.cost_per_day, Period::Day, Quantity::Cost),
        of(limits.cost_per_month, Period::Month, Quantity::Cost),
    ]
    .into_iter()
    .flatten()
}

/// The limits of one holder, as they are told to people.
pub fn allowances(
    of: Holder,
    limits: &Limits,
    balance: &Balance,
    now: Timestamp,
) -> impl Iterator<Item = Allowance> + use<> {
    budgets(limits, balance).map(move |budget| Allowance {
        of,
        quantity: budget.quantity,
        period: budget.period,
        limit: budget.limit,
        used: budget.used,
        frees_at: budget.period.ends(now),
    })
}
