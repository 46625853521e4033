//! Tokens, good and malicious. Built by hand, so that they can be wrong in every part.

use std::time::{SystemTime, UNIX_EPOCH};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey, crypto};
use serde_json::{Value, json};

use super::server::SECRET;

/// Seconds since 1970, moved by `offset`.
pub(crate) fn in_seconds(offset: i64) -> i64 {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .expect("it is after 1970");
    i64::try_from(now.as_secs()).expect("the clock is sane") + offset
}

/// A token of Parlor's own shape for a user id, good for an hour.
pub(crate) fn for_user(id: &str) -> String {
    signed(&claims(id))
}

/// The claims of such a token.
pub(crate) fn claims(id: &str) -> Value {
    json!({
        "sub": id, "aud": "parlor", "iat": in_seconds(0), "exp": in_seconds(3600),
        "jti": format!("journey-{id}"),
    })
}

/// `claims` without one of them.
pub(crate) fn without(mut claims: Value, name: &str) -> Value {
    claims
        .as_object_mut()
        .expect("claims are an object")
        .remove(name);
    claims
}

/// `claims` with one of them replaced.
pub(crate) fn with(mut claims: Value, name: &str, value: Value) -> Value {
    claims[name] = value;
    claims
}

/// Claims under [`SECRET`], HS256.
pub(crate) fn signed(claims: &Value) -> String {
    forged(
        &json!({"alg": "HS256", "typ": "JWT"}),
        claims,
        SECRET.as_bytes(),
    )
}

/// Any header over any claims, signed by HMAC-SHA256 whatever the header says.
pub(crate) fn forged(header: &Value, claims: &Value, secret: &[u8]) -> String {
    let signing = unsigned(header, claims);
    let key = EncodingKey::from_secret(secret);
    let signature =
        crypto::sign(signing.as_bytes(), &key, Algorithm::HS256).expect("HMAC takes any key");
    format!("{signing}.{signature}")
}

/// Header and claims, without the dot and the signature.
pub(crate) fn unsigned(header: &Value, claims: &Value) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}", part(header), part(claims))
}
