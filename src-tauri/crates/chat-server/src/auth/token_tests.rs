//! Every token that has fooled somebody, and those that must be good.

use forger::{part, sign};
use serde_json::json;

use super::*;

const SECRET: &str = "0123456789abcdef0123456789abcdef";
const NOW: i64 = 1_700_000_000;

fn now() -> Timestamp {
    Timestamp(NOW * 1000)
}

fn tokens(source: SecretSource) -> Tokens {
    let secret = SigningSecret::given(SECRET.into(), source).expect("long enough");
    Tokens::new(&secret)
}

/// Signs whatever header and claims say, as no library would.
mod forger {
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
    use jsonwebtoken::{Algorithm, EncodingKey};
    use serde_json::Value;

    pub(super) fn part(value: &Value) -> String {
        URL_SAFE_NO_PAD.encode(value.to_string())
    }

    pub(super) fn sign(algorithm: Algorithm, message: &str, secret: &str) -> String {
        let key = EncodingKey::from_secret(secret.as_bytes());
        let signature = jsonwebtoken::crypto::sign(message.as_bytes(), &key, algorithm);
        format!("{message}.{}", signature.expect("a signature"))
    }
}

fn with_header(header: &Value, claims: &Value) -> String {
    sign(
        Algorithm::HS256,
        &format!("{}.{}", part(header), part(claims)),
        SECRET,
    )
}

fn token(claims: &Value) -> String {
    with_header(&json!({"alg": "HS256", "typ": "JWT"}), claims)
}

fn good_claims() -> Value {
    json!({"sub": "user-1", "aud": "parlor", "exp": NOW + 60})
}

/// Good claims, but one is another, or not there.
fn but(name: &str, value: Option<Value>) -> Value {
    let mut claims = good_claims();
    let map = claims.as_object_mut().expect("an object");
    map.remove(name);
    if let Some(value) = value {
        map.insert(name.to_owned(), value);
    }
    claims
}

fn verdict(token: &str) -> Result<String, TokenError> {
    tokens(SecretSource::Configured)
        .verify(token, now())
        .map(|bearer| bearer.user.to_string())
}

#[test]
fn what_is_issued_is_good_until_it_ends() {
    let tokens = tokens(SecretSource::Own);
    let user = UserId::parse("user-1").expect("an id");
    let device = DeviceId::parse("device-1").expect("an id");
    let token = tokens.issue(&user, Some(&device), Duration::from_secs(60), now());
    let bearer = Bearer {
        user,
        device: Some(device),
    };
    assert_eq!(tokens.verify(&token, now()), Ok(bearer.clone()));
    assert_eq!(
        tokens.verify(&token, Timestamp(now().0 + 59_999)),
        Ok(bearer.clone())
    );
    assert_eq!(
        tokens.verify(&token, Timestamp(now().0 + 60_000)),
        Err(TokenError::Expired)
    );
    assert_ne!(
        token,
        tokens.issue(&bearer.user, None, Duration::from_secs(60), now()),
        "jti differs"
    );

    let claims: Value = jsonwebtoken::dangerous::insecure_decode(&token)
        .expect("a JWT")
        .claims;
    assert_eq!(claims["aud"], "parlor");
    assert_eq!(claims["parlor_device"], "device-1");
    assert_eq!(claims["iat"], NOW);
    assert_eq!(claims["exp"], NOW + 60);
    assert!(claims["jti"].as_str().is_some_and(|id| id.len() == 43));
}

#[test]
fn good_tokens_of_other_systems() {
    for claims in [
        good_claims(),
        but("aud", Some(json!(["other", "parlor"]))),
        but("aud", None),
        but("exp", Some(json!(f64::from(1_700_000_060) + 0.5))),
        but("nbf", Some(json!(NOW + 30))),
        but("iat", Some(json!(NOW + 5))),
        json!({"userId": "user-1", "email": "a@b.test", "exp": NOW + 1}),
        json!({"sub": "user-1", "userId": "user-2", "exp": NOW + 1}),
    ] {
        assert_eq!(
            verdict(&token(&claims)).as_deref(),
            Ok("user-1"),
            "{claims}"
        );
    }
    let bare = with_header(&json!({"alg": "HS256"}), &good_claims());
    assert!(verdict(&bare).is_ok(), "typ may be missing");
}

