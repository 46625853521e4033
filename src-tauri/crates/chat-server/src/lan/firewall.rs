//! Firewalls: whether one is on, as far as that can be seen without rights, and the exact command
//! that opens the door in it. Nothing here changes a firewall: a person runs the command, or not.

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};

use tokio::{task::spawn_blocking, time::timeout};

use super::{AddressKind, OwnAddress};

/// How long a program of the system may take to answer.
const PATIENCE: Duration = Duration::from_secs(2);

/// A firewall that may stand before this computer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Firewall {
    /// Ubuntu's and Debian's.
    Ufw,
    /// Fedora's and openSUSE's.
    Firewalld,
    /// The one of Windows.
    Windows,
    /// The one of macOS.
    Macos,
}

/// What is known of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FirewallState {
    /// Which one.
    pub(crate) firewall: Firewall,
    /// Whether it is on; none where that cannot be seen.
    pub(crate) on: Option<bool>,
    /// What opens the door in it, for a terminal.
    pub(crate) command: String,
}

/// The firewalls of this kind of system, and whether they are on. Reads files and asks programs.
pub(crate) async fn firewalls(own: &[OwnAddress], port: u16) -> Vec<FirewallState> {
    let mut found = Vec::new();
    for firewall in of_system(std::env::consts::OS) {
        let on = match firewall {
            Firewall::Ufw => ufw_on(fs::read_to_string("/etc/ufw/ufw.conf").ok().as_deref()),
            Firewall::Firewalld => Some(Path::new("/run/firewalld.pid").exists()),
            Firewall::Windows => windows_on().await,
            Firewall::Macos => macos_on().await,
        };
        found.push(FirewallState {
            firewall: *firewall,
            on,
            command: command(*firewall, own, port),
        });
    }
    found
}

/// Those that a system of this name (`std::env::consts::OS`) may have.
fn of_system(system: &str) -> &'static [Firewall] {
    match system {
        "windows" => &[Firewall::Windows],
        "macos" => &[Firewall::Macos],
        _ => &[Firewall::Ufw, Firewall::Firewalld],
    }
}

/// What lets devices of the house in at `port`, and nobody else where that can be said.
pub(crate) fn command(firewall: Firewall, own: &[OwnAddress], port: u16) -> String {
    let home = own.iter().find(|own| own.kind == AddressKind::Home);
    match firewall {
        Firewall::Ufw => {
            let from = home.map_or_else(|| "any".to_owned(), network);
            format!("sudo ufw allow from {from} to any port {port} proto tcp comment Parlor")
        }
        Firewall::Firewalld => format!(
            "sudo firewall-cmd --permanent --add-port={port}/tcp && sudo firewall-cmd --reload"
        ),
        Firewall::Windows => format!(
            "netsh advfirewall firewall add rule name=\"Parlor\" dir=in action=allow \
             protocol=TCP localport={port} profile=private remoteip=localsubnet"
        ),
        Firewall::Macos => {
            let program = std::env::current_exe().unwrap_or_else(|_| "parlor".into());
            let program = quoted(&program);
            let tool = "/usr/libexec/ApplicationFirewall/socketfilterfw";
            format!("sudo {tool} --add {program} && sudo {tool} --unblockapp {program}")
        }
    }
}

/// The network of an address, as `192.168.1.0/24`.
fn network(own: &OwnAddress) -> String {
    let bits = u32::MAX
        .checked_shl(32 - u32::from(own.prefix.min(32)))
        .unwrap_or(0);
    let start = std::net::Ipv4Addr::from_bits(own.address.to_bits() & bits);
    format!("{start}/{}", own.prefix)
}

/// A path for a shell.
fn quoted(path: &Path) -> String {
    format!("'{}'", path.display().to_string().replace('\'', r"'\''"))
}

/// `ENABLED=yes` in its settings, which anybody may read; no file is no firewall.
fn ufw_on(settings: Option<&str>) -> Option<bool> {
    let Some(settings) = settings else {
        return Some(false);
    };
    let value = settings
        .lines()
        .find_map(|line| line.trim().strip_prefix("ENABLED="))?;
    Some(value.trim().trim_matches('"').eq_ignore_ascii_case("yes"))
}

