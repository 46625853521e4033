//! A disk that can be filled and freed while a server writes to it.
//!
//! Where this system lets us mount (as root, or in a user namespace), it is a file system of a few
//! MiB in a mount namespace of its own, so that nothing is left behind. Elsewhere it is a limit on
//! the size of the server's files, which fails the same writes.

use std::{
    fs,
    io::Write as _,
    path::PathBuf,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use super::{DEADLINE, Server, Setup};

const SIZE: &str = "size=3m";

/// How the disk is made small.
enum Kind {
    /// A small file system, held by a process that lives in its namespace.
    Mounted(Child),
    /// A limit on the process.
    Limited,
}

/// The disk. Dropping it unmounts it.
pub(crate) struct SmallDisk {
    kind: Kind,
    /// The data directory, as seen from here.
    seen: PathBuf,
}

impl SmallDisk {
    /// A small disk under the data directory of `setup`, and the setup that uses it.
    pub(crate) fn mounted(setup: Setup) -> (Self, Setup) {
        let data = setup.data();
        fs::create_dir_all(&data).expect("the home can be written");
        for user in [false, true] {
            if let Some(holder) = hold(&data, user) {
                let pid = holder.id().to_string();
                let mut enter = vec!["nsenter", "--target", &pid, "--mount"];
                if user {
                    enter.extend(["--user", "--preserve-credentials"]);
                }
                let setup = setup.under(&enter);
                let seen = PathBuf::from(format!("/proc/{pid}/root{}", data.display()));
                let kind = Kind::Mounted(holder);
                return (Self { kind, seen }, setup);
            }
        }
        eprintln!("no file system can be mounted here: a limit on the size of files stands in");
        Self::limited(setup)
    }

    /// A limit on the size of the server's files.
    pub(crate) fn limited(setup: Setup) -> (Self, Setup) {
        let seen = setup.data();
        // A program that ignores the signal is told of the limit by its writes, as of a full disk.
        let setup = setup.under(&["sh", "-c", "trap '' XFSZ; exec \"$@\"", "sh"]);
        let kind = Kind::Limited;
        (Self { kind, seen }, setup)
    }

    /// Leaves no room for anything more.
    pub(crate) fn fill(&self, server: &Server) {
        match &self.kind {
            Kind::Mounted(_) => {
                let mut file = fs::File::create(self.filler()).expect("there is still room");
                for size in [64 * 1024, 4096, 1] {
                    while file.write_all(&vec![b'f'; size]).is_ok() {}
                }
            }
            Kind::Limited => {
                let log = fs::metadata(self.seen.join("parlor.db-wal"));
                let size = log.map_or(0, |log| log.len());
                limit(server, &size.to_string());
            }
        }
    }

    /// Gives the room back.
    pub(crate) fn free(&self, server: &Server) {
        match &self.kind {
            Kind::Mounted(_) => fs::remove_file(self.filler()).expect("the filler is there"),
            Kind::Limited => limit(server, "unlimited"),
        }
    }

    fn filler(&self) -> PathBuf {
        self.seen.join("filler")
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        if let Kind::Mounted(holder) = &mut self.kind {
            let _ = holder.kill();
            let _ = holder.wait();
        }
    }
}

/// A process in a namespace of its own where a small file system lies on `data`; none where that
/// is not allowed.
fn hold(data: &std::path::Path, user: bool) -> Option<Child> {
    let ready = data.join("mounted");
    let script = format!(
        "mount -t tmpfs -o {SIZE},mode=700 tmpfs \"$0\" && touch \"$0/mounted\" && exec sleep 3600"
    );
    let mut command = Command::new("unshare");
    command.args(["--mount", "--propagation", "private"]);
    if user {
        command.args(["--user", "--map-root-user"]);
    }
    let mut child = command
        .args(["sh", "-c", &script])
        .arg(data)
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    let seen = PathBuf::from(format!("/proc/{}/root{}", child.id(), ready.display()));
    let begun = Instant::now();
    while begun.elapsed() < DEADLINE {
        if seen.exists() && !ready.exists() {
            return Some(child);
        }
        if child.try_wait().ok()?.is_some() {
            return None;
        }
        thread::sleep(Duration::from_millis(5));
    }
    let _ = child.kill();
    None
}

fn limit(server: &Server, size: &str) {
    // The soft limit alone: it can be raised again without any right.
    let limit = format!("--fsize={size}:");
    let pid = format!("--pid={}", server.pid());
    let status = Command::new("prlimit").args([pid, limit]).status();
    assert!(
        status.expect("prlimit is part of util-linux").success(),
        "the limit can be set"
    );
}
