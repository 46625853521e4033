//! This computer's addresses, and which of them another device in the house can use.

use std::{
    collections::HashSet,
    net::{IpAddr, Ipv4Addr, UdpSocket},
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

/// How long a look at the interfaces holds: they change with networks, not with requests.
const FRESH: Duration = Duration::from_secs(2);

/// Beginnings of the names of interfaces that lead to no other device in the house: bridges of
/// containers and virtual machines, tunnels.
const VIRTUAL: [&str; 13] = [
    "docker",
    "br-",
    "veth",
    "virbr",
    "vmnet",
    "vboxnet",
    "vEthernet",
    "tun",
    "tap",
    "wg",
    "utun",
    "tailscale",
    "zt",
];

/// An address of this computer that is not loopback.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OwnAddress {
    /// The interface it is of.
    pub(crate) interface: String,
    /// The address.
    pub(crate) address: Ipv4Addr,
    /// The length of its network's prefix, in bits.
    pub(crate) prefix: u8,
    /// What can be reached by it.
    pub(crate) kind: AddressKind,
}

/// What can be reached by an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AddressKind {
    /// A network of the house.
    Home,
    /// Something virtual: containers, virtual machines, a tunnel.
    Virtual,
    /// Nothing: the computer gave it to itself, since no router did (169.254.0.0/16).
    Unassigned,
    /// The internet: the computer is not behind a router.
    Public,
}

/// This computer's IPv4 addresses, the one towards other networks first. Asks the system.
pub(crate) fn own_addresses() -> Vec<OwnAddress> {
    let interfaces = if_addrs::get_if_addrs().unwrap_or_default();
    let mut found: Vec<OwnAddress> = interfaces
        .into_iter()
        .filter(|interface| !interface.is_loopback())
        .filter_map(|interface| {
            let if_addrs::IfAddr::V4(address) = &interface.addr else {
                return None;
            };
            Some(OwnAddress {
                address: address.ip,
                prefix: address.prefixlen,
                kind: kind(&interface.name, address.ip),
                interface: interface.name,
            })
        })
        .collect();
    let outward = outward();
    found.sort_by_key(|own| (own.kind != AddressKind::Home, Some(own.address) != outward));
    found
}

/// What an address of the interface of this name leads to.
fn kind(interface: &str, address: Ipv4Addr) -> AddressKind {
    if address.is_link_local() {
        return AddressKind::Unassigned;
    }
    if VIRTUAL.iter().any(|start| interface.starts_with(start)) {
        return AddressKind::Virtual;
    }
    let shared = address.octets()[0] == 100 && (64..128).contains(&address.octets()[1]);
    if address.is_private() || shared {
        AddressKind::Home
    } else {
        AddressKind::Public
    }
}

/// This computer's address towards other networks: asking the kernel for a route sends nothing.
fn outward() -> Option<Ipv4Addr> {
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).ok()?;
    // TEST-NET-1 (RFC 5737): an address that nobody has.
    socket.connect((Ipv4Addr::new(192, 0, 2, 1), 9)).ok()?;
    match socket.local_addr().ok()?.ip() {
        IpAddr::V4(address) if !address.is_unspecified() => Some(address),
        _ => None,
    }
}

/// The addresses, remembered for a moment: every request of the local network is checked against
/// them.
#[derive(Debug, Default)]
pub(crate) struct KnownAddresses(Mutex<Option<(Instant, HashSet<IpAddr>)>>);

impl KnownAddresses {
    /// Whether `address` is this computer's.
    pub(crate) fn has(&self, address: IpAddr) -> bool {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh = known
            .as_ref()
            .is_some_and(|(looked, _)| looked.elapsed() < FRESH);
        if !fresh {
            let all = if_addrs::get_if_addrs().unwrap_or_default();
            let all = all.iter().map(|interface| interface.ip().to_canonical());
            *known = Some((Instant::now(), all.collect()));
        }
        known
            .as_ref()
            .is_some_and(|(_, all)| all.contains(&address.to_canonical()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_known_by_where_it_leads() {
        for (interface, address, expected) in [
            ("wlan0", "192.168.1.20", AddressKind::Home),
            ("eth0", "10.1.2.3", AddressKind::Home),
            ("en0", "172.20.10.2", AddressKind::Home),
            ("eth0", "100.64.0.2", AddressKind::Home),
            ("docker0", "172.17.0.1", AddressKind::Virtual),
            ("br-1a2b3c", "172.18.0.1", AddressKind::Virtual),
            ("wg0", "10.8.0.2", AddressKind::Virtual),
            ("eth0", "169.254.3.4", AddressKind::Unassigned),
            ("eth0", "203.0.113.7", AddressKind::Public),
        ] {
            let address = address.parse().expect("an address");
            assert_eq!(kind(interface, address), expected, "{interface} {address}");
        }
    }

    #[test]
    fn own_addresses_are_known_and_others_are_not() {
        let known = KnownAddresses::default();
        for own in own_addresses() {
            assert!(known.has(own.address.into()), "{own:?}");
        }
        assert!(known.has(Ipv4Addr::LOCALHOST.into()));
        assert!(known.has("::ffff:127.0.0.1".parse().expect("an address")));
        assert!(!known.has("192.0.2.77".parse().expect("an address")));
    }
}
