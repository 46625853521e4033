//! What was spent, what may be, and what it costs, as admins see it.

use std::sync::Arc;

use chat_core::{
    Day, DeviceId, LimitScope, Limits as CoreLimits, ModelId, Price as CorePrice, SpendRules, User,
    UserId,
};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::spelling::Shown;

/// What was spent in a while.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Spending {
    /// Messages that were answered.
    messages: u64,
    /// Tokens of questions with their histories.
    prompt_tokens: u64,
    answer_tokens: u64,
    /// In millionths of the currency; of unpriced tokens nothing is in it.
    cost: u64,
    /// Tokens of models without a price.
    unpriced_tokens: u64,
}

impl From<chat_core::Spending> for Spending {
    fn from(spent: chat_core::Spending) -> Self {
        Self {
            messages: spent.messages,
            prompt_tokens: spent.prompt_tokens,
            answer_tokens: spent.answer_tokens,
            cost: spent.cost,
            unpriced_tokens: spent.unpriced_tokens,
        }
    }
}

/// The answer to `GET /api/usage`.
#[derive(Serialize, TS)]
pub struct UsagePage<'a> {
    /// The first day, UTC.
    #[ts(type = "string")]
    from: Shown<Day>,
    /// The last day.
    #[ts(type = "string")]
    to: Shown<Day>,
    currency: &'a str,
    /// By day, person and model; days without use have none.
    rows: Vec<UsageRow<'a>>,
}

impl<'a> UsagePage<'a> {
    /// The rows of some days; `person` finds people by their id.
    #[must_use]
    pub fn new(
        (from, to): (Day, Day),
        currency: &'a str,
        rows: &'a [chat_core::UsageRow],
        person: impl Fn(&UserId) -> Option<&'a User>,
    ) -> Self {
        let row = |row: &'a chat_core::UsageRow| UsageRow {
            day: Shown(row.day),
            user_id: row.user.as_str(),
            name: person(&row.user).map_or("", |user| &user.name),
            device_id: row.device.as_ref().map(DeviceId::as_str),
            model: row.model.as_ref().map(Shown),
            spending: row.spending.into(),
            estimated_tokens: row.estimated_tokens,
        };
        Self {
            from: Shown(from),
            to: Shown(to),
            currency,
            rows: rows.iter().map(row).collect(),
        }
    }
}

/// What one person spent on one day with one model.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct UsageRow<'a> {
    #[ts(type = "string")]
    day: Shown<Day>,
    user_id: &'a str,
    name: &'a str,
    /// Only where one person was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    device_id: Option<&'a str>,
    /// `provider/model`; none is the guide.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "string")]
    model: Option<Shown<&'a ModelId>>,
    #[serde(flatten)]
    spending: Spending,
    /// How many of the tokens were counted by the server, since the provider did not tell.
    estimated_tokens: u64,
}

/// What may be spent. What is absent or null says nothing; 0 is no limit.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Limits {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional = nullable)]
    messages_per_minute: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional = nullable)]
    running_answers: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional = nullable)]
    messages_per_day: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional = nullable)]
    tokens_per_day: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional = nullable)]
    tokens_per_month: Option<u64>,
    /// In millionths of the currency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional = nullable)]
    cost_per_day: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional = nullable)]
    cost_per_month: Option<u64>,
    /// The models that may be asked, `provider/*` being all of a provider.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional = nullable)]
    models: Option<Vec<String>>,
}

/// The largest number of a limit or price: what JSON's readers count without rounding.
const MOST: u64 = (1 << 53) - 1;
/// The most models in a list.
const MOST_MODELS: usize = 1_000;

impl Limits {
    /// The limits that these are; none where a model is none or a number is too large.
    #[must_use]
    pub fn read(&self) -> Option<CoreLimits> {
        let fits = |number: Option<u64>| number.is_none_or(|number| number <= MOST);
        let models = match &self.models {
            Some(names) => Some(models(names)?),
            None => None,
        };
        let numbers = [
            self.messages_per_day,
            self.tokens_per_day,
            self.tokens_per_month,
            self.cost_per_day,
            self.cost_per_month,
        ];
        numbers.into_iter().all(fits).then_some(CoreLimits {
            messages_per_minute: self.messages_per_minute,
            running_answers: self.running_answers,
            messages_per_day: self.messages_per_day,
            tokens_per_day: self.tokens_per_day,
            tokens_per_month: self.tokens_per_month,
            cost_per_day: self.cost_per_day,
            cost_per_month: self.cost_per_month,
            models,
        })
    }
}

impl From<&CoreLimits> for Limits {
    fn from(limits: &CoreLimits) -> Self {
        let models = limits.models.as_ref();
        Self {
            messages_per_minute: limits.messages_per_minute,
            running_answers: limits.running_answers,
            messages_per_day: limits.messages_per_day,
            tokens_per_day: limits.tokens_per_day,
            tokens_per_month: limits.tokens_per_month,
            cost_per_day: limits.cost_per_day,
            cost_per_month: limits.cost_per_month,
            models: models.map(|models| models.iter().map(ToString::to_string).collect()),
        }
    }
}

