//! Bakes `tauri.conf.json`, the capabilities and `ui/dist` into the desktop binary.
//!
//! The commands are a permission of their own (`capabilities/commands.toml`): what is not granted
//! there, the window cannot call.

fn main() {
    #[cfg(feature = "desktop")]
    desktop::prepare();
}

#[cfg(feature = "desktop")]
mod desktop {
    use std::{fs, path::Path, process::exit};

    const NOT_BUILT: &str = "<!doctype html><title>Parlor</title><p>The UI is not built: \
                             <code>cargo xtask run</code> builds it.";

    pub(crate) fn prepare() {
        println!("cargo:rerun-if-changed=src-tauri/capabilities");
        println!("cargo:rerun-if-changed=ui/dist");
        // A clone without a built UI must still compile, for checks and for tests of other parts.
        let page = Path::new("ui/dist/index.html");
        if !page.exists() {
            let written = fs::create_dir_all("ui/dist").and_then(|()| fs::write(page, NOT_BUILT));
            if let Err(error) = written {
                println!("cargo:warning=ui/dist/index.html cannot be written: {error}");
            }
        }
        let attributes = tauri_build::Attributes::new()
            .capabilities_path_pattern("src-tauri/capabilities/**/*.json")
            .app_manifest(
                // Tauri can write such files itself, but only into a folder at the top.
                tauri_build::AppManifest::new()
                    .permissions_path_pattern("src-tauri/capabilities/*.toml"),
            );
        if let Err(error) = tauri_build::try_build(attributes) {
            eprintln!("{error:#}");
            exit(1);
        }
    }
}
