//! Signing in at a remote server: from what a person types, or a link they were given, to a
//! sign-in there.

use std::{net::IpAddr, time::Duration};

use reqwest::{Client, Response, StatusCode, Url};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{
    certificate::{self, Fingerprint},
    errors::{Code, HostError},
    remote::{Keeper, Key, Remote},
};

/// A person waits for this.
const PATIENCE: Duration = Duration::from_secs(20);

/// Where a person wants to go: an address, and what a link said beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    /// Where, with a trailing slash.
    pub(crate) address: Url,
    /// The certificate that the link names, or that the person confirmed.
    pub(crate) certificate: Option<Fingerprint>,
    /// Whether the scheme is a guess, so that the other one may be right.
    guessed: bool,
}

/// An account at a remote server.
#[derive(Debug)]
pub(crate) struct Account {
    /// Where it is.
    pub(crate) place: Place,
    /// What the server calls itself.
    pub(crate) server: String,
    /// Our name there.
    pub(crate) user: String,
    /// The short token that came with it.
    pub(crate) token: SecretString,
    /// What gets the next ones, where the server gives that.
    pub(crate) refresh: Option<SecretString>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Session {
    token: String,
    name: String,
    refresh_token: Option<String>,
}

/// What a server says of why it let nobody in.
#[derive(Default, Deserialize)]
pub(crate) struct Refusal {
    /// A word, where there is one.
    #[serde(default)]
    pub(crate) problem: String,
}

/// A server that answered and said that it is Parlor.
pub(crate) struct Door {
    place: Place,
    client: Client,
    /// What it says of itself.
    pub(crate) greeting: Greeting,
}

/// What a server says of itself to anybody.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Greeting {
    /// What it calls itself.
    pub(crate) name: String,
    /// What people may sign in through beside a password.
    pub(crate) sign_in_with: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Server {
    name: String,
    #[serde(default)]
    host: Option<String>,
    #[serde(default)]
    sign_in_with: Option<String>,
}

impl Place {
    /// Reads an address as a person types it, or a link with a certificate in its fragment.
    pub(crate) fn read(typed: &str) -> Result<Self, HostError> {
        let (before, fragment) = typed.split_once('#').unwrap_or((typed, ""));
        let address = address(before)?;
        let named = fragment
            .split('&')
            .find_map(|field| field.strip_prefix("sha256="));
        let certificate = match named {
            None => None,
            // A link that was cut must not turn into trust in whoever answers.
            Some(text) => Some(Fingerprint::parse(text).ok_or_else(refuse)?),
        };
        let guessed = Self {
            address,
            certificate: None,
            guessed: !before.contains("://"),
        };
        let place = guessed.with(certificate);
        if place.certificate.is_some() && place.address.scheme() != "https" {
            return Err(refuse());
        }
        Ok(place)
    }

    /// The same place, with a certificate, and so over TLS.
    pub(crate) fn with(self, certificate: Option<Fingerprint>) -> Self {
        let known = certificate.or(self.certificate);
        let place = match self.secure() {
            Some(secure) if known.is_some() && self.guessed => secure,
            _ => self,
        };
        Self {
            guessed: place.guessed && known.is_none(),
            certificate: known,
            ..place
        }
    }

    /// The same place over TLS.
    pub(crate) fn secure(&self) -> Option<Self> {
        let mut address = self.address.clone();
        // A port that was typed stays; without one each scheme has its own.
        address.set_scheme("https").ok()?;
        Some(Self {
            address,
            ..self.clone()
        })
    }
}

impl Account {
    /// What the keyring is to keep of it.
    pub(crate) fn key(&self) -> Key {
        match &self.refresh {
            Some(refresh) => Key::Renewed {
                refresh: refresh.expose_secret().to_owned(),
                next: None,
            },
            None => Key::Fixed {
                token: self.token.expose_secret().to_owned(),
            },
        }
    }

    /// The sign-in in use, kept by `keeper`.
    pub(crate) fn remote(&self, keeper: Keeper) -> Result<Remote, HostError> {
        Remote::new(
            self.place.address.clone(),
            self.place.certificate,
            self.key(),
            self.refresh.is_some().then(|| self.token.clone()),
            keeper,
        )
    }

