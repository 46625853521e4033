//! WebKitGTK draws through DMA-BUF, and shows an empty window where the graphics driver cannot:
//! on virtual displays, and with NVIDIA's own driver. There it is told to draw the older way.
//!
//! Setting a variable of the own process is unsafe in Rust, since other threads may be reading;
//! so the process replaces itself, once, with one that had the variable from the start.

/// Starts the process anew where WebKitGTK must not use DMA-BUF. Returns everywhere else.
#[cfg(target_os = "linux")]
pub(crate) fn choose() {
    use std::{env, os::unix::process::CommandExt, path::Path, process::Command};

    const SWITCH: &str = "WEBKIT_DISABLE_DMABUF_RENDERER";

    // A person's own choice stands, whatever it is; and this ends the second round.
    if env::var_os(SWITCH).is_some() {
        return;
    }
    let no_graphics_card = !Path::new("/dev/dri").exists();
    let nvidia = Path::new("/proc/driver/nvidia/version").exists();
    if !no_graphics_card && !nvidia {
        return;
    }
    if let Ok(program) = env::current_exe() {
        let error = Command::new(program)
            .args(env::args_os().skip(1))
            .env(SWITCH, "1")
            .exec();
        eprintln!("parlor: the window may stay empty: {error}");
    }
}

/// Only WebKitGTK has this trouble.
#[cfg(not(target_os = "linux"))]
pub(crate) fn choose() {}
