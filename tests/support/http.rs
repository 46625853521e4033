//! HTTP, both the comfortable way and byte by byte.

use std::net::SocketAddr;

use reqwest::{Method, StatusCode};
use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use super::{DEADLINE, Server};

/// An answer: its status, head and body.
pub(crate) struct Reply {
    /// The status.
    pub(crate) status: StatusCode,
    /// The content type.
    pub(crate) content_type: String,
    /// The content security policy.
    pub(crate) policy: String,
    /// The cookie that the answer sets.
    pub(crate) cookie: String,
    /// The body.
    pub(crate) body: String,
}

impl Reply {
    /// The body as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body)
            .unwrap_or_else(|error| panic!("no JSON ({error}): {:?}", self.body))
    }
}

/// `GET path`.
pub(crate) async fn get(server: &Server, path: &str) -> Reply {
    call(server, Method::GET, path, None, None).await
}

/// `POST path` with a JSON body, and perhaps a bearer token.
pub(crate) async fn post(server: &Server, path: &str, body: &Value, token: Option<&str>) -> Reply {
    call(server, Method::POST, path, Some(body), token).await
}

/// Any method, perhaps with a JSON body and a bearer token.
pub(crate) async fn call(
    server: &Server,
    method: Method,
    path: &str,
    body: Option<&Value>,
    token: Option<&str>,
) -> Reply {
    call_with(server, method, path, body, token, &[]).await
}

/// The same with more headers.
pub(crate) async fn call_with(
    server: &Server,
    method: Method,
    path: &str,
    body: Option<&Value>,
    token: Option<&str>,
    headers: &[(&str, &str)],
) -> Reply {
    let client = reqwest::Client::builder()
        .no_proxy()
        .timeout(DEADLINE)
        .build();
    let url = format!("http://{}{path}", server.address());
    let mut request = client
        .expect("a client without options builds")
        .request(method, url);
    if let Some(body) = body {
        request = request.json(body);
    }
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let response = request
        .send()
        .await
        .unwrap_or_else(|error| panic!("{path}: {error}"));
    let header = |name: &str| {
        let value = response.headers().get(name);
        value
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
            .to_owned()
    };
    Reply {
        status: response.status(),
        content_type: header("content-type"),
        policy: header("content-security-policy"),
        cookie: header("set-cookie"),
        body: response.text().await.expect("the body comes whole"),
    }
}

/// Sends bytes as they are and gives what comes back until the server closes or has sent a head.
pub(crate) async fn raw(address: SocketAddr, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(address)
        .await
        .expect("the server accepts");
    // The server may refuse before it has read everything.
    let _ = stream.write_all(bytes).await;
    let mut got = Vec::new();
    let read = async {
        let mut buffer = [0; 4096];
        while !got.windows(4).any(|end| end == b"\r\n\r\n") {
            match stream.read(&mut buffer).await {
                Ok(0) | Err(_) => break,
                Ok(count) => got.extend_from_slice(&buffer[..count]),
            }
        }
    };
    timeout(DEADLINE, read)
        .await
        .expect("an answer or a close should come");
    String::from_utf8_lossy(&got).into_owned()
}

/// The status in the first line of a raw answer; 0 where the server closed without one.
pub(crate) fn status(raw: &str) -> u16 {
    let code = raw.strip_prefix("HTTP/1.1 ").and_then(|rest| rest.get(..3));
    code.map_or(0, |code| code.parse().expect("a status is three digits"))
}
