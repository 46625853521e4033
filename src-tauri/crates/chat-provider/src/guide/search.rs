//! Finds sections by BM25 over normalised words. The documents are some dozens of paragraphs, so
//! the index is made once, in memory, and every question reads all of it.

use std::{collections::HashMap, sync::LazyLock};

use super::{
    documents::{self, Section},
    language::Language,
};

/// How many times a word of the title, or of the keywords, counts.
const TITLE_WEIGHT: f32 = 4.0;
const KEYWORD_WEIGHT: f32 = 4.0;
/// Below this, what is found is chance.
const LEAST_SCORE: f32 = 2.0;
/// A second section is told too if it is nearly as good as the first.
const NEARLY: f32 = 0.75;
/// A question longer than this is a pasted text; its beginning says enough.
const MAX_QUESTION_WORDS: usize = 200;

struct Indexed {
    words: HashMap<String, f32>,
    length: f32,
}

struct Index {
    sections: Vec<Indexed>,
    average: f32,
}

static ENGLISH: LazyLock<Index> = LazyLock::new(|| Index::new(Language::English));
static RUSSIAN: LazyLock<Index> = LazyLock::new(|| Index::new(Language::Russian));
static FRENCH: LazyLock<Index> = LazyLock::new(|| Index::new(Language::French));

fn index(language: Language) -> &'static Index {
    match language {
        Language::English => &ENGLISH,
        Language::Russian => &RUSSIAN,
        Language::French => &FRENCH,
    }
}

/// The best section, or the best two; none when nothing fits.
pub(crate) fn find(language: Language, question: &str) -> Vec<&'static Section> {
    let ranked = rank(language, question);
    let Some((_, best)) = ranked.first().copied() else {
        return Vec::new();
    };
    let good = ranked
        .into_iter()
        .filter(|(_, score)| *score >= LEAST_SCORE && *score >= best * NEARLY);
    good.take(2).map(|(section, _)| section).collect()
}

/// Titles of what comes next after `found`.
pub(crate) fn related(
    language: Language,
    question: &str,
    found: &[&'static Section],
) -> Vec<&'static str> {
    let told = |section: &Section| found.iter().any(|other| other.title == section.title);
    let others = rank(language, question)
        .into_iter()
        .filter(|(section, _)| !told(section));
    others.take(3).map(|(section, _)| section.title).collect()
}

fn rank(language: Language, question: &str) -> Vec<(&'static Section, f32)> {
    let index = index(language);
    let mut words: Vec<String> = stems(language, question).take(MAX_QUESTION_WORDS).collect();
    words.sort_unstable();
    words.dedup();
    let scored = documents::of(language)
        .iter()
        .zip(&index.sections)
        .map(|(section, indexed)| (section, index.score(indexed, &words)));
    let mut ranked: Vec<_> = scored.filter(|(_, score)| *score > 0.0).collect();
    ranked.sort_by(|left, right| right.1.total_cmp(&left.1));
    ranked
}

impl Index {
    fn new(language: Language) -> Self {
        let sections: Vec<Indexed> = documents::of(language)
            .iter()
            .map(|section| {
                let mut indexed = Indexed {
                    words: HashMap::new(),
                    length: 0.0,
                };
                indexed.add(language, section.title, TITLE_WEIGHT);
                indexed.add(language, section.keywords, KEYWORD_WEIGHT);
                indexed.add(language, section.body, 1.0);
                indexed
            })
            .collect();
        let total: f32 = sections.iter().map(|section| section.length).sum();
        Self {
            average: total / count(sections.len()).max(1.0),
            sections,
        }
    }

    fn score(&self, section: &Indexed, words: &[String]) -> f32 {
        const SATURATION: f32 = 1.2;
        const LENGTH_WEIGHT: f32 = 0.5;
        let relative = 1.0 - LENGTH_WEIGHT + LENGTH_WEIGHT * section.length / self.average;
        let of_word = |word: &String| {
            let times = section.words.get(word)?;
            let holds = |other: &&Indexed| other.words.contains_key(word);
            let holding = count(self.sections.iter().filter(holds).count());
            let rarity =
                ((count(self.sections.len()) - holding + 0.5) / (holding + 0.5) + 1.0).ln();
            Some(rarity * times * (SATURATION + 1.0) / (times + SATURATION * relative))
        };
        words.iter().filter_map(of_word).sum()
    }
}

