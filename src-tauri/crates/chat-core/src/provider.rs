//! The port to models. `chat-provider` implements it for OpenAI-compatible endpoints and the guide.

use async_trait::async_trait;
use futures_util::stream::BoxStream;
use secrecy::SecretString;

use crate::{
    error::{ErrorCode, Fault, Reason},
    ids::{ModelId, ProviderId},
    model::Role,
    objective::{ObjectiveDraft, Wish},
};

/// A message as a model is asked with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PromptMessage {
    /// Who speaks.
    pub role: Role,
    /// The text.
    pub content: String,
}

/// What an answer is for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Purpose {
    /// Somebody waits for it.
    #[default]
    Answer,
    /// It names a chat.
    Title,
}

/// What a model is asked.
#[derive(Debug, Clone, Default)]
pub struct AnswerRequest {
    /// What for.
    pub purpose: Purpose,
    /// The model; none takes the server's default.
    pub model: Option<ModelId>,
    /// Instructions.
    pub system_prompt: Option<String>,
    /// Sampling temperature, 0 to 2.
    pub temperature: Option<f64>,
    /// The conversation, oldest first, ending in a person's message, or in the assistant's own
    /// unfinished one when it is to be gone on with.
    pub messages: Vec<PromptMessage>,
    /// The longest answer, in tokens; none is the model's own.
    pub max_tokens: Option<u32>,
}

/// Token counts, where the provider tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Usage {
    /// Tokens of the question with its history.
    pub prompt_tokens: u64,
    /// Tokens of the answer.
    pub completion_tokens: u64,
}

/// Why a model ended its answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FinishReason {
    /// It was done.
    Stop,
    /// It ran into the length limit.
    Length,
    /// The provider filtered it.
    Filtered,
}

/// A piece of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AnswerEvent {
    /// The request was taken; who answers (none for the guide). Always the first event.
    Started {
        /// The model.
        model: Option<ModelId>,
    },
    /// Text. Never empty.
    Text(String),
    /// Reasoning. Never empty.
    Reasoning(String),
    /// Token counts.
    Usage(Usage),
    /// The normal end; nothing follows.
    Finished(FinishReason),
}

/// An answer as it comes. Dropping it aborts the request upstream. After an error, or
/// [`AnswerEvent::Finished`], it ends.
pub type AnswerStream = BoxStream<'static, Result<AnswerEvent, ProviderError>>;

/// What a model is asked to make an objective of.
#[derive(Debug, Clone)]
pub struct DraftRequest {
    /// The model; none takes the server's default.
    pub model: Option<ModelId>,
    /// What is wished.
    pub wish: Wish,
}

/// A piece of news of an objective in the making.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DraftEvent {
    /// It has come so far.
    Writing {
        /// Characters written so far.
        characters: usize,
        /// The title, once it is whole.
        title: Option<String>,
        /// Milestones begun so far.
        milestones: usize,
    },
    /// What came was no objective: the model is asked once more.
    Repairing,
    /// What it took so far; each asking counts anew.
    Spent {
        /// Who was asked.
        model: Option<ModelId>,
        /// The tokens.
        usage: Usage,
    },
    /// The objective, valid; nothing follows.
    Done(ObjectiveDraft),
}

/// An objective as it is made. Dropping it aborts the request upstream. After an error, or
/// [`DraftEvent::Done`], it ends.
pub type DraftStream = BoxStream<'static, Result<DraftEvent, ProviderError>>;

/// What a provider can do wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProviderProblem {
    /// 401.
    KeyRefused,
    /// 403.
    Forbidden,
    /// 404, or an error that names the model.
    ModelNotFound,
    /// 429.
    Busy,
    /// Any 5xx, or an error object inside the stream.
    Failed,
    /// Any other 4xx.
    RequestRefused,
    /// The conversation is too long for the model.
    ContextTooLong,
    /// No connection.
    Unreachable,
    /// No secure connection.
    Tls,
    /// No first token in time.
    NoFirstToken,
    /// Silence between tokens.
    Stalled,
    /// The stream ended in the middle.
    CutOff,
    /// What came is no answer: no JSON, an endless line.
    Garbled,
    /// The stream ended without a word.
    Empty,
    /// No such provider is configured.
    Unknown,
    /// Only the guide is there, which is no model.
    NoModel,
}

/// A provider's failure, fit to be shown: never holds a key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ProviderError {
    /// What kind.
    pub problem: ProviderProblem,
    /// An English sentence: what happened and what to do.
    pub message: String,
    /// From `Retry-After`, in milliseconds.
    pub retry_after_ms: Option<u64>,
}

