//! What a provider sends, read without copying: the JSON of one chunk of an answer, or of a whole
//! one. Only what is used is named; whatever else servers add is skipped. Every field may be
//! absent or null, since somewhere a server leaves it out.

use std::{borrow::Cow, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{IgnoredAny, MapAccess, SeqAccess, Visitor},
};
use serde_json::value::RawValue;

/// One chunk of a stream, or a whole answer.
#[derive(Debug, Deserialize)]
pub(crate) struct Chunk<'a> {
    #[serde(borrow, default)]
    pub(crate) choices: Option<Vec<Choice<'a>>>,
    #[serde(default)]
    pub(crate) usage: Option<Counts>,
    #[serde(borrow, default)]
    pub(crate) error: Option<&'a RawValue>,
}

/// The answer, or one more piece of it.
#[derive(Debug, Deserialize)]
pub(crate) struct Choice<'a> {
    #[serde(borrow, default)]
    pub(crate) delta: Option<Said<'a>>,
    /// Instead of `delta` in an answer that was not streamed.
    #[serde(borrow, default)]
    pub(crate) message: Option<Said<'a>>,
    #[serde(borrow, default)]
    pub(crate) finish_reason: Option<Words<'a>>,
}

/// What is said.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Said<'a> {
    #[serde(borrow, default)]
    pub(crate) content: Words<'a>,
    #[serde(borrow, default)]
    pub(crate) reasoning_content: Words<'a>,
    /// What OpenRouter and vLLM call it.
    #[serde(borrow, default)]
    pub(crate) reasoning: Words<'a>,
    #[serde(borrow, default)]
    pub(crate) refusal: Words<'a>,
}

/// Token counts. As floats, since some servers count in them.
#[derive(Debug, Clone, Copy, Deserialize)]
pub(crate) struct Counts {
    #[serde(default)]
    pub(crate) prompt_tokens: Option<f64>,
    #[serde(default)]
    pub(crate) completion_tokens: Option<f64>,
}

/// Text that is a string, null, or a list of parts with a `text` each.
#[derive(Debug, Default)]
pub(crate) struct Words<'a>(pub(crate) Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Words<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct WordsVisitor;

        impl<'de> Visitor<'de> for WordsVisitor {
            type Value = Words<'de>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("text, null, or parts of text")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Words(Cow::Borrowed(text)))
            }

            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Words(Cow::Owned(text.to_owned())))
            }

            fn visit_unit<E>(self) -> Result<Self::Value, E> {
                Ok(Words::default())
            }

            fn visit_none<E>(self) -> Result<Self::Value, E> {
                Ok(Words::default())
            }

            fn visit_some<D: Deserializer<'de>>(self, inner: D) -> Result<Self::Value, D::Error> {
                inner.deserialize_any(self)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut parts: A) -> Result<Self::Value, A::Error> {
                let mut joined = String::new();
                while let Some(part) = parts.next_element::<Words<'de>>()? {
                    joined.push_str(&part.0);
                }
                Ok(Words(Cow::Owned(joined)))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut part: A) -> Result<Self::Value, A::Error> {
                let mut text = Words::default();
                while let Some(key) = part.next_key::<Cow<'de, str>>()? {
                    if key == "text" {
                        text = part.next_value()?;
                    } else {
                        part.next_value::<IgnoredAny>()?;
                    }
                }
                Ok(text)
            }
        }

        deserializer.deserialize_any(WordsVisitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn content(json: &str) -> String {
        let chunk: Chunk<'_> = serde_json::from_str(json).unwrap();
        let delta = chunk.choices.unwrap().remove(0).delta.unwrap_or_default();
        delta.content.0.into_owned()
    }

    #[test]
    fn plain_text_is_borrowed() {
        let json = r#"{"choices":[{"delta":{"content":"Hi"}}]}"#;
        let chunk: Chunk<'_> = serde_json::from_slice(json.as_bytes()).unwrap();
        let choice = chunk.choices.unwrap().remove(0);
        let words = choice.delta.unwrap().content;
        assert!(matches!(words.0, Cow::Borrowed("Hi")), "no copy is made");
    }

    #[test]
    fn content_has_many_shapes() {
        assert_eq!(content(r#"{"choices":[{"delta":{"content":null}}]}"#), "");
        assert_eq!(content(r#"{"choices":[{"delta":null}]}"#), "");
        assert_eq!(
            content(r#"{"choices":[{"delta":{"content":"a\né"}}]}"#),
            "a\né"
        );
        let parts =
            r#"{"choices":[{"delta":{"content":[{"type":"text","text":"a"},{"text":"b"}]}}]}"#;
        assert_eq!(content(parts), "ab");
    }
}
