//! Accepts connections and speaks HTTP/1.1 on them.
//!
//! Not `axum::serve`: that leaves Nagle's algorithm on (small frames stall for 40 ms) and has no
//! deadline for a request's head.
//!
//! A listener speaks plain or TLS. One that speaks TLS also hears who speaks plain to it (somebody
//! who typed `http://`), and sends them to the same address with `https://`: nothing else.

use std::{convert::Infallible, io, net::IpAddr, sync::Arc, time::Duration};

use axum::{Extension, Router, body::Body};
use hyper::{Request, body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use rustls::ServerConfig;
use tokio::{
    net::{TcpListener, TcpStream},
    time::{Instant, timeout_at},
};
use tokio_rustls::TlsAcceptor;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower::ServiceExt as _;

use super::{Peer, redirect, transport::Transport};
use crate::{
    app::App,
    lan::{Arrivals, Stage},
};

/// How long a client may take to send a request's head, and to be idle between two requests; and to
/// shake hands for TLS before.
const HEAD_DEADLINE: Duration = Duration::from_secs(5);

/// The largest head of a request; a browser's has a few KiB.
const HEAD_BYTES: usize = 32 * 1024;

/// A way into the server. It can be shut while others stay open, and then ends with all that came
/// in by it; the end of the server shuts every one.
#[derive(Debug)]
pub(crate) struct Door {
    /// Cancelled first: nothing new is accepted, and HTTP connections finish the request they are
    /// at.
    draining: CancellationToken,
    closing: CancellationToken,
}

impl Door {
    pub(crate) fn new(app: &App) -> Self {
        Self {
            draining: app.draining.child_token(),
            closing: app.closing.child_token(),
        }
    }

    /// Ends what came in by this door.
    pub(crate) fn shut(&self) {
        self.draining.cancel();
        self.closing.cancel();
    }
}

/// Which way a request came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// By an address of the settings, plain; perhaps from a proxy that speaks TLS for us.
    Plain,
    /// By an address of the settings, with TLS.
    Secure,
    /// By the door of the local network, always with TLS.
    Lan,
}

/// What every request knows of how it came in.
#[derive(Debug, Clone)]
pub(crate) struct Entrance {
    /// Tells WebSocket connections to say what is left and close: the door they came in by is shut,
    /// or the server ends and all answers are saved.
    pub(crate) closing: CancellationToken,
    /// Which way.
    pub(crate) way: Way,
}

/// How a listener speaks TLS.
#[derive(Clone)]
pub(crate) struct Security {
    /// What it shows and asks.
    pub(crate) config: Arc<ServerConfig>,
    /// Who came, and how far; kept for the local network alone.
    pub(crate) arrivals: Option<Arc<Arrivals>>,
}

/// Accepts at `door` in a task of the server, until it is shut.
pub(crate) fn serve(
    app: &Arc<App>,
    listener: TcpListener,
    door: &Door,
    way: Way,
    security: Option<Security>,
) {
    let closing = door.closing.clone();
    let entrance = Extension(Entrance { closing, way });
    let router = super::router(app).layer(entrance.clone());
    let security = security.map(|security| Secured {
        security,
        redirect: redirect::router(app).layer(entrance),
    });
    let (tasks, end) = (app.tasks.clone(), door.draining.clone());
    app.tasks
        .spawn(async move { accept(&tasks, listener, router, security, end).await });
}

/// What a listener with TLS needs beside its routes.
#[derive(Clone)]
pub(crate) struct Secured {
    security: Security,
    /// For who speaks plain.
    redirect: Router,
}

