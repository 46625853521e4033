//! Parlor's chat server: sockets, HTTP, and the composition of core, store, provider and wire.
//!
//! [`start`] is the one door: it takes a [`Config`](config::Config) and a place for secrets, and
//! gives a [`ServerHandle`]. The desktop app embeds it; the binary `parlor-server` is a thin shell
//! around it. No business rule lives here: those are `chat-core`'s.

mod accounts;
mod app;
mod auth;
pub mod cli;
pub mod config;
mod connection;
mod counters;
#[doc(hidden)]
pub mod echo;
mod foreign_users;
mod histogram;
mod http;
#[doc(hidden)]
pub mod in_process;
mod lan;
mod limits;
pub mod logging;
mod measured;
mod open_files;
pub mod pinned;
mod private_file;
mod providers;
mod start;

pub use chat_core::{KeyState, ProviderId, UserId};
pub use chat_provider::{MemorySecrets, Secrets, SecretsError};
pub use config::Config;
pub use start::{ServerHandle, StartError, start};
