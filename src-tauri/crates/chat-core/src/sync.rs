//! The locks that the turn log stands on, named here so that `tests/interleavings` can compile it on
//! others, whose order a scheduler decides.

pub(crate) use std::sync::{Mutex, MutexGuard};

pub(crate) use tokio::sync::watch;
