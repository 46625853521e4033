//! The page about all settings, written from their table. `parlor-server settings` prints it, and
//! `src-tauri/CONFIGURATION.md` holds it: the test fails when that differs, and
//! `PARLOR_WRITE_DOCS=1 cargo test -p chat-server reference` writes it anew.

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

/// The page, Markdown.
pub(crate) fn page() -> String {
    let mut text = INTRODUCTION.to_owned();
    text.push_str("| in the file | in the environment, flag | allowed | default | for |\n");
    text.push_str("|---|---|---|---|---|\n");
    for key in KEYS {
        let others = key.seed_name.into_iter().chain(key.flag);
        let others: String = others.map(|name| format!(", `{name}`")).collect();
        text.push_str(&format!(
            "| `{}` | `{}`{others} | {} | {} | {} |\n",
            key.name,
            key.variable(),
            key.allowed,
            key.default,
            key.about
        ));
    }
    text
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    #[test]
    fn reference_is_what_the_table_says() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../CONFIGURATION.md");
        if std::env::var_os("PARLOR_WRITE_DOCS").is_some() {
            fs::write(&path, super::page()).expect("the page is written");
        }
        let found = fs::read_to_string(&path).unwrap_or_default();
        assert!(
            found == super::page(),
            "CONFIGURATION.md is not what the table says: PARLOR_WRITE_DOCS=1 writes it anew"
        );
    }
}