impl From<ProviderError> for Fault {
    fn from(error: ProviderError) -> Self {
        use ProviderProblem as P;
        let (code, reason) = match error.problem {
            P::KeyRefused => (ErrorCode::GenerationFailed, Reason::KeyRefused),
            P::Forbidden => (ErrorCode::GenerationFailed, Reason::ProviderForbids),
            P::ModelNotFound => (ErrorCode::GenerationFailed, Reason::ModelNotFound),
            P::Busy => (ErrorCode::RateLimit, Reason::ProviderBusy),
            P::Failed => (ErrorCode::GenerationFailed, Reason::ProviderFailed),
            P::RequestRefused => (ErrorCode::GenerationFailed, Reason::RequestRefused),
            P::ContextTooLong => (ErrorCode::GenerationFailed, Reason::ContextTooLong),
            P::Unreachable => (ErrorCode::GenerationFailed, Reason::Unreachable),
            P::Tls => (ErrorCode::GenerationFailed, Reason::TlsFailed),
            P::NoFirstToken => (ErrorCode::Timeout, Reason::NoFirstToken),
            P::Stalled => (ErrorCode::Timeout, Reason::Stalled),
            P::CutOff => (ErrorCode::GenerationFailed, Reason::CutOff),
            P::Garbled => (ErrorCode::GenerationFailed, Reason::Garbled),
            P::Empty => (ErrorCode::GenerationFailed, Reason::EmptyAnswer),
            P::Unknown => (ErrorCode::GenerationFailed, Reason::NotFound),
            P::NoModel => (ErrorCode::GenerationFailed, Reason::NoModel),
        };
        Self {
            code,
            reason,
            message: error.message,
            retry_after_ms: error.retry_after_ms,
        }
    }
}

/// A model that can be chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelInfo {
    /// Provider and name.
    pub id: ModelId,
}

/// Where a provider's key is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyState {
    /// None is known.
    None,
    /// In the OS keyring.
    Keyring,
    /// From the environment or the configuration of a headless server.
    Environment,
    /// In memory, until the process ends.
    Session,
}

/// A configured provider, without its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderInfo {
    /// Its id.
    pub id: ProviderId,
    /// What people call it.
    pub name: String,
    /// The address that ends before `/chat/completions`.
    pub base_url: String,
    /// The model asked when nobody chose one.
    pub default_model: Option<String>,
    /// Where its key is.
    pub key: KeyState,
    /// True when flags, environment or file set it: people cannot change it here.
    pub fixed: bool,
    /// The one that answers when nobody chose a model.
    pub active: bool,
}

/// A provider as somebody enters it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewProvider {
    /// Its id; one that is known is replaced.
    pub id: ProviderId,
    /// What people call it.
    pub name: String,
    /// The address that ends before `/chat/completions`.
    pub base_url: String,
    /// The model asked when nobody chose one.
    pub default_model: Option<String>,
    /// Whether it is to answer from now on when nobody chose a model. Otherwise that stays as it
    /// is, unless nobody answers yet.
    pub activate: bool,
}

/// A model server found on this computer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundProvider {
    /// `ollama`, `lm-studio`, `llama-cpp`, `vllm` or `jan`.
    pub id: ProviderId,
    /// What people call it.
    pub name: String,
    /// Its address, for [`ModelProvider::save`].
    pub base_url: String,
    /// The models it lists.
    pub models: Vec<String>,
}

/// Models, wherever they are.
#[async_trait]
pub trait ModelProvider: Send + Sync + 'static {
    /// Asks a model. With nothing configured, or neither key nor reachable server, the guide
    /// answers.
    async fn answer(&self, request: AnswerRequest) -> Result<AnswerStream, ProviderError>;
    /// Asks a model for an objective, as structured output. All waiting happens in the stream.
    fn draft_objective(&self, request: DraftRequest) -> DraftStream;
    /// True while only the guide would answer: no titles are asked of it.
    fn only_guide(&self) -> bool;
    /// The model asked where nobody chose one, as far as it is known without asking anybody.
    fn usual_model(&self) -> Option<ModelId>;
    /// The configured providers.
    fn providers(&self) -> Vec<ProviderInfo>;
    /// The models of all configured providers; those that cannot be reached are left out, with
    /// one error each.
    async fn models(&self) -> (Vec<ModelInfo>, Vec<ProviderError>);
    /// Looks on localhost for the usual model servers.
    async fn find_local(&self) -> Vec<FoundProvider>;
    /// Adds or replaces a provider.
    ///
    /// # Errors
    /// [`ProviderProblem::RequestRefused`] for an address that is none, or a fixed provider.
    async fn save(&self, provider: NewProvider) -> Result<(), ProviderError>;
    /// Forgets a provider and its key.
    async fn remove(&self, id: &ProviderId) -> Result<(), ProviderError>;
    /// Sets a key for this session only, or forgets it (`None`). Lasting keys go to the OS
    /// keyring, through the desktop host.
    async fn set_session_key(
        &self,
        id: &ProviderId,
        key: Option<SecretString>,
    ) -> Result<(), ProviderError>;
    /// Asks the provider for its models with the key it has: whether address and key are good.
    async fn test(&self, id: &ProviderId) -> Result<Vec<ModelInfo>, ProviderError>;
}
