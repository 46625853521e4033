//! People with an account, as admins see them, and oneself.

use chat_core::{DeviceId, Timestamp, User};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::optional_role;
use crate::spelling::{IsoTime, Shown, UserRole};

/// The answer to `GET /api/session`: who asks.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Me<'a> {
    user_id: &'a str,
    name: &'a str,
    role: UserRole,
    has_password: bool,
    /// The device that asks; none for tokens of the command line and of other systems.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    device_id: Option<&'a str>,
}

impl<'a> Me<'a> {
    /// Somebody, on a device.
    #[must_use]
    pub fn new(user: &'a User, device: Option<&'a DeviceId>, has_password: bool) -> Self {
        Self {
            user_id: user.id.as_str(),
            name: &user.name,
            role: user.role.into(),
            has_password,
            device_id: device.map(DeviceId::as_str),
        }
    }
}

/// Somebody, in a few words.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Person<'a> {
    user_id: &'a str,
    name: &'a str,
}

impl<'a> From<&'a User> for Person<'a> {
    fn from(user: &'a User) -> Self {
        Self {
            user_id: user.id.as_str(),
            name: &user.name,
        }
    }
}

/// The answer to `GET /api/people`: whom a chat can be shared with.
#[derive(Serialize, TS)]
pub struct Directory<'a> {
    /// Everyone who may sign in, by name.
    pub people: Vec<Person<'a>>,
}

/// The answer to `GET /api/users`.
#[derive(Serialize, TS)]
pub struct UserList<'a> {
    /// Everyone, the oldest account first.
    pub users: Vec<UserInfo<'a>>,
}

/// An account.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct UserInfo<'a> {
    user_id: &'a str,
    name: &'a str,
    role: UserRole,
    enabled: bool,
    #[ts(type = "string")]
    created_at: Shown<IsoTime>,
    has_password: bool,
    /// On how many devices they are signed in.
    devices: u32,
    /// When one of those was last seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "string")]
    seen_at: Option<Shown<IsoTime>>,
}

impl<'a> UserInfo<'a> {
    /// An account and what is known of its devices.
    #[must_use]
    pub fn new(
        user: &'a User,
        has_password: bool,
        devices: u32,
        seen_at: Option<Timestamp>,
    ) -> Self {
        Self {
            user_id: user.id.as_str(),
            name: &user.name,
            role: user.role.into(),
            enabled: user.enabled,
            created_at: Shown(IsoTime(user.created_at)),
            has_password,
            devices,
            seen_at: seen_at.map(|time| Shown(IsoTime(time))),
        }
    }
}

/// The body of `PATCH /api/users/{userId}`: what to change.
#[derive(Debug, Deserialize, TS)]
pub struct ChangeUser {
    /// Another role.
    #[serde(default, deserialize_with = "optional_role")]
    #[ts(optional, type = "UserRole")]
    pub role: Option<chat_core::UserRole>,
    /// Let them in, or out.
    #[serde(default)]
    #[ts(optional)]
    pub enabled: Option<bool>,
}

/// The answer to `POST /api/users/{userId}/link`: the fragment of a one-time sign-in link.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct LinkMade<'a> {
    code: &'a str,
    #[ts(type = "string")]
    expires_at: Shown<IsoTime>,
}

impl<'a> LinkMade<'a> {
    /// A code and its end.
    #[must_use]
    pub fn new(code: &'a str, expires_at: Timestamp) -> Self {
        Self {
            code,
            expires_at: Shown(IsoTime(expires_at)),
        }
    }
}
