//! A glance at JSON that is still being written: how long it is, its title, and how many
//! milestones it has begun. Only for showing; nothing is decided by it.

/// What can be seen so far.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Glance {
    pub(super) characters: usize,
    pub(super) title: Option<String>,
    pub(super) milestones: usize,
}

impl Glance {
    /// Looks at the text so far.
    pub(super) fn at(text: &str) -> Self {
        let mut glance = Self {
            characters: text.chars().count(),
            ..Self::default()
        };
        let (mut depth, mut key, mut string) = (0_usize, String::new(), None);
        let mut escaped = false;
        for (at, byte) in text.bytes().enumerate() {
            match (string, byte) {
                (Some(_), _) if escaped => escaped = false,
                (Some(_), b'\\') => escaped = true,
                (Some(from), b'"') => {
                    let whole = text.get(from..=at).unwrap_or_default();
                    let said: String = serde_json::from_str(whole).unwrap_or_default();
                    if key == "title" && depth == 1 && glance.title.is_none() {
                        glance.title = Some(said.clone()).filter(|title| !title.is_empty());
                    }
                    key = said;
                    string = None;
                }
                (Some(_), _) => {}
                (None, b'"') => string = Some(at),
                (None, b'{' | b'[') => {
                    if byte == b'{' && depth == 2 {
                        glance.milestones += 1;
                    }
                    depth += 1;
                    key.clear();
                }
                (None, b'}' | b']') => depth = depth.saturating_sub(1),
                (None, b',') => key.clear(),
                (None, _) => {}
            }
        }
        glance
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_sees_what_is_there_so_far() {
        let text = r#"{"description":"a \"title\"","title":"Le pïano","milestones":[{"title":"Scales"},{"title":"A"#;
        for (end, title, milestones) in [
            (0, None, 0),
            (44, None, 0),
            (48, Some("Le pïano"), 0),
            (65, Some("Le pïano"), 1),
            (text.len(), Some("Le pïano"), 2),
        ] {
            let end = text.ceil_char_boundary(end);
            let glance = Glance::at(&text[..end]);
            assert_eq!(
                (glance.title.as_deref(), glance.milestones),
                (title, milestones),
                "{end}"
            );
        }
    }

    #[test]
    fn no_cut_and_no_nonsense_can_make_it_panic() {
        let text =
            "{\"title\":\"\\ud83c\\udf89 \\\"é\\\"\",\"milestones\":[{\"title\":\"}{[\"}]}]}}";
        for (end, _) in text.char_indices() {
            Glance::at(&text[..end]);
        }
    }
}
