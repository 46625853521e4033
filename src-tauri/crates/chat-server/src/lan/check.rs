//! *Why can't my phone connect?* Goes the way of a phone's request from its end: the switch, the
//! listener, this computer's address, the firewall, and what of the phone arrived. The first hop
//! that fails is the one to mend.

use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use rustls::pki_types::ServerName;
use tokio::{net::TcpStream, time::timeout};
use tokio_rustls::{TlsConnector, client::TlsStream};

use super::{
    AddressKind, Arrival, FirewallState, OwnAddress, Shared, Stage, firewall, own_addresses,
};
use crate::{app::App, pinned};

/// How long this computer may take to answer itself.
const PATIENCE: Duration = Duration::from_secs(3);

/// A part of the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hop {
    /// The switch is on.
    Switch,
    /// The door answers, with our certificate.
    Listening,
    /// This computer has an address in the house.
    Address,
    /// The firewall lets devices in.
    Firewall,
    /// The phone's own request arrives.
    Phone,
}

/// How it stands there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Tried, and it works.
    Good,
    /// It may be this.
    Doubtful,
    /// Tried, and it does not work.
    Bad,
    /// Not tried, since an earlier one fails.
    Untried,
}

/// What was found at a hop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Finding {
    /// Where.
    pub(crate) hop: Hop,
    /// How it stands.
    pub(crate) verdict: Verdict,
    /// Why, as a code for words.
    pub(crate) why: &'static str,
}

/// All that was found.
pub(crate) struct Check {
    /// In the order of the way.
    pub(crate) findings: Vec<Finding>,
    /// The addresses of this computer.
    pub(crate) addresses: Vec<OwnAddress>,
    /// The firewalls that may be there.
    pub(crate) firewalls: Vec<FirewallState>,
    /// Who came, the last first, and whether it was this computer itself.
    pub(crate) arrivals: Vec<(Arrival, bool)>,
}

impl Check {
    /// The first hop that fails, or may.
    pub(crate) fn failing(&self) -> Option<Hop> {
        let fails = |verdict| matches!(verdict, Verdict::Bad | Verdict::Doubtful);
        let mut findings = self.findings.iter();
        let found = findings.find(|finding| fails(finding.verdict));
        found.map(|finding| finding.hop)
    }
}

/// Tries what can be tried from here.
pub(crate) async fn check(app: &App) -> Check {
    let shared = app.lan.shared();
    let addresses = own_addresses();
    let port = shared.as_ref().map_or(super::PORT, |shared| shared.port);
    let firewalls = firewall::firewalls(&addresses, port).await;
    let answers = match &shared {
        None => None,
        Some(shared) => Some(answers(shared, &addresses).await),
    };
    let arrivals = shared.as_ref().map(|shared| shared.arrivals.all());
    let arrivals = arrivals.unwrap_or_default().into_iter();
    let arrivals: Vec<_> = arrivals
        .map(|arrival| {
            let own = app.lan.is_own(arrival.peer);
            (arrival, own)
        })
        .collect();
    let furthest = arrivals.iter().filter(|(_, own)| !own);
    let furthest = furthest.map(|(arrival, _)| arrival.stage).max();
    let findings = judge(answers, &addresses, &firewalls, furthest);
    Check {
        findings,
        addresses,
        firewalls,
        arrivals,
    }
}

/// What to make of what was found; `answers` is none where the switch is off, `furthest` is how far
/// another device came.
fn judge(
    answers: Option<bool>,
    addresses: &[OwnAddress],
    firewalls: &[FirewallState],
    furthest: Option<Stage>,
) -> Vec<Finding> {
    let switch = match answers {
        Some(_) => (Verdict::Good, "on"),
        None => (Verdict::Bad, "off"),
    };
    let listening = match answers {
        Some(true) => (Verdict::Good, "answers"),
        Some(false) => (Verdict::Bad, "silent"),
        None => (Verdict::Untried, "untried"),
    };
    let has = |kind| addresses.iter().any(|own| own.kind == kind);
    let came = furthest.is_some();
    let address = match () {
        () if has(AddressKind::Home) => (Verdict::Good, "home"),
        () if came => (Verdict::Good, "reached"),
        () if has(AddressKind::Unassigned) => (Verdict::Bad, "unassigned"),
        () if has(AddressKind::Public) => (Verdict::Doubtful, "public"),
        () if has(AddressKind::Virtual) => (Verdict::Bad, "virtual"),
        () => (Verdict::Bad, "none"),
    };
    let on = |state: &FirewallState| state.on == Some(true);
    let firewall = match () {
        // Whoever came got through it.
        () if came => (Verdict::Good, "passed"),
        () if firewalls.iter().any(on) => (Verdict::Doubtful, "on"),
        () if firewalls.iter().all(|state| state.on == Some(false)) => (Verdict::Good, "off"),
        () => (Verdict::Doubtful, "unknown"),
    };
    let phone = match furthest {
        _ if answers.is_none() => (Verdict::Untried, "untried"),
        None => (Verdict::Bad, "nothing"),
        Some(Stage::Connected) => (Verdict::Bad, "unfinished"),
        Some(Stage::Plain) => (Verdict::Doubtful, "plain"),
        Some(Stage::Distrusted) => (Verdict::Bad, "distrusted"),
        Some(Stage::Secured) => (Verdict::Doubtful, "secured"),
        Some(Stage::WrongName) => (Verdict::Bad, "wrong_name"),
        Some(Stage::Arrived) => (Verdict::Good, "arrived"),
    };
    [
        (Hop::Switch, switch),
        (Hop::Listening, listening),
        (Hop::Address, address),
        (Hop::Firewall, firewall),
        (Hop::Phone, phone),
    ]
    .map(|(hop, (verdict, why))| Finding { hop, verdict, why })
    .into()
}

