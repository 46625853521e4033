//! `cargo xtask package --check`: the installers, installed on this very machine, used, removed.
//!
//! The app is started by the command of its menu entry, under a virtual display, and goes through
//! the same tests as a fresh build; then it is removed, and the person's chats must still be there.

use std::{
    fs,
    io::{BufRead, BufReader},
    path::Path,
    process::{Command, Stdio},
};

use anyhow::{Context, Result, bail, ensure};

use crate::{
    install,
    package::Installers,
    process::{Step, say},
    root,
};

/// The app's package, named by Tauri after the product.
const APP: &str = "parlor";
const SERVER: &str = "parlor-server";
const MENU_ENTRY: &str = "/usr/share/applications/Parlor.desktop";

/// Checks all of them; needs to be root.
pub(crate) fn run(installers: &Installers) -> Result<()> {
    install::for_tests()?;
    check_rpm(&installers.app_rpm)?;
    let app = check_app(&installers.app_deb);
    remove(APP)?;
    let home = app?;
    let database = home.join("data/app.parlor.desktop/parlor.db");
    ensure!(
        database.is_file(),
        "{} went with the package",
        database.display()
    );
    ensure!(
        !Path::new("/usr/bin/parlor").exists(),
        "the app is still there after its removal"
    );
    say("the app is removed, and its chats are still there");

    let server = check_server(&installers.server_deb);
    remove(SERVER)?;
    server?;
    ensure!(
        Path::new("/var/lib/parlor").is_dir(),
        "the server's data went with its package"
    );
    println!("the installers install, run, and leave people's data alone");
    Ok(())
}

fn check_app(deb: &Path) -> Result<std::path::PathBuf> {
    install_package(deb)?;
    Step::new("looking at the menu entry", "desktop-file-validate")
        .args([MENU_ENTRY])
        .run()?;
    let entry = fs::read_to_string(MENU_ENTRY)?;
    let line = entry
        .lines()
        .find_map(|line| line.strip_prefix("Exec="))
        .context("no Exec")?;
    let program = line.split_whitespace().next().context("an empty Exec")?;
    let program = format!("/usr/bin/{}", program.trim_start_matches("/usr/bin/"));
    let home = root().join("target/package-check");
    if home.exists() {
        fs::remove_dir_all(&home)?;
    }
    fs::create_dir_all(&home)?;
    Step::new(
        format!("using {program}, the command of the menu entry (1 minute)"),
        "node",
    )
    .args(["--test", "tests/desktop/window.test.mjs"])
    .env("PARLOR_BIN", &program)
    .env("TAURI_DRIVER", install::tauri_driver()?)
    .env("DESK_HOME", &home)
    .run()?;
    Ok(home)
}

fn check_server(deb: &Path) -> Result<()> {
    install_package(deb)?;
    let libraries = output("ldd", &["/usr/bin/parlor-server"])?;
    for foreign in ["gtk", "webkit", "libdbus"] {
        ensure!(
            !libraries.contains(foreign),
            "parlor-server links {foreign}:\n{libraries}"
        );
    }
    let unit = fs::read_to_string("/lib/systemd/system/parlor-server.service")
        .or_else(|_| fs::read_to_string("/usr/lib/systemd/system/parlor-server.service"))
        .context("no unit for systemd was installed")?;
    ensure!(
        unit.contains("ExecStart=/usr/bin/parlor-server serve"),
        "the unit starts it:\n{unit}"
    );
    say("starting parlor-server as its own user, with its installed configuration");
    let mut server = Command::new("runuser")
        .args(["-u", "parlor", "--", "/usr/bin/parlor-server", "serve"])
        .args([
            "--config",
            "/etc/parlor/parlor.toml",
            "--data-dir",
            "/var/lib/parlor",
        ])
        .args(["--listen", "127.0.0.1:0"])
        .current_dir("/")
        .stdout(Stdio::piped())
        .spawn()?;
    let mut line = String::new();
    let heard = BufReader::new(server.stdout.take().context("no output")?).read_line(&mut line);
    // runuser passes SIGTERM on to the server, which drains and ends.
    let ended = Command::new("kill").arg(server.id().to_string()).status();
    server.wait()?;
    heard?;
    ensure!(ended?.success(), "parlor-server could not be ended");
    ensure!(
        line.starts_with("listening on http://"),
        "parlor-server said {line:?}"
    );
    Ok(())
}

fn check_rpm(rpm: &Path) -> Result<()> {
    let path = rpm.to_str().context("the path of the .rpm is not UTF-8")?;
    let files = output("rpm", &["--query", "--package", "--list", path])?;
    for wanted in ["/usr/bin/parlor", MENU_ENTRY] {
        ensure!(
            files.lines().any(|file| file == wanted),
            "the .rpm lacks {wanted}:\n{files}"
        );
    }
    say("the .rpm holds the app and its menu entry (it cannot be installed on Debian)");
    Ok(())
}

fn install_package(path: &Path) -> Result<()> {
    Step::new(format!("installing {}", path.display()), "apt-get")
        .env("DEBIAN_FRONTEND", "noninteractive")
        .args([
            "install",
            "--quiet",
            "--yes",
            "--no-install-recommends",
            "--reinstall",
        ])
        .args([path])
        .run()
}

fn remove(package: &str) -> Result<()> {
    Step::new(format!("removing {package}"), "apt-get")
        .env("DEBIAN_FRONTEND", "noninteractive")
        .args(["remove", "--quiet", "--yes", package])
        .run()
}

fn output(program: &str, arguments: &[&str]) -> Result<String> {
    match Step::new("", program).args(arguments).output() {
        Some(output) => Ok(output),
        None => bail!("{program} {arguments:?} failed"),
    }
}
