//! A file that is written once and that only the server's own account can read: a secret, or a
//! certificate with its key. One that others can read, or that is no plain file, is refused and not
//! replaced; what that means for people is for those to say whose file it is.

use std::{fs, io, io::Write as _, path::Path};

use crate::auth::random_code;

/// Why such a file is not read.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// It cannot be.
    File(io::Error),
    /// It is larger than anything that was ever written there, or no plain file.
    Damaged,
    /// Others can read it, so they may have.
    Exposed,
}

/// What is in it; none where there is no file.
pub(crate) fn read(path: &Path, most_bytes: u64) -> Result<Option<String>, Refusal> {
    // A link could point at a file that somebody else chose.
    let metadata = match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        other => other.map_err(Refusal::File)?,
    };
    if !metadata.is_file() || metadata.len() > most_bytes {
        return Err(Refusal::Damaged);
    }
    if exposed(&metadata) {
        return Err(Refusal::Exposed);
    }
    fs::read_to_string(path).map(Some).map_err(Refusal::File)
}

/// Writes it beside its place and links it there: whoever looks sees a whole one or none, and of two
/// processes that start at once, both use the one that was first. Makes the directory.
pub(crate) fn write_once(path: &Path, text: &str) -> io::Result<()> {
    if let Some(directory) = path.parent() {
        fs::create_dir_all(directory)?;
    }
    let mut draft = path.as_os_str().to_owned();
    draft.push(format!(".{}", &random_code()[..16]));
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&draft)?;
    let written = file
        .write_all(text.as_bytes())
        .and_then(|()| file.sync_all())
        .and_then(|()| fs::hard_link(&draft, path));
    fs::remove_file(&draft)?;
    match written {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        other => other,
    }
}

#[cfg(unix)]
fn exposed(metadata: &fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    metadata.permissions().mode() & 0o077 != 0
}

/// Elsewhere the directory's own protection has to do.
#[cfg(not(unix))]
fn exposed(_metadata: &fs::Metadata) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;

    #[test]
    fn the_first_text_stays_and_no_draft_is_left() {
        let home = TempDir::new().expect("a directory");
        let path = home.path().join("deep/kept");
        assert!(matches!(read(&path, 9), Ok(None)), "there is none yet");
        for text in ["first", "second"] {
            write_once(&path, text).expect("written");
            let kept = read(&path, 9).expect("readable");
            assert_eq!(kept.as_deref(), Some("first"));
        }
        let files = fs::read_dir(home.path().join("deep")).expect("the directory");
        assert_eq!(files.count(), 1);
        assert!(matches!(read(&path, 4), Err(Refusal::Damaged)), "too long");
    }
}
