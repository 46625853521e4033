//! The order of places, and what stops a start.

use std::{fs, time::Duration};

use secrecy::ExposeSecret;
use tempfile::TempDir;

use super::{Config, ConfigError, Environment, Flags, LogFormat, keys};

/// A working directory, the flags and the environment of a start.
struct Start {
    here: TempDir,
    flags: Flags,
    environment: Vec<(&'static str, String)>,
}

impl Start {
    fn new() -> Self {
        let here = TempDir::new().expect("a directory");
        let home = here.path().join("home").display().to_string();
        Self {
            here,
            flags: Flags::default(),
            environment: vec![("HOME", home)],
        }
    }

    fn file(self, name: &str, text: &str) -> Self {
        let path = self.here.path().join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a directory");
        fs::write(path, text).expect("a file");
        self
    }

    fn variable(mut self, name: &'static str, value: &str) -> Self {
        self.environment.push((name, value.to_owned()));
        self
    }

    fn resolve(&self) -> Result<Config, ConfigError> {
        let pairs: Vec<_> = self
            .environment
            .iter()
            .map(|(n, v)| (*n, v.as_str()))
            .collect();
        Config::resolve(&self.flags, &Environment::of(&pairs), self.here.path())
    }

    fn good(&self) -> Config {
        self.resolve()
            .unwrap_or_else(|error| panic!("it must start: {error}"))
    }

