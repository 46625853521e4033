//! The certificate that this computer shows in the local network: made once, signed by itself, kept
//! in the data directory in one file that only the server's own account can read. Whoever pairs a
//! device takes its fingerprint along, so a swapped one is noticed; that is why it is never made
//! anew in silence while the old one is good.

use std::{
    fs, io,
    net::{IpAddr, Ipv4Addr},
    path::{Path, PathBuf},
    sync::Arc,
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chat_core::Timestamp;
use rcgen::{
    CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, KeyPair,
    KeyUsagePurpose, PublicKeyData as _,
};
use rustls::{
    ServerConfig,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
};
use sha2::{Digest as _, Sha256};
use time::{Duration, OffsetDateTime};

use crate::{
    http::tls,
    private_file::{self, Refusal},
};

const FILE_NAME: &str = "lan-certificate.pem";

/// The largest file that can be ours, in bytes.
const MAX_BYTES: u64 = 64 * 1024;

/// Apple's systems take none that is good for longer than 825 days, not even a trusted one.
const LIFETIME: Duration = Duration::days(820);

/// For devices whose clocks are behind.
const EARLIER: Duration = Duration::days(1);

/// The lines before the PEM blocks, which readers of PEM skip.
const ENDS: &str = "Ends: ";
const NAME: &str = "Name: ";

/// Why there is no certificate to show.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CertificateError {
    /// The file cannot be read or written.
    #[error("the certificate of this computer cannot be kept in {}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        cause: io::Error,
    },
    /// The file is not what this server writes.
    #[error("{} is damaged: delete it, and pair your devices again", .0.display())]
    Damaged(PathBuf),
    /// Others can read it, so they may have.
    #[error(
        "{} can be read by others on this computer: chmod 600 it if nobody did, \
         else delete it, and pair your devices again",
        .0.display()
    )]
    Exposed(PathBuf),
    /// No certificate could be made.
    #[error("no certificate could be made")]
    NotMade(#[source] rcgen::Error),
}

/// The certificate, ready to be shown.
pub(crate) struct Certificate {
    /// What a listener shows it with.
    pub(crate) config: Arc<ServerConfig>,
    /// The name of this computer in the local network, `parlor-….local`: made of the key, so that
    /// no two computers have the same and none says whose it is.
    pub(crate) name: String,
    fingerprint: [u8; 32],
}

impl Certificate {
    /// The one that is kept in `data_dir`; made where there is none, or where its time is over.
    /// Reads and writes files.
    pub(crate) fn kept(
        data_dir: &Path,
        own: &[IpAddr],
        now: Timestamp,
    ) -> Result<Self, CertificateError> {
        let path = data_dir.join(FILE_NAME);
        let failed = |cause| CertificateError::File {
            path: path.clone(),
            cause,
        };
        if let Some(text) = read(&path)? {
            let parsed = parse(&text).ok_or(CertificateError::Damaged(path.clone()));
            let (certificate, ends) = parsed?;
            if ends > now {
                return Ok(certificate);
            }
            tracing::warn!("the certificate for the local network has ended; pair devices again");
            fs::remove_file(&path).map_err(failed)?;
        }
        let made = make(own, now).map_err(CertificateError::NotMade)?;
        private_file::write_once(&path, &made).map_err(failed)?;
        let text = read(&path)?.ok_or_else(|| CertificateError::Damaged(path.clone()))?;
        let parsed = parse(&text).ok_or(CertificateError::Damaged(path))?;
        Ok(parsed.0)
    }

    /// The fingerprint as links carry it: base64url, 43 characters.
    pub(crate) fn link_fingerprint(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.fingerprint)
    }

    /// The fingerprint as browsers show it.
    pub(crate) fn shown_fingerprint(&self) -> String {
        let pairs: Vec<_> = self
            .fingerprint
            .iter()
            .map(|byte| format!("{byte:02X}"))
            .collect();
        pairs.join(":")
    }

    /// Its SHA-256.
    pub(crate) fn fingerprint(&self) -> &[u8; 32] {
        &self.fingerprint
    }
}

fn parse(text: &str) -> Option<(Certificate, Timestamp)> {
    let line = |start: &str| text.lines().find_map(|line| line.strip_prefix(start));
    let name = line(NAME)?.to_owned();
    let ends = Timestamp(line(ENDS)?.parse().ok()?);
    let der = CertificateDer::from_pem_slice(text.as_bytes()).ok()?;
    let key = PrivateKeyDer::from_pem_slice(text.as_bytes()).ok()?;
    let fingerprint = Sha256::digest(&der).into();
    let config = tls::config(vec![der], key).ok()?;
    let certificate = Certificate {
        config,
        name,
        fingerprint,
    };
    Some((certificate, ends))
}

