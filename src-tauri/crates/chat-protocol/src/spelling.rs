//! How words and times are spelled in JSON, in every dialect and over HTTP.

use std::fmt;

use chat_core::Timestamp;
use serde::{Deserialize, Serialize, Serializer};
use time::OffsetDateTime;
use ts_rs::TS;

/// Gives an enum of the core its spelling; a variant that is missing here does not compile.
macro_rules! words {
    ($(#[$doc:meta])* $case:literal $name:ident { $($variant:ident),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
        #[serde(rename_all = $case)]
        pub(crate) enum $name { $($variant),+ }

        impl From<chat_core::$name> for $name {
            fn from(word: chat_core::$name) -> Self {
                match word { $(chat_core::$name::$variant => Self::$variant),+ }
            }
        }

        impl From<$name> for chat_core::$name {
            fn from(word: $name) -> Self {
                match word { $($name::$variant => Self::$variant),+ }
            }
        }
    };
}

words! {
    /// Who speaks.
    "snake_case" Role { User, Assistant, System }
}

words! {
    /// What somebody may do in a chat.
    "snake_case" Access { Owner, Write, Read }
}

words! {
    /// What a person may do on this server.
    "snake_case" UserRole { Owner, Admin, Member }
}

words! {
    /// How somebody signed in on a device.
    "snake_case" SignInMethod { Password, Link, Invitation, Pairing, Provider }
}

words! {
    /// What was done that others may have to account for.
    "snake_case" AuditAction {
        SignedIn, SignInRefused, SignedOut, DeviceRevoked, DevicesRevoked, TokenReused,
        PasswordChanged, UserCreated, RoleChanged, UserEnabled, UserDisabled, InvitationCreated,
        InvitationRevoked, InvitationAccepted, LinkCreated, IdentityLinked, LimitsChanged,
        PricesChanged, LanOpened, LanClosed, DevicePaired,
    }
}

words! {
    /// How far a message has come.
    "snake_case" MessageStatus { Running, Complete, Stopped, Interrupted, Failed }
}

words! {
    /// Who named a chat.
    "snake_case" TitleSource { Placeholder, FirstWords, Model, Person }
}

words! {
    /// Whose limit it is.
    "snake_case" Holder { Server, Person, Device }
}

words! {
    /// What a limit is of.
    "snake_case" Quantity { Messages, Tokens, Cost }
}

words! {
    /// The period of a limit.
    "snake_case" Period { Day, Month }
}

words! {
    /// Where a provider's key is.
    "snake_case" KeyState { None, Keyring, Environment, Session }
}

words! {
    /// How hard an objective is.
    "snake_case" Difficulty { Beginner, Intermediate, Advanced }
}

words! {
    /// Where an objective stands.
    "snake_case" ObjectiveStatus { Active, Completed, Archived }
}

words! {
    /// How far the making of an objective has come.
    "snake_case" GenerationStage { Thinking, Writing, Repairing, Cancelled, Failed }
}

words! {
    /// The class of an error.
    "SCREAMING_SNAKE_CASE" ErrorCode { RateLimit, InvalidMessage, AuthFailed, GenerationFailed, Timeout, ServerError }
}

words! {
    /// The exact cause of an error, one per sentence that the UI can say.
    "snake_case" Reason {
        Malformed, UnknownType, NotFound, Empty, TooLong, Forbidden, SignInRequired, TokenRefused,
        TooManyMessages, TooManyBytes, TooManyAnswers, DailyLimit, MonthlyLimit, OverLimit, ModelNotAllowed, KeyRefused, ProviderForbids, ModelNotFound, ProviderBusy,
        ProviderFailed, RequestRefused, Unreachable, TlsFailed, NoFirstToken, Stalled, CutOff,
        Garbled, EmptyAnswer, ContextTooLong, NoModel, StoreFailed, ShuttingDown, Internal,
    }
}

/// Something that is a string on the wire, written without one in between.
pub(crate) struct Shown<T>(pub(crate) T);

impl<T: fmt::Display> Serialize for Shown<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

/// ISO 8601, UTC, with milliseconds: `2024-01-01T00:00:00.000Z`. What lies outside the years 0 to
/// 9999 is shown as their first or last millisecond, so that every reader can parse it.
pub(crate) struct IsoTime(pub(crate) Timestamp);

const FIRST_MILLISECOND: i64 = -62_167_219_200_000;
const LAST_MILLISECOND: i64 = 253_402_300_799_999;

impl fmt::Display for IsoTime {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let milliseconds = self.0.0.clamp(FIRST_MILLISECOND, LAST_MILLISECOND);
        let time = OffsetDateTime::from_unix_timestamp_nanos(i128::from(milliseconds) * 1_000_000)
            .unwrap_or(OffsetDateTime::UNIX_EPOCH);
        write!(
            formatter,
            "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z",
            time.year(),
            u8::from(time.month()),
            time.day(),
            time.hour(),
            time.minute(),
            time.second(),
            time.millisecond(),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reasons_are_those_that_the_protocol_lists() {
        let page = include_str!("../../../PROTOCOL.md");
        let list = page.split_once("The reasons:").expect("the list").1;
        let list = list.split_once("\n\n").expect("its end").0;
        let listed: Vec<&str> = list.split('`').skip(1).step_by(2).collect();
        let union = Reason::inline(&ts_rs::Config::new());
        let spelled: Vec<&str> = union.split('"').skip(1).step_by(2).collect();
        assert_eq!(spelled, listed);
    }

    #[test]
    fn times_are_iso_over_the_whole_range() {
        for (milliseconds, expected) in [
            (0, "1970-01-01T00:00:00.000Z"),
            (1_704_067_200_000, "2024-01-01T00:00:00.000Z"),
            (1_709_251_199_009, "2024-02-29T23:59:59.009Z"),
            (-1, "1969-12-31T23:59:59.999Z"),
            (FIRST_MILLISECOND, "0000-01-01T00:00:00.000Z"),
            (FIRST_MILLISECOND - 1, "0000-01-01T00:00:00.000Z"),
            (LAST_MILLISECOND, "9999-12-31T23:59:59.999Z"),
            (LAST_MILLISECOND + 1, "9999-12-31T23:59:59.999Z"),
            (i64::MIN, "0000-01-01T00:00:00.000Z"),
            (i64::MAX, "9999-12-31T23:59:59.999Z"),
        ] {
            assert_eq!(IsoTime(Timestamp(milliseconds)).to_string(), expected);
        }
    }
}
