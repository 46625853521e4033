//! Looks on this computer for the usual model servers, all at once and for at most a second. A
//! port proves nothing: only what answers like an OpenAI-compatible list of models is listed, and
//! where servers can be told apart by their words, the words decide over the port.

use chat_core::{FoundProvider, ProviderError, ProviderId};
use futures_util::future::join_all;
use serde::Deserialize;
use tokio::time::{Duration, timeout};

use crate::{client::Http, peer::Peer, reach::Reach};

/// The longest list of models that is read.
const MAX_LIST_BYTES: usize = 1 << 20;
const MAX_MODELS: usize = 1000;
const MAX_NAME_BYTES: usize = 256;

/// Where each kind of server usually listens; changed by tests only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LocalPorts {
    /// Ollama.
    pub ollama: u16,
    /// LM Studio.
    pub lm_studio: u16,
    /// llama.cpp's `llama-server`.
    pub llama_cpp: u16,
    /// vLLM.
    pub vllm: u16,
    /// Jan.
    pub jan: u16,
}

impl Default for LocalPorts {
    fn default() -> Self {
        Self {
            ollama: 11434,
            lm_studio: 1234,
            llama_cpp: 8080,
            vllm: 8000,
            jan: 1337,
        }
    }
}

#[derive(Deserialize)]
struct ModelList {
    object: Option<String>,
    #[serde(default)]
    data: Vec<ListedModel>,
}

#[derive(Deserialize)]
struct ListedModel {
    id: String,
    #[serde(default)]
    owned_by: Option<String>,
}

/// The names of the models at a provider, in its order.
pub(crate) async fn models(
    http: &Http,
    peer: &Peer,
    patience: Duration,
) -> Result<Vec<String>, ProviderError> {
    let list = timeout(patience, list(http, peer))
        .await
        .unwrap_or_else(|_| Err(peer.no_list(patience)))?;
    Ok(list.data.into_iter().map(|model| model.id).collect())
}

async fn list(http: &Http, peer: &Peer) -> Result<ModelList, ProviderError> {
    let body = http.get(peer, "/models", MAX_LIST_BYTES).await?;
    let mut list: ModelList =
        serde_json::from_slice(&body).map_err(|_| peer.garbled("it sent no list of models"))?;
    let fits = |name: &str| {
        !name.is_empty() && name.len() <= MAX_NAME_BYTES && !name.chars().any(char::is_control)
    };
    list.data.retain(|model| fits(&model.id));
    list.data.truncate(MAX_MODELS);
    Ok(list)
}

impl Peer {
    fn no_list(&self, waited: Duration) -> ProviderError {
        crate::problem::error(
            chat_core::ProviderProblem::NoFirstToken,
            format!(
                "{} did not list its models at {} within {} s. Check that it is running.",
                self.name,
                self.base_url,
                waited.as_secs_f64()
            ),
        )
    }
}

/// The servers found, in the order of [`LocalPorts`].
pub(crate) async fn find_local(
    http: &Http,
    ports: LocalPorts,
    patience: Duration,
) -> Vec<FoundProvider> {
    let places = [
        (ports.ollama, "ollama"),
        (ports.lm_studio, "lm-studio"),
        (ports.llama_cpp, "llama-cpp"),
        (ports.vllm, "vllm"),
        (ports.jan, "jan"),
    ];
    let looks = places.map(|(port, usual)| async move {
        timeout(patience, look(http, port, usual))
            .await
            .ok()
            .flatten()
    });
    let mut found: Vec<FoundProvider> = Vec::new();
    let looked = join_all(looks).await;
    for (mut server, (port, _)) in looked.into_iter().zip(places).filter_map(present) {
        // Of two servers of a kind the second is told apart by its port.
        if found.iter().any(|other| other.id == server.id) {
            server.name = format!("{} ({port})", server.name);
            let Ok(id) = ProviderId::parse(&format!("{}-{port}", server.id)) else {
                continue;
            };
            server.id = id;
        }
        found.push(server);
    }
    found
}

fn present<T, P>((looked, place): (Option<T>, P)) -> Option<(T, P)> {
    looked.map(|found| (found, place))
}

async fn look(http: &Http, port: u16, usual: &str) -> Option<FoundProvider> {
    let base = format!("http://127.0.0.1:{port}");
    let peer = |base_url: String| {
        Some(Peer {
            id: ProviderId::parse(usual).ok()?,
            name: usual.to_owned(),
            base_url,
            key: None,
            reach: Reach::Anywhere,
        })
    };
    let list = list(http, &peer(format!("{base}/v1"))?).await.ok()?;
    if list.object.as_deref() != Some("list") {
        return None;
    }
    let kind = match told_by(&list) {
        // Jan runs llama.cpp inside.
        Some(kind) if usual != "jan" => kind,
        _ if usual == "jan" => usual,
        _ if is_ollama(http, &peer(base.clone())?).await => "ollama",
        // Ollama's port without Ollama behind it.
        _ if usual == "ollama" => return None,
        _ => usual,
    };
    Some(FoundProvider {
        id: ProviderId::parse(kind).ok()?,
        name: name_of(kind).to_owned(),
        base_url: format!("{base}/v1"),
        models: list.data.into_iter().map(|model| model.id).collect(),
    })
}

/// The server that the owner of its models gives away.
fn told_by(list: &ModelList) -> Option<&'static str> {
    match list.data.first()?.owned_by.as_deref()? {
        // The second is llama-cpp-python.
        "llamacpp" | "me" => Some("llama-cpp"),
        "vllm" => Some("vllm"),
        "organization_owner" => Some("lm-studio"),
        _ => None,
    }
}

async fn is_ollama(http: &Http, root: &Peer) -> bool {
    #[derive(Deserialize)]
    struct Version {
        #[serde(rename = "version")]
        _version: String,
    }
    let body = http.get(root, "/api/version", 4096).await;
    body.is_ok_and(|body| serde_json::from_slice::<Version>(&body).is_ok())
}

fn name_of(kind: &str) -> &str {
    match kind {
        "ollama" => "Ollama",
        "lm-studio" => "LM Studio",
        "llama-cpp" => "llama.cpp",
        "vllm" => "vLLM",
        "jan" => "Jan",
        other => other,
    }
}
