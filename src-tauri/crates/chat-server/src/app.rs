//! What every route and connection shares.

use std::{
    net::{IpAddr, SocketAddr},
    sync::{Arc, PoisonError, RwLock},
};

use chat_core::{
    ChatService, Device, DeviceId, ErrorCode, Fault, Reason, Sources, Timestamp, User,
};
use chat_store::Database;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    auth::{Bearer, KeySet, Oidc, Pairings, Passwords, SignInCodes, TokenError, Tokens},
    config::Config,
    foreign_users,
    lan::Lan,
    limits::RateLimits,
};

/// How often it is kept that a device is in use, in milliseconds.
const SEEN_EVERY: i64 = 60 * 1000;

/// Who asks, and on which device.
#[derive(Debug, Clone)]
pub(crate) struct SignedIn {
    /// The person.
    pub(crate) user: User,
    /// The device; none with a token of the command line or of another system.
    pub(crate) device: Option<DeviceId>,
}

/// A network address as it is kept and shown.
pub(crate) fn place(peer: IpAddr) -> String {
    peer.to_canonical().to_string()
}

/// The parts of a running server.
pub(crate) struct App {
    pub(crate) config: Config,
    pub(crate) service: ChatService,
    pub(crate) database: Arc<Database>,
    pub(crate) sources: Sources,
    pub(crate) tokens: Tokens,
    /// The keys of another system that has its own users.
    pub(crate) keys: Option<KeySet>,
    /// The provider that people sign in through.
    pub(crate) oidc: Option<Oidc>,
    pub(crate) passwords: Passwords,
    pub(crate) codes: SignInCodes,
    /// Devices that are being let in.
    pub(crate) pairings: Pairings,
    /// The door of the local network.
    pub(crate) lan: Lan,
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
    /// One look at the accounts at a time, so that an older one never overwrites a newer.
    pub(crate) looking: tokio::sync::Mutex<()>,
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

    /// Who a token speaks for: verified, known and enabled, on a device that is still signed in.
    /// `peer` is where they are.
    ///
    /// # Errors
    /// A [`Fault`] to try again on, when the store cannot say: a good token is not to be forgotten
    /// because the disk was slow for a moment.
    pub(crate) async fn authenticate(
        &self,
        token: &str,
        peer: IpAddr,
    ) -> Result<Option<SignedIn>, Fault> {
        let now = self.sources.clock.now();
        let bearer = match &self.keys {
            Some(keys) if KeySet::is_for(token) => self.foreigner(keys, token, now).await,
            _ => self.tokens.verify(token, now),
        };
        let Bearer { user, device } = match bearer {
            Ok(bearer) => bearer,
            Err(error) => {
                tracing::debug!(%error, "a token was refused");
                return Ok(None);
            }
        };
        match self.database.signed_in(&user, device.as_ref(), now).await {
            Ok(found) => Ok(found.map(|(user, device)| {
                let device = device.map(|device| {
                    self.note_seen(&device, peer, now);
                    device.id
                });
                SignedIn { user, device }
            })),
            Err(error) => {
                tracing::error!(%error, "a user could not be read");
                let words = "the server cannot look up who you are just now; please try again";
                let fault = Fault::new(ErrorCode::ServerError, Reason::StoreFailed, words);
                Err(fault.retry_after(1_000))
            }
        }
    }

    /// Whose account here a token of the other system means.
    async fn foreigner(
        &self,
        keys: &KeySet,
        token: &str,
        now: Timestamp,
    ) -> Result<Bearer, TokenError> {
        let foreigner = keys.verify(token, now).await?;
        let users = self.config.auth.users;
        let found = foreign_users::find(&self.database, &self.sources, users, &foreigner).await;
        let user = found.ok_or(TokenError::Claim("sub"))?;
        Ok(Bearer { user, device: None })
    }

    /// Keeps where and when a device was seen, beside what it asked for and not at every step.
    fn note_seen(&self, device: &Device, peer: IpAddr, now: Timestamp) {
        let address = place(peer);
        let recent = now.0.saturating_sub(device.used_at.0) < SEEN_EVERY;
        if recent && device.address == address {
            return;
        }
        let (database, id) = (Arc::clone(&self.database), device.id.clone());
        self.tasks.spawn(async move {
            if let Err(error) = database.device_seen(&id, address, now).await {
                tracing::warn!(%error, "it could not be kept when a device was seen");
            }
        });
    }
}
