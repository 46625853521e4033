//! Reads an answer: bytes in, [`AnswerEvent`]s out. Owns the rules of event streams and all that
//! is tolerated from servers in the wild; knows neither sockets nor time, so that every cut of a
//! stream can be tested without them.

use std::{collections::VecDeque, mem};

use chat_core::{AnswerEvent, FinishReason, ProviderError, Usage};

use crate::{
    chunk::{Chunk, Counts},
    event_data::{EventData, Field},
    lines::Lines,
    peer::Peer,
};

/// The longest answer, reasoning included.
const MAX_ANSWER_BYTES: usize = 16 << 20;

/// What the body turned out to be, by its first byte: content types lie too often.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    Unknown,
    Events,
    /// One JSON answer, from a server that does not stream.
    Whole,
}

/// The reader of one answer.
#[derive(Debug)]
pub(crate) struct AnswerReader {
    peer: Peer,
    shape: Shape,
    lines: Lines,
    whole: Vec<u8>,
    event: EventData,
    ready: VecDeque<AnswerEvent>,
    failure: Option<ProviderError>,
    usage: Option<Usage>,
    finish: Option<FinishReason>,
    bytes: usize,
    over: bool,
    progressed: bool,
    /// A gone-on-with answer may well have nothing left to say.
    may_be_empty: bool,
}

impl AnswerReader {
    pub(crate) fn new(peer: Peer, may_be_empty: bool) -> Self {
        Self {
            peer,
            shape: Shape::Unknown,
            lines: Lines::default(),
            whole: Vec::new(),
            event: EventData::default(),
            ready: VecDeque::new(),
            failure: None,
            usage: None,
            finish: None,
            bytes: 0,
            over: false,
            progressed: false,
            may_be_empty,
        }
    }

    /// What was read and not yet taken. An error comes after the text before it.
    pub(crate) fn take(&mut self) -> Option<Result<AnswerEvent, ProviderError>> {
        match self.ready.pop_front() {
            Some(event) => Some(Ok(event)),
            None => self.failure.take().map(Err),
        }
    }

    /// Nothing more will be read.
    pub(crate) fn is_over(&self) -> bool {
        self.over
    }

    /// The model said that it is done; only counts and the end marker may follow.
    pub(crate) fn is_finishing(&self) -> bool {
        self.finish.is_some()
    }

    /// The first word came.
    pub(crate) fn has_spoken(&self) -> bool {
        self.bytes > 0
    }

    /// Whether an event came since this was last asked. Comments are none: a server that only
    /// says that it is alive does not answer.
    pub(crate) fn progressed(&mut self) -> bool {
        mem::take(&mut self.progressed)
    }

    pub(crate) fn peer(&self) -> &Peer {
        &self.peer
    }

    /// Takes what the network gave.
    pub(crate) fn push(&mut self, packet: &[u8]) {
        if self.over {
            return;
        }
        let packet = match self.shape {
            Shape::Unknown => self.sniff(packet),
            _ => packet,
        };
        match self.shape {
            Shape::Unknown => {}
            Shape::Whole if self.whole.len() + packet.len() > MAX_ANSWER_BYTES => {
                self.fail(self.peer.garbled("its answer is longer than 16 MiB"));
            }
            Shape::Whole => self.whole.extend_from_slice(packet),
            Shape::Events => {
                self.lines.push(packet);
                self.read_lines();
            }
        }
    }

    /// The other end closed the stream in good order.
    pub(crate) fn end(&mut self) {
        if self.shape == Shape::Whole && !self.over {
            let whole = mem::take(&mut self.whole);
            self.read_json(&whole);
            self.finish.get_or_insert(FinishReason::Stop);
        }
        let rest = self.lines.rest();
        if !rest.is_empty() && !self.over {
            self.read_field(&rest);
        }
        // A server that forgets the last blank line still meant its last event.
        self.dispatch();
        if self.over {
            return;
        }
        if self.finish.is_some() || self.bytes == 0 {
            self.complete();
        } else {
            self.fail(self.peer.cut_off());
        }
    }

    /// The normal end, by whatever sign.
    pub(crate) fn complete(&mut self) {
        if self.over {
            return;
        }
        let finish = self.finish.unwrap_or(FinishReason::Stop);
        if self.bytes == 0 && !(self.may_be_empty && self.finish.is_some()) {
            let error = match finish {
                FinishReason::Filtered => self.peer.filtered(),
                FinishReason::Stop | FinishReason::Length => self.peer.empty(),
            };
            self.fail(error);
            return;
        }
        self.ready.extend(self.usage.map(AnswerEvent::Usage));
        self.ready.push_back(AnswerEvent::Finished(finish));
        self.over = true;
    }

    /// Ends in an error.
    pub(crate) fn fail(&mut self, error: ProviderError) {
        if !self.over {
            self.over = true;
            self.failure = Some(error);
        }
    }