async fn windows_on() -> Option<bool> {
    let asked = &["advfirewall", "show", "currentprofile", "state"];
    let words = said("netsh", asked).await?;
    // The sentence is of the system's language; whether it is on may be as well.
    let says = |state| words.split_whitespace().any(|word| word == state);
    match (says("ON"), says("OFF")) {
        (true, false) => Some(true),
        (false, true) => Some(false),
        _ => None,
    }
}

async fn macos_on() -> Option<bool> {
    let tool = "/usr/libexec/ApplicationFirewall/socketfilterfw";
    let words = said(tool, &["--getglobalstate"]).await?;
    Some(words.contains("enabled") || words.contains("State = 1"))
}

/// What a program of the system says; none where it is not there or does not answer.
async fn said(program: &'static str, arguments: &'static [&'static str]) -> Option<String> {
    let asked = spawn_blocking(move || {
        let mut command = Command::new(program);
        command
            .args(arguments)
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .output()
    });
    let output = timeout(PATIENCE, asked).await.ok()?.ok()?.ok()?;
    Some(String::from_utf8_lossy(&output.stdout).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own(address: &str, prefix: u8) -> Vec<OwnAddress> {
        vec![OwnAddress {
            interface: "wlan0".to_owned(),
            address: address.parse().expect("an address"),
            prefix,
            kind: AddressKind::Home,
        }]
    }

    #[test]
    fn the_command_is_for_this_network_and_port() {
        let home = own("192.168.1.20", 24);
        assert_eq!(
            command(Firewall::Ufw, &home, 3000),
            "sudo ufw allow from 192.168.1.0/24 to any port 3000 proto tcp comment Parlor"
        );
        assert_eq!(
            command(Firewall::Ufw, &[], 3001),
            "sudo ufw allow from any to any port 3001 proto tcp comment Parlor"
        );
        assert_eq!(
            command(Firewall::Firewalld, &home, 3000),
            "sudo firewall-cmd --permanent --add-port=3000/tcp && sudo firewall-cmd --reload"
        );
        assert_eq!(
            command(Firewall::Windows, &home, 3000),
            "netsh advfirewall firewall add rule name=\"Parlor\" dir=in action=allow \
             protocol=TCP localport=3000 profile=private remoteip=localsubnet"
        );
        let macos = command(Firewall::Macos, &home, 3000);
        assert!(macos.contains("--unblockapp '/"), "{macos}");
    }

    #[test]
    fn networks_are_those_of_their_addresses() {
        for (address, prefix, expected) in [
            ("10.1.2.3", 8, "10.0.0.0/8"),
            ("172.20.10.2", 28, "172.20.10.0/28"),
            ("192.168.1.20", 32, "192.168.1.20/32"),
            ("192.168.1.20", 0, "0.0.0.0/0"),
        ] {
            assert_eq!(network(&own(address, prefix)[0]), expected);
        }
    }

    #[test]
    fn a_path_cannot_end_its_quotes() {
        assert_eq!(quoted(Path::new("/a b/it's")), r"'/a b/it'\''s'");
    }

    #[test]
    fn ufw_says_in_a_file_whether_it_is_on() {
        assert_eq!(ufw_on(None), Some(false));
        assert_eq!(ufw_on(Some("# x\nENABLED=yes\n")), Some(true));
        assert_eq!(ufw_on(Some("ENABLED=no\nLOGLEVEL=low")), Some(false));
        assert_eq!(ufw_on(Some("LOGLEVEL=low")), None);
    }

    #[test]
    fn every_system_has_its_own() {
        assert_eq!(of_system("linux"), [Firewall::Ufw, Firewall::Firewalld]);
        assert_eq!(of_system("windows"), [Firewall::Windows]);
        assert_eq!(of_system("macos"), [Firewall::Macos]);
    }
}
