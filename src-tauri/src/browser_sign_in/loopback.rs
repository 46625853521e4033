//! A port of this computer that waits for the browser to come back, once.
//!
//! Any page can knock at it. Whoever does not bring the state that this sign-in began with is
//! refused, and the wait goes on.

use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{
    Router,
    extract::{RawQuery, State},
    http::{HeaderMap, StatusCode, header},
    response::Response,
    routing::get,
};
use reqwest::Url;
use secrecy::{ExposeSecret, SecretString};
use tokio::{net::TcpListener, sync::oneshot, time::timeout};

use super::page::{Words, page};

/// The page that the server sends the browser to.
const PATH: &str = "/signed-in";

/// How long the browser may take to read the page that it came for.
const PARTING: Duration = Duration::from_secs(5);

/// A port that is listened on.
pub(super) struct Loopback {
    listener: TcpListener,
}

/// What the browser brought.
#[derive(Debug)]
pub(super) enum Arrival {
    /// A one-time code of the server.
    Code(SecretString),
    /// A word of the server for what went wrong.
    Problem(String),
}

struct Gate {
    address: SocketAddr,
    state: SecretString,
    tell: Mutex<Option<oneshot::Sender<Arrival>>>,
}

impl Loopback {
    /// Listens on a free port.
    pub(super) async fn bind() -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        Ok(Self { listener })
    }

    /// Its number.
    pub(super) fn port(&self) -> io::Result<u16> {
        Ok(self.listener.local_addr()?.port())
    }

    /// Waits for the browser that brings `state`. Dropped, it listens no more.
    pub(super) async fn arrival(self, state: SecretString) -> io::Result<Arrival> {
        let (tell, mut told) = oneshot::channel();
        let (leave, leaving) = oneshot::channel::<()>();
        let gate = Gate {
            address: self.listener.local_addr()?,
            state,
            tell: Mutex::new(Some(tell)),
        };
        let routes = Router::new()
            .route(PATH, get(arrive))
            .fallback(nothing)
            .with_state(Arc::new(gate));
        let serving = axum::serve(self.listener, routes).with_graceful_shutdown(async {
            // Also when nobody waits any more.
            leaving.await.ok();
        });
        let mut serving = Box::pin(serving.into_future());
        let arrival = tokio::select! {
            ended = &mut serving => {
                return Err(ended.err().unwrap_or_else(|| io::ErrorKind::BrokenPipe.into()));
            }
            arrival = &mut told => arrival.map_err(io::Error::other)?,
        };
        // The page is on its way; nobody waits longer for it than this.
        drop(leave);
        tokio::spawn(timeout(PARTING, serving));
        Ok(arrival)
    }
}

async fn arrive(
    State(gate): State<Arc<Gate>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let host = headers.get(header::HOST).map(|host| host.as_bytes());
    let known = host == Some(gate.address.to_string().as_bytes());
    let arrival = known.then(|| read(&gate, &query.unwrap_or_default()));
    let Some(arrival) = arrival.flatten() else {
        tracing::info!("a browser came back that this sign-in did not send");
        return page(StatusCode::BAD_REQUEST, Words::Stranger, &headers);
    };
    let words = match &arrival {
        Arrival::Code(_) => Words::Done,
        Arrival::Problem(_) => Words::Failed,
    };
    let tell = gate
        .tell
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .take();
    // Once: whoever comes again finds nobody who waits.
    match tell.map(|tell| tell.send(arrival)) {
        Some(Ok(())) => page(StatusCode::OK, words, &headers),
        _ => page(StatusCode::GONE, Words::Stranger, &headers),
    }
}

/// What the query says, where it has our state.
fn read(gate: &Gate, query: &str) -> Option<Arrival> {
    let address = Url::parse(&format!("http://query/?{query}")).ok()?;
    let said = |name: &str| {
        let mut pairs = address.query_pairs().filter(|(known, _)| known == name);
        let value = pairs.next()?.1.into_owned();
        // Twice is once too often.
        pairs.next().is_none().then_some(value)
    };
    if !same(&said("state")?, gate.state.expose_secret()) {
        return None;
    }
    match (said("code"), said("error")) {
        (Some(code), None) => Some(Arrival::Code(code.into())),
        (None, Some(word)) => Some(Arrival::Problem(word)),
        _ => None,
    }
}

async fn nothing(headers: HeaderMap) -> Response {
    page(StatusCode::NOT_FOUND, Words::Stranger, &headers)
}

/// Takes as long for a nearly right one.
fn same(left: &str, right: &str) -> bool {
    let pairs = left.bytes().zip(right.bytes());
    left.len() == right.len() && pairs.fold(0, |wrong, (left, right)| wrong | (left ^ right)) == 0
}
