//! The JSON of the HTTP side, under `/api`: the bodies that `PROTOCOL.md` lists. Here is signing in;
//! the rest is in the modules below.

mod audit;
mod devices;
mod invitations;
mod lan;
mod pairing;
mod people;
mod portable;
mod spending;
#[cfg(test)]
mod tests;

use std::fmt;

use chat_core::{Device, Fault, Timestamp, Token, User};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

pub use self::{
    audit::{AuditLine, AuditPage},
    devices::{DeviceInfo, DeviceList, SignedOut},
    invitations::{
        AcceptInvitation, InvitationCode, InvitationInfo, InvitationList, InvitationMade,
        InvitationOffer, InvitationState, Invite,
    },
    lan::{
        ChangeLan, LanAddress, LanAddressKind, LanArrival, LanCheck, LanFinding, LanFirewall,
        LanFirewallName, LanHop, LanInfo, LanStage, LanVerdict, SharedInfo,
    },
    pairing::{
        AnswerPairing, AskPairing, ClaimPairing, PairedDevice, PairingAsked, PairingCode,
        PairingRequest, PairingState, PairingWaits,
    },
    people::{ChangeUser, Directory, LinkMade, Me, Person, UserInfo, UserList},
    portable::{ExportedChat, ImportChat, ImportError, Imported},
    spending::{
        LevelLimits, Limits, LimitsOf, LimitsPage, ModelPrice, Prices, Spending, UsagePage,
        UsageRow,
    },
};
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
    /// What people may sign in through, where that is set up.
    #[serde(rename = "signInWith", skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub sign_in_with: Option<&'a str>,
}

/// What every way of signing in may say of the device.
#[derive(Default, Deserialize, TS)]
pub struct OnDevice {
    /// What the device is called; else its name is made from `User-Agent`.
    #[serde(default)]
    #[ts(optional)]
    pub device: Option<String>,
    /// Where the refresh token goes. With it the access token is short.
    #[serde(default)]
    #[ts(optional)]
    pub refresh: Option<RefreshBy>,
}

/// Where a refresh token goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum RefreshBy {
    /// Into a cookie that no script can read: for browsers.
    Cookie,
    /// Into the answer: for programs that have a place for secrets.
    Body,
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
    /// The device.
    #[serde(flatten)]
    pub on: OnDevice,
}

/// The body of `POST /api/session/link`.
#[derive(Deserialize, TS)]
pub struct SignInByLink {
    /// The code of a one-time sign-in link, unprintable.
    #[serde(deserialize_with = "secret")]
    #[ts(type = "string")]
    pub code: SecretString,
    /// The device.
    #[serde(flatten)]
    pub on: OnDevice,
}

/// The body of `POST /api/session/oidc/redeem`, of a native app whose journey to the identity provider
/// is over.
#[derive(Deserialize, TS)]
pub struct SignInByProvider {
    /// The one-time code that the browser brought, unprintable.
    #[serde(deserialize_with = "secret")]
    #[ts(type = "string")]
    pub code: SecretString,
    /// What the journey's challenge was made of, unprintable.
    #[serde(deserialize_with = "secret")]
    #[ts(type = "string")]
    pub verifier: SecretString,
    /// The device.
    #[serde(flatten)]
    pub on: OnDevice,
}

/// The body of `POST /api/session/refresh`; empty where the token is in the cookie.
#[derive(Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Refresh {
    /// Unprintable.
    #[serde(default, deserialize_with = "optional_secret")]
    #[ts(optional, type = "string")]
    pub refresh_token: Option<SecretString>,
    /// The successor that the sender made and kept before asking; unprintable. Sent again with it,
    /// the same request is the same request.
    #[serde(default, deserialize_with = "optional_secret")]
    #[ts(optional, type = "string")]
    pub next_token: Option<SecretString>,
}

/// The body of `POST /api/session/password`.
#[derive(Deserialize, TS)]
pub struct SetPassword {
    /// The new one, unprintable.
    #[serde(deserialize_with = "secret")]
    #[ts(type = "string")]
    pub password: SecretString,
    /// The one until now, asked of whoever has one; unprintable.
    #[serde(default, deserialize_with = "optional_secret")]
    #[ts(optional, type = "string")]
    pub current: Option<SecretString>,
}

