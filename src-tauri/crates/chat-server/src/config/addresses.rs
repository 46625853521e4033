//! What settings say about addresses: each is taken over in one spelling, or is none.

use std::net::SocketAddr;

pub(super) fn address(text: &str) -> Option<SocketAddr> {
    // `localhost` means the same address everywhere, whatever a resolver says.
    let numeric = text
        .strip_prefix("localhost:")
        .map(|port| format!("127.0.0.1:{port}"));
    numeric.as_deref().unwrap_or(text).parse().ok()
}

pub(super) fn host_name(text: &str) -> Option<String> {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    (text.len() <= 253 && text.bytes().all(fits)).then(|| text.to_ascii_lowercase())
}

pub(super) fn public_url(text: &str) -> Option<String> {
    let text = text.strip_suffix('/').unwrap_or(text);
    let (scheme, authority) = text.split_once("://")?;
    let (host, port) = match authority.split_once(':') {
        Some((host, port)) => (host, Some(port)),
        None => (authority, None),
    };
    let sound = matches!(scheme, "https" | "http")
        && !host.is_empty()
        && port.is_none_or(|port| port.parse::<u16>().is_ok_and(|port| port != 0));
    (sound && host_name(host).is_some()).then(|| text.to_ascii_lowercase())
}

pub(super) fn origin(text: &str) -> Option<String> {
    let (scheme, rest) = text.split_once("://")?;
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b".-_:[]".contains(&byte);
    let sound = !scheme.is_empty()
        && scheme
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
        && !rest.is_empty()
        && rest.bytes().all(fits);
    sound.then(|| text.to_ascii_lowercase())
}

/// Whether what goes to that address is read, and what comes from there written, by nobody on the
/// way: over TLS, or on this computer.
pub(crate) fn is_safe_address(text: &str) -> bool {
    let authority = text.split_once("://").map_or("", |(_, rest)| rest);
    // What stands before an `@` is no host.
    if authority
        .split(['/', '?', '#'])
        .next()
        .is_some_and(|it| it.contains('@'))
    {
        return false;
    }
    let near = ["http://127.0.0.1", "http://localhost", "http://[::1]"];
    let near = near.iter().any(|start| {
        let rest = text.strip_prefix(start);
        rest.is_some_and(|rest| rest.starts_with([':', '/']))
    });
    near || text.starts_with("https://")
}

pub(super) fn keys_url(text: &str) -> Option<String> {
    is_safe_address(text).then(|| base_url(text))?
}

pub(super) fn base_url(text: &str) -> Option<String> {
    let rest = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"))?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let sound = !authority.is_empty()
        && !authority.contains('@')
        && !text
            .chars()
            .any(|character| character.is_whitespace() || character == '\\');
    sound.then(|| text.trim_end_matches('/').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_near_is_near() {
        for near in [
            "http://127.0.0.1:80/x",
            "http://localhost/",
            "https://id.test",
        ] {
            assert!(is_safe_address(near), "{near}");
        }
        for far in [
            "http://id.test",
            "http://localhost:x@evil.test/",
            "http://127.0.0.1:1@evil.test",
            "https://id.test@evil.test/",
            "http://localhost.evil.test/",
        ] {
            assert!(!is_safe_address(far), "{far}");
        }
    }
}
