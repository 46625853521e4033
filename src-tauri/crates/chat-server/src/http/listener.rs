//! Accepts connections and speaks HTTP/1.1 on them.
//!
//! Not `axum::serve`: that leaves Nagle's algorithm on (small frames stall for 40 ms) and has no
//! deadline for a request's head.

use std::{convert::Infallible, io, sync::Arc, time::Duration};

use axum::{Extension, Router, body::Body};
use hyper::{Request, body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower::ServiceExt as _;

use super::Peer;
use crate::app::App;

/// How long a client may take to send a request's head, and to be idle between two requests.
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

/// Tells WebSocket connections to say what is left and close: the door they came in by is shut, or
/// the server ends and all answers are saved.
#[derive(Debug, Clone)]
pub(crate) struct Closing(pub(crate) CancellationToken);

/// Accepts at `door` in a task of the server, until it is shut.
pub(crate) fn serve(app: &Arc<App>, listener: TcpListener, door: &Door) {
    let closing = Closing(door.closing.clone());
    let router = super::router(app).layer(Extension(closing));
    let (tasks, end) = (app.tasks.clone(), door.draining.clone());
    app.tasks
        .spawn(async move { accept(&tasks, listener, router, end).await });
}

/// Accepts until `end` is cancelled. Connections are `tasks`; they too are told of `end`, and finish
/// the request they are at.
pub(crate) async fn accept(
    tasks: &TaskTracker,
    listener: TcpListener,
    router: Router,
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
                let peer = Peer(peer.ip());
                tasks.spawn(connection(stream, peer, router.clone(), end.clone()));
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

async fn connection(stream: TcpStream, peer: Peer, router: Router, end: CancellationToken) {
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
