//! An echo on the server's own transport: the accept loop, handshake, socket and goodbye of a chat
//! connection, without its size limit and without anything said. No route of the server leads here;
//! `examples/echo.rs` serves it to the WebSocket conformance suite (`cargo xtask autobahn`).

use axum::{Router, extract::Request, routing::get};
use futures_util::{SinkExt as _, StreamExt as _};
use tokio::net::TcpListener;
use tokio_tungstenite::{WebSocketStream, tungstenite::Message as Frame};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    connection::{End, end_of, finish},
    http::{self, Transport},
};

/// The longest message and frame: what the suite's largest case sends.
const MESSAGE_BYTES: usize = 16 * 1024 * 1024;

/// Echoes to whoever connects, for as long as it is polled.
pub async fn serve(listener: TcpListener) {
    let tasks = TaskTracker::new();
    let owner = tasks.clone();
    let echo = move |request: Request| {
        let response = http::switch(request, &owner, MESSAGE_BYTES, echo);
        std::future::ready(response)
    };
    let router = Router::new().fallback(get(echo));
    http::accept(&tasks, listener, router, None, CancellationToken::new()).await;
}

async fn echo(mut socket: WebSocketStream<Transport>) {
    let end = loop {
        // As a chat connection does before it waits: what tungstenite has to answer goes out here.
        if socket.flush().await.is_err() {
            break End::Gone;
        }
        match socket.next().await {
            None => break End::Gone,
            Some(Err(error)) => break end_of(&error),
            Some(Ok(frame @ (Frame::Text(_) | Frame::Binary(_)))) => {
                if socket.feed(frame).await.is_err() {
                    break End::Gone;
                }
            }
            Some(Ok(_)) => {}
        }
    };
    finish(&mut socket, end).await;
}
