//! "Keys never appear in any message": nor in a log, a file, or the metrics.

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde_json::json;

use crate::support::{Client, Provider, Script, Setup, http, script::Step, server::SECRET};

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
    let root = server.setup().user_with("root", &["--role", "admin"]);
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
        .send(json!({"type": "test_provider", "data": {"providerId": "custom"}}))
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
    let (setup, log) = server.stop_with_log().await;
    assert!(
        !log.contains(KEY),
        "nor in the log, even with everything logged"
    );
    assert_eq!(
        files_with(setup.home(), KEY.as_bytes()),
        Vec::<PathBuf>::new(),
        "nor in a backup"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_comes_in_frames_is_not_logged() {
    let server = Setup::new().env("PARLOR_LOG_FILTER", "trace").start().await;
    let root = server.setup().user_with("root", &["--role", "admin"]);
    let (mut client, _) = Client::in_new_chat(&server, &root).await;
    let key = json!({"providerId": "openai", "key": KEY});
    client
        .send(json!({"type": "set_provider_key", "data": key}))
        .await;
    client.next().await;
    client.ask("A private question").await;
    let metrics = http::get(&server, "/metrics").await.body;
    let frames = client.heard.concat();
    let (_, log) = server.stop_with_log().await;
    for secret in [KEY, SECRET, &root.token] {
        assert!(
            !frames.contains(secret) && !metrics.contains(secret),
            "told to nobody: {secret}"
        );
        assert!(
            !log.contains(secret),
            "nor logged, even with everything logged: {secret}"
        );
    }
}
