//! The provider over real sockets, against a server that is scripted byte by byte. One binary,
//! since linking costs more than running.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot go on should say where"
)]

mod choice;
mod connections;
mod failures;
mod hangs;
mod keys;
mod local;
mod support;
mod tolerance;
