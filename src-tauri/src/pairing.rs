//! Letting this app in at another computer: a code that is shown there, a number that both show, and
//! a yes to it there. The way is the one that browsers go; what comes of it is kept as any sign-in.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use reqwest::StatusCode;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::{
    attempt::{Attempt, Attempts},
    errors::{Code, HostError},
    sign_in::{self, Account, Door, Place, Refusal},
};

/// The one question that may wait for a yes. A new one ends the one before.
#[derive(Default)]
pub(crate) struct Pairing {
    attempts: Attempts,
    asked: Mutex<Option<Arc<Asked>>>,
}

/// A question that another computer shows.
struct Asked {
    attempt: Attempt,
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

impl Pairing {
    /// Brings a code to the computer at `place`.
    pub(crate) async fn ask(&self, place: Place, code: &SecretString) -> Result<Number, HostError> {
        let attempt = self.begin();
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
        let mut asked = self.asked();
        // A late answer is not the newest question.
        if !attempt.stands() {
            return Err(over());
        }
        *asked = Some(Arc::new(Asked {
            attempt,
            door,
            request: answer.request_id,
            secret: answer.secret.into(),
        }));
        Ok(answer.number)
    }

    /// Waits no more, if anybody does. A yes that comes nevertheless lets nobody in.
    pub(crate) fn cancel(&self) {
        self.begin();
    }

    /// Waits a while for the answer; none while there is none. The attempt goes on until the account
    /// is kept.
    pub(crate) async fn claim(&self) -> Result<Option<(Account, Attempt)>, HostError> {
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
                let refusal = Refusal::read(answer).await;
                Err(if refusal.problem == "device_refused" {
                    HostError::new(Code::DeviceRefused, "this device was refused there")
                } else {
                    over()
                })
            }
            // A server in trouble may be well again in a moment.
            status => return Err(sign_in::unexpected(status)),
        };
        // Unless it was given up, or another was asked meanwhile.
        let mine = |asked: &mut Arc<Asked>| Arc::ptr_eq(asked, &question);
        if self.asked().take_if(mine).is_some() {
            let attempt = question.attempt.clone();
            return outcome.map(|account| account.map(|account| (account, attempt)));
        }
        // The yes came to a question that nobody waits with any more.
        if let Ok(Some(account)) = outcome {
            account.leave().await;
        }
        Err(over())
    }

    /// Forgets the question that waits, for one that begins now.
    fn begin(&self) -> Attempt {
        let mut asked = self.asked();
        *asked = None;
        self.attempts.begin()
    }

    fn asked(&self) -> MutexGuard<'_, Option<Arc<Asked>>> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn over() -> HostError {
    HostError::new(Code::PairingOver, "nobody said yes in time")
}

#[cfg(test)]
#[path = "pairing_tests.rs"]
mod tests;
