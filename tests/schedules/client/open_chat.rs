//! What a frame does to the chat that is open: `ui/src/client/reduce-chat.ts`. The same frame twice,
//! or an old one after a resume, changes nothing; where the chat cannot be right any more, the
//! reducer says so, and the chat is read anew.

use super::wire::{Chat, Joined, Message, Piece, Refusal, Start};

/// Whether what is here can still become right by frames alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sound {
    Yes,
    /// Something is missing that will not come: read anew.
    Stale,
}

/// The answer being written.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Writing {
    pub(crate) id: String,
    pub(crate) parent: Option<String>,
    pub(crate) siblings: Vec<String>,
    pub(crate) text: String,
    pub(crate) reasoning: String,
    /// Pieces that are here: where to resume.
    pub(crate) seq: u64,
    /// False between the join that promises it and its start.
    pub(crate) begun: bool,
}

/// A chat as it is shown: one line of its tree, and the answer being written at its end.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct OpenChat {
    pub(crate) id: String,
    /// Whether the server was read, or there is nothing to read yet.
    pub(crate) loaded: bool,
    pub(crate) epoch: Option<String>,
    /// The greatest revision among the frames about messages.
    pub(crate) revision: u64,
    pub(crate) messages: Vec<Message>,
    pub(crate) writing: Option<Writing>,
    /// Something of it is missing here that only a reading of the whole chat brings.
    pub(crate) has_gap: bool,
    /// The chat ends with a message that is not here: the line was right as of that revision at the
    /// latest.
    pub(crate) moved: Option<(String, u64)>,
    /// The revision of the last reading of the whole chat: of an answer begun before it says nothing.
    whole_at: u64,
    /// The answer that was being written when the chat was read, and its alternatives if they are
    /// known here: a reading does not list them.
    joined_into: Option<(String, Option<Vec<String>>)>,
}

impl OpenChat {
    pub(crate) fn new(id: &str, loaded: bool) -> Self {
        Self {
            id: id.to_owned(),
            loaded,
            ..Self::default()
        }
    }

    pub(crate) fn shows(&self, id: &str) -> bool {
        self.position(id).is_some() || self.writing.as_ref().is_some_and(|one| one.id == id)
    }

    /// Notes whether the chat can still become right by frames alone, and whether its end is here.
    pub(crate) fn noted(&mut self, sound: Sound) -> Sound {
        self.has_gap |= sound == Sound::Stale;
        if self
            .moved
            .as_ref()
            .is_some_and(|(leaf, _)| self.shows(leaf))
        {
            self.moved = None;
        }
        sound
    }

    /// The chat as the list has it now.
    pub(crate) fn updated(&mut self, chat: &Chat) -> Sound {
        if let Some(leaf) = &chat.leaf_id
            && self.loaded
            && !self.shows(leaf)
        {
            let before = self.moved.take().map_or(chat.revision, |(_, from)| from);
            self.moved = Some((leaf.clone(), before.min(chat.revision - 1)));
        }
        Sound::Yes
    }

    /// Where to resume from.
    pub(crate) fn known(&self) -> u64 {
        let from = self.moved.as_ref().map(|(_, from)| *from);
        from.unwrap_or(self.revision).min(self.revision)
    }

