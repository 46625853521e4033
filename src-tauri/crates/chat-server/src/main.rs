//! The headless server. All of it is in the library's `cli`.

use std::process::ExitCode;

fn main() -> ExitCode {
    chat_server::cli::main()
}
