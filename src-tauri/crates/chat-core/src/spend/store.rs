//! The port to what was spent. Reserving for a message and settling its answer are part of the
//! transactions that accept the one and end the other ([`crate::ChatStore`]); here is the rest.

use std::sync::Arc;

use async_trait::async_trait;

use super::{
    Asker, Asking, Day, Spending, Spent,
    judge::{Period, Quantity},
    rules::SpendRules,
};
use crate::{
    error::Fault,
    ids::{ChatId, MessageId, ModelId},
    sources::Timestamp,
    store::StoreError,
};

/// A message that somebody is writing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Draft {
    /// Where it would go; none is a new chat.
    pub chat: Option<ChatId>,
    /// What it would follow: `None` is the end of the branch shown, `Some(None)` the chat's start.
    pub parent: Option<Option<MessageId>>,
    /// Its length in bytes of UTF-8.
    pub bytes: u64,
}

/// What a message would cost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Estimate {
    /// Who would answer; none where that is the guide, or not known before it is asked.
    pub model: Option<ModelId>,
    /// Tokens of the message with its context.
    pub prompt_tokens: u64,
    /// What an answer is taken to need.
    pub answer_tokens: u64,
    /// What both cost, in millionths of the currency; none where no price is known.
    pub cost: Option<u64>,
    /// What money is called.
    pub currency: String,
    /// What it would be answered with now, where it would not be accepted.
    pub refusal: Option<Fault>,
}

/// Whose limit it is, as somebody sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holder {
    /// All together.
    Server,
    /// They themselves.
    Person,
    /// Their device.
    Device,
}

/// One limit and what of it is used up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allowance {
    /// Whose.
    pub of: Holder,
    /// Of what.
    pub quantity: Quantity,
    /// Since when.
    pub period: Period,
    /// The limit.
    pub limit: u64,
    /// What is used, without what answers that run have reserved.
    pub used: u64,
    /// When it begins anew.
    pub frees_at: Timestamp,
}

/// What somebody spent, and may.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnUsage {
    /// Today.
    pub day: Day,
    /// What they spent today.
    pub today: Spending,
    /// What they spent this month.
    pub month: Spending,
    /// Their limits, their device's and the server's.
    pub allowances: Vec<Allowance>,
    /// The models that they may ask on this device; none is all.
    pub models: Option<Vec<ModelId>>,
    /// What money is called.
    pub currency: String,
}

/// What was spent and may be, in whatever database.
#[async_trait]
pub trait SpendStore: Send + Sync + 'static {
    /// The limits and prices now. Cheap.
    fn spend_rules(&self) -> Arc<SpendRules>;
    /// What a message would cost. A chat or parent that the person does not see is
    /// [`StoreError::NotFound`].
    async fn estimate(
        &self,
        asking: Asking,
        draft: Draft,
        now: Timestamp,
    ) -> Result<Estimate, StoreError>;
    /// What somebody spent, and may.
    async fn own_usage(&self, by: &Asker, now: Timestamp) -> Result<OwnUsage, StoreError>;
    /// Reserves for what is no answer in a chat, under an id of its own.
    ///
    /// # Errors
    /// [`StoreError::Refused`] when a limit is reached.
    async fn reserve(
        &self,
        id: String,
        asking: Asking,
        prompt_tokens: u64,
        now: Timestamp,
    ) -> Result<(), StoreError>;
    /// Counts what was spent, and gives back what was reserved under `id`. A power cut may undo it:
    /// then the sweep at the next start settles what was reserved.
    async fn settle(&self, id: String, spent: Spent, now: Timestamp) -> Result<(), StoreError>;
}
