//! Models and providers over the wire.

use serde_json::{Value, json};

use crate::support::{Client, Provider, Server, Setup, client::text};

async fn admin(server: &Server) -> Client {
    let root = server.setup().user_with("root", &["--role", "admin"]);
    Client::join(server, &root).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn models_are_listed_as_provider_slash_model() {
    let provider = Provider::start().await;
    let server = Setup::with(&provider).start().await;
    let mut client = Client::join(&server, &server.user("alice")).await;
    client
        .send(json!({"type": "list_models", "ref": "l", "data": {}}))
        .await;
    let models = client.expect("models").await;
    let names: Vec<_> = models["models"]
        .as_array()
        .expect("models")
        .iter()
        .map(|m| text(m, "id"))
        .collect();
    assert!(
        names.contains(&"custom/scripted") && names.contains(&"custom/other"),
        "{models}"
    );
    assert_eq!(models["problems"], json!([]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_provider_of_the_environment_is_fixed() {
    let provider = Provider::start().await;
    let server = Setup::with(&provider).start().await;
    let mut client = admin(&server).await;
    client
        .send(json!({"type": "list_providers", "data": {}}))
        .await;
    let providers = client.expect("providers").await;
    let first = &providers["providers"][0];
    assert_eq!(
        (
            &first["providerId"],
            &first["key"],
            &first["fixed"],
            &first["active"]
        ),
        (
            &json!("custom"),
            &json!("environment"),
            &json!(true),
            &json!(true)
        ),
        "{providers}"
    );
    assert_eq!(first["baseUrl"], provider.base_url());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_admin_connects_a_provider_and_everyone_is_answered_by_it() {
    let provider = Provider::start().await;
    let server = Setup::new().start().await;
    let mut client = admin(&server).await;
    let save = json!({
        "providerId": "local", "name": "Local", "baseUrl": provider.base_url(), "defaultModel": "scripted",
    });
    client
        .send(json!({"type": "save_provider", "data": save}))
        .await;
    let providers = client.expect("providers").await;
    let local = providers["providers"].as_array().expect("providers").iter();
    let local = local
        .clone()
        .find(|one| one["providerId"] == "local")
        .expect("the saved one");
    assert_eq!(
        (&local["active"], &local["fixed"]),
        (&json!(true), &json!(false)),
        "it becomes the active one"
    );
    client
        .send(json!({"type": "test_provider", "ref": "t", "data": {"providerId": "local"}}))
        .await;
    let tested = client.expect("provider_tested").await;
    assert_eq!(
        tested["models"].as_array().map(Vec::len),
        Some(2),
        "address and key are good"
    );
    let (mut member, _) = Client::in_new_chat(&server, &server.user("alice")).await;
    let answer = member.ask("Hi").await;
    assert_eq!(
        answer.end["model"], "local/scripted",
        "without a key: a local server needs none"
    );

    let server = server.stop().await.start().await;
    let (mut member, _) = Client::in_new_chat(&server, &server.user("bob")).await;
    let answer = member.ask("Hi").await;
    assert_eq!(
        answer.end["model"], "local/scripted",
        "a saved provider is there after a restart"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_provider_saved_without_activating_leaves_the_other_in_charge() {
    let (one, other) = (Provider::start().await, Provider::start().await);
    let server = Setup::new().start().await;
    let mut client = admin(&server).await;
    for (id, base_url, model, activate) in [
        ("one", one.base_url(), "scripted", None),
        ("other", other.base_url(), "scripted", Some(false)),
        ("other", other.base_url(), "second", Some(false)),
    ] {
        let mut save =
            json!({"providerId": id, "name": id, "baseUrl": base_url, "defaultModel": model});
        if let Some(activate) = activate {
            save["activate"] = activate.into();
        }
        client
            .send(json!({"type": "save_provider", "data": save}))
            .await;
        let providers = client.expect("providers").await;
        let active = providers["providers"].as_array().expect("providers").iter();
        let active: Vec<_> = active
            .filter(|provider| provider["active"] == true)
            .map(|provider| text(provider, "providerId"))
            .collect();
        assert_eq!(active, ["one"], "{providers}");
    }
    let server = server.stop().await.start().await;
    let (mut member, _) = Client::in_new_chat(&server, &server.user("alice")).await;
    let answer = member.ask("Hi").await;
    assert_eq!(
        answer.end["model"], "one/scripted",
        "after a restart as well"
    );
    assert!(other.requests().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn members_change_no_providers() {
    let server = Setup::new().start().await;
    server.user("the-first-who-owns-the-server");
    let mut client = Client::join(&server, &server.user("alice")).await;
    let frames = [
        ("find_providers", json!({})),
        (
            "save_provider",
            json!({"providerId": "x", "name": "X", "baseUrl": "http://127.0.0.1:1/v1"}),
        ),
        ("remove_provider", json!({"providerId": "openai"})),
        (
            "set_provider_key",
            json!({"providerId": "openai", "key": "k"}),
        ),
        ("test_provider", json!({"providerId": "openai"})),
    ];
    for (kind, data) in frames {
        client
            .send(json!({"type": kind, "ref": kind, "data": data}))
            .await;
        let error = client.expect_frame("error").await;
        assert_eq!(error["ref"], kind);
        assert_eq!(
            error["data"]["reason"], "forbidden",
            "providers are for admins and owners: {error}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_for_this_session_is_used_and_never_told() {
    let provider = Provider::start().await;
    let server = Setup::new().start().await;
    let mut client = admin(&server).await;
    let save = json!({
        "providerId": "local", "name": "Local", "baseUrl": provider.base_url(), "defaultModel": "scripted",
    });
    client
        .send(json!({"type": "save_provider", "data": save}))
        .await;
    client.expect("providers").await;
    let key = json!({"providerId": "local", "key": "sk-of-this-session"});
    client
        .send(json!({"type": "set_provider_key", "data": key}))
        .await;
    let providers = client.expect("providers").await;
    let local = |providers: &Value| {
        let all = providers["providers"].as_array().expect("providers");
        all.iter()
            .find(|one| one["providerId"] == "local")
            .expect("the saved one")["key"]
            .clone()
    };
    assert_eq!(local(&providers), "session");
    client
        .send(json!({"type": "create_chat", "data": {}}))
        .await;
    client.expect("chat_created").await;
    client.ask("Hi").await;
    let head = provider.asked(0).await.head.to_ascii_lowercase();
    assert!(
        head.contains("authorization: bearer sk-of-this-session\r\n"),
        "{head}"
    );
    let key = json!({"providerId": "local", "key": null});
    client
        .send(json!({"type": "set_provider_key", "data": key}))
        .await;
    assert_eq!(
        local(&client.expect("providers").await),
        "none",
        "`null` forgets it"
    );
    assert!(
        !client.heard.concat().contains("sk-of-this-session"),
        "no frame ever gives a key back"
    );
    let kept = crate::bad_input::keys::files_with(&server.setup().data(), b"sk-of-this-session");
    assert!(
        kept.is_empty(),
        "a session's key is in memory alone: {kept:?}"
    );
}
