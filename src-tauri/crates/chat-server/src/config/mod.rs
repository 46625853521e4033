//! What an operator may decide, resolved into one plain struct.
//!
//! A setting is looked for in four places, the first that has it wins: a flag, the environment
//! (and below it `.env` of the working directory), one configuration file, the default. All of
//! them go through the one table in `keys.rs`, which also writes `CONFIGURATION.md`. A key that
//! nobody knows or a value that makes no sense stops the start. What the settings *do* is the
//! business of those who take the [`Config`].

mod addresses;
mod dot_env;
mod environment;
mod file;
mod keys;
mod network;
mod reference;
#[cfg(test)]
mod tests;
mod value;

use std::{
    fmt, io,
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    time::Duration,
};

use secrecy::SecretString;

pub(crate) use self::addresses::is_safe_address;
pub use self::environment::Environment;
use self::keys::Key;
pub use self::network::{Network, NoNetwork};
pub(crate) use self::reference::page;

/// The name of the configuration file.
const FILE_NAME: &str = "parlor.toml";

/// Everything that a server is started with.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where it listens and whom it lets in.
    pub server: Server,
    /// Where everything is kept.
    pub data_dir: PathBuf,
    /// The configured secret of tokens. Tokens without `aud` are good under this one only.
    pub jwt_secret: Option<SecretString>,
    /// A secret that the host made and keeps itself, as the desktop does in the keyring. No
    /// setting fills it.
    pub own_jwt_secret: Option<SecretString>,
    /// Tokens of another system that has its own users.
    pub auth: Auth,
    /// Signing in through another system.
    pub oidc: Oidc,
    /// What is logged, and how.
    pub log: Log,
    /// What one client may ask of the server.
    pub limits: Limits,
    /// How chats behave.
    pub chat: Chat,
    /// The first model provider, and how patient the server is with all of them.
    pub provider: Provider,
    /// Whether it runs inside the desktop app: lets the window's origin in and keeps a local
    /// owner. No setting fills it.
    pub embedded: bool,
    /// A directory to serve the web UI from, instead of the one built in.
    pub ui_dir: Option<PathBuf>,
    /// What the operator should hear once logging is on.
    pub notices: Vec<String>,
}

/// Where the server listens and whom it lets in.
#[derive(Debug, Clone)]
pub struct Server {
    /// Its addresses; port 0 picks a free one.
    pub listen: Vec<SocketAddr>,
    /// Host names that requests may name, beside loopback and the server's own addresses.
    pub allowed_hosts: Vec<String>,
    /// Origins, `scheme://host[:port]`, that web pages may come from, beside the server's own.
    pub allowed_origins: Vec<String>,
    /// What people see the server called.
    pub name: String,
    /// The address by which people reach it, without a slash at the end, where that is not one that
    /// it listens on. Its host is among the allowed ones.
    pub public_url: Option<String>,
    /// The certificate to show, with its chain, in PEM form; TLS needs the key too.
    pub tls_certificate: Option<PathBuf>,
    /// The key of that certificate, in PEM form.
    pub tls_key: Option<PathBuf>,
    /// The reverse proxies that are believed when they say who their client is.
    pub trusted_proxies: Vec<Network>,
}

/// How long Parlor's own tokens are good, and tokens of another system that has its own users.
#[derive(Debug, Clone, Default)]
pub struct Auth {
    /// How long an access token is good where there is a refresh token beside it; the usual time
    /// where nobody said.
    pub access_time: Option<std::time::Duration>,
    /// Where its public keys are published.
    pub jwks_url: Option<String>,
    /// A file with them, instead.
    pub jwks_file: Option<PathBuf>,
    /// The `iss` of its tokens.
    pub issuer: Option<String>,
    /// The `aud` that they must be for.
    pub audience: Option<String>,
    /// Whose account here is meant by `sub`.
    pub users: ForeignUsers,
}

/// An OpenID Connect provider that people sign in through.
#[derive(Debug, Clone)]
pub struct Oidc {
    /// Its address, without a slash at the end.
    pub issuer: Option<String>,
    /// This server, as it is known there.
    pub client_id: Option<String>,
    /// The secret that proves it.
    pub client_secret: Option<SecretString>,
    /// What it is called on the button; its host where nobody says.
    pub name: Option<String>,
    /// What is asked of it.
    pub scopes: String,
    /// Who may come in.
    pub users: OidcUsers,
}

