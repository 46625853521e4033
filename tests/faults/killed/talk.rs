//! One chat as its client knows it: what was said, what of it was acknowledged, what the answers
//! were when last looked at. Knows nothing of processes.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

use crate::support::{
    Client,
    client::{Heard, text},
    random::Random,
    steady::{QUESTION, Steady, Told, Unread},
};

/// The circumstances of the last kill.
pub(super) struct Seen {
    /// A moment just before the signal was sent.
    pub(super) killed: Instant,
    /// How old a word must have been then to be certainly there, if the server had read it.
    pub(super) allowed: Duration,
    /// What it had not read: it was stopped before it was killed, to look. What a machine that is
    /// busy with something else has not let it read, no server can keep.
    pub(super) unread: Unread,
}

/// What a running answer lost.
pub(super) struct Loss {
    /// The age, at the kill, of the oldest word that is missing.
    pub(super) missing: Duration,
    /// What was allowed.
    pub(super) allowed: Duration,
}

/// A question and its answer.
struct Exchange {
    client_id: String,
    question: String,
    /// The message's id, from its acknowledgement.
    accepted: Option<String>,
    /// The answer's id, once seen in history.
    answer: Option<String>,
    /// Its text and status when last looked at.
    kept: String,
    status: String,
    /// Its text as its client has it: what was kept, and every piece that was told since.
    shown: String,
    /// How many of the provider's answers to this question are in `kept`.
    counted: usize,
    /// The whole text, if its end was told since.
    completed: Option<String>,
}

/// A chat.
pub(super) struct Talk {
    name: String,
    chat: String,
    exchanges: Vec<Exchange>,
}

impl Talk {
    /// A chat in which nothing was said.
    pub(super) fn new(name: String, chat: String) -> Self {
        Self {
            name,
            chat,
            exchanges: Vec::new(),
        }
    }

    /// Its id.
    pub(super) fn chat(&self) -> &str {
        &self.chat
    }

    /// Talks until the connection breaks: re-sends what was not acknowledged (and sometimes what
    /// was), goes on with what was interrupted, asks the next.
    pub(super) async fn live(&mut self, mut client: Client, mut random: Random, life: u64) {
        let pending = self.exchanges.last().filter(|last| last.accepted.is_none());
        let again = pending.or_else(|| {
            let acknowledged = self.exchanges.last();
            acknowledged.filter(|_| random.once_in(4))
        });
        let mut open = true;
        if let Some(exchange) = again {
            open = send(&mut client, &message(exchange)).await;
        }
        let last = self.exchanges.last();
        let unfinished = last.filter(|last| last.status == "interrupted");
        match unfinished.and_then(|last| last.answer.as_ref()) {
            Some(answer) if random.once_in(2) => {
                let go_on = json!({"type": "continue", "data": {"messageId": answer}});
                open = open && send(&mut client, &go_on).await;
            }
            // What was never acknowledged may be new to the server, and is answered then.
            _ if last.is_some_and(|last| last.accepted.is_none()) => {}
            _ => open = open && self.ask(&mut client, &mut random, life).await,
        }
        while open && let Heard::Frame(frame) = client.hear().await {
            if self.take(&frame) {
                open = self.ask(&mut client, &mut random, life).await;
            }
        }
    }

    async fn ask(&mut self, client: &mut Client, random: &mut Random, life: u64) -> bool {
        let number = self.exchanges.len();
        let mut question = format!("{QUESTION}{number} of {} in life {life}", self.name);
        if random.once_in(3) {
            // One that ends: what was told as complete must be there whole.
            question = format!("{question} in {} words", 1 + random.below(20));
        }
        let exchange = Exchange {
            client_id: format!("{}-{number}", self.name),
            question,
            accepted: None,
            answer: None,
            kept: String::new(),
            shown: String::new(),
            status: String::new(),
            counted: 0,
            completed: None,
        };
        let frame = message(&exchange);
        self.exchanges.push(exchange);
        send(client, &frame).await
    }

    /// Takes a frame of the server; true when the last answer has ended.
    fn take(&mut self, frame: &Value) -> bool {
        let data = &frame["data"];
        match frame["type"].as_str().unwrap_or_default() {
            "user_message" => {
                let client_id = text(data, "clientId");
                let exchange = self
                    .exchanges
                    .iter_mut()
                    .find(|known| known.client_id == client_id);
                let exchange = exchange.expect("only what was sent is acknowledged");
                let id = text(data, "messageId").to_owned();
                let known = exchange.accepted.get_or_insert_with(|| id.clone());
                assert_eq!(*known, id, "one client id is one message, for ever");
                false
            }
            "assistant_message_complete" => {
                assert_eq!(
                    text(data, "status"),
                    "complete",
                    "nobody stops here: {data}"
                );
                let exchange = self.exchanges.last_mut().expect("something was asked");
                exchange.completed = Some(text(data, "content").to_owned());
                true
            }
            "assistant_message_chunk" => {
                let exchange = self.exchanges.last_mut().expect("something was asked");
                exchange.shown.push_str(text(data, "content"));
                false
            }
            "error" => panic!("{}: a chat that works was told {data}", self.name),
            _ => false,
        }
    }

