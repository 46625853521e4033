//! What a message would cost, and what somebody spent, as they lie on the wire.

use chat_core::{Estimate as Estimated, ModelId, OwnUsage};
use serde::Serialize;
use ts_rs::TS;

use super::ErrorData;
use crate::{
    http::Spending,
    spelling::{Holder, IsoTime, Period, Quantity, Shown},
};

/// What a message would cost.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(in crate::chat) struct Estimate<'a> {
    /// `provider/model`; null where the guide would answer, or nobody knows before it is asked.
    #[ts(type = "string | null")]
    model: Option<Shown<&'a ModelId>>,
    /// Tokens of the message with its context.
    prompt_tokens: u64,
    /// What an answer is taken to need.
    answer_tokens: u64,
    /// Both, in millionths of the currency; null where no price is known.
    cost: Option<u64>,
    currency: &'a str,
    /// What the message would be answered with now, if it would not be accepted.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    refusal: Option<ErrorData<'a>>,
}

impl<'a> Estimate<'a> {
    /// `refusal` is the estimate's own, as a client hears it.
    pub(in crate::chat) fn new(
        estimated: &'a Estimated,
        refusal: Option<&'a chat_core::Fault>,
    ) -> Self {
        Self {
            model: estimated.model.as_ref().map(Shown),
            prompt_tokens: estimated.prompt_tokens,
            answer_tokens: estimated.answer_tokens,
            cost: estimated.cost,
            currency: &estimated.currency,
            refusal: refusal.map(ErrorData::from),
        }
    }
}

/// What the person spent, and may.
#[derive(Serialize, TS)]
pub(in crate::chat) struct Usage<'a> {
    /// Today, UTC: `2024-01-01`.
    #[ts(type = "string")]
    day: Shown<chat_core::Day>,
    today: Spending,
    month: Spending,
    limits: Vec<Allowance>,
    /// The models that may be asked, `provider/*` being all of a provider; null is all.
    #[ts(type = "Array<string> | null")]
    models: Option<Vec<Shown<&'a ModelId>>>,
    currency: &'a str,
}

impl<'a> From<&'a OwnUsage> for Usage<'a> {
    fn from(usage: &'a OwnUsage) -> Self {
        let models = usage.models.as_ref();
        Self {
            day: Shown(usage.day),
            today: usage.today.into(),
            month: usage.month.into(),
            limits: usage.allowances.iter().map(Allowance::from).collect(),
            models: models.map(|models| models.iter().map(Shown).collect()),
            currency: &usage.currency,
        }
    }
}

/// One limit, and what of it is used up.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(in crate::chat) struct Allowance {
    of: Holder,
    what: Quantity,
    per: Period,
    limit: u64,
    used: u64,
    /// When it begins anew.
    #[ts(type = "string")]
    frees_at: Shown<IsoTime>,
}

impl From<&chat_core::Allowance> for Allowance {
    fn from(one: &chat_core::Allowance) -> Self {
        Self {
            of: one.of.into(),
            what: one.quantity.into(),
            per: one.period.into(),
            limit: one.limit,
            used: one.used,
            frees_at: Shown(IsoTime(one.frees_at)),
        }
    }
}
