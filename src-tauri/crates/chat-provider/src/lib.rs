//! Streams answers from OpenAI-compatible endpoints, and the built-in guide.
//!
//! Owns everything between Parlor and a model: which provider answers, its key, the HTTP request,
//! the event stream it sends back, and the words for whatever goes wrong; and the guide that
//! answers from Parlor's own documentation while there is no model. The only crate that knows
//! async-openai, and of that only the types of requests: its client, configuration and stream are
//! left out, since they bring an unbounded channel, a parser that is quadratic in line length, and
//! keys read from the environment behind the configuration's back.

#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        reason = "a test that cannot go on should say where"
    )
)]

mod address;
mod answer;
mod chunk;
mod client;
mod discovery;
mod event_data;
mod guide;
mod lines;
mod models;
mod objective;
mod peer;
mod problem;
mod reach;
#[doc(hidden)]
pub mod reading;
mod record;
mod registry;
mod request;
mod roster;
mod secrets;
mod settings;
mod stream;

pub use address::{AddressError, OPENAI_BASE_URL, check_address, is_local};
pub use discovery::LocalPorts;
pub use record::{NothingKept, PersistenceError, ProviderPersistence, ProviderRecord};
pub use registry::Providers;
pub use secrets::{MemorySecrets, Secrets, SecretsError};
pub use settings::ProviderSettings;
