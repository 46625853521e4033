//! Who asks, where a reverse proxy stands between: then the connection's other end is the proxy,
//! and the client's address, the scheme and the host are in headers that it adds.
//!
//! Anybody can send those headers, so they count only on connections from `server.trusted_proxies`,
//! and of a list of addresses only the right-most that is not such a proxy: what stands to the left
//! of it was written by whoever that is. From here on they are
//! gone, but for an `X-Forwarded-Proto` that is believed and says `https`.
//!
//! That there were any is kept ([`Proxied`]), believed or not: whoever sits at the computer sends none,
//! so what a proxy beside the server passes on is never taken for them.

use std::{net::IpAddr, sync::Arc};

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Version, header},
    middleware::Next,
    response::Response,
};

use super::{Peer, guard};
use crate::{app::App, config::Network};

const FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
const HOST: HeaderName = HeaderName::from_static("x-forwarded-host");

/// The longest chain of addresses that is looked at; each is a proxy that the operator runs.
const MAX_HOPS: usize = 16;

/// Marks a request that somebody passed on, or that says so: the other end of its connection need
/// not be who asks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Proxied;

/// Puts the client's own address, host and scheme in place of the proxy's.
pub(crate) async fn find(
    State(app): State<Arc<App>>,
    mut request: Request,
    next: Next,
) -> Response {
    if is_passed_on(&request) {
        request.extensions_mut().insert(Proxied);
    }
    let peer = request.extensions().get::<Peer>().copied();
    let trusted = &app.config.server.trusted_proxies;
    let mut tls = false;
    if let Some(Peer(peer)) = peer.filter(|Peer(peer)| is_trusted(*peer, trusted)) {
        let client = client(peer, request.headers(), trusted);
        tls = is_tls(request.headers());
        let host = last(request.headers(), &HOST).and_then(|host| HeaderValue::from_str(host).ok());
        // A proxy that passes on what its client sent must not let a rebound name in by it.
        let host = host.filter(|_| guard::names_us(&app, &request));
        request.extensions_mut().insert(Peer(client));
        if let Some(host) = host {
            request.headers_mut().insert(header::HOST, host);
        }
    }
    for name in [FOR, PROTO, HOST, header::FORWARDED] {
        request.headers_mut().remove(name);
    }
    if tls {
        let https = HeaderValue::from_static("https");
        request.headers_mut().insert(PROTO, https);
    }
    next.run(request).await
}

/// Whether a proxy left a trace. One that adds no header at all often speaks an older HTTP to what is
/// behind it, as no browser does.
fn is_passed_on(request: &Request) -> bool {
    request.version() < Version::HTTP_11 || request.headers().keys().any(tells_of_a_proxy)
}

fn tells_of_a_proxy(name: &HeaderName) -> bool {
    *name == header::FORWARDED
        || *name == header::VIA
        || ["x-forwarded", "x-real-ip", "x-client-ip"]
            .iter()
            .any(|known| name.as_str().starts_with(known))
}

fn is_trusted(address: IpAddr, trusted: &[Network]) -> bool {
    trusted.iter().any(|network| network.contains(address))
}

/// The right-most address that no trusted proxy has; where all are proxies, the left-most.
fn client(peer: IpAddr, headers: &HeaderMap, trusted: &[Network]) -> IpAddr {
    let mut client = peer;
    for hop in listed(headers, &FOR).rev().take(MAX_HOPS) {
        // What is no address was written by nobody who is trusted: whoever sent it is the client.
        let Some(address) = address(hop) else { break };
        client = address;
        if !is_trusted(address, trusted) {
            break;
        }
    }
    client
}

/// `192.0.2.1`, `192.0.2.1:1234`, `2001:db8::1`, `[2001:db8::1]`, `[2001:db8::1]:1234`.
fn address(text: &str) -> Option<IpAddr> {
    let bare = || text.strip_prefix('[')?.strip_suffix(']')?.parse().ok();
    let with_port = || {
        let address: std::net::SocketAddr = text.parse().ok()?;
        Some(address.ip())
    };
    let address: Option<IpAddr> = text.parse().ok().or_else(bare).or_else(with_port);
    address.map(|address| address.to_canonical())
}