/// Accepts until `end` is cancelled. Connections are `tasks`; they too are told of `end`, and finish
/// the request they are at.
pub(crate) async fn accept(
    tasks: &TaskTracker,
    listener: TcpListener,
    router: Router,
    security: Option<Secured>,
    end: CancellationToken,
) {
    loop {
        let accepted = tokio::select! {
            () = end.cancelled() => return,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, peer)) => {
                // A socket that cannot do it is as good as closed.
                let _ = stream.set_nodelay(true);
                let (peer, router, end) = (Peer(peer.ip()), router.clone(), end.clone());
                match &security {
                    None => tasks.spawn(connection(Transport::Plain(stream), peer, router, end)),
                    Some(secured) => {
                        tasks.spawn(secured.clone().connection(stream, peer, router, end))
                    }
                };
            }
            Err(error) => pause_after(&error).await,
        }
    }
}

/// A failed accept is the peer's affair, but for a lack of descriptors, which needs time to pass.
async fn pause_after(error: &io::Error) {
    use io::ErrorKind as Kind;
    if matches!(
        error.kind(),
        Kind::ConnectionAborted | Kind::ConnectionReset | Kind::Interrupted
    ) {
        return;
    }
    tracing::warn!(%error, "a connection could not be accepted");
    tokio::time::sleep(Duration::from_millis(100)).await;
}

impl Secured {
    /// Shakes hands, in time, and serves what comes of it.
    async fn connection(
        self,
        stream: TcpStream,
        peer: Peer,
        router: Router,
        end: CancellationToken,
    ) {
        self.note(peer.0, Stage::Connected);
        let deadline = Instant::now() + HEAD_DEADLINE;
        let opened = tokio::select! {
            biased;
            () = end.cancelled() => return,
            // Boxed: a handshake is large, and lasts a moment.
            opened = timeout_at(deadline, Box::pin(self.open(stream))) => opened,
        };
        match opened {
            Ok(Ok(Opening::Tls(transport))) => {
                self.note(peer.0, Stage::Secured);
                connection(transport, peer, router, end).await;
            }
            Ok(Ok(Opening::Plain(transport))) => {
                self.note(peer.0, Stage::Plain);
                connection(transport, peer, self.redirect, end).await;
            }
            Ok(Err(error)) => {
                self.note(peer.0, Stage::Distrusted);
                tracing::debug!(%error, "a TLS handshake failed");
            }
            Err(_) => tracing::debug!("a TLS handshake took too long"),
        }
    }

    async fn open(&self, stream: TcpStream) -> io::Result<Opening> {
        let mut first = [0];
        if stream.peek(&mut first).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if first[0] != TLS_HANDSHAKE {
            return Ok(Opening::Plain(Transport::Plain(stream)));
        }
        let acceptor = TlsAcceptor::from(Arc::clone(&self.security.config));
        let stream = acceptor.accept(stream).await?;
        Ok(Opening::Tls(Transport::Tls(Box::new(stream))))
    }

    fn note(&self, peer: IpAddr, stage: Stage) {
        if let Some(arrivals) = &self.security.arrivals {
            arrivals.note(peer, stage);
        }
    }
}

/// What somebody who came to a listener with TLS speaks.
enum Opening {
    Tls(Transport),
    Plain(Transport),
}

/// The first byte of a TLS connection; no HTTP method begins with it.
const TLS_HANDSHAKE: u8 = 0x16;

async fn connection(stream: Transport, peer: Peer, router: Router, end: CancellationToken) {
    let service = service_fn(move |request: Request<Incoming>| {
        let (mut parts, body) = request.into_parts();
        parts.extensions.insert(peer);
        let request = Request::from_parts(parts, Body::new(body));
        let router = router.clone();
        async move {
            Ok::<_, Infallible>(
                router
                    .oneshot(request)
                    .await
                    .unwrap_or_else(|never| match never {}),
            )
        }
    });
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_DEADLINE)
        .max_buf_size(HEAD_BYTES)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    let mut served = std::pin::pin!(served);
    let result = tokio::select! {
        // In this order, so that an idle connection takes no other request once it is to end.
        biased;
        () = end.cancelled() => {
            served.as_mut().graceful_shutdown();
            served.await
        }
        result = served.as_mut() => result,
    };
    if let Err(error) = result {
        tracing::debug!(%error, "an HTTP connection ended early");
    }
}
