//! TLS from the client's side: a client that takes one certificate and no other, and HTTP and
//! WebSockets over it.

use std::{io, net::SocketAddr, sync::Arc};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use futures_util::{SinkExt as _, StreamExt as _};
use rustls::{
    ClientConfig, DigitallySignedStruct, SignatureScheme,
    client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    crypto::{CryptoProvider, aws_lc_rs, verify_tls12_signature, verify_tls13_signature},
    pki_types::{CertificateDer, ServerName, UnixTime},
};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::{Instant, timeout, timeout_at},
};
use tokio_rustls::{TlsConnector, client::TlsStream};
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{Error, Message, client::IntoClientRequest as _, http::HeaderValue},
};

use super::DEADLINE;

/// The SHA-256 of the one certificate that a client takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Pin(pub(crate) [u8; 32]);

impl Pin {
    /// As a link carries it.
    pub(crate) fn of_link(link: &str) -> Self {
        let (_, fingerprint) = link
            .split_once("sha256=")
            .expect("a link with a fingerprint");
        let bytes = URL_SAFE_NO_PAD.decode(fingerprint).expect("base64url");
        Self(bytes.try_into().expect("32 bytes"))
    }

    /// Of a certificate.
    pub(crate) fn of(certificate: &CertificateDer<'_>) -> Self {
        let crypto = aws_lc_rs::default_provider();
        let suites = crypto.cipher_suites.iter();
        let mut hashes = suites.filter_map(|suite| Some(suite.tls13()?.common.hash_provider));
        let hash = hashes.find(|hash| hash.output_len() == 32);
        let hash = hash.expect("a suite with SHA-256").hash(certificate);
        Self(hash.as_ref().try_into().expect("32 bytes"))
    }
}

#[derive(Debug)]
struct Pinned {
    pin: Pin,
    crypto: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Pinned {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _name: &ServerName<'_>,
        _ocsp: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        if Pin::of(certificate) == self.pin {
            Ok(ServerCertVerified::assertion())
        } else {
            Err(rustls::CertificateError::ApplicationVerificationFailure.into())
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let known = &self.crypto.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signature, known)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let known = &self.crypto.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signature, known)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        let known = &self.crypto.signature_verification_algorithms;
        known.supported_schemes()
    }
}

/// A connection to `address`, which must show the pinned certificate.
pub(crate) async fn connect(address: SocketAddr, pin: Pin) -> io::Result<TlsStream<TcpStream>> {
    let crypto = Arc::new(aws_lc_rs::default_provider());
    let verifier = Pinned {
        pin,
        crypto: Arc::clone(&crypto),
    };
    let config = ClientConfig::builder_with_provider(crypto)
        .with_safe_default_protocol_versions()
        .expect("TLS 1.2 and 1.3")
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    let stream = TcpStream::connect(address).await?;
    let name = ServerName::from(address.ip());
    let connector = TlsConnector::from(Arc::new(config));
    let connected = timeout(DEADLINE, connector.connect(name, stream)).await;
    connected.expect("a handshake is answered")
}

/// An answer over TLS.
#[derive(Debug)]
pub(crate) struct Reply {
    /// The status.
    pub(crate) status: u16,
    /// The head.
    pub(crate) head: String,
    /// The body.
    pub(crate) body: String,
}

impl Reply {
    /// The body as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body)
            .unwrap_or_else(|error| panic!("no JSON ({error}): {:?}", self.body))
    }
}

/// A server's door with TLS, and what to take for it.
#[derive(Debug, Clone)]
pub(crate) struct Door {
    /// Where.
    pub(crate) address: SocketAddr,
    /// What it must show.
    pub(crate) pin: Pin,
    /// The host that requests name.
    pub(crate) host: String,
}

impl Door {
    /// One request, on a connection of its own.
    pub(crate) async fn call(
        &self,
        method: &str,
        path: &str,
        body: Option<&Value>,
        headers: &[(&str, &str)],
    ) -> Reply {
        let mut stream = connect(self.address, self.pin)
            .await
            .expect("its certificate");
        let body = body.map(Value::to_string).unwrap_or_default();
        let mut request = format!(
            "{method} {path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n",
            self.host,
            body.len()
        );
        for (name, value) in headers {
            request += &format!("{name}: {value}\r\n");
        }
        request += "\r\n";
        request += &body;
        stream.write_all(request.as_bytes()).await.expect("sent");
        let mut answer = Vec::new();
        let read = timeout(DEADLINE, stream.read_to_end(&mut answer)).await;
        read.expect("an answer in time").expect("a clean end");
        let answer = String::from_utf8(answer).expect("text");
        let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
        Reply {
            status: super::http::status(head),
            head: head.to_owned(),
            body: body.to_owned(),
        }
    }

    /// `POST path` with a JSON body.
    pub(crate) async fn post(&self, path: &str, body: &Value) -> Reply {
        self.call("POST", path, Some(body), &[]).await
    }

    /// A WebSocket at `path` from a page of `origin`; the refusal's status where there is one.
    pub(crate) async fn socket(&self, path: &str, origin: Option<&str>) -> Result<Socket, u16> {
        let url = format!("wss://{}{path}", self.host);
        let mut request = url.into_client_request().expect("a URL");
        if let Some(origin) = origin {
            let origin = HeaderValue::from_str(origin).expect("a value");
            request.headers_mut().insert("origin", origin);
        }
        let stream = connect(self.address, self.pin)
            .await
            .expect("its certificate");
        match timeout(DEADLINE, client_async(request, stream)).await {
            Ok(Ok((socket, _))) => Ok(Socket(socket)),
            Ok(Err(Error::Http(response))) => Err(response.status().as_u16()),
            Ok(Err(error)) => panic!("the upgrade failed: {error}"),
            Err(_) => panic!("the upgrade should be answered"),
        }
    }
}

/// A WebSocket over TLS.
pub(crate) struct Socket(WebSocketStream<TlsStream<TcpStream>>);

impl Socket {
    /// Sends a frame.
    pub(crate) async fn send(&mut self, kind: &str, data: Value) {
        let frame = json!({"type": kind, "data": data}).to_string();
        self.0.send(Message::text(frame)).await.expect("sent");
    }

    /// Waits for a frame of this type; gives its data.
    pub(crate) async fn until(&mut self, kind: &str) -> Value {
        let deadline = Instant::now() + DEADLINE;
        loop {
            match self.next(deadline).await {
                Message::Text(text) => {
                    let frame: Value = serde_json::from_str(&text).expect("JSON");
                    if frame["type"] == kind {
                        return frame["data"].clone();
                    }
                }
                Message::Close(close) => panic!("closed instead of {kind}: {close:?}"),
                _ => {}
            }
        }
    }

    /// Waits for the close; gives its code.
    pub(crate) async fn closed(&mut self) -> u16 {
        let deadline = Instant::now() + DEADLINE;
        loop {
            if let Message::Close(close) = self.next(deadline).await {
                return close.map_or(0, |close| close.code.into());
            }
        }
    }

    async fn next(&mut self, deadline: Instant) -> Message {
        let frame = timeout_at(deadline, self.0.next()).await;
        let frame = frame.expect("what is waited for should have come");
        frame.expect("a frame").expect("a frame")
    }
}
