//! The WebSocket handshake (RFC 6455, section 4.2), by hand: the connection that hyper gives up is
//! run by tokio-tungstenite on the bare socket, without a wrapper and with buffers of our choice.

use std::{net::IpAddr, sync::Arc};

use axum::{
    Extension,
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use chat_core::Token;
use chat_protocol::Dialect;
use hyper::upgrade::{OnUpgrade, Upgraded};
use hyper_util::rt::TokioIo;
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{
        handshake::derive_accept_key,
        protocol::{Role, WebSocketConfig},
    },
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{Entrance, Peer, transport::Transport};
use crate::{app::App, connection};

/// The subprotocol that is followed by a token; browsers can set no header.
const BEARER: &str = "parlor.bearer";

/// The longest message and frame of a client.
const MESSAGE_BYTES: usize = 256 * 1024;

/// Small, as most connections are idle: tungstenite's default is 128 KiB for each.
const READ_BUFFER: usize = 1024;

/// Frames are gathered up to here before they go out without a flush.
const WRITE_BUFFER: usize = 16 * 1024;

/// A whole long chat must fit, as one frame.
const WRITE_BUFFER_CAP: usize = 64 * 1024 * 1024;

/// Dialect A.
pub(crate) async fn chat(
    State(app): State<Arc<App>>,
    Extension(Peer(peer)): Extension<Peer>,
    Extension(entrance): Extension<Entrance>,
    request: Request,
) -> Response {
    speak(app, peer, entrance.closing, request, Dialect::Chat)
}

/// Dialect B.
pub(crate) async fn events(
    State(app): State<Arc<App>>,
    Extension(Peer(peer)): Extension<Peer>,
    Extension(entrance): Extension<Entrance>,
    request: Request,
) -> Response {
    speak(app, peer, entrance.closing, request, Dialect::Events)
}

/// The root: dialect B for who asks for a WebSocket, the UI for everybody else.
pub(crate) async fn root(
    State(app): State<Arc<App>>,
    Extension(Peer(peer)): Extension<Peer>,
    Extension(entrance): Extension<Entrance>,
    request: Request,
) -> Response {
    if has(request.headers(), header::UPGRADE, "websocket") && request.method() == Method::GET {
        return speak(app, peer, entrance.closing, request, Dialect::Events);
    }
    let (method, uri) = (request.method().clone(), request.uri().clone());
    super::ui::file(State(app), method, uri).await
}

fn speak(
    app: Arc<App>,
    peer: IpAddr,
    closing: CancellationToken,
    request: Request,
    dialect: Dialect,
) -> Response {
    let limit = app.config.limits.connections as usize;
    if limit != 0 && app.connections.load(std::sync::atomic::Ordering::Relaxed) >= limit {
        return (StatusCode::SERVICE_UNAVAILABLE, "too many connections\n").into_response();
    }
    let (token, _) = token_of(request.headers());
    let tasks = app.tasks.clone();
    switch(request, &tasks, MESSAGE_BYTES, move |socket| {
        connection::run(app, socket, dialect, token, peer, closing)
    })
}

/// Answers a handshake, and has `run` own the socket that comes of it, as one of `tasks`. A message
/// or frame of the client is at most `message_bytes` long.
pub(crate) fn switch<F, R>(
    mut request: Request,
    tasks: &TaskTracker,
    message_bytes: usize,
    run: F,
) -> Response
where
    F: FnOnce(WebSocketStream<Transport>) -> R + Send + 'static,
    R: Future<Output = ()> + Send,
{
    let key = match handshake_key(request.headers()) {
        Ok(key) => key,
        Err(refusal) => return *refusal,
    };
    let (_, bearer_offered) = token_of(request.headers());
    let Some(upgrade) = request.extensions_mut().remove::<OnUpgrade>() else {
        return (
            StatusCode::UPGRADE_REQUIRED,
            "this connection cannot be upgraded\n",
        )
            .into_response();
    };
    tasks.spawn(async move {
        match upgrade.await {
            Ok(upgraded) => match socket(upgraded, message_bytes).await {
                Some(socket) => Box::pin(run(socket)).await,
                None => tracing::error!("an upgraded connection is not one of ours"),
            },
            Err(error) => tracing::debug!(%error, "a client left during its handshake"),
        }
    });
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    let headers = response.headers_mut();
    headers.insert(header::CONNECTION, HeaderValue::from_static("Upgrade"));
    headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
    if let Ok(accept) = HeaderValue::from_str(&derive_accept_key(key.as_bytes())) {
        headers.insert(header::SEC_WEBSOCKET_ACCEPT, accept);
    }
    if bearer_offered {
        headers.insert(
            header::SEC_WEBSOCKET_PROTOCOL,
            HeaderValue::from_static(BEARER),
        );
    }
    response
}

/// Whether a header that is a list has this word in it.
fn has(headers: &HeaderMap, name: header::HeaderName, wanted: &str) -> bool {
    let values = headers.get_all(name);
    let mut words = values
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','));
    words.any(|word| word.trim().eq_ignore_ascii_case(wanted))
}

