//! Keeps what is new in running answers in the history itself, all in one transaction, about every
//! second. Their journals have every word sooner; this is for backups of a server at work, and for
//! an answer whose journal cannot be written.

use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use tokio::time::{MissedTickBehavior, interval};

use super::Inner;
use crate::store::TurnPiece;

/// The pause after a failure: a full disk is not asked, and the log not told, at every tick.
const PAUSE: Duration = Duration::from_millis(500);

pub(super) async fn run(inner: Arc<Inner>) {
    let mut ticks = interval(inner.settings.checkpoint_every);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = inner.closed.cancelled() => return,
            _ = ticks.tick() => keep(&inner).await,
        }
    }
}

pub(super) async fn keep(inner: &Inner) {
    if inner.turns.count() == 0 {
        return;
    }
    let _turn = inner.keeping.lock().await;
    let mut pieces = Vec::new();
    let mut positions = Vec::new();
    for turn in inner.turns.all() {
        let (content, reasoning, to) = turn.log.since(turn.kept());
        if to > turn.kept() {
            pieces.push(TurnPiece {
                message: turn.answer.id.clone(),
                life: turn.answer.revision,
                to,
                content,
                reasoning,
            });
            positions.push((turn, to));
        }
    }
    if pieces.is_empty() {
        return;
    }
    match inner.store.checkpoint(pieces).await {
        Ok(()) => {
            for (turn, to) in positions {
                turn.kept.store(to, Ordering::Relaxed);
            }
        }
        // The text is still in the log: the next tick tries again with more.
        Err(error) => {
            tracing::warn!(%error, "running answers could not be checkpointed");
            tokio::time::sleep(PAUSE).await;
        }
    }
}
