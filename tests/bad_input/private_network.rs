//! A server that others reach: its admins cannot turn it against the network it stands in, while its
//! operator may.

use serde_json::{Value, json};

use crate::support::{Client, Provider, Server, Setup, client::text};

async fn admin(server: &Server) -> Client {
    let admin = server.setup().user_with("ann", &["--role", "admin"]);
    Client::join(server, &admin).await
}

fn save(address: &str) -> Value {
    json!({"type": "save_provider", "ref": "r", "data": {
        "providerId": "inside", "name": "Inside", "baseUrl": address, "defaultModel": "m"}})
}

fn shut() -> Setup {
    Setup::new().env("PARLOR_PROVIDER_PRIVATE_ADDRESSES", "false")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn private_addresses_are_refused_in_every_spelling_where_the_setting_says_so() {
    let server = shut().start().await;
    let mut client = admin(&server).await;
    for address in [
        "http://127.0.0.1:11434/v1",
        "http://2130706433/v1",
        "http://0177.0.0.1/v1",
        "http://0x7f000001/v1",
        "http://127.1/v1",
        "http://0.0.0.0:3000/v1",
        "http://10.0.0.1/v1",
        "http://172.16.0.1/v1",
        "http://192.168.0.1/v1",
        "http://100.64.0.1/v1",
        "http://[::1]/v1",
        "http://[::ffff:127.0.0.1]/v1",
        "http://[::ffff:10.0.0.1]/v1",
        "http://[64:ff9b::10.0.0.1]/v1",
        "http://[fd00::1]/v1",
    ] {
        client.send(save(address)).await;
        let error = client.error().await;
        let said = text(&error, "message");
        assert!(
            said.contains("provider.private_addresses"),
            "{address}: {said}"
        );
    }
    client
        .send(json!({"type": "find_providers", "data": {}}))
        .await;
    let found = client.expect("providers_found").await;
    assert_eq!(found["found"], json!([]), "nor is it looked around here");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_name_that_leads_inside_is_asked_nothing() {
    let inside = Provider::start().await;
    let server = shut().start().await;
    let mut client = admin(&server).await;
    let address = format!("http://localhost:{}/v1", inside.port());
    client.send(save(&address)).await;
    client.until("providers").await;
    client
        .send(json!({"type": "test_provider", "ref": "t", "data": {"providerId": "inside"}}))
        .await;
    let tested = loop {
        let frame = client.next().await;
        if frame["ref"] == "t" {
            break frame;
        }
    };
    let said = tested.to_string();
    assert!(said.contains("provider.private_addresses"), "{said}");
    client
        .send(json!({"type": "message", "data": {"message": "Hi"}}))
        .await;
    loop {
        let frame = client.next().await;
        let ended = frame["type"] == "assistant_message_complete" || frame["type"] == "error";
        if ended {
            break;
        }
    }
    assert!(inside.requests().is_empty(), "{:?}", inside.requests());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_operators_own_choice_stays_and_a_server_for_one_is_free() {
    let own = Provider::start().await;
    let server = Setup::with(&own)
        .env("PARLOR_PROVIDER_PRIVATE_ADDRESSES", "false")
        .start()
        .await;
    let (mut client, _) = Client::in_new_chat(&server, &server.user("alice")).await;
    client.ask("Hi").await;
    assert_eq!(own.requests().len(), 1, "provider.base_url may be anywhere");

    // On loopback alone, as the app itself is: no setting is needed.
    for (setup, free) in [
        (Setup::new(), true),
        (
            Setup::new().env("PARLOR_SERVER_TRUSTED_PROXIES", "127.0.0.1"),
            false,
        ),
        (
            Setup::new()
                .env("PARLOR_SERVER_TRUSTED_PROXIES", "127.0.0.1")
                .env("PARLOR_PROVIDER_PRIVATE_ADDRESSES", "true"),
            true,
        ),
    ] {
        let server = setup.start().await;
        let mut client = admin(&server).await;
        client.send(save(&own.base_url())).await;
        let answer = client.next().await;
        assert_eq!(answer["type"] != "error", free, "{answer}");
    }
}

/// What the operator named to go out by is theirs to name: it stands in the server's own network more
/// often than not. What a provider may be stays as it is.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_operators_proxy_may_be_inside_and_what_lies_behind_it_may_not() {
    let proxy = Provider::start().await;
    let named = format!("http://localhost:{}", proxy.port());
    let server = shut()
        .env("HTTP_PROXY", &named)
        .env("NO_PROXY", "direct.test,localhost.direct.test")
        .start()
        .await;
    let mut client = admin(&server).await;
    let tested = async |client: &mut Client| {
        client.until("providers").await;
        let test = json!({"type": "test_provider", "ref": "t", "data": {"providerId": "inside"}});
        client.send(test).await;
        loop {
            let frame = client.next().await;
            if frame["ref"] == "t" {
                break frame;
            }
        }
    };

    client.send(save("http://models.example.org/v1")).await;
    let answer = tested(&mut client).await;
    assert_eq!(answer["type"], "provider_tested", "{answer}");
    client
        .send(json!({"type": "message", "data": {"message": "Hi"}}))
        .await;
    client.until("assistant_message_complete").await;
    let asked = proxy.asked(0).await;
    let line = "POST http://models.example.org/v1/chat/completions ";
    assert!(asked.head.starts_with(line), "by the proxy: {}", asked.head);

    // The proxy's own address is no provider, nor is what only the proxy could tell from outside.
    let same = format!("http://127.0.0.1:{}/v1", proxy.port());
    for inside in [same.as_str(), "http://10.0.0.1/v1", "http://[fd00::1]/v1"] {
        client.send(save(inside)).await;
        let said = client.error().await;
        let said = text(&said, "message");
        assert!(
            said.contains("provider.private_addresses"),
            "{inside}: {said}"
        );
    }
    client.send(save(&format!("{named}/v1"))).await;
    let answer = tested(&mut client).await.to_string();
    assert!(answer.contains("provider.private_addresses"), "{answer}");
    let count = proxy.requests().len();
    assert_eq!(count, 1, "nothing else was asked of it");
}
