//! Signing in at a remote server: from what a person types to a token there.

use std::{net::IpAddr, time::Duration};

use reqwest::{StatusCode, Url, redirect};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::json;

use crate::errors::{Code, HostError};

/// A person waits for this.
const PATIENCE: Duration = Duration::from_secs(20);

/// An account at a remote server.
#[derive(Debug)]
pub(crate) struct Account {
    /// What the server calls itself.
    pub(crate) server: String,
    /// Our name there.
    pub(crate) user: String,
    /// Our token there.
    pub(crate) token: SecretString,
}

#[derive(Deserialize)]
struct Session {
    token: String,
    name: String,
}

#[derive(Deserialize)]
struct Server {
    name: String,
    #[serde(default)]
    host: Option<String>,
}

/// One client for all remote servers. It follows no redirects: a token must not wander.
pub(crate) fn client() -> reqwest::Result<reqwest::Client> {
    reqwest::Client::builder()
        .http1_only() // the chat socket's upgrade is HTTP/1.1's
        .redirect(redirect::Policy::none())
        .connect_timeout(Duration::from_secs(10))
        .user_agent(concat!("Parlor/", env!("CARGO_PKG_VERSION")))
        .build()
}

/// Reads an address as a person types it. Without a scheme it is `https`, but for this computer
/// and private networks, whose servers speak plainly for now.
pub(crate) fn address(typed: &str) -> Result<Url, HostError> {
    let typed = typed.trim();
    let refuse = || HostError::new(Code::BadAddress, "that is not the address of a server");
    let mut url = if typed.contains("://") {
        Url::parse(typed).map_err(|_| refuse())?
    } else {
        let plain = Url::parse(&format!("http://{typed}")).map_err(|_| refuse())?;
        if is_near(plain.host_str().unwrap_or_default()) {
            plain
        } else {
            Url::parse(&format!("https://{typed}")).map_err(|_| refuse())?
        }
    };
    let right = matches!(url.scheme(), "http" | "https")
        && url.host_str().is_some_and(|host| !host.is_empty())
        && url.username().is_empty()
        && url.password().is_none();
    if !right {
        return Err(refuse());
    }
    url.set_query(None);
    url.set_fragment(None);
    if !url.path().ends_with('/') {
        let path = format!("{}/", url.path());
        url.set_path(&path);
    }
    Ok(url)
}

/// Asks the server at `address` for a token.
pub(crate) async fn sign_in(
    client: &reqwest::Client,
    address: &Url,
    name: &str,
    password: &SecretString,
) -> Result<Account, HostError> {
    let not_parlor = || HostError::new(Code::NotParlor, "what answers there is not Parlor");
    let url = |path| address.join(path).map_err(|_| not_parlor());
    let server = client
        .get(url("api/server")?)
        .timeout(PATIENCE)
        .send()
        .await;
    let server = server.map_err(unreachable)?;
    if !server.status().is_success() {
        return Err(not_parlor());
    }
    let server: Server = server.json().await.map_err(|_| not_parlor())?;

    let body = json!({ "name": name.trim(), "password": password.expose_secret() });
    let request = client
        .post(url("api/session")?)
        .timeout(PATIENCE)
        .json(&body);
    let answer = request.send().await.map_err(unreachable)?;
    match answer.status() {
        StatusCode::OK | StatusCode::CREATED => {}
        StatusCode::TOO_MANY_REQUESTS => {
            return Err(HostError::new(
                Code::TooManyTries,
                "too many tries; wait a minute",
            ));
        }
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN | StatusCode::BAD_REQUEST => {
            return Err(HostError::new(
                Code::SignInRefused,
                "the name or password is wrong",
            ));
        }
        _ => return Err(not_parlor()),
    }
    let session: Session = answer.json().await.map_err(|_| not_parlor())?;
    let server = server
        .host
        .filter(|host| !host.is_empty())
        .unwrap_or(server.name);
    Ok(Account {
        server,
        user: session.name,
        token: session.token.into(),
    })
}

