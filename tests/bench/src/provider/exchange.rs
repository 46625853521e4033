//! One connection to the provider: requests in, a stamped answer out as server-sent events.

use std::{
    io::{self, Read as _, Write as _},
    net::TcpStream,
};

use serde_json::Value;

use crate::{
    answer::{Plan, TOKEN, Writer},
    clock,
};

const HEAD: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\
    cache-control: no-cache\r\ntransfer-encoding: chunked\r\n\r\n";

/// An event as OpenAI's servers write it, around the text of one token.
const BEFORE: &str = "data: {\"id\":\"chatcmpl-C0ffee5eedBenchProvider0001\",\
    \"object\":\"chat.completion.chunk\",\"created\":1767225600,\"model\":\"bench-model\",\
    \"service_tier\":\"default\",\"system_fingerprint\":\"fp_bench\",\"choices\":[{\"index\":0,\
    \"delta\":{\"content\":\"";
const AFTER: &str = "\"},\"logprobs\":null,\"finish_reason\":null}]}\n\n";

const FINISH: &str = "data: {\"id\":\"chatcmpl-C0ffee5eedBenchProvider0001\",\
    \"object\":\"chat.completion.chunk\",\"created\":1767225600,\"model\":\"bench-model\",\
    \"choices\":[{\"index\":0,\"delta\":{},\"logprobs\":null,\"finish_reason\":\"stop\"}]}\n\n";
const DONE: &str = "data: [DONE]\n\n";

const MODELS: &str =
    r#"{"object":"list","data":[{"id":"bench-model","object":"model","owned_by":"bench"}]}"#;

/// What sending came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sent {
    /// There is no answer to send.
    Nothing,
    /// The next token is due at this moment.
    NextAt(u64),
    /// The socket may take more at once.
    More,
    /// The socket takes no more for now.
    Full,
}

struct Answer {
    plan: Plan,
    writer: Writer,
    /// When the next token is due; moments are counted from the first, so that pace does not drift.
    next: u64,
    chunk: Chunk,
}

pub(super) struct Exchange {
    stream: TcpStream,
    request: Vec<u8>,
    answer: Option<Answer>,
    /// What the socket did not take.
    rest: Vec<u8>,
}

/// An event in a chunk of its own, with room for tokens; made once for an answer.
struct Chunk {
    bytes: Vec<u8>,
    hole: usize,
    tokens: usize,
}

impl Chunk {
    fn new(tokens: u32) -> Self {
        let tokens = tokens as usize;
        let size = BEFORE.len() + tokens * TOKEN + AFTER.len();
        let head = format!("{size:x}\r\n{BEFORE}");
        let hole = head.len();
        let mut bytes = head.into_bytes();
        bytes.resize(hole + tokens * TOKEN, b' ');
        bytes.extend_from_slice(AFTER.as_bytes());
        bytes.extend_from_slice(b"\r\n");
        Self {
            bytes,
            hole,
            tokens,
        }
    }

    fn fill(&mut self, mut token: impl FnMut() -> [u8; TOKEN]) {
        let hole = &mut self.bytes[self.hole..self.hole + self.tokens * TOKEN];
        for place in hole.chunks_exact_mut(TOKEN) {
            place.copy_from_slice(&token());
        }
    }
}

impl Exchange {
    pub(super) fn new(stream: TcpStream) -> Self {
        Self {
            stream,
            request: Vec::new(),
            answer: None,
            rest: Vec::new(),
        }
    }

    pub(super) fn stream(&self) -> &TcpStream {
        &self.stream
    }

    /// Reads what there is; true when a request asks for an answer. An error ends the connection.
    pub(super) fn read(&mut self, now: u64) -> io::Result<bool> {
        let mut buffer = [0; 16 * 1024];
        loop {
            match self.stream.read(&mut buffer) {
                Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(count) => self.request.extend_from_slice(&buffer[..count]),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(error) => return Err(error),
            }
        }
        let Some((head, body)) = request(&self.request)? else {
            return Ok(false);
        };
        let plan = if head.starts_with("GET ") {
            None
        } else {
            Some(planned(body).ok_or(io::ErrorKind::InvalidData)?)
        };
        self.request.clear();
        match plan {
            Some(plan) => {
                self.answer = Some(Answer {
                    plan,
                    writer: Writer::default(),
                    next: now,
                    chunk: Chunk::new(plan.burst),
                });
                write(&mut self.stream, &mut self.rest, HEAD)?;
                Ok(true)
            }
            None => {
                let length = MODELS.len();
                let head = format!(
                    "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n"
                );
                write(
                    &mut self.stream,
                    &mut self.rest,
                    format!("{head}{MODELS}").as_bytes(),
                )?;
                Ok(false)
            }
        }
    }

