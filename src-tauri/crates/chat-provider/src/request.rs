//! The request, in async-openai's types: they follow OpenAI's specification, so what is asked is
//! spelled right. Servers differ in what they refuse; [`Allowances`] says what is left out.

use async_openai::types::chat::{
    ChatCompletionRequestAssistantMessage, ChatCompletionRequestMessage,
    ChatCompletionRequestSystemMessage, ChatCompletionRequestUserMessage,
    ChatCompletionStreamOptions, CreateChatCompletionRequest,
};
use chat_core::{AnswerRequest, PromptMessage, Role};

use crate::objective::{Form, response_format};

/// What a server takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Allowances {
    pub(crate) usage: bool,
    pub(crate) temperature: bool,
    /// `max_completion_tokens` as OpenAI now wants it, or `max_tokens` as its likes do.
    pub(crate) completion_tokens: bool,
    /// What the answer's form is asked by; none where any answer will do.
    pub(crate) form: Option<Form>,
}

impl Allowances {
    pub(crate) fn new(is_openai: bool) -> Self {
        Self {
            usage: true,
            temperature: true,
            completion_tokens: is_openai,
            form: None,
        }
    }

    /// What to ask instead, after a refusal in these words. `None`: nothing else can be tried.
    pub(crate) fn after_refusal(self, words: &str, request: &AnswerRequest) -> Option<Self> {
        let mut next = self;
        if self.usage && (words.contains("stream_options") || words.contains("include_usage")) {
            next.usage = false;
        } else if self.temperature && request.temperature.is_some() && words.contains("temperature")
        {
            next.temperature = false;
        } else if request.max_tokens.is_some() {
            // "Unsupported parameter: 'max_tokens' … Use 'max_completion_tokens' instead" names
            // both, so what was sent decides; the other one is tried only once.
            let sent = if self.completion_tokens {
                "max_completion_tokens"
            } else {
                "max_tokens"
            };
            if words.contains(sent) {
                next.completion_tokens = !self.completion_tokens;
            }
        }
        // Servers that know no schemas refuse them in many words, and some in none.
        if next == self {
            next.form = self.form.and_then(Form::weaker).or(self.form);
        }
        (next != self).then_some(next)
    }
}

/// The body of `POST …/chat/completions`.
pub(crate) fn body(
    request: &AnswerRequest,
    model: &str,
    allowed: Allowances,
) -> serde_json::Result<Vec<u8>> {
    let system = request
        .system_prompt
        .iter()
        .filter(|prompt| !prompt.trim().is_empty())
        .map(|prompt| system(prompt));
    let (old, new) = match request.max_tokens {
        Some(limit) if allowed.completion_tokens => (None, Some(limit)),
        limit => (limit, None),
    };
    #[expect(
        deprecated,
        reason = "max_tokens is what servers other than OpenAI's know"
    )]
    #[expect(
        clippy::cast_possible_truncation,
        reason = "0 to 2 with two digits fits f32"
    )]
    let body = CreateChatCompletionRequest {
        model: model.to_owned(),
        messages: system.chain(request.messages.iter().map(message)).collect(),
        stream: Some(true),
        stream_options: allowed.usage.then_some(ChatCompletionStreamOptions {
            include_usage: Some(true),
            include_obfuscation: None,
        }),
        temperature: request
            .temperature
            .filter(|_| allowed.temperature)
            .map(|temperature| temperature as f32),
        max_tokens: old,
        max_completion_tokens: new,
        response_format: allowed.form.and_then(response_format),
        ..CreateChatCompletionRequest::default()
    };
    serde_json::to_vec(&body)
}

fn message(message: &PromptMessage) -> ChatCompletionRequestMessage {
    let text = message.content.clone();
    match message.role {
        Role::System => system(&text),
        Role::User => ChatCompletionRequestUserMessage {
            content: text.into(),
            name: None,
        }
        .into(),
        Role::Assistant => ChatCompletionRequestAssistantMessage {
            content: Some(text.into()),
            ..ChatCompletionRequestAssistantMessage::default()
        }
        .into(),
    }
}

fn system(text: &str) -> ChatCompletionRequestMessage {
    ChatCompletionRequestSystemMessage {
        content: text.into(),
        name: None,
    }
    .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request() -> AnswerRequest {
        AnswerRequest {
            system_prompt: Some("Be brief.".into()),
            temperature: Some(0.7),
            max_tokens: Some(9),
            messages: vec![
                PromptMessage {
                    role: Role::User,
                    content: "Hi".into(),
                },
                PromptMessage {
                    role: Role::Assistant,
                    content: "He".into(),
                },
            ],
            ..AnswerRequest::default()
        }
    }

    #[test]
    fn the_body_is_what_servers_expect() {
        let body = body(&request(), "m", Allowances::new(false)).unwrap();
        let json: serde_json::Value = serde_json::from_slice(&body).unwrap();
        let expected = serde_json::json!({
            "model": "m",
            "messages": [
                {"role": "system", "content": "Be brief."},
                {"role": "user", "content": "Hi"},
                {"role": "assistant", "content": "He"}
            ],
            "max_tokens": 9,
            "stream": true,
            "stream_options": {"include_usage": true},
            "temperature": 0.7,
        });
        assert_eq!(json, expected);
    }

    #[test]
    fn each_refusal_is_given_way_to_once() {
        let openai = Allowances::new(true);
        let words = "Unsupported value: 'temperature' does not support 0.7 with this model.";
        let next = openai.after_refusal(words, &request()).unwrap();
        assert!(!next.temperature);
        assert_eq!(next.after_refusal(words, &request()), None, "not twice");
        let other = Allowances::new(false);
        let next = other.after_refusal("unknown field stream_options", &request());
        assert!(!next.unwrap().usage);
        let both = "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.";
        assert!(
            other
                .after_refusal(both, &request())
                .unwrap()
                .completion_tokens
        );
        assert_eq!(other.after_refusal("no", &request()), None);
    }
}
