//! The cookie that binds a journey to an identity provider to the browser that began it: nobody is
//! signed in by a link that somebody else sent them. It is `Lax`, since the way back begins at
//! another site; it opens nothing by itself.

use std::time::Duration;

use axum::http::{HeaderMap, HeaderValue};

use super::cookie;

const NAME: &str = "parlor-oidc";

/// The paths that it is sent to.
const PATH: &str = "/api/session/oidc";

/// What a request brings.
pub(crate) fn read(headers: &HeaderMap) -> Option<&str> {
    cookie::read(headers, NAME)
}

/// Keeps `value` for `time`, on TLS alone where the browser came by it.
pub(crate) fn keep(headers: &HeaderMap, value: &str, time: Duration, tls: bool) -> HeaderValue {
    cookie::write(headers, (NAME, value), (PATH, "Lax"), time.as_secs(), tls)
}

/// Forgets it.
pub(crate) fn forget(headers: &HeaderMap, tls: bool) -> HeaderValue {
    keep(headers, "", Duration::ZERO, tls)
}

#[cfg(test)]
mod tests {
    use axum::http::header;

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
