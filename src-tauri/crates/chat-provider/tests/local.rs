//! Lists of models, and the search on this computer.

use chat_core::{ModelProvider as _, ProviderProblem as P};
use chat_provider::{LocalPorts, ProviderSettings};
use tokio::net::TcpListener;

use crate::support::{KEY, Server, Step, id, new_provider, provider, response, settings};

fn list(owner: &str) -> String {
    format!(
        r#"{{"object":"list","data":[{{"id":"a-model","object":"model","owned_by":"{owner}"}}]}}"#
    )
}

async fn closed_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    listener.local_addr().unwrap().port()
}

#[tokio::test]
async fn servers_are_told_apart_by_their_words() {
    let answers = |owner: &str| response("200 OK", "", &list(owner));
    // Ollama says what it is only at its own address.
    let version = response("200 OK", "", r#"{"version":"0.9.0"}"#);
    let ollama = Server::start(vec![answers("library"), version]).await;
    let not_found = response("404 Not Found", "", "");
    let lm_studio = Server::start(vec![answers("organization_owner"), not_found.clone()]).await;
    let blog = Server::start(vec![response("200 OK", "", "<html>My blog</html>")]).await;
    let llama = Server::start(vec![answers("llamacpp")]).await;
    let silent = Server::start(vec![vec![Step::Hang]]).await;
    let found = |ports: LocalPorts| async move {
        let quick = ProviderSettings {
            local_ports: ports,
            local_timeout: std::time::Duration::from_secs(3),
            ..settings()
        };
        let providers = provider("http://127.0.0.1:1/v1", None, quick);
        let found = providers.find_local().await;
        found
            .into_iter()
            .map(|server| format!("{} {} {:?}", server.id, server.name, server.models))
            .collect::<Vec<_>>()
    };
    let ports = LocalPorts {
        ollama: ollama.address.port(),
        lm_studio: lm_studio.address.port(),
        llama_cpp: blog.address.port(),
        vllm: llama.address.port(),
        jan: silent.address.port(),
    };
    assert_eq!(
        found(ports).await,
        [
            r#"ollama Ollama ["a-model"]"#,
            r#"lm-studio LM Studio ["a-model"]"#,
            r#"llama-cpp llama.cpp ["a-model"]"#,
        ],
        "a blog and a silent port are none, and llama.cpp is known at vLLM's port"
    );
    let unrelated = Server::start(vec![answers("library"), not_found]).await;
    let nobody = closed_port().await;
    let ports = LocalPorts {
        ollama: unrelated.address.port(),
        lm_studio: nobody,
        llama_cpp: llama.address.port(),
        vllm: llama.address.port(),
        jan: llama.address.port(),
    };
    let expected = [
        r#"llama-cpp llama.cpp ["a-model"]"#.to_owned(),
        format!(
            r#"llama-cpp-{0} llama.cpp ({0}) ["a-model"]"#,
            llama.address.port()
        ),
        r#"jan Jan ["a-model"]"#.to_owned(),
    ];
    assert_eq!(found(ports).await, expected);
}

#[tokio::test]
async fn models_are_listed_and_problems_told_apart() {
    let server = Server::start(vec![response("200 OK", "", &list("x"))]).await;
    let providers = provider(&server.base_url(), Some(KEY), settings());
    let gone = format!("http://127.0.0.1:{}", closed_port().await);
    let saved = providers.save(new_provider("gone", "Gone", &gone)).await;
    saved.unwrap();
    let (models, problems) = providers.models().await;
    assert_eq!(models[0].id.to_string(), "custom/a-model");
    assert_eq!(problems.len(), 1);
    assert_eq!(problems[0].problem, P::Unreachable);
    assert!(
        problems[0].message.starts_with("Gone does not answer"),
        "{}",
        problems[0]
    );
    assert_eq!(providers.test(&id("custom")).await.unwrap().len(), 1);
    assert!(server.request(0).contains(&format!("Bearer {KEY}")));
}

#[tokio::test]
async fn a_test_says_what_is_wrong() {
    let long = format!(
        r#"{{"object":"list","data":[],"x":"{}"}}"#,
        "x".repeat(2 << 20)
    );
    for (script, problem) in [
        (response("401 Unauthorized", "", "{}"), P::KeyRefused),
        (response("404 Not Found", "", ""), P::ModelNotFound),
        (response("200 OK", "", "<html>"), P::Garbled),
        (response("200 OK", "", &long), P::Garbled),
        (
            response("307 Moved", "Location: http://elsewhere/\r\n", ""),
            P::RequestRefused,
        ),
    ] {
        let server = Server::start(vec![script]).await;
        let providers = provider(&server.base_url(), Some(KEY), settings());
        let error = providers.test(&id("custom")).await.unwrap_err();
        assert_eq!(error.problem, problem, "{error}");
    }
}
