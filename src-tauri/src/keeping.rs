//! A sign-in on its way into the list of servers: first into the keyring, which may ask a person to
//! unlock it and so take its time. Whoever gives up meanwhile keeps nothing: the keyring is as it was,
//! and the server hears that this device leaves.

use std::sync::Arc;

use tokio::sync::OwnedMutexGuard;

use crate::{
    attempt::Attempt,
    errors::{Code, HostError},
    remote::Remote,
};

/// A sign-in that the keyring has, as far as there is one, and the list not yet.
pub(crate) struct Kept {
    /// The sign-in.
    pub(crate) remote: Arc<Remote>,
    /// What the keyring had in its place.
    before: Option<Arc<Remote>>,
    /// Nobody else keeps anything until this is in the list or undone.
    turn: OwnedMutexGuard<()>,
}

/// Keeps `remote` in place of the sign-in `before`, unless `attempt` is given up meanwhile. Who waits
/// for it hears of that at once; what is to be undone is undone behind them.
pub(crate) async fn keep(
    mut remote: Remote,
    before: Option<Arc<Remote>>,
    attempt: &Attempt,
    turn: OwnedMutexGuard<()>,
) -> Result<Kept, HostError> {
    let mut keeping = tokio::spawn(async move {
        remote.keep().await;
        Kept {
            remote: Arc::new(remote),
            before,
            turn,
        }
    });
    tokio::select! {
        kept = &mut keeping => {
            let kept = kept.map_err(|_| cancelled())?;
            if attempt.conclude() {
                return Ok(kept);
            }
            tokio::spawn(kept.undo());
        }
        () = attempt.given_up() => {
            tokio::spawn(async move {
                if let Ok(kept) = keeping.await {
                    kept.undo().await;
                }
            });
        }
    }
    Err(cancelled())
}

impl Kept {
    /// Leaves nothing of it: not at the server, as far as that can be reached, and not in the keyring.
    pub(crate) async fn undo(self) {
        // First: a token that is fetched for it is kept.
        self.remote.sign_out().await;
        let undone = match &self.before {
            Some(before) if before.is_kept() => before.keep_again().await,
            _ => self.remote.forget().await,
        };
        if let Err(error) = undone {
            tracing::warn!(%error, "the keyring still has a sign-in that nobody wants");
        }
        drop(self.turn);
    }
}

fn cancelled() -> HostError {
    HostError::new(Code::Cancelled, "the sign-in was cancelled")
}

#[cfg(test)]
#[path = "keeping_tests.rs"]
mod tests;
