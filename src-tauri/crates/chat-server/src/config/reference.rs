//! `src-tauri/CONFIGURATION.md` is written from the table of settings. The test fails when it
//! differs; `PARLOR_WRITE_DOCS=1 cargo test -p chat-server reference` writes it anew.

use std::{fmt::Write, fs, path::Path};

use super::keys::KEYS;

const INTRODUCTION: &str = "\
# Settings of parlor-server

<!-- Written from crates/chat-server/src/config/keys.rs by
     PARLOR_WRITE_DOCS=1 cargo test -p chat-server reference -->

A setting is looked for in this order, and the first place that has it wins:

1. a flag,
2. the environment; within it Parlor's own name before the seeds' one,
3. `.env` in the working directory, read as Node's `dotenv` does, nothing expanded,
4. one file: `--config FILE` (or `PARLOR_CONFIG`), else `parlor.toml` in the working directory,
   else `parlor.toml` in the data directory,
5. the default.

An unknown key, an unknown `PARLOR_` variable or a bad value stops the start, also where a
stronger place overrides it. An empty variable counts as not set. Lists are arrays in the file
and separated by commas elsewhere. Relative paths start at the file, or at the working directory.

";

fn written() -> String {
    let mut text = INTRODUCTION.to_owned();
    text.push_str("| in the file | in the environment, flag | allowed | default | for |\n");
    text.push_str("|---|---|---|---|---|\n");
    for key in KEYS {
        let mut names = format!("`{}`", key.variable());
        for other in key.seed_name.into_iter().chain(key.flag) {
            write!(names, ", `{other}`").expect("a string takes all");
        }
        writeln!(
            text,
            "| `{}` | {names} | {} | {} | {} |",
            key.name, key.allowed, key.default, key.about
        )
        .expect("a string takes all");
    }
    text
}

#[test]
fn reference_is_what_the_table_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../CONFIGURATION.md");
    if std::env::var_os("PARLOR_WRITE_DOCS").is_some() {
        fs::write(&path, written()).expect("the page is written");
    }
    let found = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        found == written(),
        "CONFIGURATION.md is not what the table says: PARLOR_WRITE_DOCS=1 writes it anew"
    );
}
