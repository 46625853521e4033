//! What our cookies have in common. Cookies of one host are shared by all its ports, so their names
//! carry the port: two servers on one computer keep apart.

use axum::http::{HeaderMap, HeaderValue, header};

/// The longest value that is looked at, in bytes.
const MAX_BYTES: usize = 128;

/// The value that a request brings of the cookie that is called `name` here.
pub(super) fn read<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let wanted = with_port(headers, name);
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

/// What a browser is told to keep for so many seconds, and to send to `path` alone.
pub(super) fn write(
    headers: &HeaderMap,
    (name, value): (&str, &str),
    (path, same_site): (&str, &str),
    seconds: u64,
    tls: bool,
) -> HeaderValue {
    let name = with_port(headers, name);
    let secure = if tls { "; Secure" } else { "" };
    let text = format!(
        "{name}={value}; Path={path}; Max-Age={seconds}; HttpOnly; SameSite={same_site}{secure}"
    );
    // Names, numbers and base64url: always a header.
    HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static(""))
}

fn with_port(headers: &HeaderMap, name: &str) -> String {
    let host = headers
        .get(header::HOST)
        .and_then(|value| value.to_str().ok());
    let port = host
        .and_then(|host| host.rsplit_once(':'))
        .and_then(|(_, port)| port.parse::<u16>().ok());
    match port {
        Some(port) => format!("{name}-{port}"),
        None => name.to_owned(),
    }
}
