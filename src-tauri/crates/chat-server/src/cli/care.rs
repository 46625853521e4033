//! `parlor-server backup | restore | check`: care of the database.

use std::{io::Write, path::Path};

use chat_store::Database;

/// Copies the database while everything goes on.
pub(super) async fn backup(
    database: &Database,
    file: &Path,
    stdout: &mut impl Write,
) -> anyhow::Result<()> {
    database.backup(file).await?;
    writeln!(stdout, "backed up to {}", file.display())?;
    Ok(())
}

/// Puts a backup in the database's place.
pub(super) fn restore(file: &Path, database: &Path, stdout: &mut impl Write) -> anyhow::Result<()> {
    let kept = Database::restore(file, database)?;
    writeln!(stdout, "restored from {}", file.display())?;
    if let Some(kept) = kept {
        writeln!(stdout, "what was there is kept as {}", kept.display())?;
    }
    Ok(())
}

/// Looks for damage; an error when there is some.
pub(super) async fn check(database: &Database, stdout: &mut impl Write) -> anyhow::Result<()> {
    let findings = database.check().await?;
    for finding in &findings {
        writeln!(stdout, "{}", crate::logging::visible(finding))?;
    }
    let path = database.path().display();
    anyhow::ensure!(findings.is_empty(), "{path} is damaged; restore a backup");
    writeln!(stdout, "{path} is sound")?;
    Ok(())
}
