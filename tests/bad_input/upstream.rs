//! A provider that is an enemy, or an address that leads to one: keys stay where they belong,
//! nothing grows, and the network that the server stands in is not looked into.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::{
    Client, Provider, Script, Server, Setup,
    client::{assert_error, text},
    server::Person,
};

const KEY: &str = "sk-not-for-elsewhere";

/// Asks in a new chat; gives the `error` that ends the answer.
async fn fails(server: &Server, alice: &Person) -> Value {
    let (mut client, _) = Client::in_new_chat(server, alice).await;
    client.say("Hi").await;
    loop {
        let mut frame = client.next().await;
        match frame["type"].as_str() {
            Some("error") => {
                let error = frame["data"].take();
                assert_error(&error);
                assert!(!error.to_string().contains(KEY), "no key in any message");
                return error;
            }
            Some("assistant_message_complete") => {
                assert_eq!(frame["data"]["status"], "failed", "{frame}");
            }
            _ => {}
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_status_sends_the_key_elsewhere() {
    let elsewhere = Provider::start().await;
    let provider = Provider::start().await;
    let server = Setup::with(&provider)
        .env("OPENAI_API_KEY", KEY)
        .start()
        .await;
    let alice = server.user("alice");
    let target = format!("{}/chat/completions", elsewhere.base_url());
    let realm = format!("www-authenticate: Bearer realm=\"{target}\"");
    for status in [300, 301, 302, 303, 305, 307, 308, 401, 407] {
        let script = Script {
            status,
            ..Script::page(status, "text/plain", "elsewhere")
        };
        let script = script.header(&format!("location: {target}"));
        let script = script.header(&realm);
        provider.queue(script.header(&format!("refresh: 0; url={target}")));
        let error = fails(&server, &alice).await;
        assert!(
            text(&error, "message").len() > 15,
            "{status}: a sentence that says what happened: {error}"
        );
    }
    assert!(
        elsewhere.requests().is_empty(),
        "no redirect is followed: {:?}",
        elsewhere.requests()
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bomb_is_not_unpacked() {
    // 64 MiB of nothing in 64 KiB, packed by what every system has.
    let packed = std::process::Command::new("sh")
        .args(["-c", "head -c 67108864 /dev/zero | gzip -9"])
        .output();
    let packed = packed.expect("gzip is there").stdout;
    assert!((1 << 12..1 << 20).contains(&packed.len()), "a small bomb");
    let provider = Provider::start().await;
    let server = Setup::with(&provider).start().await;
    let alice = server.user("alice");
    let before = server.memory_mib();
    for encoding in ["gzip", "deflate", "br", "zstd"] {
        let script = Script::stream().header(&format!("content-encoding: {encoding}"));
        provider.queue(script.raw(&packed).end());
        let error = fails(&server, &alice).await;
        assert_eq!(text(&error, "reason"), "garbled", "{encoding}: {error}");
    }
    let grown = server.memory_mib().saturating_sub(before);
    assert!(grown < 32, "a bomb took {grown} MiB");
    assert!(
        provider
            .requests()
            .iter()
            .all(|asked| asked.head.contains("accept-encoding: identity")),
        "nothing packed is asked for"
    );
}

const REFUSED: [&str; 12] = [
    "http://169.254.169.254/v1",
    "http://2852039166/v1",
    "http://0xa9fea9fe/v1",
    "http://0251.0376.0251.0376/v1",
    "http://169.254.43518/v1",
    "http://[::ffff:169.254.169.254]/v1",
    "http://[::ffff:a9fe:a9fe]/v1",
    "http://[64:ff9b::a9fe:a9fe]/v1",
    "http://[fe80::1]/v1",
    "http://[fd00:ec2::254]/v1",
    "http://metadata.google.internal/v1",
    "http://100.100.100.200/v1",
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn metadata_addresses_are_refused_over_the_wire_and_at_the_start() {
    let server = Setup::new().start().await;
    let owner = server.setup().user_with("olga", &["--role", "owner"]);
    let mut client = Client::join(&server, &owner).await;
    for address in REFUSED {
        let save = json!({"type": "save_provider", "ref": "r", "data": {
            "providerId": "cloud", "name": "Cloud", "baseUrl": address, "defaultModel": "m",
        }});
        client.send(save).await;
        let error = client.error().await;
        assert!(
            text(&error, "message").contains("metadata"),
            "{address}: says why: {error}"
        );
    }
    client
        .send(json!({"type": "list_providers", "data": {}}))
        .await;
    let providers = client.expect("providers").await;
    assert!(!providers.to_string().contains("cloud"), "{providers}");
    for address in &REFUSED[..3] {
        let refused = Setup::new().env("OPENAI_BASE_URL", address).refused();
        let said = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(!refused.status.success());
        assert!(said.contains("metadata"), "{address}: {said}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_redirect_to_a_metadata_address_is_not_followed() {
    let provider = Provider::start().await;
    let server = Setup::with(&provider).start().await;
    let alice = server.user("alice");
    for target in &REFUSED[..4] {
        let script = Script {
            status: 302,
            ..Script::page(302, "text/plain", "moved")
        };
        provider.queue(script.header(&format!("location: {target}")));
        let begun = Instant::now();
        fails(&server, &alice).await;
        assert!(
            begun.elapsed() < Duration::from_secs(5),
            "nobody was asked there"
        );
    }
}

/// A name that is another address from one question to the next (DNS rebinding): what counts is
/// the address that is connected to.
#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_name_that_turns_into_a_metadata_address_is_refused() {
    let provider = Provider::start().await;
    let setup = Setup::with(&provider).env(
        "OPENAI_BASE_URL",
        &format!("http://models.test:{}/v1", provider.port()),
    );
    let hosts = setup.write("hosts", "127.0.0.1 models.test\n");
    let script = format!(
        "mount --bind '{}' /etc/hosts && exec \"$@\"",
        hosts.display()
    );
    let mut namespace = vec!["unshare", "--mount", "--propagation", "private"];
    let root = std::fs::metadata("/proc/self").is_ok_and(|own| {
        use std::os::unix::fs::MetadataExt as _;
        own.uid() == 0
    });
    if !root {
        namespace.extend(["--user", "--map-root-user"]);
    }
    namespace.extend(["sh", "-c", &script, "sh"]);
    let alice = setup.user("alice");
    let server = setup.under(&namespace).start().await;
    let (mut client, _) = Client::in_new_chat(&server, &alice).await;
    client.ask("Hello").await;
    assert_eq!(
        provider.requests().len(),
        1,
        "the name leads to the provider"
    );
    drop(client);
    for address in ["169.254.169.254", "::ffff:169.254.169.254", "fe80::1"] {
        // In place: the file is mounted.
        std::fs::write(&hosts, format!("{address} models.test\n")).expect("the home");
        // A connection that is kept open would need no name.
        let mut attempts = 0;
        let error = loop {
            attempts += 1;
            let (mut client, _) = Client::in_new_chat(&server, &alice).await;
            client.say("Hi").await;
            let frame = loop {
                let frame = client.next().await;
                let kind = frame["type"].as_str();
                if let Some("error" | "assistant_message_complete") = kind {
                    break frame;
                }
            };
            if frame["type"] == "error" || attempts > 5 {
                break frame;
            }
        };
        let error = &error["data"];
        assert_error(error);
        assert_eq!(
            text(error, "code"),
            "GENERATION_FAILED",
            "{address}: {error}"
        );
        // Nobody answers there either way: what counts is that nobody was asked.
        assert!(
            text(error, "message").contains("metadata"),
            "{address}: {error}"
        );
    }
}
