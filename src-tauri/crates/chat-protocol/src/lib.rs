//! Parlor's wires: the only crate that knows how a request or an event looks on a socket.
//!
//! # Architecture
//!
//! Lives here: the [`Dialect`]s, each a `decode` from text to a [`chat_core::Request`] and an
//! `encode` from a [`chat_core::Event`] to text, with the envelope around it; the spelling of every code, reason, role and time; the limits of what one
//! field may hold; the TypeScript types of the UI, generated from the same structs
//! (`ui/src/generated`); and the JSON of the HTTP side, in [`http`].
//!
//! Absent on purpose:
//! - no authentication: a token is carried, unread and unprintable, to whoever verifies it;
//! - no sockets and no `async`: a frame's size, its rate and its order are the connection's affair;
//! - no SQL and no lookups: an id that cannot be one is answered as not found, whether any other
//!   one exists is the store's to know;
//! - no state: both functions are pure, so every frame can be a fixture.
//!
//! A dialect is a variant of [`Dialect`] and a folder (`chat/`, `events/`); nothing outside this
//! crate but the handshake names one.

#[macro_use]
mod frames;

mod chat;
mod decode_error;
mod dialect;
mod events;
mod fields;
pub mod http;
mod limits;
mod objectives;
mod reading;
mod spelling;
#[cfg(test)]
#[path = "../tests/support/mod.rs"]
mod support;
#[cfg(test)]
mod typescript;

pub use decode_error::DecodeError;
pub use dialect::{Dialect, Envelope, Manners};
