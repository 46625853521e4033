//! Ten-line scripts in other languages, run as they are against a server: the wire needs nothing
//! of ours. Their libraries are installed below `target/` by the registries' own clients.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use crate::support::{Client, Person, Provider, Script, Server, Setup, client::text};

/// A directory below `target/` for a script's libraries.
fn libraries(name: &str) -> PathBuf {
    let tests = env::current_exe().expect("the test executable has a path");
    let target = tests
        .ancestors()
        .nth(3)
        .expect("target/debug/deps/journeys-…");
    let directory = target.join("journeys-clients").join(name);
    fs::create_dir_all(&directory).expect("target/ can be written");
    directory
}

fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("clients")
        .join(name)
}

/// Runs a step of an installation; says what is missing where it cannot.
fn install(program: &Path, args: &[&str], needs: &str) {
    let output = Command::new(program).args(args).output();
    let output = output
        .unwrap_or_else(|error| panic!("{}: {error}; this test needs {needs}", program.display()));
    assert!(
        output.status.success(),
        "{} {args:?} failed; this test needs {needs}:\n{}{}",
        program.display(),
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}

fn run(mut command: Command, server: &Server, person: &Person, chat: &str) -> Output {
    command
        .env("URL", format!("ws://{}/ws/chat", server.address()))
        .env("TOKEN", &person.token)
        .env("CHAT", chat)
        .env("NO_PROXY", "127.0.0.1")
        .env("no_proxy", "127.0.0.1")
        .args(["Does", "it", "stream?"])
        .output()
        .expect("an installed interpreter runs")
}

/// A chat that was begun here is continued by the script.
async fn continues_a_chat(command: Command) {
    let provider =
        Provider::playing([Script::text(&["first"]), Script::text(&["It ", "streams."])]).await;
    let server = Setup::with(&provider).start().await;
    let alice = server.user("alice");
    let (mut client, chat) = Client::in_new_chat(&server, &alice).await;
    client.ask("one?").await;
    let output = run(command, &server, &alice, &chat);
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        "It streams.",
        "the answer streams to any WebSocket client"
    );
    assert_eq!(
        text(&client.until("user_message").await, "content"),
        "Does it stream?"
    );
    let answer = client.answer().await;
    assert_eq!(
        answer.text(),
        "It streams.",
        "and to whoever looks at the same chat"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_lines_of_python() {
    let home = libraries("python");
    let python = home.join("bin/python");
    if !home.join("ready").exists() {
        let directory = home.to_string_lossy();
        install(
            Path::new("python3"),
            &["-m", "venv", &directory],
            "Python 3 with venv",
        );
        install(
            &python,
            &["-m", "pip", "install", "--quiet", "websockets>=13"],
            "`websockets` from PyPI",
        );
        fs::write(home.join("ready"), "").expect("target/ can be written");
    }
    let mut command = Command::new(python);
    command.arg(script("chat.py"));
    continues_a_chat(command).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_lines_of_node() {
    let home = libraries("node");
    if !home.join("ready").exists() {
        let directory = home.to_string_lossy();
        let args = [
            "install",
            "--prefix",
            &directory,
            "--no-save",
            "--no-audit",
            "--no-fund",
            "ws@8",
        ];
        install(Path::new("npm"), &args, "npm and `ws` from its registry");
        fs::write(home.join("ready"), "").expect("target/ can be written");
    }
    let mut command = Command::new("node");
    command
        .arg(script("chat.cjs"))
        .env("NODE_PATH", home.join("node_modules"));
    continues_a_chat(command).await;
}
