//! Tokens of another system: those that must be good, and every way of passing off another.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{EncodingKey, Header};
use serde_json::json;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
    sync::watch,
};

use super::*;

const SET: &str = include_str!("test_keys/set.json");
const NOW: i64 = 1_700_000_000;

fn now() -> Timestamp {
    Timestamp(NOW * 1000)
}

fn signing(algorithm: Algorithm) -> EncodingKey {
    match algorithm {
        Algorithm::RS256 | Algorithm::PS256 => {
            EncodingKey::from_rsa_der(include_bytes!("test_keys/rsa.der"))
        }
        Algorithm::ES256 => EncodingKey::from_ec_der(include_bytes!("test_keys/ec.der")),
        _ => EncodingKey::from_ed_der(include_bytes!("test_keys/ed.der")),
    }
}

fn claims() -> Value {
    json!({
        "iss": "https://id.test", "sub": "s-1", "aud": ["parlor-app"], "exp": NOW + 60,
        "preferred_username": "nina",
    })
}

fn but(name: &str, value: Value) -> Value {
    let mut claims = claims();
    claims[name] = value;
    claims
}

fn signed(algorithm: Algorithm, id: Option<&str>, claims: &Value) -> String {
    let header = Header {
        kid: id.map(str::to_owned),
        ..Header::new(algorithm)
    };
    jsonwebtoken::encode(&header, claims, &signing(algorithm)).expect("a token")
}

fn settings() -> config::Auth {
    config::Auth {
        issuer: Some("https://id.test".to_owned()),
        audience: Some("parlor-app".to_owned()),
        ..config::Auth::default()
    }
}

fn of_file() -> KeySet {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/auth/test_keys/set.json");
    let settings = config::Auth {
        jwks_file: Some(path.into()),
        ..settings()
    };
    KeySet::new(&settings).expect("keys").expect("some")
}

async fn verdict(token: &str) -> Result<String, TokenError> {
    let foreigner = of_file().verify(token, now()).await;
    foreigner.map(|foreigner| foreigner.subject)
}

#[tokio::test]
async fn each_kind_of_key_signs() {
    for (algorithm, id) in [
        (Algorithm::RS256, "r"),
        (Algorithm::ES256, "e"),
        (Algorithm::EdDSA, "d"),
    ] {
        let token = signed(algorithm, Some(id), &claims());
        assert!(KeySet::is_for(&token), "{algorithm:?}");
        let found = of_file().verify(&token, now()).await;
        let expected = Foreigner {
            issuer: "https://id.test".to_owned(),
            subject: "s-1".to_owned(),
            name: Some("nina".to_owned()),
        };
        assert_eq!(found, Ok(expected), "{algorithm:?}");
    }
}

#[tokio::test]
async fn a_key_is_good_for_its_own_kind_of_signature_alone() {
    let header = Err(TokenError::Header);
    for (algorithm, id) in [
        (Algorithm::RS256, Some("e")),
        (Algorithm::ES256, Some("r")),
        (Algorithm::EdDSA, Some("e")),
        (Algorithm::PS256, Some("r")),
        (Algorithm::RS256, Some("enc")),
        (Algorithm::RS256, Some("unknown")),
        (Algorithm::RS256, Some("x")),
        (Algorithm::RS256, None),
    ] {
        let token = signed(algorithm, id, &claims());
        assert_eq!(verdict(&token).await, header, "{algorithm:?} {id:?}");
    }
    // The public key taken for a secret, and a secret that is published.
    let set: Value = serde_json::from_str(SET).expect("JSON");
    let modulus = set["keys"][0]["n"].as_str().expect("a modulus");
    for (secret, id) in [
        (modulus.as_bytes().to_vec(), "r"),
        (URL_SAFE_NO_PAD.decode(modulus).expect("base64"), "r"),
        (b"0123456789abcdef0123456789abcdef".to_vec(), "o"),
    ] {
        let swapped = Header {
            kid: Some(id.to_owned()),
            ..Header::new(Algorithm::HS256)
        };
        let key = EncodingKey::from_secret(&secret);
        let token = jsonwebtoken::encode(&swapped, &claims(), &key).expect("a token");
        assert!(!KeySet::is_for(&token), "it goes the way of our own tokens");
        assert_eq!(verdict(&token).await, header, "{id}");
    }
    let good = signed(Algorithm::RS256, Some("r"), &claims());
    let (message, signature) = good.rsplit_once('.').expect("three parts");
    let part = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let body = message.split('.').nth(1).expect("claims");
    let other = part(but("sub", json!("owner")));
    let head = message.split('.').next().expect("a header");
    for forged in [
        format!("{}.{body}.", part(json!({"alg": "none", "kid": "r"}))),
        format!("{message}."),
        format!("{head}.{other}.{signature}"),
        format!(
            "{}.{body}.{signature}",
            part(json!({"alg": "RS256", "kid": "r", "jku": "https://evil.test"}))
        ),
        format!(
            "{}.{body}.{signature}",
            part(json!({"alg": "RS256", "kid": "r", "crit": ["x"]}))
        ),
    ] {
        assert!(verdict(&forged).await.is_err(), "{forged}");
    }
}