impl Default for Oidc {
    fn default() -> Self {
        Self {
            issuer: None,
            client_id: None,
            client_secret: None,
            name: None,
            scopes: "openid profile email".to_owned(),
            users: OidcUsers::default(),
        }
    }
}

impl Oidc {
    /// What the button says, where there is one.
    #[must_use]
    pub fn shown_name(&self) -> Option<&str> {
        let (issuer, _) = (self.issuer.as_deref()?, self.client_id.as_deref()?);
        let (_, rest) = issuer.split_once("://")?;
        let host = rest.split(['/', ':']).next().unwrap_or(rest);
        Some(self.name.as_deref().unwrap_or(host))
    }
}

/// Who may come in through the OpenID Connect provider.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum OidcUsers {
    /// Who was tied to an account by `parlor-server user link`.
    #[default]
    Linked,
    /// Also whose account here is called by their verified address.
    Email,
    /// Also everybody else, as a new member.
    Create,
}

/// Whose account is meant by the `sub` of another system's token.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ForeignUsers {
    /// The one with that id.
    #[default]
    Id,
    /// The one that `parlor-server user link` tied it to.
    Linked,
    /// That one, and else a new one.
    Create,
}

/// What is logged, and how.
#[derive(Debug, Clone)]
pub struct Log {
    /// Lines for people or for programs.
    pub format: LogFormat,
    /// A filter as tracing-subscriber reads it, for instance `info,chat_server=debug`.
    pub filter: String,
}

/// How a log line is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// What one client may ask of the server; 0 is no limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Messages that one person may send in a minute.
    pub messages_per_minute: u32,
    /// Bytes of requests that one person may send in a minute, where somebody says.
    pub bytes_per_minute: Option<u32>,
    /// Answers that may run at once for one person.
    pub running_answers: u32,
    /// Messages of one person on a day, UTC.
    pub messages_per_day: u32,
    /// Tokens of questions and answers of one person on a day.
    pub tokens_per_day: u32,
    /// The same in a month.
    pub tokens_per_month: u32,
    /// Attempts to sign in, in a minute, per address and name.
    pub sign_in_per_minute: u32,
    /// Frames that one connection may send in a second.
    pub frames_per_second: u32,
    /// Connections at once.
    pub connections: u32,
}

impl Limits {
    /// Bytes that one person may send in a minute; 0 is no limit. Where nobody says, more than the
    /// messages have that they may send: it refuses nothing that the other limit allows.
    #[must_use]
    pub fn bytes(&self) -> u32 {
        let usual = || self.messages_per_minute.saturating_mul(512 * 1024);
        self.bytes_per_minute.unwrap_or_else(usual)
    }
}

/// How chats behave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chat {
    /// Whether the model is asked for a title.
    pub auto_title: bool,
    /// Whether everybody may see everybody's names.
    pub directory: bool,
}

/// The model provider of the settings, and how patient the server is with all providers.
#[derive(Debug, Clone)]
pub struct Provider {
    /// The address of its API, without a slash at the end; none is OpenAI's.
    pub base_url: Option<String>,
    /// Its key.
    pub api_key: Option<SecretString>,
    /// The model that answers where nobody chose one.
    pub model: Option<String>,
    /// Whether providers that admins add may be in private networks; decided by
    /// [`Config::private_providers`] where nobody says.
    pub private_addresses: Option<bool>,
    /// How long a connection to it may take.
    pub connect_timeout: Duration,
    /// How long its first word may take.
    pub first_token_timeout: Duration,
    /// How long it may be silent within an answer.
    pub idle_timeout: Duration,
}

/// What the command line sets. Text is checked with the other sources.
#[derive(Debug, Clone, Default)]
pub struct Flags {
    /// `--config`.
    pub config: Option<PathBuf>,
    /// `--data-dir`.
    pub data_dir: Option<PathBuf>,
    /// `--listen`, as often as it was given.
    pub listen: Vec<String>,
    /// `--log-format`.
    pub log_format: Option<String>,
}