    /// Sends up to `most` tokens.
    pub(super) fn send(&mut self, most: u32) -> io::Result<Sent> {
        for _ in 0..most {
            if !self.rest.is_empty() {
                let rest = std::mem::take(&mut self.rest);
                write(&mut self.stream, &mut self.rest, &rest)?;
                if !self.rest.is_empty() {
                    return Ok(Sent::Full);
                }
            }
            let Some(answer) = &mut self.answer else {
                return Ok(Sent::Nothing);
            };
            if answer.plan == Plan::SILENT {
                return Ok(Sent::Nothing);
            }
            let paced = answer.plan.rate > 0;
            if paced && clock::now() < answer.next {
                return Ok(Sent::NextAt(answer.next));
            }
            if answer.writer.written() >= answer.plan.tokens {
                self.finish()?;
                let all = self.rest.is_empty();
                return Ok(if all { Sent::Nothing } else { Sent::Full });
            }
            if let Some(pause) = 1_000_000_000_u64.checked_div(u64::from(answer.plan.rate)) {
                answer.next += pause;
            }
            let next = answer.next;
            let now = clock::now();
            answer.chunk.fill(|| answer.writer.token(now));
            write(&mut self.stream, &mut self.rest, &answer.chunk.bytes)?;
            if paced {
                return Ok(Sent::NextAt(next));
            }
        }
        Ok(Sent::More)
    }

    /// The digest, the reason, the end of the stream and of the chunks.
    fn finish(&mut self) -> io::Result<()> {
        let Some(answer) = self.answer.take() else {
            return Ok(());
        };
        let mut chunk = Chunk::new(1);
        chunk.fill(|| answer.writer.end());
        let mut last = chunk.bytes;
        for event in [FINISH, DONE] {
            last.extend_from_slice(format!("{:x}\r\n{event}\r\n", event.len()).as_bytes());
        }
        last.extend_from_slice(b"0\r\n\r\n");
        write(&mut self.stream, &mut self.rest, &last)
    }
}

/// Writes, and keeps what the socket does not take.
fn write(stream: &mut TcpStream, rest: &mut Vec<u8>, bytes: &[u8]) -> io::Result<()> {
    if !rest.is_empty() {
        rest.extend_from_slice(bytes);
        return Ok(());
    }
    let mut written = 0;
    while written < bytes.len() {
        match stream.write(&bytes[written..]) {
            Ok(count) => written += count,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                rest.extend_from_slice(&bytes[written..]);
                break;
            }
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Head and body of a request, once it is there as a whole.
fn request(bytes: &[u8]) -> io::Result<Option<(&str, &[u8])>> {
    let Some(end) = memchr::memmem::find(bytes, b"\r\n\r\n") else {
        return Ok(None);
    };
    let invalid = |_| io::Error::from(io::ErrorKind::InvalidData);
    let head = std::str::from_utf8(&bytes[..end]).map_err(invalid)?;
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        let ours = name.eq_ignore_ascii_case("content-length");
        ours.then(|| value.trim().parse::<usize>().ok())?
    });
    let body = &bytes[end + 4..];
    Ok(body.get(..length.unwrap_or(0)).map(|body| (head, body)))
}

/// The plan in the last message of a chat-completions request.
fn planned(body: &[u8]) -> Option<Plan> {
    let request: Value = serde_json::from_slice(body).ok()?;
    let content = &request["messages"].as_array()?.last()?["content"];
    let text = content
        .as_str()
        .or_else(|| content.get(0)?.get("text")?.as_str())?;
    Plan::read(text)
}