    /// Decides the shape, past a byte-order mark and white space.
    fn sniff<'p>(&mut self, packet: &'p [u8]) -> &'p [u8] {
        let ignored = |byte: &u8| matches!(byte, 0xEF | 0xBB | 0xBF | b' ' | b'\t' | b'\r' | b'\n');
        let Some(first) = packet.iter().position(|byte| !ignored(byte)) else {
            return &[];
        };
        match packet[first] {
            b'{' | b'[' => self.shape = Shape::Whole,
            b'<' => self.fail(self.peer.garbled("it sent a web page instead of an answer")),
            _ => self.shape = Shape::Events,
        }
        &packet[first..]
    }

    fn read_lines(&mut self) {
        while !self.over {
            let field = match self.lines.next_line() {
                Ok(Some(line)) => self.event.read(line),
                Ok(None) => return,
                Err(_) => {
                    self.fail(self.peer.garbled("it sent a line longer than 1 MiB"));
                    return;
                }
            };
            self.apply(field);
        }
    }

    fn read_field(&mut self, line: &[u8]) {
        let field = self.event.read(line);
        self.apply(field);
    }

    fn apply(&mut self, field: Field) {
        match field {
            Field::Kept => {}
            Field::EndOfEvent => self.dispatch(),
            Field::TooLong => self.fail(self.peer.garbled("it sent an event longer than 1 MiB")),
            Field::Garbage => self.fail(self.peer.garbled("it sent a line that is no event")),
        }
    }

    /// Reads the event that a blank line, or the end of the stream, completed.
    fn dispatch(&mut self) {
        let Some(mut data) = self.event.finish() else {
            return;
        };
        if !self.over {
            self.progressed = true;
            let text = data.bytes.trim_ascii();
            if text == b"[DONE]" {
                self.complete();
            } else if data.is_error {
                self.fail(self.peer.failed_inside(text));
            } else if !text.is_empty() {
                self.read_data(text);
            }
        }
        data.bytes.clear();
        self.event.reuse(data.bytes);
    }

    /// Several data lines are one JSON text, or, where a server forgets blank lines, one each.
    fn read_data(&mut self, data: &[u8]) {
        let whole = serde_json::from_slice::<Chunk<'_>>(data);
        if whole.is_ok() || !data.contains(&b'\n') {
            self.read_chunk(whole);
            return;
        }
        for line in data.split(|byte| *byte == b'\n') {
            match line.trim_ascii() {
                _ if self.over => return,
                b"" => {}
                b"[DONE]" => self.complete(),
                line => self.read_json(line),
            }
        }
    }

    fn read_json(&mut self, json: &[u8]) {
        self.read_chunk(serde_json::from_slice(json));
    }

    fn read_chunk(&mut self, chunk: Result<Chunk<'_>, serde_json::Error>) {
        let Ok(chunk) = chunk else {
            self.fail(
                self.peer
                    .garbled("it sent what is no JSON of a chat answer"),
            );
            return;
        };
        if let Some(counts) = chunk.usage {
            self.usage = Some(usage(counts));
        }
        // Of several alternatives only the first was asked for.
        if let Some(choice) = chunk.choices.into_iter().flatten().next() {
            let said = choice.delta.or(choice.message).unwrap_or_default();
            let reasoning = match said.reasoning_content.0 {
                text if text.is_empty() => said.reasoning.0,
                text => text,
            };
            self.say(reasoning.into_owned(), AnswerEvent::Reasoning);
            self.say(said.content.0.into_owned(), AnswerEvent::Text);
            self.say(said.refusal.0.into_owned(), AnswerEvent::Text);
            match choice
                .finish_reason
                .as_ref()
                .map(|reason| reason.0.as_ref())
            {
                None | Some("") => {}
                Some("length" | "max_tokens") => self.finish = Some(FinishReason::Length),
                Some("content_filter") => self.finish = Some(FinishReason::Filtered),
                Some(_) => self.finish = Some(FinishReason::Stop),
            }
        }
        if let Some(error) = chunk.error {
            self.fail(self.peer.failed_inside(error.get().as_bytes()));
        }
    }

    fn say(&mut self, text: String, event: fn(String) -> AnswerEvent) {
        if text.is_empty() || self.over {
            return;
        }
        self.bytes += text.len();
        if self.bytes > MAX_ANSWER_BYTES {
            self.fail(self.peer.garbled("its answer is longer than 16 MiB"));
            return;
        }
        self.ready.push_back(event(text));
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a float's cast saturates, and nonsense in counts is only shown"
)]
fn usage(counts: Counts) -> Usage {
    let count = |number: Option<f64>| number.unwrap_or(0.0) as u64;
    Usage {
        prompt_tokens: count(counts.prompt_tokens),
        completion_tokens: count(counts.completion_tokens),
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use chat_core::{ProviderId, ProviderProblem};

    use super::*;

    fn read(packets: &[&[u8]]) -> (String, Vec<AnswerEvent>, Option<ProviderProblem>) {
        let peer = Peer {
            id: ProviderId::parse("test").unwrap(),
            name: "Test".into(),
            base_url: "http://127.0.0.1/v1".into(),
            key: None,
            reach: crate::reach::Reach::Anywhere,
        };
        let mut reader = AnswerReader::new(peer, false);
        for packet in packets {
            reader.push(packet);
        }
        reader.end();
        let (mut text, mut others, mut problem) = (String::new(), Vec::new(), None);
        while let Some(item) = reader.take() {
            match item {
                Ok(AnswerEvent::Text(piece)) => text.push_str(&piece),
                Ok(other) => others.push(other),
                Err(error) => problem = Some(error.problem),
            }
        }
        assert!(reader.is_over(), "an ended stream is over");
        (text, others, problem)
    }

    #[test]
    fn every_recording_reads_the_same_wherever_it_is_cut() {
        let folder = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../../tests/fixtures/provider"
        );
        let mut recordings = 0;
        for file in fs::read_dir(Path::new(folder)).unwrap() {
            let path = file.unwrap().path();
            let bytes = fs::read(&path).unwrap();
            let whole = read(&[&bytes]);
            for cut in 0..=bytes.len() {
                let cut_read = read(&[&bytes[..cut], &bytes[cut..]]);
                assert_eq!(cut_read, whole, "{} cut at {cut}", path.display());
            }
            let single: Vec<&[u8]> = bytes.chunks(1).collect();
            assert_eq!(read(&single), whole, "{} byte by byte", path.display());
            recordings += 1;
        }
        assert!(recordings > 20, "only {recordings} recordings were found");
    }
}
