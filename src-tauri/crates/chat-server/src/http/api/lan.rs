//! The switch of the local network and its diagnosis, for whoever sits at the computer.

use std::{net::SocketAddr, sync::Arc};

use axum::{
    extract::{FromRequestParts, Request, State},
    http::{StatusCode, request::Parts},
    response::Response,
};
use chat_core::{Fault, Reason};
use chat_protocol::http::{
    ChangeLan, LanAddress, LanAddressKind, LanArrival, LanCheck, LanFinding, LanFirewall,
    LanFirewallName, LanHop, LanInfo, LanStage, LanVerdict, Problem, SharedInfo,
};

use super::{Caller, Manager, body, conflict, forbidden, private, told};
use crate::{
    app::{App, place},
    http::{Entrance, Proxied, Way, guard},
    lan::{
        self, AddressKind, Firewall, Hop, LanError, OwnAddress, Shared, Stage, Verdict,
        own_addresses,
    },
};

/// Somebody who manages others and sits at this computer: what opens it to others is never done
/// from there. A proxy beside the server has this computer's address too, so what was passed on
/// and what is for another name comes from elsewhere.
pub(super) struct AtComputer(pub(super) Caller);

impl FromRequestParts<Arc<App>> for AtComputer {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Response> {
        let Manager(caller) = Manager::from_request_parts(parts, app).await?;
        let entrance = parts.extensions.get::<Entrance>();
        let by_lan = entrance.is_none_or(|entrance| entrance.way == Way::Lan);
        let passed_on = parts.extensions.get::<Proxied>().is_some();
        let here = caller.peer.to_canonical().is_loopback()
            && guard::names_loopback(&parts.headers, &parts.uri);
        if by_lan || passed_on || !here {
            return Err(forbidden(
                "this is done at the computer itself, where Parlor runs, by http://localhost or a \
                 loopback address, without a proxy between",
            ));
        }
        Ok(Self(caller))
    }
}

/// Whether and how this computer is shared.
pub(super) async fn state(State(app): State<Arc<App>>, _: AtComputer) -> Response {
    private(&info(app.lan.shared()))
}

/// Turns the switch.
pub(super) async fn turn(
    State(app): State<Arc<App>>,
    AtComputer(caller): AtComputer,
    request: Request,
) -> Result<Response, Response> {
    let asked: ChangeLan = body(request).await?;
    let by = caller.actor(&app);
    let shared = if asked.open {
        Some(
            lan::open(&app, asked.port, Some(by))
                .await
                .map_err(|error| failed(&error))?,
        )
    } else {
        lan::close(&app, by).await.map_err(|error| failed(&error))?;
        None
    };
    Ok(private(&info(shared)))
}

/// Why a phone cannot connect.
pub(super) async fn check(State(app): State<Arc<App>>, _: AtComputer) -> Response {
    let found = lan::check(&app).await;
    let port = app.lan.shared().map_or(lan::PORT, |shared| shared.port);
    let failing = found.failing().map(hop);
    let hops = found.findings.iter().map(|finding| LanFinding {
        hop: hop(finding.hop),
        verdict: verdict(finding.verdict),
        why: finding.why,
    });
    let firewalls = found.firewalls.into_iter().map(|state| LanFirewall {
        name: firewall(state.firewall),
        on: state.on,
        command: state.command,
    });
    let arrivals = found.arrivals.iter().map(|(arrival, own)| {
        let address = place(arrival.peer);
        LanArrival::new(address, stage(arrival.stage), arrival.at, *own)
    });
    private(&LanCheck {
        failing,
        hops: hops.collect(),
        addresses: addresses(&found.addresses, port),
        firewalls: firewalls.collect(),
        arrivals: arrivals.collect(),
    })
}

/// The addresses of `shared` with what a pairing or another Parlor needs in their fragment, the
/// likeliest first.
pub(super) fn links(shared: &Shared, code: Option<&str>) -> Vec<String> {
    let pin = shared.certificate.link_fingerprint();
    let code = code.map_or_else(String::new, |code| format!("pair={code}&"));
    let own = own_addresses();
    let urls = addresses(&own, shared.port).into_iter();
    let useful = urls.filter(|address| address.kind != LanAddressKind::Unassigned);
    useful
        .map(|address| format!("{}/#{code}sha256={pin}", address.url))
        .collect()
}

fn info(shared: Option<Shared>) -> LanInfo {
    let shared = shared.map(|shared| {
        let link = links(&shared, None).into_iter().next();
        let certificate = &shared.certificate;
        let named = format!("https://{}:{}", certificate.name, shared.port);
        SharedInfo {
            port: shared.port,
            addresses: addresses(&own_addresses(), shared.port),
            named: shared.announced.then_some(named),
            fingerprint: certificate.shown_fingerprint(),
            link: link.unwrap_or_default(),
        }
    });
    LanInfo {
        open: shared.is_some(),
        shared,
    }
}

fn addresses(own: &[OwnAddress], port: u16) -> Vec<LanAddress> {
    let shown = own.iter().map(|own| LanAddress {
        url: format!("https://{}", SocketAddr::from((own.address, port))),
        interface: own.interface.clone(),
        kind: match own.kind {
            AddressKind::Home => LanAddressKind::Home,
            AddressKind::Virtual => LanAddressKind::Virtual,
            AddressKind::Unassigned => LanAddressKind::Unassigned,
            AddressKind::Public => LanAddressKind::Public,
        },
    });
    shown.collect()
}

fn failed(error: &LanError) -> Response {
    tracing::error!(
        error = error as &dyn std::error::Error,
        "the local network's switch could not be turned"
    );
    match error {
        LanError::NoPort(..) => conflict(
            Problem::NoPort,
            "none of the ports can be listened on; choose another",
        ),
        LanError::Certificate(cause) => {
            let fault = Fault::invalid(Reason::Forbidden, cause.to_string());
            told(StatusCode::CONFLICT, &fault, Some(Problem::NoCertificate))
        }
        LanError::Store(_) => told(StatusCode::INTERNAL_SERVER_ERROR, &Fault::internal(), None),
    }
}

fn hop(hop: Hop) -> LanHop {
    match hop {
        Hop::Switch => LanHop::Switch,
        Hop::Listening => LanHop::Listening,
        Hop::Address => LanHop::Address,
        Hop::Firewall => LanHop::Firewall,
        Hop::Phone => LanHop::Phone,
    }
}

fn verdict(verdict: Verdict) -> LanVerdict {
    match verdict {
        Verdict::Good => LanVerdict::Good,
        Verdict::Doubtful => LanVerdict::Doubtful,
        Verdict::Bad => LanVerdict::Bad,
        Verdict::Untried => LanVerdict::Untried,
    }
}

fn firewall(firewall: Firewall) -> LanFirewallName {
    match firewall {
        Firewall::Ufw => LanFirewallName::Ufw,
        Firewall::Firewalld => LanFirewallName::Firewalld,
        Firewall::Windows => LanFirewallName::Windows,
        Firewall::Macos => LanFirewallName::Macos,
    }
}

fn stage(stage: Stage) -> LanStage {
    match stage {
        Stage::Connected => LanStage::Connected,
        Stage::Plain => LanStage::Plain,
        Stage::Distrusted => LanStage::Distrusted,
        Stage::Secured => LanStage::Secured,
        Stage::WrongName => LanStage::WrongName,
        Stage::Arrived => LanStage::Arrived,
    }
}
