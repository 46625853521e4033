//! Requests to systems that vouch for people: for their keys, and for what OpenID Connect asks. They
//! follow no redirect, end within a time, and go by the proxy of the environment like all others,
//! but for those to this computer: seen from a proxy that is another one.

use std::{net::IpAddr, time::Duration};

use reqwest::{Client, Url, redirect::Policy};

/// A client for that address.
pub(super) fn client(address: &str, patience: Duration) -> reqwest::Result<Client> {
    let client = Client::builder().redirect(Policy::none()).timeout(patience);
    let client = if is_here(address) {
        client.no_proxy()
    } else {
        client
    };
    client.build()
}

/// Whether an address is on this computer.
fn is_here(address: &str) -> bool {
    let Ok(url) = Url::parse(address) else {
        return false;
    };
    let host = url.host_str().unwrap_or_default();
    let literal: Result<IpAddr, _> = host.trim_matches(['[', ']']).parse();
    host == "localhost" || literal.is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::is_here;

    #[test]
    fn this_computer_is_known_by_its_own_names_alone() {
        for here in [
            "http://127.0.0.1:8080/keys",
            "http://localhost/keys",
            "https://localhost:8443",
            "http://[::1]:8080/keys",
            "https://127.8.8.8/",
        ] {
            assert!(is_here(here), "{here}");
        }
        for away in [
            "https://id.example.org/keys",
            "https://localhost.example.org/",
            "https://127.0.0.1.example.org/",
            "https://192.168.1.7/",
            "https://example.org/127.0.0.1",
            "nonsense",
        ] {
            assert!(!is_here(away), "{away}");
        }
    }
}
