//! Tokens: JWT, HS256, nothing else. Issues Parlor's own and verifies those of the seeds' systems
//! too. Signature and algorithm are jsonwebtoken's; what the claims must say is decided here, since
//! the library reads its own clock and takes a missing `aud` for a good one.

use std::{fmt, sync::Arc, time::Duration};

use chat_core::{DeviceId, Timestamp, UserId};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use super::{
    random_code,
    secret::{SecretSource, SigningSecret},
};

/// The longest token that is looked at, in bytes.
pub(super) const MAX_BYTES: usize = 4096;

/// Who Parlor's own tokens are for.
const AUDIENCE: &str = "parlor";

/// How far ahead the clock of one who signs may be, in seconds. An expired token gets no such
/// grace: a clock that is behind costs it a moment of a long life.
const CLOCK_SKEW: f64 = 30.0;

/// The end of the year 9999. A later `exp` is one in milliseconds, or nonsense.
const LAST_SECOND: f64 = 253_402_300_799.0;

/// Issues and verifies tokens under one secret. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Tokens(Arc<Keys>);

struct Keys {
    encoding: EncodingKey,
    decoding: DecodingKey,
    validation: Validation,
    source: SecretSource,
}

/// Why a token is refused. For the log: the client hears only that it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum TokenError {
    /// Longer than any token.
    #[error("the token is longer than {MAX_BYTES} bytes")]
    TooLong,
    /// Not three parts of base64url with JSON in them.
    #[error("the token is no JWT")]
    Malformed,
    /// Another algorithm, another key, or something this server must but does not understand.
    #[error("the token's header asks for what is not done here")]
    Header,
    /// Signed by somebody else, or changed.
    #[error("the token's signature is wrong")]
    Signature,
    /// A claim is missing or of the wrong type.
    #[error("the token's claim {0} is missing or makes no sense")]
    Claim(&'static str),
    /// Past its time.
    #[error("the token has expired")]
    Expired,
    /// Before its time.
    #[error("the token is not valid yet")]
    NotYet,
    /// For another service.
    #[error("the token is for another audience")]
    Audience,
}

/// Whom a token speaks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Bearer {
    /// The person it names.
    pub(crate) user: UserId,
    /// The device it was given to, which must still be signed in. Tokens of the command line and
    /// of other systems have none.
    pub(crate) device: Option<DeviceId>,
}

#[derive(Serialize)]
struct IssuedClaims<'a> {
    sub: &'a str,
    aud: &'a str,
    iat: i64,
    exp: i64,
    jti: String,
    #[serde(rename = "parlor_device", skip_serializing_if = "Option::is_none")]
    device: Option<&'a str>,
}

/// The claims as they came. A claim that is there twice is an error, `null` is a value.
#[derive(Deserialize)]
struct Claims {
    #[serde(default, deserialize_with = "present")]
    sub: Option<Value>,
    #[serde(rename = "userId", default, deserialize_with = "present")]
    user_id: Option<Value>,
    #[serde(default, deserialize_with = "present")]
    exp: Option<Value>,
    #[serde(default, deserialize_with = "present")]
    nbf: Option<Value>,
    #[serde(default, deserialize_with = "present")]
    iat: Option<Value>,
    #[serde(default, deserialize_with = "present")]
    aud: Option<Value>,
    /// Not `sid`, which may mean something else in the tokens of other systems.
    #[serde(rename = "parlor_device", default, deserialize_with = "present")]
    device: Option<Value>,
}

fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

impl Tokens {
    /// Tokens under this secret.
    pub(crate) fn new(secret: &SigningSecret) -> Self {
        let mut validation = Validation::new(Algorithm::HS256);
        // The claims are judged below, by the clock that the caller has.
        validation.required_spec_claims.clear();
        validation.validate_exp = false;
        validation.validate_aud = false;
        Self(Arc::new(Keys {
            encoding: EncodingKey::from_secret(secret.bytes()),
            decoding: DecodingKey::from_secret(secret.bytes()),
            validation,
            source: secret.source(),
        }))
    }

