//! How the core's enums are spelled in the database. Every match is exhaustive: a new variant in
//! the core does not compile here until it has a spelling. A spelling that shipped never changes.

use chat_core::{
    Access, AuditAction, Difficulty, ErrorCode, IdError, MessageStatus, ObjectiveStatus, Reason,
    Revision, Role, SignInMethod, TitleSource, UserRole,
};
use rusqlite::{Row, types::Type};

/// An enum with a stable text for each variant.
pub(crate) trait Spelled: Sized {
    /// The text.
    fn spell(self) -> &'static str;
    /// The variant of a text, if it is one.
    fn read(text: &str) -> Option<Self>;
}

macro_rules! spelled {
    ($type:ident { $($variant:ident = $text:literal),+ $(,)? }) => {
        impl Spelled for $type {
            fn spell(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)+
                }
            }

            fn read(text: &str) -> Option<Self> {
                match text {
                    $($text => Some(Self::$variant),)+
                    _ => None,
                }
            }
        }
    };
}

spelled!(Role { System = "system", User = "user", Assistant = "assistant" });
spelled!(Access { Owner = "owner", Write = "write", Read = "read" });
spelled!(UserRole { Member = "member", Admin = "admin", Owner = "owner" });
spelled!(SignInMethod {
    Password = "password",
    Link = "link",
    Invitation = "invitation",
    Pairing = "pairing",
    Provider = "provider",
});
spelled!(AuditAction {
    SignedIn = "signed_in",
    SignInRefused = "sign_in_refused",
    SignedOut = "signed_out",
    DeviceRevoked = "device_revoked",
    DevicesRevoked = "devices_revoked",
    TokenReused = "token_reused",
    PasswordChanged = "password_changed",
    UserCreated = "user_created",
    RoleChanged = "role_changed",
    UserEnabled = "user_enabled",
    UserDisabled = "user_disabled",
    InvitationCreated = "invitation_created",
    InvitationRevoked = "invitation_revoked",
    InvitationAccepted = "invitation_accepted",
    LinkCreated = "link_created",
    IdentityLinked = "identity_linked",
    LimitsChanged = "limits_changed",
    PricesChanged = "prices_changed",
    LanOpened = "lan_opened",
    LanClosed = "lan_closed",
    DevicePaired = "device_paired",
});
spelled!(MessageStatus {
    Running = "running",
    Complete = "complete",
    Stopped = "stopped",
    Interrupted = "interrupted",
    Failed = "failed",
});
spelled!(TitleSource {
    Placeholder = "placeholder",
    FirstWords = "first_words",
    Model = "model",
    Person = "person",
});
spelled!(Difficulty {
    Beginner = "beginner",
    Intermediate = "intermediate",
    Advanced = "advanced",
});
spelled!(ObjectiveStatus {
    Active = "active",
    Completed = "completed",
    Archived = "archived",
});
spelled!(ErrorCode {
    RateLimit = "rate_limit",
    InvalidMessage = "invalid_message",
    AuthFailed = "auth_failed",
    GenerationFailed = "generation_failed",
    Timeout = "timeout",
    ServerError = "server_error",
});
spelled!(Reason {
    Malformed = "malformed",
    UnknownType = "unknown_type",
    NotFound = "not_found",
    Empty = "empty",
    TooLong = "too_long",
    Forbidden = "forbidden",
    SignInRequired = "sign_in_required",
    TokenRefused = "token_refused",
    TooManyMessages = "too_many_messages",
    TooManyBytes = "too_many_bytes",
    TooManyAnswers = "too_many_answers",
    DailyLimit = "daily_limit",
    MonthlyLimit = "monthly_limit",
    OverLimit = "over_limit",
    ModelNotAllowed = "model_not_allowed",
    KeyRefused = "key_refused",
    ProviderForbids = "provider_forbids",
    ModelNotFound = "model_not_found",
    ProviderBusy = "provider_busy",
    ProviderFailed = "provider_failed",
    RequestRefused = "request_refused",
    Unreachable = "unreachable",
    TlsFailed = "tls_failed",
    NoFirstToken = "no_first_token",
    Stalled = "stalled",
    CutOff = "cut_off",
    Garbled = "garbled",
    EmptyAnswer = "empty_answer",
    ContextTooLong = "context_too_long",
    NoModel = "no_model",
    StoreFailed = "store_failed",
    ShuttingDown = "shutting_down",
    Internal = "internal",
});

/// A spelled column.
pub(crate) fn spelled<T: Spelled>(row: &Row<'_>, column: usize) -> rusqlite::Result<T> {
    let text = row.get_ref(column)?.as_str()?;
    T::read(text).ok_or_else(|| unreadable(column, format!("unknown spelling {text:?}").into()))
}

/// An id column, read with the id's own `parse`.
pub(crate) fn id<T>(
    row: &Row<'_>,
    column: usize,
    parse: fn(&str) -> Result<T, IdError>,
) -> rusqlite::Result<T> {
    parse(row.get_ref(column)?.as_str()?).map_err(|error| unreadable(column, error.into()))
}

/// An id column that may be NULL.
pub(crate) fn optional_id<T>(
    row: &Row<'_>,
    column: usize,
    parse: fn(&str) -> Result<T, IdError>,
) -> rusqlite::Result<Option<T>> {
    let text = row.get_ref(column)?.as_str_or_null()?;
    text.map(parse)
        .transpose()
        .map_err(|error| unreadable(column, error.into()))
}

/// A revision column. SQLite's integers are signed; ours never go below zero.
pub(crate) fn revision(row: &Row<'_>, column: usize) -> rusqlite::Result<Revision> {
    row.get::<_, i64>(column)
        .map(|number| Revision(u64::try_from(number).unwrap_or(0)))
}

/// An unsigned number as SQLite keeps it.
pub(crate) fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn unreadable(column: usize, cause: Box<dyn std::error::Error + Send + Sync>) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, Type::Text, cause)
}
