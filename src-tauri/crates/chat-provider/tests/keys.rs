//! Keys go to `Authorization` of their own server, and nowhere else.

use std::sync::Arc;

use chat_core::{KeyState, ModelProvider as _, NewProvider, ProviderProblem as P};
use chat_provider::{MemorySecrets, NothingKept, ProviderRecord, Providers};
use secrecy::SecretString;

use crate::support::{
    KEY, Server, ask, chunked, error_of, fixture, id, new_provider, provider, question, response,
    settings,
};

#[tokio::test]
async fn the_key_is_in_the_authorization_header_only() {
    let server = Server::start(vec![chunked(&[&fixture("openai")])]).await;
    let providers = provider(&server.base_url(), Some(KEY), settings());
    ask(&providers, question("Hi")).await;
    let request = server.request(0);
    let bearer = format!("authorization: Bearer {KEY}\r\n");
    assert_eq!(request.matches(KEY).count(), 1, "{request}");
    assert!(request.contains(&bearer), "{request}");
    assert!(request.starts_with("POST /v1/chat/completions HTTP/1.1\r\n"));
}

#[tokio::test]
async fn a_server_that_sends_the_key_back_cannot_make_us_show_it() {
    let json = format!(r#"{{"error":{{"message":"bad key {KEY} and {KEY}"}}}}"#);
    for body in [json.as_str(), KEY, &format!("x\u{1b}[31m{KEY}")] {
        for status in ["401 Unauthorized", "400 Bad Request", "500 Oh"] {
            let error = error_of(response(status, "", body)).await;
            assert!(!format!("{error:?}").contains("very-secret"), "{error:?}");
            assert!(error.message.contains("[key]"), "{error:?}");
        }
        let location = format!("Location: http://host/{KEY}\r\n");
        let error = error_of(response("302 Found", &location, body)).await;
        assert!(!error.message.contains("very-secret"), "{error}");
        let event = format!("event: error\ndata: {KEY}\n\n");
        let error = error_of(chunked(&[event.as_bytes()])).await;
        assert!(!error.message.contains("very-secret"), "{error}");
    }
}

#[tokio::test]
async fn a_session_key_is_used_and_forgotten() {
    let server = Server::start(vec![chunked(&[&fixture("openai")])]).await;
    let providers = provider(&server.base_url(), Some("sk-environment"), settings());
    let custom = id("custom");
    let state = || providers.providers()[0].key;
    assert_eq!(state(), KeyState::Environment);
    let key = Some(SecretString::from(KEY));
    providers.set_session_key(&custom, key).await.unwrap();
    assert_eq!(state(), KeyState::Session);
    ask(&providers, question("Hi")).await;
    assert!(server.request(0).contains(KEY));
    providers.set_session_key(&custom, None).await.unwrap();
    ask(&providers, question("Hi")).await;
    assert!(server.request(1).contains("Bearer sk-environment"));
    for bad in ["", "  ", "a\r\nX: y", "ключ"] {
        let bad = Some(SecretString::from(bad));
        let error = providers.set_session_key(&custom, bad).await.unwrap_err();
        assert_eq!(error.problem, P::RequestRefused);
    }
    let nobody = providers.set_session_key(&id("nobody"), None).await;
    assert_eq!(nobody.unwrap_err().problem, P::Unknown);
}

#[tokio::test]
async fn a_key_is_forgotten_when_its_provider_moves_to_another_server() {
    let old = Server::start(vec![chunked(&[&fixture("openai")])]).await;
    let new = Server::start(vec![chunked(&[&fixture("openai")])]).await;
    let providers = Providers::new(
        settings(),
        Vec::<ProviderRecord>::new(),
        None,
        Arc::new(MemorySecrets::default()),
        Arc::new(NothingKept),
    );
    let save = |address: String| {
        providers.save(NewProvider {
            default_model: Some("m".into()),
            ..new_provider("mine", "Mine", &address)
        })
    };
    save(old.base_url()).await.unwrap();
    let key = Some(SecretString::from(KEY));
    providers.set_session_key(&id("mine"), key).await.unwrap();
    save(format!("{}/", old.base_url())).await.unwrap();
    assert_eq!(
        providers.providers()[0].key,
        KeyState::Session,
        "same server"
    );
    save(new.base_url()).await.unwrap();
    assert_eq!(providers.providers()[0].key, KeyState::None);
    ask(&providers, question("Hi")).await;
    assert!(
        !new.request(0).contains(KEY),
        "a key for one is not for another"
    );
}
