//! Servers whose certificate nobody has signed: known by its SHA-256 fingerprint, from a pairing
//! link or confirmed by the person the first time. From then on exactly that certificate is
//! taken; names and dates in it say nothing. What its fingerprint does not match is refused before
//! a byte of ours goes out.

use std::{error::Error, fmt, io, time::Duration};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chat_server::pinned::{client_config, fingerprint_of};
use reqwest::{Client, ClientBuilder, Url, redirect, tls::TlsInfo};

/// How long a look at a certificate may take.
const LOOK: Duration = Duration::from_secs(15);

/// SHA-256 of a certificate as it comes over the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Fingerprint([u8; 32]);

impl Fingerprint {
    /// Of a certificate in DER.
    pub(crate) fn of(certificate: &[u8]) -> Self {
        Self(fingerprint_of(certificate))
    }

    /// Reads one as links carry it (base64url) or as browsers show it (pairs of hex digits, with
    /// or without colons).
    pub(crate) fn parse(text: &str) -> Option<Self> {
        if text.len() == 43
            && let Ok(bytes) = URL_SAFE_NO_PAD.decode(text)
        {
            return bytes.try_into().ok().map(Self);
        }
        let digits: Vec<u32> = text
            .chars()
            .filter(|character| !matches!(character, ':' | ' '))
            .map(|character| character.to_digit(16))
            .collect::<Option<_>>()?;
        let bytes = digits.chunks(2).map(|pair| match pair {
            [high, low] => u8::try_from(high * 16 + low).ok(),
            _ => None,
        });
        let bytes: Vec<u8> = bytes.collect::<Option<_>>()?;
        bytes.try_into().ok().map(Self)
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, byte) in self.0.iter().enumerate() {
            let colon = if place == 0 { "" } else { ":" };
            write!(formatter, "{colon}{byte:02X}")?;
        }
        Ok(())
    }
}

/// Why there is no client.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ClientError {
    /// The cryptography is not what it must be.
    #[error("no TLS")]
    Tls(#[from] rustls::Error),
    /// The rest of it.
    #[error("no HTTP")]
    Http(#[from] reqwest::Error),
}

/// A client for one server: with a fingerprint it talks to that certificate alone, without one to
/// those that the system trusts. It follows no redirects, as a token must not wander.
pub(crate) fn client(pinned: Option<Fingerprint>) -> Result<Client, ClientError> {
    let Some(fingerprint) = pinned else {
        return Ok(usual().build()?);
    };
    let pinned = usual().https_only(true);
    Ok(pinned
        .tls_backend_preconfigured(client_config(fingerprint.0)?)
        .build()?)
}

/// The certificate that answers at `address` now. Nothing but the handshake and a question for a
/// page goes there.
pub(crate) async fn look(address: &Url) -> reqwest::Result<Option<Fingerprint>> {
    let client = usual()
        .tls_danger_accept_invalid_certs(true)
        .tls_info(true)
        .build()?;
    let answer = client.get(address.clone()).timeout(LOOK).send().await?;
    let info = answer.extensions().get::<TlsInfo>();
    let certificate = info.and_then(TlsInfo::peer_certificate);
    Ok(certificate.map(Fingerprint::of))
}

/// Whether a request failed because the certificate was not the right one.
pub(crate) fn is_about_certificate(error: &(dyn Error + 'static)) -> bool {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(rustls::Error::InvalidCertificate(_)) = error.downcast_ref() {
            return true;
        }
        // An I/O error leaves the error inside it out of its sources.
        let inner = error
            .downcast_ref::<io::Error>()
            .and_then(io::Error::get_ref);
        if inner.is_some_and(|inner| is_about_certificate(inner)) {
            return true;
        }
        next = error.source();
    }
    false
}

fn usual() -> ClientBuilder {
    Client::builder()
        .http1_only() // the chat socket's upgrade is HTTP/1.1's
        .redirect(redirect::Policy::none())
        .connect_timeout(Duration::from_secs(10))
        .user_agent(concat!("Parlor/", env!("CARGO_PKG_VERSION")))
}

#[cfg(test)]
#[path = "certificate_tests.rs"]
pub(crate) mod tests;
