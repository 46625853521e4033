//! The JSON of the HTTP side, under `/api`: the bodies that `PROTOCOL.md` lists.

use std::fmt;

use chat_core::{Fault, Timestamp, Token, User};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::spelling::{ErrorCode, IsoTime, Reason, Shown, UserRole};

/// The answer to `GET /api/server`.
#[derive(Debug, Serialize, TS)]
pub struct ServerInfo<'a> {
    /// `Parlor`.
    pub name: &'a str,
    /// The server's version.
    pub version: &'a str,
    /// The name of the computer it runs on.
    pub host: &'a str,
}

/// The body of `POST /api/session`.
#[derive(Deserialize, TS)]
pub struct SignIn {
    /// Who.
    pub name: String,
    /// Unprintable.
    #[serde(deserialize_with = "secret")]
    #[ts(type = "string")]
    pub password: SecretString,
}

/// The body of `POST /api/session/link`.
#[derive(Deserialize, TS)]
pub struct SignInByLink {
    /// The code of a one-time sign-in link, unprintable.
    #[serde(deserialize_with = "secret")]
    #[ts(type = "string")]
    pub code: SecretString,
}

/// The body of `POST /api/session/password`.
#[derive(Deserialize, TS)]
pub struct SetPassword {
    /// The new one, unprintable.
    #[serde(deserialize_with = "secret")]
    #[ts(type = "string")]
    pub password: SecretString,
}

/// The answer to signing in.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Session<'a> {
    token: &'a str,
    user_id: &'a str,
    name: &'a str,
    role: UserRole,
    /// ISO 8601, UTC.
    #[ts(type = "string")]
    expires_at: Shown<IsoTime>,
}

impl<'a> Session<'a> {
    /// A session of `user`. This is the one place where a token is written out.
    #[must_use]
    pub fn new(token: &'a Token, user: &'a User, expires_at: Timestamp) -> Self {
        Self {
            token: token.expose_secret(),
            user_id: user.id.as_str(),
            name: &user.name,
            role: user.role.into(),
            expires_at: Shown(IsoTime(expires_at)),
        }
    }
}

/// The body of an error.
#[derive(Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct HttpError<'a> {
    code: ErrorCode,
    message: &'a str,
    retryable: bool,
    reason: Reason,
    /// When to try again, in milliseconds from now.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    retry_after: Option<u64>,
}

impl<'a> From<&'a Fault> for HttpError<'a> {
    fn from(fault: &'a Fault) -> Self {
        Self {
            code: fault.code.into(),
            message: &fault.message,
            retryable: fault.code.retryable(),
            reason: fault.reason.into(),
            retry_after: fault.retry_after_ms,
        }
    }
}

/// A time as the wire writes it: ISO 8601, UTC, with milliseconds.
#[must_use]
pub fn iso_time(time: Timestamp) -> impl fmt::Display {
    IsoTime(time)
}

fn secret<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<SecretString, D::Error> {
    // Anything but a string is refused without being quoted.
    match serde_json::Value::deserialize(deserializer)? {
        serde_json::Value::String(text) => Ok(text.into()),
        _ => Err(serde::de::Error::custom("must be a string")),
    }
}
