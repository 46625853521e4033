//! What the scripted provider does with one request.

use std::{sync::Arc, time::Duration};

use serde_json::{Value, json};
use tokio::sync::Notify;

/// A door in a script that the test opens: the way to hold an answer without sleeping.
#[derive(Clone, Default)]
pub(crate) struct Gate(Arc<Notify>);

impl Gate {
    /// A closed one.
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Lets one answer through.
    pub(crate) fn open(&self) {
        self.0.notify_one();
    }

    /// Waits until it is open.
    pub(crate) async fn passed(&self) {
        self.0.notified().await;
    }
}

/// One thing that the provider does.
#[derive(Clone)]
pub(crate) enum Step {
    /// Sends bytes as one packet.
    Bytes(Vec<u8>),
    /// Waits.
    Wait(Duration),
    /// Waits for the test.
    Gate(Gate),
    /// Lets the test know that all before it was sent.
    Tell(Gate),
    /// Does nothing until the client goes.
    Hang,
    /// Sends `a` for ever, without a line's end.
    EndlessLine,
    /// Breaks the connection.
    Cut,
}

/// The answer to one request: status and head, then steps.
#[derive(Clone)]
pub(crate) struct Script {
    /// The status line's code.
    pub(crate) status: u16,
    /// Header lines.
    pub(crate) headers: Vec<String>,
    /// Whether the client hears nothing at all, not even a head.
    pub(crate) mute: bool,
    /// What follows the head.
    pub(crate) steps: Vec<Step>,
    /// The text, for a request that is not streamed.
    pub(crate) text: String,
}

impl Script {
    /// A stream that says nothing yet.
    pub(crate) fn stream() -> Self {
        let headers = vec!["content-type: text/event-stream".to_owned()];
        Self {
            status: 200,
            headers,
            mute: false,
            steps: Vec::new(),
            text: String::new(),
        }
    }

    /// A stream of these tokens with a normal end.
    pub(crate) fn text(tokens: &[&str]) -> Self {
        Self::stream().tokens(tokens).end()
    }

    /// A refusal with a status and a JSON body.
    pub(crate) fn refusal(status: u16, body: &Value) -> Self {
        Self::page(status, "application/json", &body.to_string())
    }

    /// A refusal as OpenAI words it.
    pub(crate) fn refused(status: u16, message: &str) -> Self {
        let error = json!({"message": message, "type": "invalid_request_error", "code": null});
        Self::refusal(status, &json!({ "error": error }))
    }

    /// Anything of any type.
    pub(crate) fn page(status: u16, content_type: &str, body: &str) -> Self {
        let headers = vec![format!("content-type: {content_type}")];
        let steps = vec![Step::Bytes(body.as_bytes().to_vec())];
        Self {
            status,
            headers,
            mute: false,
            steps,
            text: String::new(),
        }
    }

    /// Takes the request and never answers.
    pub(crate) fn mute() -> Self {
        Self {
            mute: true,
            ..Self::stream()
        }
        .step(Step::Hang)
    }

    /// Adds a header.
    pub(crate) fn header(mut self, line: &str) -> Self {
        self.headers.push(line.to_owned());
        self
    }

    /// Adds a step.
    pub(crate) fn step(mut self, step: Step) -> Self {
        self.steps.push(step);
        self
    }

    /// Adds tokens, each a packet.
    pub(crate) fn tokens(mut self, tokens: &[&str]) -> Self {
        for token in tokens {
            self.text.push_str(token);
            self = self.event(&delta(&json!({ "content": token })));
        }
        self
    }

    /// Adds tokens with a pause after each.
    pub(crate) fn paced(mut self, tokens: &[&str], pace: Duration) -> Self {
        for token in tokens {
            self = self.tokens(&[token]).step(Step::Wait(pace));
        }
        self
    }

    /// Adds a piece of reasoning.
    pub(crate) fn reasoning(self, token: &str) -> Self {
        self.event(&delta(&json!({ "reasoning_content": token })))
    }

    /// Adds an event of the stream.
    pub(crate) fn event(self, data: &Value) -> Self {
        self.raw(format!("data: {data}\n\n"))
    }

    /// Adds bytes as they are.
    pub(crate) fn raw(self, bytes: impl AsRef<[u8]>) -> Self {
        self.step(Step::Bytes(bytes.as_ref().to_vec()))
    }

    /// Adds a wait for the test.
    pub(crate) fn gate(self, gate: &Gate) -> Self {
        self.step(Step::Gate(gate.clone()))
    }

    /// Adds the normal end: a finish reason, token counts, `[DONE]`.
    pub(crate) fn end(self) -> Self {
        let usage = json!({"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3});
        self.event(&finish())
            .event(&json!({"object": "chat.completion.chunk", "choices": [], "usage": usage}))
            .raw("data: [DONE]\n\n")
    }

    /// Adds the end of a provider that counts nothing.
    pub(crate) fn end_uncounted(self) -> Self {
        self.event(&finish()).raw("data: [DONE]\n\n")
    }

    /// Hangs until the client goes.
    pub(crate) fn hang(self) -> Self {
        self.step(Step::Hang)
    }

    /// Breaks the connection.
    pub(crate) fn cut(self) -> Self {
        self.step(Step::Cut)
    }
}

/// A chunk with a delta.
pub(crate) fn delta(delta: &Value) -> Value {
    chunk(&json!([{"index": 0, "delta": delta, "finish_reason": null}]))
}

/// A chunk that ends the answer.
pub(crate) fn finish() -> Value {
    chunk(&json!([{"index": 0, "delta": {}, "finish_reason": "stop"}]))
}

fn chunk(choices: &Value) -> Value {
    json!({
        "id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1_700_000_000,
        "model": "scripted", "choices": choices,
    })
}
