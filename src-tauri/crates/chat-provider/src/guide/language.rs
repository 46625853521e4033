//! In which of the three languages a question is asked: by its script, then by its common words
//! and accents. No more is needed to greet someone properly.

/// A language the guide speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Language {
    English,
    Russian,
    French,
}

const FRENCH_WORDS: &[&str] = &[
    "le",
    "la",
    "les",
    "un",
    "une",
    "des",
    "du",
    "de",
    "et",
    "est",
    "je",
    "tu",
    "il",
    "nous",
    "vous",
    "mon",
    "ma",
    "mes",
    "ton",
    "que",
    "qui",
    "quoi",
    "quel",
    "quelle",
    "comment",
    "pourquoi",
    "combien",
    "dans",
    "sur",
    "avec",
    "sans",
    "pour",
    "par",
    "pas",
    "plus",
    "ce",
    "cette",
    "ces",
    "faire",
    "peut",
    "peux",
    "dois",
    "faut",
    "suis",
    "avez",
    "bonjour",
    "salut",
    "merci",
    "clavier",
    "raccourcis",
    "serveur",
    "langue",
    "aide",
    "cl",
    "sauvegarde",
    "erreur",
    "quels",
    "quelles",
    "ou",
    "au",
    "aux",
    "se",
    "mot",
    "ordinateur",
    "sauvegarder",
    "bonsoir",
];

const ENGLISH_WORDS: &[&str] = &[
    "the",
    "a",
    "an",
    "is",
    "are",
    "i",
    "you",
    "my",
    "your",
    "what",
    "who",
    "where",
    "when",
    "why",
    "how",
    "do",
    "does",
    "can",
    "to",
    "in",
    "on",
    "with",
    "without",
    "for",
    "of",
    "and",
    "not",
    "this",
    "that",
    "hello",
    "hi",
    "hey",
    "thanks",
    "help",
    "please",
    "use",
    "add",
    "key",
    "keyboard",
    "shortcuts",
    "server",
    "language",
    "backup",
    "error",
    "from",
    "it",
    "me",
    "want",
];

impl Language {
    /// `None` when nothing tells.
    pub(crate) fn of(text: &str) -> Option<Self> {
        // A pasted book is not read to its end.
        let text: String = text.chars().take(2000).collect::<String>().to_lowercase();
        let letters = text.chars().filter(|char| char.is_alphabetic()).count();
        let cyrillic = text
            .chars()
            .filter(|char| matches!(char, 'а'..='я' | 'ё'))
            .count();
        if cyrillic > 0 && cyrillic * 4 >= letters {
            return Some(Self::Russian);
        }
        let accents = text
            .chars()
            .filter(|char| "éèêëàâçùûîïôœ".contains(*char))
            .count();
        let count = |words: &[&str]| {
            let split = text.split(|char: char| !char.is_alphanumeric());
            split.filter(|word| words.contains(word)).count()
        };
        let (french, english) = (count(FRENCH_WORDS) + 2 * accents, count(ENGLISH_WORDS));
        match french.cmp(&english) {
            std::cmp::Ordering::Greater => Some(Self::French),
            std::cmp::Ordering::Less => Some(Self::English),
            std::cmp::Ordering::Equal => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_asker_is_answered_in_their_language() {
        use Language::{English, French, Russian};
        for (text, language) in [
            ("How do I add an API key?", Some(English)),
            ("Как добавить ключ API?", Some(Russian)),
            ("Где лежит parlor.toml на моём Ubuntu?", Some(Russian)),
            ("Comment ajouter une clé API ?", Some(French)),
            ("Bonjour", Some(French)),
            ("Quels sont les raccourcis clavier", Some(French)),
            ("où sont mes données", Some(French)),
            ("hello", Some(English)),
            ("привет", Some(Russian)),
            ("Ollama 401", None),
            ("", None),
        ] {
            assert_eq!(Language::of(text), language, "{text}");
        }
    }
}
