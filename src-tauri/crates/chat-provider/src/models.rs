//! Which of a provider's models are for chats: lists also name those that make vectors, pictures
//! and sound.

/// What is asked of OpenAI when nobody chose.
pub(crate) const OPENAI_DEFAULT: &str = "gpt-5-mini";

const OTHER_USES: [&str; 12] = [
    "embed",
    "whisper",
    "tts",
    "rerank",
    "dall-e",
    "moderation",
    "transcribe",
    "audio",
    "realtime",
    "image",
    "sora",
    "guard",
];

/// Whether `name` is to be offered. OpenAI's list is long and its names are known; elsewhere a
/// name says little, and only what surely is no chat model is left out.
pub(crate) fn is_for_chat(name: &str, is_openai: bool) -> bool {
    let name = name.to_ascii_lowercase();
    if !is_openai {
        return !name.contains("embed") && !name.contains("rerank") && !name.contains("whisper");
    }
    let family = name.starts_with("gpt-")
        || name.starts_with("chatgpt-")
        || (name.starts_with('o') && name[1..].starts_with(|char: char| char.is_ascii_digit()));
    family
        && !name.contains("instruct")
        && !name.contains("search")
        && !OTHER_USES.iter().any(|other| name.contains(other))
}

/// The first model that is for chats, or the first.
pub(crate) fn first_for_chat(models: &[String]) -> Option<&str> {
    let chat = models.iter().find(|name| is_for_chat(name, false));
    chat.or(models.first()).map(String::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn openai_lists_its_chat_models_only() {
        for chat in ["gpt-5-mini", "gpt-4o", "o3", "o4-mini", "chatgpt-4o-latest"] {
            assert!(is_for_chat(chat, true), "{chat}");
        }
        for other in [
            "gpt-4o-audio-preview",
            "gpt-image-1",
            "text-embedding-3-small",
            "whisper-1",
            "omni-moderation-latest",
            "gpt-4o-mini-tts",
            "gpt-3.5-turbo-instruct",
        ] {
            assert!(!is_for_chat(other, true), "{other}");
        }
    }

    #[test]
    fn a_vector_model_is_not_asked_by_default() {
        let models = ["nomic-embed-text".to_owned(), "llama3.2".to_owned()];
        assert_eq!(first_for_chat(&models), Some("llama3.2"));
        assert_eq!(first_for_chat(&models[..1]), Some("nomic-embed-text"));
        assert_eq!(first_for_chat(&[]), None);
    }
}