#[tokio::test]
async fn claims_must_say_who_for_whom_and_until_when() {
    use TokenError::{Audience, Claim, Expired, NotYet};
    for (name, value, why) in [
        ("exp", json!(NOW), Expired),
        ("exp", json!((NOW + 60).to_string()), Claim("exp")),
        ("exp", json!(null), Claim("exp")),
        ("nbf", json!(NOW + 31), NotYet),
        ("nbf", json!("soon"), Claim("nbf")),
        ("iss", json!("https://evil.test"), Claim("iss")),
        ("iss", json!(["https://id.test"]), Claim("iss")),
        ("aud", json!("parlor"), Audience),
        ("aud", json!(null), Audience),
        ("aud", json!(["parlor-app", 7]), Audience),
        ("sub", json!(""), Claim("sub")),
        ("sub", json!(7), Claim("sub")),
        ("sub", json!("x".repeat(256)), Claim("sub")),
    ] {
        let token = signed(Algorithm::ES256, Some("e"), &but(name, value.clone()));
        assert_eq!(verdict(&token).await, Err(why), "{name} {value}");
    }
    let skewed = signed(Algorithm::ES256, Some("e"), &but("nbf", json!(NOW + 29)));
    assert!(verdict(&skewed).await.is_ok(), "clocks differ a little");
}

#[tokio::test]
async fn keys_are_read_once_and_strangers_do_not_make_it_more() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let (count, asked) = watch::channel(0);
    let serving = tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.expect("a client");
            let mut request = [0; 2048];
            let _ = stream.read(&mut request).await;
            count.send_modify(|count| *count += 1);
            let length = SET.len();
            let answer = format!(
                "HTTP/1.1 200 OK\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{SET}"
            );
            let _ = stream.write_all(answer.as_bytes()).await;
        }
    });
    let settings = config::Auth {
        jwks_url: Some(format!("http://{address}/keys")),
        ..settings()
    };
    let keys = KeySet::new(&settings).expect("keys").expect("some");
    let good = signed(Algorithm::EdDSA, Some("d"), &claims());
    for _ in 0..5 {
        assert!(keys.verify(&good, now()).await.is_ok());
    }
    for number in 0..20 {
        let stranger = signed(Algorithm::EdDSA, Some(&format!("k{number}")), &claims());
        assert_eq!(keys.verify(&stranger, now()).await, Err(TokenError::Header));
    }
    assert_eq!(*asked.borrow(), 1, "one look, whatever strangers name");
    serving.abort();
    assert!(keys.verify(&good, now()).await.is_ok(), "known keys stay");
}

#[tokio::test]
async fn settings_must_be_whole_and_keys_that_cannot_be_had_are_nobodys() {
    assert!(matches!(KeySet::new(&config::Auth::default()), Ok(None)));
    let file = || Some("/no/such/file".into());
    let url = || Some("https://id.test/keys".to_owned());
    for (jwks_url, jwks_file, issuer) in [
        (url(), file(), Some("i".to_owned())),
        (url(), None, None),
        (None, file(), None),
    ] {
        let settings = config::Auth {
            jwks_url,
            jwks_file,
            issuer,
            audience: Some("a".to_owned()),
            ..config::Auth::default()
        };
        assert!(matches!(
            KeySet::new(&settings),
            Err(KeySetError::Incomplete)
        ));
    }
    let settings = config::Auth {
        jwks_file: file(),
        ..settings()
    };
    let keys = KeySet::new(&settings).expect("keys").expect("some");
    let good = signed(Algorithm::EdDSA, Some("d"), &claims());
    assert_eq!(keys.verify(&good, now()).await, Err(TokenError::Header));
}
