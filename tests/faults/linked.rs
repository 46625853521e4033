//! "`parlor-server` never links webview libraries": it must start where none is installed.

#[cfg(target_os = "linux")]
#[test]
fn the_server_links_no_webview_library() {
    let binary = crate::support::server::binary();
    let output = std::process::Command::new("ldd").arg(&binary).output();
    let output = output.expect("ldd is there wherever programs are linked dynamically");
    let libraries = String::from_utf8_lossy(&output.stdout).into_owned();
    // A static binary links nothing at all, which ldd says by failing.
    assert!(
        output.status.success()
            || String::from_utf8_lossy(&output.stderr).contains("not a dynamic"),
        "ldd {}: {output:?}",
        binary.display()
    );
    for unwanted in [
        "gtk",
        "gdk",
        "webkit",
        "soup",
        "javascriptcore",
        "cairo",
        "pango",
        "dbus",
    ] {
        assert!(
            !libraries.to_lowercase().contains(unwanted),
            "the headless server links {unwanted}:\n{libraries}"
        );
    }
}
