//! Runs one turn: asks the model, keeps and tells what it says, commits the end.

use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};

use futures_util::{FutureExt as _, StreamExt as _};

use super::{
    Inner,
    backlog::Backlog,
    prompt, title,
    turns::{StopReason, Turn},
};
use crate::{
    error::{ErrorCode, Fault, Reason},
    feed::FeedEvent,
    ids::ModelId,
    model::{Message, MessageStatus},
    provider::AnswerEvent,
    store::{AnswerContext, AnswerJournal, FinishedAnswer, Standing, StoreError},
    turn_log::PieceKind,
};

/// The waits between attempts to save the end of an answer: they double up to the last.
const FIRST_WAIT: Duration = Duration::from_millis(50);
const LAST_WAIT: Duration = Duration::from_secs(1);
/// How often it is tried at least when the server goes down, which has about 3 s for it.
const LAST_ATTEMPTS: u32 = 7;

/// How an answer ended, before it is saved.
pub(super) struct Ending {
    pub(super) status: MessageStatus,
    pub(super) model: Option<ModelId>,
    failure: Option<Fault>,
}

impl Ending {
    fn failed(failure: Fault, model: Option<ModelId>) -> Self {
        Self {
            status: MessageStatus::Failed,
            model,
            failure: Some(failure),
        }
    }

    fn stopped(reason: StopReason, model: Option<ModelId>) -> Self {
        let status = match reason {
            StopReason::Person => MessageStatus::Stopped,
            StopReason::Shutdown => MessageStatus::Interrupted,
        };
        Self {
            status,
            model,
            failure: None,
        }
    }
}

/// Lets a turn begin, now or when the one before it in its chat has ended. `context` is what the
/// model is asked with if it begins now, where that was read already.
pub(super) fn enqueue(inner: &Arc<Inner>, turn: Arc<Turn>, context: Option<AnswerContext>) {
    if inner.turns.add(&turn) {
        // Told here and not by its task: nobody hears of the next one before.
        tell_started(inner, &turn, &turn.standing);
        spawn(inner, turn, Begin::Told(context.map(Box::new)));
    } else {
        let waits = FeedEvent::AnswerWaits(turn.answer.clone());
        inner.hub.publish_to(&turn.standing.audience, waits);
    }
}

fn tell_started(inner: &Inner, turn: &Turn, standing: &Standing) {
    let started = FeedEvent::AnswerStarted {
        message: turn.answer.clone(),
        log: Arc::downgrade(&turn.log),
        shown: standing.shown,
    };
    inner.hub.publish_to(&standing.audience, started);
}

/// How a turn begins.
enum Begin {
    /// All who look were told already, and this may have been read for it.
    Told(Option<Box<AnswerContext>>),
    /// It waited, and tells it itself.
    Waited,
}

fn spawn(inner: &Arc<Inner>, turn: Arc<Turn>, begin: Begin) {
    let inner = Arc::clone(inner);
    if inner.draining.is_cancelled() {
        inner.turns.stop(&turn.answer.id, StopReason::Shutdown);
    }
    inner.tasks.clone().spawn(async move {
        let mut writer = LogWriter::new(&inner, &turn);
        let ending = AssertUnwindSafe(write(&inner, &mut writer, begin))
            .catch_unwind()
            .await;
        let journal = writer.journal;
        let ending = ending.unwrap_or_else(|_| {
            tracing::error!(message = %turn.answer.id, "a turn panicked");
            Ending::failed(Fault::internal(), None)
        });
        turn.leave_place();
        let stopped = ending.status == MessageStatus::Stopped;
        let message = save(&inner, &turn, ending, journal).await;
        if stopped {
            tell_unseen(&inner, &turn, &message).await;
        }
        let complete = message.status == MessageStatus::Complete;
        turn.log.finish(Arc::new(message));
        if let Some(next) = inner.turns.finish(&turn) {
            spawn(&inner, next, Begin::Waited);
        }
        if complete && inner.settings.auto_title && !inner.provider.only_guide() {
            title::ask(&inner, &turn).await;
        }
    });
}

/// An answer that was stopped because its chat was deleted has nobody to hear of its end; those who
/// heard of its beginning do.
async fn tell_unseen(inner: &Inner, turn: &Turn, message: &Message) {
    let standing = inner.store.standing(&turn.answer.id).await;
    if standing.is_ok_and(|now| now.audience.is_empty()) {
        let lost = FeedEvent::AnswerLost(message.clone());
        inner.hub.publish_to(&turn.standing.audience, lost);
    }
}

/// Asks the model and writes the log, until the end, an error or a stop.
async fn write(inner: &Inner, writer: &mut LogWriter<'_>, begin: Begin) -> Ending {
    let turn = writer.turn;
    let context = match begin {
        Begin::Told(context) => context,
        Begin::Waited => {
            // Where it stands may have changed while it waited.
            let now = inner.store.standing(&turn.answer.id).await;
            let standing = now.unwrap_or_else(|_| turn.standing.clone());
            tell_started(inner, turn, &standing);
            None
        }
    };
    let ending = tokio::select! {
        biased;
        reason = turn.stopped() => Ending::stopped(reason, None),
        ending = relay(inner, writer, context) => ending,
    };
    writer.tell();
    ending.with_model(writer.model.take())
}

impl Ending {
    fn with_model(mut self, model: Option<ModelId>) -> Self {
        self.model = self.model.or(model);
        self
    }
}

