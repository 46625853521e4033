//! TLS by the operator's own certificate files.

use std::path::PathBuf;

use rcgen::{CertifiedKey, KeyPair, generate_simple_self_signed};
use rustls::pki_types::CertificateDer;
use serde_json::json;

use crate::support::{
    Setup, http,
    tls::{Door, Pin},
};

/// A certificate with its key, in files of the home.
struct Files {
    setup: Setup,
    certificate: PathBuf,
    key: PathBuf,
    der: CertificateDer<'static>,
}

fn files() -> Files {
    let made = generate_simple_self_signed(vec!["localhost".to_owned()]);
    let CertifiedKey { cert, signing_key } = made.expect("a certificate");
    let setup = Setup::new();
    let certificate = setup.write("certificate.pem", &cert.pem());
    let key = setup.write("key.pem", &signing_key.serialize_pem());
    let der = cert.der().clone();
    Files {
        setup,
        certificate,
        key,
        der,
    }
}

/// The setup with these two files.
fn with(setup: Setup, certificate: Option<&str>, key: Option<&str>) -> Setup {
    let names = [
        ("PARLOR_SERVER_TLS_CERTIFICATE", certificate),
        ("PARLOR_SERVER_TLS_KEY", key),
    ];
    names
        .into_iter()
        .fold(setup, |setup, (name, value)| match value {
            Some(value) => setup.env(name, value),
            None => setup,
        })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_address_speaks_tls_with_the_operators_certificate() {
    let files = files();
    let (certificate, key) = (&files.certificate, &files.key);
    let toml = format!("[server]\ntls_certificate = {certificate:?}\ntls_key = {key:?}\n");
    let server = files.setup.config(&toml).start().await;
    assert_eq!(server.scheme(), "https", "and says so");
    let alice = server.user("alice");
    let address = server.address();
    let door = Door {
        address,
        pin: Pin::of(&files.der),
        host: address.to_string(),
    };
    let answer = door.call("GET", "/api/server", None, &[]).await;
    assert_eq!(answer.json()["name"], "Parlor");
    let page = format!("https://{address}");
    let mut socket = door
        .socket("/ws/chat", Some(&page))
        .await
        .expect("a socket");
    socket
        .send("join_chat", json!({"token": alice.token}))
        .await;
    socket.until("authenticated").await;
    socket.send("create_chat", json!({})).await;
    socket.until("chat_created").await;
    socket.send("message", json!({"message": "hello"})).await;
    socket.until("assistant_message_complete").await;
    let plain = format!("http://{address}");
    assert_eq!(
        door.socket("/ws/chat", Some(&plain)).await.err(),
        Some(403),
        "{plain}"
    );
    let sent = format!("GET / HTTP/1.1\r\nhost: {address}\r\n\r\n");
    let sent = http::raw(address, sent.as_bytes()).await;
    assert_eq!(
        http::status(&sent),
        307,
        "who speaks plain is sent on: {sent}"
    );
}

#[test]
fn files_that_do_not_fit_stop_the_start_and_are_named() {
    let files = files();
    let other = files.setup.write(
        "other.pem",
        &KeyPair::generate().expect("a key").serialize_pem(),
    );
    let empty = files.setup.write("empty.pem", "");
    let path = |path: &PathBuf| path.to_string_lossy().into_owned();
    let (certificate, key) = (path(&files.certificate), path(&files.key));
    let (other, empty, missing) = (path(&other), path(&empty), "no-such-file.pem".to_owned());
    for (what, certificate, key, said) in [
        ("half", Some(&certificate), None, "server.tls_key"),
        ("the other half", None, Some(&key), "server.tls_certificate"),
        ("no file", Some(&missing), Some(&key), "no-such-file.pem"),
        (
            "no key's file",
            Some(&certificate),
            Some(&missing),
            "no-such-file.pem",
        ),
        (
            "nothing in it",
            Some(&empty),
            Some(&key),
            "holds no certificate",
        ),
        (
            "no key in it",
            Some(&certificate),
            Some(&empty),
            "holds no private key",
        ),
        (
            "exchanged",
            Some(&key),
            Some(&certificate),
            "holds no certificate",
        ),
        (
            "not of each other",
            Some(&certificate),
            Some(&other),
            "is not the one of",
        ),
    ] {
        let (certificate, key) = (certificate.map(String::as_str), key.map(String::as_str));
        let output = with(files.setup.clone(), certificate, key).refused();
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success(), "{what}");
        assert!(stderr.contains(said), "{what}: {stderr}");
        assert!(!stderr.contains("PRIVATE KEY-----"), "{what}: {stderr}");
    }
}
