//! The benchmark behind `cargo xtask bench`: the released `parlor-server` over real sockets, against
//! reading the provider directly and against the seed's own stack, in one run on one machine.
//!
//! This binary is also the fake provider (`bench provider`), so that it has a process of its own; and a
//! relay that does nothing else (`bench relay`), as the floor of what a server's relaying costs.
//! Processor time and memory are read from `/proc`, so it runs on Linux alone.

#[cfg(target_os = "linux")]
mod answer;
#[cfg(target_os = "linux")]
mod bare_relay;
#[cfg(target_os = "linux")]
mod clock;
#[cfg(target_os = "linux")]
mod command;
#[cfg(target_os = "linux")]
mod load;
#[cfg(target_os = "linux")]
mod machine;
#[cfg(target_os = "linux")]
mod poll;
#[cfg(target_os = "linux")]
mod provider;
#[cfg(target_os = "linux")]
mod report;
#[cfg(target_os = "linux")]
mod scenarios;
#[cfg(target_os = "linux")]
mod stack;
#[cfg(target_os = "linux")]
mod statistics;

#[cfg(target_os = "linux")]
use command::say;

#[cfg(target_os = "linux")]
fn main() -> std::process::ExitCode {
    command::main()
}

#[cfg(not(target_os = "linux"))]
fn main() -> std::process::ExitCode {
    eprintln!("bench: it reads /proc and so runs on Linux alone");
    std::process::ExitCode::FAILURE
}
