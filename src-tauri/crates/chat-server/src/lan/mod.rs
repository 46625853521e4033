//! Sharing on the local network: one switch, off until somebody turns it on. While it is on, one more
//! door is open on all interfaces, with TLS by this computer's own certificate, and announced by
//! mDNS. Whether it is on, and at which port, is kept: a phone that was let in finds the same
//! address after a restart. It is kept for this database alone: a backup that is put in its place, on
//! this computer or another, opens nothing. Who is let in is decided by pairing (`auth/pairing.rs`).

mod addresses;
mod announcement;
mod arrivals;
mod certificate;
mod check;
mod firewall;

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex, PoisonError},
};

use chat_core::{Actor, AuditAction, StoreError};
use tokio::net::TcpListener;

#[cfg(test)]
pub(crate) use self::check::connect;
use self::{addresses::KnownAddresses, announcement::Announcement, certificate::Certificate};
pub(crate) use self::{
    addresses::{AddressKind, OwnAddress, own_addresses},
    arrivals::{Arrival, Arrivals, Stage},
    certificate::CertificateError,
    check::{Hop, Verdict, check},
    firewall::{Firewall, FirewallState},
};
use crate::{
    app::App,
    http::{self, Door, Security, Way},
};

/// The port where nobody chose one.
pub(crate) const PORT: u16 = 3000;

/// As many are tried in a row.
const TRIED: u16 = 20;

/// The names under which the switch is kept: while it is on, the first has the epoch of the database,
/// which another backup in its place does not have.
const KEPT_OPEN: &str = "lan.open";
const KEPT_PORT: &str = "lan.port";

/// Why nothing is shared.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LanError {
    /// No port could be had.
    #[error("none of the ports from {0} on can be listened on")]
    NoPort(u16, #[source] std::io::Error),
    /// There is no certificate to show.
    #[error("there is no certificate")]
    Certificate(#[source] CertificateError),
    /// The switch could not be kept.
    #[error("the switch cannot be kept")]
    Store(#[source] StoreError),
}

/// The switch, and what it opened.
#[derive(Default)]
pub(crate) struct Lan {
    open: Mutex<Option<Open>>,
    /// One turn of the switch at a time.
    turning: tokio::sync::Mutex<()>,
    addresses: KnownAddresses,
}

struct Open {
    port: u16,
    door: Door,
    certificate: Arc<Certificate>,
    arrivals: Arc<Arrivals>,
    /// None where the system lets nobody announce.
    announcement: Option<Announcement>,
}

/// What is shared, for people.
#[derive(Clone)]
pub(crate) struct Shared {
    /// The port.
    pub(crate) port: u16,
    /// What it shows.
    pub(crate) certificate: Arc<Certificate>,
    /// Who came.
    pub(crate) arrivals: Arc<Arrivals>,
    /// Whether others can find it by its name.
    pub(crate) announced: bool,
}

impl Lan {
    /// What is shared now, if anything is.
    pub(crate) fn shared(&self) -> Option<Shared> {
        let open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.as_ref().map(|open| Shared {
            port: open.port,
            certificate: Arc::clone(&open.certificate),
            arrivals: Arc::clone(&open.arrivals),
            announced: open.announcement.is_some(),
        })
    }

    /// Whether `host`, without a port, is a name of this computer in the local network: one of its
    /// addresses, or the name that is announced.
    pub(crate) fn answers_to(&self, host: &str) -> bool {
        match host.parse::<IpAddr>() {
            Ok(address) => self.addresses.has(address),
            Err(_) => self
                .shared()
                .is_some_and(|shared| host.trim_end_matches('.') == shared.certificate.name),
        }
    }

    /// Whether `peer` is this computer itself.
    pub(crate) fn is_own(&self, peer: IpAddr) -> bool {
        peer.is_loopback() || self.addresses.has(peer)
    }

    /// Notes how far a request came.
    pub(crate) fn note(&self, peer: IpAddr, stage: Stage) {
        if let Some(shared) = self.shared() {
            shared.arrivals.note(peer, stage);
        }
    }

    /// Says good-bye to the network when the server ends; its end shuts the door itself.
    pub(crate) fn stop_announcing(&self) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(open) = open.as_mut() {
            open.announcement = None;
        }
    }

    /// Lets go of what is open; the switch stays as it is kept.
    fn shut(&self) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(open) = open.take() {
            open.door.shut();
        }
    }
}

/// Opens the door as it was when the server ended. A failure is told in the log, and stops nothing.
pub(crate) async fn resume(app: &Arc<App>) {
    let kept = app.database.server_setting(KEPT_OPEN).await;
    if !matches!(&kept, Ok(Some(epoch)) if epoch == app.service.epoch()) {
        return;
    }
    if let Err(error) = open(app, None, None).await {
        let error = &error as &dyn std::error::Error;
        tracing::error!(
            error,
            "this computer is not shared on the local network again"
        );
    }
}

