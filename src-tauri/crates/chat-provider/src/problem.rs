//! Failures in words: every way a provider fails becomes a [`ProviderError`] whose sentence says
//! what happened and what to do. What a provider itself says is quoted short, without control
//! characters, and never with the key, even where a server sends it back.

use std::time::{Duration, SystemTime};

use chat_core::{ProviderError, ProviderProblem};
use reqwest::{StatusCode, header::HeaderMap};
use secrecy::ExposeSecret as _;
use serde_json::Value;

use crate::peer::Peer;

const MAX_QUOTE_CHARS: usize = 300;
/// Nobody waits longer, whatever a server asks.
const MAX_RETRY_AFTER: Duration = Duration::from_secs(24 * 60 * 60);

pub(crate) fn error(problem: ProviderProblem, message: impl Into<String>) -> ProviderError {
    ProviderError {
        problem,
        message: message.into(),
        retry_after_ms: None,
    }
}

impl Peer {
    fn error(&self, problem: ProviderProblem, rest: &str) -> ProviderError {
        error(problem, format!("{} {rest}", self.name))
    }

    pub(crate) fn unreachable(&self, why: &str) -> ProviderError {
        let rest = format!(
            "does not answer at {}: {why}. Check that it is running and that its address in the \
             settings is right.",
            self.base_url
        );
        self.error(ProviderProblem::Unreachable, &rest)
    }

    pub(crate) fn tls(&self, why: &str) -> ProviderError {
        let rest = format!(
            "gave no secure connection at {}: {}. If that server speaks plain HTTP, write http:// \
             in its address; otherwise check its certificate.",
            self.base_url,
            self.clean(why)
        );
        self.error(ProviderProblem::Tls, &rest)
    }

    pub(crate) fn no_first_token(&self, waited: Duration) -> ProviderError {
        let rest = format!(
            "did not begin to answer within {}. It may be loading the model: try again, or choose \
             a smaller one.",
            seconds(waited)
        );
        self.error(ProviderProblem::NoFirstToken, &rest)
    }

    pub(crate) fn stalled(&self, waited: Duration) -> ProviderError {
        let rest = format!(
            "fell silent for {} in the middle of its answer. What came is kept; try again or \
             continue it.",
            seconds(waited)
        );
        self.error(ProviderProblem::Stalled, &rest)
    }

    pub(crate) fn cut_off(&self) -> ProviderError {
        self.error(
            ProviderProblem::CutOff,
            "ended the connection before its answer was whole. What came is kept; try again or \
             continue it.",
        )
    }

    pub(crate) fn garbled(&self, what: &str) -> ProviderError {
        let rest = format!(
            "did not answer in the way of chat completions: {what}. Check that the address {} is \
             that of an OpenAI-compatible server; it usually ends in /v1.",
            self.base_url
        );
        self.error(ProviderProblem::Garbled, &rest)
    }

    pub(crate) fn empty(&self) -> ProviderError {
        self.error(
            ProviderProblem::Empty,
            "ended its answer without a word. Try again, or choose another model.",
        )
    }

    pub(crate) fn filtered(&self) -> ProviderError {
        self.error(
            ProviderProblem::RequestRefused,
            "withheld its answer by its content filter. Word the question differently.",
        )
    }

    /// An error told inside a stream that began well.
    pub(crate) fn failed_inside(&self, body: &[u8]) -> ProviderError {
        let quote = self.quote(body);
        if is_context_length(&quote) {
            return self.context_too_long(&quote);
        }
        let rest = format!("failed while it answered{}. Try again.", said(&quote));
        self.error(ProviderProblem::Failed, &rest)
    }

    fn context_too_long(&self, quote: &str) -> ProviderError {
        let rest = format!(
            "says that this conversation is too long for the model{}. Begin a new chat, or choose \
             a model with a longer context.",
            said(quote)
        );
        self.error(ProviderProblem::ContextTooLong, &rest)
    }

