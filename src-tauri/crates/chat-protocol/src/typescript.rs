//! Compares `ui/src/generated/wire.ts` with these types, or writes it when `PARLOR_WRITE_TYPES=1`
//! (`cargo xtask types`).

use std::{collections::BTreeMap, env, fmt::Write, fs, path::Path};

use serde_json::Value;
use ts_rs::{Config, TS, TypeVisitor};

use super::{client_frames, server_frames, support::blocks};
use crate::http;

const HEAD: &str = "\
// Generated from src-tauri/crates/chat-protocol by `cargo xtask types`. Do not edit.
// What the fields mean, with an example of every frame: src-tauri/PROTOCOL.md.
";

/// Collects types with all that they mention.
pub(crate) struct Catalogue {
    config: Config,
    /// The declarations by name.
    types: BTreeMap<String, String>,
    /// The lines of the frames that are being collected.
    frames: String,
}

impl Catalogue {
    /// A frame and its data.
    pub(crate) fn frame<T: TS + 'static>(&mut self, name: &str) {
        self.visit::<T>();
        let data = T::name(&self.config);
        // Writing into a String cannot fail.
        let _ = writeln!(self.frames, "  {name}: {data};");
    }

    /// The frames so far: a map from `type` to `data`, and the union that it makes.
    fn take_frames(&mut self, side: &str, about: &str) -> String {
        let frames = std::mem::take(&mut self.frames);
        format!(
            "
/** The `data` of each `type` of frame that {about}. */
export interface {side}Data {{
{frames}}}

/** A frame that {about}. */
export type {side}Frame = {{
  [T in keyof {side}Data]: {{ type: T; ref?: string; data: {side}Data[T] }};
}}[keyof {side}Data];
"
        )
    }
}

impl TypeVisitor for Catalogue {
    fn visit<T: TS + 'static + ?Sized>(&mut self) {
        // Only derived types have a place of their own; the rest is TypeScript's.
        if T::output_path().is_some() {
            let docs = T::docs().unwrap_or_default();
            let declaration = T::decl(&self.config);
            let declaration = tidy(&format!("{docs}export {declaration}"));
            let known = self
                .types
                .insert(T::ident(&self.config), declaration.clone());
            match known {
                Some(known) => assert_eq!(known, declaration, "two types of one name"),
                None => T::visit_dependencies(self),
            }
        } else {
            T::visit_dependencies(self);
            T::visit_generics(self);
        }
    }
}

/// Lays out a declaration as people do: a field a line, and a short comment on one line. Fields
/// come from ts-rs several a line, none with a comma in its type.
fn tidy(declaration: &str) -> String {
    let declaration = declaration
        .replace("/**\n * ", "/** ")
        .replace("\n */", " */");
    let Some((before, fields)) = declaration.split_once(" = { ") else {
        return format!("\n{declaration}\n");
    };
    let fields = fields.trim_end_matches("};");
    let mut tidy = format!("\n{before} = {{\n");
    for line in fields.lines() {
        let comment = line.starts_with("/**") || line.starts_with(" *");
        let pieces: Vec<&str> = match comment {
            true => vec![line],
            false => line.split(", ").collect(),
        };
        for piece in pieces.iter().filter(|piece| !piece.trim().is_empty()) {
            let end = if comment { "" } else { ";" };
            let piece = piece.trim_end().trim_end_matches(',');
            // Writing into a String cannot fail.
            let _ = writeln!(tidy, "  {piece}{end}");
        }
    }
    tidy + "};\n"
}

fn generate() -> String {
    let mut catalogue = Catalogue {
        config: Config::new().with_large_int("number"),
        types: BTreeMap::new(),
        frames: String::new(),
    };
    client_frames::catalogue(&mut catalogue);
    let client = catalogue.take_frames("Client", "a client sends");
    server_frames::catalogue(&mut catalogue);
    let server = catalogue.take_frames("Server", "the server sends");
    catalogue.visit::<http::ServerInfo<'_>>();
    catalogue.visit::<http::SignIn>();
    catalogue.visit::<http::SignInByLink>();
    catalogue.visit::<http::SetPassword>();
    catalogue.visit::<http::Session<'_>>();
    catalogue.visit::<http::HttpError<'_>>();
    let types: String = catalogue.types.into_values().collect();
    format!("{HEAD}{client}{server}{types}")
}

#[test]
fn the_types_of_the_ui_are_these() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../ui/src/generated/wire.ts");
    let generated = generate();
    if env::var_os("PARLOR_WRITE_TYPES").is_some_and(|value| value == "1") {
        fs::create_dir_all(path.parent().expect("a folder")).expect("the folder is made");
        fs::write(&path, generated).expect("the types are written");
        return;
    }
    let committed = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        generated == committed,
        "ui/src/generated/wire.ts has fallen behind: run `cargo xtask types` and commit it"
    );
}

#[test]
fn every_fixture_of_a_client_fits_the_types_of_the_ui() {
    let frames = blocks("from the client");
    assert!(!frames.is_empty(), "there are fixtures");
    for frame in frames {
        let frame: Value = serde_json::from_str(frame).expect("JSON");
        let name = frame["type"].as_str().expect("a type");
        let read = client_frames::read(name, frame["data"].clone());
        assert!(read.is_ok(), "{frame}: {read:?}");
    }
}