/// Shares this server on the local network, at `port`, else at the one it had, else at 3000, or the
/// next that is free; port 0 takes any. Nothing happens where it is shared already. `by` is who turned
/// the switch; none where the server opens what was open.
pub(crate) async fn open(
    app: &Arc<App>,
    port: Option<u16>,
    by: Option<Actor>,
) -> Result<Shared, LanError> {
    let _alone = app.lan.turning.lock().await;
    if let Some(shared) = app.lan.shared() {
        return Ok(shared);
    }
    let certificate = certificate(app).await?;
    let kept = app.database.server_setting(KEPT_PORT).await;
    let kept = kept.map_err(LanError::Store)?;
    let kept = kept.and_then(|port| port.parse().ok());
    let (listener, port) = listen(port.or(kept).unwrap_or(PORT)).await?;
    // The note comes first: without it nothing is kept that the next start would open.
    if let Some(by) = by {
        let noted = note(app, by, AuditAction::LanOpened, port.to_string()).await;
        noted.map_err(LanError::Store)?;
    }
    keep(app, Some(port)).await?;
    let arrivals = Arc::new(Arrivals::new(app.sources.clone()));
    let security = Security {
        config: Arc::clone(&certificate.config),
        arrivals: Some(Arc::clone(&arrivals)),
    };
    let door = Door::new(app);
    http::serve(app, listener, &door, Way::Lan, Some(security));
    let announced = Announcement::begin(&app.config.server.name, &certificate.name, port);
    let announcement = announced
        .inspect_err(|error| tracing::warn!(%error, "nothing is announced by mDNS"))
        .ok();
    tracing::info!(port, name = certificate.name, "shared on the local network");
    let opened = Open {
        port,
        door,
        certificate,
        arrivals,
        announcement,
    };
    let mut open = app.lan.open.lock().unwrap_or_else(PoisonError::into_inner);
    *open = Some(opened);
    drop(open);
    app.lan
        .shared()
        .ok_or_else(|| LanError::NoPort(port, std::io::ErrorKind::Interrupted.into()))
}

/// Shares nothing any more, and ends the connections that came in that way: idle ones at once,
/// requests once they are answered, WebSockets with 1001.
pub(crate) async fn close(app: &Arc<App>, by: Actor) -> Result<(), LanError> {
    let _alone = app.lan.turning.lock().await;
    let was_open = app.lan.shared().is_some();
    app.lan.shut();
    keep(app, None).await?;
    if was_open {
        tracing::info!("not shared on the local network any more");
        // It is shut: to say otherwise for a missing note would be wrong.
        if let Err(error) = note(app, by, AuditAction::LanClosed, String::new()).await {
            let error = &error as &dyn std::error::Error;
            tracing::error!(error, "the end of sharing could not be noted");
        }
    }
    Ok(())
}

/// Keeps that it is shared at that port, or that it is not.
async fn keep(app: &App, open: Option<u16>) -> Result<(), LanError> {
    let database = &app.database;
    if let Some(port) = open {
        let port = port.to_string();
        let kept = database.set_server_setting(KEPT_PORT, &port).await;
        kept.map_err(LanError::Store)?;
    }
    let epoch = open.map_or("", |_| app.service.epoch());
    let kept = database.set_server_setting(KEPT_OPEN, epoch).await;
    kept.map_err(LanError::Store)
}

async fn note(app: &App, by: Actor, what: AuditAction, detail: String) -> Result<(), StoreError> {
    app.database.note(by, what, None, detail).await
}

async fn certificate(app: &App) -> Result<Arc<Certificate>, LanError> {
    let (data_dir, now) = (app.config.data_dir.clone(), app.sources.clock.now());
    let made = tokio::task::spawn_blocking(move || {
        let own: Vec<IpAddr> = own_addresses()
            .into_iter()
            .map(|own| own.address.into())
            .collect();
        Certificate::kept(&data_dir, &own, now)
    });
    let made = made.await.map_err(|error| {
        let cause = std::io::Error::other(error);
        let path = app.config.data_dir.clone();
        LanError::Certificate(CertificateError::File { path, cause })
    })?;
    made.map(Arc::new).map_err(LanError::Certificate)
}

async fn listen(wanted: u16) -> Result<(TcpListener, u16), LanError> {
    let tried = if wanted == 0 { 1 } else { TRIED };
    let mut failed = std::io::ErrorKind::AddrNotAvailable.into();
    for port in (0..tried).filter_map(|more| wanted.checked_add(more)) {
        let address = SocketAddr::from((Ipv4Addr::UNSPECIFIED, port));
        let bound = TcpListener::bind(address).await;
        match bound.and_then(|listener| Ok((listener.local_addr()?.port(), listener))) {
            Ok((port, listener)) => return Ok((listener, port)),
            Err(error) => failed = error,
        }
    }
    Err(LanError::NoPort(wanted, failed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_usual_port_is_3000_and_one_that_is_taken_is_passed_over() {
        assert_eq!(PORT, 3000);
        let anywhere = SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0));
        let taken = TcpListener::bind(anywhere).await.expect("a free port");
        let wanted = taken.local_addr().expect("its address").port();
        let (listener, port) = listen(wanted).await.expect("one of the next");
        let next = wanted + 1..wanted.saturating_add(TRIED);
        assert!(next.contains(&port), "{port} after {wanted}");
        let shown = listener.local_addr().expect("its address").port();
        assert_eq!(port, shown, "what is told is where it listens");
        drop(taken);
        let (_, port) = listen(wanted).await.expect("free again");
        assert!(
            (wanted..wanted.saturating_add(TRIED)).contains(&port),
            "{port}"
        );
    }
}
