//! TLS: the certificate that a listener shows, from files or made here, and the handshake's rules.
//! Nothing is guessed: files that are missing, empty or not of each other stop the start with words
//! that name the file.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use rustls::{
    ServerConfig,
    crypto::{CryptoProvider, aws_lc_rs},
    pki_types::{
        CertificateDer, PrivateKeyDer,
        pem::{self, PemObject as _},
    },
    sign::{CertifiedKey, SingleCertAndKey},
};

/// The largest file that can be a certificate or a key, in bytes.
const MAX_BYTES: u64 = 1024 * 1024;

/// Why a certificate cannot be shown.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// One of the two settings is missing.
    #[error("{0} is set but {1} is not; TLS needs both")]
    Half(&'static str, &'static str),
    /// A file cannot be read.
    #[error("{} cannot be read", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        cause: io::Error,
    },
    /// There is no certificate in the file.
    #[error("{} holds no certificate in PEM form (BEGIN CERTIFICATE)", .0.display())]
    NoCertificate(PathBuf),
    /// There is no key in the file.
    #[error(
        "{} holds no private key in PEM form that can be used (BEGIN PRIVATE KEY; \
         one with a passphrase must be decrypted first)",
        .0.display()
    )]
    NoKey(PathBuf),
    /// The key is of a kind that cannot sign here, or the certificate is damaged.
    #[error("the certificate {} and the key {} cannot be used", certificate.display(), key.display())]
    Unusable {
        /// The file of the certificate.
        certificate: PathBuf,
        /// The file of the key.
        key: PathBuf,
        /// Why.
        #[source]
        cause: rustls::Error,
    },
    /// They are not of each other.
    #[error(
        "the key {} is not the one of the certificate {}; give the two files that belong together",
        key.display(),
        certificate.display()
    )]
    Mismatch {
        /// The file of the certificate.
        certificate: PathBuf,
        /// The file of the key.
        key: PathBuf,
    },
}

/// What a listener shows who it is with: the operator's two files, or none.
pub(crate) fn from_settings(
    certificate: Option<&Path>,
    key: Option<&Path>,
) -> Result<Option<Arc<ServerConfig>>, TlsError> {
    match (certificate, key) {
        (None, None) => Ok(None),
        (Some(certificate), Some(key)) => from_files(certificate, key).map(Some),
        (Some(_), None) => Err(TlsError::Half("server.tls_certificate", "server.tls_key")),
        (None, Some(_)) => Err(TlsError::Half("server.tls_key", "server.tls_certificate")),
    }
}

fn from_files(certificate: &Path, key: &Path) -> Result<Arc<ServerConfig>, TlsError> {
    let no_certificate = || TlsError::NoCertificate(certificate.to_owned());
    let chain: Result<Vec<_>, pem::Error> =
        CertificateDer::pem_slice_iter(&read(certificate)?).collect();
    let chain = chain.map_err(|_| no_certificate())?;
    if chain.is_empty() {
        return Err(no_certificate());
    }
    let secret = PrivateKeyDer::from_pem_slice(&read(key)?);
    let secret = secret.map_err(|_| TlsError::NoKey(key.to_owned()))?;
    let (certificate, key) = (certificate.to_owned(), key.to_owned());
    config(chain, secret).map_err(|cause| match cause {
        rustls::Error::InconsistentKeys(_) => TlsError::Mismatch { certificate, key },
        cause => TlsError::Unusable {
            certificate,
            key,
            cause,
        },
    })
}

fn read(path: &Path) -> Result<Vec<u8>, TlsError> {
    let failed = |cause| TlsError::File {
        path: path.to_owned(),
        cause,
    };
    let length = fs::metadata(path).map_err(failed)?.len();
    if length > MAX_BYTES {
        return Err(failed(io::ErrorKind::FileTooLarge.into()));
    }
    fs::read(path).map_err(failed)
}

/// TLS 1.2 and 1.3 with this chain and its key, for HTTP/1.1 alone.
pub(crate) fn config(
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
) -> Result<Arc<ServerConfig>, rustls::Error> {
    let crypto = provider();
    let certified = CertifiedKey::from_der(chain, key, &crypto)?;
    let mut config = ServerConfig::builder_with_provider(crypto)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_cert_resolver(Arc::new(SingleCertAndKey::from(certified)));
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

/// The cryptography of the house, named: which one a process has by default depends on what else is
/// linked.
pub(crate) fn provider() -> Arc<CryptoProvider> {
    Arc::new(aws_lc_rs::default_provider())
}
