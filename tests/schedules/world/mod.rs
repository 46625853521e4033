//! What the clients and the server live in: a provider that follows a script, lines that delay and
//! lose, a server that can be killed, and the clock.

pub(crate) mod line;
pub(crate) mod provider;
pub(crate) mod server;