fn models(names: &[String]) -> Option<Arc<[ModelId]>> {
    let found = names.iter().map(|name| ModelId::parse(name).ok());
    let found: Option<Arc<[_]>> = found.collect();
    found.filter(|models| models.len() <= MOST_MODELS)
}

/// Whose limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum LimitsOf {
    /// Of all together.
    Server,
    /// Of each person who has none of their own.
    Everyone,
    /// Of one person.
    User,
    /// Of one device, beside its person's.
    Device,
}

/// The body of `PUT /api/limits`, and an entry of the answer to `GET /api/limits`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LevelLimits {
    of: LimitsOf,
    /// With `user`; and whose a `device` is that is signed in, where that is told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    user_id: Option<String>,
    /// With `device`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    device_id: Option<String>,
    limits: Limits,
}

impl LevelLimits {
    /// Whose they are and what they say; none where that makes no sense.
    #[must_use]
    pub fn read(&self) -> Option<(LimitScope, CoreLimits)> {
        let scope = match (self.of, &self.user_id, &self.device_id) {
            (LimitsOf::Server, None, None) => LimitScope::Server,
            (LimitsOf::Everyone, None, None) => LimitScope::Everyone,
            (LimitsOf::User, Some(id), None) => LimitScope::User(UserId::parse(id).ok()?),
            (LimitsOf::Device, _, Some(id)) => LimitScope::Device(DeviceId::parse(id).ok()?),
            _ => return None,
        };
        Some((scope, self.limits.read()?))
    }

    fn of(of: LimitsOf, user: Option<&UserId>, limits: &CoreLimits) -> Self {
        Self {
            of,
            user_id: user.map(|user| user.as_str().to_owned()),
            device_id: None,
            limits: limits.into(),
        }
    }

    fn of_device(device: &DeviceId, owner: Option<&UserId>, limits: &CoreLimits) -> Self {
        Self {
            device_id: Some(device.as_str().to_owned()),
            ..Self::of(LimitsOf::Device, owner, limits)
        }
    }
}

/// The answer to `GET /api/limits` and `PUT /api/limits`.
#[derive(Serialize, TS)]
pub struct LimitsPage<'a> {
    currency: &'a str,
    /// Of each person, as the configuration says.
    configured: Limits,
    /// Every level that says something.
    limits: Vec<LevelLimits>,
}

impl<'a> LimitsPage<'a> {
    /// The limits of those rules; `owner` says whose a device is that is signed in.
    #[must_use]
    pub fn new(rules: &'a SpendRules, owner: impl Fn(&DeviceId) -> Option<&'a UserId>) -> Self {
        let general = [
            (LimitsOf::Server, &rules.server),
            (LimitsOf::Everyone, &rules.everyone),
        ];
        let general = general
            .into_iter()
            .filter(|(_, limits)| !limits.is_silent());
        let general = general.map(|(of, limits)| LevelLimits::of(of, None, limits));
        let users = rules.users.iter();
        let users = users.map(|(id, one)| LevelLimits::of(LimitsOf::User, Some(id), one));
        let devices = rules.devices.iter();
        let devices = devices.map(|(id, one)| LevelLimits::of_device(id, owner(id), one));
        let mut limits: Vec<LevelLimits> = general.chain(users).chain(devices).collect();
        limits.sort_by(|one, other| {
            let key =
                |level: &LevelLimits| (level.of, level.user_id.clone(), level.device_id.clone());
            key(one).cmp(&key(other))
        });
        Self {
            currency: &rules.currency,
            configured: (&rules.configured).into(),
            limits,
        }
    }
}

/// What models cost: the body of `PUT /api/prices`, and the answer to `GET /api/prices`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct Prices {
    /// What money is called, for instance `USD`; 1 to 8 letters or signs.
    currency: String,
    prices: Vec<ModelPrice>,
}

/// What a model costs, in millionths of the currency for a million tokens.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct ModelPrice {
    /// `provider/model`, or `provider/*` for those without a price of their own.
    model: String,
    prompt: u64,
    answer: u64,
}

impl Prices {
    /// What they say; none where that makes no sense.
    #[must_use]
    pub fn read(&self) -> Option<(String, Vec<(ModelId, CorePrice)>)> {
        let currency = self.currency.trim();
        let length = currency.chars().count();
        let odd = |letter: char| letter.is_control() || letter.is_whitespace();
        if !(1..=8).contains(&length) || currency.contains(odd) {
            return None;
        }
        if self.prices.len() > MOST_MODELS {
            return None;
        }
        let mut prices = Vec::new();
        for one in &self.prices {
            if one.prompt > MOST || one.answer > MOST {
                return None;
            }
            let price = CorePrice {
                prompt: one.prompt,
                answer: one.answer,
            };
            prices.push((ModelId::parse(&one.model).ok()?, price));
        }
        Some((currency.to_owned(), prices))
    }
}

impl From<&SpendRules> for Prices {
    fn from(rules: &SpendRules) -> Self {
        let prices = rules.prices.iter().map(|(model, price)| ModelPrice {
            model: model.to_string(),
            prompt: price.prompt,
            answer: price.answer,
        });
        let mut prices: Vec<ModelPrice> = prices.collect();
        prices.sort_by(|one, other| one.model.cmp(&other.model));
        Self {
            currency: rules.currency.clone(),
            prices,
        }
    }
}
