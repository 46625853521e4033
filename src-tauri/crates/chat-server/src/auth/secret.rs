//! The secret that signs tokens: given by the operator or the host, or made once and kept in a
//! file that only the server's own account can read.

use std::{
    io,
    path::{Path, PathBuf},
};

use secrecy::{ExposeSecret, SecretString};

use super::random_code;
use crate::{
    config::Config,
    private_file::{self, Refusal},
};

/// The shortest secret, in bytes: HS256 wants as much as its hash is long.
const MIN_BYTES: usize = 32;

/// The longest file that can be a secret, in bytes.
const MAX_BYTES: u64 = 4096;

const FILE_NAME: &str = "jwt-secret";

/// Where the secret is from; decides whether a token without `aud` is good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SecretSource {
    /// The operator's, perhaps shared with another system that signs tokens.
    Configured,
    /// Made for this server alone.
    Own,
}

/// A secret fit for signing.
#[derive(Debug, Clone)]
pub(crate) struct SigningSecret {
    secret: SecretString,
    source: SecretSource,
}

/// Why there is no secret.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// Too short.
    #[error("the secret that signs tokens has less than {MIN_BYTES} bytes")]
    TooShort,
    /// The file cannot be read or written.
    #[error("the secret that signs tokens cannot be kept in {}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        cause: io::Error,
    },
    /// The file is not what this server writes.
    #[error("{} holds no whole secret: delete it, and everybody signs in again", .0.display())]
    Damaged(PathBuf),
    /// Others can read it, so they may have.
    #[error(
        "{} can be read by others on this computer: chmod 600 it if nobody did, \
         else delete it, and everybody signs in again",
        .0.display()
    )]
    Exposed(PathBuf),
}

impl SigningSecret {
    /// The configured secret, else the host's, else the one kept in the data directory, which is
    /// made where it is not there. Reads and writes files.
    pub(crate) fn resolve(config: &Config) -> Result<Self, SecretError> {
        match (&config.jwt_secret, &config.own_jwt_secret) {
            (Some(secret), _) => Self::given(secret.clone(), SecretSource::Configured),
            (None, Some(secret)) => Self::given(secret.clone(), SecretSource::Own),
            (None, None) => Self::kept(&config.data_dir),
        }
    }

    /// A secret from elsewhere.
    pub(crate) fn given(secret: SecretString, source: SecretSource) -> Result<Self, SecretError> {
        if secret.expose_secret().len() < MIN_BYTES {
            return Err(SecretError::TooShort);
        }
        Ok(Self { secret, source })
    }

    /// The bytes to sign with.
    pub(crate) fn bytes(&self) -> &[u8] {
        self.secret.expose_secret().as_bytes()
    }

    /// Where it is from.
    pub(crate) fn source(&self) -> SecretSource {
        self.source
    }

    fn kept(data_dir: &Path) -> Result<Self, SecretError> {
        let path = data_dir.join(FILE_NAME);
        let text = match read(&path)? {
            Some(text) => text,
            None => {
                let made = private_file::write_once(&path, &random_code());
                made.map_err(|cause| SecretError::File {
                    path: path.clone(),
                    cause,
                })?;
                read(&path)?.ok_or_else(|| SecretError::Damaged(path.clone()))?
            }
        };
        let secret = text.trim_end().to_owned().into();
        Self::given(secret, SecretSource::Own).map_err(|_| SecretError::Damaged(path))
    }
}

fn read(path: &Path) -> Result<Option<String>, SecretError> {
    private_file::read(path, MAX_BYTES).map_err(|refusal| {
        let path = path.to_owned();
        match refusal {
            Refusal::File(cause) => SecretError::File { path, cause },
            Refusal::Damaged => SecretError::Damaged(path),
            Refusal::Exposed => SecretError::Exposed(path),
        }
    })
}

#[cfg(test)]
mod tests {
    use std::{collections::HashSet, fs, thread};

    use tempfile::TempDir;

    use super::*;

    fn kept(data_dir: &Path) -> Result<SigningSecret, SecretError> {
        SigningSecret::resolve(&Config::embedded(data_dir.to_owned()))
    }

    #[test]
    fn it_is_made_once_for_all_who_start_at_the_same_time() {
        let home = TempDir::new().expect("a directory");
        let data_dir = home.path().join("deep/data");
        let starts: Vec<_> = (0..8)
            .map(|_| {
                let data_dir = data_dir.clone();
                thread::spawn(move || kept(&data_dir).expect("a secret").bytes().to_vec())
            })
            .collect();
        let found: HashSet<_> = starts
            .into_iter()
            .map(|start| start.join().expect("no panic"))
            .collect();
        assert_eq!(found.len(), 1, "all sign with the same");
        assert!(found.iter().all(|secret| secret.len() == 43));
        let files: Vec<_> = fs::read_dir(&data_dir).expect("the directory").collect();
        assert_eq!(files.len(), 1, "no draft is left: {files:?}");
        assert_eq!(
            kept(&data_dir).expect("a secret").source(),
            SecretSource::Own
        );
    }

    #[cfg(unix)]
    #[test]
    fn it_is_private_and_refused_when_it_is_not() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let home = TempDir::new().expect("a directory");
        kept(home.path()).expect("a secret");
        let path = home.path().join(FILE_NAME);
        let mode = fs::metadata(&path).expect("a file").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);

        for mode in [0o644, 0o640, 0o602] {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).expect("a mode");
            assert!(
                matches!(kept(home.path()), Err(SecretError::Exposed(_))),
                "{mode:o}"
            );
        }
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).expect("a mode");
        fs::write(&path, "short").expect("a file");
        assert!(
            matches!(kept(home.path()), Err(SecretError::Damaged(_))),
            "a short one"
        );
        fs::remove_file(&path).expect("removed");
        symlink("/etc/hostname", &path).expect("a link");
        assert!(
            matches!(kept(home.path()), Err(SecretError::Damaged(_))),
            "a link"
        );
    }

    #[test]
    fn a_configured_one_comes_first_and_writes_nothing() {
        let home = TempDir::new().expect("a directory");
        let mut config = Config::embedded(home.path().to_owned());
        config.own_jwt_secret = Some("o".repeat(32).into());
        let secret = SigningSecret::resolve(&config).expect("a secret");
        assert_eq!(
            (secret.source(), secret.bytes()[0]),
            (SecretSource::Own, b'o')
        );
        config.jwt_secret = Some("c".repeat(32).into());
        let secret = SigningSecret::resolve(&config).expect("a secret");
        assert_eq!(
            (secret.source(), secret.bytes()[0]),
            (SecretSource::Configured, b'c')
        );
        assert!(
            !format!("{secret:?}").contains("cccc"),
            "it is never printed"
        );
        config.jwt_secret = Some("c".repeat(31).into());
        assert!(matches!(
            SigningSecret::resolve(&config),
            Err(SecretError::TooShort)
        ));
        assert_eq!(fs::read_dir(home.path()).expect("the directory").count(), 0);
    }
}