/// The text of a new one's file.
fn make(own: &[IpAddr], now: Timestamp) -> Result<String, rcgen::Error> {
    let key = KeyPair::generate()?;
    let digest = Sha256::digest(key.subject_public_key_info());
    let short: String = digest
        .iter()
        .take(3)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let name = format!("parlor-{short}.local");
    let mut names = vec![
        name.clone(),
        "localhost".to_owned(),
        Ipv4Addr::LOCALHOST.to_string(),
    ];
    names.extend(own.iter().map(ToString::to_string));
    let mut parameters = CertificateParams::new(names)?;
    let mut who = DistinguishedName::new();
    who.push(DnType::CommonName, format!("Parlor {short}"));
    parameters.distinguished_name = who;
    parameters.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    parameters.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let start = OffsetDateTime::from_unix_timestamp(now.0.div_euclid(1_000))
        .unwrap_or(OffsetDateTime::UNIX_EPOCH);
    parameters.not_before = start - EARLIER;
    parameters.not_after = start - EARLIER + LIFETIME;
    let ends = parameters.not_after.unix_timestamp().saturating_mul(1_000);
    let certificate = parameters.self_signed(&key)?;
    Ok(format!(
        "{NAME}{name}\n{ENDS}{ends}\n{}{}",
        certificate.pem(),
        key.serialize_pem()
    ))
}

fn read(path: &Path) -> Result<Option<String>, CertificateError> {
    private_file::read(path, MAX_BYTES).map_err(|refusal| {
        let path = path.to_owned();
        match refusal {
            Refusal::File(cause) => CertificateError::File { path, cause },
            Refusal::Damaged => CertificateError::Damaged(path),
            Refusal::Exposed => CertificateError::Exposed(path),
        }
    })
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;

    const NOW: Timestamp = Timestamp(1_790_000_000_000);
    const DAY: i64 = 24 * 60 * 60 * 1000;

    fn kept(home: &TempDir, now: Timestamp) -> Result<Certificate, CertificateError> {
        let own = ["192.168.1.20".parse().expect("an address")];
        Certificate::kept(home.path(), &own, now)
    }

    #[test]
    fn it_is_made_once_and_kept_until_it_ends() {
        let home = TempDir::new().expect("a directory");
        let first = kept(&home, NOW).expect("one");
        let again = kept(&home, Timestamp(NOW.0 + 800 * DAY)).expect("the same");
        assert_eq!(first.fingerprint(), again.fingerprint());
        assert_eq!(first.name, again.name);
        assert_eq!(first.link_fingerprint().len(), 43);
        assert_eq!(first.shown_fingerprint().len(), 32 * 3 - 1);
        let name = first.name.strip_prefix("parlor-").expect("its start");
        assert!(name.ends_with(".local") && name.len() == 12, "{name}");
        let later = kept(&home, Timestamp(NOW.0 + 820 * DAY)).expect("another");
        assert_ne!(
            first.fingerprint(),
            later.fingerprint(),
            "its time was over"
        );
        let files = fs::read_dir(home.path()).expect("the directory").count();
        assert_eq!(files, 1, "no draft is left");
    }

    #[test]
    fn two_computers_have_two() {
        let (one, other) = (TempDir::new().expect("one"), TempDir::new().expect("two"));
        let (one, other) = (
            kept(&one, NOW).expect("one"),
            kept(&other, NOW).expect("two"),
        );
        assert_ne!(one.fingerprint(), other.fingerprint());
        assert_ne!(one.name, other.name);
    }

    #[cfg(unix)]
    #[test]
    fn its_key_is_private_and_a_damaged_one_is_not_replaced_in_silence() {
        use std::os::unix::fs::{PermissionsExt as _, symlink};
        let home = TempDir::new().expect("a directory");
        kept(&home, NOW).expect("one");
        let path = home.path().join(FILE_NAME);
        let mode = fs::metadata(&path).expect("a file").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).expect("a mode");
        assert!(matches!(
            kept(&home, NOW),
            Err(CertificateError::Exposed(_))
        ));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).expect("a mode");
        let whole = fs::read_to_string(&path).expect("its text");
        for damaged in [&whole[..whole.len() / 2], "", "-----BEGIN CERTIFICATE-----"] {
            fs::write(&path, damaged).expect("written");
            assert!(
                matches!(kept(&home, NOW), Err(CertificateError::Damaged(_))),
                "{damaged:?}"
            );
        }
        fs::remove_file(&path).expect("removed");
        symlink("/etc/hostname", &path).expect("a link");
        assert!(
            matches!(kept(&home, NOW), Err(CertificateError::Damaged(_))),
            "a link"
        );
    }
}
