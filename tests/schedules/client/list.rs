//! What a frame does to the list of chats: `ui/src/state/reduce-list.ts`. An older revision of a
//! chat never replaces a newer one.

use std::collections::BTreeMap;

use super::wire::{Activity, Chat, ChatDeleted, ChatNews, Chats};

/// The list of chats, and which answers are being written.
#[derive(Debug, Clone, Default)]
pub(crate) struct List {
    pub(crate) chats: BTreeMap<String, Chat>,
    /// Answers that are being written or wait, with their chats.
    pub(crate) running: BTreeMap<String, String>,
    pub(crate) revision: u64,
    pub(crate) epoch: Option<String>,
}

impl List {
    /// The whole list, or what changed of it; false when it is a part of another history.
    pub(crate) fn came(&mut self, news: Chats) -> bool {
        if !news.whole
            && self
                .epoch
                .as_ref()
                .is_some_and(|known| *known != news.epoch)
        {
            return false;
        }
        if news.whole {
            self.chats.clear();
        }
        for chat in news.chats {
            self.chats.insert(chat.chat_id.clone(), chat);
        }
        for id in &news.removed {
            self.chats.remove(id);
        }
        let running = news.running.into_iter();
        self.running = running.map(|one| (one.message_id, one.chat_id)).collect();
        self.revision = news.revision;
        self.epoch = Some(news.epoch);
        true
    }

    pub(crate) fn put(&mut self, chat: Chat) {
        let known = self.chats.get(&chat.chat_id);
        if known.is_none_or(|known| known.revision <= chat.revision) {
            self.chats.insert(chat.chat_id.clone(), chat);
        }
    }

    pub(crate) fn updated(&mut self, news: ChatNews) {
        self.revision = self.revision.max(news.revision);
        self.put(news.chat);
    }

    pub(crate) fn deleted(&mut self, news: &ChatDeleted) {
        self.revision = self.revision.max(news.revision);
        self.chats.remove(&news.chat_id);
        self.running.retain(|_, chat| *chat != news.chat_id);
    }

    pub(crate) fn activity(&mut self, news: Activity) {
        if news.running {
            // Nothing of a chat that is gone: its end would not be told.
            if !self.chats.contains_key(&news.chat_id) {
                return;
            }
            self.running.insert(news.message_id, news.chat_id);
        } else {
            self.running.remove(&news.message_id);
        }
    }

    pub(crate) fn answering(&self, chat: &str) -> bool {
        self.running.values().any(|one| one == chat)
    }
}
