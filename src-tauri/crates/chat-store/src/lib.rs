//! Parlor's history in SQLite: the only crate that knows SQL.
//!
//! [`Database`] is the core's [`chat_core::ChatStore`], and keeps accounts, settings and providers
//! for the server. A write goes to one writer thread (`writer`, `batch`), which commits what is
//! queued together and tells the observer before it answers. A read runs on one of a few
//! connections (`readers`). What a request means is in `operations`; each table owns its SQL
//! (`tables`); revisions grow in `change` and nowhere else; the schema grows in `migrations`.
//!
//! Absent here: time and ids (callers bring them; only the epoch is SQLite's own randomness),
//! passwords and codes (only their hashes come), keys of providers, and what a token is.

mod accounts;
mod batch;
mod change;
mod connection;
mod database;
mod devices;
mod error;
mod files;
mod invitations;
mod journal;
mod migrations;
mod objective_store;
mod operations;
mod patience;
mod portable;
mod readers;
mod restore;
mod sharing_store;
mod spelling;
mod spend_store;
mod steps;
mod store;
mod tables;
#[cfg(test)]
mod tests;
mod title;
mod writer;

pub use database::Database;
pub use error::{NameError, OpenError};
pub use operations::{
    accounts::{Refusal, UserPatch, user_name},
    devices::Renewal,
    invitations::Acceptance,
    portable::{Import, Imported},
};
pub use tables::providers::StoredProvider;
pub use writer::WriterStats;
