//! The client, as the web UI is one: `ui/src/state/session.ts`. Pure: frames come in, frames to send
//! come out; lines and disks are `world`'s. What survives a reload is the outbox.

pub(crate) mod list;
pub(crate) mod open_chat;
pub(crate) mod outbox;
pub(crate) mod wire;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde_json::{Value, json};

use self::{
    list::List,
    open_chat::{OpenChat, Sound},
    outbox::{Outbox, REFERENCE, Waiting},
    wire::{Activity, ChatNews, Frame, Refusal},
};

const JOIN: &str = "join-";

/// How the chat on the screen is to be read again.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Reading {
    /// From the beginning: something is missing here.
    Whole,
    /// What of it changed: somebody showed another branch, ending with this message.
    Branch(String),
}

/// How far a connection has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    Offline,
    SigningIn,
    Online,
    /// Online, and the list of chats is as the server has it.
    Listed,
}

/// One device of the person.
#[derive(Debug)]
pub(crate) struct Client {
    pub(crate) outbox: Outbox,
    pub(crate) list: List,
    pub(crate) open: Option<OpenChat>,
    pub(crate) state: State,
    /// Chats seen before, so that going back to one shows it at once.
    kept: BTreeMap<String, OpenChat>,
    /// Chats begun here that the server may not know.
    local: BTreeSet<String>,
    reading: Option<Reading>,
    /// Frames that are to go out, oldest first.
    pub(crate) sending: VecDeque<String>,
}

impl Client {
    pub(crate) fn new(outbox: Outbox) -> Self {
        Self {
            outbox,
            list: List::default(),
            open: None,
            state: State::Offline,
            kept: BTreeMap::new(),
            local: BTreeSet::new(),
            reading: None,
            sending: VecDeque::new(),
        }
    }

    // What happens to the line.

    pub(crate) fn connected(&mut self, token: &str) {
        self.state = State::SigningIn;
        self.send("join_chat", json!({ "token": token }), None);
    }

    pub(crate) fn disconnected(&mut self) {
        self.state = State::Offline;
        self.outbox.disconnected();
        self.sending.clear();
    }

    /// A moment passes. What was refused for now is tried again, and what could not be right is read
    /// anew; not at once, as what is missing may be in the next frame.
    pub(crate) fn tick(&mut self) {
        self.flush();
        let wanted = match self.reading.take() {
            None => None,
            Some(Reading::Whole) => Some(false),
            Some(Reading::Branch(leaf)) => {
                let shown = self.open.as_ref().is_some_and(|open| open.shows(&leaf));
                (!shown).then_some(true)
            }
        };
        if let Some(resume) = wanted {
            self.join(resume);
        }
    }

    /// Whether nothing is under way that this client knows of.
    pub(crate) fn is_at_rest(&self) -> bool {
        self.unrest().is_empty()
    }

    /// What is under way, in words.
    pub(crate) fn unrest(&self) -> Vec<String> {
        let mut unrest = Vec::new();
        if self.state != State::Listed {
            unrest.push(format!("{:?}", self.state));
        }
        if let Some(reading) = &self.reading {
            unrest.push(format!("reading {reading:?}"));
        }
        if let Some(open) = self
            .open
            .as_ref()
            .filter(|open| !open.loaded || open.writing.is_some())
        {
            unrest.push(format!("open {open:?}"));
        }
        let waiting = self
            .outbox
            .entries
            .iter()
            .filter(|entry| entry.refused.is_none());
        unrest.extend(waiting.map(|entry| format!("waiting {entry:?}")));
        unrest.extend(
            self.list
                .running
                .iter()
                .map(|one| format!("running {one:?}")),
        );
        unrest
    }

    // What the person does.

    /// Shows a chat: from memory at once if it is there, then as the server has it.
    pub(crate) fn look(&mut self, chat: &str) {
        if let Some(mut open) = self.open.take().filter(|open| open.loaded) {
            open.writing = None;
            self.kept.insert(open.id.clone(), open);
        }
        self.reading = None;
        let local = self.local.contains(chat);
        let known = self.kept.remove(chat);
        self.open = Some(known.unwrap_or_else(|| OpenChat::new(chat, local)));
        if !local {
            self.join(true);
        }
    }

    /// Begins a chat that the server hears of with its first message.
    pub(crate) fn begin_chat(&mut self, chat: &str) {
        self.local.insert(chat.to_owned());
        self.look(chat);
    }