fn is_tls(headers: &HeaderMap) -> bool {
    matches!(last(headers, &PROTO), Some("https" | "wss"))
}

/// What the nearest proxy wrote, which comes last.
fn last<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    listed(headers, name)
        .next_back()
        .filter(|text| !text.is_empty())
}

/// The parts of a list that may be spread over several headers.
fn listed<'a>(
    headers: &'a HeaderMap,
    name: &HeaderName,
) -> impl DoubleEndedIterator<Item = &'a str> {
    headers.get_all(name).iter().flat_map(|value| {
        // Bytes that are no text stand for an address that is none.
        value.to_str().unwrap_or("?").split(',').map(str::trim)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(HeaderName, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(name, HeaderValue::from_str(value).expect("a value"));
        }
        headers
    }

    fn client_of(peer: &str, lists: &[&str]) -> String {
        let trusted = ["127.0.0.1", "10.0.0.0/8", "2001:db8::/32"];
        let trusted = trusted.map(|text| text.parse().expect("a network"));
        let pairs: Vec<_> = lists.iter().map(|list| (FOR, *list)).collect();
        let peer = peer.parse().expect("an address");
        client(peer, &headers(&pairs), &trusted).to_string()
    }

    #[test]
    fn the_right_most_address_that_is_no_proxy_is_the_client() {
        for (lists, expected) in [
            (&["203.0.113.7"][..], "203.0.113.7"),
            (&["198.51.100.1, 203.0.113.7"], "203.0.113.7"),
            (&["203.0.113.7, 10.1.2.3"], "203.0.113.7"),
            (&["198.51.100.1", "203.0.113.7 ,10.1.2.3"], "203.0.113.7"),
            (&["10.9.9.9, 10.1.2.3"], "10.9.9.9"),
            (&["203.0.113.7:4711"], "203.0.113.7"),
            (&["[2a00::7]:4711, 2001:db8::1"], "2a00::7"),
            (&["[2a00::7]"], "2a00::7"),
            (&["::ffff:203.0.113.7"], "203.0.113.7"),
            (&[], "127.0.0.1"),
            (&[""], "127.0.0.1"),
            (&["unknown"], "127.0.0.1"),
            (&["203.0.113.7, unknown, 10.1.2.3"], "10.1.2.3"),
            (&["203.0.113.7,"], "127.0.0.1"),
        ] {
            assert_eq!(client_of("127.0.0.1", lists), expected, "{lists:?}");
        }
        let long = vec!["10.0.0.1"; 10_000].join(",");
        assert_eq!(
            client_of("127.0.0.1", &[&long]),
            "10.0.0.1",
            "a long chain ends"
        );
    }

    #[test]
    fn what_a_proxy_passed_on_is_known_by_any_trace() {
        let plain = || Request::builder().header(header::HOST, "localhost:3000");
        let request = |builder: axum::http::request::Builder| {
            builder.body(axum::body::Body::empty()).expect("a request")
        };
        for name in [
            "forwarded",
            "via",
            "x-forwarded-for",
            "x-forwarded-host",
            "x-forwarded-proto",
            "x-forwarded-port",
            "X-Forwarded-Server",
            "x-real-ip",
        ] {
            let traced = request(plain().header(name, ""));
            assert!(is_passed_on(&traced), "{name}");
        }
        assert!(is_passed_on(&request(plain().version(Version::HTTP_10))));
        let own = plain()
            .header(header::ORIGIN, "http://localhost:3000")
            .header("x-requested-with", "a script");
        assert!(!is_passed_on(&request(own)));
    }

    #[test]
    fn scheme_and_host_are_what_the_nearest_proxy_says() {
        let said = headers(&[(PROTO, "http"), (PROTO, "https"), (HOST, "a.test, b.test")]);
        assert!(is_tls(&said));
        assert_eq!(last(&said, &HOST), Some("b.test"));
        assert!(!is_tls(&headers(&[(PROTO, "https"), (PROTO, "http")])));
        assert_eq!(last(&headers(&[(HOST, "")]), &HOST), None);
    }
}
