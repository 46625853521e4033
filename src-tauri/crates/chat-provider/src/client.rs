//! HTTP towards providers. Owns the reqwest clients (straight to the provider, and through whatever
//! proxy the environment names), connection limits, headers and bounded bodies; leaves what an
//! answer says to [`crate::stream`] and the words of failures to [`crate::problem`]. The key travels
//! in `Authorization` only, and never after a redirect: none is followed.
//!
//! Whoever started the server named that proxy, so it may be anywhere, also where the provider may
//! not be. Its client connects to nothing else; the others connect to the provider alone, and every
//! name that they resolve is judged.

use std::{
    error::Error,
    io,
    sync::{Arc, OnceLock},
    time::Duration,
};

use chat_core::ProviderError;
use hyper_util::client::proxy::matcher::Matcher;
use reqwest::{
    Client, ClientBuilder, Response, StatusCode,
    header::{ACCEPT, ACCEPT_ENCODING, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue},
    redirect::Policy,
};
use secrecy::ExposeSecret as _;

use crate::{
    address,
    peer::Peer,
    reach::{GuardedNames, Reach, ReachError},
};

/// How much of an error's body is read.
const MAX_ERROR_BYTES: usize = 64 << 10;

/// How long an idle connection is kept for the next question. Model servers of one's own often close
/// theirs after 5 s (uvicorn's and Node's default); one that was closed just when a question was sent
/// would cost the answer, and a new one without TLS costs nothing. Services on the Internet keep
/// theirs for a minute and more, and there a new one takes several journeys.
const PLAIN_IDLE: Duration = Duration::from_secs(4);
const SECURE_IDLE: Duration = Duration::from_secs(60);

/// The clients, made when they are first needed: reading the system's certificates takes time
/// that no start should wait for.
#[derive(Debug)]
pub(crate) struct Http {
    connect_timeout: Duration,
    /// The proxies of the environment, as reqwest reads them.
    proxies: Matcher,
    /// To those alone.
    proxied: Clients,
    direct: Clients,
    /// For providers that may not be in private networks.
    public: Clients,
}

/// One for addresses without TLS and one for those with it.
#[derive(Debug, Default)]
struct Clients {
    plain: OnceLock<Client>,
    secure: OnceLock<Client>,
}

impl Clients {
    fn to(&self, base_url: &str, build: impl Fn() -> ClientBuilder) -> &Client {
        let (client, idle) = match base_url.starts_with("https:") {
            true => (&self.secure, SECURE_IDLE),
            false => (&self.plain, PLAIN_IDLE),
        };
        let build = || build().pool_idle_timeout(idle);
        client.get_or_init(|| or_plain(build().build(), build()))
    }
}

impl Http {
    pub(crate) fn new(connect_timeout: Duration) -> Self {
        Self {
            connect_timeout,
            proxies: Matcher::from_system(),
            proxied: Clients::default(),
            direct: Clients::default(),
            public: Clients::default(),
        }
    }

    /// The client for a provider, unless no request may go there.
    fn client(&self, peer: &Peer) -> Result<&Client, ProviderError> {
        let refused = |error: ReachError| peer.unreachable(&error.to_string());
        peer.reach.judge_url(&peer.base_url).map_err(refused)?;
        let local = address::is_local(&peer.base_url);
        let free = peer.reach == Reach::Anywhere;
        if self.goes_by_proxy(&peer.base_url) && !(local && free) {
            // The proxy would take it for its own computer.
            if local {
                return Err(refused(ReachError::Private));
            }
            return Ok(self.proxied.to(&peer.base_url, || self.options()));
        }
        let guarded = || {
            let names = Arc::new(GuardedNames(peer.reach));
            self.options().no_proxy().dns_resolver(names)
        };
        let clients = if free { &self.direct } else { &self.public };
        Ok(clients.to(&peer.base_url, guarded))
    }

    /// Whether requests to that address go through a proxy of the environment.
    fn goes_by_proxy(&self, base_url: &str) -> bool {
        let address = base_url.parse::<http::Uri>();
        address.is_ok_and(|address| self.proxies.intercept(&address).is_some())
    }