    /// Presses Enter.
    pub(crate) fn say(&mut self, entry: Waiting) {
        self.outbox.add(entry);
        self.flush();
    }

    pub(crate) fn ask(&mut self, frame: &str, data: Value) {
        if self.is_online() {
            self.send(frame, data, None);
        }
    }

    /// Shows another answer or another wording of a question.
    pub(crate) fn show_branch(&mut self, message: &str) {
        let Some(chat) = self.open.as_ref().map(|open| open.id.clone()) else {
            return;
        };
        self.ask("update_chat", json!({ "chatId": chat, "leafId": message }));
        self.join(true);
    }

    // What the server says.

    pub(crate) fn take(&mut self, frame: Frame, reference: Option<&str>) {
        let sound = self.show(&frame);
        if sound == Sound::Stale {
            self.reading = Some(Reading::Whole);
        }
        match frame {
            Frame::Authenticated => {
                self.state = State::Online;
                let since = json!({ "since": self.list.revision, "epoch": self.list.epoch });
                self.send("watch_chats", since, None);
                self.join(true);
            }
            Frame::Chats(news) => {
                if self.list.came(news) {
                    self.listed();
                } else {
                    self.list = List::default();
                    self.send("watch_chats", json!({ "since": 0 }), None);
                }
            }
            Frame::Joined(joined) => self.list.put(joined.chat),
            Frame::ChatCreated(news) => {
                self.local.remove(&news.chat.chat_id);
                // Made before, as it turns out, and with messages.
                self.branch_may_have_moved(&news);
                self.list.put(news.chat);
            }
            Frame::ChatUpdated(news) => {
                self.branch_may_have_moved(&news);
                self.list.updated(news);
            }
            Frame::ChatDeleted(news) => {
                self.list.deleted(&news);
                self.kept.remove(&news.chat_id);
                self.gone(&news.chat_id);
            }
            Frame::Activity(news) => self.list.activity(news),
            Frame::Start(start) => self.activity(start.chat_id, start.message_id, true),
            Frame::UserMessage(message) => {
                if let Some(client_id) = &message.client_id {
                    self.outbox.confirm(client_id);
                }
                self.is_not_begun_here(&message.chat_id);
            }
            Frame::Complete(message) => self.activity(message.chat_id, message.message_id, false),
            Frame::Error(refusal) => self.refused(refusal, reference),
            Frame::Text(_) | Frame::Reasoning(_) | Frame::Draining | Frame::Other => {}
        }
        self.flush();
    }

    /// Applies a frame to the chat on the screen, if it is about that.
    fn show(&mut self, frame: &Frame) -> Sound {
        let Some(open) = &mut self.open else {
            return Sound::Yes;
        };
        let sound = match frame.clone() {
            Frame::Joined(joined) if joined.chat_id == open.id => open.joined(joined),
            Frame::UserMessage(message) if message.chat_id == open.id => open.user_message(message),
            Frame::Start(start) if start.chat_id == open.id => open.started(start),
            Frame::Text(piece) if piece.chat_id == open.id => {
                open.grown(piece, |writing| &mut writing.text)
            }
            Frame::Reasoning(piece) if piece.chat_id == open.id => {
                open.grown(piece, |writing| &mut writing.reasoning)
            }
            Frame::Complete(message) if message.chat_id == open.id => open.completed(message),
            Frame::ChatUpdated(news) if news.chat.chat_id == open.id => open.updated(&news.chat),
            Frame::Error(refusal) => open.failed(&refusal),
            _ => Sound::Yes,
        };
        open.noted(sound)
    }

    fn listed(&mut self) {
        self.state = State::Listed;
        // Begun here, and known to the server by now: its `chat_created` was lost with a line.
        let open = self.open.as_ref().map(|open| open.id.clone());
        let was_local = open.is_some_and(|open| self.local.contains(&open));
        self.local
            .retain(|chat| !self.list.chats.contains_key(chat));
        if was_local {
            self.join(true);
        }
        // Waiting messages of chats that the server has never heard of: begun here.
        for entry in &self.outbox.entries {
            if !self.list.chats.contains_key(&entry.chat) {
                self.local.insert(entry.chat.clone());
            }
        }
    }

    /// A message was confirmed in a chat that the server was asked to make and did not: it took the
    /// message on another line, and somebody has deleted the chat since.
    fn is_not_begun_here(&mut self, chat: &str) {
        let is_open = self.open.as_ref().is_some_and(|open| open.id == chat);
        if self.local.remove(chat) && is_open {
            self.join(true);
        }
    }

