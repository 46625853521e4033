//! Two certificates that nobody has signed, and a real TLS server that swaps them.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
};

use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::{
    ServerConfig,
    crypto::aws_lc_rs,
    pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
};
use sha2::{Digest, Sha256};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};
use tokio_rustls::TlsAcceptor;

use super::*;

/// A server that answers every request alike, behind whichever certificate it has now.
pub(crate) struct TlsServer {
    pub(crate) address: Url,
    acceptor: Arc<Mutex<TlsAcceptor>>,
    /// Requests that came through the handshake.
    pub(crate) asked: Arc<AtomicUsize>,
}

/// A new certificate for this computer, and its fingerprint.
pub(crate) fn certificate() -> (TlsAcceptor, Fingerprint) {
    let names = vec!["127.0.0.1".to_owned(), "localhost".to_owned()];
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed(names).unwrap();
    let fingerprint = Fingerprint::of(cert.der());
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(signing_key.serialize_der()));
    let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![cert.der().clone()], key)
        .unwrap();
    (TlsAcceptor::from(Arc::new(config)), fingerprint)
}

impl TlsServer {
    pub(crate) async fn start(acceptor: TlsAcceptor, body: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("https://{}/", listener.local_addr().unwrap());
        let server = Self {
            address: address.parse().unwrap(),
            acceptor: Arc::new(Mutex::new(acceptor)),
            asked: Arc::default(),
        };
        let (acceptor, asked) = (server.acceptor.clone(), server.asked.clone());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let acceptor = acceptor.lock().unwrap().clone();
                let asked = asked.clone();
                tokio::spawn(async move {
                    let Ok(mut stream) = acceptor.accept(stream).await else {
                        return;
                    };
                    let mut head = [0; 4096];
                    if stream.read(&mut head).await.unwrap_or(0) == 0 {
                        return;
                    }
                    asked.fetch_add(1, Ordering::SeqCst);
                    let answer = format!(
                        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\
                         content-length: {}\r\nconnection: close\r\n\r\n{body}",
                        body.len()
                    );
                    // Whoever left does not mind.
                    let _ = stream.write_all(answer.as_bytes()).await;
                    let _ = stream.shutdown().await;
                });
            }
        });
        server
    }

    /// From now on somebody else's certificate answers.
    pub(crate) fn swap(&self, acceptor: TlsAcceptor) {
        *self.acceptor.lock().unwrap() = acceptor;
    }
}

#[test]
fn a_fingerprint_is_read_as_links_and_browsers_write_it() {
    let known = Fingerprint::of(b"certificate");
    let shown = known.to_string();
    assert_eq!(shown.len(), 95, "pairs with colons: {shown}");
    let link = URL_SAFE_NO_PAD.encode(Sha256::digest(b"certificate"));
    for text in [
        shown.as_str(),
        &shown.replace(':', ""),
        &shown.to_lowercase(),
        &link,
    ] {
        assert_eq!(Fingerprint::parse(text), Some(known), "{text}");
    }
    for text in [
        "",
        "AB",
        &shown[3..],
        &format!("{shown}:00"),
        &shown.replace('A', "G"),
        &link[1..],
    ] {
        if text != shown {
            assert_eq!(Fingerprint::parse(text), None, "{text}");
        }
    }
}

#[tokio::test]
async fn a_certificate_that_nobody_signed_is_refused_until_its_fingerprint_is_known() {
    let (acceptor, fingerprint) = certificate();
    let server = TlsServer::start(acceptor, "{}").await;
    let stranger = client(None)
        .unwrap()
        .get(server.address.clone())
        .send()
        .await;
    let error = stranger.expect_err("nobody vouches for it");
    assert!(is_about_certificate(&error), "{error:?}");
    assert_eq!(server.asked.load(Ordering::SeqCst), 0, "nothing was said");

    let found = look(&server.address).await.expect("a look");
    assert_eq!(found, Some(fingerprint), "what the person is to compare");
    let friend = client(Some(fingerprint)).unwrap();
    let answer = friend
        .get(server.address.clone())
        .send()
        .await
        .expect("an answer");
    assert_eq!(answer.status(), 200);
}

#[tokio::test]
async fn a_swapped_certificate_is_refused_before_a_word_is_said() {
    let (first, fingerprint) = certificate();
    let (second, other) = certificate();
    assert_ne!(fingerprint, other);
    let server = TlsServer::start(first.clone(), "{}").await;
    let client = client(Some(fingerprint)).unwrap();
    let ask = || {
        client
            .get(server.address.clone())
            .bearer_auth("a-token")
            .send()
    };
    assert_eq!(ask().await.expect("an answer").status(), 200);
    server.swap(second);
    let error = ask().await.expect_err("somebody else answers");
    assert!(is_about_certificate(&error), "{error:?}");
    assert_eq!(
        server.asked.load(Ordering::SeqCst),
        1,
        "the token did not go out"
    );
    server.swap(first);
    assert_eq!(ask().await.expect("the first is back").status(), 200);
}

#[tokio::test]
async fn a_fingerprint_opens_no_plain_line() {
    let (_, fingerprint) = certificate();
    let plain = client(Some(fingerprint)).unwrap();
    let error = plain.get("http://127.0.0.1:9/").send().await;
    assert!(
        error.expect_err("only TLS").is_builder(),
        "refused before it is sent"
    );
}