    pub(crate) fn joined(&mut self, joined: Joined) -> Sound {
        let Joined {
            messages,
            epoch,
            revision,
            running,
            resumed,
            chat,
            ..
        } = joined;
        self.moved = None;
        self.joined_into = running.as_ref().map(|running| {
            let id = &running.message_id;
            (id.clone(), self.alternatives_of(id))
        });
        let mut sound = Sound::Yes;
        if resumed {
            if !self.loaded {
                sound = Sound::Stale;
            }
            let parents: Vec<_> = messages.iter().map(|one| one.parent_id.clone()).collect();
            // The server listed what is missing here; nothing is ever cut off by that.
            for message in messages {
                match self.position(&message.message_id) {
                    Some(at) => self.messages[at] = message,
                    None => {
                        let at = self.place_after(message.parent_id.as_deref());
                        self.messages.insert(at, message);
                    }
                }
            }
            let being = running.as_ref().map(|running| running.message_id.as_str());
            let fits = |parent: &Option<String>| {
                parent.as_deref() == being || self.fits(parent.as_deref())
            };
            let is_here = |leaf: &String| self.position(leaf).is_some();
            let ends_here = running.is_some() || chat.leaf_id.as_ref().is_none_or(is_here);
            if !parents.iter().all(fits) || !ends_here {
                sound = Sound::Stale;
            }
        } else {
            self.messages = messages;
            self.whole_at = revision;
            self.has_gap = false;
        }
        self.writing = match (running, self.writing.take()) {
            (None, _) => None,
            (Some(running), Some(mine)) if mine.id == running.message_id && running.seq > 0 => {
                Some(mine)
            }
            (Some(running), _) => Some(Writing {
                id: running.message_id,
                parent: None,
                siblings: Vec::new(),
                text: String::new(),
                reasoning: String::new(),
                seq: 0,
                begun: false,
            }),
        };
        if let Some(writing) = &self.writing {
            // Gone on with: it is not a finished message any more.
            self.messages
                .retain(|message| message.message_id != writing.id);
        }
        self.loaded = true;
        self.epoch = Some(epoch);
        self.revision = revision;
        sound
    }

    pub(crate) fn user_message(&mut self, message: Message) -> Sound {
        self.revision = self.revision.max(message.revision);
        self.place(message)
    }

    pub(crate) fn started(&mut self, start: Start) -> Sound {
        let Start {
            message_id: id,
            parent_id: parent,
            seq,
            revision,
            ..
        } = start;
        self.revision = self.revision.max(revision);
        // One that waited while the chat was read is like one that was being written then.
        let joined = self.joined_into.as_ref();
        if revision <= self.whole_at && joined.is_none_or(|(joined, _)| *joined != id) {
            self.joined_into = Some((id.clone(), self.alternatives_of(&id)));
        }
        let told = self
            .joined_into
            .as_ref()
            .filter(|(joined, _)| *joined == id);
        let told = told.and_then(|(_, siblings)| siblings.clone());
        let siblings = told.unwrap_or_else(|| self.siblings_of(&id, parent.as_deref()));
        let mine = self
            .writing
            .take()
            .filter(|writing| writing.id == id && seq > 0);
        let had = mine.as_ref().map_or(0, |writing| writing.seq);
        let (text, reasoning) = mine.map_or_else(Default::default, |one| (one.text, one.reasoning));
        let fits = self.fits(parent.as_deref());
        self.messages.retain(|message| message.message_id != id);
        self.make_room(&id, parent.as_deref());
        self.writing = Some(Writing {
            id,
            parent,
            siblings,
            text,
            reasoning,
            seq: had,
            begun: true,
        });
        // The server counts on pieces that are not here: they can only come with a new reading.
        if seq > had || !fits {
            Sound::Stale
        } else {
            Sound::Yes
        }
    }

    pub(crate) fn grown(&mut self, piece: Piece, into: fn(&mut Writing) -> &mut String) -> Sound {
        let mine = self
            .writing
            .as_mut()
            .filter(|writing| writing.id == piece.message_id);
        if let Some(writing) = mine {
            if piece.seq > writing.seq {
                writing.seq = piece.seq;
                into(writing).push_str(&piece.token);
            }
            return Sound::Yes;
        }
        // What is whole needs no pieces; what was never begun here is missing.
        match self.position(&piece.message_id) {
            Some(_) => Sound::Yes,
            None => Sound::Stale,
        }
    }

    pub(crate) fn completed(&mut self, message: Message) -> Sound {
        self.revision = self.revision.max(message.revision);
        let mine = self
            .writing
            .take_if(|writing| writing.id == message.message_id);
        let siblings = mine
            .map(|writing| writing.siblings)
            .filter(|known| !known.is_empty());
        let unsure = self.is_unsure(&message.message_id);
        let sound = self.place(match siblings {
            Some(sibling_ids) => Message {
                sibling_ids,
                ..message
            },
            None => message,
        });
        if unsure { Sound::Stale } else { sound }
    }

