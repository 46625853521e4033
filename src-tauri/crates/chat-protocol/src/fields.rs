//! Takes the fields of a frame's `data` apart, so that every refusal names its field and none
//! quotes a value, which may be a secret.

use chat_core::{Fault, Reason};
use serde_json::{Map, Value};

/// What is left of a JSON object to take. A field that is `null` counts as absent, but for
/// [`Fields::nullable`]. Of a field that comes twice the last one counts.
pub(crate) struct Fields {
    /// What to call the object in messages.
    path: &'static str,
    map: Map<String, Value>,
}

impl Fields {
    /// The fields of `map`, which messages call `path`.
    pub(crate) fn new(path: &'static str, map: Map<String, Value>) -> Self {
        Self { path, map }
    }

    /// A string.
    pub(crate) fn text(&mut self, name: &str) -> Result<Option<String>, Fault> {
        match self.take(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(self.wrong(name, "must be a string")),
        }
    }

    /// True or false.
    pub(crate) fn flag(&mut self, name: &str) -> Result<Option<bool>, Fault> {
        match self.take(name) {
            None => Ok(None),
            Some(Value::Bool(flag)) => Ok(Some(flag)),
            Some(_) => Err(self.wrong(name, "must be true or false")),
        }
    }

    /// A whole number from 0.
    pub(crate) fn count(&mut self, name: &str) -> Result<Option<u64>, Fault> {
        let Some(value) = self.take(name) else {
            return Ok(None);
        };
        let count = value.as_u64();
        count
            .map(Some)
            .ok_or_else(|| self.wrong(name, "must be a whole number from 0"))
    }

    /// A whole number.
    pub(crate) fn integer(&mut self, name: &str) -> Result<Option<i64>, Fault> {
        let Some(value) = self.take(name) else {
            return Ok(None);
        };
        let integer = value.as_i64();
        integer
            .map(Some)
            .ok_or_else(|| self.wrong(name, "must be a whole number"))
    }

    /// A number.
    pub(crate) fn number(&mut self, name: &str) -> Result<Option<f64>, Fault> {
        let Some(value) = self.take(name) else {
            return Ok(None);
        };
        let number = value.as_f64().filter(|number| number.is_finite());
        number
            .map(Some)
            .ok_or_else(|| self.wrong(name, "must be a number"))
    }

    /// An object, whose fields messages call `path`.
    pub(crate) fn object(&mut self, name: &str, path: &'static str) -> Result<Option<Self>, Fault> {
        match self.take(name) {
            None => Ok(None),
            Some(Value::Object(map)) => Ok(Some(Self::new(path, map))),
            Some(_) => Err(self.wrong(name, "must be an object")),
        }
    }

    /// A list of objects, whose fields messages call `path`.
    pub(crate) fn list(
        &mut self,
        name: &str,
        path: &'static str,
    ) -> Result<Option<Vec<Self>>, Fault> {
        let items = match self.take(name) {
            None => return Ok(None),
            Some(Value::Array(items)) => items,
            Some(_) => return Err(self.wrong(name, "must be a list")),
        };
        let items = items.into_iter().map(|item| match item {
            Value::Object(map) => Ok(Self::new(path, map)),
            _ => Err(self.wrong(name, "must be a list of objects")),
        });
        items.collect::<Result<_, _>>().map(Some)
    }

    /// Anything at all, if it is an object; whatever else it is, is let pass.
    pub(crate) fn object_if_any(&mut self, name: &str, path: &'static str) -> Option<Self> {
        match self.take(name) {
            Some(Value::Object(map)) => Some(Self::new(path, map)),
            _ => None,
        }
    }

    /// A string, or a number as text.
    pub(crate) fn label(&mut self, name: &str) -> Result<Option<String>, Fault> {
        match self.take(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(Value::Number(number)) => Ok(Some(number.to_string())),
            Some(_) => Err(self.wrong(name, "must be a string")),
        }
    }

    /// What `read` finds, or a refusal that says what is missing.
    pub(crate) fn required<T>(
        &mut self,
        name: &str,
        read: impl FnOnce(&mut Self, &str) -> Result<Option<T>, Fault>,
    ) -> Result<T, Fault> {
        read(self, name)?.ok_or_else(|| self.wrong(name, "is missing"))
    }

    /// Tells absent (`None`) from `null` (`Some(None)`) from what `read` finds.
    pub(crate) fn nullable<T>(
        &mut self,
        name: &str,
        read: impl FnOnce(&mut Self, &str) -> Result<Option<T>, Fault>,
    ) -> Result<Option<Option<T>>, Fault> {
        if !self.map.contains_key(name) {
            return Ok(None);
        }
        read(self, name).map(Some)
    }

    /// A malformed field.
    pub(crate) fn wrong(&self, name: &str, problem: &str) -> Fault {
        self.fault(Reason::Malformed, name, problem)
    }

    /// A refused field.
    pub(crate) fn fault(&self, reason: Reason, name: &str, problem: &str) -> Fault {
        let path = self.path;
        let dot = if path.is_empty() { "" } else { "." };
        Fault::invalid(reason, format!("{path}{dot}{name} {problem}"))
    }

    fn take(&mut self, name: &str) -> Option<Value> {
        self.map.remove(name).filter(|value| !value.is_null())
    }
}