/// The client's key, or why this is no handshake.
fn handshake_key(headers: &HeaderMap) -> Result<HeaderValue, Box<Response>> {
    let refuse = |status: StatusCode, words: &'static str| {
        let mut response = (status, words).into_response();
        let version = HeaderValue::from_static("13");
        response
            .headers_mut()
            .insert(header::SEC_WEBSOCKET_VERSION, version);
        Box::new(response)
    };
    if !has(headers, header::UPGRADE, "websocket") || !has(headers, header::CONNECTION, "upgrade") {
        return Err(refuse(
            StatusCode::UPGRADE_REQUIRED,
            "this address speaks WebSocket\n",
        ));
    }
    if !has(headers, header::SEC_WEBSOCKET_VERSION, "13") {
        return Err(refuse(
            StatusCode::UPGRADE_REQUIRED,
            "only WebSocket version 13\n",
        ));
    }
    let key = headers
        .get(header::SEC_WEBSOCKET_KEY)
        .filter(|key| key.len() == 24);
    key.cloned()
        .ok_or_else(|| refuse(StatusCode::BAD_REQUEST, "Sec-WebSocket-Key is missing\n"))
}

/// The token of the handshake, and whether the client offered the subprotocol for it.
fn token_of(headers: &HeaderMap) -> (Option<Token>, bool) {
    let mut protocols = headers
        .get_all(header::SEC_WEBSOCKET_PROTOCOL)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim);
    let offered = protocols.by_ref().any(|protocol| protocol == BEARER);
    let in_protocol = if offered { protocols.next() } else { None };
    let token = bearer(headers).or(in_protocol);
    (token.map(Token::from), offered)
}

/// The token of `Authorization: Bearer`.
pub(super) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

async fn socket(upgraded: Upgraded, message_bytes: usize) -> Option<WebSocketStream<Transport>> {
    let parts = upgraded.downcast::<TokioIo<Transport>>().ok()?;
    let stream = parts.io.into_inner();
    let read = parts.read_buf.to_vec();
    let config = Some(socket_config(message_bytes));
    Some(WebSocketStream::from_partially_read(stream, read, Role::Server, config).await)
}

/// Buffers and caps of every socket, but for the longest message.
fn socket_config(message_bytes: usize) -> WebSocketConfig {
    WebSocketConfig::default()
        .read_buffer_size(READ_BUFFER)
        .write_buffer_size(WRITE_BUFFER)
        .max_write_buffer_size(WRITE_BUFFER_CAP)
        .max_message_size(Some(message_bytes))
        .max_frame_size(Some(message_bytes))
}

/// A chat's socket on a stream whose handshake is done.
pub(crate) async fn chat_socket<S: connection::Stream>(stream: S) -> WebSocketStream<S> {
    let config = Some(socket_config(MESSAGE_BYTES));
    WebSocketStream::from_raw_socket(stream, Role::Server, config).await
}