#[test]
fn without_aud_only_under_a_configured_secret() {
    let token = token(&but("aud", None));
    assert!(
        tokens(SecretSource::Configured)
            .verify(&token, now())
            .is_ok()
    );
    assert_eq!(
        tokens(SecretSource::Own).verify(&token, now()),
        Err(TokenError::Audience)
    );
}

#[test]
fn claims_that_are_refused() {
    for (claim, value, error) in [
        ("exp", None, TokenError::Claim("exp")),
        (
            "exp",
            Some(json!((NOW + 60).to_string())),
            TokenError::Claim("exp"),
        ),
        ("exp", Some(json!(null)), TokenError::Claim("exp")),
        ("exp", Some(json!(true)), TokenError::Claim("exp")),
        // The library's own reader stops at these.
        ("exp", Some(json!([NOW + 60])), TokenError::Malformed),
        ("exp", Some(json!({"a": 1})), TokenError::Malformed),
        ("exp", Some(json!(1e300)), TokenError::Claim("exp")),
        ("exp", Some(json!(u64::MAX)), TokenError::Claim("exp")),
        (
            "exp",
            Some(json!((NOW + 60) * 1000)),
            TokenError::Claim("exp"),
        ),
        ("exp", Some(json!(-1)), TokenError::Claim("exp")),
        ("exp", Some(json!(NOW - 31)), TokenError::Expired),
        ("exp", Some(json!(NOW)), TokenError::Expired),
        ("exp", Some(json!(0)), TokenError::Expired),
        ("nbf", Some(json!(NOW + 31)), TokenError::NotYet),
        ("nbf", Some(json!("0")), TokenError::Claim("nbf")),
        ("nbf", Some(json!(null)), TokenError::Claim("nbf")),
        ("iat", Some(json!("now")), TokenError::Claim("iat")),
        ("aud", Some(json!("other")), TokenError::Audience),
        ("aud", Some(json!("Parlor")), TokenError::Audience),
        ("aud", Some(json!([])), TokenError::Audience),
        ("aud", Some(json!(["other"])), TokenError::Audience),
        ("aud", Some(json!(["parlor", 1])), TokenError::Audience),
        ("aud", Some(json!(null)), TokenError::Audience),
        ("aud", Some(json!({"parlor": true})), TokenError::Audience),
        ("sub", None, TokenError::Claim("userId")),
        ("sub", Some(json!("")), TokenError::Claim("sub")),
        ("sub", Some(json!(7)), TokenError::Claim("sub")),
        ("sub", Some(json!("../user-1")), TokenError::Claim("sub")),
        ("sub", Some(json!("x".repeat(65))), TokenError::Claim("sub")),
    ] {
        let claims = but(claim, value);
        assert_eq!(verdict(&token(&claims)), Err(error), "{claims}");
    }
    for claims in [
        json!({"sub": null, "userId": "user-1", "exp": NOW + 60}),
        json!({"sub": 1, "userId": "user-1", "exp": NOW + 60}),
    ] {
        let refused = Err(TokenError::Claim("sub"));
        assert_eq!(
            verdict(&token(&claims)),
            refused,
            "a bad sub is no missing one: {claims}"
        );
    }
    let user_id = json!({"userId": ["user-1"], "exp": NOW + 60});
    assert_eq!(verdict(&token(&user_id)), Err(TokenError::Claim("userId")));
}

#[test]
fn a_device_is_one_or_none_and_sid_is_of_others() {
    let named =
        |value| tokens(SecretSource::Own).verify(&token(&but("parlor_device", value)), now());
    assert_eq!(named(None).map(|bearer| bearer.device), Ok(None));
    let device = DeviceId::parse("d").ok();
    assert_eq!(
        named(Some(json!("d"))).map(|bearer| bearer.device),
        Ok(device)
    );
    for bad in [
        json!(""),
        json!(7),
        json!(null),
        json!(["d"]),
        json!("../d"),
    ] {
        let refused = named(Some(bad.clone()));
        assert_eq!(refused, Err(TokenError::Claim("parlor_device")), "{bad}");
    }
    let foreign =
        tokens(SecretSource::Configured).verify(&token(&but("sid", Some(json!(7)))), now());
    assert_eq!(
        foreign.map(|bearer| bearer.device),
        Ok(None),
        "another system's session"
    );
}

