//! Flags, environment, file, default, in this order; what is wrong stops the start by its name.

use std::net::TcpListener;

use serde_json::json;

use crate::support::{Client, Setup, http, server::SECRET};

fn refusal(setup: Setup) -> String {
    let output = setup.refused();
    assert!(!output.status.success(), "a bad setting stops the start");
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn an_unknown_key_of_the_file_is_named() {
    let told = refusal(Setup::new().config("[limits]\nmesages_per_minute = 3\n"));
    assert!(
        told.contains("mesages_per_minute"),
        "an unknown key stops the start with a message that names it: {told}"
    );
    let told = refusal(Setup::new().config("[colour]\nof = \"walls\"\n"));
    assert!(
        told.contains("colour"),
        "a whole unknown section too: {told}"
    );
}

#[test]
fn a_bad_value_of_the_file_is_named() {
    let told = refusal(Setup::new().config("[limits]\nmessages_per_minute = \"many\"\n"));
    assert!(
        told.contains("messages_per_minute"),
        "a bad value is named: {told}"
    );
}

#[test]
fn a_bad_value_of_the_environment_is_named() {
    for (name, value) in [
        ("PARLOR_LIMITS_MESSAGES_PER_MINUTE", "many"),
        ("PARLOR_LIMITS_RUNNING_ANSWERS", "-1"),
        ("PARLOR_CHAT_AUTO_TITLE", "perhaps"),
        ("PARLOR_PROVIDER_IDLE_TIMEOUT_MS", "soon"),
        ("OPENAI_BASE_URL", "not an address"),
    ] {
        let told = refusal(Setup::new().env(name, value));
        assert!(
            told.contains(name),
            "a bad value stops the start with a message that names it: {name}: {told}"
        );
    }
}

#[test]
fn a_short_secret_and_an_unknown_variable_stop_the_start() {
    let told = refusal(Setup::new().env("JWT_SECRET", "too short"));
    assert!(
        told.contains("JWT_SECRET") && !told.contains("too short"),
        "at least 32 bytes: {told}"
    );
    let told = refusal(Setup::new().env("PARLOR_LIMITS_MESAGES_PER_MINUTE", "3"));
    assert!(
        told.contains("PARLOR_LIMITS_MESAGES_PER_MINUTE"),
        "an unknown key is named, in the environment too: {told}"
    );
}

#[test]
fn half_of_what_belongs_together_stops_the_start() {
    let issuer = ("PARLOR_OIDC_ISSUER", "https://login.example.org");
    let client = ("PARLOR_OIDC_CLIENT_ID", "parlor");
    let secret = ("PARLOR_OIDC_CLIENT_SECRET", "known to two");
    for (given, missing) in [
        (&[issuer][..], "oidc.client_id"),
        (&[issuer, secret], "oidc.client_id"),
        (&[client], "oidc.issuer"),
        (&[client, secret], "oidc.issuer"),
        (&[secret], "oidc.issuer"),
        (
            &[("PARLOR_AUTH_ISSUER", "https://a.test")],
            "auth.jwks_file",
        ),
        (&[("PARLOR_AUTH_AUDIENCE", "parlor")], "auth.jwks_file"),
        (
            &[("PARLOR_SERVER_TLS_CERTIFICATE", "c.pem")],
            "server.tls_key",
        ),
        (
            &[("PARLOR_SERVER_TLS_KEY", "k.pem")],
            "server.tls_certificate",
        ),
    ] {
        let setup = given
            .iter()
            .fold(Setup::new(), |setup, (name, value)| setup.env(name, value));
        let told = refusal(setup);
        assert!(told.contains(missing), "{given:?} needs {missing}: {told}");
        assert!(!told.contains("known to two"), "{told}");
    }
}

#[test]
fn a_missing_file_and_a_bad_flag_stop_the_start() {
    let told = refusal(Setup::new().arg("--config").arg("nowhere.toml"));
    assert!(told.contains("nowhere.toml"), "{told}");
    let told = refusal(Setup::new().no_listen().listen("nonsense"));
    assert!(told.contains("nonsense"), "{told}");
}

#[test]
fn a_taken_port_stops_the_start() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = taken.local_addr().expect("bound").to_string();
    let told = refusal(Setup::new().no_listen().listen(&address));
    assert!(told.contains(&address), "a taken address is named: {told}");
}

