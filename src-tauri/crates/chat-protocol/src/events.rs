//! Dialect B, "events": `{"id", "timestamp", "type", "data", "metadata"}`. `PROTOCOL.md` shows
//! every frame.
//!
//! What is said ([`encode`]) and the envelope around it ([`seal`]) are apart, so that what many
//! connections are told is encoded once, and only copied into the envelope of each.

#[cfg(test)]
pub(crate) mod client_frames;
mod decode;
mod encode;
mod seal;
pub(crate) mod server_frames;

pub(crate) use decode::decode;
pub(crate) use encode::encode;
pub(crate) use seal::seal;
