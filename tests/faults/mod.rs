//! Faults from outside: processes killed at any moment, networks that break, disks that are full or
//! read-only, databases that somebody else holds, clocks that jump. Whatever happens, nothing that
//! was accepted is lost or doubled, whoever is there is told in a sentence, and the server goes on
//! when the fault is gone.

mod client_side;
#[cfg(target_os = "linux")]
pub(crate) mod clock;
#[cfg(target_os = "linux")]
mod disk;
#[cfg(target_os = "linux")]
mod fsync;
mod health;
mod killed;
mod linked;
mod locked;
mod provider_side;
#[cfg(target_os = "linux")]
mod read_only;
mod visit;
