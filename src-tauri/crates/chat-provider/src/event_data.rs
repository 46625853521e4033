//! The fields of one server-sent event. Keeps `data` and whether the event is an error; knows
//! nothing of what the data says.

use crate::lines::MAX_LINE_BYTES;

/// What a line did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Field {
    /// It was kept, or is nothing to us.
    Kept,
    /// A blank line: the event is whole.
    EndOfEvent,
    /// All data lines together are too long.
    TooLong,
    /// No field at all.
    Garbage,
}

/// A whole event.
#[derive(Debug, Default)]
pub(crate) struct EventContent {
    pub(crate) bytes: Vec<u8>,
    pub(crate) is_error: bool,
}

/// An event as its lines come.
#[derive(Debug, Default)]
pub(crate) struct EventData {
    content: EventContent,
    has_data: bool,
}

impl EventData {
    pub(crate) fn read(&mut self, line: &[u8]) -> Field {
        if line.is_empty() {
            return Field::EndOfEvent;
        }
        let (name, value) = match line.iter().position(|byte| *byte == b':') {
            Some(colon) => (&line[..colon], &line[colon + 1..]),
            None => (line, &line[line.len()..]),
        };
        let value = value.strip_prefix(b" ").unwrap_or(value);
        match name {
            // The first is a comment.
            b"" | b"id" | b"retry" => Field::Kept,
            b"event" => {
                self.content.is_error = value == b"error";
                Field::Kept
            }
            b"data" => self.append(value),
            _ if name.len() < line.len() && name.iter().all(u8::is_ascii_alphanumeric) => {
                Field::Kept
            }
            _ => Field::Garbage,
        }
    }

    fn append(&mut self, value: &[u8]) -> Field {
        let bytes = &mut self.content.bytes;
        if bytes.len() + value.len() > MAX_LINE_BYTES {
            return Field::TooLong;
        }
        if self.has_data {
            bytes.push(b'\n');
        }
        bytes.extend_from_slice(value);
        self.has_data = true;
        Field::Kept
    }

    /// The event, if it has data; the next one begins.
    pub(crate) fn finish(&mut self) -> Option<EventContent> {
        let content = std::mem::take(&mut self.content);
        std::mem::take(&mut self.has_data).then_some(content)
    }

    /// Gives the emptied buffer back, so that a stream allocates it once.
    pub(crate) fn reuse(&mut self, bytes: Vec<u8>) {
        self.content.bytes = bytes;
    }
}
