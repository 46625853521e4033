//! Composition: the one place where store, provider, service and sockets are put together.

#[cfg(test)]
mod tests;

use std::{
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
    sync::{
        Arc, RwLock,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use chat_core::{ChatService, FeedHub, ServiceSettings, Sources, Timestamp, UserId, UserRole};
use chat_provider::Secrets;
use chat_store::Database;
use tokio::{net::TcpListener, time::timeout};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    accounts,
    app::App,
    auth::{KeySet, Oidc, Pairings, Passwords, SignInCodes, SigningSecret, Tokens},
    config::{self, Config},
    http::{self, Door, Security, Way, tls},
    lan::{self, Lan},
    limits::{MINUTE, RateLimits},
    providers,
};

/// How long running answers may take to be saved when the server goes down.
const DRAIN: Duration = Duration::from_secs(3);

/// How long connections may take to close after that.
const GOODBYE: Duration = Duration::from_millis(1_500);

/// How long the app's own window stays signed in.
const LAUNCH_TOKEN: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// Why a server did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The data directory cannot be made.
    #[error("the data directory {} cannot be used", .0.display())]
    DataDir(PathBuf, #[source] std::io::Error),
    /// An address cannot be listened on.
    #[error("cannot listen on {0}")]
    Listen(SocketAddr, #[source] std::io::Error),
    /// The certificate to show, or its key, cannot be used.
    #[error("TLS cannot be set up")]
    Tls(#[source] tls::TlsError),
    /// The database cannot be opened.
    #[error("the database cannot be opened")]
    Database(#[source] chat_store::OpenError),
    /// The store failed.
    #[error("the store failed")]
    Store(#[source] chat_core::StoreError),
    /// The service could not begin.
    #[error("the service could not begin")]
    Service(#[source] chat_core::Fault),
    /// The secret that signs tokens cannot be read or made.
    #[error("the secret for tokens cannot be had")]
    Secret(#[source] crate::auth::SecretError),
    /// The settings about another system's tokens make no sense.
    #[error("tokens of the other system cannot be verified")]
    Keys(#[source] crate::auth::KeySetError),
    /// Half of what signing in through an identity provider needs is set.
    #[error(
        "signing in through an identity provider needs {missing} too; {given} alone does nothing"
    )]
    OidcIncomplete {
        /// The setting that is there.
        given: &'static str,
        /// The one that is not.
        missing: &'static str,
    },
    /// The identity provider cannot be asked at all.
    #[error("no secure connections to oidc.issuer can be made")]
    Oidc(#[source] reqwest::Error),
    /// The model provider's settings make no sense.
    #[error("the model provider cannot be set up")]
    Provider(#[source] chat_core::ProviderError),
}

/// A running server. [`ServerHandle::shutdown`] ends it in order.
pub struct ServerHandle {
    app: Arc<App>,
    addresses: Vec<SocketAddr>,
}

/// Opens the store, sweeps what the last run left, and listens. Returns once all addresses are
/// bound.
///
/// # Errors
/// [`StartError`], with everything released again.
pub async fn start(config: Config, secrets: Arc<dyn Secrets>) -> Result<ServerHandle, StartError> {
    let sources = Sources::system();
    let server = &config.server;
    let security = tls::from_settings(server.tls_certificate.as_deref(), server.tls_key.as_deref());
    let security = security.map_err(StartError::Tls)?;
    no_half(&config.oidc)?;
    make_private(&config.data_dir)
        .map_err(|error| StartError::DataDir(config.data_dir.clone(), error))?;
    let hub = Arc::new(FeedHub::default());
    let path = config.database();
    let observer: Arc<FeedHub> = Arc::clone(&hub);
    let database = Database::open(&path, observer).map_err(StartError::Database)?;
    database.claim().map_err(StartError::Database)?;
    let secret = SigningSecret::resolve(&config).map_err(StartError::Secret)?;
    let keys = KeySet::new(&config.auth).map_err(StartError::Keys)?;
    let oidc = Oidc::new(&config.oidc).map_err(StartError::Oidc)?;
    if config.embedded {
        make_owner(&database, &sources).await?;
    }
    let provider = providers::compose(&config, &database, secrets).await?;
    let settings = ServiceSettings {
        auto_title: config.chat.auto_title,
        running_answers: config.limits.running_answers as usize,
        ..ServiceSettings::default()
    };
    database.configure_limits(config.spend_limits());
    let store: Arc<dyn chat_core::ChatStore> = database.clone();
    let service = ChatService::start(store, provider, hub, sources.clone(), settings)
        .await
        .map_err(StartError::Service)?;

    let mut listeners = Vec::new();
    for address in &config.server.listen {
        let listener = TcpListener::bind(address)
            .await
            .map_err(|error| StartError::Listen(*address, error))?;
        let bound = listener
            .local_addr()
            .map_err(|error| StartError::Listen(*address, error))?;
        listeners.push((listener, bound));
    }
    let addresses: Vec<SocketAddr> = listeners.iter().map(|(_, address)| *address).collect();
    let bound = addresses.clone();
    let app = assemble(
        config,
        &secret,
        (keys, oidc),
        service,
        database,
        sources,
        bound,
    );
    recall(&app).await?;
    let way = if security.is_some() {
        Way::Secure
    } else {
        Way::Plain
    };
    let security = security.map(|config| Security {
        config,
        arrivals: None,
    });
    for (listener, _) in listeners {
        http::serve(&app, listener, &Door::new(&app), way, security.clone());
    }
    lan::resume(&app).await;
    app.tasks.spawn(accounts::watch_changes(Arc::clone(&app)));
    tracing::info!(
        version = env!("CARGO_PKG_VERSION"),
        data_dir = %app.config.data_dir.display(),
        ?addresses,
        "the server is ready"
    );
    Ok(ServerHandle { app, addresses })
}

impl ServerHandle {
    /// The addresses listened on from the start, ports resolved.
    #[must_use]
    pub fn addresses(&self) -> &[SocketAddr] {
        &self.addresses
    }

    /// A token of the local owner, for the app's own window; none when there is no owner.
    pub async fn launch_token(&self) -> Option<String> {
        let owner = self.app.database.owner().await.ok().flatten()?;
        let now = self.app.sources.clock.now();
        Some(self.app.tokens.issue(&owner.id, None, LAUNCH_TOKEN, now))
    }

    /// `https` where the settings name a certificate, else `http`.
    #[must_use]
    pub fn scheme(&self) -> &'static str {
        match self.app.config.server.tls_certificate {
            Some(_) => "https",
            None => "http",
        }
    }

    /// A link that signs `user` in, once, at the first address; devices elsewhere are paired.
    #[must_use]
    pub fn sign_in_link(&self, user: &UserId) -> String {
        let (code, _) = self
            .app
            .codes
            .issue(user.clone(), self.app.sources.clock.now());
        self.link(&code)
    }

    fn link(&self, code: &str) -> String {
        if let Some(public) = &self.app.config.server.public_url {
            return format!("{public}/#sign-in={code}");
        }
        let address = self.addresses.first().copied().map(reachable);
        let address = address.unwrap_or(SocketAddr::from((Ipv4Addr::LOCALHOST, 3_000)));
        format!("{}://{address}/#sign-in={code}", self.scheme())
    }

    /// A link for whoever set the server up: it makes its owner and signs them in, once. None where
    /// somebody has an account already, who then lets the others in.
    ///
    /// # Errors
    /// [`StartError::Store`].
    pub async fn first_owner_link(&self) -> Result<Option<String>, StartError> {
        let users = self.app.database.users().await.map_err(StartError::Store)?;
        let now = self.app.sources.clock.now();
        let code = users.is_empty().then(|| self.app.codes.issue_first(now));
        Ok(code.map(|code| self.link(&code)))
    }

    /// The owner's id, made with the account where there is none.
    ///
    /// # Errors
    /// [`StartError::Store`].
    pub async fn owner(&self) -> Result<UserId, StartError> {
        make_owner(&self.app.database, &self.app.sources).await
    }

    /// Drains and ends the server, within 5 s: nothing new is accepted, running answers are saved
    /// as interrupted, clients are told and closed with 1001, the store is flushed and closed.
    pub async fn shutdown(self) {
        drain(&self.app).await;
    }
}

/// Counts the messages of the last minute, which an earlier process accepted.
async fn recall(app: &App) -> Result<(), StartError> {
    let (now, here) = (app.sources.clock.now(), Instant::now());
    let since = Timestamp(now.0 - i64::try_from(MINUTE.as_millis()).unwrap_or_default());
    let senders = app.database.senders_since(since).await;
    let rules = app.service.spend_rules();
    for (user, at) in senders.map_err(StartError::Store)? {
        // A clock that was set back makes it one of now.
        let age = Duration::from_millis(u64::try_from(now.0 - at.0).unwrap_or_default());
        if let Some(at) = here.checked_sub(age) {
            app.limits.recall(&user, &rules, at);
        }
    }
    Ok(())
}

/// The parts of a server that is to listen on `bound`.
pub(crate) fn assemble(
    config: Config,
    secret: &SigningSecret,
    (keys, oidc): (Option<KeySet>, Option<Oidc>),
    service: ChatService,
    database: Arc<Database>,
    sources: Sources,
    bound: Vec<SocketAddr>,
) -> Arc<App> {
    Arc::new(App {
        limits: RateLimits::new(&config.limits),
        tokens: Tokens::new(secret),
        keys,
        oidc,
        config,
        service,
        database,
        sources,
        passwords: Passwords::new(),
        codes: SignInCodes::default(),
        pairings: Pairings::default(),
        lan: Lan::default(),
        bound: RwLock::new(bound),
        tasks: TaskTracker::new(),
        draining: CancellationToken::new(),
        closing: CancellationToken::new(),
        accounts: accounts::channel(),
        looking: tokio::sync::Mutex::new(()),
        connections: AtomicUsize::new(0),
    })
}

/// Ends what runs in order: answers are saved, clients told, the store closed.
pub(crate) async fn drain(app: &App) {
    app.draining.cancel();
    app.lan.stop_announcing();
    if timeout(DRAIN, app.service.drain()).await.is_err() {
        tracing::warn!("some answers took too long to be saved; their last checkpoint stands");
    }
    app.closing.cancel();
    app.tasks.close();
    if timeout(GOODBYE, app.tasks.wait()).await.is_err() {
        let left = app.connections.load(Ordering::Relaxed);
        tracing::warn!(left, "some connections did not close in time");
    }
    app.database.close().await;
}

/// The account that a first start makes.
pub(crate) async fn make_owner(
    database: &Database,
    sources: &Sources,
) -> Result<UserId, StartError> {
    if let Some(owner) = database.owner().await.map_err(StartError::Store)? {
        return Ok(owner.id);
    }
    let id = UserId::parse(&sources.ids.fresh())
        .map_err(|_| StartError::Service(chat_core::Fault::internal()))?;
    let now = sources.clock.now();
    let made = database
        .create_user(id, "owner", UserRole::Owner, None, now)
        .await;
    made.map(|user| user.id).map_err(StartError::Store)
}

/// That an identity provider is set with what it needs, or not at all: half of it would be no way in
/// without a word.
fn no_half(oidc: &config::Oidc) -> Result<(), StartError> {
    let (issuer, client) = ("oidc.issuer", "oidc.client_id");
    let (given, missing) = match (&oidc.issuer, &oidc.client_id, &oidc.client_secret) {
        (Some(_), None, _) => (issuer, client),
        (None, Some(_), _) => (client, issuer),
        (None, None, Some(_)) => ("oidc.client_secret", issuer),
        (Some(_), Some(_), _) | (None, None, None) => return Ok(()),
    };
    Err(StartError::OidcIncomplete { given, missing })
}

fn make_private(directory: &std::path::Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(directory)
}

/// An address that a browser on this machine can open.
fn reachable(address: SocketAddr) -> SocketAddr {
    if address.ip().is_unspecified() {
        return SocketAddr::from((Ipv4Addr::LOCALHOST, address.port()));
    }
    address
}
