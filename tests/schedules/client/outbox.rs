//! Messages that this device has and the server has not confirmed: `ui/src/client/outbox.ts`. An
//! entry leaves only when `user_message` with its client id arrives; until then it is sent again
//! after every reconnect and restart. Per chat they go one at a time, in order.

use std::collections::BTreeMap;

/// The references of outbox frames begin with this; the client id follows.
pub(crate) const REFERENCE: &str = "out-";

/// A message not yet accepted.
#[derive(Debug, Clone)]
pub(crate) struct Waiting {
    pub(crate) client_id: String,
    pub(crate) chat: String,
    pub(crate) content: String,
    /// What it is to follow, where the person chose that.
    pub(crate) parent: Option<Option<String>>,
    /// Why the server will never take it.
    pub(crate) refused: Option<String>,
}

/// The outbox. Its entries are on the device's disk; what is on its way is not.
#[derive(Debug, Clone, Default)]
pub(crate) struct Outbox {
    pub(crate) entries: Vec<Waiting>,
    /// By chat, the client id that is on its way.
    flying: BTreeMap<String, String>,
}

impl Outbox {
    pub(crate) fn add(&mut self, entry: Waiting) {
        self.entries.push(entry);
    }

    /// The server has it.
    pub(crate) fn confirm(&mut self, client_id: &str) {
        self.entries.retain(|entry| entry.client_id != client_id);
        self.flying.retain(|_, flying| flying != client_id);
    }

    /// The server refused one of ours: for good, or to be tried again.
    pub(crate) fn refused(&mut self, client_id: &str, reason: &str, retryable: bool) {
        self.flying.retain(|_, flying| flying != client_id);
        let entry = self
            .entries
            .iter_mut()
            .find(|entry| entry.client_id == client_id);
        if let Some(entry) = entry.filter(|_| !retryable) {
            entry.refused = Some(reason.to_owned());
        }
    }

    /// The line is gone: what was on its way may or may not have arrived, so it is sent again.
    pub(crate) fn disconnected(&mut self) {
        self.flying.clear();
    }

    pub(crate) fn waits_in(&self, chat: &str) -> bool {
        self.entries.iter().any(|entry| entry.chat == chat)
    }

    /// The first of each chat that can take one, noted as on its way.
    pub(crate) fn take_due(&mut self, ready: impl Fn(&str) -> bool) -> Vec<Waiting> {
        let mut seen: Vec<&str> = Vec::new();
        let mut due = Vec::new();
        for entry in self.entries.iter().filter(|entry| entry.refused.is_none()) {
            if seen.contains(&entry.chat.as_str()) {
                continue;
            }
            seen.push(&entry.chat);
            if !self.flying.contains_key(&entry.chat) && ready(&entry.chat) {
                due.push(entry.clone());
            }
        }
        for entry in &due {
            self.flying
                .insert(entry.chat.clone(), entry.client_id.clone());
        }
        due
    }
}
