//! The chat socket: the window's on one side, the remote server's on the other.
//!
//! Frames pass one at a time in each direction, so a slow reader slows its writer and nothing
//! piles up here. The window shows its token as a subprotocol, or in its first frame, from which
//! it is taken out again; until then nothing but the server's greeting reaches it.

use std::{sync::Arc, time::Duration};

use axum::{
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Response, StatusCode, header},
    response::IntoResponse,
};
use futures_util::{Sink, SinkExt, Stream, StreamExt};
use hyper_util::rt::TokioIo;
use secrecy::ExposeSecret;
use serde_json::Value;
use tokio::time::timeout;
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{
        Error, Message, Utf8Bytes,
        handshake::{client::generate_key, derive_accept_key},
        protocol::{CloseFrame, Role, WebSocketConfig, frame::coding::CloseCode},
    },
};

use super::{Shared, api::joined};
use crate::remote::Trouble;

/// The subprotocol that says "the next one is my token".
const BEARER: &str = "parlor.bearer";
/// As long as the server itself waits for a token.
const AUTHENTICATION: Duration = Duration::from_secs(10);
/// How long the remote server may take to open its socket.
const OPENING: Duration = Duration::from_secs(15);
/// The server takes frames of 256 KiB; its own may carry a whole branch of a long chat.
const FROM_WINDOW: usize = 256 * 1024;
const FROM_SERVER: usize = 32 * 1024 * 1024;

/// Opens the remote socket, and only then the window's.
pub(super) async fn upgrade(
    State(shared): State<Arc<Shared>>,
    mut request: Request,
) -> Response<Body> {
    let Some(answer) = accept_key(request.headers()) else {
        return StatusCode::UPGRADE_REQUIRED.into_response();
    };
    let shown = subprotocol_token(request.headers());
    let authenticated = shown.is_some();
    if shown.is_some_and(|token| !shared.admits(&token)) {
        return StatusCode::FORBIDDEN.into_response();
    }
    let remote = match timeout(OPENING, open_remote(&shared)).await {
        Ok(Ok(remote)) => remote,
        Ok(Err(trouble)) => {
            shared.failed(trouble);
            return StatusCode::BAD_GATEWAY.into_response();
        }
        Err(_) => return StatusCode::GATEWAY_TIMEOUT.into_response(),
    };
    let upgrade = hyper::upgrade::on(&mut request);
    // It ends with either socket, or with the relay.
    tokio::spawn(async move {
        match upgrade.await {
            Ok(window) => {
                let config = config(FROM_WINDOW);
                let window = TokioIo::new(window);
                let window = WebSocketStream::from_raw_socket(window, Role::Server, config).await;
                relay(&shared, window, remote, authenticated).await;
            }
            Err(error) => tracing::debug!(%error, "the window went away"),
        }
    });
    let mut response = (
        StatusCode::SWITCHING_PROTOCOLS,
        [
            (header::CONNECTION, "upgrade"),
            (header::UPGRADE, "websocket"),
        ],
        [(header::SEC_WEBSOCKET_ACCEPT, answer)],
    )
        .into_response();
    if authenticated {
        let chosen = HeaderValue::from_static(BEARER);
        response
            .headers_mut()
            .insert(header::SEC_WEBSOCKET_PROTOCOL, chosen);
    }
    response
}

/// Both directions, until one ends.
async fn relay<Window, Server>(
    shared: &Shared,
    window: WebSocketStream<Window>,
    server: WebSocketStream<Server>,
    authenticated: bool,
) where
    Window: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin,
    Server: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin,
{
    let (mut to_window, mut from_window) = window.split();
    let (mut to_server, mut from_server) = server.split();
    if !authenticated {
        let entry = enter(shared, &mut to_window, &mut from_window, &mut from_server);
        let first = match timeout(AUTHENTICATION, entry).await {
            Ok(Some(first)) => first,
            Ok(None) | Err(_) => {
                let reason = Message::Close(Some(close(CloseCode::Policy, "Unauthorized")));
                discard(to_window.send(reason).await);
                discard(to_server.close().await);
                return;
            }
        };
        if to_server.send(first).await.is_err() {
            return;
        }
    }
    let mut stopped = shared.stopped.clone();
    let end = tokio::select! {
        _ = pass(&mut from_window, &mut to_server) => None,
        end = pass(&mut from_server, &mut to_window) => end,
        _ = stopped.wait_for(|stop| *stop) => None,
    };
    if end == Some(CloseCode::Policy) {
        shared.remote.doubt().await;
    }
    // Whoever is still there learns that it is over; whoever left does not mind.
    let away = Message::Close(Some(close(CloseCode::Away, "")));
    discard(to_window.send(away).await);
    discard(to_server.close().await);
}