/// Why the settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// No setting has this name.
    #[error("unknown setting {name:?} in {place}; known are: {known}")]
    UnknownKey {
        /// As it was written.
        name: String,
        /// Where.
        place: Place,
        /// The names that could be meant.
        known: String,
    },
    /// The value makes no sense for this setting.
    #[error("{name} in {place} makes no sense{value}; it takes {allowed}")]
    BadValue {
        /// The setting, as it was written.
        name: String,
        /// Where.
        place: Place,
        /// A colon and the value; nothing where it might be a secret.
        value: String,
        /// What would do.
        allowed: String,
    },
    /// The file cannot be read.
    #[error("{} cannot be read", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        cause: io::Error,
    },
    /// The file is no TOML. The text itself is left out: it may hold a secret.
    #[error("{}, line {line}: {message}", path.display())]
    Syntax {
        /// The file.
        path: PathBuf,
        /// Counted from one.
        line: usize,
        /// What the parser says.
        message: String,
    },
    /// There is no home directory to keep data in.
    #[error("there is no place for data: give --data-dir DIR or set PARLOR_DATA_DIR")]
    NoDataDirectory,
}

/// Where a setting was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// On the command line.
    Flags,
    /// In the environment.
    Environment,
    /// In a file, `.env` or the configuration.
    File(PathBuf),
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flags => formatter.write_str("the command line"),
            Self::Environment => formatter.write_str("the environment"),
            Self::File(path) => write!(formatter, "{}", path.display()),
        }
    }
}

/// A setting found: under which name, and what it says.
struct Found {
    key: &'static Key,
    name: String,
    value: value::Value,
}

/// All settings of one place. Relative paths in them start at `base`.
struct Layer {
    place: Place,
    base: PathBuf,
    settings: Vec<Found>,
}

impl Config {
    /// The settings of a server inside the desktop app. Reads neither files nor the environment.
    #[must_use]
    pub fn embedded(data_dir: PathBuf) -> Self {
        let mut config = Self::defaults();
        config.server.listen = vec![SocketAddr::from((Ipv4Addr::LOCALHOST, 0))];
        config.data_dir = data_dir;
        config.embedded = true;
        config
    }

    /// Finds every setting.
    ///
    /// The file is `--config` or `PARLOR_CONFIG`; else `parlor.toml` in the working directory;
    /// else `parlor.toml` in the data directory. Only one is read.
    ///
    /// # Errors
    /// [`ConfigError`] names the first setting that is unknown or makes no sense, also where a
    /// stronger place would have overridden it.
    pub fn resolve(
        flags: &Flags,
        environment: &Environment,
        working_dir: &Path,
    ) -> Result<Self, ConfigError> {
        let dot_env = Environment::of_file(working_dir.join(".env"))?;
        let default_data_dir = environment
            .data_home()
            .map(|home| home.join("parlor-server"));
        let chosen = |name: &str| environment.path(name).or_else(|| dot_env.path(name));

        let data_dir = flags.data_dir.clone().or_else(|| chosen("PARLOR_DATA_DIR"));
        let data_dir = data_dir.or_else(|| default_data_dir.clone());
        let named = flags.config.clone().or_else(|| chosen("PARLOR_CONFIG"));

        let mut config = Self::defaults();
        let file = file::find(named, working_dir, data_dir.as_deref());
        let layers = [
            file.map(|found| file::read(&found, &mut config.notices))
                .transpose()?,
            Some(dot_env.layer(working_dir)?),
            Some(environment.layer(working_dir)?),
            Some(flags.layer(working_dir)),
        ];
        for layer in layers.into_iter().flatten() {
            config.apply(&layer)?;
        }
        if let Some(host) = config.server.public_host() {
            config.server.allowed_hosts.push(host);
        }
        if config.data_dir.as_os_str().is_empty() {
            config.data_dir = default_data_dir.ok_or(ConfigError::NoDataDirectory)?;
        }
        Ok(config)
    }