    fn options(&self) -> ClientBuilder {
        Client::builder()
            .user_agent(concat!("Parlor/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(self.connect_timeout)
            .redirect(Policy::none())
            .tcp_nodelay(true)
            .pool_max_idle_per_host(8)
    }

    /// Sends a question; any status is an answer.
    pub(crate) async fn post(&self, peer: &Peer, body: Vec<u8>) -> Result<Response, ProviderError> {
        let url = format!("{}/chat/completions", peer.base_url);
        let request = self
            .client(peer)?
            .post(url)
            .headers(headers(peer, "text/event-stream")?)
            .header(CONTENT_TYPE, "application/json")
            .body(body);
        request.send().await.map_err(|error| peer.transport(&error))
    }

    /// Gets a small JSON document, at most `limit` bytes of it.
    pub(crate) async fn get(
        &self,
        peer: &Peer,
        path: &str,
        limit: usize,
    ) -> Result<Vec<u8>, ProviderError> {
        let url = format!("{}{path}", peer.base_url);
        let request = self.client(peer)?.get(url);
        let request = request.headers(headers(peer, "application/json")?);
        let mut response = request
            .send()
            .await
            .map_err(|error| peer.transport(&error))?;
        if response.status() != StatusCode::OK {
            let (status, headers) = (response.status(), response.headers().clone());
            let body = error_body(&mut response).await;
            return Err(peer.refused(status, &headers, &body, None));
        }
        let (body, whole) = read(&mut response, limit)
            .await
            .map_err(|error| peer.transport(&error))?;
        if !whole {
            return Err(peer.garbled("its list of models is too long"));
        }
        Ok(body)
    }
}

/// What an error says of itself; a body that breaks off still says something.
pub(crate) async fn error_body(response: &mut Response) -> Vec<u8> {
    let mut body = Vec::new();
    while let Ok(Some(piece)) = response.chunk().await {
        body.extend_from_slice(&piece);
        if body.len() >= MAX_ERROR_BYTES {
            body.truncate(MAX_ERROR_BYTES);
            break;
        }
    }
    body
}

/// The body, and whether it ended within `limit`.
async fn read(response: &mut Response, limit: usize) -> reqwest::Result<(Vec<u8>, bool)> {
    let mut body = Vec::new();
    while let Some(piece) = response.chunk().await? {
        if body.len() + piece.len() > limit {
            return Ok((body, false));
        }
        body.extend_from_slice(&piece);
    }
    Ok((body, true))
}

/// reqwest's rustls comes with aws-lc-rs and takes it where no process default is set. Without
/// any certificate on the computer, plain HTTP must still work: trust then nobody.
fn or_plain(built: reqwest::Result<Client>, options: ClientBuilder) -> Client {
    built.unwrap_or_else(|error| {
        tracing::warn!(%error, "no system certificates: https to providers will fail");
        let plain = options.tls_certs_only([]).build();
        plain.unwrap_or_default()
    })
}

fn headers(peer: &Peer, accept: &'static str) -> Result<HeaderMap, ProviderError> {
    let mut headers = HeaderMap::new();
    headers.insert(ACCEPT, HeaderValue::from_static(accept));
    // Nothing here unpacks, so nothing can be a bomb.
    headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
    if let Some(key) = &peer.key {
        let bearer = format!("Bearer {}", key.expose_secret().trim());
        let mut value = HeaderValue::from_str(&bearer).map_err(|_| peer.unusable_key())?;
        value.set_sensitive(true);
        headers.insert(AUTHORIZATION, value);
    }
    Ok(headers)
}

impl Peer {
    fn unusable_key(&self) -> ProviderError {
        crate::problem::error(
            chat_core::ProviderProblem::KeyRefused,
            format!(
                "The key of {} has characters that no key has. Set it again in Settings.",
                self.name
            ),
        )
    }

    /// A request that got no answer.
    pub(crate) fn transport(&self, error: &reqwest::Error) -> ProviderError {
        if !error.is_connect() {
            return self.cut_off();
        }
        if error.is_timeout() {
            return self.unreachable("it did not accept the connection in time");
        }
        let mut cause = error.source();
        while let Some(inner) = cause {
            if let Some(unnamed) = inner.downcast_ref::<ReachError>() {
                return self.unreachable(&unnamed.to_string());
            }
            let io = inner.downcast_ref::<io::Error>();
            match io.map(io::Error::kind) {
                Some(io::ErrorKind::ConnectionRefused) => {
                    return self.unreachable("the connection was refused");
                }
                // The first wraps rustls' errors; the others are servers that hang up instead.
                Some(
                    io::ErrorKind::InvalidData
                    | io::ErrorKind::UnexpectedEof
                    | io::ErrorKind::ConnectionReset
                    | io::ErrorKind::BrokenPipe,
                ) if self.base_url.starts_with("https:") => return self.tls(&inner.to_string()),
                _ => {}
            }
            // The source of an io::Error is that of what it wraps: that itself must be looked at.
            cause = match io.and_then(io::Error::get_ref) {
                Some(wrapped) => Some(wrapped as &(dyn Error + 'static)),
                None => inner.source(),
            };
        }
        self.unreachable("there is no way to it")
    }
}