    /// An answer that is no 200. `model` is what was asked for, if anything.
    pub(crate) fn refused(
        &self,
        status: StatusCode,
        headers: &HeaderMap,
        body: &[u8],
        model: Option<&str>,
    ) -> ProviderError {
        use ProviderProblem as P;
        let quote = self.quote(body);
        let said = said(&quote);
        let code = status.as_u16();
        if matches!(code, 400 | 413 | 422) && is_context_length(&quote) {
            return self.context_too_long(&quote);
        }
        if matches!(code, 400 | 404 | 422) && (code == 404 || names_model(&quote)) {
            let rest = match model {
                Some(model) => format!(
                    "has no model {}{said}. Choose another model, or check the address {}: it \
                     usually ends in /v1.",
                    self.clean(model),
                    self.base_url
                ),
                None => format!(
                    "lists no models at {}{said}. Check the address: it usually ends in /v1.",
                    self.base_url
                ),
            };
            return self.error(P::ModelNotFound, &rest);
        }
        let (problem, rest) = match code {
            401 if self.key.is_none() => (
                P::KeyRefused,
                format!("wants a key (401){said}. Add one in Settings."),
            ),
            401 => (
                P::KeyRefused,
                format!("refuses the key (401){said}. Check or replace it in Settings."),
            ),
            403 => (
                P::Forbidden,
                format!(
                    "forbids this use (403){said}. Check what the key is allowed, and the region."
                ),
            ),
            413 => (
                P::RequestRefused,
                format!(
                    "says that the request is too large (413){said}. Shorten the message or begin a new chat."
                ),
            ),
            402 => (
                P::RequestRefused,
                format!("wants to be paid first (402){said}. Check the account there."),
            ),
            429 => (
                P::Busy,
                format!(
                    "asks to slow down (429){said}. Wait a little and try again, or check the plan there."
                ),
            ),
            300..=399 => {
                let target = headers
                    .get("location")
                    .and_then(|value| value.to_str().ok());
                let target = self.clean(target.unwrap_or("another address"));
                (
                    P::RequestRefused,
                    format!(
                        "redirects to {target} ({code}), which is not followed, so that the key stays where it belongs. If that address is right, save it in the settings."
                    ),
                )
            }
            500..=599 => (
                P::Failed,
                format!("failed ({code}){said}. Try again in a moment."),
            ),
            _ => (
                P::RequestRefused,
                format!("refused the request ({code}){said}. Try another model or other settings."),
            ),
        };
        ProviderError {
            retry_after_ms: retry_after(headers, SystemTime::now()),
            ..self.error(problem, &rest)
        }
    }

    /// What the provider says of it, fit to be shown; empty when that is nothing readable.
    pub(crate) fn quote(&self, body: &[u8]) -> String {
        let text = String::from_utf8_lossy(body);
        match serde_json::from_str::<Value>(&text) {
            Ok(json) => self.clean(&message_in(&json).unwrap_or_default()),
            Err(_) if text.trim_start().starts_with(['<', '{']) => String::new(),
            Err(_) => self.clean(&text),
        }
    }

