//! Who answers: the model's provider, the fixed one, the active one, or the guide.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use chat_core::{
    AnswerEvent, FinishReason, ModelId, ModelProvider as _, NewProvider, ProviderId,
    ProviderProblem as P,
};
use chat_provider::{
    MemorySecrets, NothingKept, PersistenceError, ProviderPersistence, ProviderRecord, Providers,
};
use tokio::net::TcpListener;

use crate::support::{
    Server, ask, chunked, fixture, id, new_provider, provider, question, response, settings,
    text_of,
};

const MODELS: &str = r#"{"object":"list","data":[{"id":"nomic-embed-text"},{"id":"llama3.2"}]}"#;

fn with(stored: Vec<ProviderRecord>, fixed: Option<ProviderRecord>) -> Providers {
    let secrets = Arc::new(MemorySecrets::default());
    Providers::new(settings(), stored, fixed, secrets, Arc::new(NothingKept))
}

fn record(name: &str, base_url: String, active: bool) -> ProviderRecord {
    ProviderRecord {
        id: id(name),
        name: name.into(),
        base_url,
        default_model: Some("m".into()),
        active,
    }
}

async fn model_of(providers: &Providers, model: Option<&str>) -> String {
    let mut request = question("Hi");
    request.model = model.map(|model| ModelId::parse(model).unwrap());
    match ask(providers, request).await {
        (events, None) => match &events[0] {
            AnswerEvent::Started { model: Some(model) } => model.to_string(),
            _ => "guide".into(),
        },
        (_, Some(error)) => format!("{:?}", error.problem),
    }
}

#[tokio::test]
async fn the_guide_answers_where_nothing_is_configured() {
    let unset = ProviderRecord::fixed(None, None).unwrap();
    assert_eq!(
        (unset.id.as_str(), unset.base_url.as_str()),
        ("openai", "https://api.openai.com/v1")
    );
    for providers in [with(vec![], None), with(vec![], Some(unset))] {
        assert!(providers.only_guide() && providers.providers().is_empty());
        let (events, error) = ask(&providers, question("How do I add an API key?")).await;
        assert_eq!(error, None);
        assert_eq!(events[0], AnswerEvent::Started { model: None });
        assert_eq!(
            events.last(),
            Some(&AnswerEvent::Finished(FinishReason::Stop))
        );
        assert!(events.len() > 50, "word by word");
        let text = text_of(&events);
        assert!(
            text.contains("not an AI model") && text.contains("## Add an API key"),
            "{text}"
        );
        assert_eq!(model_of(&providers, Some("openai/gone")).await, "guide");
    }
}

#[tokio::test]
async fn the_guide_speaks_the_language_of_the_question() {
    let providers = with(vec![], None);
    for (asked, told) in [
        ("Привет! С чего начать?", "а не модель ИИ"),
        ("Bonjour, par où commencer ?", "pas un modèle d’IA"),
        ("zzz qqq", "I found nothing"),
        ("Рецепт борща", "ничего не нашлось"),
    ] {
        let text = text_of(&ask(&providers, question(asked)).await.0);
        assert!(text.contains(told), "{asked}: {text}");
    }
}

#[tokio::test]
async fn the_guide_stands_in_for_an_unreachable_server_without_a_key() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/v1", listener.local_addr().unwrap());
    drop(listener);
    for named in [Some("test-model".to_owned()), None] {
        let mut fixed = ProviderRecord::fixed(Some(&address), named).unwrap();
        fixed.name = "Gone".into();
        let providers = with(vec![], Some(fixed));
        assert!(!providers.only_guide(), "not yet known");
        let (events, error) = ask(&providers, question("hello")).await;
        assert_eq!(error, None);
        let sentence = format!("The model server at {address} could not be reached");
        assert!(
            text_of(&events).starts_with(&sentence),
            "{}",
            text_of(&events)
        );
        assert!(providers.only_guide(), "no title is asked of the guide");
    }
    let with_key = provider(&address, Some("sk-key-here"), settings());
    let error = ask(&with_key, question("Hi")).await.1.unwrap();
    assert_eq!(error.problem, P::Unreachable);
}

#[tokio::test]
async fn an_http_error_is_told_even_without_a_key() {
    let server = Server::start(vec![response("401 Unauthorized", "", "{}")]).await;
    let providers = provider(&server.base_url(), None, settings());
    let error = ask(&providers, question("Hi")).await.1.unwrap();
    assert_eq!(error.problem, P::KeyRefused);
    assert!(error.message.contains("wants a key"), "{error}");
}

#[tokio::test]
async fn the_order_is_model_then_fixed_then_active() {
    let server = Server::start(vec![chunked(&[&fixture("openai")])]).await;
    let stored = || {
        vec![
            record("first", server.base_url(), false),
            record("second", server.base_url(), true),
        ]
    };
    let providers = with(stored(), None);
    assert_eq!(model_of(&providers, None).await, "second/m");
    assert_eq!(model_of(&providers, Some("first/a/b")).await, "first/a/b");
    assert_eq!(model_of(&providers, Some("third/x")).await, "Unknown");
    let fixed = ProviderRecord::fixed(Some(&server.base_url()), Some("f".into())).unwrap();
    let providers = with(stored(), Some(fixed));
    assert_eq!(model_of(&providers, None).await, "custom/f");
    let listed = providers.providers();
    let states: Vec<_> = listed
        .iter()
        .map(|info| (info.id.as_str(), info.fixed, info.active))
        .collect();
    assert_eq!(
        states,
        [
            ("custom", true, true),
            ("first", false, false),
            ("second", false, false)
        ]
    );
    let change = providers.remove(&id("custom")).await.unwrap_err();
    assert_eq!(change.problem, P::RequestRefused, "{change}");
}