    fn branch_may_have_moved(&mut self, news: &ChatNews) {
        let open = self
            .open
            .as_ref()
            .filter(|open| open.loaded && open.id == news.chat.chat_id);
        if let (Some(open), Some(leaf)) = (open, &news.chat.leaf_id)
            && !open.shows(leaf)
            && self.reading != Some(Reading::Whole)
        {
            self.reading = Some(Reading::Branch(leaf.clone()));
        }
    }

    fn activity(&mut self, chat_id: String, message_id: String, running: bool) {
        self.list.activity(Activity {
            chat_id,
            message_id,
            running,
        });
    }

    fn refused(&mut self, refusal: Refusal, reference: Option<&str>) {
        let Refusal {
            retryable,
            reason,
            message_id,
            chat_id,
            ..
        } = refusal;
        if let Some(client_id) = reference.and_then(|text| text.strip_prefix(REFERENCE)) {
            self.outbox.refused(client_id, &reason, retryable);
        } else if let Some(chat) = reference.and_then(|text| text.strip_prefix(JOIN)) {
            if reason == "not_found" {
                self.missing(chat);
            }
        } else if let (Some(chat), Some(message)) = (chat_id, message_id) {
            self.activity(chat, message, false);
        }
    }

    /// The server has no such chat. If words wait for it here, it was begun here.
    fn missing(&mut self, chat: &str) {
        if !self.outbox.waits_in(chat) {
            self.gone(chat);
        } else if let Some(open) = self.open.as_mut().filter(|open| open.id == chat) {
            // What was being written there went with it, and holds up nobody's words any more.
            open.loaded = true;
            open.writing = None;
        }
    }

    fn gone(&mut self, chat: &str) {
        if self.open.as_ref().is_some_and(|open| open.id == chat) {
            self.open = None;
            self.reading = None;
        }
    }

    // What it sends.

    /// Asks for the open chat, or for what of it is missing here.
    fn join(&mut self, resume: bool) {
        let Some(open) = self
            .open
            .as_ref()
            .filter(|open| !self.local.contains(&open.id))
        else {
            return;
        };
        if !self.is_online() {
            return;
        }
        let mut data = json!({ "chatId": open.id });
        if let Some(epoch) = open
            .epoch
            .as_ref()
            .filter(|_| resume && open.loaded && !open.has_gap)
        {
            data["resume"] = json!({ "epoch": epoch, "revision": open.known() });
            if let Some(writing) = open.writing.as_ref().filter(|writing| writing.begun) {
                data["resume"]["messageId"] = json!(writing.id);
                data["resume"]["seq"] = json!(writing.seq);
            }
        }
        let reference = format!("{JOIN}{}", open.id);
        self.send("join_chat", data, Some(&reference));
    }

    /// Sends what of the outbox is due.
    fn flush(&mut self) {
        if self.state != State::Listed {
            return;
        }
        let (list, open) = (&self.list, &self.open);
        let due = self.outbox.take_due(|chat| {
            let shown = open.as_ref().filter(|open| open.id == chat);
            !list.answering(chat) && shown.is_none_or(|open| open.writing.is_none())
        });
        for entry in due {
            self.transmit(entry);
        }
    }

    fn transmit(&mut self, entry: Waiting) {
        let Waiting {
            client_id,
            chat,
            content,
            parent,
            ..
        } = entry;
        if self.local.contains(&chat) {
            self.send("create_chat", json!({ "chatId": chat }), None);
            // Making a chat is also looking at it; what is on the screen stays looked at.
            if self.open.as_ref().is_some_and(|open| open.id != chat) {
                self.join(true);
            }
        }
        let mut data = json!({ "message": content, "clientId": client_id, "chatId": chat });
        if let Some(parent) = parent {
            data["parentId"] = json!(parent);
        }
        self.send("message", data, Some(&format!("{REFERENCE}{client_id}")));
    }

    pub(crate) fn is_online(&self) -> bool {
        matches!(self.state, State::Online | State::Listed)
    }

    fn send(&mut self, frame: &str, data: Value, reference: Option<&str>) {
        let mut frame = json!({ "type": frame, "data": data });
        if let Some(reference) = reference {
            frame["ref"] = json!(reference);
        }
        self.sending.push_back(frame.to_string());
    }
}
