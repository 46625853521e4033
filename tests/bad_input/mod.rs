//! "What bad input gets", each over a real socket: a clear `error`, a refusal before the upgrade, or
//! close 1008/1009; the server stays up, memory stays bounded, and nothing stored is lost.

mod cross_site;
mod crowds;
mod events;
mod flood;
mod foreign_tokens;
mod frames;
mod half_open;
mod ids;
pub(crate) mod keys;
mod origins;
mod private_network;
mod provider;
mod secrets;
mod terminal;
mod tokens;
mod upstream;
