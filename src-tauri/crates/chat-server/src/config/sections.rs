//! What there is to decide, section by section as in the configuration file, each with its defaults.

use std::{
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
    time::Duration,
};

use secrecy::SecretString;

use super::Network;

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

impl Default for Server {
    fn default() -> Self {
        Self {
            listen: vec![SocketAddr::from((Ipv4Addr::LOCALHOST, 3000))],
            allowed_hosts: Vec::new(),
            allowed_origins: Vec::new(),
            name: "Parlor".to_owned(),
            public_url: None,
            tls_certificate: None,
            tls_key: None,
            trusted_proxies: Vec::new(),
        }
    }
}

impl Server {
    /// The host of the public address, without its port.
    pub(super) fn public_host(&self) -> Option<String> {
        let (_, authority) = self.public_url.as_ref()?.split_once("://")?;
        // The key takes host names alone, with or without a port.
        Some(authority.split(':').next()?.to_owned())
    }
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

impl Default for Log {
    fn default() -> Self {
        Self {
            format: LogFormat::Text,
            filter: "info".to_owned(),
        }
    }
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

impl Default for Limits {
    fn default() -> Self {
        Self {
            messages_per_minute: 120,
            bytes_per_minute: None,
            running_answers: 32,
            messages_per_day: 0,
            tokens_per_day: 0,
            tokens_per_month: 0,
            sign_in_per_minute: 10,
            frames_per_second: 2_000,
            connections: 20_000,
        }
    }
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

impl Default for Chat {
    fn default() -> Self {
        Self {
            auto_title: true,
            directory: true,
        }
    }
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

impl Default for Provider {
    fn default() -> Self {
        Self {
            base_url: None,
            api_key: None,
            model: None,
            private_addresses: None,
            connect_timeout: Duration::from_secs(10),
            first_token_timeout: Duration::from_secs(120),
            idle_timeout: Duration::from_secs(60),
        }
    }
}
