//! Settings from the environment: of the process, or of a `.env` file, which is read the same way.
//! Names that do not begin with `PARLOR_` belong to others and are left alone, but for the few
//! that the seeds' systems use.

use std::{
    collections::BTreeMap,
    ffi::{OsStr, OsString},
    fs, io,
    path::{Path, PathBuf},
};

use super::{ConfigError, Found, Layer, Place, dot_env, file, keys::KEYS, value::Value};

/// `PARLOR_` variables that are no settings: of the build, and the path of the file.
const NOT_SETTINGS: [&str; 4] = [
    "PARLOR_CONFIG",
    "PARLOR_WRITE_TYPES",
    "PARLOR_WRITE_DOCS",
    "PARLOR_SERVER_BIN",
];

/// Variables with their values.
#[derive(Debug, Clone)]
pub struct Environment {
    place: Place,
    variables: BTreeMap<OsString, OsString>,
}

impl Environment {
    /// What this process was started with.
    #[must_use]
    pub fn of_process() -> Self {
        Self {
            place: Place::Environment,
            variables: std::env::vars_os().collect(),
        }
    }

    /// These variables, as if a process had been started with them.
    #[must_use]
    pub fn of(variables: &[(&str, &str)]) -> Self {
        let owned = |(name, value): &(&str, &str)| (name.into(), value.into());
        Self {
            place: Place::Environment,
            variables: variables.iter().map(owned).collect(),
        }
    }

    /// The variables of a `.env` file; none where there is no such file.
    pub(super) fn of_file(path: PathBuf) -> Result<Self, ConfigError> {
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => String::new(),
            // A Python environment is often a directory of this name.
            Err(cause) if cause.kind() == io::ErrorKind::IsADirectory => String::new(),
            Err(cause) => return Err(ConfigError::Unreadable { path, cause }),
        };
        let variables = dot_env::parse(&text);
        let variables = variables
            .into_iter()
            .map(|(name, value)| (name.into(), value.into()));
        Ok(Self {
            variables: variables.collect(),
            place: Place::File(path),
        })
    }

    /// The value of a variable that names a path.
    pub(super) fn path(&self, name: &str) -> Option<PathBuf> {
        self.value(name).map(PathBuf::from)
    }

    /// Where programs keep a person's data on this system.
    pub(super) fn data_home(&self) -> Option<PathBuf> {
        // A relative XDG path is to be ignored, says its specification.
        let given = if cfg!(windows) {
            "LOCALAPPDATA"
        } else {
            "XDG_DATA_HOME"
        };
        let given = self.path(given).filter(|path| path.is_absolute());
        given.or_else(|| {
            let home = self.path(if cfg!(windows) { "USERPROFILE" } else { "HOME" })?;
            let below = if cfg!(target_os = "macos") {
                "Library/Application Support"
            } else {
                ".local/share"
            };
            home.is_absolute().then(|| home.join(below))
        })
    }

    /// The settings among the variables. A seed's name is weaker than Parlor's own.
    pub(super) fn layer(&self, working_dir: &Path) -> Result<Layer, ConfigError> {
        let mut settings = Vec::new();
        for key in KEYS {
            for name in key
                .seed_name
                .map(str::to_owned)
                .into_iter()
                .chain([key.variable()])
            {
                let Some(value) = self.value(&name) else {
                    continue;
                };
                let Some(text) = value.to_str() else {
                    return Err(ConfigError::BadValue {
                        name,
                        place: self.place.clone(),
                        value: String::new(),
                        allowed: "UTF-8 text".to_owned(),
                    });
                };
                settings.push(Found {
                    key,
                    value: Value::Text(text.to_owned()),
                    name,
                });
            }
        }
        self.refuse_unknown()?;
        Ok(Layer {
            place: self.place.clone(),
            base: working_dir.to_owned(),
            settings,
        })
    }

    fn refuse_unknown(&self) -> Result<(), ConfigError> {
        for name in self.variables.keys() {
            let name = name.to_string_lossy();
            let ours = name.starts_with("PARLOR_") && !name.starts_with("PARLOR_TEST_");
            if !ours || NOT_SETTINGS.contains(&&*name) {
                continue;
            }
            if !KEYS.iter().any(|key| key.variable() == name) {
                let names: Vec<_> = KEYS.iter().map(super::keys::Key::variable).collect();
                let section = name.split('_').nth(1).unwrap_or_default();
                let section = format!("PARLOR_{section}_");
                return Err(ConfigError::UnknownKey {
                    known: file::nearest(&section, &names),
                    name: name.into_owned(),
                    place: self.place.clone(),
                });
            }
        }
        Ok(())
    }

    /// A variable's value; an empty one counts as not set, as in shells' `${NAME:-default}`.
    fn value(&self, name: &str) -> Option<&OsStr> {
        self.variables
            .get(OsStr::new(name))
            .map(OsString::as_os_str)
            .filter(|v| !v.is_empty())
    }
}