    /// Signs out at once: nobody wants this sign-in any more. The server may not hear it.
    pub(crate) async fn leave(self) {
        match self.remote(Keeper::Memory) {
            Ok(remote) => remote.sign_out().await,
            Err(error) => tracing::warn!(%error, "the server does not hear that we leave"),
        }
    }
}

fn refuse() -> HostError {
    HostError::new(Code::BadAddress, "that is not the address of a server")
}

/// Reads an address as a person types it. Without a scheme it is `https`, but for this computer
/// and private networks, whose servers speak plainly for now.
fn address(typed: &str) -> Result<Url, HostError> {
    let typed = typed.trim();
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

/// Asks the server at `place` for a sign-in of this device.
pub(crate) async fn sign_in(
    place: Place,
    name: &str,
    password: &SecretString,
) -> Result<Account, HostError> {
    let door = find(place).await?;
    let body = json!({
        "name": name.trim(),
        "password": password.expose_secret(),
        "device": device(),
        "refresh": "body",
    });
    let wrong = |_: &Refusal| HostError::new(Code::SignInRefused, "the name or password is wrong");
    door.enter("api/session", &body, wrong).await
}

/// Finds the server: of a near one whose scheme nobody typed, the secure door first.
pub(crate) async fn find(place: Place) -> Result<Door, HostError> {
    let secure = place
        .secure()
        .filter(|secure| place.guessed && *secure != place);
    if let Some(secure) = secure {
        match Door::knock(secure).await {
            Err(error) if matches!(error.code(), Code::ServerUnreachable | Code::NotParlor) => {}
            found => return found,
        }
    }
    Door::knock(place).await
}

impl Refusal {
    /// What an answer says of it: nothing where that cannot be read.
    pub(crate) async fn read(answer: Response) -> Self {
        answer.json().await.unwrap_or_default()
    }
}

impl Door {
    async fn knock(place: Place) -> Result<Self, HostError> {
        let client = client(&place)?;
        let greeting = who_is_there(&client, &place).await?;
        Ok(Self {
            place,
            client,
            greeting,
        })
    }

    /// An address there.
    pub(crate) fn address(&self, path: &str) -> Result<Url, HostError> {
        self.place.address.join(path).map_err(|_| not_parlor())
    }

    /// Asks for a sign-in of this device; `refused` tells what it means when the server says no.
    pub(crate) async fn enter(
        &self,
        path: &str,
        body: &Value,
        refused: impl FnOnce(&Refusal) -> HostError,
    ) -> Result<Account, HostError> {
        let answer = self.post(path, body).await?;
        match answer.status() {
            StatusCode::OK | StatusCode::CREATED => self.account(answer).await,
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN | StatusCode::BAD_REQUEST => {
                Err(refused(&Refusal::read(answer).await))
            }
            status => Err(unexpected(status)),
        }
    }

    /// Asks something of it.
    pub(crate) async fn post(&self, path: &str, body: &Value) -> Result<Response, HostError> {
        let request = self.client.post(self.address(path)?);
        let answer = request.timeout(PATIENCE).json(body).send().await;
        answer.map_err(no_answer)
    }

    /// The account that an answer lets us into.
    pub(crate) async fn account(&self, answer: Response) -> Result<Account, HostError> {
        let session: Session = answer.json().await.map_err(no_answer)?;
        Ok(Account {
            place: self.place.clone(),
            server: self.greeting.name.clone(),
            user: session.name,
            token: session.token.into(),
            refresh: session.refresh_token.map(SecretString::from),
        })
    }
}

fn client(place: &Place) -> Result<Client, HostError> {
    certificate::client(place.certificate).map_err(|error| {
        tracing::error!(error = &error as &dyn std::error::Error, "no client");
        HostError::new(Code::ServerFailed, "this computer cannot speak TLS")
    })
}

/// What the server calls itself. Nothing of ours is said before this succeeded.
async fn who_is_there(client: &Client, place: &Place) -> Result<Greeting, HostError> {
    let address = place.address.join("api/server").map_err(|_| not_parlor())?;
    let answer = match client.get(address.clone()).timeout(PATIENCE).send().await {
        Ok(answer) => answer,
        Err(error) if certificate::is_about_certificate(&error) => {
            return Err(about_certificate(place, &address).await);
        }
        Err(error) => return Err(no_answer(error)),
    };
    if !answer.status().is_success() {
        return Err(unexpected(answer.status()));
    }
    let server: Server = answer.json().await.map_err(no_answer)?;
    let host = server.host.filter(|host| !host.is_empty());
    let sign_in_with = server.sign_in_with.filter(|name| !name.is_empty());
    Ok(Greeting {
        name: host.unwrap_or(server.name),
        sign_in_with,
    })
}

/// The certificate is not the one that is known, or one that nobody vouches for.
async fn about_certificate(place: &Place, address: &Url) -> HostError {
    let found = match certificate::look(address).await {
        Ok(Some(found)) => found,
        Ok(None) => return not_parlor(),
        Err(error) => return no_answer(error),
    };
    let error = if place.certificate.is_some() {
        HostError::new(
            Code::CertificateChanged,
            "another certificate answers than the one that is known",
        )
    } else {
        HostError::new(
            Code::CertificateUnknown,
            "nobody vouches for the certificate of this server",
        )
    };
    error.of_certificate(found)
}

/// What this device is called in the list of a person's devices.
pub(crate) fn device() -> String {
    format!("Parlor, {}", crate::servers::local_name())
}

/// What a status means that no answer of Parlor's has but in trouble.
pub(crate) fn unexpected(status: StatusCode) -> HostError {
    match status {
        StatusCode::TOO_MANY_REQUESTS => {
            HostError::new(Code::TooManyTries, "too many tries; wait a minute")
        }
        status if status.is_server_error() || status == StatusCode::REQUEST_TIMEOUT => trouble(),
        _ => not_parlor(),
    }
}

pub(crate) fn not_parlor() -> HostError {
    HostError::new(Code::NotParlor, "what answers there is not Parlor")
}

fn trouble() -> HostError {
    HostError::new(Code::ServerTrouble, "the server is in trouble just now")
}

/// What it means that no whole answer came.
fn no_answer(error: reqwest::Error) -> HostError {
    let error = error.without_url();
    tracing::info!(%error, "a remote server does not answer");
    let source = std::error::Error::source(&error);
    if source.is_some_and(|source| source.is::<serde_json::Error>()) {
        not_parlor()
    } else if error.is_body() || error.is_decode() || (error.is_timeout() && !error.is_connect()) {
        // Somebody is there, who takes too long or breaks off.
        trouble()
    } else {
        HostError::new(Code::ServerUnreachable, "no server answers at this address")
    }
}

fn is_near(host: &str) -> bool {
    match host.trim_matches(['[', ']']).parse::<IpAddr>() {
        Ok(IpAddr::V4(address)) => address.is_loopback() || address.is_private(),
        Ok(IpAddr::V6(address)) => address.is_loopback() || address.is_unique_local(),
        Err(_) => host == "localhost" || host.ends_with(".local") || !host.contains('.'),
    }
}

#[cfg(test)]
#[path = "sign_in_tests.rs"]
mod tests;
