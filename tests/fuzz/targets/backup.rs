//! `restore FILE`. A backup with any bytes changed or cut off is restored or refused; what was
//! restored opens, and after a refusal the old database is still the one that opens.
//!
//! The input is a list of changes: where (two bytes, of 65,536 parts of the file) and to what.

#![no_main]

use std::{
    fs,
    path::PathBuf,
    sync::{Arc, LazyLock},
};

use chat_core::{Change, CommitObserver};
use chat_store::Database;
use libfuzzer_sys::fuzz_target;
use tempfile::TempDir;

struct Nobody;

impl CommitObserver for Nobody {
    fn committed(&self, _: Change) {}
}

struct World {
    directory: TempDir,
    backup: Vec<u8>,
}

static WORLD: LazyLock<World> = LazyLock::new(|| {
    let memory = PathBuf::from("/dev/shm");
    let place = if memory.is_dir() {
        memory
    } else {
        std::env::temp_dir()
    };
    let directory = tempfile::tempdir_in(place).expect("a directory to work in");
    let path = directory.path().join("whole.db");
    // Closed when dropped, which empties the write-ahead log into the file.
    drop(Database::open(&path, Arc::new(Nobody)).expect("a new database"));
    let backup = fs::read(&path).expect("the file of it");
    World { directory, backup }
});

fuzz_target!(|changes: &[u8]| {
    let mut bytes = WORLD.backup.clone();
    for change in changes.chunks_exact(3) {
        let at = usize::from(u16::from_be_bytes([change[0], change[1]]));
        let at = at * bytes.len() / 65_536;
        match change[2] {
            // Rarely, and only from the second page on: a cut header is refused at once.
            0xfe => bytes.truncate(at.max(4_096)),
            new => {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte = new;
                }
            }
        }
    }
    let from = WORLD.directory.path().join("fuzzed.db");
    let to = WORLD.directory.path().join("restored.db");
    fs::write(&from, &bytes).expect("the backup can be written");
    let restored = Database::restore(&from, &to);
    let opened = Database::open(&to, Arc::new(Nobody));
    if let (Ok(_), Err(error)) = (&restored, &opened) {
        panic!("a backup was taken that does not open: {error}");
    }
    drop(opened);
    for entry in fs::read_dir(WORLD.directory.path())
        .expect("the directory is there")
        .flatten()
    {
        if entry.file_name() != "whole.db" {
            let _ = fs::remove_file(entry.path());
        }
    }
});