#[test]
fn headers_that_are_refused() {
    for header in [
        json!({"alg": "HS512"}),
        json!({"alg": "RS256"}),
        json!({"alg": "ES256"}),
        json!({"alg": "EdDSA"}),
        json!({"alg": "HS256", "kid": "1"}),
        json!({"alg": "HS256", "kid": "../../dev/null"}),
        json!({"alg": "HS256", "crit": ["exp"]}),
        json!({"alg": "HS256", "b64": false}),
        json!({"alg": "HS256", "zip": "DEF"}),
        json!({"alg": "HS256", "jku": "https://evil.test/keys"}),
        json!({"alg": "HS256", "x5u": "https://evil.test/cert"}),
        json!({"alg": "HS256", "typ": "at+dpop"}),
    ] {
        let refused = verdict(&with_header(&header, &good_claims()));
        assert_eq!(
            refused,
            Err(TokenError::Header),
            "signed with the secret, {header}"
        );
    }
    for header in [
        json!({"alg": "none"}),
        json!({"alg": "None"}),
        json!({"alg": "hs256"}),
        json!({"alg": ""}),
        json!({"alg": ["HS256"]}),
        json!({"typ": "JWT"}),
        json!([]),
    ] {
        let message = format!("{}.{}", part(&header), part(&good_claims()));
        let signed = sign(Algorithm::HS256, &message, SECRET);
        assert_eq!(verdict(&signed), Err(TokenError::Malformed), "{header}");
        assert_eq!(
            verdict(&format!("{message}.")),
            Err(TokenError::Malformed),
            "{header}"
        );
        assert_eq!(verdict(&message), Err(TokenError::Malformed), "{header}");
    }
    let message = format!(
        "{}.{}",
        part(&json!({"alg": "HS512"})),
        part(&good_claims())
    );
    let honest = sign(Algorithm::HS512, &message, SECRET);
    assert_eq!(
        verdict(&honest),
        Err(TokenError::Header),
        "really signed with HS512"
    );
}

#[test]
fn signatures_that_are_refused() {
    let good = token(&good_claims());
    assert!(verdict(&good).is_ok());
    let (message, signature) = good.rsplit_once('.').expect("three parts");
    assert_eq!(
        verdict(&format!("{message}.")),
        Err(TokenError::Signature),
        "stripped"
    );
    let half = &signature[..20];
    assert!(verdict(&format!("{message}.{half}")).is_err(), "cut");
    let foreign = sign(Algorithm::HS256, message, &"x".repeat(32));
    assert_eq!(
        verdict(&foreign),
        Err(TokenError::Signature),
        "another secret"
    );

    let (header, _) = message.split_once('.').expect("two parts");
    let other = part(&but("sub", Some(json!("user-2"))));
    assert_eq!(
        verdict(&format!("{header}.{other}.{signature}")),
        Err(TokenError::Signature)
    );
}

#[test]
fn garbage_is_refused() {
    let long = token(&but("x", Some(json!("x".repeat(4096)))));
    assert_eq!(verdict(&long), Err(TokenError::TooLong));
    let twice = format!(
        "{}.{}",
        part(&json!({"alg": "HS256"})),
        base64_of(r#"{"sub":"user-1","sub":"user-2","exp":1700000060}"#)
    );
    let twice = sign(Algorithm::HS256, &twice, SECRET);
    assert_eq!(
        verdict(&twice),
        Err(TokenError::Malformed),
        "a claim that is there twice"
    );
    for text in ["[]", "null", "1", "\"user-1\"", "{", ""] {
        let message = format!("{}.{}", part(&json!({"alg": "HS256"})), base64_of(text));
        let signed = sign(Algorithm::HS256, &message, SECRET);
        assert_eq!(
            verdict(&signed),
            Err(TokenError::Malformed),
            "claims {text:?}"
        );
    }
    let good = token(&good_claims());
    for text in [
        String::new(),
        ".".to_owned(),
        "..".to_owned(),
        "a.b.c".to_owned(),
        "é.é.é".to_owned(),
        "\0".to_owned(),
        format!("{good}="),
        format!("{good}."),
        format!(" {good}"),
        format!("{good}\n"),
        format!("Bearer {good}"),
        format!("{good}.{good}"),
    ] {
        assert!(verdict(&text).is_err(), "{text:?}");
    }
}

#[test]
fn keys_are_never_printed() {
    let printed = format!("{:?}", tokens(SecretSource::Own));
    assert!(!printed.contains(SECRET), "{printed}");
}

fn base64_of(text: &str) -> String {
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
    URL_SAFE_NO_PAD.encode(text)
}
