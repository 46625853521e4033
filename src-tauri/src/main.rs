//! `parlor`, the desktop app: a window, the server inside it, and what only a host can do.
//!
//! Chat lives in `chat-server` and below; this crate starts it, keeps its secrets in the keyring,
//! and answers the few questions that the window cannot answer itself.

// Without it Windows opens a console beside the window.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        reason = "a test that cannot go on should say where"
    )
)]

mod attempt;
mod browser_sign_in;
mod certificate;
mod commands;
mod errors;
mod host;
mod keeping;
mod keyring;
mod pairing;
mod relay;
mod remote;
mod renderer;
mod servers;
mod sign_in;

use std::{path::PathBuf, process::ExitCode};

use chat_server::{Config, logging};

fn main() -> ExitCode {
    // Before anything has a thread: this may start the process anew with another environment.
    renderer::choose();
    if let Err(error) = logging::start(&Config::embedded(PathBuf::new()).log) {
        eprintln!("parlor: {error}");
    }
    match host::run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(error = format!("{error:#}"), "Parlor cannot go on");
            ExitCode::FAILURE
        }
    }
}
