//! Settings from one TOML file: which one, and what stands in it.

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::{
    ConfigError, FILE_NAME, Found, Layer, Place,
    keys::{self, KEYS},
    value::Value,
};

/// The file that is to be read.
pub(super) struct FoundFile {
    path: PathBuf,
    /// Found in the data directory, so it cannot say where that is.
    in_data_dir: bool,
}

/// The file named, else that of the working directory, else that of the data directory.
pub(super) fn find(
    named: Option<PathBuf>,
    working_dir: &Path,
    data_dir: Option<&Path>,
) -> Option<FoundFile> {
    if let Some(path) = named {
        return Some(FoundFile {
            path: working_dir.join(path),
            in_data_dir: false,
        });
    }
    let here = working_dir.join(FILE_NAME);
    if here.exists() {
        return Some(FoundFile {
            path: here,
            in_data_dir: false,
        });
    }
    let there = working_dir.join(data_dir?).join(FILE_NAME);
    there.exists().then_some(FoundFile {
        path: there,
        in_data_dir: true,
    })
}

/// Reads it. A secret in a file that others can read gives a notice.
pub(super) fn read(file: &FoundFile, notices: &mut Vec<String>) -> Result<Layer, ConfigError> {
    let path = &file.path;
    let text = fs::read_to_string(path).map_err(|cause| ConfigError::Unreadable {
        path: path.clone(),
        cause,
    })?;
    let table: toml::Table = text.parse().map_err(|error: toml::de::Error| {
        let before = error
            .span()
            .and_then(|span| text.get(..span.start))
            .unwrap_or_default();
        ConfigError::Syntax {
            path: path.clone(),
            line: before.matches('\n').count() + 1,
            message: error.message().escape_debug().to_string(),
        }
    })?;

    let mut settings = Vec::new();
    flatten(String::new(), table, path, &mut settings)?;
    if file.in_data_dir && settings.iter().any(|found| found.key.name == "data_dir") {
        return Err(ConfigError::BadValue {
            name: "data_dir".to_owned(),
            place: Place::File(path.clone()),
            value: String::new(),
            allowed: "only a file outside the data directory, or --data-dir".to_owned(),
        });
    }
    let secret = settings
        .iter()
        .any(|found| ["jwt_secret", "provider.api_key"].contains(&found.key.name));
    if secret && readable_by_others(path) {
        notices.push(format!(
            "{} holds a secret and others on this computer can read it: chmod 600 it",
            path.display()
        ));
    }
    let base = path.parent().unwrap_or(Path::new("")).to_owned();
    Ok(Layer {
        place: Place::File(path.clone()),
        base,
        settings,
    })
}

/// The names that begin with `section`, or all where none does: what could have been meant.
pub(super) fn nearest(section: &str, names: &[String]) -> String {
    let near: Vec<_> = names
        .iter()
        .filter(|name| name.starts_with(section))
        .cloned()
        .collect();
    if near.is_empty() {
        names.join(", ")
    } else {
        near.join(", ")
    }
}

fn flatten(
    prefix: String,
    table: toml::Table,
    path: &Path,
    settings: &mut Vec<Found>,
) -> Result<(), ConfigError> {
    for (part, value) in table {
        let name = if prefix.is_empty() {
            part
        } else {
            format!("{prefix}.{part}")
        };
        let section = format!("{name}.");
        match (keys::by_name(&name), value) {
            (Some(key), value) => settings.push(Found {
                key,
                name,
                value: Value::Typed(value),
            }),
            (None, toml::Value::Table(table))
                if KEYS.iter().any(|key| key.name.starts_with(&section)) =>
            {
                flatten(name, table, path, settings)?;
            }
            (None, _) => {
                let section = name.split('.').next().unwrap_or_default();
                let section = format!("{section}.");
                let names: Vec<_> = KEYS.iter().map(|key| key.name.to_owned()).collect();
                return Err(ConfigError::UnknownKey {
                    known: nearest(&section, &names),
                    name,
                    place: Place::File(path.to_owned()),
                });
            }
        }
    }
    Ok(())
}

#[cfg(unix)]
fn readable_by_others(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(path).is_ok_and(|metadata| metadata.permissions().mode() & 0o004 != 0)
}

#[cfg(not(unix))]
fn readable_by_others(_path: &Path) -> bool {
    false
}
