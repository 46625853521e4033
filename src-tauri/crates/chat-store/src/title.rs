//! Titles and names made of what people and models write: one line, no control characters, and
//! nothing that turns the direction of the text around it.

/// The longest title, in characters.
const LONGEST_TITLE: usize = 200;
/// The longest title taken from a message's first words, in characters.
const FIRST_WORDS: usize = 60;

/// A given title on one line, cut at 200 characters; empty where nothing printable is left.
pub(crate) fn clean(text: &str) -> String {
    let mut title = one_line(text, LONGEST_TITLE);
    if let Some((end, _)) = title.char_indices().nth(LONGEST_TITLE) {
        title.truncate(end);
    }
    title.truncate(title.trim_end().len());
    title
}

/// The first words of a message, at most 60 characters, cut between words where there are any.
pub(crate) fn first_words(text: &str) -> String {
    let mut title = one_line(text, FIRST_WORDS);
    if let Some((end, _)) = title.char_indices().nth(FIRST_WORDS) {
        // The space may stand right behind the last whole word, at `end` itself.
        let cut = title
            .char_indices()
            .take_while(|(at, _)| *at <= end)
            .filter(|(_, character)| *character == ' ')
            .last()
            .map_or(end, |(at, _)| at);
        title.truncate(cut);
    }
    title
}

/// Words joined by single spaces, until there are more than `enough` characters: a message may
/// be long, its title is not.
fn one_line(text: &str, enough: usize) -> String {
    let mut line = String::new();
    let mut length = 0;
    let mut gap = false;
    for character in text.chars() {
        if character.is_whitespace() {
            gap = length > 0;
            continue;
        }
        if character.is_control() || turns_direction(character) {
            continue;
        }
        if std::mem::take(&mut gap) {
            line.push(' ');
            length += 1;
        }
        line.push(character);
        length += 1;
        if length > enough {
            break;
        }
    }
    line
}

fn turns_direction(character: char) -> bool {
    matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_words_end_between_words() {
        assert_eq!(
            first_words("  How do\n\nI bake\tbread? "),
            "How do I bake bread?"
        );
        let long = "word ".repeat(40);
        let title = first_words(&long);
        assert_eq!(
            title.chars().count(),
            59,
            "12 words of 4 with 11 spaces fit into 60"
        );
        assert!(title.ends_with("word"), "no half word: {title:?}");
        let exact = format!("{} tail", "a".repeat(60));
        assert_eq!(
            first_words(&exact),
            "a".repeat(60),
            "a word that ends at 60 stays whole"
        );
    }

    #[test]
    fn one_endless_word_is_cut_between_characters() {
        assert_eq!(first_words(&"ж".repeat(300)), "ж".repeat(60));
    }

    #[test]
    fn what_cannot_be_seen_is_no_title() {
        assert_eq!(first_words("\u{0}\u{1b} \n\u{202e}"), "");
        assert_eq!(
            first_words("a\u{7}b\u{1b}[31m"),
            "ab[31m",
            "escape codes lose their escape"
        );
    }

    #[test]
    fn a_given_title_is_cut_at_two_hundred() {
        assert_eq!(clean(&"é".repeat(500)).chars().count(), 200);
        assert_eq!(clean(" Bread \n and  butter "), "Bread and butter");
    }
}
