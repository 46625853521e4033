//! The cookie that keeps a browser's refresh token: no script reads it, no other site sends it, and
//! it goes to the one path that renews access.

use std::time::Duration;

use axum::http::{HeaderMap, HeaderValue, header};
use secrecy::{ExposeSecret as _, SecretString};

use super::cookie;

const NAME: &str = "parlor-refresh";

/// The one path that the cookie is sent to.
const PATH: &str = "/api/session/refresh";

/// The token that a request brings.
pub(crate) fn read(headers: &HeaderMap) -> Option<SecretString> {
    cookie::read(headers, NAME).map(SecretString::from)
}

/// Keeps `token` for `time`.
pub(crate) fn keep(headers: &HeaderMap, token: &SecretString, time: Duration) -> HeaderValue {
    write(headers, token.expose_secret(), time.as_secs())
}

/// Forgets it.
pub(crate) fn forget(headers: &HeaderMap) -> HeaderValue {
    write(headers, "", 0)
}

fn write(headers: &HeaderMap, value: &str, seconds: u64) -> HeaderValue {
    // The page's own origin was checked by the guard; over TLS the cookie stays on TLS.
    let origin = headers
        .get(header::ORIGIN)
        .and_then(|value| value.to_str().ok());
    // Only a trusted proxy's word comes as far as here (`http/client_address.rs`).
    let proxied = headers.get("x-forwarded-proto");
    let over_tls = origin.is_some_and(|origin| origin.starts_with("https://"))
        || proxied.is_some_and(|scheme| scheme == "https");
    cookie::write(headers, (NAME, value), (PATH, "Strict"), seconds, over_tls)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let pairs = pairs.iter().map(|(name, value)| {
            let value = HeaderValue::from_str(value).expect("a value");
            (header::HeaderName::from_static(name), value)
        });
        pairs.collect()
    }

    #[test]
    fn a_cookie_is_for_the_server_alone() {
        let plain = headers(&[
            ("host", "127.0.0.1:3000"),
            ("origin", "http://127.0.0.1:3000"),
        ]);
        let kept = keep(&plain, &"token".into(), Duration::from_secs(60));
        assert_eq!(
            kept,
            "parlor-refresh-3000=token; Path=/api/session/refresh; Max-Age=60; HttpOnly; SameSite=Strict"
        );
        let secure = headers(&[("host", "chat.test"), ("origin", "https://chat.test")]);
        let kept = keep(&secure, &"token".into(), Duration::from_secs(60));
        let kept = kept.to_str().expect("text");
        assert!(
            kept.starts_with("parlor-refresh=token;") && kept.ends_with("; Secure"),
            "{kept}"
        );
        let gone = forget(&plain);
        assert!(
            gone.to_str()
                .expect("text")
                .contains("=; Path=/api/session/refresh; Max-Age=0;")
        );
    }

    #[test]
    fn what_comes_back_is_read_and_nothing_else() {
        let read_from = |cookie: &str| {
            let headers = headers(&[("host", "[::1]:3000"), ("cookie", cookie)]);
            read(&headers).map(|token| token.expose_secret().to_owned())
        };
        let good = Some("t-1".to_owned());
        assert_eq!(read_from("parlor-refresh-3000=t-1"), good);
        assert_eq!(read_from("a=b; parlor-refresh-3000=t-1; c=d"), good);
        let long = format!("parlor-refresh-3000={}", "x".repeat(200));
        for none in [
            "parlor-refresh-3001=t-1",
            "parlor-refresh=t-1",
            "parlor-refresh-3000=",
            "xparlor-refresh-3000=t-1",
            "parlor-refresh-3000=t-1; parlor-refresh-3000=t-2",
            long.as_str(),
        ] {
            assert_eq!(read_from(none), None, "{none}");
        }
    }
}
