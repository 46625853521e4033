//! The one table of settings: names, what is allowed, what it is for, and how it is taken over.

use std::{path::Path, time::Duration};

use super::{
    Config, ForeignUsers, LogFormat, OidcUsers,
    addresses::{address, base_url, host_name, keys_url, origin, public_url},
    value::Value,
};

/// A setting.
pub(super) struct Key {
    /// Its name in the file, dotted.
    pub(super) name: &'static str,
    /// The name by which the seeds' systems know it in the environment.
    pub(super) seed_name: Option<&'static str>,
    /// Its flag.
    pub(super) flag: Option<&'static str>,
    /// What is allowed, in words.
    pub(super) allowed: &'static str,
    /// The default, in words.
    pub(super) default: &'static str,
    /// What it is for.
    pub(super) about: &'static str,
    /// Never repeated in a message.
    pub(super) private: bool,
    /// Takes the value over; `None` when it makes no sense. Relative paths start at the third.
    pub(super) apply: fn(&mut Config, &Value, &Path) -> Option<()>,
}

impl Key {
    /// Its own name in the environment.
    pub(super) fn variable(&self) -> String {
        format!(
            "PARLOR_{}",
            self.name.replace('.', "_").to_ascii_uppercase()
        )
    }
}

/// The setting of this dotted name.
pub(super) fn by_name(name: &str) -> Option<&'static Key> {
    KEYS.iter().find(|key| key.name == name)
}

/// A setting without flag and other names, for the table below.
const KEY: Key = Key {
    name: "",
    seed_name: None,
    flag: None,
    allowed: "",
    default: "",
    about: "",
    private: false,
    apply: |_, _, _| None,
};

const COUNT: &str = "a whole number; 0 is no limit";
const MILLISECONDS: &str = "a whole number of milliseconds, at least 1";

