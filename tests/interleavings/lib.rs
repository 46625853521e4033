//! `chat-core/src/turn_log.rs`, compiled a second time with locks whose order a scheduler decides
//! (shuttle), so that `tests/turn_log.rs` can try thousands of interleavings of a writer and its
//! cursors, each of which has a seed and can be run again.
//!
//! Of tokio's watch channel the log needs three things, modelled in `sync`: that a receiver which
//! marks itself unchanged is woken by what is sent afterwards, that marking never waits, and that
//! nothing sent is lost between the two.

mod ids {
    pub(crate) use chat_core::{ChatId, MessageId, ModelId};
}

mod model {
    pub(crate) use chat_core::Message;
}

mod sync;

#[allow(
    dead_code,
    reason = "the log's whole interface, of which the model uses a part"
)]
#[path = "../../src-tauri/crates/chat-core/src/turn_log.rs"]
pub mod turn_log;
