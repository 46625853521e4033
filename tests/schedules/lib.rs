//! A model of several clients and a server, run on random schedules: frames are delayed and lost,
//! lines are cut and go on delivering after their client has come back on another, the server is
//! killed and started again on what its database holds.
//!
//! The server is the real one: service, store, sessions, dialect and connections, in process, over
//! pipes instead of TCP. The client is a model: `client` says in Rust what the web UI does
//! (`ui/src/client`), small enough to be read as its specification. `world` is what both live in,
//! `schedule` what happens to them, `truth` what must hold.
//!
//! One seed is one schedule. A failure prints its seed and the shortest list of steps that still
//! fails; `PARLOR_SEED=17 cargo test -p schedules replay` runs it again.

#[cfg(test)]
mod client;
#[cfg(test)]
mod dice;
#[cfg(test)]
mod run;
#[cfg(test)]
mod schedule;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod truth;
#[cfg(test)]
mod world;
