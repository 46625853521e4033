//! The turn log: one shared append-only text per running answer.
//!
//! A subscriber is a [`Cursor`], a number into the log and not a queue: when its socket can take
//! more it takes all that is new as one segment. So a fast reader gets piece by piece, a slow one
//! larger pieces, nobody is dropped for being slow, and resuming is subscribing from the number
//! one had. Frames that many readers need alike are encoded once and shared.

use std::sync::{Arc, PoisonError};

use bytes::Bytes;

use crate::{
    ids::{ChatId, MessageId, ModelId},
    model::Message,
    sync::{Mutex, MutexGuard, watch},
};

/// How many encoded frames are kept for readers that are in step.
const SHARED_FRAMES: usize = 8;

/// Bytes of text in one piece, at most: longer text becomes several. So whoever stops reading has
/// never more than a little of it in a socket's buffer.
const PIECE_BYTES: usize = 16 * 1024;

/// Bytes of text in one segment, about: what somebody far behind takes at once.
pub(crate) const SEGMENT_BYTES: usize = 64 * 1024;

/// What a piece belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PieceKind {
    /// The answer.
    Text,
    /// What the model thinks before it speaks.
    Reasoning,
}

/// Pieces `from..to` of a log, all of one kind, joined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Segment<'a> {
    /// Of what.
    pub kind: PieceKind,
    /// The number of pieces before it.
    pub from: u64,
    /// The number of pieces with it: where to resume.
    pub to: u64,
    /// Its text.
    pub text: &'a str,
}

#[derive(Clone, Copy)]
struct Piece {
    kind: PieceKind,
    /// Where it ends in the text of its kind, in bytes.
    end: usize,
}

struct SharedFrame {
    slot: u8,
    from: u64,
    to: u64,
    frame: Bytes,
}

#[derive(Default)]
struct Inner {
    text: String,
    reasoning: String,
    pieces: Vec<Piece>,
    /// Who answers, once that is known; the guide is nobody.
    model: Option<Option<ModelId>>,
    end: Option<Arc<Message>>,
    frames: Vec<SharedFrame>,
    next_frame: usize,
}

impl Inner {
    fn of(&self, kind: PieceKind) -> &str {
        match kind {
            PieceKind::Text => &self.text,
            PieceKind::Reasoning => &self.reasoning,
        }
    }

    /// The run of pieces of one kind that starts at `from`, as long as a frame should be.
    fn segment(&self, from: u64) -> Option<Segment<'_>> {
        let first = usize::try_from(from).ok()?;
        let kind = self.pieces.get(first)?.kind;
        let start = self.pieces[..first]
            .iter()
            .rev()
            .find(|piece| piece.kind == kind);
        let start = start.map_or(0, |piece| piece.end);
        let fits = |piece: &&Piece| piece.kind == kind && piece.end - start <= SEGMENT_BYTES;
        let run = self.pieces[first..].iter().take_while(fits).count();
        let end = self.pieces[first + run - 1].end;
        Some(Segment {
            kind,
            from,
            to: from + run as u64,
            text: &self.of(kind)[start..end],
        })
    }
}

/// The text of one running answer.
pub struct TurnLog {
    chat: ChatId,
    message: MessageId,
    inner: Mutex<Inner>,
    /// Counts appends; its only job is to wake cursors.
    version: watch::Sender<u64>,
}

impl TurnLog {
    /// An empty log for `message` in `chat`. What an answer that is gone on with already has is
    /// its first pieces.
    #[must_use]
    pub fn new(chat: ChatId, message: MessageId, content: &str, reasoning: &str) -> Arc<Self> {
        let log = Self {
            chat,
            message,
            inner: Mutex::default(),
            version: watch::Sender::new(0),
        };
        log.append(PieceKind::Reasoning, reasoning);
        log.append(PieceKind::Text, content);
        Arc::new(log)
    }

    /// The chat of the answer.
    #[must_use]
    pub fn chat(&self) -> &ChatId {
        &self.chat
    }

    /// The answer.
    #[must_use]
    pub fn message(&self) -> &MessageId {
        &self.message
    }

    /// Adds a piece and wakes the cursors. Empty text is no piece, very long text is several.
    pub fn append(&self, kind: PieceKind, text: &str) {
        self.add(kind, text);
        self.wake();
    }

    /// Adds a piece and lets the cursors sleep on: what comes at once is told together by one
    /// [`TurnLog::wake`].
    pub fn add(&self, kind: PieceKind, text: &str) {
        if text.is_empty() {
            return;
        }
        {
            let inner = &mut *self.lock();
            let whole = match kind {
                PieceKind::Text => &mut inner.text,
                PieceKind::Reasoning => &mut inner.reasoning,
            };
            let mut rest = text;
            while !rest.is_empty() {
                let (piece, more) = rest.split_at(rest.floor_char_boundary(PIECE_BYTES));
                whole.push_str(piece);
                let end = whole.len();
                inner.pieces.push(Piece { kind, end });
                rest = more;
            }
        }
    }