/// Waits for the window's first frame and returns it without its token, or nothing when the
/// token is not ours. The server's greeting passes meanwhile.
async fn enter(
    shared: &Shared,
    to_window: &mut (impl Sink<Message, Error = Error> + Unpin),
    from_window: &mut (impl Stream<Item = Result<Message, Error>> + Unpin),
    from_server: &mut (impl Stream<Item = Result<Message, Error>> + Unpin),
) -> Option<Message> {
    let mut greeted = false;
    loop {
        tokio::select! {
            frame = from_window.next() => match frame?.ok()? {
                Message::Text(text) => return without_token(shared, text.as_str()),
                Message::Ping(_) | Message::Pong(_) => {}
                _ => return None,
            },
            frame = from_server.next(), if !greeted => {
                let frame = frame?.ok()?;
                greeted = frame.is_text();
                if greeted || frame.is_close() {
                    to_window.send(frame).await.ok()?;
                }
            }
        }
    }
}

fn without_token(shared: &Shared, text: &str) -> Option<Message> {
    let mut frame: Value = serde_json::from_str(text).ok()?;
    let token = frame.get_mut("data")?.as_object_mut()?.remove("token")?;
    let admitted = shared.admits(token.as_str()?);
    admitted.then(|| Message::Text(Utf8Bytes::from(frame.to_string())))
}

/// Passes frames on until there are no more; gives the reason of the last one. Pings are each
/// side's own.
async fn pass(
    from: &mut (impl Stream<Item = Result<Message, Error>> + Unpin),
    to: &mut (impl Sink<Message, Error = Error> + Unpin),
) -> Option<CloseCode> {
    let mut reason = None;
    while let Some(Ok(frame)) = from.next().await {
        match &frame {
            Message::Ping(_) | Message::Pong(_) | Message::Frame(_) => continue,
            Message::Close(Some(close)) => reason = Some(close.code),
            Message::Close(None) | Message::Text(_) | Message::Binary(_) => {}
        }
        let last = frame.is_close();
        if to.send(frame).await.is_err() || last {
            break;
        }
    }
    reason
}

async fn open_remote(shared: &Shared) -> Result<WebSocketStream<reqwest::Upgraded>, Trouble> {
    let token = shared.bearer().await?;
    let mut address = shared.remote.address.clone();
    address.set_path(&joined(shared.remote.address.path(), "/ws/chat"));
    let key = generate_key();
    let response = shared
        .remote
        .client
        .get(address)
        .header(header::CONNECTION, "Upgrade")
        .header(header::UPGRADE, "websocket")
        .header(header::SEC_WEBSOCKET_VERSION, "13")
        .header(header::SEC_WEBSOCKET_KEY, &key)
        .bearer_auth(token.expose_secret())
        .send()
        .await
        .map_err(|error| shared.remote.explain(error))?;
    if response.status() == StatusCode::UNAUTHORIZED {
        shared.remote.doubt().await;
    }
    let accepted = response.headers().get(header::SEC_WEBSOCKET_ACCEPT);
    if response.status() != StatusCode::SWITCHING_PROTOCOLS
        || accepted
            .is_none_or(|value| value.as_bytes() != derive_accept_key(key.as_bytes()).as_bytes())
    {
        tracing::warn!(status = %response.status(), "it answered and not with a socket");
        return Err(Trouble::Unreachable);
    }
    let upgraded = response.upgrade().await;
    let upgraded = upgraded.map_err(|error| shared.remote.explain(error))?;
    shared.succeeded();
    Ok(WebSocketStream::from_raw_socket(upgraded, Role::Client, config(FROM_SERVER)).await)
}

/// The answer to a proper upgrade request's key; nothing for any other request.
fn accept_key(headers: &HeaderMap) -> Option<String> {
    let text = |name| {
        headers
            .get(name)
            .and_then(|value: &HeaderValue| value.to_str().ok())
    };
    let upgrades = text(header::UPGRADE)?.eq_ignore_ascii_case("websocket");
    let right = upgrades && text(header::SEC_WEBSOCKET_VERSION)? == "13";
    let key = text(header::SEC_WEBSOCKET_KEY)?;
    right.then(|| derive_accept_key(key.as_bytes()))
}

fn subprotocol_token(headers: &HeaderMap) -> Option<String> {
    let offered = headers.get(header::SEC_WEBSOCKET_PROTOCOL)?.to_str().ok()?;
    let mut names = offered.split(',').map(str::trim);
    names.find(|name| *name == BEARER)?;
    // Without a token after it the pair is broken, which no token matches.
    Some(names.next().unwrap_or_default().to_owned())
}

fn config(largest: usize) -> Option<WebSocketConfig> {
    let config = WebSocketConfig::default()
        .read_buffer_size(4 * 1024)
        .write_buffer_size(4 * 1024)
        .max_write_buffer_size(FROM_SERVER + 64 * 1024)
        .max_message_size(Some(largest))
        .max_frame_size(Some(largest));
    Some(config)
}

fn close(code: CloseCode, reason: &'static str) -> CloseFrame {
    CloseFrame {
        code,
        reason: Utf8Bytes::from_static(reason),
    }
}

/// The other side may be gone already, which is what closing wants.
fn discard(result: Result<(), Error>) {
    if let Err(error) = result {
        tracing::trace!(%error, "closing a closed socket");
    }
}
