//! A server without listeners, for the model of client and server in `tests/schedules`: the real
//! service and connections, on a store, provider, clock and streams of the caller's. Dropping it and
//! its runtime is what `kill -9` does to the real one.

use std::{
    net::{IpAddr, Ipv4Addr},
    sync::Arc,
    time::Duration,
};

use chat_core::{ChatService, ChatStore, FeedHub, ModelProvider, ServiceSettings, Sources, UserId};
use chat_protocol::Dialect;
use chat_store::Database;
use tokio::io::{AsyncRead, AsyncWrite};

use crate::{Config, StartError, app::App, auth::SigningSecret, connection, http, start};

/// What a server is made of.
pub struct Parts {
    /// Its settings; those of listeners and providers have no effect.
    pub config: Config,
    /// The database, opened with `hub` as its observer: accounts are read there.
    pub database: Arc<Database>,
    /// The way to the history in it.
    pub store: Arc<dyn ChatStore>,
    /// Who answers.
    pub provider: Arc<dyn ModelProvider>,
    /// Tells connections of commits.
    pub hub: Arc<FeedHub>,
    /// Time and ids.
    pub sources: Sources,
}

/// A running server.
pub struct InProcess {
    app: Arc<App>,
}

impl InProcess {
    /// Claims and sweeps the database, as a real start does.
    ///
    /// # Errors
    /// [`StartError`].
    pub async fn start(parts: Parts) -> Result<Self, StartError> {
        let Parts {
            config,
            database,
            store,
            provider,
            hub,
            sources,
        } = parts;
        database.claim().map_err(StartError::Database)?;
        let secret = SigningSecret::resolve(&config).map_err(StartError::Secret)?;
        database.configure_limits(config.spend_limits());
        let settings = ServiceSettings {
            auto_title: config.chat.auto_title,
            running_answers: config.limits.running_answers as usize,
            ..ServiceSettings::default()
        };
        let service = ChatService::start(store, provider, hub, sources.clone(), settings)
            .await
            .map_err(StartError::Service)?;
        let app = start::assemble(
            config,
            &secret,
            (None, None),
            service,
            database,
            sources,
            Vec::new(),
        );
        Ok(Self { app })
    }

    /// A token for `user`, good for a day.
    #[must_use]
    pub fn token(&self, user: &UserId) -> String {
        let now = self.app.sources.clock.now();
        let day = Duration::from_secs(24 * 60 * 60);
        self.app.tokens.issue(user, None, day, now)
    }

    /// Serves a client at the other end of `stream`, whose handshake for `/ws/chat` is done.
    pub fn connect<S>(&self, stream: S)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + Sync + 'static,
    {
        let app = Arc::clone(&self.app);
        self.app.tasks.spawn(async move {
            let socket = http::chat_socket(stream).await;
            let peer = IpAddr::V4(Ipv4Addr::LOCALHOST);
            let closing = app.closing.clone();
            connection::run(app, socket, Dialect::Chat, None, peer, closing).await;
        });
    }

    /// Ends it in order, as SIGTERM does.
    pub async fn drain(self) {
        start::drain(&self.app).await;
    }
}
