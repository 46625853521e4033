//! Measures what answers spend, and asks the rules on behalf of the service: which model may
//! answer, how many answers may run, what a message would cost.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::{ChatService, Inner, faults::fault_of, runner::Ending};
use crate::{
    error::Fault,
    ids::{GenerationId, MessageId, ModelId, UserId},
    model::MessageStatus,
    objective::{Generation, Wish},
    provider::{AnswerRequest, Usage},
    spend::{Asker, Asking, Draft, Estimate, OwnUsage, SpendRules, Spent, Usual, tokens_of},
};

/// What the instruction to make an objective needs, with its schema, in bytes.
const INSTRUCTION: usize = 2_400;

/// More tokens than any answer has.
const MOST_TOKENS: u64 = 1 << 32;

/// Whether a provider can have counted that. Some say nothing but zeros; and one number beyond all
/// measure would overflow the sums of its day, and with them the end of every later answer.
fn is_sensible(told: Usage) -> bool {
    told != Usage::default() && told.prompt_tokens.max(told.completion_tokens) <= MOST_TOKENS
}

/// What a model was asked, and what it says that this took.
#[derive(Default)]
pub(super) struct Bill {
    /// What the question is taken to need, once it was asked.
    asked: Option<u64>,
    /// The model that it was for, if one was named.
    named: Option<ModelId>,
    /// Who answers, once that is known; the guide is nobody.
    pub(super) model: Option<Option<ModelId>>,
    /// What the provider counted.
    pub(super) told: Option<Usage>,
}

impl Bill {
    fn of(request: &AnswerRequest) -> Self {
        Self {
            asked: Some(weight_of(request)),
            named: request.model.clone(),
            ..Self::default()
        }
    }

    /// What so many bytes of an answer took. One that `failed` without any is given back.
    fn spent(&self, by: &Asker, failed: bool, written: usize) -> Spent {
        let model = self.model.as_ref().unwrap_or(&self.named).as_ref();
        let failed = failed && written == 0;
        let told = self.told.filter(|told| is_sensible(*told));
        let (usage, estimated) = match (told, self.asked) {
            (Some(told), _) => (told, false),
            // The guide is no model: it has no tokens.
            (None, Some(prompt_tokens)) if !failed && model.is_some() => {
                let completion_tokens = tokens_of(written as u64, 0);
                let usage = Usage {
                    prompt_tokens,
                    completion_tokens,
                };
                (usage, true)
            }
            (None, _) => (Usage::default(), false),
        };
        Spent {
            by: by.clone(),
            model: model.cloned(),
            counts: self.asked.is_some() && !failed,
            usage,
            estimated,
        }
    }
}

fn lock(bill: &Mutex<Bill>) -> MutexGuard<'_, Bill> {
    bill.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The model to ask. Since the request was accepted the rules may have changed, or the model that
/// it is for.
fn choose(inner: &Inner, by: &Asker, named: Option<ModelId>) -> Result<Option<ModelId>, Fault> {
    let rules = inner.store.spend_rules();
    match rules.guard() {
        true => Ok(rules.choose(by, named, &usual(inner))?),
        false => Ok(named),
    }
}

/// Measures one answer.
pub(super) struct Meter {
    by: Asker,
    /// Bytes that an answer had before it was gone on with.
    had: usize,
    bill: Mutex<Bill>,
}

impl Meter {
    pub(super) fn new(by: Asker, had: usize) -> Self {
        Self {
            by,
            had,
            bill: Mutex::default(),
        }
    }

    /// The request is about to be asked.
    ///
    /// # Errors
    /// A [`Fault`] when no model that is allowed can answer it.
    pub(super) fn ask(
        &self,
        inner: &Inner,
        mut request: AnswerRequest,
    ) -> Result<AnswerRequest, Fault> {
        request.model = choose(inner, &self.by, request.model.take())?;
        *lock(&self.bill) = Bill::of(&request);
        Ok(request)
    }

    /// Somebody begins to answer; nobody is the guide.
    pub(super) fn begun(&self, model: Option<ModelId>) {
        lock(&self.bill).model = Some(model);
    }

    /// The provider tells what it counted.
    pub(super) fn told(&self, usage: Usage) {
        lock(&self.bill).told = Some(usage);
    }

    /// What was spent on an answer that has `bytes` of text at its end.
    pub(super) fn spent(&self, ending: &Ending, bytes: usize) -> Spent {
        let bill = lock(&self.bill);
        let failed = ending.status == MessageStatus::Failed;
        bill.spent(&self.by, failed, bytes.saturating_sub(self.had))
    }

    /// A title is about to be asked for, on the account of whoever asked for the answer.
    ///
    /// # Errors
    /// A [`Fault`] when no model that is allowed can give one.
    pub(super) fn ask_title(
        &self,
        inner: &Inner,
        mut request: AnswerRequest,
    ) -> Result<(AnswerRequest, Bill), Fault> {
        request.model = choose(inner, &self.by, request.model.take())?;
        let bill = Bill::of(&request);
        Ok((request, bill))
    }

    /// Counts what a title of so many bytes took. It is no message of its own.
    pub(super) async fn settle_title(
        &self,
        inner: &Inner,
        answer: &MessageId,
        bill: Bill,
        bytes: usize,
    ) {
        let spent = Spent {
            counts: false,
            ..bill.spent(&self.by, true, bytes)
        };
        if spent.usage != Usage::default() {
            settle(inner, format!("title:{answer}"), spent).await;
        }
    }
}