    /// Compares `chat_joined` with all that is known; gives what a running answer lost.
    pub(super) fn compare(
        &mut self,
        joined: &Value,
        provider: &Steady,
        seen: Option<&Seen>,
    ) -> Option<Loss> {
        let mut messages = joined["messages"].as_array().expect("messages").iter();
        let mut loss = None;
        let last = self.exchanges.len().saturating_sub(1);
        for (index, exchange) in self.exchanges.iter_mut().enumerate() {
            let Some(question) = messages.next() else {
                assert!(
                    exchange.accepted.is_none() && index == last,
                    "an accepted message is lost: {} of {joined}",
                    exchange.question
                );
                return loss;
            };
            let answer = messages.next().expect("each message has its answer");
            exchange.compare_question(question);
            loss = exchange.compare_answer(answer, &provider.told(&exchange.question), seen);
        }
        assert!(
            messages.next().is_none(),
            "each message is there exactly once: {joined}"
        );
        loss
    }
}

impl Exchange {
    fn compare_question(&self, stored: &Value) {
        assert_eq!(text(stored, "role"), "user");
        assert_eq!(text(stored, "clientId"), self.client_id, "in their order");
        assert_eq!(text(stored, "content"), self.question);
        if let Some(accepted) = &self.accepted {
            assert_eq!(text(stored, "messageId"), accepted);
        }
        assert_eq!(
            stored["siblingIds"].as_array().map(Vec::len),
            Some(1),
            "one press of Enter is one message: {stored}"
        );
    }

    fn compare_answer(
        &mut self,
        stored: &Value,
        told: &[Told],
        seen: Option<&Seen>,
    ) -> Option<Loss> {
        assert_eq!(text(stored, "role"), "assistant");
        assert_eq!(
            stored["siblingIds"].as_array().map(Vec::len),
            Some(1),
            "and one answer: {stored}"
        );
        let id = text(stored, "messageId");
        assert_eq!(self.answer.get_or_insert_with(|| id.to_owned()), id);
        let (kept, status) = (text(stored, "content"), text(stored, "status"));
        assert!(
            told.len() <= self.counted + 1,
            "a question is asked once, and once for each *Continue*: {} of {told:?}",
            self.counted
        );
        let latest = told.get(self.counted);
        if let Some(latest) = latest {
            assert_eq!(
                latest.had, self.kept,
                "*Continue* shows what it goes on from"
            );
        }
        let whole = latest.map_or_else(
            || self.kept.clone(),
            |latest| self.kept.clone() + &latest.text(),
        );
        assert!(
            whole.starts_with(kept),
            "the text kept is a prefix of what the provider sent\nkept: {kept}\nsent: {whole}"
        );
        assert!(
            kept.starts_with(&self.shown),
            "every word that was shown is kept\nkept: {kept}\nshown: {}",
            self.shown
        );
        let ended = latest.is_some_and(|latest| latest.ended);
        if let Some(completed) = self.completed.take() {
            assert_eq!(
                (status, kept),
                ("complete", completed.as_str()),
                "an answer that was told as complete is there whole"
            );
        }
        let loss = match status {
            "complete" => {
                assert!(
                    ended || latest.is_none(),
                    "a whole answer had ended: {stored}"
                );
                assert_eq!(kept, whole, "a complete answer is the whole answer");
                None
            }
            "interrupted" => self.loss(kept, latest.zip(seen)),
            _ => panic!("after a restart an answer is complete or interrupted: {stored}"),
        };
        kept.clone_into(&mut self.kept);
        kept.clone_into(&mut self.shown);
        status.clone_into(&mut self.status);
        self.counted = told.len();
        loss
    }

    fn loss(&self, kept: &str, running: Option<(&Told, &Seen)>) -> Option<Loss> {
        let (told, seen) = running?;
        let had = self.kept.len();
        let read = told.read_by(seen.killed, &seen.unread);
        let safe = told.sent_by(seen.killed - seen.allowed).min(read);
        let missing = (0..read)
            .find(|count| had + told.words(count + 1).len() > kept.len())
            .and_then(|first| seen.killed.checked_duration_since(told.sent[first]))
            .unwrap_or_default();
        assert!(
            kept.len() >= had + told.words(safe).len(),
            "words that were sent {:?} before the kill must be there (more than {:?} is too old); \
             of {} words {read} were read and {safe} safe, kept was {kept:?}",
            missing,
            seen.allowed,
            told.sent.len()
        );
        Some(Loss {
            missing,
            allowed: seen.allowed,
        })
    }
}

fn message(exchange: &Exchange) -> Value {
    json!({"type": "message", "data": {
        "message": exchange.question, "clientId": exchange.client_id,
    }})
}

async fn send(client: &mut Client, frame: &Value) -> bool {
    client.try_send(Message::text(frame.to_string())).await
}
