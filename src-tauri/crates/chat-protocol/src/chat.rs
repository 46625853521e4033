//! Dialect A, "chat": `{"type": …, "ref"?: …, "data": {…}}`. `PROTOCOL.md` shows every frame.

#[cfg(test)]
mod client_frames;
mod decode;
mod encode;
mod fields;
mod server_frames;
#[cfg(test)]
#[path = "../tests/support/mod.rs"]
mod support;
#[cfg(test)]
mod typescript;

pub(crate) use decode::decode;
pub(crate) use encode::encode;
