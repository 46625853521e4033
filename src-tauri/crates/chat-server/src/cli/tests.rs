//! What a command line means, and what its commands print.

use std::sync::Arc;

use clap::CommandFactory;
use tempfile::TempDir;

use super::*;
use crate::auth::{SigningSecret, Tokens};

fn parse(line: &str) -> Result<(Command, Flags), clap::Error> {
    read(
        std::iter::once("parlor-server")
            .chain(line.split_whitespace())
            .map(OsString::from),
    )
}

/// A data directory with commands run on it.
struct Place {
    _home: TempDir,
    config: Config,
    database: Arc<Database>,
}

impl Place {
    fn new() -> Self {
        let home = TempDir::new().expect("a directory");
        let config = Config::embedded(home.path().join("data"));
        let database = open(&config).expect("a database");
        Self {
            _home: home,
            config,
            database,
        }
    }

    async fn run(&self, line: &str, stdin: &str) -> anyhow::Result<String> {
        let (command, _) = parse(line).expect("a command line");
        self.perform(command, stdin).await
    }

    async fn perform(&self, command: Command, stdin: &str) -> anyhow::Result<String> {
        let mut stdout = Vec::new();
        match command {
            Command::User(command) => {
                user::run(
                    command,
                    &self.database,
                    None,
                    &mut stdin.as_bytes(),
                    &mut stdout,
                )
                .await?;
            }
            Command::Token(arguments) => {
                token::run(&arguments, &self.database, &self.config, &mut stdout).await?;
            }
            Command::Backup { file } => care::backup(&self.database, &file, &mut stdout).await?,
            Command::Check => care::check(&self.database, &mut stdout).await?,
            other => panic!("not here: {other:?}"),
        }
        Ok(String::from_utf8(stdout)?)
    }
}

#[test]
fn the_definition_is_sound() {
    CommandLine::command().debug_assert();
}

#[test]
fn to_serve_is_what_is_meant_without_a_command() {
    for line in [
        "--listen 127.0.0.1:0 --listen [::1]:0 --log-format json --data-dir d --config c",
        "serve --listen 127.0.0.1:0 --listen [::1]:0 --log-format json --data-dir d --config c",
        "--data-dir d --listen 127.0.0.1:0 serve --config c --listen [::1]:0 --log-format json",
    ] {
        let (command, flags) = parse(line).expect(line);
        assert!(matches!(command, Command::Serve(_)), "{line}");
        assert_eq!(flags.listen, ["127.0.0.1:0", "[::1]:0"], "{line}");
        assert_eq!(flags.log_format.as_deref(), Some("json"), "{line}");
        assert_eq!(flags.data_dir, Some("d".into()), "{line}");
        assert_eq!(flags.config, Some("c".into()), "{line}");
    }
    let (command, _) = parse("").expect("nothing is enough");
    let Command::Serve(arguments) = command else {
        panic!("{command:?}")
    };
    assert!(!arguments.print_sign_in_link);
    for line in ["--print-sign-in-link", "serve --print-sign-in-link"] {
        let (command, _) = parse(line).expect(line);
        let Command::Serve(arguments) = command else {
            panic!("{command:?}")
        };
        assert!(arguments.print_sign_in_link, "{line}");
    }
}

#[test]
fn other_commands_take_the_directory_on_either_side() {
    for line in ["user add alice --data-dir d", "--data-dir d user add alice"] {
        let (command, flags) = parse(line).expect(line);
        assert!(matches!(command, Command::User(_)), "{line}");
        assert_eq!(flags.data_dir, Some("d".into()), "{line}");
    }
}

#[test]
fn what_makes_no_sense_is_said_in_one_line() {
    for (line, word) in [
        ("--lisen x", "--lisen"),
        ("user", "missing"),
        ("user add", "NAME"),
        ("user add a --role king", "king"),
        ("token a --expires-in 1y", "1y"),
        ("--listen 127.0.0.1:0 user list", "--listen"),
        ("nonsense", "nonsense"),
    ] {
        let error = parse(line).map(|_| ()).expect_err(line);
        let message = usage(&error);
        assert!(message.contains(word), "{line}: {message}");
        assert!(
            !message.contains('\n') && !message.starts_with("error"),
            "{line}: {message}"
        );
    }
    let failure = run(["parlor-server", "--nonsense"].map(OsString::from)).expect_err("refused");
    assert_eq!(failure.status, USAGE);
}

#[tokio::test]
async fn the_first_account_becomes_owner_and_ids_are_printed_alone() {
    let place = Place::new();
    let alice = place.run("user add alice", "").await.expect("an account");
    let bob = place.run("user add bob", "").await.expect("an account");
    place
        .run("user add carol --role admin", "")
        .await
        .expect("an account");
    for id in [&alice, &bob] {
        let id = id.strip_suffix('\n').expect("a line");
        assert!(chat_core::UserId::parse(id).is_ok(), "{id:?}");
    }
    let list = place.run("user list --json", "").await.expect("a list");
    let list: serde_json::Value = serde_json::from_str(&list).expect("JSON");
    let roles: Vec<_> = list
        .as_array()
        .expect("an array")
        .iter()
        .map(|u| &u["role"])
        .collect();
    assert_eq!(roles, ["owner", "member", "admin"]);
    assert_eq!(list[0]["id"], alice.trim());
    assert_eq!(list[0]["enabled"], true);

    let taken = place
        .run("user add ALICE", "")
        .await
        .expect_err("names have no case");
    assert_eq!(taken.to_string(), "there is an account \"ALICE\" already");
}

