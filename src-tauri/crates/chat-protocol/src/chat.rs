//! Dialect A, "chat": `{"type": …, "ref"?: …, "data": {…}}`. `PROTOCOL.md` shows every frame.

#[cfg(test)]
pub(crate) mod client_frames;
mod decode;
mod encode;
pub(crate) mod server_frames;
mod sharing;

pub(crate) use decode::decode;
pub(crate) use encode::encode;
