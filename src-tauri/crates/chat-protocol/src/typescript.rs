//! Compares `ui/src/generated/wire.ts` (dialect A and HTTP) and `events.ts` (dialect B) with these
//! types, or writes them when `PARLOR_WRITE_TYPES=1`
//! (`cargo xtask types`).

use std::{collections::BTreeMap, env, fmt::Write, fs, path::Path};

use serde_json::Value;
use ts_rs::{Config, TS, TypeVisitor};

use crate::{chat, events, http, support::blocks_of};

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
    fn take_frames(&mut self, side: &str, about: &str, envelope: &str) -> String {
        let frames = std::mem::take(&mut self.frames);
        let envelope = envelope.replace("DATA", &format!("{side}Data[T]"));
        format!(
            "
/** The `data` of each `type` of frame that {about}. */
export interface {side}Data {{
{frames}}}

/** A frame that {about}. */
export type {side}Frame = {{
  [T in keyof {side}Data]: {{ {envelope} }};
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

/// A catalogue with nothing in it.
fn catalogue() -> Catalogue {
    Catalogue {
        config: Config::new().with_large_int("number"),
        types: BTreeMap::new(),
        frames: String::new(),
    }
}

/// Dialect A and HTTP: the frames, and all types.
fn wire() -> (String, BTreeMap<String, String>) {
    const ENVELOPE: &str = "type: T; ref?: string; data: DATA";
    let mut catalogue = catalogue();
    chat::client_frames::catalogue(&mut catalogue);
    let client = catalogue.take_frames("Client", "a client sends", ENVELOPE);
    chat::server_frames::catalogue(&mut catalogue);
    let server = catalogue.take_frames("Server", "the server sends", ENVELOPE);
    catalogue.visit::<http::ServerInfo<'_>>();
    catalogue.visit::<http::SignIn>();
    catalogue.visit::<http::SignInByLink>();
    catalogue.visit::<http::SignInByProvider>();
    catalogue.visit::<http::SetPassword>();
    catalogue.visit::<http::Session<'_>>();
    catalogue.visit::<http::Refresh>();
    catalogue.visit::<http::Me<'_>>();
    catalogue.visit::<http::DeviceList<'_>>();
    catalogue.visit::<http::SignedOut>();
    catalogue.visit::<http::Directory<'_>>();
    catalogue.visit::<http::UserList<'_>>();
    catalogue.visit::<http::ChangeUser>();
    catalogue.visit::<http::LinkMade<'_>>();
    catalogue.visit::<http::Invite>();
    catalogue.visit::<http::InvitationMade<'_>>();
    catalogue.visit::<http::InvitationList<'_>>();
    catalogue.visit::<http::InvitationCode>();
    catalogue.visit::<http::InvitationOffer<'_>>();
    catalogue.visit::<http::AcceptInvitation>();
    catalogue.visit::<http::LanInfo>();
    catalogue.visit::<http::ChangeLan>();
    catalogue.visit::<http::LanCheck>();
    catalogue.visit::<http::PairingCode<'_>>();
    catalogue.visit::<http::PairingState<'_>>();
    catalogue.visit::<http::AnswerPairing>();
    catalogue.visit::<http::AskPairing>();
    catalogue.visit::<http::PairingAsked<'_>>();
    catalogue.visit::<http::ClaimPairing>();
    catalogue.visit::<http::PairingWaits>();
    catalogue.visit::<http::AuditPage<'_>>();
    catalogue.visit::<http::UsagePage<'_>>();
    catalogue.visit::<http::LimitsPage<'_>>();
    catalogue.visit::<http::Prices>();
    catalogue.visit::<http::Imported<'_>>();
    catalogue.visit::<http::HttpError<'_>>();
    (client + &server, catalogue.types)
}

/// Dialect B. What it has in common with dialect A comes from there.
fn dialect_b(known: &BTreeMap<String, String>) -> String {
    const CLIENT: &str = "id?: string | number; type: T; timestamp?: number; data: DATA";
    const SERVER: &str =
        "id: string; timestamp: number; type: T; data: DATA; metadata: EventMetadata";
    let mut catalogue = catalogue();
    events::client_frames::catalogue(&mut catalogue);
    let client = catalogue.take_frames("ClientEvent", "a client of dialect B sends", CLIENT);
    events::server_frames::catalogue(&mut catalogue);
    let server = catalogue.take_frames("ServerEvent", "the server sends in dialect B", SERVER);
    let (shared, own): (BTreeMap<_, _>, BTreeMap<_, _>) =
        catalogue
            .types
            .into_iter()
            .partition(|(name, declaration)| {
                known.get(name).is_some_and(|known| {
                    assert_eq!(known, declaration, "two types of one name");
                    true
                })
            });
    // Those that only shared types mention need no import.
    let text = format!("{client}{server}{}", own.into_values().collect::<String>());
    let word = |name: &str| {
        let mut words = text.split(|letter: char| !letter.is_alphanumeric());
        words.any(|word| word == name)
    };
    let named: Vec<&String> = shared.keys().filter(|name| word(name)).collect();
    let mut imports = String::from("import type {\n");
    for name in named {
        let _ = writeln!(imports, "  {name},");
    }
    imports.push_str("} from './wire';\n");
    let metadata = "
/** Whose connection a frame of dialect B is for, and the `id` of the frame that it answers. */
export type EventMetadata = {
  userId: string;
  sessionId: string;
  requestId?: string;
};
";
    format!("{HEAD}\n{imports}{text}{metadata}")
}

fn compare(name: &str, generated: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../ui/src/generated");
    let path = folder.join(name);
    if env::var_os("PARLOR_WRITE_TYPES").is_some_and(|value| value == "1") {
        fs::create_dir_all(&folder).expect("the folder is made");
        fs::write(&path, generated).expect("the types are written");
        return;
    }
    let committed = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        generated == committed,
        "ui/src/generated/{name} has fallen behind: run `cargo xtask types` and commit it"
    );
}

#[test]
fn the_types_of_the_ui_are_these() {
    let (frames, types) = wire();
    let events = dialect_b(&types);
    let types: String = types.into_values().collect();
    compare("wire.ts", &format!("{HEAD}{frames}{types}"));
    compare("events.ts", &events);
}

#[test]
fn every_fixture_of_a_client_fits_the_types_of_the_ui() {
    type Read = fn(&str, Value) -> Result<(), serde_json::Error>;
    let dialects: [(&str, Read); 2] = [
        ("A", chat::client_frames::read),
        ("B", events::client_frames::read),
    ];
    for (letter, read) in dialects {
        let frames = blocks_of(letter, "from the client");
        assert!(!frames.is_empty(), "there are fixtures");
        for frame in frames {
            let frame: Value = serde_json::from_str(frame).expect("JSON");
            let name = frame["type"].as_str().expect("a type");
            let read = read(name, frame["data"].clone());
            assert!(read.is_ok(), "{frame}: {read:?}");
        }
    }
}
