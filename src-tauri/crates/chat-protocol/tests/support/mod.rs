//! The frames of PROTOCOL.md, and a seeded generator.

#![allow(dead_code, unused_imports, reason = "each test binary uses its part")]

mod names;
mod objectives;

pub(crate) use names::*;
pub(crate) use objectives::*;

use std::{env, fs, path::Path};

const PROTOCOL: &str = include_str!("../../../../PROTOCOL.md");

/// Every JSON block of dialect A below the heading `## Dialect A, {heading}`.
pub(crate) fn blocks(heading: &str) -> Vec<&'static str> {
    blocks_of("A", heading)
}

/// Every JSON block below the heading `## Dialect {dialect}, {heading}`.
pub(crate) fn blocks_of(dialect: &str, heading: &str) -> Vec<&'static str> {
    let start = format!("\n## Dialect {dialect}, {heading}\n");
    let at = PROTOCOL.find(&start).expect("the section") + start.len();
    let section = &PROTOCOL[at..];
    let section = &section[..section.find("\n## ").unwrap_or(section.len())];
    let blocks = section.split("```json\n").skip(1);
    blocks
        .map(|rest| rest.split_once("\n```").expect("a block that ends").0)
        .collect()
}

/// Compares the fixtures of a dialect with what Vitest reads, or writes them when
/// `PARLOR_WRITE_TYPES=1` (`cargo xtask types`).
pub(crate) fn compare_fixtures(dialect: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../tests/fixtures");
    let folder = folder.join(format!("dialect-{}", dialect.to_lowercase()));
    let write = env::var_os("PARLOR_WRITE_TYPES").is_some_and(|value| value == "1");
    for (name, heading) in [
        ("client.json", "from the client"),
        ("server.json", "from the server"),
    ] {
        let expected = format!("[\n{}\n]\n", blocks_of(dialect, heading).join(",\n"));
        let path = folder.join(name);
        if write {
            fs::create_dir_all(&folder).expect("the folder is made");
            fs::write(&path, &expected).expect("the fixtures are written");
        }
        let committed = fs::read_to_string(&path).unwrap_or_default();
        assert!(
            committed == expected,
            "{name} has fallen behind PROTOCOL.md: run `cargo xtask types` and commit it"
        );
    }
}

/// A seeded generator, so that a failure can be repeated.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn number(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    pub(crate) fn below(&mut self, end: usize) -> usize {
        (self.number() % end as u64) as usize
    }

    /// Text of what breaks naive encoders.
    pub(crate) fn text(&mut self, longest: usize) -> String {
        const NASTY: [char; 14] = [
            '"', '\\', '\n', '\r', '\t', '\0', '\u{8}', '\u{c}', '\u{1f}', '\u{7f}', '\u{2028}',
            '\u{feff}', '🦀', 'я',
        ];
        let length = self.below(longest + 1);
        (0..length)
            .filter_map(|_| match self.below(3) {
                0 => Some(NASTY[self.below(NASTY.len())]),
                1 => char::from_u32(self.below(0x80) as u32),
                _ => char::from_u32(self.below(0x11_0000) as u32),
            })
            .collect()
    }
}
