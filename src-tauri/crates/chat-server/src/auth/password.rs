//! Passwords: argon2id, never more than two at once, so that a crowd at the door costs 40 MiB and
//! two cores at most. A name that nobody has takes as long as a wrong password.

use std::{sync::Arc, time::Duration};

use argon2::{
    Argon2,
    password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString},
};
use secrecy::{ExposeSecret, SecretString};
use tokio::{sync::Semaphore, task, time};

/// The shortest password, in characters.
const MIN_CHARACTERS: usize = 8;

/// The longest password, in bytes.
const MAX_BYTES: usize = 1024;

/// How many are worked on at once: each takes 19 MiB and a core.
const AT_ONCE: usize = 2;

/// How long somebody waits for their turn.
const PATIENCE: Duration = Duration::from_secs(5);

/// The hash of no password, with the parameters of all: what an unknown name is compared with.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$cGFybG9yLW5vYm9keQ$\
                      AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Hashes and compares passwords. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Passwords {
    turns: Arc<Semaphore>,
}

/// Why a password could not be hashed or compared.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PasswordError {
    /// Too short.
    #[error("a password has at least {MIN_CHARACTERS} characters")]
    TooShort,
    /// Too long.
    #[error("a password has at most {MAX_BYTES} bytes")]
    TooLong,
    /// Too many at once; worth trying again in a few seconds.
    #[error("too many people are signing in at once, try again in a few seconds")]
    Busy,
    /// Not the password's fault.
    #[error("the password could not be worked on: {0}")]
    Failed(String),
}

impl Passwords {
    /// Nobody at the door yet.
    pub(crate) fn new() -> Self {
        Self {
            turns: Arc::new(Semaphore::new(AT_ONCE)),
        }
    }

    /// The hash of a new password, to be kept.
    pub(crate) async fn hash(&self, password: SecretString) -> Result<String, PasswordError> {
        check(&password)?;
        self.in_turn(move || hash_blocking(&password)).await
    }

    /// Whether `password` is the one that `stored` was made of. `None` is for a name that nobody
    /// has, an account that is disabled and one without a password: never true, and not sooner.
    pub(crate) async fn verify(
        &self,
        password: SecretString,
        stored: Option<String>,
    ) -> Result<bool, PasswordError> {
        if password.expose_secret().len() > MAX_BYTES {
            return Ok(false);
        }
        self.in_turn(move || {
            let known = stored.is_some();
            let stored = stored.unwrap_or_else(|| NOBODY.to_owned());
            let hash = PasswordHash::new(&stored).map_err(failed)?;
            let bytes = password.expose_secret().as_bytes();
            Ok(Argon2::default().verify_password(bytes, &hash).is_ok() && known)
        })
        .await
    }

    async fn in_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, PasswordError> + Send + 'static,
    ) -> Result<T, PasswordError> {
        let turn = time::timeout(PATIENCE, self.turns.clone().acquire_owned());
        let turn = turn
            .await
            .map_err(|_| PasswordError::Busy)?
            .map_err(failed)?;
        // The turn ends with the work, not with the caller: one who leaves frees no core.
        task::spawn_blocking(move || {
            let done = work();
            drop(turn);
            done
        })
        .await
        .map_err(failed)?
    }
}

/// The hash of a new password; takes tens of milliseconds.
pub(crate) fn hash_blocking(password: &SecretString) -> Result<String, PasswordError> {
    check(password)?;
    let mut salt = [0; 16];
    getrandom::fill(&mut salt).map_err(failed)?;
    let salt = SaltString::encode_b64(&salt).map_err(failed)?;
    let bytes = password.expose_secret().as_bytes();
    let hash = Argon2::default()
        .hash_password(bytes, &salt)
        .map_err(failed)?;
    Ok(hash.to_string())
}

fn check(password: &SecretString) -> Result<(), PasswordError> {
    let password = password.expose_secret();
    if password.len() > MAX_BYTES {
        return Err(PasswordError::TooLong);
    }
    if password.chars().count() < MIN_CHARACTERS {
        return Err(PasswordError::TooShort);
    }
    Ok(())
}

fn failed(error: impl std::fmt::Display) -> PasswordError {
    PasswordError::Failed(error.to_string())
}

#[cfg(test)]
mod tests {
    use std::pin::pin;

    use futures_util::future::poll_immediate;

    use super::*;

    #[tokio::test]
    async fn a_password_opens_its_own_door_only() {
        let passwords = Passwords::new();
        let hash = passwords
            .hash("correct horse".into())
            .await
            .expect("a hash");
        assert!(
            hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{hash}"
        );
        for (password, stored, opens) in [
            ("correct horse", Some(hash.clone()), true),
            ("correct horsf", Some(hash.clone()), false),
            ("correct horse", None, false),
            ("", Some(hash), false),
        ] {
            let verified = passwords
                .verify(password.into(), stored)
                .await
                .expect("an answer");
            assert_eq!(verified, opens, "{password:?}");
        }
    }

    #[tokio::test]
    async fn the_work_is_done_beside_the_threads_of_the_runtime() {
        let passwords = Passwords::new();
        let mut hash = pin!(passwords.hash("correct horse".into()));
        // Whoever worked here would be done when first asked.
        assert!(poll_immediate(&mut hash).await.is_none());
        let hash = hash.await.expect("a hash");
        let mut verified = pin!(passwords.verify("correct horse".into(), Some(hash)));
        assert!(poll_immediate(&mut verified).await.is_none());
        assert!(verified.await.expect("an answer"));
    }

    #[tokio::test]
    async fn too_short_and_too_long_are_refused() {
        let passwords = Passwords::new();
        let short = passwords.hash("7 chars".into()).await;
        assert!(matches!(short, Err(PasswordError::TooShort)), "{short:?}");
        let long = passwords.hash("x".repeat(1025).into()).await;
        assert!(matches!(long, Err(PasswordError::TooLong)), "{long:?}");
        let long = passwords.verify("x".repeat(1025).into(), None).await;
        assert!(matches!(long, Ok(false)), "nobody has it: {long:?}");
    }

    #[test]
    fn nobody_costs_what_somebody_costs() {
        let nobody = PasswordHash::new(NOBODY).expect("a hash");
        let ours = hash_blocking(&"correct horse".into()).expect("a hash");
        let ours = PasswordHash::new(&ours).expect("a hash");
        assert_eq!(nobody.params, ours.params, "the same work");
        assert_eq!(
            (nobody.algorithm, nobody.version),
            (ours.algorithm, ours.version)
        );
        let length = |hash: &PasswordHash<'_>| hash.hash.map(|output| output.len());
        assert_eq!(length(&nobody), length(&ours));
    }

    #[tokio::test]
    async fn a_crowd_waits_and_then_is_sent_away() {
        let passwords = Passwords::new();
        let all = passwords
            .turns
            .clone()
            .acquire_many_owned(2)
            .await
            .expect("free turns");
        time::pause();
        let sent_away = passwords.verify("correct horse".into(), None).await;
        assert!(
            matches!(sent_away, Err(PasswordError::Busy)),
            "{sent_away:?}"
        );
        time::resume();
        drop(all);
        assert!(passwords.verify("correct horse".into(), None).await.is_ok());
    }
}
