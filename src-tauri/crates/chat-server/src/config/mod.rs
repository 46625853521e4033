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
mod sections;
#[cfg(test)]
mod tests;
mod value;

use std::{
    fmt, io,
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
};

use secrecy::SecretString;

pub(crate) use self::addresses::is_safe_address;
pub use self::environment::Environment;
use self::keys::Key;
pub use self::network::{Network, NoNetwork};
pub(crate) use self::reference::page;
pub use self::sections::{
    Auth, Chat, ForeignUsers, Limits, Log, LogFormat, Oidc, OidcUsers, Provider, Server,
};

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
            server: Server::default(),
            data_dir: PathBuf::new(),
            jwt_secret: None,
            own_jwt_secret: None,
            auth: Auth::default(),
            oidc: Oidc::default(),
            log: Log::default(),
            limits: Limits::default(),
            chat: Chat::default(),
            provider: Provider::default(),
            embedded: false,
            ui_dir: None,
            notices: Vec::new(),
        }
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
