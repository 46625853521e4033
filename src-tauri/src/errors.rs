//! What a refused command looks like to the window: a code that it switches on, and a sentence
//! for the log. The window has its own sentences in the reader's language.

use serde::Serialize;

/// A refusal. Its message never carries a key, a token or a password.
#[derive(Debug, Clone, Serialize, thiserror::Error)]
#[error("{message}")]
pub(crate) struct HostError {
    code: Code,
    message: String,
    /// The certificate that is in question, as browsers show it.
    #[serde(skip_serializing_if = "Option::is_none")]
    fingerprint: Option<String>,
}

/// Why; every code has a consumer in the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Code {
    /// There is no Secret Service (or keychain) to talk to.
    KeyringUnavailable,
    /// There is one, and it is locked or said no.
    KeyringDenied,
    /// The provider's id is not one.
    BadProvider,
    /// A key of nothing but white space.
    EmptyKey,
    /// The server inside the app did not start.
    ServerFailed,
    /// The server's address is not one.
    BadAddress,
    /// Nobody answers there.
    ServerUnreachable,
    /// Somebody answers, and it is not Parlor.
    NotParlor,
    /// The name or password is wrong.
    SignInRefused,
    /// Too many tries; later.
    TooManyTries,
    /// A person decided not to wait for the browser.
    Cancelled,
    /// Nobody came back from the browser.
    SignInTimedOut,
    /// The system opens no browser.
    BrowserUnavailable,
    /// The server's identity provider does not answer, or there is none.
    ProviderUnreachable,
    /// It let nobody in.
    ProviderRefused,
    /// What it said cannot be believed.
    ProviderUntrusted,
    /// The server does not know this way back: too late, used, or not ours.
    SignInForgotten,
    /// Whom the provider knows has no account at the server.
    NoAccount,
    /// That account is closed.
    AccountClosed,
    /// The code of a pairing is wrong, used or too old.
    PairingRefused,
    /// The other computer said no.
    DeviceRefused,
    /// Nobody there said anything in time.
    PairingOver,
    /// The server could not finish it.
    ServerTrouble,
    /// The remote server no longer takes our token.
    SignInRequired,
    /// Nobody vouches for the server's certificate; a person may, by its fingerprint.
    CertificateUnknown,
    /// Another certificate answers than the one that is known: perhaps somebody in between.
    CertificateChanged,
    /// No server of this id is known.
    UnknownServer,
    /// The settings of this device could not be read or written.
    StoreFailed,
}

impl HostError {
    /// A refusal with its sentence.
    pub(crate) fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            fingerprint: None,
        }
    }

    /// The same, about a certificate.
    pub(crate) fn of_certificate(self, fingerprint: impl std::fmt::Display) -> Self {
        Self {
            fingerprint: Some(fingerprint.to_string()),
            ..self
        }
    }

    /// Its code.
    pub(crate) fn code(&self) -> Code {
        self.code
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_gets_a_snake_case_code() {
        let error = HostError::new(Code::KeyringUnavailable, "no secret service");
        let json = serde_json::to_value(&error).expect("an error serialises");
        assert_eq!(
            json,
            serde_json::json!({ "code": "keyring_unavailable", "message": "no secret service" }),
            "the shape that ui/src/platform reads"
        );
    }
}
