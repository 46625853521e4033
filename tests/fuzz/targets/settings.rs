//! `parlor.toml`: any text is settings, or an error that says where.

#![no_main]

use std::{fs, path::PathBuf, sync::LazyLock};

use chat_server::config::{Config, Environment, Flags};
use libfuzzer_sys::fuzz_target;
use tempfile::TempDir;

static DIRECTORY: LazyLock<TempDir> =
    LazyLock::new(|| tempfile::tempdir().expect("a directory to work in"));

fuzz_target!(|text: &[u8]| {
    let file = DIRECTORY.path().join("fuzzed.toml");
    fs::write(&file, text).expect("the file can be written");
    let flags = Flags {
        config: Some(file),
        data_dir: Some(PathBuf::from("data")),
        ..Flags::default()
    };
    match Config::resolve(&flags, &Environment::of(&[]), DIRECTORY.path()) {
        Ok(config) => assert!(config.data_dir.ends_with("data"), "the flag is stronger"),
        Err(error) => assert!(!error.to_string().is_empty()),
    }
});
