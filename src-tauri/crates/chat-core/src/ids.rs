//! Newtype ids. Each is a short printable string, cheap to clone, validated where it enters.

use std::{fmt, sync::Arc};

/// The longest id that is taken from outside, in bytes.
pub(crate) const MAX_ID_BYTES: usize = 64;

/// Why a string is not an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an id is 1 to {MAX_ID_BYTES} letters, digits, hyphens, underscores, dots or colons")]
pub struct IdError;

fn check(text: &str) -> Result<(), IdError> {
    let allowed =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b':');
    let sound = !text.is_empty()
        && text.len() <= MAX_ID_BYTES
        && text.bytes().all(allowed)
        && !text.bytes().all(|byte| byte == b'.');
    if sound { Ok(()) } else { Err(IdError) }
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(Arc<str>);

        impl $name {
            /// Checks `text` and makes an id of it.
            ///
            /// # Errors
            /// [`IdError`] when it is empty, too long, or has a character that no id has.
            pub fn parse(text: &str) -> Result<Self, IdError> {
                check(text).map(|()| Self(text.into()))
            }

            /// The id as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(formatter, "{}({})", stringify!($name), self.0)
            }
        }
    };
}

id!(
    /// A person's account.
    UserId
);
id!(
    /// A chat.
    ChatId
);
id!(
    /// A message, a person's or an assistant's.
    MessageId
);
id!(
    /// The id a client gave its own message, unique per author: what re-sending is recognised by.
    ClientId
);
id!(
    /// A person's objective.
    ObjectiveId
);
id!(
    /// A milestone, unique within its objective.
    MilestoneId
);
id!(
    /// An objective in the making; the client's own id of its wish where it gave one.
    GenerationId
);
id!(
    /// A configured model provider, for instance `openai` or `ollama`.
    ProviderId
);

id!(
    /// A device that a person is signed in with.
    DeviceId
);
id!(
    /// An invitation to make an account.
    InvitationId
);

/// A model at a provider, written `provider/model`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ModelId {
    /// The provider that serves it.
    pub provider: ProviderId,
    /// The provider's own name for the model; may contain slashes.
    pub name: String,
}

impl ModelId {
    /// Reads `provider/model`.
    ///
    /// # Errors
    /// [`IdError`] when there is no slash, the provider is no id, or the name is empty or longer
    /// than 256 bytes.
    pub fn parse(text: &str) -> Result<Self, IdError> {
        let (provider, name) = text.split_once('/').ok_or(IdError)?;
        if name.is_empty() || name.len() > 256 || name.chars().any(char::is_control) {
            return Err(IdError);
        }
        Ok(Self {
            provider: ProviderId::parse(provider)?,
            name: name.to_owned(),
        })
    }
}

impl fmt::Display for ModelId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.provider, self.name)
    }
}

/// A counter that only grows: per chat, and per user over all that the user sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Revision(pub u64);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_refuse_what_could_be_a_path_or_a_flood() {
        for bad in [
            "",
            "..",
            "../x",
            "a/b",
            "a b",
            "a\0",
            "é",
            &"x".repeat(65),
            &"x".repeat(10_000),
        ] {
            assert!(ChatId::parse(bad).is_err(), "{bad:?} must be refused");
        }
        for good in ["a", "0199-ab_C", "m:1.2", &"x".repeat(64)] {
            assert_eq!(
                ChatId::parse(good).map(|id| id.as_str().to_owned()),
                Ok(good.to_owned())
            );
        }
    }

    #[test]
    fn a_model_keeps_the_slashes_of_its_name() {
        let model = ModelId::parse("router/meta/llama-3").expect("a model");
        assert_eq!(
            (model.provider.as_str(), model.name.as_str()),
            ("router", "meta/llama-3")
        );
        assert_eq!(model.to_string(), "router/meta/llama-3");
        assert!(ModelId::parse("nothing").is_err());
    }
}
