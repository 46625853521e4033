//! Takes the time of models: a door before the providers that changes nothing that goes through.

use std::{
    pin::Pin,
    task::{Context, Poll, ready},
    time::Instant,
};

use async_trait::async_trait;
use chat_core::{
    AnswerEvent, AnswerRequest, AnswerStream, DraftEvent, DraftRequest, DraftStream, FoundProvider,
    ModelInfo, ModelProvider, NewProvider, ProviderError, ProviderId, ProviderInfo, Purpose,
};
use futures_util::{Stream, StreamExt as _};
use secrecy::SecretString;

use crate::counters::{self, Outcome, Outcomes};

/// The same providers, watched.
pub(crate) struct Measured<P>(pub(crate) P);

#[async_trait]
impl<P: ModelProvider> ModelProvider for Measured<P> {
    async fn answer(&self, request: AnswerRequest) -> Result<AnswerStream, ProviderError> {
        let purpose = request.purpose;
        timed(purpose, &counters::ANSWERED, self.0.answer(request)).await
    }

    fn draft_objective(&self, request: DraftRequest) -> DraftStream {
        let mut watch = Watch::start(&counters::OBJECTIVES);
        let draft = self.0.draft_objective(request);
        draft
            .inspect(move |event| match event {
                Ok(DraftEvent::Done(_)) => watch.end(Outcome::Complete),
                Ok(_) => {}
                Err(_) => watch.end(Outcome::Failed),
            })
            .boxed()
    }

    fn only_guide(&self) -> bool {
        self.0.only_guide()
    }

    fn usual_model(&self) -> Option<chat_core::ModelId> {
        self.0.usual_model()
    }

    fn providers(&self) -> Vec<ProviderInfo> {
        self.0.providers()
    }

    async fn models(&self) -> (Vec<ModelInfo>, Vec<ProviderError>) {
        self.0.models().await
    }

    async fn find_local(&self) -> Vec<FoundProvider> {
        self.0.find_local().await
    }

    async fn save(&self, provider: NewProvider) -> Result<(), ProviderError> {
        self.0.save(provider).await
    }

    async fn remove(&self, id: &ProviderId) -> Result<(), ProviderError> {
        self.0.remove(id).await
    }

    async fn set_session_key(
        &self,
        id: &ProviderId,
        key: Option<SecretString>,
    ) -> Result<(), ProviderError> {
        self.0.set_session_key(id, key).await
    }

    async fn test(&self, id: &ProviderId) -> Result<Vec<ModelInfo>, ProviderError> {
        self.0.test(id).await
    }
}

/// Takes the time of an answer. A title is none that anybody waits for, nor one that somebody stops.
async fn timed(
    purpose: Purpose,
    outcomes: &'static Outcomes,
    asking: impl Future<Output = Result<AnswerStream, ProviderError>>,
) -> Result<AnswerStream, ProviderError> {
    if purpose != Purpose::Answer {
        return asking.await;
    }
    let mut watch = Watch::start(outcomes);
    let answer = asking.await;
    let answer = answer.inspect_err(|_| watch.end(Outcome::Failed))?;
    let spoken = false;
    Ok(Answer {
        answer,
        watch,
        spoken,
    }
    .boxed())
}

/// A stopwatch. One that is dropped while it runs was stopped by somebody.
struct Watch {
    began: Instant,
    outcomes: Option<&'static Outcomes>,
}

impl Watch {
    fn start(outcomes: &'static Outcomes) -> Self {
        Self {
            began: Instant::now(),
            outcomes: Some(outcomes),
        }
    }

    /// Takes the time, once.
    fn end(&mut self, outcome: Outcome) {
        if let Some(outcomes) = self.outcomes.take() {
            outcomes.of(outcome).since(self.began);
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.end(Outcome::Stopped);
    }
}

/// An answer as it comes, and when.
struct Answer {
    answer: AnswerStream,
    watch: Watch,
    /// Whether its first piece has come.
    spoken: bool,
}

impl Stream for Answer {
    type Item = Result<AnswerEvent, ProviderError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let event = ready!(self.answer.poll_next_unpin(context));
        match &event {
            Some(Ok(AnswerEvent::Text(_) | AnswerEvent::Reasoning(_))) if !self.spoken => {
                self.spoken = true;
                counters::FIRST_WORD.since(self.watch.began);
            }
            Some(Ok(AnswerEvent::Finished(_))) => self.watch.end(Outcome::Complete),
            Some(Err(_)) => self.watch.end(Outcome::Failed),
            _ => {}
        }
        Poll::Ready(event)
    }
}

#[cfg(test)]
mod tests {
    use std::future::pending;

    use futures_util::FutureExt as _;

    use super::*;

    /// How many ended that way.
    fn count(outcomes: &Outcomes, outcome: Outcome) -> String {
        let mut text = String::new();
        outcomes.of(outcome).show(&mut text, "x", "");
        let count = text.lines().find_map(|line| line.strip_prefix("x_count "));
        count.expect("a count").to_owned()
    }

    #[test]
    fn what_is_dropped_before_it_speaks_counts_as_stopped_where_somebody_waited() {
        static OUTCOMES: Outcomes = Outcomes::new();
        for (purpose, stopped) in [(Purpose::Title, "0"), (Purpose::Answer, "1")] {
            let asked = timed(purpose, &OUTCOMES, pending()).now_or_never();
            assert!(asked.is_none(), "nothing answered");
            let counted = count(&OUTCOMES, Outcome::Stopped);
            assert_eq!(counted, stopped, "{purpose:?}");
        }
        for outcome in [Outcome::Complete, Outcome::Failed] {
            assert_eq!(count(&OUTCOMES, outcome), "0", "{outcome:?}");
        }
    }
}
