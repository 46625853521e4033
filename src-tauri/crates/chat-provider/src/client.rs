//! HTTP towards providers. Owns the reqwest clients (this computer, and everywhere else
//! through whatever proxy the environment names), connection limits, headers and bounded bodies;
//! leaves what an answer says to [`crate::stream`] and the words of failures to
//! [`crate::problem`]. The key travels in `Authorization` only, and never after a redirect:
//! none is followed.

use std::{
    error::Error,
    io,
    sync::{Arc, OnceLock},
    time::Duration,
};

use chat_core::ProviderError;
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

/// The clients, made when they are first needed: reading the system's certificates takes time
/// that no start should wait for.
#[derive(Debug)]
pub(crate) struct Http {
    connect_timeout: Duration,
    outside: OnceLock<Client>,
    local: OnceLock<Client>,
    /// For providers that may not be in private networks.
    public: OnceLock<Client>,
}

impl Http {
    pub(crate) fn new(connect_timeout: Duration) -> Self {
        Self {
            connect_timeout,
            outside: OnceLock::new(),
            local: OnceLock::new(),
            public: OnceLock::new(),
        }
    }

    /// The client for a provider, unless no request may go there.
    fn client(&self, peer: &Peer) -> Result<&Client, ProviderError> {
        let judged = peer.reach.judge_url(&peer.base_url);
        judged.map_err(|refused| peer.unreachable(&refused.to_string()))?;
        Ok(match peer.reach {
            Reach::Public => self
                .public
                .get_or_init(|| build(self.options(Reach::Public), Reach::Public)),
            reach if address::is_local(&peer.base_url) => self
                .local
                .get_or_init(|| build(self.options(reach).no_proxy(), reach)),
            reach => self
                .outside
                .get_or_init(|| build(self.options(reach), reach)),
        })
    }

    fn options(&self, reach: Reach) -> ClientBuilder {
        Client::builder()
            .user_agent(concat!("Parlor/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(self.connect_timeout)
            .redirect(Policy::none())
            .tcp_nodelay(true)
            .pool_idle_timeout(Duration::from_secs(60))
            .pool_max_idle_per_host(8)
            .dns_resolver(Arc::new(GuardedNames(reach)))
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
fn build(options: ClientBuilder, reach: Reach) -> Client {
    options.build().unwrap_or_else(|error| {
        tracing::warn!(%error, "no system certificates: https to providers will fail");
        Client::builder()
            .tls_certs_only([])
            .redirect(Policy::none())
            .dns_resolver(Arc::new(GuardedNames(reach)))
            .build()
            .unwrap_or_default()
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
