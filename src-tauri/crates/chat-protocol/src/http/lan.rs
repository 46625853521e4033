//! Sharing on the local network: the switch, and why a phone cannot connect.

use chat_core::Timestamp;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::spelling::{IsoTime, Shown};

/// The answer to `GET` and `PATCH /api/lan`.
#[derive(Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct LanInfo {
    /// Whether this computer is shared on the local network.
    pub open: bool,
    /// The rest, while it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub shared: Option<SharedInfo>,
}

/// How to reach this computer.
#[derive(Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SharedInfo {
    /// The port.
    pub port: u16,
    /// The addresses, the likeliest first.
    pub addresses: Vec<LanAddress>,
    /// The address by the name that is announced (mDNS); absent where nothing is announced.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub named: Option<String>,
    /// The SHA-256 of the certificate as browsers show it: `AB:CD:…`.
    pub fingerprint: String,
    /// The first address as other Parlors take it: with the fingerprint, without a code.
    pub link: String,
}

/// An address of this computer.
#[derive(Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct LanAddress {
    /// What to open: `https://192.168.1.20:3000`.
    pub url: String,
    /// The interface that has it.
    pub interface: String,
    /// What can be reached by it.
    pub kind: LanAddressKind,
}

/// What can be reached by an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum LanAddressKind {
    /// Devices of the house.
    Home,
    /// Containers, virtual machines, a tunnel.
    Virtual,
    /// Nothing: no router gave it.
    Unassigned,
    /// The internet.
    Public,
}

/// The body of `PATCH /api/lan`.
#[derive(Debug, Deserialize, TS)]
pub struct ChangeLan {
    /// Share, or not.
    pub open: bool,
    /// At this port, or the next that is free; else the one it had, else 3000. 0 takes any.
    #[serde(default)]
    #[ts(optional)]
    pub port: Option<u16>,
}

/// The answer to `GET /api/lan/check`: the way of a phone's request, hop by hop.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct LanCheck {
    /// The first that fails, or may; absent where all is well.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub failing: Option<LanHop>,
    /// All of them, in order.
    pub hops: Vec<LanFinding>,
    /// This computer's addresses.
    pub addresses: Vec<LanAddress>,
    /// The firewalls that may be there, and what opens the door in each.
    pub firewalls: Vec<LanFirewall>,
    /// Who came, the last first.
    pub arrivals: Vec<LanArrival>,
}

/// A part of the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum LanHop {
    /// The switch is on.
    Switch,
    /// The address answers this computer itself, with its own certificate.
    Listening,
    /// This computer has an address in the house.
    Address,
    /// The firewall lets devices in.
    Firewall,
    /// The phone's own request arrives.
    Phone,
}

/// How it stands at a hop.
#[derive(Debug, Serialize, TS)]
pub struct LanFinding {
    /// Where.
    pub hop: LanHop,
    /// How it stands.
    pub verdict: LanVerdict,
    /// Why, as a code: of `switch` `on`, `off`; of `listening` `answers`, `silent`; of `address`
    /// `home`, `reached`, `unassigned`, `public`, `virtual`, `none`; of `firewall` `passed`, `on`,
    /// `off`, `unknown`; of `phone` `nothing`, `unfinished`, `plain`, `distrusted`, `secured`,
    /// `wrong_name`, `arrived`; and `untried`.
    pub why: &'static str,
}

/// How it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum LanVerdict {
    /// It works.
    Good,
    /// It may be this.
    Doubtful,
    /// It does not work.
    Bad,
    /// Not tried, since an earlier one fails.
    Untried,
}

/// A firewall that may be there.
#[derive(Debug, Serialize, TS)]
pub struct LanFirewall {
    /// Which.
    pub name: LanFirewallName,
    /// Whether it is on; absent where that cannot be seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub on: Option<bool>,
    /// What opens the door in it, for a terminal.
    pub command: String,
}

/// The firewalls that are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum LanFirewallName {
    /// Ubuntu's and Debian's.
    Ufw,
    /// Fedora's and openSUSE's.
    Firewalld,
    /// That of Windows.
    Windows,
    /// That of macOS.
    Macos,
}

/// Somebody who came.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct LanArrival {
    address: String,
    stage: LanStage,
    #[ts(type = "string")]
    at: Shown<IsoTime>,
    this_computer: bool,
}

impl LanArrival {
    /// Somebody at `address` who came this far at `at`, perhaps this computer itself.
    #[must_use]
    pub fn new(address: String, stage: LanStage, at: Timestamp, this_computer: bool) -> Self {
        let at = Shown(IsoTime(at));
        Self {
            address,
            stage,
            at,
            this_computer,
        }
    }
}

/// How far somebody came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum LanStage {
    /// They opened a connection.
    Connected,
    /// They spoke plain HTTP, and were sent to https.
    Plain,
    /// They did not take the certificate.
    Distrusted,
    /// They shook hands.
    Secured,
    /// They asked for another name.
    WrongName,
    /// Their request came through.
    Arrived,
}