#[tokio::test]
async fn a_model_nobody_named_is_the_first_for_chats() {
    let server = Server::start(vec![
        response("200 OK", "", MODELS),
        chunked(&[&fixture("openai")]),
    ])
    .await;
    let fixed = ProviderRecord::fixed(Some(&server.base_url()), None).unwrap();
    let providers = with(vec![], Some(fixed));
    assert_eq!(model_of(&providers, None).await, "custom/llama3.2");
    assert_eq!(model_of(&providers, None).await, "custom/llama3.2");
    assert!(server.request(0).starts_with("GET /v1/models "));
    assert!(
        server.request(2).starts_with("POST "),
        "the list is remembered"
    );
    let server = Server::start(vec![
        response("404 Not Found", "", ""),
        chunked(&[&fixture("openai")]),
    ])
    .await;
    let fixed = ProviderRecord::fixed(Some(&server.base_url()), None).unwrap();
    assert_eq!(
        model_of(&with(vec![], Some(fixed)), None).await,
        "custom/default"
    );
}

/// Remembers what it was told.
#[derive(Default)]
struct Notebook(Mutex<Vec<String>>);

#[async_trait]
impl ProviderPersistence for Notebook {
    async fn save(&self, record: &ProviderRecord) -> Result<(), PersistenceError> {
        let line = format!("save {} {} {}", record.id, record.base_url, record.active);
        self.0.lock().unwrap().push(line);
        Ok(())
    }

    async fn remove(&self, id: &ProviderId) -> Result<(), PersistenceError> {
        self.0.lock().unwrap().push(format!("remove {id}"));
        Ok(())
    }
}

#[tokio::test]
async fn saved_providers_are_kept_and_the_newest_is_active() {
    let notes = Arc::new(Notebook::default());
    let secrets = Arc::new(MemorySecrets::default());
    let kept: Arc<dyn ProviderPersistence> = Arc::clone(&notes) as _;
    let providers = Providers::new(settings(), vec![], None, secrets, kept);
    let save = |name: &str, url: &str| {
        providers.save(NewProvider {
            default_model: Some(" ".into()),
            ..new_provider(name, " \u{1b}A\n", url)
        })
    };
    save("a", "http://127.0.0.1:1/v1/").await.unwrap();
    save("b", "http://127.0.0.1:2/v1").await.unwrap();
    let bad = save("c", "http://169.254.169.254/").await.unwrap_err();
    assert_eq!(bad.problem, P::RequestRefused);
    let listed = providers.providers();
    assert_eq!(listed.len(), 2);
    assert_eq!(
        (listed[0].name.as_str(), &listed[0].default_model),
        ("A", &None)
    );
    assert!(!listed[0].active && listed[1].active);
    providers.remove(&id("b")).await.unwrap();
    assert!(providers.providers()[0].active, "the next one answers");
    let gone = providers.remove(&id("b")).await.unwrap_err();
    assert_eq!(gone.problem, P::Unknown);
    assert_eq!(
        *notes.0.lock().unwrap(),
        [
            "save a http://127.0.0.1:1/v1 true",
            "save b http://127.0.0.1:2/v1 true",
            "remove b",
            "save a http://127.0.0.1:1/v1 true",
        ]
    );
}

#[tokio::test]
async fn one_that_is_saved_without_activating_leaves_the_other_in_charge() {
    let notes = Arc::new(Notebook::default());
    let secrets = Arc::new(MemorySecrets::default());
    let kept: Arc<dyn ProviderPersistence> = Arc::clone(&notes) as _;
    let providers = Providers::new(settings(), vec![], None, secrets, kept);
    let save = |name: &str, activate: bool| {
        let url = format!("http://127.0.0.1:1/{name}");
        let new = new_provider(name, name, &url);
        providers.save(NewProvider { activate, ..new })
    };
    let active = || -> Vec<bool> {
        let listed = providers.providers();
        listed.iter().map(|provider| provider.active).collect()
    };
    save("a", false).await.unwrap();
    assert_eq!(
        active(),
        [true],
        "where nobody answers, the first one begins"
    );
    save("b", false).await.unwrap();
    assert_eq!(active(), [true, false]);
    save("a", false).await.unwrap();
    assert_eq!(active(), [true, false], "who answers is saved and goes on");
    save("b", true).await.unwrap();
    assert_eq!(active(), [false, true]);
    save("a", false).await.unwrap();
    assert_eq!(active(), [false, true]);
    assert_eq!(
        *notes.0.lock().unwrap(),
        [
            "save a http://127.0.0.1:1/a true",
            "save b http://127.0.0.1:1/b false",
            "save a http://127.0.0.1:1/a true",
            "save b http://127.0.0.1:1/b true",
            "save a http://127.0.0.1:1/a false",
        ],
        "and so it is kept"
    );
}