    /// A token of this server for `user`, good for `ttl` from `now`, in whole seconds, and only as
    /// long as `device` is signed in.
    ///
    /// # Panics
    /// When the system has no randomness.
    pub(crate) fn issue(
        &self,
        user: &UserId,
        device: Option<&DeviceId>,
        ttl: Duration,
        now: Timestamp,
    ) -> String {
        let iat = now.0.div_euclid(1000);
        let claims = IssuedClaims {
            sub: user.as_str(),
            aud: AUDIENCE,
            iat,
            exp: iat.saturating_add(i64::try_from(ttl.as_secs()).unwrap_or(i64::MAX)),
            jti: random_code(),
            device: device.map(DeviceId::as_str),
        };
        jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &self.0.encoding)
            .expect("an HMAC over a few strings and numbers cannot fail")
    }

    /// Who a token is for. Whether that person exists and may sign in, and whether the device is
    /// still signed in, is for the caller to see.
    pub(crate) fn verify(&self, token: &str, now: Timestamp) -> Result<Bearer, TokenError> {
        if token.len() > MAX_BYTES {
            return Err(TokenError::TooLong);
        }
        check_header(token)?;
        let data = jsonwebtoken::decode::<Claims>(token, &self.0.decoding, &self.0.validation)
            .map_err(|error| reason(&error))?;
        self.judge(data.claims, now)
    }

    fn judge(&self, claims: Claims, now: Timestamp) -> Result<Bearer, TokenError> {
        in_time(claims.exp.as_ref(), claims.nbf.as_ref(), now)?;
        if claims
            .iat
            .as_ref()
            .is_some_and(|iat| seconds(iat).is_none())
        {
            return Err(TokenError::Claim("iat"));
        }
        match &claims.aud {
            Some(audience) if !includes(audience, AUDIENCE) => return Err(TokenError::Audience),
            // Only another system's token has none, and those come under a shared secret only.
            None if self.0.source == SecretSource::Own => return Err(TokenError::Audience),
            _ => {}
        }
        let (name, subject) = match &claims.sub {
            Some(subject) => ("sub", Some(subject)),
            None => ("userId", claims.user_id.as_ref()),
        };
        let user = subject
            .and_then(Value::as_str)
            .and_then(|text| UserId::parse(text).ok())
            .ok_or(TokenError::Claim(name))?;
        let device = claims.device.as_ref().map(|device| {
            let device = device.as_str().and_then(|text| DeviceId::parse(text).ok());
            device.ok_or(TokenError::Claim("parlor_device"))
        });
        Ok(Bearer {
            user,
            device: device.transpose()?,
        })
    }
}

impl fmt::Debug for Tokens {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Tokens({:?})", self.0.source)
    }
}

/// Refuses a header that names another algorithm, a key (there is only one, and it has no name) or
/// something that must be understood.
fn check_header(token: &str) -> Result<(), TokenError> {
    let header = jsonwebtoken::decode_header(token).map_err(|error| reason(&error))?;
    let jwt = header
        .typ
        .as_ref()
        .is_none_or(|typ| typ.eq_ignore_ascii_case("JWT"));
    let ours = header.alg == Algorithm::HS256 && jwt && header.kid.is_none() && is_plain(&header);
    if ours {
        Ok(())
    } else {
        Err(TokenError::Header)
    }
}

/// Whether a header brings no key of its own and asks for nothing special.
pub(super) fn is_plain(header: &Header) -> bool {
    header.crit.is_none()
        && header.enc.is_none()
        && header.zip.is_none()
        && header.jwk.is_none()
        && header.jku.is_none()
        && header.x5u.is_none()
        && header.x5c.is_none()
        && header.extras.get::<Value>("b64").ok().flatten().is_none()
}

/// Whether a token is in its time.
pub(super) fn in_time(
    exp: Option<&Value>,
    nbf: Option<&Value>,
    now: Timestamp,
) -> Result<(), TokenError> {
    // Exact: milliseconds of any sane year fit into a double.
    let now = now.0 as f64 / 1000.0;
    let exp = exp.and_then(seconds).ok_or(TokenError::Claim("exp"))?;
    if exp <= now {
        return Err(TokenError::Expired);
    }
    if let Some(nbf) = nbf {
        let nbf = seconds(nbf).ok_or(TokenError::Claim("nbf"))?;
        if nbf > now + CLOCK_SKEW {
            return Err(TokenError::NotYet);
        }
    }
    Ok(())
}

pub(super) fn reason(error: &jsonwebtoken::errors::Error) -> TokenError {
    use jsonwebtoken::errors::ErrorKind;
    match error.kind() {
        ErrorKind::InvalidSignature => TokenError::Signature,
        ErrorKind::InvalidAlgorithm | ErrorKind::MissingAlgorithm => TokenError::Header,
        _ => TokenError::Malformed,
    }
}

/// A time in seconds since 1970: a number, perhaps with a fraction, of a year that has four digits.
fn seconds(value: &Value) -> Option<f64> {
    value
        .as_f64()
        .filter(|seconds| (0.0..=LAST_SECOND).contains(seconds))
}

/// Whether an audience is `wanted`, or has it among others.
pub(super) fn includes(audience: &Value, wanted: &str) -> bool {
    match audience {
        Value::String(one) => one == wanted,
        Value::Array(many) => {
            many.iter().all(Value::is_string) && many.iter().any(|one| one == wanted)
        }
        _ => false,
    }
}

#[cfg(test)]
#[path = "token_tests.rs"]
mod tests;
