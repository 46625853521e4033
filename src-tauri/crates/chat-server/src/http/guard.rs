//! What stands before every route: the allow-lists of `Host` and `Origin`, and the headers that
//! every answer carries.
//!
//! Loopback is not trusted: any page in the person's browser can reach it, by a foreign `Origin`
//! or by a name that was bound to 127.0.0.1 (DNS rebinding). Requests without `Origin` come from
//! scripts and native clients, which browsers cannot be.

use std::{net::IpAddr, sync::Arc};

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header},
    middleware::Next,
    response::{IntoResponse as _, Response},
};

use super::{Entrance, Peer, Way, api};
use crate::{app::App, lan::Stage};

/// Origins of Tauri's own windows: Linux and macOS, Windows and Android.
const WINDOW_ORIGINS: [&str; 3] = [
    "tauri://localhost",
    "http://tauri.localhost",
    "https://tauri.localhost",
];

/// Refuses foreign hosts and origins before anything else is looked at.
pub(crate) async fn check(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let Some(host) = host_of(request.headers(), request.uri()) else {
        return refuse("this request names no host");
    };
    let way = way_of(&request);
    let allowed = host_allowed(&app, way, &host);
    if let (Way::Lan, Some(Peer(peer))) = (way, request.extensions().get::<Peer>()) {
        let stage = if allowed {
            Stage::Arrived
        } else {
            Stage::WrongName
        };
        app.lan.note(*peer, stage);
    }
    if !allowed {
        return refuse("this server does not answer to that host name; see server.allowed_hosts");
    }
    let origin = request.headers().get(header::ORIGIN).cloned();
    let foreign = match &origin {
        None => false,
        Some(origin) => match origin_kind(&app, way, &host, origin) {
            OriginKind::Own => false,
            OriginKind::Allowed => true,
            OriginKind::Refused => return refuse("this origin may not talk to this server"),
        },
    };
    let preflight = foreign && request.method() == Method::OPTIONS;
    let mut response = if preflight {
        StatusCode::NO_CONTENT.into_response()
    } else {
        next.run(request).await
    };
    if let (true, Some(origin)) = (foreign, origin) {
        allow_cross_origin(response.headers_mut(), origin);
    }
    secure(response.headers_mut(), &host);
    response
}

enum OriginKind {
    /// A page that this server served.
    Own,
    /// Another one that may: the app's window, or a configured one.
    Allowed,
    Refused,
}

/// Whether a request is for a host name that is this server's.
pub(super) fn names_us(app: &App, request: &Request) -> bool {
    let host = host_of(request.headers(), request.uri());
    host.is_some_and(|host| host_allowed(app, way_of(request), &host))
}

/// Whether a request is for this computer by a name that means it on the computer alone.
pub(super) fn names_loopback(headers: &HeaderMap, uri: &Uri) -> bool {
    let host = host_of(headers, uri);
    let name = host.as_deref().and_then(split);
    name.is_some_and(|(name, _)| is_loopback(name))
}

/// Which way a request came in.
fn way_of(request: &Request) -> Way {
    let entrance = request.extensions().get::<Entrance>();
    entrance.map_or(Way::Plain, |entrance| entrance.way)
}

fn refuse(words: &str) -> Response {
    api::problem(StatusCode::FORBIDDEN, chat_core::Reason::Forbidden, words)
}

/// The host and port a request is for, in lower case.
fn host_of(headers: &HeaderMap, uri: &Uri) -> Option<String> {
    let mut hosts = headers.get_all(header::HOST).iter();
    let host = match (uri.authority(), hosts.next(), hosts.next()) {
        // The target's own host counts, where it has one (RFC 9112, section 3.2.2).
        (Some(authority), _, _) => authority.as_str(),
        (None, Some(host), None) => host.to_str().ok()?,
        (None, _, _) => return None,
    };
    (!host.is_empty() && !host.contains('@')).then(|| host.to_ascii_lowercase())
}

