//! The cookie that binds a journey to an identity provider to the browser that began it: nobody is
//! signed in by a link that somebody else sent them. It is `Lax`, since the way back begins at
//! another site; it opens nothing by itself. Its name carries the port, as that of the refresh
//! token does.

use std::time::Duration;

use axum::http::{HeaderMap, HeaderValue, header};

const NAME: &str = "parlor-oidc";

/// The paths that it is sent to.
const PATH: &str = "/api/session/oidc";

/// The longest value that is looked at, in bytes.
const MAX_BYTES: usize = 128;

/// What a request brings.
pub(crate) fn read(headers: &HeaderMap) -> Option<&str> {
    let wanted = name(headers);
    let cookies = headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'));
    let mut values = cookies.filter_map(|cookie| {
        let (name, value) = cookie.trim().split_once('=')?;
        (name == wanted).then_some(value)
    });
    let value = values
        .next()
        .filter(|value| (1..=MAX_BYTES).contains(&value.len()))?;
    // A second one of this name was put there by somebody else.
    values.next().is_none().then_some(value)
}

/// Keeps `value` for `time`, on TLS alone where the browser came by it.
pub(crate) fn keep(headers: &HeaderMap, value: &str, time: Duration, tls: bool) -> HeaderValue {
    let (name, seconds) = (name(headers), time.as_secs());
    let secure = if tls { "; Secure" } else { "" };
    let text =
        format!("{name}={value}; Path={PATH}; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}");
    // Names, numbers and base64url: always a header.
    HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static(""))
}

/// Forgets it.
pub(crate) fn forget(headers: &HeaderMap, tls: bool) -> HeaderValue {
    keep(headers, "", Duration::ZERO, tls)
}

fn name(headers: &HeaderMap) -> String {
    let host = headers
        .get(header::HOST)
        .and_then(|value| value.to_str().ok());
    let port = host
        .and_then(|host| host.rsplit_once(':'))
        .and_then(|(_, port)| port.parse::<u16>().ok());
    match port {
        Some(port) => format!("{NAME}-{port}"),
        None => NAME.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_comes_back_as_it_went_and_only_once() {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, HeaderValue::from_static("chat.test:3000"));
        let kept = keep(&headers, "b-1", Duration::from_secs(600), true);
        assert_eq!(
            kept,
            "parlor-oidc-3000=b-1; Path=/api/session/oidc; Max-Age=600; HttpOnly; SameSite=Lax; Secure"
        );
        let brings = |cookie: &'static str| {
            let mut headers = headers.clone();
            headers.insert(header::COOKIE, HeaderValue::from_static(cookie));
            read(&headers).map(str::to_owned)
        };
        assert_eq!(brings("a=b; parlor-oidc-3000=b-1"), Some("b-1".to_owned()));
        for none in [
            "parlor-oidc=b-1",
            "parlor-oidc-3000=",
            "parlor-oidc-3000=b-1; parlor-oidc-3000=b-2",
        ] {
            assert_eq!(brings(none), None, "{none}");
        }
    }
}
