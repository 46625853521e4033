//! Dialect B, "events": what the clients of the other seed do, and what both dialects see of each
//! other.

mod answering;
mod objectives;
mod readers;
mod resending;
mod sharing;
mod signing_in;
mod stopping;
mod wishes;