/// Splits `name:port`, `[v6]:port`, `name`; the name without brackets.
fn split(host: &str) -> Option<(&str, Option<u16>)> {
    if let Some(rest) = host.strip_prefix('[') {
        let (name, rest) = rest.split_once(']')?;
        return match rest.strip_prefix(':') {
            None if rest.is_empty() => Some((name, None)),
            None => None,
            Some(port) => Some((name, Some(port.parse().ok()?))),
        };
    }
    match host.split_once(':') {
        None => Some((host, None)),
        Some((name, port)) => Some((name, Some(port.parse().ok()?))),
    }
}

fn is_loopback(name: &str) -> bool {
    name == "localhost"
        || name
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

fn host_allowed(app: &App, way: Way, host: &str) -> bool {
    let Some((name, _)) = split(host) else {
        return false;
    };
    if is_loopback(name)
        || app
            .config
            .server
            .allowed_hosts
            .iter()
            .any(|known| known.eq_ignore_ascii_case(name))
    {
        return true;
    }
    if way == Way::Lan {
        return app.lan.answers_to(name);
    }
    let Ok(address) = name.parse::<IpAddr>() else {
        return false;
    };
    // An address as a name cannot be rebound. Open to all interfaces, any of this machine's will do.
    app.bound()
        .iter()
        .any(|bound| bound.ip() == address || bound.ip().is_unspecified())
}

fn origin_kind(app: &App, way: Way, host: &str, origin: &HeaderValue) -> OriginKind {
    let Ok(origin) = origin.to_str() else {
        return OriginKind::Refused;
    };
    let origin = origin.to_ascii_lowercase();
    let configured = app.config.server.allowed_origins.iter();
    if configured
        .into_iter()
        .any(|known| known.eq_ignore_ascii_case(&origin))
    {
        return OriginKind::Allowed;
    }
    if app.config.embedded && WINDOW_ORIGINS.contains(&origin.as_str()) {
        return OriginKind::Allowed;
    }
    let Some((scheme, origin_host)) = origin.split_once("://") else {
        return OriginKind::Refused;
    };
    let default_port = match scheme {
        // A page that came over TLS is not one that somebody on the way may have written.
        "http" if way == Way::Plain => 80,
        "https" => 443,
        _ => return OriginKind::Refused,
    };
    let (Some((name, port)), Some((origin_name, origin_port))) = (split(host), split(origin_host))
    else {
        return OriginKind::Refused;
    };
    let same_port = port.unwrap_or(default_port) == origin_port.unwrap_or(default_port);
    let same_name = name == origin_name || (is_loopback(name) && is_loopback(origin_name));
    if same_port && same_name {
        OriginKind::Own
    } else {
        OriginKind::Refused
    }
}

fn allow_cross_origin(headers: &mut HeaderMap, origin: HeaderValue) {
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    headers.insert(header::VARY, HeaderValue::from_static("Origin"));
    let methods = HeaderValue::from_static("GET, POST, PUT, PATCH, DELETE");
    headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, methods);
    let names = HeaderValue::from_static("authorization, content-type");
    headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, names);
}

fn secure(headers: &mut HeaderMap, host: &str) {
    // Some browsers do not take 'self' for sockets of the same host.
    let policy = format!(
        "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
         img-src 'self' data: blob:; font-src 'self' data:; \
         connect-src 'self' ws://{host} wss://{host}; object-src 'none'; frame-src 'none'; \
         frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
    );
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    for (name, value) in [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "no-referrer"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
}

#[cfg(test)]
mod tests {
    use super::{is_loopback, split};

    #[test]
    fn hosts_are_split_without_being_fooled() {
        assert_eq!(split("localhost:3000"), Some(("localhost", Some(3000))));
        assert_eq!(split("[::1]:3000"), Some(("::1", Some(3000))));
        assert_eq!(split("[::1]"), Some(("::1", None)));
        assert_eq!(split("a.test"), Some(("a.test", None)));
        for bad in ["[::1", "[::1]x", "a:b", "a:1:2", "a:99999"] {
            assert_eq!(split(bad), None, "{bad}");
        }
        for foreign in [
            "localhost.evil.test",
            "127.0.0.1.evil.test",
            "evil.test",
            "localhost.",
            "",
        ] {
            assert!(!is_loopback(foreign), "{foreign}");
        }
        assert!(is_loopback("127.0.0.1") && is_loopback("::1") && is_loopback("localhost"));
    }
}
