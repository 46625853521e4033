//! What every route and connection shares.

use std::{
    net::SocketAddr,
    sync::{Arc, PoisonError, RwLock},
};

use chat_core::{ChatService, Sources, User};
use chat_store::Database;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    auth::{Passwords, SignInCodes, Tokens},
    config::Config,
    limits::RateLimits,
};

/// The parts of a running server.
pub(crate) struct App {
    pub(crate) config: Config,
    pub(crate) service: ChatService,
    pub(crate) database: Arc<Database>,
    pub(crate) sources: Sources,
    pub(crate) tokens: Tokens,
    pub(crate) passwords: Passwords,
    pub(crate) codes: SignInCodes,
    pub(crate) limits: RateLimits,
    /// Addresses that are listened on now.
    pub(crate) bound: RwLock<Vec<SocketAddr>>,
    /// Owns listeners and connections.
    pub(crate) tasks: TaskTracker,
    /// Cancelled first: nothing new is accepted, clients are told.
    pub(crate) draining: CancellationToken,
    /// Cancelled once all answers are saved: connections say what is left and close.
    pub(crate) closing: CancellationToken,
    /// What connections hear of accounts that changed.
    pub(crate) accounts: tokio::sync::watch::Sender<crate::accounts::Accounts>,
    /// Open WebSocket connections.
    pub(crate) connections: std::sync::atomic::AtomicUsize,
}

impl App {
    /// The addresses listened on now.
    pub(crate) fn bound(&self) -> Vec<SocketAddr> {
        self.bound
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Who a token speaks for: verified, known and enabled.
    pub(crate) async fn authenticate(&self, token: &str) -> Option<User> {
        let id = match self.tokens.verify(token, self.sources.clock.now()) {
            Ok(id) => id,
            Err(error) => {
                tracing::debug!(%error, "a token was refused");
                return None;
            }
        };
        match self.database.user(&id).await {
            Ok(user) => user.filter(|user| user.enabled),
            Err(error) => {
                tracing::error!(%error, "a user could not be read");
                None
            }
        }
    }
}
