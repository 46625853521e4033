//! Devices that somebody is signed in with.

use chat_core::{Device, DeviceId};
use serde::Serialize;
use ts_rs::TS;

use crate::spelling::{IsoTime, Shown, SignInMethod};

/// The answer to `GET /api/devices`.
#[derive(Serialize, TS)]
pub struct DeviceList<'a> {
    devices: Vec<DeviceInfo<'a>>,
}

impl<'a> DeviceList<'a> {
    /// These devices; `current` is the one that asks.
    #[must_use]
    pub fn new(devices: &'a [Device], current: Option<&DeviceId>) -> Self {
        let devices = devices
            .iter()
            .map(|device| DeviceInfo::new(device, current == Some(&device.id)));
        Self {
            devices: devices.collect(),
        }
    }
}

/// A device.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DeviceInfo<'a> {
    device_id: &'a str,
    name: &'a str,
    user_agent: &'a str,
    /// The network address it was last seen at.
    address: &'a str,
    method: SignInMethod,
    #[ts(type = "string")]
    created_at: Shown<IsoTime>,
    #[ts(type = "string")]
    used_at: Shown<IsoTime>,
    #[ts(type = "string")]
    expires_at: Shown<IsoTime>,
    /// Whether it is the one that asks.
    current: bool,
}

impl<'a> DeviceInfo<'a> {
    fn new(device: &'a Device, current: bool) -> Self {
        Self {
            device_id: device.id.as_str(),
            name: &device.name,
            user_agent: &device.user_agent,
            address: &device.address,
            method: device.method.into(),
            created_at: Shown(IsoTime(device.created_at)),
            used_at: Shown(IsoTime(device.used_at)),
            expires_at: Shown(IsoTime(device.expires_at)),
            current,
        }
    }
}

/// The answer to signing several devices out.
#[derive(Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SignedOut {
    /// How many there were.
    pub signed_out: u32,
}
