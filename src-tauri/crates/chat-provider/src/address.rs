//! Which addresses a provider may have. Whoever can save one must not be able to turn the server
//! against the network it stands in: no credentials inside, no variables, and never a link-local
//! address, where clouds hand out their secrets. Private networks are allowed: models live there.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use reqwest::Url;

/// OpenAI's own address, the default of `OPENAI_BASE_URL`.
pub const OPENAI_BASE_URL: &str = "https://api.openai.com/v1";

const MAX_BYTES: usize = 512;

/// Why an address is none for a provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// Too long.
    #[error("the address is longer than {MAX_BYTES} bytes")]
    TooLong,
    /// Not http or https, or no host.
    #[error(
        "the address must begin with http:// or https://, for instance http://127.0.0.1:11434/v1"
    )]
    NotHttp,
    /// A name or password inside.
    #[error("the address must not hold a name or password; give the key in its own field")]
    Credentials,
    /// A `?` or `#`.
    #[error("the address must end before any ? or #, usually in /v1")]
    Query,
    /// This computer or a private network, where the server's settings say no.
    #[error(
        "this server takes no addresses of its own computer or of private networks; its operator \
         may set provider.private_addresses"
    )]
    Private,
    /// Link-local, a metadata service, multicast or nowhere.
    #[error("addresses of link-local networks and cloud metadata services are refused")]
    Refused,
}

/// Checks `text` and gives it back without surrounding space and trailing slashes.
///
/// # Errors
/// [`AddressError`] says what to change.
pub fn check_address(text: &str) -> Result<String, AddressError> {
    let text = text.trim();
    if text.len() > MAX_BYTES {
        return Err(AddressError::TooLong);
    }
    // A variable would be expanded by nobody, but whoever writes one expects that: refuse it.
    if text.contains(['$', '{', '}', '`', '\\']) || text.chars().any(char::is_control) {
        return Err(AddressError::NotHttp);
    }
    let url = Url::parse(text).map_err(|_| AddressError::NotHttp)?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(AddressError::NotHttp);
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(AddressError::Credentials);
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(AddressError::Query);
    }
    let host = url.host_str().ok_or(AddressError::NotHttp)?;
    if is_metadata_name(host) || literal(host).is_some_and(is_refused) {
        return Err(AddressError::Refused);
    }
    Ok(url.as_str().trim_end_matches('/').to_owned())
}

/// Whether no request may ever go to `address`, by whatever name it was reached.
pub(crate) fn is_refused(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => refused_v4(address),
        IpAddr::V6(address) => embedded_v4(address).map_or_else(
            || {
                address.is_unicast_link_local()
                    || address.is_multicast()
                    // Amazon's metadata service over IPv6.
                    || address.segments() == [0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254]
            },
            refused_v4,
        ),
    }
}

fn refused_v4(address: Ipv4Addr) -> bool {
    // 100.100.100.200 is Alibaba's metadata service, 168.63.129.16 Azure's.
    address.is_link_local()
        || address.is_multicast()
        || address.is_broadcast()
        || address == Ipv4Addr::new(100, 100, 100, 200)
        || address == Ipv4Addr::new(168, 63, 129, 16)
}

/// The IPv4 address inside a mapped, compatible, 6to4 or NAT64 one.
pub(crate) fn embedded_v4(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let segments = address.segments();
    let join = |high: u16, low: u16| Ipv4Addr::from((u32::from(high) << 16) | u32::from(low));
    match segments {
        [0, 0, 0, 0, 0, 0xffff | 0, high, low] if high != 0 => Some(join(high, low)),
        [0x2002, high, low, ..] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] => Some(join(high, low)),
        _ => None,
    }
}

fn is_metadata_name(host: &str) -> bool {
    let host = host.trim_end_matches('.');
    host == "metadata" || host == "metadata.google.internal" || host == "instance-data"
}

pub(crate) fn literal(host: &str) -> Option<IpAddr> {
    host.trim_matches(['[', ']']).parse().ok()
}

pub(crate) fn is_openai(base_url: &str) -> bool {
    let host = Url::parse(base_url)
        .ok()
        .and_then(|url| url.host_str().map(str::to_owned));
    host.as_deref() == Some("api.openai.com")
}

