//! Parlor's wires: the only crate that knows how a request or an event looks on a socket.
//!
//! # Architecture
//!
//! Lives here: the [`Dialect`]s, each a `decode` from text to a [`Request`] and an `encode` from
//! an [`Event`] to text; the spelling of every code, reason, role and time; the limits of what one
//! field may hold; the TypeScript types of the UI, generated from the same structs
//! (`ui/src/generated/wire.ts`); and the JSON of the HTTP side, in [`http`].
//!
//! Absent on purpose:
//! - no authentication: a token is carried, unread and unprintable, to whoever verifies it;
//! - no sockets and no `async`: a frame's size, its rate and its order are the connection's affair;
//! - no SQL and no lookups: an id that cannot be one is answered as not found, whether any other
//!   one exists is the store's to know;
//! - no state: both functions are pure, so every frame can be a fixture.
//!
//! A second dialect is another variant of [`Dialect`] and another folder beside `chat/`; nothing
//! outside this crate but the handshake names one.

mod chat;
mod decode_error;
pub mod http;
mod limits;
mod spelling;

use bytes::Bytes;
use chat_core::{Event, Request};

pub use decode_error::DecodeError;

/// What a connection speaks, chosen once by its handshake.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// Dialect A, at `/ws/chat`.
    Chat,
}

impl Dialect {
    /// Reads one text frame.
    ///
    /// # Errors
    /// [`DecodeError`] when the frame makes no sense; the connection lives on.
    pub fn decode(self, text: &str) -> Result<Request, DecodeError> {
        match self {
            Self::Chat => chat::decode(text),
        }
    }

    /// Writes one text frame, UTF-8 JSON. `reference` is the [`Request::reference`] that the event
    /// answers directly.
    #[must_use]
    pub fn encode(self, event: &Event<'_>, reference: Option<&str>) -> Bytes {
        match self {
            Self::Chat => chat::encode(event, reference),
        }
    }

    /// The slot under which connections of this dialect share encoded frames, see
    /// [`chat_core::Cursor::take_frame`].
    #[must_use]
    pub fn slot(self) -> u8 {
        match self {
            Self::Chat => 0,
        }
    }
}
