//! The command line, beside a running server and without one.

use serde_json::{Value, json};

use crate::support::{Client, Person, Provider, Script, Setup, client::text, http};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn users_are_added_listed_disabled_and_enabled_while_the_server_runs() {
    let server = Setup::new().start().await;
    let setup = server.setup();
    let alice = setup.cli_ok(&["user", "add", "alice", "--role", "admin"]);
    let bob = setup.cli_ok(&["user", "add", "bob"]);
    let again = setup.cli(&["user", "add", "Alice"]);
    assert!(
        !again.status.success(),
        "a name is unique without regard to case"
    );
    let list: Value =
        serde_json::from_str(&setup.cli_ok(&["user", "list", "--json"])).expect("JSON");
    let users = list.as_array().expect("a list of users");
    let one = |name: &str| {
        users
            .iter()
            .find(|user| user["name"] == name)
            .expect("a listed user")
    };
    for (name, id, role) in [("alice", &alice, "admin"), ("bob", &bob, "member")] {
        let listed = one(name);
        let listed_id = listed.get("id").or_else(|| listed.get("userId"));
        assert_eq!(
            (listed_id, &listed["role"]),
            (Some(&json!(id)), &json!(role)),
            "{list}"
        );
        assert_eq!(listed["enabled"], true, "{list}");
    }
    let plain = setup.cli_ok(&["user", "list"]);
    assert!(plain.contains("alice") && plain.contains("bob"), "{plain}");

    let bob = Person {
        token: crate::support::token::for_user(&bob),
        id: bob,
    };
    Client::join(&server, &bob).await;
    setup.cli_ok(&["user", "disable", "bob"]);
    let mut client = Client::open(&server).await;
    client
        .send(json!({"type": "join_chat", "data": {"token": bob.token}}))
        .await;
    assert_eq!(
        client.error().await["code"],
        "AUTH_FAILED",
        "the user must be enabled at every authentication"
    );
    assert_eq!(client.closed().await, 1008);
    setup.cli_ok(&["user", "enable", "bob"]);
    Client::join(&server, &bob).await;
    let missing = setup.cli(&["user", "disable", "nobody"]);
    assert!(
        !missing.status.success(),
        "there is no such user to disable"
    );
}

#[test]
fn the_first_account_owns_the_server() {
    let setup = Setup::new();
    for name in ["first", "second"] {
        setup.cli_ok(&["user", "add", name]);
    }
    let list = setup.cli_ok(&["user", "list", "--json"]);
    let list: Value = serde_json::from_str(&list).expect("JSON");
    let list = list.as_array().expect("a list of users");
    let role = |name: &str| {
        let user = list.iter().find(|user| user["name"] == name);
        user.expect("a listed user")["role"].clone()
    };
    assert_eq!(
        (role("first"), role("second")),
        (json!("owner"), json!("member"))
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_of_the_command_line_signs_in() {
    for setup in [Setup::new(), Setup::new().without("JWT_SECRET")] {
        let server = setup.start().await;
        let id = server.setup().cli_ok(&["user", "add", "alice"]);
        for args in [
            &["token", "alice"][..],
            &["token", "alice", "--expires-in", "10m"][..],
        ] {
            let token = server.setup().cli_ok(args);
            assert_eq!(
                token.split('.').count(),
                3,
                "prints a JWT alone, got {token:?}"
            );
            Client::join(
                &server,
                &Person {
                    id: id.clone(),
                    token,
                },
            )
            .await;
        }
        let nobody = server.setup().cli(&["token", "nobody"]);
        assert!(
            !nobody.status.success() && nobody.stdout.is_empty(),
            "no token for nobody"
        );
    }
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_made_secret_is_kept_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;

    let server = Setup::new().without("JWT_SECRET").start().await;
    let id = server.setup().cli_ok(&["user", "add", "alice"]);
    let token = server.setup().cli_ok(&["token", "alice"]);
    let server = server.stop().await.start().await;
    Client::join(&server, &Person { id, token }).await;
    let mut modes = Vec::new();
    for entry in std::fs::read_dir(server.setup().data()).expect("the data directory") {
        let entry = entry.expect("an entry");
        let mode = entry.metadata().expect("metadata").permissions().mode() & 0o777;
        modes.push((entry.file_name().to_string_lossy().into_owned(), mode));
    }
    let secret = modes.iter().find(|(name, _)| name.contains("secret"));
    assert_eq!(
        secret.map(|(_, mode)| *mode),
        Some(0o600),
        "a file of mode 0600 in the data directory: {modes:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_is_restored_and_checked() {
    let provider = Provider::playing([Script::text(&["first"]), Script::text(&["second"])]).await;
    let server = Setup::with(&provider).start().await;
    let alice = server.user("alice");
    let (mut client, chat) = Client::in_new_chat(&server, &alice).await;
    client.ask("one").await;
    let epoch = client.look_at(&chat).await["epoch"].clone();
    let file = server.setup().home().join("backup.db");
    let file = file.to_string_lossy().into_owned();
    server.setup().cli_ok(&["backup", &file]);
    client.ask("two").await;
    server.setup().cli_ok(&["check"]);

    let setup = server.stop().await;
    setup.cli_ok(&["restore", &file]);
    setup.cli_ok(&["check"]);
    let server = setup.start().await;
    let joined = Client::join(&server, &alice).await.look_at(&chat).await;
    let contents: Vec<_> = joined["messages"]
        .as_array()
        .expect("messages")
        .iter()
        .map(|m| text(m, "content"))
        .collect();
    assert_eq!(contents, ["one", "first"], "what the backup had");
    assert_ne!(joined["epoch"], epoch, "another epoch after a restore");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn restoring_nonsense_or_over_a_running_server_changes_nothing() {
    let provider = Provider::start().await;
    let server = Setup::with(&provider).start().await;
    let alice = server.user("alice");
    let (mut client, chat) = Client::in_new_chat(&server, &alice).await;
    client.ask("one").await;
    let backup = server
        .setup()
        .home()
        .join("backup.db")
        .to_string_lossy()
        .into_owned();
    server.setup().cli_ok(&["backup", &backup]);
    let running = server.setup().cli(&["restore", &backup]);
    assert!(
        !running.status.success(),
        "a running server's database is not replaced under it"
    );
    let setup = server.stop().await;
    let nonsense = setup.write("nonsense.db", "this is no database");
    let refused = setup.cli(&["restore", &nonsense.to_string_lossy()]);
    assert!(
        !refused.status.success(),
        "what is no backup is not restored"
    );
    let server = setup.start().await;
    assert_eq!(http::get(&server, "/healthz").await.status, 200);
    let joined = Client::join(&server, &alice).await.look_at(&chat).await;
    assert_eq!(
        joined["messages"].as_array().map(Vec::len),
        Some(2),
        "nothing stored is lost"
    );
}
