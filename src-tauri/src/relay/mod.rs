//! The local relay to a remote server.
//!
//! The window's content policy lets it talk to this computer only, and a remote server's token is
//! none of its business. So the host listens on loopback, takes a token of its own that lives as
//! long as the relay, and passes everything on with the remote token put in. It knows sockets and
//! one field of one frame; the dialect's meaning stays with the server.

mod api;
mod chat;
mod gate;

use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use axum::{
    Router, middleware,
    routing::{any, get},
    serve::ListenerExt,
};
use base64::Engine;
use reqwest::Url;
use secrecy::{ExposeSecret, SecretString};
use tokio::{net::TcpListener, sync::watch, task::JoinHandle};

/// A remote server and what opens it.
#[derive(Debug, Clone)]
pub(crate) struct Remote {
    /// Where it is, with a trailing slash.
    pub(crate) address: Url,
    /// Our token there.
    pub(crate) token: SecretString,
}

/// A running relay; dropping it closes its sockets.
#[derive(Debug)]
pub(crate) struct Relay {
    shared: Arc<Shared>,
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

/// What every connection of a relay needs.
#[derive(Debug)]
struct Shared {
    address: SocketAddr,
    token: SecretString,
    remote: Remote,
    client: reqwest::Client,
    refused: AtomicBool,
    stopped: watch::Receiver<bool>,
}

impl Relay {
    /// Listens on a free loopback port and relays to `remote` until dropped.
    pub(crate) async fn start(client: reqwest::Client, remote: Remote) -> std::io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let (stop, stopped) = watch::channel(false);
        let shared = Arc::new(Shared {
            address: listener.local_addr()?,
            token: SecretString::from(random_token()?),
            remote,
            client,
            refused: AtomicBool::new(false),
            stopped: stopped.clone(),
        });
        let routes = Router::new()
            .route("/ws/chat", get(chat::upgrade))
            .route("/api/{*path}", any(api::pass_on))
            .layer(middleware::from_fn_with_state(shared.clone(), gate::check))
            .with_state(shared.clone());
        // Nagle's algorithm would hold small frames back for up to 40 ms.
        let listener = listener.tap_io(|stream| {
            if let Err(error) = stream.set_nodelay(true) {
                tracing::debug!(%error, "TCP_NODELAY was refused");
            }
        });
        let mut stopping = stopped;
        let task = tokio::spawn(async move {
            tokio::select! {
                ended = axum::serve(listener, routes) => {
                    if let Err(error) = ended {
                        tracing::error!(%error, "the relay ended");
                    }
                }
                _ = stopping.wait_for(|stop| *stop) => {}
            }
        });
        Ok(Self { shared, stop, task })
    }

    /// Where the window reaches it.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.shared.address)
    }

    /// What the window shows it.
    pub(crate) fn token(&self) -> &str {
        self.shared.token.expose_secret()
    }

    /// Whether the remote server has refused our token: only a new sign-in helps.
    pub(crate) fn is_refused(&self) -> bool {
        self.shared.refused.load(Ordering::Relaxed)
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        // Connections watch this and close; the listener goes with its task.
        self.stop.send_replace(true);
        self.task.abort();
    }
}

impl Shared {
    /// Whether this is the window's token; takes as long for a nearly right one.
    fn admits(&self, token: &str) -> bool {
        let expected = self.token.expose_secret().as_bytes();
        token.len() == expected.len()
            && token
                .bytes()
                .zip(expected)
                .fold(0, |wrong, (left, right)| wrong | (left ^ right))
                == 0
    }

    /// Remembers that the remote server refused our token.
    fn refuse(&self) {
        self.refused.store(true, Ordering::Relaxed);
    }
}

fn random_token() -> std::io::Result<String> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(std::io::Error::other)?;
    Ok(base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes))
}

#[cfg(test)]
mod tests;
