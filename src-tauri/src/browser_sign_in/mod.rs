//! Signing in at a remote server through its identity provider, as native apps do it (RFC 8252): in
//! the system's browser, which the person trusts with their password there, and back to a port of
//! this computer.
//!
//! The browser brings a code that is worth nothing without a verifier that never leaves this process
//! but to the server (RFC 7636). The window hears how it went, and sees neither.

mod loopback;
mod page;
#[cfg(test)]
mod tests;

use std::time::Duration;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use reqwest::Url;
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use sha2::{Digest, Sha256};
use tokio::time::timeout;

use self::loopback::{Arrival, Loopback};
use crate::{
    attempt::{Attempt, Attempts},
    errors::{Code, HostError},
    sign_in::{self, Account, Door, Place, Refusal},
};

/// How long a person may take at the provider.
const PATIENCE: Duration = Duration::from_secs(5 * 60);

/// The one sign-in that may wait for a browser. A second one ends the first.
#[derive(Default)]
pub(crate) struct Waiting(Attempts);

impl Waiting {
    /// Waits no more, if anybody does.
    pub(crate) fn cancel(&self) {
        self.0.give_up();
    }

    /// Signs in at the server at `place`; the attempt goes on until that is kept. `open` shows an
    /// address in the system's browser.
    pub(crate) async fn sign_in(
        &self,
        place: Place,
        open: impl FnOnce(&Url) -> Result<(), HostError>,
    ) -> Result<(Account, Attempt), HostError> {
        let attempt = self.0.begin();
        let cancelled = || HostError::new(Code::Cancelled, "the sign-in was cancelled");
        let brought = tokio::select! {
            brought = journey(place, open) => brought?,
            () = attempt.given_up() => return Err(cancelled()),
        };
        // The server may have let us in by now: what it answers is heard to the end.
        let mut redeemed = tokio::spawn(redeem(brought));
        tokio::select! {
            signed_in = &mut redeemed => {
                let account = signed_in.map_err(|_| cancelled())??;
                Ok((account, attempt))
            }
            () = attempt.given_up() => {
                tokio::spawn(async move {
                    if let Ok(Ok(account)) = redeemed.await {
                        account.leave().await;
                    }
                });
                Err(cancelled())
            }
        }
    }
}

/// What the browser brought, and what the server takes with it.
struct Brought {
    door: Door,
    code: SecretString,
    verifier: SecretString,
}

async fn journey(
    place: Place,
    open: impl FnOnce(&Url) -> Result<(), HostError>,
) -> Result<Brought, HostError> {
    let door = sign_in::find(place).await?;
    if door.greeting.sign_in_with.is_none() {
        let words = "this server knows no identity provider";
        return Err(HostError::new(Code::ProviderUnreachable, words));
    }
    let (verifier, state) = (random()?, random()?);
    let loopback = Loopback::bind().await.map_err(no_port)?;
    let port = loopback.port().map_err(no_port)?;
    open(&start(&door, port, &verifier, &state)?)?;
    let arrival = timeout(PATIENCE, loopback.arrival(state)).await;
    let arrival = arrival.map_err(|_| {
        let words = "nobody came back from the browser in time";
        HostError::new(Code::SignInTimedOut, words)
    })?;
    match arrival.map_err(no_port)? {
        Arrival::Code(code) => Ok(Brought {
            door,
            code,
            verifier,
        }),
        Arrival::Problem(word) => Err(problem(&word)),
    }
}

/// The address that the browser opens.
fn start(
    door: &Door,
    port: u16,
    verifier: &SecretString,
    state: &SecretString,
) -> Result<Url, HostError> {
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.expose_secret()));
    let mut address = door.address("api/session/oidc/start")?;
    address.query_pairs_mut().extend_pairs([
        ("port", port.to_string().as_str()),
        ("challenge", &challenge),
        ("state", state.expose_secret()),
    ]);
    Ok(address)
}

async fn redeem(brought: Brought) -> Result<Account, HostError> {
    let body = json!({
        "code": brought.code.expose_secret(),
        "verifier": brought.verifier.expose_secret(),
        "device": sign_in::device(),
        "refresh": "body",
    });
    let refused = |refusal: &Refusal| match refusal.problem.as_str() {
        "account_closed" => problem("account_closed"),
        _ => HostError::new(
            Code::SignInForgotten,
            "the server does not take what the browser brought",
        ),
    };
    let path = "api/session/oidc/redeem";
    brought.door.enter(path, &body, refused).await
}

/// What the server says that went wrong. A word that is not known says nothing in the window.
fn problem(word: &str) -> HostError {
    let code = match word {
        "provider_unreachable" => Code::ProviderUnreachable,
        "provider_refused" => Code::ProviderRefused,
        "provider_untrusted" => Code::ProviderUntrusted,
        "sign_in_forgotten" => Code::SignInForgotten,
        "no_account" => Code::NoAccount,
        "account_closed" => Code::AccountClosed,
        "too_many_tries" => Code::TooManyTries,
        _ => Code::ServerTrouble,
    };
    HostError::new(code, "the server did not let this person in")
}

fn no_port(error: std::io::Error) -> HostError {
    tracing::error!(%error, "nothing can come back from the browser");
    HostError::new(Code::ServerFailed, "no free port on this computer")
}

fn random() -> Result<SecretString, HostError> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes)
        .map_err(|_| HostError::new(Code::ServerFailed, "the system gives no random numbers"))?;
    Ok(URL_SAFE_NO_PAD.encode(bytes).into())
}
