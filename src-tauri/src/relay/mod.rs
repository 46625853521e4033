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
    sync::{Arc, Mutex, PoisonError},
};

use axum::{
    Router, middleware,
    routing::{any, get},
    serve::ListenerExt,
};
use base64::Engine;
use secrecy::{ExposeSecret, SecretString};
use tokio::{net::TcpListener, sync::watch, task::JoinHandle};

use crate::remote::{Remote, Trouble};

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
    remote: Arc<Remote>,
    trouble: Mutex<Option<Trouble>>,
    stopped: watch::Receiver<bool>,
}

impl Relay {
    /// Listens on a free loopback port and relays to `remote` until dropped.
    pub(crate) async fn start(remote: Arc<Remote>) -> std::io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let (stop, stopped) = watch::channel(false);
        let shared = Arc::new(Shared {
            address: listener.local_addr()?,
            token: SecretString::from(random_token()?),
            remote,
            trouble: Mutex::default(),
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

    /// The sign-in that it puts in.
    pub(crate) fn remote(&self) -> &Arc<Remote> {
        &self.shared.remote
    }

    /// What went wrong last, if nothing went right since; told once.
    pub(crate) fn take_trouble(&self) -> Option<Trouble> {
        self.shared.trouble().take()
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

    fn trouble(&self) -> std::sync::MutexGuard<'_, Option<Trouble>> {
        self.trouble.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A token to knock with.
    async fn bearer(&self) -> Result<SecretString, Trouble> {
        let bearer = self.remote.bearer().await;
        if let Err(trouble) = bearer {
            self.failed(trouble);
        }
        bearer
    }

    /// Remembers why the remote server could not be asked.
    fn failed(&self, trouble: Trouble) {
        *self.trouble() = Some(trouble);
    }

    /// It could.
    fn succeeded(&self) {
        *self.trouble() = None;
    }
}

fn random_token() -> std::io::Result<String> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(std::io::Error::other)?;
    Ok(base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes))
}

#[cfg(test)]
mod tests;
