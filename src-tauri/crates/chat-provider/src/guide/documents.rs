//! The documentation, embedded: Markdown files per language, each a row of sections that begin
//! with `## ` and may name further words to be found by in a comment.

use std::sync::LazyLock;

use super::language::Language;

/// A section of the documentation.
#[derive(Debug)]
pub(crate) struct Section {
    pub(crate) title: &'static str,
    /// Other words by which people ask for it; not shown.
    pub(crate) keywords: &'static str,
    pub(crate) body: &'static str,
}

macro_rules! documents {
    ($language:literal) => {
        [
            include_str!(concat!("docs/", $language, "/start.md")),
            include_str!(concat!("docs/", $language, "/models.md")),
            include_str!(concat!("docs/", $language, "/chats.md")),
            include_str!(concat!("docs/", $language, "/server.md")),
            include_str!(concat!("docs/", $language, "/care.md")),
        ]
    };
}

static ENGLISH: LazyLock<Vec<Section>> = LazyLock::new(|| sections(&documents!("en")));
static RUSSIAN: LazyLock<Vec<Section>> = LazyLock::new(|| sections(&documents!("ru")));
static FRENCH: LazyLock<Vec<Section>> = LazyLock::new(|| sections(&documents!("fr")));

pub(crate) fn of(language: Language) -> &'static [Section] {
    match language {
        Language::English => &ENGLISH,
        Language::Russian => &RUSSIAN,
        Language::French => &FRENCH,
    }
}

fn sections(files: &[&'static str]) -> Vec<Section> {
    let all = files.iter().flat_map(|file| {
        let file = file.strip_prefix("## ").unwrap_or(file);
        file.split("\n## ")
    });
    all.map(section).collect()
}

fn section(text: &'static str) -> Section {
    let (title, body) = text.split_once('\n').unwrap_or((text, ""));
    let commented = body
        .trim_start()
        .strip_prefix("<!--")
        .and_then(|rest| rest.split_once("-->"));
    let (keywords, body) = commented.unwrap_or(("", body));
    Section {
        title: title.trim(),
        keywords: keywords.trim(),
        body: body.trim(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_has_the_same_whole_sections() {
        let all = [Language::English, Language::Russian, Language::French].map(of);
        for sections in all {
            assert_eq!(
                sections.len(),
                all[0].len(),
                "a translation lacks a section"
            );
            for section in sections {
                assert!(!section.title.is_empty() && !section.keywords.is_empty());
                assert!(
                    section.body.len() > 150,
                    "{} says too little",
                    section.title
                );
            }
        }
    }
}