/// All settings, in the order of the documentation.
pub(super) static KEYS: &[Key] = &[
    Key {
        name: "data_dir",
        flag: Some("--data-dir"),
        allowed: "a directory",
        default: "`$XDG_DATA_HOME/parlor-server` or `~/.local/share/parlor-server`",
        about: "Where the database and the secret of tokens are kept.",
        apply: |config, value, base| put(&mut config.data_dir, value.path(base)),
        ..KEY
    },
    Key {
        name: "jwt_secret",
        seed_name: Some("JWT_SECRET"),
        allowed: "a secret of at least 32 bytes",
        default: "made once, in `jwt-secret` of the data directory",
        about: "Signs tokens (HS256). Tokens without `aud` are accepted only when it is set.",
        private: true,
        apply: |config, value, _| {
            let long_enough = value.text().is_some_and(|text| text.len() >= 32);
            config.jwt_secret = Some(value.secret().filter(|_| long_enough)?);
            Some(())
        },
        ..KEY
    },
    Key {
        name: "auth.access_seconds",
        allowed: "a whole number of seconds, at least 1",
        default: "`900`",
        about: "How long an access token is good where there is a refresh token beside it.",
        apply: |config, value, _| {
            let seconds = value.count().filter(|seconds| *seconds > 0)?;
            config.auth.access_time = Some(Duration::from_secs(seconds.into()));
            Some(())
        },
        ..KEY
    },
    Key {
        name: "auth.jwks_url",
        allowed: "an https:// address, or http:// on this computer",
        default: "none",
        about: "Where another system that has its own users publishes the keys of its tokens (RS256, ES256, EdDSA).",
        apply: |config, value, _| {
            config.auth.jwks_url = Some(keys_url(&value.line()?)?);
            Some(())
        },
        ..KEY
    },
    Key {
        name: "auth.jwks_file",
        allowed: "a file",
        default: "none",
        about: "A file with those keys, instead.",
        apply: |config, value, base| {
            config.auth.jwks_file = Some(value.path(base)?);
            Some(())
        },
        ..KEY
    },
    Key {
        name: "auth.issuer",
        allowed: "one line",
        default: "none; needed with keys",
        about: "The `iss` of that system's tokens.",
        apply: |config, value, _| {
            config.auth.issuer = Some(value.line()?);
            Some(())
        },
        ..KEY
    },
    Key {
        name: "auth.audience",
        allowed: "one line",
        default: "none; needed with keys",
        about: "The `aud` that its tokens must be for.",
        apply: |config, value, _| {
            config.auth.audience = Some(value.line()?);
            Some(())
        },
        ..KEY
    },
    Key {
        name: "auth.users",
        allowed: "id, linked or create",
        default: "`id`",
        about: "Whose account its `sub` means: the one with that id, the one that `user link` tied it to, or that one and else a new member.",
        apply: |config, value, _| {
            config.auth.users = match value.text()? {
                "id" => ForeignUsers::Id,
                "linked" => ForeignUsers::Linked,
                "create" => ForeignUsers::Create,
                _ => return None,
            };
            Some(())
        },
        ..KEY
    },
    Key {
        name: "oidc.issuer",
        allowed: "an https:// address, or http:// on this computer",
        default: "none",
        about: "An OpenID Connect provider that people sign in through. It is told to send them back to `/api/session/oidc/callback` of this server.",
        apply: |config, value, _| {
            config.oidc.issuer = Some(keys_url(value.line()?.trim_end_matches('/'))?);
            Some(())
        },
        ..KEY
    },
    Key {
        name: "oidc.client_id",
        allowed: "one line",
        default: "none; needed with an issuer",
        about: "This server, as that provider knows it.",
        apply: |config, value, _| {
            config.oidc.client_id = Some(value.line()?);
            Some(())
        },
        ..KEY
    },
    Key {
        name: "oidc.client_secret",
        allowed: "a secret on one line",
        default: "none",
        about: "The secret that goes with it, where there is one. Better in the environment or a file of its own.",
        private: true,
        apply: |config, value, _| {
            config.oidc.client_secret = Some(value.line()?.into());
            Some(())
        },
        ..KEY
    },
    Key {
        name: "oidc.client_secret_file",
        allowed: "a file that can be read, with a secret on one line",
        default: "none",
        about: "A file with that secret, instead.",
        apply: |config, value, base| {
            let text = std::fs::read_to_string(value.path(base)?).ok()?;
            let secret = text.trim();
            let sound = !secret.is_empty() && !secret.chars().any(char::is_control);
            config.oidc.client_secret = Some(sound.then(|| secret.to_owned())?.into());
            Some(())
        },
        ..KEY
    },
    Key {
        name: "oidc.name",
        allowed: "one line of at most 64 characters",
        default: "the provider's host",
        about: "What the button to sign in with it says.",
        apply: |config, value, _| {
            let name = value.line().filter(|name| name.chars().count() <= 64);
            config.oidc.name = Some(name?);
            Some(())
        },
        ..KEY
    },
    Key {
        name: "oidc.scopes",
        allowed: "words with openid among them",
        default: "`openid profile email`",
        about: "What is asked of it.",
        apply: |config, value, _| {
            let scopes = value.line()?;
            let sound = scopes.split(' ').any(|scope| scope == "openid");
            put(&mut config.oidc.scopes, sound.then_some(scopes))
        },
        ..KEY
    },
    Key {
        name: "oidc.users",
        allowed: "linked, email or create",
        default: "`linked`",
        about: "Who may come in: who was tied to an account by `user link`; also whose account is named by their verified address; also everybody else, as a new member.",
        apply: |config, value, _| {
            config.oidc.users = match value.text()? {
                "linked" => OidcUsers::Linked,
                "email" => OidcUsers::Email,
                "create" => OidcUsers::Create,
                _ => return None,
            };
            Some(())
        },
        ..KEY
    },
    Key {
        name: "ui_dir",
        allowed: "a directory",
        default: "the web UI built in",
        about: "Serves the web UI from there instead.",
        apply: |config, value, base| {
            config.ui_dir = Some(value.path(base)?);
            Some(())
        },
        ..KEY
    },
    Key {
        name: "server.listen",
        flag: Some("--listen"),
        allowed: "addresses with a port, such as 127.0.0.1:3000 or [::1]:3000",
        default: "`127.0.0.1:3000`",
        about: "Where it listens; port 0 picks a free one.",
        apply: |config, value, _| {
            let addresses: Option<Vec<_>> = value.list()?.iter().map(|a| address(a)).collect();
            put(
                &mut config.server.listen,
                addresses.filter(|all| !all.is_empty()),
            )
        },
        ..KEY
    },
    Key {
        name: "server.allowed_hosts",
        allowed: "host names without scheme and port",
        default: "none",
        about: "Names that requests may use for this server, beside its addresses and loopback.",
        apply: |config, value, _| {
            let hosts: Option<Vec<_>> = value.list()?.iter().map(|host| host_name(host)).collect();
            put(&mut config.server.allowed_hosts, hosts)
        },
        ..KEY
    },
    Key {
        name: "server.allowed_origins",
        allowed: "origins such as https://chat.example.org, without a path; no wildcard",
        default: "none",
        about: "Web pages that may open connections, beside the server's own.",
        apply: |config, value, _| {
            let origins: Option<Vec<_>> = value.list()?.iter().map(|text| origin(text)).collect();
            put(&mut config.server.allowed_origins, origins)
        },
        ..KEY
    },
    Key {
        name: "server.name",
        allowed: "one line of at most 64 characters",
        default: "`Parlor`",
        about: "What people see the server called.",
        apply: |config, value, _| {
            let name = value.line().filter(|name| name.chars().count() <= 64);
            put(&mut config.server.name, name)
        },
        ..KEY
    },
    Key {
        name: "server.public_url",
        allowed: "https:// or http:// and a host name, such as https://chat.example.org, without a path",
        default: "an address it listens on",
        about: "How people reach it, for instance through a reverse proxy: for the links that it prints. Its host name is allowed.",
        apply: |config, value, _| {
            config.server.public_url = Some(public_url(&value.line()?)?);
            Some(())
        },
        ..KEY
    },
    Key {
        name: "server.trusted_proxies",
        allowed: "addresses and networks, such as 127.0.0.1 or 10.0.0.0/8",
        default: "none",
        about: "Reverse proxies whose `X-Forwarded-For`, `-Proto` and `-Host` are believed; of the addresses the right-most that is no such proxy is the client.",
        apply: |config, value, _| {
            let networks = value.list()?.iter().map(|text| text.parse().ok()).collect();
            put(&mut config.server.trusted_proxies, networks)
        },
        ..KEY
    },
    Key {
        name: "server.tls_certificate",
        allowed: "a file",
        default: "none; needed with a key",
        about: "A certificate in PEM form, followed by those between it and its authority: every address then speaks https. Read at the start.",
        apply: |config, value, base| {
            config.server.tls_certificate = Some(value.path(base)?);
            Some(())
        },
        ..KEY
    },
    Key {
        name: "server.tls_key",
        allowed: "a file",
        default: "none; needed with a certificate",
        about: "Its private key in PEM form, without a passphrase.",
        apply: |config, value, base| {
            config.server.tls_key = Some(value.path(base)?);
            Some(())
        },
        ..KEY
    },
    Key {
        name: "log.format",
        flag: Some("--log-format"),
        allowed: "text or json",
        default: "`text`",
        about: "How log lines are written.",
        apply: |config, value, _| {
            config.log.format = match value.text()? {
                "text" => LogFormat::Text,
                "json" => LogFormat::Json,
                _ => return None,
            };
            Some(())
        },
        ..KEY
    },
    Key {
        name: "log.filter",
        allowed: "a filter such as info or info,chat_server=debug",
        default: "`info`",
        about: "What is logged.",
        apply: |config, value, _| {
            let filter = value.line()?;
            tracing_subscriber::EnvFilter::builder()
                .parse(&filter)
                .ok()?;
            put(&mut config.log.filter, Some(filter))
        },
        ..KEY
    },
    Key {
        name: "limits.messages_per_minute",
        allowed: COUNT,
        default: "`120`",
        about: "Messages that one person may send in a minute.",
        apply: |config, value, _| put(&mut config.limits.messages_per_minute, value.count()),
        ..KEY
    },
    Key {
        name: "limits.bytes_per_minute",
        allowed: COUNT,
        default: "512 KiB for each of `limits.messages_per_minute`",
        about: "Bytes of frames that one person may send in a minute, in all dialects together. What only reads, stops or pings passes in any case.",
        apply: |config, value, _| put(&mut config.limits.bytes_per_minute, value.count().map(Some)),
        ..KEY
    },
    Key {
        name: "limits.running_answers",
        allowed: COUNT,
        default: "`32`",
        about: "Answers that may run at once for one person.",
        apply: |config, value, _| put(&mut config.limits.running_answers, value.count()),
        ..KEY
    },
    Key {
        name: "limits.messages_per_day",
        allowed: COUNT,
        default: "`0`",
        about: "Messages that one person may send on a day, UTC. Admins may say otherwise for everyone, a person, a device or the whole server, and limit money too.",
        apply: |config, value, _| put(&mut config.limits.messages_per_day, value.count()),
        ..KEY
    },
    Key {
        name: "limits.tokens_per_day",
        allowed: COUNT,
        default: "`0`",
        about: "Tokens, of questions with their context and of answers, that one person may use on a day.",
        apply: |config, value, _| put(&mut config.limits.tokens_per_day, value.count()),
        ..KEY
    },
    Key {
        name: "limits.tokens_per_month",
        allowed: COUNT,
        default: "`0`",
        about: "The same in a month.",
        apply: |config, value, _| put(&mut config.limits.tokens_per_month, value.count()),
        ..KEY
    },
    Key {
        name: "limits.sign_in_per_minute",
        allowed: COUNT,
        default: "`10`",
        about: "Attempts to sign in, in a minute, from one address with one name.",
        apply: |config, value, _| put(&mut config.limits.sign_in_per_minute, value.count()),
        ..KEY
    },
    Key {
        name: "limits.frames_per_second",
        allowed: COUNT,
        default: "`2000`",
        about: "Frames of one connection that are read in a second; more wait in the client's socket.",
        apply: |config, value, _| put(&mut config.limits.frames_per_second, value.count()),
        ..KEY
    },
    Key {
        name: "limits.connections",
        allowed: COUNT,
        default: "`20000`",
        about: "Connections at once.",
        apply: |config, value, _| put(&mut config.limits.connections, value.count()),
        ..KEY
    },
    Key {
        name: "chat.auto_title",
        allowed: "true or false",
        default: "`true`",
        about: "Whether the model is asked for a title; else the first words are taken.",
        apply: |config, value, _| put(&mut config.chat.auto_title, value.switch()),
        ..KEY
    },
    Key {
        name: "chat.directory",
        allowed: "true or false",
        default: "`true`",
        about: "Whether people find each other's names when they share a chat; else they must know them.",
        apply: |config, value, _| put(&mut config.chat.directory, value.switch()),
        ..KEY
    },
    Key {
        name: "provider.base_url",
        seed_name: Some("OPENAI_BASE_URL"),
        allowed: "an http:// or https:// address without a name or password in it",
        default: "OpenAI's",
        about: "The OpenAI-compatible API that answers.",
        private: true,
        apply: |config, value, _| {
            config.provider.base_url = Some(base_url(&value.line()?)?);
            Some(())
        },
        ..KEY
    },
    Key {
        name: "provider.api_key",
        seed_name: Some("OPENAI_API_KEY"),
        allowed: "a key on one line",
        default: "none",
        about: "The key for it. Better in the environment than in a file.",
        private: true,
        apply: |config, value, _| {
            config.provider.api_key = Some(value.line()?.into());
            Some(())
        },
        ..KEY
    },
    Key {
        name: "provider.model",
        seed_name: Some("OPENAI_MODEL"),
        allowed: "the name of a model, at most 256 bytes",
        default: "the provider's first",
        about: "The model that answers where nobody chose one.",
        apply: |config, value, _| {
            config.provider.model = Some(value.line().filter(|name| name.len() <= 256)?);
            Some(())
        },
        ..KEY
    },
    Key {
        name: "provider.private_addresses",
        allowed: "true or false",
        default: "true on a server that listens on loopback alone and trusts no proxy",
        about: "Whether providers that admins add may be on this computer or in a private network. The one of `provider.base_url` always may.",
        apply: |config, value, _| {
            config.provider.private_addresses = Some(value.switch()?);
            Some(())
        },
        ..KEY
    },
    Key {
        name: "provider.connect_timeout_ms",
        allowed: MILLISECONDS,
        default: "`10000`",
        about: "How long a connection to a provider may take.",
        apply: |config, value, _| put(&mut config.provider.connect_timeout, value.milliseconds()),
        ..KEY
    },
    Key {
        name: "provider.first_token_timeout_ms",
        allowed: MILLISECONDS,
        default: "`120000`",
        about: "How long its first word may take.",
        apply: |config, value, _| {
            put(
                &mut config.provider.first_token_timeout,
                value.milliseconds(),
            )
        },
        ..KEY
    },
    Key {
        name: "provider.idle_timeout_ms",
        allowed: MILLISECONDS,
        default: "`60000`",
        about: "How long it may be silent within an answer.",
        apply: |config, value, _| put(&mut config.provider.idle_timeout, value.milliseconds()),
        ..KEY
    },
];

/// Takes a value over, if there is one.
fn put<T>(place: &mut T, value: Option<T>) -> Option<()> {
    *place = value?;
    Some(())
}
