//! Bakes `tauri.conf.json` and the capabilities into the desktop binary.

fn main() {
    #[cfg(feature = "desktop")]
    {
        let attributes = tauri_build::Attributes::new()
            .capabilities_path_pattern("src-tauri/capabilities/**/*.json");
        if let Err(error) = tauri_build::try_build(attributes) {
            eprintln!("{error:#}");
            std::process::exit(1);
        }
    }
}
