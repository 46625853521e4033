//! A model provider that follows a script, and writes down what it sent. Each request gets words
//! that no other gets: `t4.7` is the eighth word of the fifth request, `r4.0` the beginning of its
//! reasoning. So any text shows where it is from, and whether anything is missing in it.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use chat_core::{
    AnswerEvent, AnswerRequest, AnswerStream, DraftRequest, DraftStream, FinishReason,
    FoundProvider, ModelId, ModelInfo, ModelProvider, ProviderError, ProviderId, ProviderInfo,
    ProviderProblem, Role,
};
use futures_util::{StreamExt as _, stream};
use tokio::time::{Instant, sleep};

use crate::dice::Dice;

/// What the provider did about one request.
#[derive(Debug, Clone, Default)]
pub(crate) struct Told {
    /// The person's message that it is to answer.
    pub(crate) question: String,
    /// Words of the answer that left, each with the moment in its process's time.
    pub(crate) words: Vec<Duration>,
    pub(crate) thoughts: usize,
    /// Whether it said everything it wanted to.
    pub(crate) finished: bool,
    /// The life of the server that asked.
    pub(crate) life: usize,
}

/// What all requests got, oldest first; outlives the server.
#[derive(Clone, Default)]
pub(crate) struct Ledger(Arc<Mutex<Vec<Told>>>);

impl Ledger {
    pub(crate) fn read(&self) -> MutexGuard<'_, Vec<Told>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note(&self, request: usize, change: impl FnOnce(&mut Told)) {
        change(&mut self.read()[request]);
    }
}

/// The provider of one life of the server.
pub(crate) struct Scripted {
    pub(crate) ledger: Ledger,
    pub(crate) seed: u64,
    pub(crate) life: usize,
    pub(crate) born: Instant,
}

enum Cue {
    Started,
    Thought(usize),
    Word(usize),
    Fail,
    Finish,
}

/// What one request will get, decided by its number.
fn script(dice: &mut Dice) -> Vec<Cue> {
    let mut cues = vec![Cue::Started];
    if dice.once_in(3) {
        let thoughts = usize::try_from(dice.below(5)).unwrap_or_default();
        cues.extend((0..thoughts).map(Cue::Thought));
    }
    let words = usize::try_from(dice.below(30)).unwrap_or_default();
    cues.extend((0..words).map(Cue::Word));
    cues.push(if dice.once_in(6) {
        Cue::Fail
    } else {
        Cue::Finish
    });
    cues
}

fn failure() -> ProviderError {
    ProviderError {
        problem: ProviderProblem::CutOff,
        message: "the script says so".to_owned(),
        retry_after_ms: None,
    }
}

/// The person's message at the end of what is asked; going on with an answer is asked by words of
/// the server's own after it.
fn question(request: &AnswerRequest) -> String {
    let said = request.messages.iter().rev();
    let mut said = said.filter(|message| message.role == Role::User);
    let of_person = said.find(|message| message.content.starts_with("say "));
    of_person
        .map(|message| message.content.clone())
        .unwrap_or_default()
}

#[async_trait]
impl ModelProvider for Scripted {
    async fn answer(&self, request: AnswerRequest) -> Result<AnswerStream, ProviderError> {
        let number = {
            let mut told = self.ledger.read();
            told.push(Told {
                question: question(&request),
                life: self.life,
                ..Told::default()
            });
            told.len() - 1
        };
        let mut dice = Dice::new(self.seed ^ (number as u64) << 20);
        if dice.once_in(12) {
            return Err(failure());
        }
        let pace = *dice.one_of(&[0, 0, 1, 7, 40]);
        let (ledger, born) = (self.ledger.clone(), self.born);
        let cues = stream::iter(script(&mut dice));
        let events = cues.then(move |cue| {
            let ledger = ledger.clone();
            let rest = dice.below(2 * pace + 1);
            async move {
                if rest > 0 {
                    sleep(Duration::from_millis(rest)).await;
                }
                let now = born.elapsed();
                match cue {
                    Cue::Started => Ok(AnswerEvent::Started { model: None }),
                    Cue::Thought(index) => {
                        ledger.note(number, |told| told.thoughts += 1);
                        Ok(AnswerEvent::Reasoning(format!("r{number}.{index} ")))
                    }
                    Cue::Word(index) => {
                        ledger.note(number, |told| told.words.push(now));
                        Ok(AnswerEvent::Text(format!("t{number}.{index} ")))
                    }
                    Cue::Fail => Err(failure()),
                    Cue::Finish => {
                        ledger.note(number, |told| told.finished = true);
                        Ok(AnswerEvent::Finished(FinishReason::Stop))
                    }
                }
            }
        });
        Ok(events.boxed())
    }

    fn draft_objective(&self, _: DraftRequest) -> DraftStream {
        stream::once(async { Err(failure()) }).boxed()
    }

    fn only_guide(&self) -> bool {
        false
    }

    fn usual_model(&self) -> Option<ModelId> {
        None
    }

    fn providers(&self) -> Vec<ProviderInfo> {
        Vec::new()
    }

    async fn models(&self) -> (Vec<ModelInfo>, Vec<ProviderError>) {
        (Vec::new(), Vec::new())
    }

    async fn find_local(&self) -> Vec<FoundProvider> {
        Vec::new()
    }

    async fn save(&self, _: chat_core::NewProvider) -> Result<(), ProviderError> {
        Err(failure())
    }

    async fn remove(&self, _: &ProviderId) -> Result<(), ProviderError> {
        Err(failure())
    }

    async fn set_session_key(
        &self,
        _: &ProviderId,
        _: Option<chat_core::Token>,
    ) -> Result<(), ProviderError> {
        Err(failure())
    }

    async fn test(&self, _: &ProviderId) -> Result<Vec<ModelInfo>, ProviderError> {
        Err(failure())
    }
}