    /// Without control characters, without the key, and short: in this order, so that no key
    /// hides behind a control character or at the cut.
    pub(crate) fn clean(&self, text: &str) -> String {
        let hidden = |char: char| {
            char.is_control()
                || matches!(char, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
        };
        let mut clean: String = text
            .chars()
            .map(|char| {
                if matches!(char, '\n' | '\t') {
                    ' '
                } else {
                    char
                }
            })
            .filter(|char| !hidden(*char))
            .collect();
        let secret = self.key.as_ref().map(|key| key.expose_secret().trim());
        // A key of fewer letters is no secret, and would be found inside ordinary words.
        if let Some(secret) = secret.filter(|secret| secret.len() >= 4) {
            clean = clean.replace(secret, "[key]");
        }
        if let Some((cut, _)) = clean.char_indices().nth(MAX_QUOTE_CHARS) {
            clean.truncate(cut);
            clean.push('…');
        }
        clean.trim().to_owned()
    }
}

fn said(quote: &str) -> String {
    if quote.is_empty() {
        return String::new();
    }
    format!(": “{}”", quote.trim_end_matches('.'))
}

fn seconds(duration: Duration) -> String {
    format!("{} s", duration.as_secs_f64())
}

/// Where servers put their sentence: OpenAI's `error.message`, FastAPI's `detail`, and others.
fn message_in(json: &Value) -> Option<String> {
    match json {
        Value::String(text) => Some(text.clone()),
        Value::Array(items) => items.iter().find_map(message_in),
        Value::Object(fields) => ["error", "message", "msg", "detail"]
            .iter()
            .find_map(|name| fields.get(*name).and_then(message_in)),
        _ => None,
    }
}

fn is_context_length(quote: &str) -> bool {
    let quote = quote.to_ascii_lowercase();
    [
        "context length",
        "context_length",
        "context size",
        "context window",
        "too many tokens",
        "prompt is too long",
        "maximum context",
    ]
    .iter()
    .any(|words| quote.contains(words))
}

fn names_model(quote: &str) -> bool {
    let quote = quote.to_ascii_lowercase();
    quote.contains("model")
        && [
            "not found",
            "not exist",
            "no such",
            "unknown model",
            "invalid model",
            "not a valid model",
        ]
        .iter()
        .any(|words| quote.contains(words))
}

/// `Retry-After` in milliseconds: seconds, or an HTTP date.
fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<u64> {
    let text = headers.get("retry-after")?.to_str().ok()?.trim();
    let wait = match text.parse::<f64>() {
        Ok(seconds) => Duration::try_from_secs_f64(seconds).ok()?,
        Err(_) => {
            let then = httpdate::parse_http_date(text).ok()?;
            then.duration_since(now).unwrap_or_default()
        }
    };
    u64::try_from(wait.min(MAX_RETRY_AFTER).as_millis()).ok()
}

#[cfg(test)]
mod tests {
    use chat_core::ProviderId;
    use secrecy::SecretString;

    use super::*;

    fn peer() -> Peer {
        Peer {
            id: ProviderId::parse("custom").unwrap(),
            name: "Test".into(),
            base_url: "http://host/v1".into(),
            key: Some(SecretString::from("sk-secret")),
            reach: crate::reach::Reach::Anywhere,
        }
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let wait = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.insert("retry-after", text.parse().unwrap());
            let now = httpdate::parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT").unwrap();
            retry_after(&headers, now)
        };
        assert_eq!(wait("3"), Some(3000));
        assert_eq!(wait("0.5"), Some(500));
        assert_eq!(wait("Sun, 06 Nov 1994 08:49:40 GMT"), Some(3000));
        assert_eq!(wait("Sun, 06 Nov 1994 08:49:30 GMT"), Some(0), "it is past");
        assert_eq!(wait("999999999"), Some(86_400_000), "nobody waits for ever");
        for bad in ["-1", "soon", "NaN", "1e400"] {
            assert_eq!(wait(bad), None, "{bad}");
        }
    }

    #[test]
    fn no_key_hides_behind_control_characters_or_at_the_cut() {
        assert_eq!(peer().clean("a sk-\u{1b}sec\u{200b}ret\n b"), "a [key]  b");
        let long = format!("{}sk-secret", "x".repeat(MAX_QUOTE_CHARS - 4));
        assert!(
            !peer().clean(&long).contains("sk-"),
            "cut in the middle of a key"
        );
    }

    #[test]
    fn every_shape_of_error_body_is_quoted() {
        for body in [
            r#"{"error":{"message":"no luck","code":7}}"#,
            r#"{"error":"no luck"}"#,
            r#"{"message":"no luck"}"#,
            r#"{"detail":[{"loc":["body"],"msg":"no luck"}]}"#,
            r#"[{"error":{"message":"no luck"}}]"#,
            "no luck\r\n",
        ] {
            assert_eq!(peer().quote(body.as_bytes()), "no luck", "{body}");
        }
        assert_eq!(peer().quote(b"<html>nginx</html>"), "");
    }
}