    /// Says who answers, and wakes the cursors.
    pub fn begin(&self, model: Option<ModelId>) {
        self.lock().model = Some(model);
        self.wake();
    }

    /// Ends the log with the answer as it was committed, and wakes the cursors.
    pub fn finish(&self, message: Arc<Message>) {
        self.lock().end = Some(message);
        self.wake();
    }

    /// The number of pieces.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.lock().pieces.len() as u64
    }

    /// Whether there is no piece yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The whole text and the whole reasoning so far.
    #[must_use]
    pub fn snapshot(&self) -> (String, String) {
        let inner = self.lock();
        (inner.text.clone(), inner.reasoning.clone())
    }

    /// What came after `from`, as text and reasoning, and where that ends: a checkpoint.
    #[must_use]
    pub fn since(&self, from: u64) -> (String, String, u64) {
        let inner = self.lock();
        let (mut text, mut reasoning, mut at) = (String::new(), String::new(), from);
        while let Some(segment) = inner.segment(at) {
            match segment.kind {
                PieceKind::Text => text.push_str(segment.text),
                PieceKind::Reasoning => reasoning.push_str(segment.text),
            }
            at = segment.to;
        }
        (text, reasoning, at)
    }

    /// A reader that has the first `from` pieces; more than there are is taken as all.
    #[must_use]
    pub fn cursor(self: &Arc<Self>, from: u64) -> Cursor {
        let at = from.min(self.len());
        Cursor {
            wakes: self.version.subscribe(),
            log: Arc::clone(self),
            at,
            ended: false,
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        // No code that holds the lock can leave a half-made piece, even if it panics.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Wakes the cursors.
    pub fn wake(&self) {
        self.version.send_modify(|version| *version += 1);
    }
}

/// A reader of a [`TurnLog`].
pub struct Cursor {
    log: Arc<TurnLog>,
    wakes: watch::Receiver<u64>,
    at: u64,
    ended: bool,
}

impl Cursor {
    /// The log that is read.
    #[must_use]
    pub fn log(&self) -> &Arc<TurnLog> {
        &self.log
    }

    /// The number of pieces that were taken.
    #[must_use]
    pub fn position(&self) -> u64 {
        self.at
    }

    /// Takes what is new as one encoded frame, or `None` if nothing is. Readers of the same
    /// `slot` (one per dialect) that are in step share the frame that the first one encoded.
    pub fn take_frame(
        &mut self,
        slot: u8,
        encode: impl FnOnce(Segment<'_>) -> Bytes,
    ) -> Option<Bytes> {
        // Seen before looking, so that what comes while we look wakes us again.
        self.wakes.mark_unchanged();
        let inner = &mut *self.log.lock();
        let segment = inner.segment(self.at)?;
        let (from, to) = (segment.from, segment.to);
        self.at = to;
        let known =
            |shared: &&SharedFrame| (shared.slot, shared.from, shared.to) == (slot, from, to);
        if let Some(shared) = inner.frames.iter().find(known) {
            return Some(shared.frame.clone());
        }
        let frame = encode(segment);
        let shared = SharedFrame {
            slot,
            from,
            to,
            frame: frame.clone(),
        };
        if inner.frames.len() < SHARED_FRAMES {
            inner.frames.push(shared);
        } else {
            inner.frames[inner.next_frame] = shared;
            inner.next_frame = (inner.next_frame + 1) % SHARED_FRAMES;
        }
        Some(frame)
    }

    /// Who answers, as soon as that is known or there is something to take.
    #[must_use]
    pub fn begun(&self) -> Option<Option<ModelId>> {
        let inner = self.log.lock();
        match &inner.model {
            Some(model) => Some(model.clone()),
            None => (inner.pieces.len() as u64 > self.at).then_some(None),
        }
    }

    /// The end of the answer, once and only after all its pieces were taken.
    pub fn take_end(&mut self) -> Option<Arc<Message>> {
        let inner = self.log.lock();
        if self.ended || inner.pieces.len() as u64 > self.at {
            return None;
        }
        let end = inner.end.clone()?;
        self.ended = true;
        Some(end)
    }

    /// Waits until there may be something to take. Cancel safe.
    pub async fn changed(&mut self) {
        if self.wakes.changed().await.is_err() {
            // The sender lives in the log that we hold: cannot be.
            std::future::pending::<()>().await;
        }
    }
}
