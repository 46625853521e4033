//! HTTP: the routes, and what stands before them.

mod api;
mod client_address;
mod deadline;
mod guard;
mod listener;
mod operations;
mod redirect;
pub(crate) mod tls;
mod transport;
mod ui;
mod upgrade;

use std::{net::IpAddr, sync::Arc};

use axum::{
    Router,
    middleware::{from_fn, from_fn_with_state},
    routing::{any, get},
};

pub(crate) use client_address::Proxied;
pub(crate) use listener::{Door, Entrance, Security, Way, accept, serve};
pub(crate) use transport::Transport;
pub(crate) use upgrade::{chat_socket, switch};

use crate::app::App;

/// The address at the other end of the connection that a request came on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Peer(pub(crate) IpAddr);

/// All routes, behind the guard.
pub(crate) fn router(app: &Arc<App>) -> Router {
    Router::new()
        .route("/ws/chat", get(upgrade::chat))
        .route("/ws/events", get(upgrade::events))
        .route("/ws", get(upgrade::events))
        .route("/", any(upgrade::root))
        .merge(api::routes().layer(from_fn(deadline::within)))
        .merge(api::portable_routes())
        .route("/healthz", get(operations::health))
        .route("/metrics", get(operations::metrics))
        .fallback(ui::file)
        .layer(axum::extract::DefaultBodyLimit::max(64 * 1024))
        .layer(from_fn_with_state(Arc::clone(app), guard::check))
        .layer(from_fn_with_state(Arc::clone(app), client_address::find))
        .with_state(Arc::clone(app))
}
