//! What every journey needs: the server as a process, clients, tokens, a scripted provider.

pub(crate) mod client;
#[cfg(target_os = "linux")]
pub(crate) mod dockerfile;
pub(crate) mod events;
pub(crate) mod fault_proxy;
pub(crate) mod hiccups;
pub(crate) mod http;
pub(crate) mod identity;
pub(crate) mod nginx;
pub(crate) mod piano;
pub(crate) mod provider;
pub(crate) mod random;
pub(crate) mod routes;
pub(crate) mod script;
pub(crate) mod server;
pub(crate) mod small_disk;
pub(crate) mod steady;
pub(crate) mod tls;
pub(crate) mod token;
pub(crate) mod view;

pub(crate) use client::{Answer, Client};
pub(crate) use provider::Provider;
pub(crate) use script::{Gate, Script};
pub(crate) use server::{Person, Server, Setup};

use std::time::Duration;

/// How long anything awaited may take before the test calls it missing. Long, because a loaded
/// machine is no defect of the server; nothing waits this long when all is well.
pub(crate) const DEADLINE: Duration = Duration::from_secs(30);