/// The answer to signing in and to refreshing.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Session<'a> {
    token: &'a str,
    user_id: &'a str,
    name: &'a str,
    role: UserRole,
    /// When `token` ends. ISO 8601, UTC.
    #[ts(type = "string")]
    expires_at: Shown<IsoTime>,
    device_id: &'a str,
    /// What gets the next `token`, once; only where it was asked for in the body.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    refresh_token: Option<&'a str>,
    /// When the device is signed out if it does not refresh before.
    #[ts(type = "string")]
    device_expires_at: Shown<IsoTime>,
}

impl<'a> Session<'a> {
    /// A session of `user` on `device`. This is the one place where a token is written out.
    #[must_use]
    pub fn new(
        token: &'a Token,
        user: &'a User,
        expires_at: Timestamp,
        device: &'a Device,
        refresh: Option<&'a Token>,
    ) -> Self {
        Self {
            token: token.expose_secret(),
            user_id: user.id.as_str(),
            name: &user.name,
            role: user.role.into(),
            expires_at: Shown(IsoTime(expires_at)),
            device_id: device.id.as_str(),
            refresh_token: refresh.map(ExposeSecret::expose_secret),
            device_expires_at: Shown(IsoTime(device.expires_at)),
        }
    }
}

/// What exactly is wrong, where the reader can do something about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Problem {
    /// The name is somebody else's.
    NameTaken,
    /// The name is none.
    BadName,
    /// The password is too short.
    PasswordTooShort,
    /// The password is too long.
    PasswordTooLong,
    /// The current password is missing or wrong.
    CurrentPassword,
    /// The server would be without an owner.
    LastOwner,
    /// Nobody shuts themselves out.
    Yourself,
    /// The account is closed.
    AccountClosed,
    /// There are too many already.
    TooMany,
    /// This computer is not shared on the local network.
    NotShared,
    /// Somebody at the computer said no to this device.
    DeviceRefused,
    /// No port can be listened on.
    NoPort,
    /// There is no certificate to show.
    NoCertificate,
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
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    problem: Option<Problem>,
}

impl HttpError<'_> {
    /// The same, saying what exactly is wrong.
    #[must_use]
    pub fn about(self, problem: Problem) -> Self {
        Self {
            problem: Some(problem),
            ..self
        }
    }
}

impl<'a> From<&'a Fault> for HttpError<'a> {
    fn from(fault: &'a Fault) -> Self {
        Self {
            code: fault.code.into(),
            message: &fault.message,
            retryable: fault.code.retryable(),
            reason: fault.reason.into(),
            retry_after: fault.retry_after_ms,
            problem: None,
        }
    }
}

/// A time as the wire writes it: ISO 8601, UTC, with milliseconds.
#[must_use]
pub fn iso_time(time: Timestamp) -> impl fmt::Display {
    IsoTime(time)
}

fn optional_secret<'de, D>(deserializer: D) -> Result<Option<SecretString>, D::Error>
where
    D: serde::Deserializer<'de>,
{
    match serde_json::Value::deserialize(deserializer)? {
        serde_json::Value::String(text) => Ok(Some(text.into())),
        serde_json::Value::Null => Ok(None),
        _ => Err(serde::de::Error::custom("must be a string")),
    }
}

/// A role as it comes in.
fn optional_role<'de, D>(deserializer: D) -> Result<Option<chat_core::UserRole>, D::Error>
where
    D: serde::Deserializer<'de>,
{
    let word = Option::<String>::deserialize(deserializer)?;
    match word.as_deref() {
        None => Ok(None),
        Some("member") => Ok(Some(chat_core::UserRole::Member)),
        Some("admin") => Ok(Some(chat_core::UserRole::Admin)),
        Some("owner") => Ok(Some(chat_core::UserRole::Owner)),
        Some(_) => Err(serde::de::Error::custom("must be member, admin or owner")),
    }
}

fn secret<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<SecretString, D::Error> {
    // Anything but a string is refused without being quoted.
    match serde_json::Value::deserialize(deserializer)? {
        serde_json::Value::String(text) => Ok(text.into()),
        _ => Err(serde::de::Error::custom("must be a string")),
    }
}