async fn relay(
    inner: &Inner,
    writer: &mut LogWriter<'_>,
    context: Option<Box<AnswerContext>>,
) -> Ending {
    let turn = writer.turn;
    let context = match context {
        Some(context) => Ok(*context),
        None => inner.store.context(&turn.user, &turn.answer).await,
    };
    let request = match context {
        Ok(context) => prompt::request(context, turn.model.clone()),
        Err(error) => return Ending::failed(super::fault_of(error), None),
    };
    let request = match turn.meter.ask(inner, request) {
        Ok(request) => request,
        Err(failure) => return Ending::failed(failure, None),
    };
    let mut stream = match inner.provider.answer(request).await {
        Ok(stream) => stream.fuse(),
        Err(error) => return Ending::failed(error.into(), None),
    };
    let mut backlog = Backlog::default();
    let mut next = stream.next().await;
    while let Some(event) = next.take() {
        let ending = writer.note(event);
        if !backlog.hold() || ending.is_some() {
            writer.tell();
        }
        if let Some(ending) = ending {
            return ending;
        }
        if backlog.is_likely() {
            // Whoever reads the provider's socket gets a turn; then there is more, or there is not.
            tokio::task::yield_now().await;
            next = stream.next().now_or_never().flatten();
            backlog.seen(next.is_some());
        }
        if next.is_none() {
            if backlog.release() {
                writer.tell();
            }
            next = stream.next().await;
        }
    }
    tracing::error!("a provider's stream ended without saying how");
    Ending::failed(Fault::internal(), None)
}

/// Writes a turn's log: what it tells is in the journal first.
struct LogWriter<'a> {
    turn: &'a Turn,
    journal: Box<dyn AnswerJournal>,
    /// Pieces that came and are not told yet.
    held: Vec<(PieceKind, String)>,
    /// Who answers, once that is known.
    model: Option<ModelId>,
}

impl<'a> LogWriter<'a> {
    fn new(inner: &Inner, turn: &'a Turn) -> Self {
        Self {
            turn,
            journal: inner.store.journal(&turn.answer.id),
            held: Vec::new(),
            model: None,
        }
    }

    /// Takes down one event; gives the ending if it is one.
    fn note(&mut self, event: Result<AnswerEvent, crate::ProviderError>) -> Option<Ending> {
        match event {
            Ok(AnswerEvent::Started { model }) => {
                self.turn.log.begin(model.clone());
                self.turn.meter.begun(model.clone());
                self.model = model;
            }
            Ok(AnswerEvent::Text(text)) => self.held.push((PieceKind::Text, text)),
            Ok(AnswerEvent::Reasoning(text)) => self.held.push((PieceKind::Reasoning, text)),
            Ok(AnswerEvent::Usage(usage)) => self.turn.meter.told(usage),
            Ok(AnswerEvent::Finished(_)) => {
                return Some(Ending {
                    status: MessageStatus::Complete,
                    model: None,
                    failure: None,
                });
            }
            Err(error) => return Some(Ending::failed(error.into(), None)),
        }
        None
    }

    /// Keeps what is held, then shows it to the readers of the log.
    fn tell(&mut self) {
        self.journal.keep(&self.held);
        for (kind, text) in self.held.drain(..) {
            self.turn.log.add(kind, &text);
        }
        self.turn.log.wake();
    }
}

/// Commits the end. While the store cannot write, a whole answer waits for it in memory, still
/// running to all who look, however long the disk stays full; its end is told once it is kept.
/// Only a server that goes down gives up, and tells it as failed, text and all.
async fn save(
    inner: &Inner,
    turn: &Turn,
    ending: Ending,
    journal: Box<dyn AnswerJournal>,
) -> Message {
    let (content, reasoning) = turn.log.snapshot();
    let spent = turn.meter.spent(&ending, content.len() + reasoning.len());
    let finished = FinishedAnswer {
        spent: Some(spent),
        message: turn.answer.id.clone(),
        content,
        reasoning,
        status: ending.status,
        model: ending.model,
        failure: ending.failure,
        now: inner.sources.clock.now(),
    };
    let (mut attempt, mut wait) = (1, FIRST_WAIT);
    loop {
        let error = match inner.store.finish(finished.clone()).await {
            Ok(message) => {
                journal.discard();
                return message;
            }
            Err(error) => error,
        };
        tracing::warn!(%error, attempt, "the end of an answer could not be saved");
        let gone = matches!(error, StoreError::NotFound | StoreError::IdTaken);
        let draining = inner.draining.is_cancelled();
        if gone || (draining && attempt >= LAST_ATTEMPTS) {
            break;
        }
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            () = inner.draining.cancelled(), if !draining => {}
        }
        wait = (wait * 2).min(LAST_WAIT);
        attempt += 1;
    }
    let lost = Message {
        content: finished.content,
        reasoning: finished.reasoning,
        status: MessageStatus::Failed,
        model: finished.model,
        failure: Some(Fault::new(
            ErrorCode::ServerError,
            Reason::StoreFailed,
            "the answer could not be saved: the disk may be full or read-only",
        )),
        finished_at: Some(finished.now),
        ..turn.answer.clone()
    };
    let audience = &turn.standing.audience;
    inner
        .hub
        .publish_to(audience, FeedEvent::AnswerLost(lost.clone()));
    lost
}