    /// What each person may spend, where no admin says otherwise.
    #[must_use]
    pub fn spend_limits(&self) -> chat_core::Limits {
        let limits = &self.limits;
        chat_core::Limits {
            messages_per_minute: Some(limits.messages_per_minute),
            running_answers: Some(limits.running_answers),
            messages_per_day: Some(limits.messages_per_day.into()),
            tokens_per_day: Some(limits.tokens_per_day.into()),
            tokens_per_month: Some(limits.tokens_per_month.into()),
            ..chat_core::Limits::default()
        }
    }

    /// The database in the data directory.
    #[must_use]
    pub fn database(&self) -> PathBuf {
        self.data_dir.join("parlor.db")
    }

    /// Whether providers that admins add may be on this computer or in a private network. Whoever
    /// uses a server alone has their models there; an admin of a server that others reach should
    /// not be able to look around in its network, unless its operator says so.
    #[must_use]
    pub fn private_providers(&self) -> bool {
        let alone = || {
            let server = &self.server;
            let near = server
                .listen
                .iter()
                .all(|address| address.ip().is_loopback());
            near && server.trusted_proxies.is_empty() && server.public_url.is_none()
        };
        self.embedded || self.provider.private_addresses.unwrap_or_else(alone)
    }

    fn apply(&mut self, layer: &Layer) -> Result<(), ConfigError> {
        for found in &layer.settings {
            let Found { key, name, value } = found;
            if (key.apply)(self, value, &layer.base).is_none() {
                return Err(ConfigError::BadValue {
                    name: name.clone(),
                    place: layer.place.clone(),
                    value: if key.private {
                        String::new()
                    } else {
                        format!(": {value}")
                    },
                    allowed: key.allowed.to_owned(),
                });
            }
        }
        Ok(())
    }

    fn defaults() -> Self {
        Self {
            server: Server {
                listen: vec![SocketAddr::from((Ipv4Addr::LOCALHOST, 3000))],
                allowed_hosts: Vec::new(),
                allowed_origins: Vec::new(),
                name: "Parlor".to_owned(),
                public_url: None,
                tls_certificate: None,
                tls_key: None,
                trusted_proxies: Vec::new(),
            },
            data_dir: PathBuf::new(),
            jwt_secret: None,
            own_jwt_secret: None,
            auth: Auth::default(),
            oidc: Oidc::default(),
            log: Log {
                format: LogFormat::Text,
                filter: "info".to_owned(),
            },
            limits: Limits {
                messages_per_minute: 120,
                bytes_per_minute: None,
                running_answers: 32,
                messages_per_day: 0,
                tokens_per_day: 0,
                tokens_per_month: 0,
                sign_in_per_minute: 10,
                frames_per_second: 2_000,
                connections: 20_000,
            },
            chat: Chat {
                auto_title: true,
                directory: true,
            },
            provider: Provider {
                base_url: None,
                api_key: None,
                model: None,
                private_addresses: None,
                connect_timeout: Duration::from_secs(10),
                first_token_timeout: Duration::from_secs(120),
                idle_timeout: Duration::from_secs(60),
            },
            embedded: false,
            ui_dir: None,
            notices: Vec::new(),
        }
    }
}

impl Server {
    /// The host of the public address, without its port.
    fn public_host(&self) -> Option<String> {
        let (_, authority) = self.public_url.as_ref()?.split_once("://")?;
        // The key takes host names alone, with or without a port.
        Some(authority.split(':').next()?.to_owned())
    }
}

impl Flags {
    fn layer(&self, working_dir: &Path) -> Layer {
        let mut settings = Vec::new();
        let mut add = |key: &str, name: &str, value| {
            // The names stand in the table: `tests` holds them together.
            if let Some(key) = keys::by_name(key) {
                settings.push(Found {
                    key,
                    name: name.to_owned(),
                    value,
                });
            }
        };
        if let Some(path) = &self.data_dir {
            add("data_dir", "--data-dir", value::Value::Path(path.clone()));
        }
        if !self.listen.is_empty() {
            add(
                "server.listen",
                "--listen",
                value::Value::Text(self.listen.join(",")),
            );
        }
        if let Some(format) = &self.log_format {
            add(
                "log.format",
                "--log-format",
                value::Value::Text(format.clone()),
            );
        }
        Layer {
            place: Place::Flags,
            base: working_dir.to_owned(),
            settings,
        }
    }
}