    fn refused(&self) -> String {
        self.resolve()
            .map(|_| ())
            .expect_err("it must not start")
            .to_string()
    }
}

#[test]
fn nothing_given_is_enough() {
    let start = Start::new();
    let config = start.good();
    assert_eq!(
        config.server.listen,
        ["127.0.0.1:3000".parse().expect("an address")]
    );
    assert_eq!(
        config.data_dir,
        start.here.path().join("home/.local/share/parlor-server")
    );
    assert_eq!(config.limits.messages_per_minute, 120);
    assert!(config.chat.auto_title && !config.embedded && config.notices.is_empty());
}

#[test]
fn each_place_overrides_the_one_below() {
    const KEY: &str = "limits.messages_per_minute";
    const NAME: &str = "PARLOR_LIMITS_MESSAGES_PER_MINUTE";
    let read = |start: &Start| start.good().limits.messages_per_minute;
    let start = Start::new().file("parlor.toml", &format!("{KEY} = 1"));
    assert_eq!(read(&start), 1, "the file over the default");
    let start = start.file(".env", &format!("{NAME}=2"));
    assert_eq!(read(&start), 2, ".env over the file");
    let start = start.variable(NAME, "3");
    assert_eq!(read(&start), 3, "the environment over .env");

    let mut start = Start::new().variable("PARLOR_SERVER_LISTEN", "127.0.0.1:1, [::1]:2");
    assert_eq!(start.good().server.listen.len(), 2, "a list has commas");
    start.flags.listen = vec!["localhost:0".to_owned()];
    let listen = start.good().server.listen;
    assert_eq!(
        listen,
        ["127.0.0.1:0".parse().expect("an address")],
        "a flag over all"
    );
}

#[test]
fn the_seeds_names_work_and_are_weaker_than_parlors_own() {
    let start = Start::new()
        .file(
            ".env",
            "OPENAI_MODEL=m\nMONGODB_URI=mongodb://x\nPORT=1\nPARLOR_PROVIDER_MODEL=own",
        )
        .variable("OPENAI_API_KEY", "key-of-the-seed")
        .variable("OPENAI_BASE_URL", "http://127.0.0.1:8080/v1/")
        .variable("JWT_SECRET", &"s".repeat(32));
    let config = start.good();
    assert_eq!(config.provider.model.as_deref(), Some("own"));
    assert_eq!(
        config.provider.base_url.as_deref(),
        Some("http://127.0.0.1:8080/v1")
    );
    assert!(config.jwt_secret.is_some());
    let key = config.provider.api_key.as_ref().expect("a key");
    assert_eq!(key.expose_secret(), "key-of-the-seed");
    assert!(
        !format!("{config:?}").contains("key-of-the-seed"),
        "a key is never printed"
    );

    let start = start.variable("OPENAI_MODEL", "real");
    assert_eq!(
        start.good().provider.model.as_deref(),
        Some("real"),
        "what .env says overrides no real variable, under whatever name"
    );
}

#[test]
fn the_file_is_the_one_named_then_here_then_with_the_data() {
    let read = |start: &Start| start.good().server.name;
    let mut start = Start::new().file("data/parlor.toml", "[server]\nname = 'data'");
    start.flags.data_dir = Some("data".into());
    assert_eq!(read(&start), "data");
    let start = start.file("parlor.toml", "server.name = 'here'");
    assert_eq!(read(&start), "here");
    let start = start
        .file("etc/p.toml", "server.name = 'named'")
        .variable("PARLOR_CONFIG", "etc/p.toml");
    assert_eq!(read(&start), "named");

    let start = Start::new()
        .file("etc/p.toml", "data_dir = 'd'")
        .variable("PARLOR_CONFIG", "etc/p.toml");
    assert_eq!(
        start.good().data_dir,
        start.here.path().join("etc/d"),
        "relative to the file"
    );
    let start = Start::new()
        .file("d/parlor.toml", "data_dir = 'elsewhere'")
        .variable("PARLOR_DATA_DIR", "d");
    assert!(
        start.refused().contains("data_dir"),
        "a data directory does not name another"
    );
    let start = Start::new().variable("PARLOR_CONFIG", "absent.toml");
    assert!(
        start.refused().contains("absent.toml"),
        "a named file must be there"
    );
}

#[test]
fn unknown_names_stop_the_start_and_are_named() {
    for (text, name) in [
        (
            "limits.messages_per_minuet = 1",
            "limits.messages_per_minuet",
        ),
        ("[limit]\n", "limit"),
        ("limits = 5", "limits"),
        ("[server.tls]\ncert = 'x'", "server.tls"),
        ("\"a\\u001b[31m\" = 1", "a\\u{1b}[31m"),
    ] {
        let message = Start::new().file("parlor.toml", text).refused();
        assert!(
            message.contains(name) && message.contains("parlor.toml"),
            "{message}"
        );
        assert!(!message.contains('\u{1b}'), "no escape code: {message:?}");
    }
    let message = Start::new()
        .variable("PARLOR_LIMITS_MESSAGES", "1")
        .refused();
    assert!(message.contains("PARLOR_LIMITS_MESSAGES\""), "{message}");
    assert!(
        message.contains("PARLOR_LIMITS_MESSAGES_PER_MINUTE"),
        "it helps: {message}"
    );
    let message = Start::new().file(".env", "PARLOR_NONE=").refused();
    assert!(
        message.contains("PARLOR_NONE") && message.contains(".env"),
        "{message}"
    );

    let start = Start::new()
        .variable("PARLOR_TEST_X", "1")
        .variable("PARLOR_WRITE_DOCS", "1");
    start
        .variable("PARLOR_SERVER_BIN", "x")
        .variable("PARLOR_WRITE_TYPES", "1")
        .good();
}

#[test]
fn bad_values_stop_the_start_and_are_named() {
    for (name, value) in [
        ("PARLOR_LIMITS_MESSAGES_PER_MINUTE", "-1"),
        ("PARLOR_LIMITS_RUNNING_ANSWERS", "many"),
        ("PARLOR_LIMITS_CONNECTIONS", "4294967296"),
        ("PARLOR_CHAT_AUTO_TITLE", "maybe"),
        ("PARLOR_SERVER_LISTEN", "3000"),
        ("PARLOR_SERVER_LISTEN", "127.0.0.1:1,,"),
        ("PARLOR_SERVER_ALLOWED_ORIGINS", "*"),
        ("PARLOR_SERVER_ALLOWED_ORIGINS", "https://a.test/path"),
        ("PARLOR_SERVER_ALLOWED_HOSTS", "https://a.test"),
        ("PARLOR_LOG_FORMAT", "xml"),
        ("PARLOR_LOG_FILTER", "info=info=info"),
        ("PARLOR_PROVIDER_IDLE_TIMEOUT_MS", "0"),
        ("OPENAI_BASE_URL", "ftp://x"),
        ("OPENAI_BASE_URL", "https://me:pass@host/v1"),
        ("OPENAI_API_KEY", "two\nlines"),
        ("JWT_SECRET", "a secret of less than 32 bytes"),
    ] {
        let message = Start::new().variable(name, value).refused();
        assert!(
            message.contains(name) && message.contains("environment"),
            "{message}"
        );
        assert!(message.contains("it takes"), "{message}");
    }
    for text in [
        "limits.connections = '5'",
        "chat.auto_title = 'true'",
        "server.listen = [1]",
    ] {
        let name = text.split(' ').next().expect("a name");
        let message = Start::new().file("parlor.toml", text).refused();
        assert!(
            message.contains(name) && message.contains("parlor.toml"),
            "{message}"
        );
    }
    let mut start = Start::new();
    start.flags.log_format = Some("\u{1b}[31m".to_owned());
    let message = start.refused();
    assert!(
        message.contains("--log-format") && !message.contains('\u{1b}'),
        "{message:?}"
    );
}

#[test]
fn a_refusal_repeats_no_secret() {
    let secret = "hunter2-hunter2";
    for start in [
        Start::new().variable("JWT_SECRET", secret),
        Start::new().file("parlor.toml", &format!("jwt_secret = '{secret}'")),
        Start::new().file("parlor.toml", &format!("x = 1\njwt_secret = '{secret}")),
        Start::new().variable("OPENAI_BASE_URL", &format!("https://x:{secret}@host")),
    ] {
        let message = start.refused();
        assert!(!message.contains(secret), "{message}");
    }
}

#[test]
fn an_empty_variable_is_not_set() {
    let config = Start::new()
        .variable("JWT_SECRET", "")
        .variable("OPENAI_API_KEY", "")
        .good();
    assert!(config.jwt_secret.is_none() && config.provider.api_key.is_none());
}

#[test]
fn a_file_says_everything() {
    let text = "
        ui_dir = 'ui'
        [server]
        listen = ['127.0.0.1:0', '[::1]:0']
        allowed_hosts = ['Chat.Example.org']
        allowed_origins = ['https://chat.example.org']
        [log]
        format = 'json'
        filter = 'warn,chat_server=debug'
        [limits]
        frames_per_second = 0
        [chat]
        auto_title = false
        [provider]
        api_key = 'k'
        first_token_timeout_ms = 5
    ";
    let config = Start::new().file("parlor.toml", text).good();
    assert_eq!(
        config.server.allowed_hosts,
        ["chat.example.org"],
        "hosts have no case"
    );
    assert_eq!(config.server.listen.len(), 2);
    assert_eq!(config.log.format, LogFormat::Json);
    assert_eq!(config.limits.frames_per_second, 0);
    assert!(!config.chat.auto_title);
    assert_eq!(
        config.provider.first_token_timeout,
        Duration::from_millis(5)
    );
    assert!(config.ui_dir.is_some_and(|path| path.is_absolute()));
    assert_eq!(
        config.notices.len(),
        usize::from(cfg!(unix)),
        "a readable key gives a notice"
    );
}

#[test]
fn without_a_home_a_directory_must_be_named() {
    let here = TempDir::new().expect("a directory");
    let none = Environment::of(&[]);
    let refused = Config::resolve(&Flags::default(), &none, here.path());
    assert!(
        matches!(refused, Err(ConfigError::NoDataDirectory)),
        "{refused:?}"
    );
    let flags = Flags {
        data_dir: Some("d".into()),
        ..Flags::default()
    };
    let config = Config::resolve(&flags, &none, here.path()).expect("it starts");
    assert_eq!(config.data_dir, here.path().join("d"));
}

#[test]
fn every_flag_stands_in_the_table() {
    let flags = Flags {
        config: None,
        data_dir: Some("d".into()),
        listen: vec!["127.0.0.1:0".to_owned()],
        log_format: Some("json".to_owned()),
    };
    let layer = flags.layer("/".as_ref());
    let mut found: Vec<_> = layer
        .settings
        .iter()
        .map(|found| Some(found.name.as_str()))
        .collect();
    found.sort();
    let mut named: Vec<_> = keys::KEYS
        .iter()
        .map(|key| key.flag)
        .filter(Option::is_some)
        .collect();
    named.sort();
    assert_eq!(found, named);
}

#[test]
fn the_desktop_starts_on_loopback_and_reads_nothing() {
    let config = Config::embedded("/data".into());
    assert!(
        config.embedded
            && config
                .server
                .listen
                .iter()
                .all(|a| a.ip().is_loopback() && a.port() == 0)
    );
}