/// Whether the door answers this computer itself, at the address that a phone would use, with the
/// certificate that it should show.
async fn answers(shared: &Shared, addresses: &[OwnAddress]) -> bool {
    let address = addresses.first().map(|own| own.address);
    let address = SocketAddr::from((address.unwrap_or(Ipv4Addr::LOCALHOST), shared.port));
    let greeted = timeout(PATIENCE, greet(address, *shared.certificate.fingerprint())).await;
    match greeted {
        Ok(Ok(())) => true,
        Ok(Err(error)) => {
            tracing::warn!(%address, %error, "the shared address does not answer");
            false
        }
        Err(_) => {
            tracing::warn!(%address, "the shared address takes too long to answer");
            false
        }
    }
}

async fn greet(address: SocketAddr, fingerprint: [u8; 32]) -> io::Result<()> {
    connect(address, fingerprint).await.map(drop)
}

/// A connection to `address`, which must show the certificate of this fingerprint.
pub(crate) async fn connect(
    address: SocketAddr,
    fingerprint: [u8; 32],
) -> io::Result<TlsStream<TcpStream>> {
    let config = pinned::client_config(fingerprint).map_err(io::Error::other)?;
    let stream = TcpStream::connect(address).await?;
    let name = ServerName::from(address.ip());
    let connector = TlsConnector::from(Arc::new(config));
    connector.connect(name, stream).await
}

#[cfg(test)]
mod tests {
    use super::{super::Firewall, *};

    fn own(kind: AddressKind) -> OwnAddress {
        OwnAddress {
            interface: "x0".to_owned(),
            address: Ipv4Addr::new(192, 168, 1, 20),
            prefix: 24,
            kind,
        }
    }

    fn wall(on: Option<bool>) -> FirewallState {
        FirewallState {
            firewall: Firewall::Ufw,
            on,
            command: String::new(),
        }
    }

    /// The failing hop, and why.
    fn failing(
        answers: Option<bool>,
        kinds: &[AddressKind],
        wall_on: Option<bool>,
        furthest: Option<Stage>,
    ) -> Option<(Hop, &'static str)> {
        let addresses: Vec<_> = kinds.iter().map(|kind| own(*kind)).collect();
        let check = Check {
            findings: judge(answers, &addresses, &[wall(wall_on)], furthest),
            addresses: Vec::new(),
            firewalls: Vec::new(),
            arrivals: Vec::new(),
        };
        let hop = check.failing()?;
        let finding = check.findings.iter().find(|finding| finding.hop == hop);
        finding.map(|finding| (hop, finding.why))
    }

    #[test]
    fn the_first_hop_that_fails_is_named() {
        use AddressKind::{Home, Public, Unassigned, Virtual};
        let off = Some(false);
        let home = &[Home][..];
        for (what, found, expected) in [
            ("off", failing(None, home, off, None), (Hop::Switch, "off")),
            (
                "a door that does not answer",
                failing(Some(false), home, off, None),
                (Hop::Listening, "silent"),
            ),
            (
                "no network",
                failing(Some(true), &[], off, None),
                (Hop::Address, "none"),
            ),
            (
                "no router's address",
                failing(Some(true), &[Unassigned], off, None),
                (Hop::Address, "unassigned"),
            ),
            (
                "an address of the internet, or of no known network",
                failing(Some(true), &[Public], off, None),
                (Hop::Address, "public"),
            ),
            (
                "only containers",
                failing(Some(true), &[Virtual], off, None),
                (Hop::Address, "virtual"),
            ),
            (
                "nothing arrives, and no firewall here",
                failing(Some(true), home, off, None),
                (Hop::Phone, "nothing"),
            ),
            (
                "nothing arrives, and a firewall is on",
                failing(Some(true), home, Some(true), None),
                (Hop::Firewall, "on"),
            ),
            (
                "nothing arrives, and nobody knows of a firewall",
                failing(Some(true), home, None, None),
                (Hop::Firewall, "unknown"),
            ),
            (
                "the warning was not passed",
                failing(Some(true), home, Some(true), Some(Stage::Distrusted)),
                (Hop::Phone, "distrusted"),
            ),
            (
                "another name",
                failing(Some(true), home, None, Some(Stage::WrongName)),
                (Hop::Phone, "wrong_name"),
            ),
        ] {
            assert_eq!(found, Some(expected), "{what}");
        }
        let there = failing(Some(true), &[Public], off, Some(Stage::Arrived));
        assert_eq!(there, None, "whoever arrived shows that it will do");
        let all_well = failing(Some(true), home, Some(true), Some(Stage::Arrived));
        assert_eq!(all_well, None, "whoever arrived got through the firewall");
    }
}