/// Measures the making of an objective.
pub(super) struct WishMeter {
    by: Asker,
    reservation: String,
    bill: Mutex<Bill>,
}

impl WishMeter {
    /// The model that is to be asked.
    ///
    /// # Errors
    /// A [`Fault`] when no model that is allowed can be.
    pub(super) fn ask(
        &self,
        inner: &Inner,
        named: Option<ModelId>,
    ) -> Result<Option<ModelId>, Fault> {
        let model = choose(inner, &self.by, named)?;
        lock(&self.bill).named.clone_from(&model);
        Ok(model)
    }

    /// One asking took so much.
    pub(super) fn told(&self, model: Option<ModelId>, more: Usage) {
        let mut bill = lock(&self.bill);
        let so_far = bill.told.unwrap_or_default();
        bill.model = Some(model);
        bill.told = Some(Usage {
            prompt_tokens: so_far.prompt_tokens.saturating_add(more.prompt_tokens),
            completion_tokens: so_far
                .completion_tokens
                .saturating_add(more.completion_tokens),
        });
    }

    /// Counts what was spent, and gives back the rest.
    pub(super) async fn settle(self, inner: &Inner, state: &Generation, failed: bool) {
        let spent = lock(&self.bill).spent(&self.by, failed, state.characters);
        settle(inner, self.reservation, spent).await;
    }
}

/// Counts what was spent beside the answers in chats.
async fn settle(inner: &Inner, id: String, spent: Spent) {
    let now = inner.sources.clock.now();
    if let Err(error) = inner.store.settle(id, spent, now).await {
        // What was reserved stays so until the next start settles it.
        tracing::warn!(%error, "what was spent could not be counted");
    }
}

/// What a request is taken to need, in tokens.
pub(super) fn weight_of(request: &AnswerRequest) -> u64 {
    let system = request.system_prompt.as_ref();
    let texts = request.messages.iter().map(|message| &message.content);
    let bytes: usize = texts.chain(system).map(String::len).sum();
    let messages = request.messages.len() + usize::from(system.is_some());
    tokens_of(bytes as u64, messages as u64)
}

/// Who answers where nobody chose a model.
pub(super) fn usual(inner: &Inner) -> Usual {
    match inner.provider.usual_model() {
        Some(model) => Usual::Model(model),
        None if inner.provider.only_guide() => Usual::Guide,
        None => Usual::Unknown,
    }
}

impl ChatService {
    /// What a message would cost, and whether it would be accepted now.
    ///
    /// # Errors
    /// A [`Fault`] when the chat or parent is not visible, or the store fails.
    pub async fn estimate(&self, by: &Asker, draft: Draft) -> Result<Estimate, Fault> {
        let asking = Asking {
            by: by.clone(),
            model: None,
            usual: usual(&self.inner),
        };
        let now = self.inner.sources.clock.now();
        let estimated = self.inner.store.estimate(asking, draft, now);
        estimated.await.map_err(fault_of)
    }

    /// What somebody spent, and may.
    ///
    /// # Errors
    /// A [`Fault`] when the store fails.
    pub async fn own_usage(&self, by: &Asker) -> Result<OwnUsage, Fault> {
        let now = self.inner.sources.clock.now();
        let usage = self.inner.store.own_usage(by, now);
        usage.await.map_err(fault_of)
    }

    /// Reserves for an objective and begins to measure its making.
    pub(super) async fn meter_wish(
        &self,
        by: &Asker,
        id: &GenerationId,
        wish: &Wish,
        rules: &SpendRules,
    ) -> Result<WishMeter, Fault> {
        let tokens = tokens_of((INSTRUCTION + wish.prompt.len()) as u64, 2);
        // Ids of wishes are unlike each other only within one person's.
        let reservation = format!("objective:{}:{id}", by.user);
        if rules.guard() {
            let asking = self.asking(by, None, rules);
            let now = self.inner.sources.clock.now();
            let reserved = self
                .inner
                .store
                .reserve(reservation.clone(), asking, tokens, now);
            reserved.await.map_err(fault_of)?;
        }
        let bill = Bill {
            asked: Some(tokens),
            ..Bill::default()
        };
        Ok(WishMeter {
            by: by.clone(),
            reservation,
            bill: Mutex::new(bill),
        })
    }

    /// The limits and prices now. Cheap.
    #[must_use]
    pub fn spend_rules(&self) -> std::sync::Arc<SpendRules> {
        self.inner.store.spend_rules()
    }

    /// Who asks, with what the store cannot know: looked up only where somebody has a limit.
    pub(super) fn asking(&self, by: &Asker, model: Option<ModelId>, rules: &SpendRules) -> Asking {
        let usual = match rules.guard() {
            true => usual(&self.inner),
            false => Usual::Unknown,
        };
        Asking {
            by: by.clone(),
            model,
            usual,
        }
    }

    /// How many answers one person may have running or waiting; 0 is no limit.
    pub(super) fn running_answers(&self, user: &UserId, rules: &SpendRules) -> usize {
        let limit = rules.running_answers(user);
        limit.map_or(self.inner.settings.running_answers, |limit| limit as usize)
    }
}
