//! The journal of a running answer: a file beside the database to which every piece is appended
//! before anybody is told of it. What has been written is the system's and no longer the process's,
//! so `kill -9` takes no word that any screen has shown. A commit for each piece would cost ten
//! times as much and wait behind the commits of others.
//!
//! The file is a list of records: kind (1 byte), length of the text (4 bytes, little-endian), CRC-32
//! of both and the text (4 bytes, little-endian), text (UTF-8). Nothing waits for the disk, so after
//! a power cut the end of a file may be anything: reading stops at the first record that is not
//! whole. A journal is written for one life of one answer, from its first new piece on.

use std::{
    fs::{self, File},
    io::{ErrorKind, Write as _},
    path::{Path, PathBuf},
    sync::Arc,
};

use chat_core::{AnswerJournal, MessageId, PieceKind};

use crate::{error::OpenError, files};

/// What is added to the database's name for the directory of its journals.
const DIRECTORY: &str = "-running";
const HEAD: usize = 1 + 4 + 4;

/// The journals of one database.
#[derive(Debug, Clone)]
pub(crate) struct Journals {
    directory: Arc<Path>,
}

impl Journals {
    /// The journals beside the database at `path`; their directory is made (0700).
    pub(crate) fn open(path: &Path) -> Result<Self, OpenError> {
        let directory = files::beside(path, DIRECTORY);
        files::make_directory(&directory).map_err(|source| OpenError::file(&directory, source))?;
        Ok(Self {
            directory: directory.into(),
        })
    }

    /// The journal of an answer that begins or goes on. Its file is made with the first piece.
    pub(crate) fn begin(&self, answer: &MessageId) -> Journal {
        Journal {
            path: self.path(answer),
            state: State::New,
            buffer: Vec::new(),
        }
    }

    /// What the journal of an answer holds: its text and its reasoning. Both are empty where there
    /// is none.
    pub(crate) fn read(&self, answer: &MessageId) -> std::io::Result<(String, String)> {
        match fs::read(self.path(answer)) {
            Ok(records) => Ok(read(&records)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Default::default()),
            Err(error) => Err(error),
        }
    }

    /// Forgets the journals of all answers; none is running.
    pub(crate) fn clear(&self) -> std::io::Result<()> {
        let mut outcome = Ok(());
        for entry in fs::read_dir(&self.directory)? {
            let file = entry?.path();
            if let Err(error) = fs::remove_file(&file) {
                // One that stays has to say nothing: its answer may be gone on with.
                let _ = File::create(&file);
                outcome = Err(error);
            }
        }
        outcome
    }

    /// Lets the journals of a database that is replaced go with it.
    pub(crate) fn hand_over(path: &Path, kept: &Path) -> Result<(), OpenError> {
        let from = files::beside(path, DIRECTORY);
        match fs::rename(&from, files::beside(kept, DIRECTORY)) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(OpenError::file(&from, error)),
            _ => Ok(()),
        }
    }

    /// Forgets the journals that stand where a database is put.
    pub(crate) fn remove(path: &Path) -> Result<(), OpenError> {
        let directory = files::beside(path, DIRECTORY);
        match fs::remove_dir_all(&directory) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                Err(OpenError::file(&directory, error))
            }
            _ => Ok(()),
        }
    }

    fn path(&self, answer: &MessageId) -> PathBuf {
        self.directory.join(answer.as_str())
    }
}

enum State {
    New,
    Open(File),
    /// What follows a gap is no use: from a failure on there are the checkpoints alone.
    Broken,
}

/// The journal of one running answer.
pub(crate) struct Journal {
    path: PathBuf,
    state: State,
    buffer: Vec<u8>,
}

impl Journal {
    fn write(&mut self) -> std::io::Result<()> {
        if let State::New = self.state {
            self.state = State::Open(files::create_private(&self.path)?);
        }
        match &mut self.state {
            State::Open(file) => file.write_all(&self.buffer),
            State::New | State::Broken => Ok(()),
        }
    }
}

impl AnswerJournal for Journal {
    fn keep(&mut self, pieces: &[(PieceKind, String)]) {
        if pieces.is_empty() || matches!(self.state, State::Broken) {
            return;
        }
        self.buffer.clear();
        for (kind, text) in pieces {
            append(&mut self.buffer, *kind, text);
        }
        if let Err(error) = self.write() {
            let file = self.path.display();
            tracing::warn!(%file, %error, "a running answer cannot be kept piece by piece");
            self.state = State::Broken;
        }
    }

