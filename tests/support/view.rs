//! What a client shows of one chat: the rules by which `PROTOCOL.md` lets a client merge what it
//! hears, whether it comes as a snapshot or as what it lacks, and nothing cleverer.

use serde_json::{Value, json};

use super::client::text;

/// An answer that is being written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Writing {
    id: String,
    text: String,
    seq: u64,
}

/// The chat as it is shown.
#[derive(Clone, Debug, Default)]
pub(crate) struct View {
    pub(crate) chat: String,
    epoch: Value,
    revision: u64,
    /// The line, oldest first.
    messages: Vec<Value>,
    writing: Option<Writing>,
    /// The `error`s that were told, all.
    pub(crate) errors: Vec<Value>,
}

impl View {
    /// Nothing of a chat.
    pub(crate) fn of(chat: &str) -> Self {
        Self {
            chat: chat.to_owned(),
            ..Self::default()
        }
    }

    /// The `join_chat` that asks for what is missing.
    pub(crate) fn join(&self) -> Value {
        let mut data = json!({ "chatId": self.chat });
        if !self.epoch.is_null() {
            data["resume"] = json!({"epoch": self.epoch, "revision": self.revision});
            if let Some(writing) = &self.writing {
                data["resume"]["messageId"] = json!(writing.id);
                data["resume"]["seq"] = json!(writing.seq);
            }
        }
        json!({"type": "join_chat", "data": data})
    }

    /// The messages as `role: text (status)`, with the answer that is being written.
    pub(crate) fn lines(&self) -> Vec<String> {
        let line = |message: &Value| {
            let [role, content, status] = ["role", "content", "status"].map(|f| text(message, f));
            format!("{role}: {content} ({status})")
        };
        let ended = self.messages.iter().map(line);
        let writing = self.writing.iter();
        ended
            .chain(writing.map(|writing| format!("assistant: {} (running)", writing.text)))
            .collect()
    }

    /// The text that is being written.
    pub(crate) fn writing(&self) -> Option<&str> {
        self.writing.as_ref().map(|writing| writing.text.as_str())
    }

    /// The last message's data.
    pub(crate) fn last(&self) -> &Value {
        self.messages.last().expect("something was said")
    }

    /// Whether the last message that ended is of this role.
    pub(crate) fn ends_in(&self, role: &str) -> bool {
        self.messages
            .last()
            .is_some_and(|last| last["role"] == role)
    }

    /// Takes a frame of the server.
    pub(crate) fn take(&mut self, frame: &Value) {
        let data = &frame["data"];
        match frame["type"].as_str().unwrap_or_default() {
            "chat_joined" => self.joined(data),
            "user_message" => self.put(data),
            "assistant_message_start" => {
                self.grown(data);
                self.begin(text(data, "messageId"), &data["seq"]);
            }
            "assistant_message_token" => {
                let writing = self.writing.as_mut().expect("a token follows a start");
                assert_eq!(writing.id, text(data, "messageId"), "of the one answer");
                let seq = data["seq"].as_u64().expect("each token has its number");
                assert!(seq > writing.seq, "nothing twice: {data} after {writing:?}");
                writing.seq = seq;
                writing.text.push_str(text(data, "token"));
            }
            "assistant_message_complete" => {
                if let Some(writing) = &self.writing {
                    assert_eq!(writing.text, text(data, "content"), "no gap and no double");
                }
                self.put(data);
            }
            "error" => {
                // A failed answer without a word has no other end.
                let failed = |writing: &Writing| data["messageId"] == writing.id.as_str();
                if self.writing.as_ref().is_some_and(failed) {
                    self.writing = None;
                }
                self.errors.push(data.clone());
            }
            _ => {}
        }
    }

    fn joined(&mut self, data: &Value) {
        assert_eq!(data["chatId"], self.chat.as_str());
        let resumed = data["resumed"] == true;
        assert!(
            !(resumed && self.epoch.is_null()),
            "only who had something resumes"
        );
        if !resumed {
            self.messages.clear();
        }
        data["messages"]
            .as_array()
            .expect("messages")
            .iter()
            .for_each(|message| self.put(message));
        self.epoch = data["epoch"].clone();
        self.grown(data);
        match &data["running"] {
            Value::Null if resumed => {}
            Value::Null => self.writing = None,
            running => self.begin(text(running, "messageId"), &running["seq"]),
        }
    }

    /// An answer begins, or is gone on with from where this view is.
    fn begin(&mut self, id: &str, seq: &Value) {
        let seq = seq.as_u64().expect("a start has a number");
        if let Some(writing) = &self.writing
            && writing.id == id
            && writing.seq == seq
        {
            return;
        }
        assert_eq!(seq, 0, "from the beginning, or from where the client is");
        self.messages.retain(|message| message["messageId"] != id);
        self.writing = Some(Writing {
            id: id.to_owned(),
            text: String::new(),
            seq: 0,
        });
    }

    /// Adds a message, or replaces what is known of it.
    fn put(&mut self, message: &Value) {
        self.grown(message);
        let id = text(message, "messageId");
        if self
            .writing
            .as_ref()
            .is_some_and(|writing| writing.id == id)
        {
            self.writing = None;
        }
        let known = self
            .messages
            .iter_mut()
            .find(|known| known["messageId"] == id);
        match known {
            Some(known) => *known = message.clone(),
            None => self.messages.push(message.clone()),
        }
    }

    fn grown(&mut self, data: &Value) {
        let revision = data["revision"].as_u64().unwrap_or_default();
        self.revision = self.revision.max(revision);
    }
}
