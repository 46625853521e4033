//! A value as it was found, before it is known what it means. Text from flags and the
//! environment is read as whatever the setting wants; a file has types, and they must fit.

use std::{
    fmt,
    path::{Path, PathBuf},
    time::Duration,
};

use secrecy::SecretString;

/// A value as it was found.
#[derive(Debug, Clone)]
pub(super) enum Value {
    /// From a flag or the environment.
    Text(String),
    /// From the file.
    Typed(toml::Value),
    /// From a flag that names a path, which need not be UTF-8.
    Path(PathBuf),
}

impl Value {
    /// Text that is not empty.
    pub(super) fn text(&self) -> Option<&str> {
        let text = match self {
            Self::Text(text) | Self::Typed(toml::Value::String(text)) => text,
            Self::Typed(_) | Self::Path(_) => return None,
        };
        (!text.is_empty()).then_some(text)
    }

    /// Text that is not empty, on one line and without escape codes.
    pub(super) fn line(&self) -> Option<String> {
        let text = self.text()?.trim();
        (!text.is_empty() && !text.chars().any(char::is_control)).then(|| text.to_owned())
    }

    /// A secret.
    pub(super) fn secret(&self) -> Option<SecretString> {
        self.text().map(SecretString::from)
    }

    /// A whole number.
    pub(super) fn count(&self) -> Option<u32> {
        match self {
            Self::Text(text) => text.trim().parse().ok(),
            Self::Typed(toml::Value::Integer(number)) => u32::try_from(*number).ok(),
            Self::Typed(_) | Self::Path(_) => None,
        }
    }

    /// A time in milliseconds, at least one.
    pub(super) fn milliseconds(&self) -> Option<Duration> {
        let count = self.count().filter(|count| *count > 0)?;
        Some(Duration::from_millis(count.into()))
    }

    /// Yes or no.
    pub(super) fn switch(&self) -> Option<bool> {
        match self {
            Self::Typed(toml::Value::Boolean(on)) => Some(*on),
            Self::Text(text) => match text.trim().to_ascii_lowercase().as_str() {
                "true" | "1" | "yes" | "on" => Some(true),
                "false" | "0" | "no" | "off" => Some(false),
                _ => None,
            },
            Self::Typed(_) | Self::Path(_) => None,
        }
    }

    /// Several texts: an array in the file, else separated by commas.
    pub(super) fn list(&self) -> Option<Vec<String>> {
        let part = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        match self {
            Self::Typed(toml::Value::Array(parts)) => parts
                .iter()
                .map(|value| value.as_str().and_then(part))
                .collect(),
            _ => self.text()?.split(',').map(part).collect(),
        }
    }

    /// A path; a relative one starts at `base`.
    pub(super) fn path(&self, base: &Path) -> Option<PathBuf> {
        match self {
            Self::Path(path) => Some(path.as_path()).filter(|path| !path.as_os_str().is_empty()),
            _ => self.text().map(Path::new),
        }
        .map(|path| base.join(path))
    }
}

impl fmt::Display for Value {
    /// For a message: quoted, escape codes made visible, long values cut.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self {
            Self::Text(text) => format!("{text:?}"),
            Self::Typed(toml::Value::String(text)) => format!("{text:?}"),
            Self::Typed(value) => value.to_string().escape_debug().to_string(),
            Self::Path(path) => format!("{path:?}"),
        };
        match text.char_indices().nth(80) {
            Some((end, _)) => write!(formatter, "{}…", &text[..end]),
            None => formatter.write_str(&text),
        }
    }
}