/// The host, what a provider without a name is called.
pub(crate) fn host(base_url: &str) -> String {
    let url = Url::parse(base_url).ok();
    let host = url.as_ref().and_then(Url::host_str).unwrap_or(base_url);
    host.to_owned()
}

/// Whether the address is on this computer, by its number or a name that never means another one
/// (RFC 6761): such requests never go through a proxy.
#[must_use]
pub fn is_local(base_url: &str) -> bool {
    let Ok(url) = Url::parse(base_url) else {
        return false;
    };
    url.host_str().is_some_and(|host| {
        let name = host.strip_suffix('.').unwrap_or(host);
        name == "localhost"
            || name.ends_with(".localhost")
            || literal(host).is_some_and(|address| address.is_loopback())
    })
}

/// Whether two addresses are the same server: a key for one may be sent to the other.
pub(crate) fn same_server(left: &str, right: &str) -> bool {
    match (Url::parse(left), Url::parse(right)) {
        (Ok(left), Ok(right)) => left.origin() == right.origin(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sound_addresses_lose_only_their_trailing_slash() {
        for (given, kept) in [
            ("http://127.0.0.1:11434/v1/", "http://127.0.0.1:11434/v1"),
            (" https://api.openai.com/v1 ", OPENAI_BASE_URL),
            ("http://[::1]:8080", "http://[::1]:8080"),
            ("http://192.168.1.7:1234/v1", "http://192.168.1.7:1234/v1"),
            ("https://models.example.org", "https://models.example.org"),
        ] {
            assert_eq!(check_address(given).as_deref(), Ok(kept));
        }
    }

    #[test]
    fn this_computer_is_known_by_its_own_names_alone() {
        for here in [
            "http://127.0.0.1:8080/keys",
            "http://localhost/keys",
            "http://LOCALHOST.:8080/keys",
            "https://localhost:8443",
            "http://models.localhost/v1",
            "http://models.localhost./v1",
            "http://[::1]:8080/keys",
            "https://127.8.8.8/",
        ] {
            assert!(is_local(here), "{here}");
        }
        for away in [
            "https://id.example.org/keys",
            "https://localhost.example.org/",
            "https://notlocalhost/",
            "https://localhost../",
            "https://127.0.0.1.example.org/",
            "https://192.168.1.7/",
            "https://example.org/127.0.0.1",
            "nonsense",
        ] {
            assert!(!is_local(away), "{away}");
        }
    }

    #[test]
    fn metadata_services_are_refused_in_every_spelling() {
        for bad in [
            "http://169.254.169.254/latest",
            "http://2852039166/",
            "http://0xa9fea9fe/",
            "http://0xa9.0xfe.0xa9.0xfe/",
            "http://0251.0376.0251.0376/",
            "http://169.254.43518/",
            "http://[::ffff:169.254.169.254]/",
            "http://[::ffff:a9fe:a9fe]/",
            "http://[::169.254.169.254]/",
            "http://[64:ff9b::169.254.169.254]/",
            "http://[2002:a9fe:a9fe::1]/",
            "http://[fe80::1]/",
            "http://[fd00:ec2::254]/",
            "http://metadata.google.internal/",
            "http://METADATA.google.internal./",
            "http://169。254。169。254/",
            "http://100.100.100.200/",
        ] {
            assert_eq!(check_address(bad), Err(AddressError::Refused), "{bad}");
        }
    }

    #[test]
    fn what_is_no_address_says_what_to_change() {
        let long = format!("http://host/{}", "a".repeat(MAX_BYTES));
        for (bad, error) in [
            ("", AddressError::NotHttp),
            ("ftp://host/", AddressError::NotHttp),
            ("file:///etc/passwd", AddressError::NotHttp),
            ("127.0.0.1:8080", AddressError::NotHttp),
            ("http://${HOST}/v1", AddressError::NotHttp),
            ("http://host/$KEY", AddressError::NotHttp),
            ("http://user:pass@host/", AddressError::Credentials),
            ("http://user@host/", AddressError::Credentials),
            ("http://host/?a=1", AddressError::Query),
            ("http://host/#a", AddressError::Query),
            (long.as_str(), AddressError::TooLong),
        ] {
            assert_eq!(check_address(bad), Err(error), "{bad}");
        }
    }
}