fn unreachable(error: reqwest::Error) -> HostError {
    let error = error.without_url();
    tracing::info!(%error, "a remote server does not answer");
    HostError::new(Code::ServerUnreachable, "no server answers at this address")
}

fn is_near(host: &str) -> bool {
    match host.trim_matches(['[', ']']).parse::<IpAddr>() {
        Ok(IpAddr::V4(address)) => address.is_loopback() || address.is_private(),
        Ok(IpAddr::V6(address)) => address.is_loopback() || address.is_unique_local(),
        Err(_) => host == "localhost" || host.ends_with(".local") || !host.contains('.'),
    }
}

#[cfg(test)]
mod tests {
    use axum::{Json, Router, routing};
    use serde_json::Value;

    use super::*;

    #[test]
    fn addresses_are_read_as_people_type_them() {
        let read = |typed| address(typed).map(|url| url.to_string());
        for (typed, meant) in [
            ("chat.example.org", "https://chat.example.org/"),
            (" chat.example.org:8443 ", "https://chat.example.org:8443/"),
            (
                "http://chat.example.org/parlor",
                "http://chat.example.org/parlor/",
            ),
            ("192.168.1.7:3000", "http://192.168.1.7:3000/"),
            ("localhost:3000/#sign-in=x", "http://localhost:3000/"),
            ("nas:3000", "http://nas:3000/"),
            ("[::1]:3000", "http://[::1]:3000/"),
        ] {
            assert_eq!(read(typed).ok().as_deref(), Some(meant), "{typed}");
        }
        for typed in [
            "",
            "   ",
            "ftp://chat.example.org",
            "https://",
            "http://me:secret@host/",
            "a b",
        ] {
            let code = address(typed).expect_err(typed).code();
            assert_eq!(code, Code::BadAddress, "{typed}");
        }
    }

    async fn server() -> Url {
        let session = |Json(body): Json<Value>| async move {
            if body["password"] == "open sesame" {
                let session = json!({ "token": "t-1", "userId": "u-1", "name": "alice",
                    "role": "member", "expiresAt": "2026-01-01T00:00:00.000Z" });
                (StatusCode::OK, Json(session))
            } else {
                (
                    StatusCode::UNAUTHORIZED,
                    Json(json!({ "code": "AUTH_FAILED" })),
                )
            }
        };
        let about = json!({ "name": "Parlor", "version": "0.1.0", "host": "attic" });
        let routes = Router::new()
            .route("/api/server", routing::get(|| async move { Json(about) }))
            .route("/api/session", routing::post(session));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, routes).await });
        format!("http://{address}/").parse().unwrap()
    }

    #[tokio::test]
    async fn signing_in_gives_a_token_that_does_not_print() {
        let (client, address) = (client().unwrap(), server().await);
        let right = SecretString::from("open sesame");
        let account = sign_in(&client, &address, "alice", &right).await.unwrap();
        assert_eq!(
            (account.server.as_str(), account.user.as_str()),
            ("attic", "alice")
        );
        assert_eq!(account.token.expose_secret(), "t-1");
        assert!(
            !format!("{account:?}").contains("t-1"),
            "a token was printed"
        );
    }

    #[tokio::test]
    async fn refusals_say_which() {
        let (client, address) = (client().unwrap(), server().await);
        let wrong = SecretString::from("guessed");
        let refused = sign_in(&client, &address, "alice", &wrong)
            .await
            .unwrap_err();
        assert_eq!(refused.code(), Code::SignInRefused);

        let other = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let stranger: Url = format!("http://{}/", other.local_addr().unwrap())
            .parse()
            .unwrap();
        tokio::spawn(async move { axum::serve(other, Router::new()).await });
        let refused = sign_in(&client, &stranger, "alice", &wrong)
            .await
            .unwrap_err();
        assert_eq!(refused.code(), Code::NotParlor);

        let closed: Url = {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            format!("http://{}/", listener.local_addr().unwrap())
                .parse()
                .unwrap()
        };
        let refused = sign_in(&client, &closed, "alice", &wrong)
            .await
            .unwrap_err();
        assert_eq!(refused.code(), Code::ServerUnreachable);
    }
}
