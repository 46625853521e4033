//! Keeps open connections to what the accounts say now: another process may disable a person,
//! change a role or sign a device out at any time, and a socket that stays open for days must not
//! outlive that. Changes that this process makes are told at once. What is being made for somebody
//! whose account was closed ends too.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    time::Duration,
};

use chat_core::{DeviceId, StoreError, Timestamp, User, UserId};
use tokio::{
    sync::watch,
    time::{MissedTickBehavior, interval},
};

use crate::app::App;

/// How often accounts are read: one query of a small table. Well within the 5 s after which a
/// change must hold on every open socket.
const EVERY: Duration = Duration::from_secs(2);

/// For how long a device that was signed out is looked for among open connections, in
/// milliseconds. They hear of it within seconds; the rest is for a computer that slept.
const REMEMBERED: i64 = 24 * 60 * 60 * 1000;

/// All accounts, as they were read last.
pub(crate) type Accounts = Arc<Standing>;

/// Who may do what, and which devices may no longer.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Standing {
    /// Everyone.
    pub(crate) users: HashMap<UserId, User>,
    /// The devices that were signed out lately.
    pub(crate) revoked: HashSet<DeviceId>,
}

impl Standing {
    /// Whether the account was closed. One that is not listed may be newer than the list.
    pub(crate) fn is_closed(&self, user: &UserId) -> bool {
        self.users.get(user).is_some_and(|user| !user.enabled)
    }

    /// Whether who signed in like that may no longer be here.
    pub(crate) fn shuts_out(&self, user: &UserId, device: Option<&DeviceId>) -> bool {
        self.is_closed(user) || device.is_some_and(|device| self.revoked.contains(device))
    }
}

/// What connections subscribe to; changes only when an account did.
pub(crate) fn channel() -> watch::Sender<Accounts> {
    watch::Sender::new(Accounts::default())
}

/// Reads the accounts until the server goes down.
pub(crate) async fn watch_changes(app: Arc<App>) {
    let mut ticks = interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = app.draining.cancelled() => return,
            _ = ticks.tick() => {}
        }
        // Nobody to tell and nothing to end: let an idle server sleep.
        if app.accounts.receiver_count() == 0 && !app.service.is_busy() {
            continue;
        }
        if let Err(error) = look(&app).await {
            tracing::warn!(%error, "the accounts could not be read");
        }
    }
}

/// Reads the accounts and tells connections if anything changed. Whoever changes an account calls
/// it before they say that it is done.
pub(crate) async fn look(app: &App) -> Result<(), StoreError> {
    let _alone = app.looking.lock().await;
    let since = app.sources.clock.now().0.saturating_sub(REMEMBERED);
    let revoked = app.database.revoked_devices(Timestamp(since)).await?;
    let users = app.database.users().await?.into_iter();
    let now = Standing {
        users: users.map(|user| (user.id.clone(), user)).collect(),
        revoked: revoked.into_iter().collect(),
    };
    app.accounts.send_if_modified(|known| {
        let changed = **known != now;
        if changed {
            *known = Arc::new(now);
        }
        changed
    });
    // Also when nothing changed: an answer may have been accepted while the account was closed.
    let standing = Arc::clone(&app.accounts.borrow());
    app.service.stop_all_of(|user| standing.is_closed(user));
    Ok(())
}
