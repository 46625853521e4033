//! The database as files: who may read them, the lock that keeps a restore and a running server
//! apart, and whole copies. Knows SQLite only as far as copying needs.

use std::{
    fs::{self, DirBuilder, File, OpenOptions, TryLockError},
    io::Read as _,
    path::{Path, PathBuf},
};

use crate::{
    connection::{self, APPLICATION_ID},
    error::OpenError,
};

/// The whole path: it must not change its meaning with the working directory, and SQLite would
/// read a relative one that starts with `file:` as an address.
pub(crate) fn whole(path: &Path) -> Result<PathBuf, OpenError> {
    std::path::absolute(path).map_err(|source| OpenError::file(path, source))
}

/// What SQLite adds to a database's name for the files beside it.
pub(crate) const COMPANIONS: [&str; 2] = ["-wal", "-shm"];
/// Where a database file says whose it is (the `application_id`, big-endian).
const OWNER_AT: usize = 68;

/// `path` with something added to its name.
pub(crate) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// Makes the directory (0700) and the file (0600) if they are not there, and shuts others out of
/// files that are. SQLite gives its own files beside it the same mode.
pub(crate) fn prepare(path: &Path) -> Result<(), OpenError> {
    let directory = directory_of(path);
    if !directory.is_dir() {
        make_directory(directory).map_err(|source| OpenError::file(directory, source))?;
    }
    open_private(path).map_err(|source| OpenError::file(path, source))?;
    for file in COMPANIONS.map(|suffix| beside(path, suffix)) {
        if file.exists()
            && let Err(error) = shut(&file)
        {
            // Somebody else's file in our directory: SQLite will say whether it can be used.
            tracing::warn!(file = %file.display(), %error, "the mode of a file stays");
        }
    }
    sync_directory(directory).map_err(|source| OpenError::file(directory, source))
}

/// How a database is held.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hold {
    /// Beside others: a server, a command line.
    Shared,
    /// Alone: a restore.
    Alone,
}

/// The lock of whoever has the database open.
pub(crate) const OPEN: &str = ".lock";
/// The lock of the one process that answers.
pub(crate) const SERVING: &str = ".serving";

/// Takes a lock of the database at `path`; held until the file is dropped, or the process ends.
pub(crate) fn hold(path: &Path, lock: &str, how: Hold) -> Result<File, OpenError> {
    let name = beside(path, lock);
    let file = open_private(&name).map_err(|source| OpenError::file(&name, source))?;
    let locked = match how {
        Hold::Shared => file.try_lock_shared(),
        Hold::Alone => file.try_lock(),
    };
    match locked {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(OpenError::InUse {
            path: path.to_owned(),
        }),
        Err(TryLockError::Error(source)) => Err(OpenError::file(&name, source)),
    }
}

/// Writes a whole, compact copy of a database, also while it is in use. The copy appears under its
/// name only when it is on the disk; what was there is replaced.
pub(crate) fn copy_database(from: &Path, to: &Path) -> Result<(), OpenError> {
    let partial = beside(to, ".partial");
    let on_disk = |source| OpenError::file(&partial, source);
    // SQLite is told the name as text: a name that is none would be written elsewhere.
    let name = partial.to_str().ok_or_else(|| OpenError::Refused {
        path: to.to_owned(),
        reason: "its name is not UTF-8",
    })?;
    remove_if_there(&partial)?;
    // Made first, so that it is nobody else's to read at any moment.
    open_private(&partial).map_err(on_disk)?;
    let copied =
        connection::for_reading(from).and_then(|source| source.execute("VACUUM INTO ?1", [name]));
    if let Err(error) = copied {
        remove_if_there(&partial)?;
        return Err(OpenError::sqlite(from, error));
    }
    // VACUUM INTO does not wait for the disk.
    File::open(&partial)
        .and_then(|file| file.sync_all())
        .map_err(on_disk)?;
    rename(&partial, to)
}

/// Renames, and waits until the disk knows.
pub(crate) fn rename(from: &Path, to: &Path) -> Result<(), OpenError> {
    fs::rename(from, to)
        .and_then(|()| sync_directory(directory_of(to)))
        .map_err(|source| OpenError::file(to, source))
}

/// Removes a file that may be there.
pub(crate) fn remove_if_there(path: &Path) -> Result<(), OpenError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(OpenError::file(path, error))
        }
        _ => Ok(()),
    }
}

/// Whether two paths are one file.
pub(crate) fn same(one: &Path, other: &Path) -> bool {
    match (one.canonicalize(), other.canonicalize()) {
        (Ok(one), Ok(other)) => one == other,
        _ => false,
    }
}

/// Whether writing a backup to `path` destroys nothing but an older backup.
pub(crate) fn replaceable(path: &Path) -> bool {
    let mut head = Vec::new();
    match File::open(path) {
        Err(error) => error.kind() == std::io::ErrorKind::NotFound,
        Ok(file) => {
            let length = u64::try_from(OWNER_AT + 4).unwrap_or(u64::MAX);
            let owner = u32::try_from(APPLICATION_ID).unwrap_or(0).to_be_bytes();
            file.take(length).read_to_end(&mut head).is_ok()
                && (head.is_empty() || head.get(OWNER_AT..) == Some(owner.as_slice()))
        }
    }
}

fn directory_of(path: &Path) -> &Path {
    path.parent()
        .filter(|directory| !directory.as_os_str().is_empty())
        .unwrap_or(Path::new("."))
}

/// Makes a directory for its owner only, and those above it; one that is there stays as it is.
pub(crate) fn make_directory(directory: &Path) -> std::io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(directory)
}

/// Opens for writing, made if need be, for its owner only.
fn open_private(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path)?;
    shut(path)?;
    Ok(file)
}

/// Makes an empty file to append to, for its owner only; what was there is gone.
pub(crate) fn create_private(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Leaves reading and writing to the owner.
#[cfg(unix)]
fn shut(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = fs::metadata(path)?.permissions().mode();
    if mode & 0o077 == 0 {
        return Ok(());
    }
    fs::set_permissions(path, fs::Permissions::from_mode(0o600))
}

#[cfg(not(unix))]
fn shut(_path: &Path) -> std::io::Result<()> {
    Ok(())
}

/// A new name is only durable once its directory is.
#[cfg(unix)]
fn sync_directory(directory: &Path) -> std::io::Result<()> {
    File::open(directory)?.sync_all()
}

#[cfg(not(unix))]
fn sync_directory(_directory: &Path) -> std::io::Result<()> {
    Ok(())
}