    fn discard(self: Box<Self>) {
        if let State::New = self.state {
            return;
        }
        let path = self.path.clone();
        // Elsewhere than on Unix an open file cannot be removed.
        drop(self);
        if let Err(error) = fs::remove_file(&path)
            && error.kind() != ErrorKind::NotFound
        {
            // It says nothing at least, and is removed at the next start.
            let _ = File::create(&path);
            tracing::warn!(file = %path.display(), %error, "a journal stays");
        }
    }
}

fn append(records: &mut Vec<u8>, kind: PieceKind, text: &str) {
    // No provider's line is longer than that; if one were, reading would stop before it.
    let length = u32::try_from(text.len()).unwrap_or(u32::MAX);
    let kind = match kind {
        PieceKind::Text => 0,
        PieceKind::Reasoning => 1,
    };
    let length = length.to_le_bytes();
    records.push(kind);
    records.extend_from_slice(&length);
    records.extend_from_slice(&checksum(kind, length, text.as_bytes()).to_le_bytes());
    records.extend_from_slice(text.as_bytes());
}

fn checksum(kind: u8, length: [u8; 4], text: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(&[kind]);
    hasher.update(&length);
    hasher.update(text);
    hasher.finalize()
}

/// Text and reasoning, up to the first record that is not whole.
fn read(mut records: &[u8]) -> (String, String) {
    let (mut content, mut reasoning) = (String::new(), String::new());
    while let Some((kind, text, rest)) = record(records) {
        match kind {
            PieceKind::Text => content.push_str(text),
            PieceKind::Reasoning => reasoning.push_str(text),
        }
        records = rest;
    }
    (content, reasoning)
}

fn record(records: &[u8]) -> Option<(PieceKind, &str, &[u8])> {
    let (head, rest) = records.split_first_chunk::<HEAD>()?;
    let [kind, length @ .., c0, c1, c2, c3] = *head;
    let size = usize::try_from(u32::from_le_bytes(length)).ok()?;
    let (text, rest) = rest.split_at_checked(size)?;
    let sound = checksum(kind, length, text) == u32::from_le_bytes([c0, c1, c2, c3]);
    let kind = match kind {
        0 => PieceKind::Text,
        1 => PieceKind::Reasoning,
        _ => return None,
    };
    let text = std::str::from_utf8(text).ok()?;
    sound.then_some((kind, text, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn records() -> Vec<u8> {
        let mut records = Vec::new();
        append(&mut records, PieceKind::Reasoning, "Hm. ");
        append(&mut records, PieceKind::Text, "Привет, ");
        append(&mut records, PieceKind::Text, "мир");
        records
    }

    #[test]
    fn what_was_kept_is_read_in_order() {
        assert_eq!(read(&records()), ("Привет, мир".into(), "Hm. ".into()));
        assert_eq!(read(&[]), Default::default());
    }

    #[test]
    fn a_journal_that_was_cut_gives_its_whole_records() {
        let whole = records();
        for length in 0..whole.len() {
            let (content, reasoning) = read(&whole[..length]);
            assert!("Привет, мир".starts_with(&content), "cut at {length}");
            assert!(
                ["", "Hm. "].contains(&reasoning.as_str()),
                "cut at {length}"
            );
            assert_ne!(content, "Привет, мир", "cut at {length}");
        }
    }

    #[test]
    fn no_changed_byte_becomes_a_word() {
        let whole = records();
        for place in 0..whole.len() {
            let mut changed = whole.clone();
            changed[place] ^= 0x20;
            let (content, reasoning) = read(&changed);
            assert!("Привет, мир".starts_with(&content), "changed at {place}");
            assert!(
                ["", "Hm. "].contains(&reasoning.as_str()),
                "changed at {place}"
            );
            assert_ne!(
                (content.as_str(), reasoning.as_str()),
                ("Привет, мир", "Hm. ")
            );
        }
        let zeros = [whole.as_slice(), &[0; 64]].concat();
        // A record of no text, all zeros, has not the checksum zero.
        assert_eq!(read(&zeros).0, "Привет, мир");
    }
}