/// How many messages are taken before the limit refuses one.
async fn messages_taken(setup: Setup) -> usize {
    let server = setup.start().await;
    let (mut client, _) = Client::in_new_chat(&server, &server.user("alice")).await;
    for taken in 0..5 {
        client
            .send(json!({"type": "message", "data": {"message": "Hi"}}))
            .await;
        loop {
            let frame = client.next().await;
            match frame["type"].as_str() {
                Some("error") => return taken,
                Some("user_message") => break,
                _ => {}
            }
        }
    }
    5
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_environment_goes_before_the_file() {
    let file = "[limits]\nmessages_per_minute = 2\n";
    assert_eq!(
        messages_taken(Setup::new().config(file)).await,
        2,
        "a key in parlor.toml"
    );
    let both = Setup::new()
        .config(file)
        .env("PARLOR_LIMITS_MESSAGES_PER_MINUTE", "1");
    assert_eq!(
        messages_taken(both).await,
        1,
        "order: flag, environment, file, default"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_flag_goes_before_the_environment() {
    let setup = Setup::new();
    let other = setup.home().join("other");
    let server = setup
        .env("PARLOR_DATA_DIR", &other.to_string_lossy())
        .env("PARLOR_SERVER_LISTEN", "127.0.0.1:1")
        .start()
        .await;
    assert!(
        server.setup().data().is_dir() && !other.exists(),
        "--data-dir goes before PARLOR_DATA_DIR"
    );
    assert_ne!(
        server.address().port(),
        1,
        "--listen goes before PARLOR_SERVER_LISTEN"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_can_come_from_the_environment() {
    let setup = Setup::bare()
        .env("JWT_SECRET", SECRET)
        .env("PARLOR_SERVER_LISTEN", "127.0.0.1:0");
    let data = setup.data();
    let server = setup
        .env("PARLOR_DATA_DIR", &data.to_string_lossy())
        .start()
        .await;
    assert!(data.is_dir());
    Client::join(&server, &server.user("alice")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dotenv_file_in_the_working_directory_is_read() {
    let setup = Setup::new().without("JWT_SECRET");
    setup.write(
        ".env",
        &format!("JWT_SECRET={SECRET:?}\nPARLOR_LIMITS_MESSAGES_PER_MINUTE=1\n"),
    );
    assert_eq!(
        messages_taken(setup).await,
        1,
        "`.env` in the working directory is read, the secret too"
    );
    let setup = Setup::new();
    setup.write(".env", "PARLOR_LIMITS_MESSAGES_PER_MINUTE=1\n");
    let real = setup.env("PARLOR_LIMITS_MESSAGES_PER_MINUTE", "2");
    assert_eq!(
        messages_taken(real).await,
        2,
        "the real environment goes before `.env`"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn listen_may_repeat_and_port_0_picks_a_free_one() {
    let server = Setup::new().listen("127.0.0.1:0").start().await;
    let addresses = server.addresses().to_vec();
    assert_eq!(
        addresses.len(),
        2,
        "one line on standard output per address"
    );
    assert_ne!(addresses[0], addresses[1]);
    for address in addresses {
        assert_ne!(address.port(), 0, "the real port is told");
        let request =
            format!("GET /healthz HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
        assert_eq!(
            http::status(&http::raw(address, request.as_bytes()).await),
            200
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn serve_may_be_said_and_the_log_may_be_json() {
    let server = Setup::bare()
        .arg("serve")
        .arg("--listen")
        .arg("127.0.0.1:0")
        .arg("--log-format")
        .arg("json")
        .arg("--data-dir")
        .arg("d")
        .start()
        .await;
    Client::open(&server).await;
    let (_, log) = server.stop_with_log().await;
    let lines: Vec<_> = log.lines().collect();
    assert!(!lines.is_empty(), "logs go to standard error");
    for line in lines {
        assert!(
            serde_json::from_str::<serde_json::Value>(line).is_ok(),
            "--log-format json: {line}"
        );
    }
}
