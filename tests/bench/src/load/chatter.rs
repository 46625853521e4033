//! One client: signs in, makes or joins a chat, asks, and checks every word of the answers. It
//! speaks dialect A to a chat server, or plain chat completions to the provider.
//!
//! Frames are not parsed where a look at their first bytes and one search will do: what the client
//! spends is taken from the cores that the server runs on.

use std::{collections::BTreeSet, rc::Rc};

use anyhow::{Context as _, Result, anyhow, bail, ensure};
use memchr::{memchr, memmem};
use serde_json::{Value, json};

use super::swarm::{Behaviour, Mark, Outbox};
use crate::{
    answer::{Plan, Reader},
    clock,
};

/// Where a frame says how many pieces of the answer are there with it.
const PIECES: &[u8] = br#""seq":"#;

/// Whom a client speaks to.
#[derive(Debug, Clone)]
pub(crate) enum Talk {
    /// The provider itself.
    Provider,
    /// A chat server, with a token to sign in.
    Server(Rc<str>),
}

/// What a client found out, in nanoseconds where it is time.
#[derive(Debug, Default)]
pub(crate) struct Records {
    /// From sending a message to its acceptance.
    pub(crate) accepted: Vec<u64>,
    /// From sending a message to the first token of its answer.
    pub(crate) first: Vec<u64>,
    /// From the provider's stamp of a token to its arrival.
    pub(crate) ages: Vec<u64>,
    /// From the beginning of a reconnection to a token that was written after it.
    pub(crate) returns: Vec<u64>,
    /// Bytes of text that a return brought.
    pub(crate) behind: Vec<u64>,
    /// Tokens that came.
    pub(crate) tokens: u64,
    /// Frames that brought them.
    pub(crate) frames: u64,
    /// Answers that were whole and sound.
    pub(crate) answers: u64,
    /// When the last token came.
    pub(crate) last_at: u64,
}

/// Where a client is in a chat, as it would name it on its return.
#[derive(Debug, Clone, Default)]
struct Place {
    epoch: String,
    revision: u64,
    message: String,
}

/// A client.
pub(crate) struct Chatter {
    talk: Talk,
    /// Whether figures are taken down.
    pub(crate) recording: bool,
    /// Asked again and again, each time in a chat of its own.
    pub(crate) routine: Option<Plan>,
    /// Sent again in the same chat as soon as the one before is accepted.
    pub(crate) repeated: Option<Plan>,
    /// Asked again in the same chat as soon as the answer before is whole.
    pub(crate) again: Option<Plan>,
    pub(crate) records: Records,
    chat: Option<String>,
    /// It looks at `chat`, which somebody else made.
    watching: bool,
    /// The messages of the chat that it knows from joining: all of them, or on a return those that
    /// it had and those that changed since.
    pub(crate) history: BTreeSet<String>,
    place: Place,
    reader: Reader,
    /// Pieces of the present answer so far, as the server counts them.
    pieces: u64,
    asked_at: u64,
    returned_at: Option<u64>,
    /// It waits for a chat or for the end of an answer.
    busy: bool,
}

impl Chatter {
    pub(crate) fn new(talk: Talk) -> Self {
        Self {
            talk,
            recording: false,
            routine: None,
            repeated: None,
            again: None,
            records: Records::default(),
            chat: None,
            watching: false,
            history: BTreeSet::new(),
            place: Place::default(),
            reader: Reader::default(),
            pieces: 0,
            asked_at: 0,
            returned_at: None,
            busy: false,
        }
    }

    /// Looks at a chat as soon as it is connected.
    pub(crate) fn watching(mut self, chat: &str) -> Self {
        self.chat = Some(chat.to_owned());
        self.watching = true;
        self
    }

    /// The chat that it made or looks at.
    pub(crate) fn chat(&self) -> Option<&str> {
        self.chat.as_deref()
    }

    /// Tokens of the present answer so far.
    pub(crate) fn position(&self) -> u32 {
        self.reader.read()
    }

    /// Whether it waits for a chat or for the end of an answer.
    pub(crate) fn is_busy(&self) -> bool {
        self.busy
    }

    /// Takes down how long its return takes, from `now` on.
    pub(crate) fn returns(&mut self, now: u64) {
        self.returned_at = Some(now);
        self.records.behind.push(0);
    }

