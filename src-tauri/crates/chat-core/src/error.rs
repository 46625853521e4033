//! What can go wrong, as those outside see it. Codes exist for a consumer: clients switch on
//! [`ErrorCode`], the UI picks its sentence by [`Reason`].

/// The class of an error; a dialect spells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorCode {
    /// Too much at once.
    RateLimit,
    /// What was sent makes no sense here.
    InvalidMessage,
    /// Not signed in, or no longer.
    AuthFailed,
    /// The model gave no whole answer.
    GenerationFailed,
    /// Something took too long.
    Timeout,
    /// The server's own fault.
    ServerError,
}

impl ErrorCode {
    /// Whether the same request may succeed later.
    #[must_use]
    pub fn retryable(self) -> bool {
        !matches!(self, Self::InvalidMessage | Self::AuthFailed)
    }
}

/// The exact cause, one per sentence that the UI can say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reason {
    /// Not JSON, a wrong type, a missing field.
    Malformed,
    /// The `type` is none that this server knows.
    UnknownType,
    /// No such chat, message or provider for this person.
    NotFound,
    /// Nothing but white space.
    Empty,
    /// Longer than the limit.
    TooLong,
    /// This role may not do that.
    Forbidden,
    /// No token yet.
    SignInRequired,
    /// The token is wrong, expired or revoked.
    TokenRefused,
    /// Too many messages in a minute.
    TooManyMessages,
    /// Too many bytes in a minute.
    TooManyBytes,
    /// Too many answers at once.
    TooManyAnswers,
    /// What may be spent on a day is spent.
    DailyLimit,
    /// What may be spent in a month is spent.
    MonthlyLimit,
    /// It alone needs more than may ever be spent.
    OverLimit,
    /// This model may not be asked here.
    ModelNotAllowed,
    /// The provider refuses the key (401).
    KeyRefused,
    /// The provider refuses this use (403).
    ProviderForbids,
    /// The provider has no such model (404).
    ModelNotFound,
    /// The provider asks to slow down (429).
    ProviderBusy,
    /// The provider failed (5xx).
    ProviderFailed,
    /// The provider refuses the request (400, 413, 422).
    RequestRefused,
    /// No connection to the provider.
    Unreachable,
    /// No secure connection to the provider.
    TlsFailed,
    /// No first word in time.
    NoFirstToken,
    /// Silence in the middle of an answer.
    Stalled,
    /// The stream ended before the answer did.
    CutOff,
    /// The provider sent what is no answer.
    Garbled,
    /// The provider ended the stream without one word.
    EmptyAnswer,
    /// The conversation is longer than the model takes.
    ContextTooLong,
    /// Only a model can do that, and none is connected.
    NoModel,
    /// The store cannot write: disk full, read-only, locked.
    StoreFailed,
    /// The server is going down.
    ShuttingDown,
    /// Anything else.
    Internal,
}

/// An error on its way to a client.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Fault {
    /// The class.
    pub code: ErrorCode,
    /// The exact cause.
    pub reason: Reason,
    /// An English sentence: what happened and what to do next.
    pub message: String,
    /// When to try again, in milliseconds from now.
    pub retry_after_ms: Option<u64>,
}

impl Fault {
    /// An error without a time to wait.
    #[must_use]
    pub fn new(code: ErrorCode, reason: Reason, message: impl Into<String>) -> Self {
        Self {
            code,
            reason,
            message: message.into(),
            retry_after_ms: None,
        }
    }

    /// A request that makes no sense, with the words that say why.
    #[must_use]
    pub fn invalid(reason: Reason, message: impl Into<String>) -> Self {
        Self::new(ErrorCode::InvalidMessage, reason, message)
    }

    /// A thing that does not exist for this person, whether or not it does for another.
    #[must_use]
    pub fn not_found(what: &str) -> Self {
        Self::invalid(Reason::NotFound, format!("there is no such {what}"))
    }

    /// The server's own fault; the cause goes to the log, not to the client.
    #[must_use]
    pub fn internal() -> Self {
        Self::new(
            ErrorCode::ServerError,
            Reason::Internal,
            "the server failed; the message is kept, please try again",
        )
    }

    /// Adds the time to wait.
    #[must_use]
    pub fn retry_after(mut self, milliseconds: u64) -> Self {
        self.retry_after_ms = Some(milliseconds);
        self
    }
}