impl Indexed {
    fn add(&mut self, language: Language, text: &str, weight: f32) {
        for stem in stems(language, text) {
            *self.words.entry(stem).or_default() += weight;
            self.length += 1.0;
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "dozens of sections")]
fn count(number: usize) -> f32 {
    number as f32
}

/// The words of `text` that mean something, without accents and endings.
fn stems(language: Language, text: &str) -> impl Iterator<Item = String> {
    text.split(|char: char| !char.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(fold)
        .filter(move |word| !stop_words(language).contains(&word.as_str()))
        .map(move |word| stem(language, word))
}

/// Lower case, ё as е, Latin letters without accents.
fn fold(word: &str) -> String {
    word.to_lowercase()
        .chars()
        .map(|char| match char {
            'ё' => 'е',
            'à' | 'â' | 'ä' => 'a',
            'é' | 'è' | 'ê' | 'ë' => 'e',
            'î' | 'ï' => 'i',
            'ô' | 'ö' => 'o',
            'ù' | 'û' | 'ü' => 'u',
            'ç' => 'c',
            other => other,
        })
        .collect()
}

/// Takes the longest ending off that leaves at least four letters (three in English).
fn stem(language: Language, mut word: String) -> String {
    let (endings, least): (&[&str], usize) = match language {
        Language::English => (
            &[
                "ations", "ation", "ings", "ing", "ers", "er", "ed", "es", "s", "e", "y", "ies",
            ],
            3,
        ),
        Language::Russian => (
            &[
                "иями", "ями", "ами", "ого", "его", "ому", "ему", "ыми", "ими", "иях", "ение",
                "ения", "ить", "ать", "ять", "еть", "ешь", "ишь", "ует", "ует", "ую", "ах", "ях",
                "ов", "ев", "ей", "ий", "ый", "ой", "ая", "яя", "ое", "ее", "ые", "ие", "ом", "ем",
                "ам", "ям", "ию", "ия", "ии", "ить", "ет", "ит", "а", "я", "о", "е", "и", "ы", "у",
                "ю", "ь", "й",
            ],
            4,
        ),
        Language::French => (
            &[
                "issements",
                "issement",
                "ations",
                "ation",
                "ements",
                "ement",
                "euses",
                "euse",
                "eurs",
                "eur",
                "ees",
                "ee",
                "es",
                "er",
                "ez",
                "ent",
                "ant",
                "ir",
                "s",
                "e",
                "x",
            ],
            4,
        ),
    };
    let cut = endings
        .iter()
        .filter(|ending| word.ends_with(*ending))
        .map(|ending| word.len() - ending.len())
        .filter(|kept| word[..*kept].chars().count() >= least)
        .min();
    if let Some(cut) = cut {
        word.truncate(cut);
    }
    word
}

fn stop_words(language: Language) -> &'static [&'static str] {
    match language {
        Language::English => &[
            "a", "an", "the", "is", "are", "be", "do", "does", "did", "i", "you", "my", "your",
            "me", "it", "its", "to", "of", "in", "on", "at", "for", "with", "and", "or", "how",
            "what", "which", "who", "where", "when", "why", "can", "could", "should", "would",
            "will", "there", "this", "that", "from", "by", "as", "if", "not", "parlor", "please",
            "tell", "about", "get", "have", "has", "was", "were", "s", "t", "m", "we", "they",
            "so", "just", "want", "need", "some", "any", "write", "make", "them",
        ],
        Language::Russian => &[
            "а",
            "и",
            "в",
            "во",
            "на",
            "с",
            "со",
            "к",
            "по",
            "из",
            "за",
            "от",
            "у",
            "о",
            "об",
            "не",
            "что",
            "как",
            "где",
            "кто",
            "когда",
            "почему",
            "зачем",
            "это",
            "мне",
            "мой",
            "моя",
            "мои",
            "я",
            "ты",
            "вы",
            "он",
            "она",
            "они",
            "мы",
            "ли",
            "же",
            "бы",
            "то",
            "есть",
            "для",
            "до",
            "или",
            "если",
            "можно",
            "нужно",
            "какие",
            "какой",
            "какая",
            "parlor",
            "пожалуйста",
            "расскажи",
            "напиши",
            "про",
            "при",
            "его",
            "ее",
            "их",
            "мое",
        ],
        Language::French => &[
            "le", "la", "les", "un", "une", "des", "du", "de", "d", "l", "et", "ou", "a", "au",
            "aux", "en", "dans", "sur", "avec", "pour", "par", "je", "tu", "il", "elle", "on",
            "nous", "vous", "ils", "mon", "ma", "mes", "ton", "ta", "tes", "votre", "vos", "ce",
            "cet", "cette", "ces", "qui", "que", "quoi", "quel", "quelle", "quels", "quelles",
            "comment", "pourquoi", "est", "sont", "suis", "ai", "peut", "peux", "puis", "dois",
            "faut", "faire", "ne", "pas", "se", "s", "y", "parlor", "qu", "j", "n", "c", "moi",
            "plait", "plus", "si",
        ],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn best(language: Language, question: &str) -> &'static str {
        find(language, question)
            .first()
            .map_or("nothing", |section| section.title)
    }

    #[test]
    fn english_questions_find_their_section() {
        let best = |question| best(Language::English, question);
        assert_eq!(best("How do I begin?"), "First steps");
        assert_eq!(best("How do I add an API key?"), "Add an API key");
        assert_eq!(best("where are keys stored"), "Where keys are kept");
        assert_eq!(
            best("How do I use a local model with Ollama?"),
            "Local models"
        );
        assert_eq!(
            best("Which keyboard shortcuts are there?"),
            "Keyboard shortcuts"
        );
        assert_eq!(
            best("can I regenerate an answer"),
            "Stop, regenerate, edit, continue"
        );
        assert_eq!(best("I want to connect from my phone"), "Phone and browser");
        assert_eq!(best("make a backup"), "Back up, restore, check");
        assert_eq!(best("I get error 401"), "When a model gives an error");
        assert_eq!(best("Python websocket script"), "Scripts over WebSocket");
        assert_eq!(best("dark theme"), "Languages and themes");
        assert_eq!(best("what is OPENAI_BASE_URL"), "Configuration");
        assert_eq!(best("install for my team"), "A server for a team");
        assert_eq!(
            best("create a user token"),
            "People, tokens and sign-in links"
        );
    }

    #[test]
    fn russian_questions_find_their_section() {
        let best = |question| best(Language::Russian, question);
        assert_eq!(best("С чего начать?"), "Первые шаги");
        assert_eq!(best("Как добавить ключ API?"), "Добавить ключ API");
        assert_eq!(best("где хранятся ключи"), "Где хранятся ключи");
        assert_eq!(
            best("Как подключить локальную модель через Ollama?"),
            "Локальные модели"
        );
        assert_eq!(best("Какие есть сочетания клавиш?"), "Сочетания клавиш");
        assert_eq!(
            best("сделать резервную копию"),
            "Резервная копия, восстановление, проверка"
        );
        assert_eq!(best("тёмная тема"), "Языки и темы");
        assert_eq!(best("ошибка 429"), "Когда модель выдаёт ошибку");
    }

    #[test]
    fn french_questions_find_their_section() {
        let best = |question| best(Language::French, question);
        assert_eq!(best("Par où commencer ?"), "Premiers pas");
        assert_eq!(best("Comment ajouter une clé API ?"), "Ajouter une clé API");
        assert_eq!(
            best("utiliser un modele local avec Ollama"),
            "Modèles locaux"
        );
        assert_eq!(
            best("Quels sont les raccourcis clavier ?"),
            "Raccourcis clavier"
        );
        assert_eq!(
            best("sauvegarder mes discussions"),
            "Sauvegarder, restaurer, vérifier"
        );
        assert_eq!(best("thème sombre"), "Langues et thèmes");
    }

    #[test]
    fn what_is_not_documented_is_not_found() {
        assert!(find(Language::English, "quantum chromodynamics").is_empty());
        assert!(find(Language::English, "").is_empty());
        assert!(find(Language::Russian, "рецепт борща").is_empty());
        assert!(find(Language::French, "recette de crêpes").is_empty());
    }
}
