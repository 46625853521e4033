//! Letting this app in at another computer: a code that is shown there, a number that both show, and
//! a yes to it there. The way is the one that browsers go; what comes of it is kept as any sign-in.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use reqwest::StatusCode;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::{
    errors::{Code, HostError},
    sign_in::{self, Account, Door, Place},
};

/// The one question that may wait for a yes. A new one ends the one before.
#[derive(Default)]
pub(crate) struct Pairing(Mutex<Option<Arc<Asked>>>);

/// A question that another computer shows.
struct Asked {
    door: Door,
    request: String,
    secret: SecretString,
}

/// What the person is to compare, and until when.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Number {
    number: String,
    expires_at: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    request_id: String,
    secret: String,
    #[serde(flatten)]
    number: Number,
}

#[derive(Default, Deserialize)]
struct Refusal {
    #[serde(default)]
    problem: String,
}

impl Pairing {
    /// Brings a code to the computer at `place`.
    pub(crate) async fn ask(&self, place: Place, code: &SecretString) -> Result<Number, HostError> {
        *self.asked() = None;
        let door = sign_in::find(place).await?;
        let body = json!({ "code": code.expose_secret().trim(), "device": sign_in::device() });
        let answer = door.post("api/pairing/ask", &body).await?;
        match answer.status() {
            StatusCode::ACCEPTED => {}
            StatusCode::UNAUTHORIZED | StatusCode::BAD_REQUEST => {
                let words = "this code is wrong, used or has expired";
                return Err(HostError::new(Code::PairingRefused, words));
            }
            status => return Err(sign_in::unexpected(status)),
        }
        let answer: Answer = answer.json().await.map_err(|_| sign_in::not_parlor())?;
        *self.asked() = Some(Arc::new(Asked {
            door,
            request: answer.request_id,
            secret: answer.secret.into(),
        }));
        Ok(answer.number)
    }

    /// Waits a while for the answer; none while there is none.
    pub(crate) async fn claim(&self) -> Result<Option<Account>, HostError> {
        let over = || HostError::new(Code::PairingOver, "nobody said yes in time");
        let question = self.asked().clone().ok_or_else(over)?;
        let body = json!({
            "requestId": question.request,
            "secret": question.secret.expose_secret(),
            "refresh": "body",
        });
        let answer = question.door.post("api/pairing/claim", &body).await?;
        let outcome = match answer.status() {
            StatusCode::ACCEPTED => return Ok(None),
            StatusCode::OK => question.door.account(answer).await.map(Some),
            StatusCode::UNAUTHORIZED => {
                let refusal: Refusal = answer.json().await.unwrap_or_default();
                Err(if refusal.problem == "device_refused" {
                    HostError::new(Code::DeviceRefused, "this device was refused there")
                } else {
                    over()
                })
            }
            // A server in trouble may be well again in a moment.
            status => return Err(sign_in::unexpected(status)),
        };
        // Unless another was asked meanwhile.
        self.asked().take_if(|asked| Arc::ptr_eq(asked, &question));
        outcome
    }

    fn asked(&self) -> MutexGuard<'_, Option<Arc<Asked>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
#[path = "pairing_tests.rs"]
mod tests;