    /// Read while it was being written, and nobody said what stands beside it.
    fn is_unsure(&self, id: &str) -> bool {
        let joined = self.joined_into.as_ref();
        joined.is_some_and(|(joined, siblings)| joined == id && siblings.is_none())
    }

    /// What stands beside an answer, where that is known.
    fn alternatives_of(&self, id: &str) -> Option<Vec<String>> {
        if let Some((joined, siblings)) = &self.joined_into
            && joined == id
        {
            return siblings.clone();
        }
        let writing = self.writing.iter().map(|writing| &writing.siblings);
        let messages = self.messages.iter().map(|message| &message.sibling_ids);
        let mut lists = writing.chain(messages);
        lists.find(|list| list.iter().any(|one| one == id)).cloned()
    }

    /// An answer failed: one that was being written keeps its row, so that it can be tried again.
    pub(crate) fn failed(&mut self, refusal: &Refusal) -> Sound {
        let Some(id) = &refusal.message_id else {
            return Sound::Yes;
        };
        if let Some(at) = self.position(id) {
            self.messages[at].status = "failed".to_owned();
        } else if let Some(writing) = self.writing.take_if(|writing| writing.id == *id) {
            let _ = self.place(Message {
                message_id: writing.id,
                chat_id: self.id.clone(),
                parent_id: writing.parent,
                role: "assistant".to_owned(),
                content: writing.text,
                status: "failed".to_owned(),
                revision: self.revision,
                client_id: None,
                reasoning: writing.reasoning,
                sibling_ids: writing.siblings,
            });
            if self.is_unsure(id) {
                return Sound::Stale;
            }
        }
        Sound::Yes
    }

    /// Puts a message where its parent says: what followed that parent so far was another branch.
    fn place(&mut self, mut message: Message) -> Sound {
        let parent = message.parent_id.clone();
        if message.sibling_ids.is_empty() {
            message.sibling_ids = self.siblings_of(&message.message_id, parent.as_deref());
        }
        if let Some(at) = self.position(&message.message_id) {
            if self.messages[at].sibling_ids.len() > message.sibling_ids.len() {
                message.sibling_ids = self.messages[at].sibling_ids.clone();
            }
            self.messages[at] = message;
            return Sound::Yes;
        }
        let fits = self.fits(parent.as_deref());
        let at = self.make_room(&message.message_id, parent.as_deref());
        self.messages.insert(at, message);
        if fits { Sound::Yes } else { Sound::Stale }
    }

    /// Where `id` is to stand. What stood there is another branch and goes, but for what follows
    /// `id` itself: words that were said while it was still being written.
    fn make_room(&mut self, id: &str, parent: Option<&str>) -> usize {
        let at = self.place_after(parent);
        let next = self.messages.get(at);
        if next.is_some_and(|next| next.parent_id.as_deref() != Some(id)) {
            self.messages.truncate(at);
        }
        at
    }

    fn place_after(&self, parent: Option<&str>) -> usize {
        let Some(id) = parent else {
            return 0;
        };
        match (self.position(id), self.being_written(parent)) {
            (Some(at), _) => at + 1,
            // Where that one will stand.
            (None, Some(writing)) => self.place_after(writing.parent.as_deref()),
            (None, None) => self.messages.len(),
        }
    }

    fn fits(&self, parent: Option<&str>) -> bool {
        let is_here = |parent| self.position(parent).is_some();
        parent.is_none_or(is_here) || self.being_written(parent).is_some()
    }

    fn being_written(&self, id: Option<&str>) -> Option<&Writing> {
        let begun = self.writing.as_ref().filter(|writing| writing.begun);
        begun.filter(|writing| id == Some(&writing.id))
    }

    /// The alternatives of a newcomer: those of what stood in its place, and itself.
    fn siblings_of(&self, id: &str, parent: Option<&str>) -> Vec<String> {
        let place = self
            .messages
            .iter()
            .find(|one| one.parent_id.as_deref() == parent);
        let mut known = place.map(|one| one.sibling_ids.clone()).unwrap_or_default();
        if !known.iter().any(|one| one == id) {
            known.push(id.to_owned());
        }
        known
    }

    fn position(&self, id: &str) -> Option<usize> {
        self.messages
            .iter()
            .position(|message| message.message_id == id)
    }
}
