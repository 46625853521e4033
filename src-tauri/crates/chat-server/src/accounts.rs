//! Keeps open connections to what the accounts say now: another process may disable a person or
//! change a role at any time, and a socket that stays open for days must not outlive that.

use std::{collections::HashMap, sync::Arc, time::Duration};

use chat_core::{User, UserId};
use tokio::{
    sync::watch,
    time::{MissedTickBehavior, interval},
};

use crate::app::App;

/// How often accounts are read: one query of a small table. Well within the 5 s after which a
/// change must hold on every open socket.
const EVERY: Duration = Duration::from_secs(2);

/// All accounts, as they were read last.
pub(crate) type Accounts = Arc<HashMap<UserId, User>>;

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
        // Nobody to tell: let an idle server sleep.
        if app.accounts.receiver_count() == 0 {
            continue;
        }
        match app.database.users().await {
            Ok(users) => {
                let now: HashMap<_, _> = users
                    .into_iter()
                    .map(|user| (user.id.clone(), user))
                    .collect();
                app.accounts.send_if_modified(|known| {
                    let changed = **known != now;
                    if changed {
                        *known = Arc::new(now);
                    }
                    changed
                });
            }
            Err(error) => tracing::warn!(%error, "the accounts could not be read"),
        }
    }
}
