//! Letting a device in by a code and a yes at the computer.

use chat_core::{Device, Timestamp, User, UserId};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{OnDevice, Person, secret};
use crate::spelling::{IsoTime, Shown};

/// The answer to `POST /api/pairing`: the one time that the code is told.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PairingCode<'a> {
    code: &'a str,
    #[ts(type = "string")]
    expires_at: Shown<IsoTime>,
    links: Vec<String>,
}

impl<'a> PairingCode<'a> {
    /// A code that ends at `expires_at`; `links` have it and the fingerprint in their fragment, the
    /// likeliest first.
    #[must_use]
    pub fn new(code: &'a str, expires_at: Timestamp, links: Vec<String>) -> Self {
        Self {
            code,
            expires_at: Shown(IsoTime(expires_at)),
            links,
        }
    }
}

/// The answer to `GET /api/pairing`: what the person who asks has under way, and who was let in.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PairingState<'a> {
    revision: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "string")]
    code_expires_at: Option<Shown<IsoTime>>,
    requests: Vec<PairingRequest<'a>>,
    devices: Vec<PairedDevice<'a>>,
}

impl<'a> PairingState<'a> {
    /// What there is as of `revision`.
    #[must_use]
    pub fn new(
        revision: u64,
        code_expires_at: Option<Timestamp>,
        requests: Vec<PairingRequest<'a>>,
        devices: Vec<PairedDevice<'a>>,
    ) -> Self {
        Self {
            revision,
            code_expires_at: code_expires_at.map(|time| Shown(IsoTime(time))),
            requests,
            devices,
        }
    }
}

/// A device that waits for a yes or no.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PairingRequest<'a> {
    request_id: &'a str,
    device: &'a str,
    address: &'a str,
    /// Four digits; the device shows the same.
    number: &'a str,
    #[ts(type = "string")]
    expires_at: Shown<IsoTime>,
}

impl<'a> PairingRequest<'a> {
    /// The device called `device` at `address`.
    #[must_use]
    pub fn new(
        request_id: &'a str,
        device: &'a str,
        address: &'a str,
        number: &'a str,
        expires_at: Timestamp,
    ) -> Self {
        Self {
            request_id,
            device,
            address,
            number,
            expires_at: Shown(IsoTime(expires_at)),
        }
    }
}

/// A device that was let in by pairing.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PairedDevice<'a> {
    device_id: &'a str,
    name: &'a str,
    user: Person<'a>,
    address: &'a str,
    #[ts(type = "string")]
    created_at: Shown<IsoTime>,
    #[ts(type = "string")]
    used_at: Shown<IsoTime>,
}

impl<'a> PairedDevice<'a> {
    /// `device` of `user`.
    #[must_use]
    pub fn new(device: &'a Device, user: &'a User) -> Self {
        Self {
            device_id: device.id.as_str(),
            name: &device.name,
            user: Person::from(user),
            address: &device.address,
            created_at: Shown(IsoTime(device.created_at)),
            used_at: Shown(IsoTime(device.used_at)),
        }
    }
}

/// The body of `POST /api/pairing/{requestId}`: the answer to a device that waits.
#[derive(Debug, Deserialize, TS)]
#[serde(
    tag = "decision",
    rename_all = "snake_case",
    rename_all_fields = "camelCase"
)]
pub enum AnswerPairing {
    /// Yes: it is a device of whoever answers.
    Own,
    /// Yes: it is a device of a guest, who gets an account of this name.
    Guest {
        /// What the guest is called.
        name: String,
    },
    /// Yes: it is a device of somebody who has an account.
    Person {
        /// Whose.
        #[serde(deserialize_with = "user_id")]
        #[ts(type = "string")]
        user_id: UserId,
    },
    /// No.
    Refuse,
}

/// The body of `POST /api/pairing/ask`.
#[derive(Deserialize, TS)]
pub struct AskPairing {
    /// The code as it was shown; unprintable.
    #[serde(deserialize_with = "secret")]
    #[ts(type = "string")]
    pub code: SecretString,
    /// What the device is called; else its name is made from `User-Agent`.
    #[serde(default)]
    #[ts(optional)]
    pub device: Option<String>,
}

/// The answer to that.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PairingAsked<'a> {
    request_id: &'a str,
    secret: &'a str,
    number: &'a str,
    #[ts(type = "string")]
    expires_at: Shown<IsoTime>,
}

impl<'a> PairingAsked<'a> {
    /// What the device comes back with, and the number that it shows.
    #[must_use]
    pub fn new(
        request_id: &'a str,
        secret: &'a str,
        number: &'a str,
        expires_at: Timestamp,
    ) -> Self {
        Self {
            request_id,
            secret,
            number,
            expires_at: Shown(IsoTime(expires_at)),
        }
    }
}

/// The body of `POST /api/pairing/claim`.
#[derive(Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ClaimPairing {
    /// Which request.
    pub request_id: String,
    /// What came with it; unprintable.
    #[serde(deserialize_with = "secret")]
    #[ts(type = "string")]
    pub secret: SecretString,
    /// The device.
    #[serde(flatten)]
    pub on: OnDevice,
}

/// The answer while nobody has answered: ask again.
#[derive(Debug, Serialize, TS)]
pub struct PairingWaits {
    state: &'static str,
}

impl Default for PairingWaits {
    fn default() -> Self {
        Self { state: "waiting" }
    }
}

fn user_id<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<UserId, D::Error> {
    let text = String::deserialize(deserializer)?;
    UserId::parse(&text).map_err(|_| serde::de::Error::custom("must be an id"))
}
