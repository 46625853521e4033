//! How far requests to a provider may go. Some addresses are refused to everybody
//! ([`address::is_refused`]); those of this computer and of private networks are besides where an
//! admin of a shared server chose the provider, so that nobody looks around in the network that
//! the server stands in.
//!
//! A name is resolved once for a connection, and the connection goes to the address that was
//! judged: a name that leads elsewhere a moment later (DNS rebinding) leads nowhere new. Through an
//! outgoing proxy of the environment names are the proxy's to resolve, and to refuse; that proxy
//! itself is the operator's choice and is not judged ([`crate::client`]).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use reqwest::{
    Url,
    dns::{Addrs, Name, Resolve, Resolving},
};

use crate::address;

/// How far requests may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Reach {
    /// Everywhere but to what is refused always.
    Anywhere,
    /// Neither to this computer nor into private networks.
    Public,
}

/// Why a request goes nowhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ReachError {
    #[error("its name cannot be found")]
    Unknown,
    #[error("its name leads to a link-local or cloud metadata address, which is refused")]
    Refused,
    #[error(
        "it is on the server's own computer or in a private network, which this server's setting \
         provider.private_addresses does not allow"
    )]
    Private,
}

impl Reach {
    /// The reach of providers that people add.
    pub(crate) fn of_saved(private_addresses: bool) -> Self {
        if private_addresses {
            Self::Anywhere
        } else {
            Self::Public
        }
    }

    /// Whether requests may go to an address that was resolved.
    pub(crate) fn judge(self, found: IpAddr) -> Result<(), ReachError> {
        if address::is_refused(found) {
            return Err(ReachError::Refused);
        }
        match self {
            Self::Public if is_private(found) => Err(ReachError::Private),
            Self::Anywhere | Self::Public => Ok(()),
        }
    }

    /// The same for a URL whose host may be an address, which no resolver is asked about.
    pub(crate) fn judge_url(self, url: &str) -> Result<(), ReachError> {
        let url = Url::parse(url).ok();
        let host = url.as_ref().and_then(Url::host_str).unwrap_or_default();
        match address::literal(host) {
            Some(found) => self.judge(found),
            None => Ok(()),
        }
    }
}

/// This computer, or a network that is not the Internet.
fn is_private(found: IpAddr) -> bool {
    match found {
        IpAddr::V4(found) => private_v4(found),
        // All mapped ones: systems take `::ffff:0.0.0.0` for loopback.
        IpAddr::V6(found) => found
            .to_ipv4_mapped()
            .or_else(|| address::embedded_v4(found))
            .map_or_else(
                || {
                    found.is_loopback()
                        || found.is_unspecified()
                        || found.is_unique_local()
                        || site_local(found)
                },
                private_v4,
            ),
    }
}

fn private_v4(found: Ipv4Addr) -> bool {
    let [first, second, third, _] = found.octets();
    found.is_loopback()
        || found.is_private()
        // "This network", which Linux takes for loopback.
        || first == 0
        // Carriers' and overlay networks' (RFC 6598), protocols' own (RFC 6890), benchmarks' (RFC 2544).
        || (first == 100 && (64..128).contains(&second))
        || (first == 192 && second == 0 && third == 0)
        || (first == 198 && (18..20).contains(&second))
        // Reserved.
        || first >= 240
}

/// fec0::/10, deprecated and still routed inside some companies (RFC 3879).
fn site_local(found: Ipv6Addr) -> bool {
    found.segments()[0] & 0xffc0 == 0xfec0
}

/// Resolves names as the system does, but only to addresses within reach: a name may point
/// elsewhere today than when it was saved.
#[derive(Debug)]
pub(crate) struct GuardedNames(pub(crate) Reach);

impl Resolve for GuardedNames {
    fn resolve(&self, name: Name) -> Resolving {
        let reach = self.0;
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await;
            let found = found.map_err(|_| ReachError::Unknown)?;
            Ok(allowed(reach, found)?)
        })
    }
}

/// Those within reach, or why there are none.
fn allowed(reach: Reach, found: impl Iterator<Item = SocketAddr>) -> Result<Addrs, ReachError> {
    let mut allowed = Vec::new();
    let mut refusal = ReachError::Unknown;
    for found in found {
        match reach.judge(found.ip()) {
            Ok(()) => allowed.push(found),
            Err(refused) => refusal = refused,
        }
    }
    if allowed.is_empty() {
        return Err(refusal);
    }
    Ok(Box::new(allowed.into_iter()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_addresses_are_out_of_public_reach_in_every_spelling() {
        for private in [
            "http://127.0.0.1:11434/v1",
            "http://2130706433/v1",
            "http://0x7f.1/v1",
            "http://0177.0.0.1/v1",
            "http://0.0.0.0:3000/v1",
            "http://10.1.2.3/v1",
            "http://172.31.255.255/v1",
            "http://192.168.1.7/v1",
            "http://100.64.0.1/v1",
            "http://198.18.0.1/v1",
            "http://240.0.0.1/v1",
            "http://[::1]/v1",
            "http://[::]/v1",
            "http://[::ffff:127.0.0.1]/v1",
            "http://[::ffff:0.0.0.0]/v1",
            "http://[::ffff:0:1]/v1",
            "http://[::ffff:a00:1]/v1",
            "http://[64:ff9b::10.0.0.1]/v1",
            "http://[2002:a00:1::]/v1",
            "http://[fd12:3456::1]/v1",
            "http://[fec0::1]/v1",
        ] {
            let judged = Reach::Public.judge_url(private);
            assert_eq!(judged, Err(ReachError::Private), "{private}");
            assert_eq!(Reach::Anywhere.judge_url(private), Ok(()), "{private}");
        }
        for public in [
            "http://203.0.113.7/v1",
            "https://api.openai.com/v1",
            "http://[2a00::7]/v1",
            "http://172.32.0.1/v1",
            "http://100.128.0.1/v1",
        ] {
            assert_eq!(Reach::Public.judge_url(public), Ok(()), "{public}");
        }
        for never in ["http://169.254.169.254/v1", "http://[fe80::1]/v1"] {
            for reach in [Reach::Anywhere, Reach::Public] {
                assert_eq!(reach.judge_url(never), Err(ReachError::Refused), "{never}");
            }
        }
    }

    #[test]
    fn of_several_addresses_only_those_within_reach_are_left() {
        let found = ["127.0.0.1:0", "169.254.169.254:0", "203.0.113.7:0"];
        let found = || found.iter().map(|text| text.parse().expect("an address"));
        let left = |reach| -> Vec<SocketAddr> {
            let allowed = allowed(reach, found()).ok();
            allowed.into_iter().flatten().collect()
        };
        assert_eq!(left(Reach::Anywhere).len(), 2);
        assert_eq!(left(Reach::Public).len(), 1);
        let none = allowed(Reach::Public, found().take(1)).err();
        assert_eq!(none, Some(ReachError::Private), "and why");
    }
}