    /// Makes a chat to ask in.
    pub(crate) fn create(&mut self, out: &mut Outbox) -> Result<()> {
        self.busy = true;
        match self.talk {
            Talk::Server(_) => {
                out.text(r#"{"type":"create_chat","data":{}}"#);
                Ok(())
            }
            Talk::Provider => self.created(out),
        }
    }

    fn created(&mut self, out: &mut Outbox) -> Result<()> {
        out.mark(Mark::Created);
        self.busy = false;
        self.routine.map_or(Ok(()), |plan| self.ask(plan, out))
    }

    /// Asks for an answer.
    pub(crate) fn ask(&mut self, plan: Plan, out: &mut Outbox) -> Result<()> {
        self.busy = true;
        self.asked_at = clock::now();
        let question = plan.question();
        match self.talk {
            Talk::Server(_) => {
                let frame = json!({"type": "message", "data": {"message": question}});
                out.text(&frame.to_string());
            }
            Talk::Provider => {
                self.reader = Reader::default();
                let messages = json!([{"role": "user", "content": question}]);
                let body = json!({"model": "bench-model", "stream": true, "messages": messages});
                let body = body.to_string();
                let head = format!(
                    "POST /v1/chat/completions HTTP/1.1\r\nHost: provider\r\n\
                     Content-Type: application/json\r\nContent-Length: {}\r\n\r\n",
                    body.len()
                );
                out.raw(head.as_bytes());
                out.raw(body.as_bytes());
            }
        }
        Ok(())
    }

    fn sign_in(&self, token: &str) -> String {
        let mut data = json!({"token": token});
        if let Some(chat) = self.chat.as_ref().filter(|_| self.watching) {
            data["chatId"] = json!(chat);
            if !self.place.epoch.is_empty() {
                data["resume"] = json!({
                    "epoch": self.place.epoch, "revision": self.place.revision,
                    "messageId": self.place.message, "seq": self.pieces,
                });
            }
        }
        json!({"type": "join_chat", "data": data}).to_string()
    }

    fn tokens(&mut self, text: &[u8], now: u64, out: &mut Outbox) -> Result<()> {
        let before = self.reader.read();
        let (records, recording) = (&mut self.records, self.recording);
        // What is younger than the return was written after it.
        let young = self.returned_at.map(|at| now - at);
        let mut caught_up = false;
        let pushed = self.reader.push(text, now, |age| {
            caught_up |= young.is_some_and(|young| age < young);
            if recording {
                records.ages.push(age);
            }
        });
        pushed.map_err(|flaw| anyhow!("an answer is not what was written: {flaw:?}"))?;
        if let Some(behind) = records.behind.last_mut().filter(|_| young.is_some()) {
            *behind += text.len() as u64;
        }
        if let Some(young) = young.filter(|_| caught_up) {
            records.returns.push(young);
            self.returned_at = None;
            out.mark(Mark::CaughtUp);
        }
        if recording {
            if before == 0 && self.asked_at > 0 {
                records.first.push(now - self.asked_at);
            }
            records.tokens += u64::from(self.reader.read() - before);
            records.frames += 1;
            records.last_at = now;
        }
        Ok(())
    }

    fn whole(&mut self, out: &mut Outbox) -> Result<()> {
        ensure!(
            self.reader.is_whole(),
            "an answer ended after {} tokens, without its digest",
            self.reader.read()
        );
        self.records.answers += u64::from(self.recording);
        self.asked_at = 0;
        self.busy = false;
        out.mark(Mark::Whole);
        match (self.routine, self.again) {
            (Some(_), _) => self.create(out),
            (None, Some(plan)) => self.ask(plan, out),
            (None, None) => Ok(()),
        }
    }

    fn event(&mut self, data: &[u8], now: u64, out: &mut Outbox) -> Result<()> {
        if data == b"[DONE]" {
            return self.whole(out);
        }
        match field(data, br#""content":""#) {
            Some(text) => self.tokens(text, now, out),
            None => Ok(()),
        }
    }

    fn frame(&mut self, frame: &[u8], now: u64, out: &mut Outbox) -> Result<()> {
        let kind = field(frame, br#"{"type":""#).context("a frame without a type")?;
        match kind {
            b"assistant_message_token" => {
                let text =
                    field(frame, br#""token":""#).context("a token frame without a token")?;
                if self.watching {
                    let pieces = memmem::rfind(frame, PIECES);
                    let pieces = pieces.and_then(|at| number(&frame[at..], PIECES));
                    self.pieces = pieces.context("a token frame without its number")?;
                }
                self.tokens(text, now, out)
            }
            b"assistant_message_start" => {
                let from = number(frame, PIECES).unwrap_or(0);
                let message = field(frame, br#""messageId":""#);
                self.place.message = String::from_utf8(message.unwrap_or_default().to_vec())?;
                if from == 0 {
                    self.reader = Reader::default();
                    self.pieces = 0;
                }
                let had = self.pieces;
                ensure!(
                    from == had,
                    "resumed from {from}, but {had} pieces were there"
                );
                Ok(())
            }
            b"assistant_message_complete" => self.complete(frame, out),
            b"user_message" => {
                if self.recording && self.asked_at > 0 {
                    self.records.accepted.push(now - self.asked_at);
                }
                out.mark(Mark::Accepted);
                self.repeated.map_or(Ok(()), |plan| self.ask(plan, out))
            }
            b"authenticated" => {
                if !self.watching {
                    out.mark(Mark::Ready);
                }
                Ok(())
            }
            b"chat_created" => {
                let chat = field(frame, br#""chatId":""#).context("a chat without an id")?;
                self.chat = Some(String::from_utf8(chat.to_vec())?);
                self.created(out)
            }
            b"chat_joined" => {
                let joined: Value = serde_json::from_slice(frame)?;
                let data = &joined["data"];
                self.place.epoch = data["epoch"].as_str().unwrap_or_default().to_owned();
                self.place.revision = data["revision"].as_u64().unwrap_or_default();
                if data["resumed"] != true {
                    self.history.clear();
                }
                let messages = data["messages"].as_array().into_iter().flatten();
                let ids = messages.filter_map(|message| message["messageId"].as_str());
                self.history.extend(ids.map(str::to_owned));
                out.mark(Mark::Joined);
                Ok(())
            }
            b"error" => bail!("the server says: {}", String::from_utf8_lossy(frame)),
            _ => Ok(()),
        }
    }

    /// The end of an answer: what was streamed was whole, and what it says at its end is the same.
    fn complete(&mut self, frame: &[u8], out: &mut Outbox) -> Result<()> {
        let status = field(frame, br#""status":""#).unwrap_or(b"complete");
        ensure!(
            status == b"complete",
            "an answer ended as {}",
            String::from_utf8_lossy(status)
        );
        let content = field(frame, br#""content":""#).context("an end without its text")?;
        let mut told = Reader::default();
        let read = told.push(content, 0, |_| {});
        read.map_err(|flaw| anyhow!("an answer's end is not what was written: {flaw:?}"))?;
        ensure!(
            told == self.reader,
            "an answer's end is not what was streamed"
        );
        self.whole(out)
    }
}

impl Behaviour for Chatter {
    fn opened(&mut self, out: &mut Outbox) -> Result<()> {
        match &self.talk {
            Talk::Provider => out.mark(Mark::Ready),
            Talk::Server(token) => out.text(&self.sign_in(token)),
        }
        Ok(())
    }

    fn received(&mut self, text: &[u8], now: u64, out: &mut Outbox) -> Result<()> {
        match self.talk {
            Talk::Provider => self.event(text, now, out),
            Talk::Server(_) => self.frame(text, now, out),
        }
    }
}

/// The text that follows `name`, to the next quote: the benchmark's texts have none inside.
fn field<'a>(json: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    let start = memmem::find(json, name)? + name.len();
    let length = memchr(b'"', &json[start..])?;
    Some(&json[start..start + length])
}

/// The number that follows `name`.
fn number(json: &[u8], name: &[u8]) -> Option<u64> {
    let start = memmem::find(json, name)? + name.len();
    let digits = json[start..]
        .iter()
        .take_while(|byte| byte.is_ascii_digit());
    Some(digits.fold(0, |value, digit| value * 10 + u64::from(digit - b'0')))
}