#[tokio::test]
async fn a_token_is_printed_alone_and_good() {
    let place = Place::new();
    let id = place.run("user add alice", "").await.expect("an account");
    let token = place
        .run("token alice --expires-in 30s", "")
        .await
        .expect("a token");
    let tokens = Tokens::new(&SigningSecret::resolve(&place.config).expect("a secret"));
    let now = chat_core::Sources::system().clock.now();
    let user = tokens.verify(token.trim_end(), now).expect("a good token");
    assert_eq!(user.user.as_str(), id.trim());

    place.run("user disable alice", "").await.expect("disabled");
    let refused = place.run("token alice", "").await.expect_err("disabled");
    assert!(refused.to_string().contains("disabled"), "{refused}");
    place.run("user enable Alice", "").await.expect("enabled");
    place.run("token alice", "").await.expect("a token");
    for line in [
        "token nobody",
        "user disable nobody",
        "user password nobody",
    ] {
        let missing = place.run(line, "long enough\n").await.expect_err("nobody");
        assert_eq!(
            missing.to_string(),
            "there is no account \"nobody\"",
            "{line}"
        );
    }
}

#[tokio::test]
async fn a_password_is_the_first_line_of_standard_input() {
    let place = Place::new();
    let stored = async |name| {
        let found = place.database.user_by_name(name).await.expect("the store");
        found.and_then(|(_, hash)| hash)
    };
    let passwords = crate::auth::Passwords::new();
    place
        .run("user add alice --password-stdin", "long enough\r\nmore")
        .await
        .expect("added");
    let hash = stored("alice").await;
    assert!(
        passwords
            .verify("long enough".into(), hash)
            .await
            .expect("an answer")
    );
    place
        .run("user password alice", "longer still")
        .await
        .expect("changed");
    let hash = stored("alice").await;
    assert!(
        passwords
            .verify("longer still".into(), hash)
            .await
            .expect("an answer")
    );

    place.run("user add bob", "").await.expect("added");
    assert_eq!(
        stored("bob").await,
        None,
        "no password, no way in by password"
    );
    for stdin in ["", "\n", "short\n"] {
        let refused = place.run("user add carol --password-stdin", stdin).await;
        assert!(refused.is_err(), "{stdin:?}");
    }
    assert_eq!(
        place.database.users().await.expect("the store").len(),
        2,
        "nobody else"
    );
}

#[tokio::test]
async fn no_escape_code_reaches_the_terminal() {
    const EVIL: &str = "a\u{1b}[31m\u{202e}";
    let place = Place::new();
    let add = |name: &str| {
        let name = name.to_owned();
        Command::User(user::UserCommand::Add {
            name,
            role: None,
            password_stdin: false,
        })
    };
    place
        .perform(add(EVIL), "")
        .await
        .expect_err("no such name");

    // One from elsewhere, whose maker was less careful.
    let id = chat_core::UserId::parse("user-1").expect("an id");
    let (role, now) = (chat_core::UserRole::Member, chat_core::Timestamp(0));
    let made = place
        .database
        .create_user(id, "b\u{202e}", role, None, now)
        .await;
    made.expect("the store takes it");
    for line in ["user list", "user list --json"] {
        let list = place.run(line, "").await.expect("a list");
        assert!(
            list.contains("b\\u202e") && !list.contains('\u{202e}'),
            "{list:?}"
        );
    }
    let disable = Command::User(user::UserCommand::Disable {
        name: EVIL.to_owned(),
    });
    let missing = place
        .perform(disable, "")
        .await
        .expect_err("nobody")
        .to_string();
    assert!(!missing.chars().any(crate::auth::invisible), "{missing:?}");
}

#[tokio::test]
async fn a_backup_can_be_restored() {
    let place = Place::new();
    place.run("user add alice", "").await.expect("added");
    let file = place.config.data_dir.join("copy.db");
    let backup = Command::Backup { file: file.clone() };
    place.perform(backup, "").await.expect("a backup");
    let said = place.run("check", "").await.expect("sound");
    assert!(said.ends_with("is sound\n"), "{said}");

    let elsewhere = place.config.data_dir.join("elsewhere");
    let mut config = Config::embedded(elsewhere);
    assert!(open_old(&config).is_err(), "there is nothing to check yet");
    assert!(!config.data_dir.exists(), "and looking made nothing");
    let mut stdout = Vec::new();
    care::restore(&file, &config.database(), &mut stdout).expect("restored");
    let users = open(&config)
        .expect("a database")
        .users()
        .await
        .expect("the store");
    assert_eq!(users.len(), 1);

    config.data_dir = place.config.data_dir.clone();
    let in_use = care::restore(&file, &config.database(), &mut stdout).expect_err("in use");
    assert!(in_use.to_string().contains("in use"), "{in_use}");
}
