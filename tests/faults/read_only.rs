//! A data directory that cannot be written: the server says so and does not start, and touches
//! nothing; one that was open already goes on.

use std::{
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt as _,
    path::Path,
};

use super::health;
use crate::support::{Client, Provider, Setup, client::text};

/// Root may write everywhere; without these rights it is like anybody.
const LIKE_ANYBODY: [&str; 3] = [
    "setpriv",
    "--bounding-set=-dac_override,-dac_read_search",
    "--",
];

fn like_anybody(setup: Setup) -> Setup {
    let root = fs::metadata("/proc/self").is_ok_and(|own| {
        use std::os::unix::fs::MetadataExt as _;
        own.uid() == 0
    });
    if root {
        setup.under(&LIKE_ANYBODY)
    } else {
        setup
    }
}

fn close(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).expect("it is ours");
}

/// What is in a directory, by name and length; the server's locks and the log of the last run
/// may come and go.
fn listing(directory: &Path) -> Vec<(String, u64)> {
    let entries = fs::read_dir(directory).expect("it can be read").flatten();
    let mut all: Vec<(String, u64)> = entries
        .map(|entry| {
            let length = entry.metadata().map_or(0, |known| known.len());
            (entry.file_name().to_string_lossy().into_owned(), length)
        })
        .collect();
    all.sort();
    all
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_read_only_data_directory_stops_the_start_and_loses_nothing() {
    let provider = Provider::start().await;
    let setup = like_anybody(Setup::with(&provider));
    let server = setup.start().await;
    let alice = server.user("alice");
    let (mut client, chat) = Client::in_new_chat(&server, &alice).await;
    client.ask("Hello").await;
    let setup = server.stop().await;

    let data = setup.data();
    // The directory, or the database alone, as after a backup was put back by somebody else.
    for (path, closed, open) in [
        (data.clone(), 0o500, 0o700),
        (data.join("parlor.db"), 0o400, 0o600),
    ] {
        let before = listing(&data);
        close(&path, closed);
        let refused = setup.clone().refused();
        let check = setup.cli(&["user", "list"]);
        close(&path, open);
        let said = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(!refused.status.success(), "it cannot serve: {said}");
        assert!(
            said.contains("parlor.db") && said.contains("permissions"),
            "it names the file and what to look at: {said}"
        );
        assert!(!check.status.success(), "nor can the command line");
        assert_eq!(listing(&data), before, "nothing was touched");
        assert!(!said.contains("panicked"), "{said}");
    }

    let server = setup.start().await;
    let joined = Client::join(&server, &alice).await.look_at(&chat).await;
    assert_eq!(
        text(&joined["messages"][1], "content"),
        "Scripted answer.",
        "all is there when it may write again"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_directory_that_becomes_read_only_stops_nobody_who_is_in_it() {
    let provider = Provider::start().await;
    let server = like_anybody(Setup::with(&provider)).start().await;
    let alice = server.user("alice");
    let (mut client, chat) = Client::in_new_chat(&server, &alice).await;
    client.ask("Hello").await;
    let data = server.setup().data();
    close(&data, 0o500);
    // Long enough for the store to tidy up, as it does when nothing is asked of it.
    tokio::time::sleep(std::time::Duration::from_secs(3)).await;
    let answer = client.ask("Are you there?").await;
    assert_eq!(text(&answer.end, "status"), "complete");
    health::until(&server, 200).await;
    let setup = server.kill().await;
    close(&data, 0o700);
    let server = setup.start().await;
    let joined = Client::join(&server, &alice).await.look_at(&chat).await;
    assert_eq!(joined["messages"].as_array().map(Vec::len), Some(4));
}
