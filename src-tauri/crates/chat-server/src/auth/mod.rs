//! Who somebody is: tokens and the secret that signs them, passwords, one-time codes.
//!
//! Nothing here knows the store or the wire: the caller looks whether the person that a token
//! names exists and is enabled, and tells the client.

mod cookie;
mod device;
pub(crate) mod journey_cookie;
pub(crate) mod key_set;
pub(crate) mod oidc;
mod oidc_app;
mod outgoing;
mod pairing;
pub(crate) mod password;
pub(crate) mod refresh_cookie;
pub(crate) mod secret;
pub(crate) mod sign_in_code;
pub(crate) mod token;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest as _, Sha256};

pub(crate) use self::{
    device::{device_name, shortened},
    key_set::{Foreigner, KeySet, KeySetError},
    oidc::{Journey, Oidc, OidcError, Vouched},
    oidc_app::LoopbackApp,
    pairing::{Asker, Claim, Pairings, Waiting},
    password::{PasswordError, Passwords},
    secret::{SecretError, SigningSecret},
    sign_in_code::{Opens, SignInCodes},
    token::{Bearer, TokenError, Tokens},
};

/// 32 random bytes as base64url: 43 characters that nobody guesses.
///
/// # Panics
/// When the system has no randomness, which on the systems that Parlor runs on means a broken
/// system; nothing secret can be made there.
#[must_use]
pub(crate) fn random_code() -> String {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
    URL_SAFE_NO_PAD.encode(bytes)
}

/// What is kept of a code that nobody guesses: whoever reads it cannot use it.
#[must_use]
pub(crate) fn code_hash(code: &str) -> [u8; 32] {
    Sha256::digest(code.as_bytes()).into()
}

/// Why a name cannot be an account's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "an account's name has 1 to 64 characters, none of them invisible, and no space at its ends"
)]
pub(crate) struct AccountNameError;

/// Checks the name of an account that is to be made. Escape codes and characters that turn the
/// direction of text around are refused, so that a name looks like what it is wherever it is shown.
pub(crate) fn check_account_name(name: &str) -> Result<(), AccountNameError> {
    let sound = (1..=64).contains(&name.chars().count())
        && name.trim() == name
        && !name.chars().any(invisible);
    if sound { Ok(()) } else { Err(AccountNameError) }
}

/// Whether a character shows nothing itself but changes how others are shown.
pub(crate) fn invisible(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_what_they_look_like() {
        for good in ["a", "Алиса", "mary jane", "o'neil", &"x".repeat(64)] {
            assert_eq!(check_account_name(good), Ok(()), "{good:?}");
        }
        for bad in [
            "",
            " a",
            "a ",
            "a\u{1b}[31m",
            "a\nb",
            "a\u{202e}b",
            "a\u{200b}",
            &"x".repeat(65),
        ] {
            assert_eq!(check_account_name(bad), Err(AccountNameError), "{bad:?}");
        }
    }

    #[test]
    fn codes_differ() {
        let (one, other) = (random_code(), random_code());
        assert_eq!(one.len(), 43);
        assert_ne!(one, other);
    }
}
