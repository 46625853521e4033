//! "Keys never appear in any message": nor in a log, a file, or the metrics.

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde_json::json;

use crate::support::{Client, Person, Provider, Script, Setup, http, script::Step, token};

const KEY: &str = "sk-recognisable-7f3a9c51d2";

/// The files below `directory` that hold these bytes.
pub(crate) fn files_with(directory: &Path, needle: &[u8]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory)
        .expect("a readable directory")
        .filter_map(Result::ok)
    {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files_with(&path, needle));
        } else if let Ok(bytes) = fs::read(&path)
            && bytes.windows(needle.len()).any(|window| window == needle)
        {
            found.push(path);
        }
    }
    found
}

/// Providers really repeat the key they refuse.
fn echoes() -> Vec<Script> {
    let told = format!("Incorrect API key provided: {KEY}. Find yours in your account.");
    let error = json!({"error": {"message": told, "type": "invalid_request_error"}});
    let mut scripts: Vec<_> = [400, 401, 403, 404, 422, 429, 500, 502]
        .map(|status| Script::refused(status, &told))
        .into();
    scripts.push(Script::page(401, "text/plain", &told));
    scripts.push(Script::stream().tokens(&["one "]).event(&error));
    scripts.push(
        Script::stream()
            .tokens(&["one "])
            .raw(format!("data: {{{told}\n\n")),
    );
    scripts.push(Script::page(200, "text/html", &told));
    scripts.push(Script::stream().tokens(&["one "]).step(Step::Cut));
    scripts
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_providers_key_appears_nowhere() {
    let scripts = echoes();
    let count = scripts.len();
    let provider = Provider::playing(scripts).await;
    let server = Setup::with(&provider)
        .env("OPENAI_API_KEY", KEY)
        .env("PARLOR_LOG_FILTER", "trace")
        .env("PARLOR_LIMITS_MESSAGES_PER_MINUTE", "0")
        .start()
        .await;
    let id = server
        .setup()
        .cli_ok(&["user", "add", "root", "--role", "admin"]);
    let root = Person {
        token: token::for_user(&id),
        id,
    };
    let (mut client, chat) = Client::in_new_chat(&server, &root).await;
    for _ in 0..count {
        client.say("Hi").await;
        while client.next().await["type"] != "error" {}
    }
    for kind in [
        "list_providers",
        "list_models",
        "get_settings",
        "find_providers",
    ] {
        client.send(json!({"type": kind, "data": {}})).await;
        client.next().await;
    }
    client
        .send(json!({"type": "test_provider", "data": {"providerId": "openai"}}))
        .await;
    client.next().await;
    client.ask("Hi").await;
    client.look_at(&chat).await;
    let metrics = http::get(&server, "/metrics").await.body;
    let used = provider.asked(count).await.head;
    assert!(used.contains(KEY), "the key was really used: {used}");

    let frames = client.heard.concat();
    assert!(!frames.contains(KEY), "keys never appear in any message");
    assert!(!metrics.contains(KEY), "nor in the metrics");
    let home = server.setup().home().to_owned();
    assert_eq!(
        files_with(&home, KEY.as_bytes()),
        Vec::<PathBuf>::new(),
        "nor in a file"
    );
    let file = home.join("backup.db").to_string_lossy().into_owned();
    server.setup().cli_ok(&["backup", &file]);
    let log = server.log();
    assert!(
        !log.contains(KEY),
        "nor in the log, even with everything logged"
    );
    let setup = server.stop().await;
    assert_eq!(
        files_with(setup.home(), KEY.as_bytes()),
        Vec::<PathBuf>::new(),
        "nor in a backup"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_secret_of_the_tokens_appears_nowhere_either() {
    let server = Setup::new().env("PARLOR_LOG_FILTER", "trace").start().await;
    let alice = server.user("alice");
    let (mut client, _) = Client::in_new_chat(&server, &alice).await;
    client.ask("Hi").await;
    let metrics = http::get(&server, "/metrics").await.body;
    let secret = crate::support::server::SECRET;
    let everything = [client.heard.concat(), server.log(), metrics];
    for told in &everything {
        assert!(
            !told.contains(secret) && !told.contains(&alice.token),
            "neither secret nor token is told"
        );
    }
}
