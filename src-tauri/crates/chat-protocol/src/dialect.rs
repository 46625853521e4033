//! The dialects, and all that others know of them: reading, writing, the envelope, and how a
//! connection of each behaves.

use bytes::Bytes;
use chat_core::{Event, Request, Timestamp, UserId};

use crate::{DecodeError, chat, events};

/// What a connection speaks, chosen once by its handshake.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// Dialect A, at `/ws/chat`.
    Chat,
    /// Dialect B, at `/ws/events`.
    Events,
}

/// How a connection behaves, beyond its words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Manners {
    /// Who has no good token at the handshake is shown out without a word; otherwise a frame may
    /// bring one.
    pub sign_in_at_handshake: bool,
    /// A message that names no chat goes to one of the connection's own, and a connection may wait
    /// for answers in several chats; otherwise it looks at one chat, which it joined or made.
    pub own_chat: bool,
    /// A request's reference is also what sending it again is recognised by.
    pub reference_is_key: bool,
    /// What happens to objectives is told unasked.
    pub hears_objectives: bool,
}

/// What goes around a frame, different for each connection. Ids and the time are the caller's.
#[derive(Debug, Clone, Copy)]
pub struct Envelope<'a> {
    /// The connection's id.
    pub session: &'a str,
    /// The number of the frame on this connection.
    pub number: u64,
    /// Now.
    pub now: Timestamp,
    /// Who is signed in.
    pub user: Option<&'a UserId>,
    /// The [`Request::reference`] that the frame answers directly.
    pub reference: Option<&'a str>,
}

impl Dialect {
    /// Reads one text frame.
    ///
    /// # Errors
    /// [`DecodeError`] when the frame makes no sense; the connection lives on.
    pub fn decode(self, text: &str) -> Result<Request, DecodeError> {
        match self {
            Self::Chat => chat::decode(text),
            Self::Events => events::decode(text),
        }
    }

    /// Writes what a frame says, to be [sealed](Self::seal); none where this dialect has no word
    /// for it. Without a reference it is the same for all connections. `reference` is the
    /// [`Request::reference`] that the event answers directly.
    #[must_use]
    pub fn encode(self, event: &Event<'_>, reference: Option<&str>) -> Option<Bytes> {
        match self {
            Self::Chat => chat::encode(event, reference),
            Self::Events => events::encode(event),
        }
    }

    /// Makes a whole text frame, UTF-8 JSON, of what [`Self::encode`] wrote. Where a dialect has
    /// no envelope this is the same bytes, and the envelope is not asked for.
    #[must_use]
    pub fn seal<'a>(self, said: Bytes, envelope: impl FnOnce() -> Envelope<'a>) -> Bytes {
        match self {
            Self::Chat => said,
            Self::Events => events::seal(&said, &envelope()),
        }
    }

    /// How a connection behaves.
    #[must_use]
    pub fn manners(self) -> Manners {
        let own = matches!(self, Self::Events);
        Manners {
            sign_in_at_handshake: own,
            own_chat: own,
            reference_is_key: own,
            hears_objectives: own,
        }
    }

    /// The slot under which connections of this dialect share encoded frames, see
    /// [`chat_core::Cursor::take_frame`].
    #[must_use]
    pub fn slot(self) -> u8 {
        match self {
            Self::Chat => 0,
            Self::Events => 1,
        }
    }
}
