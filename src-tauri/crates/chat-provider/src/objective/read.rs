//! Reads what a model wrote as an objective, or says in a few words why it is none. What models
//! wrap around their JSON (fences, a sentence, an outer object) is looked past; what is wrong
//! inside is not mended here, since the model can do that better.

use chat_core::{Difficulty, DueDate, MAX_MILESTONES, MilestoneDraft, ObjectiveDraft, Wish};
use serde_json::{Map, Value};

const TITLE_CHARACTERS: usize = 200;
const CATEGORY_CHARACTERS: usize = 100;
const TEXT_CHARACTERS: usize = 8_000;

pub(super) fn objective(text: &str, wish: &Wish) -> Result<ObjectiveDraft, &'static str> {
    let fields = object(text)?;
    let title = line(&fields, "title", TITLE_CHARACTERS).ok_or("it has no \"title\"")?;
    let description = prose(&fields, "description").unwrap_or_default();
    let category = wish.category.clone();
    let category = category.or_else(|| line(&fields, "category", CATEGORY_CHARACTERS));
    let difficulty = match wish.difficulty {
        Some(wished) => wished,
        None => difficulty(&fields)?,
    };
    let Some(Value::Array(items)) = fields.get("milestones") else {
        return Err("it has no list \"milestones\"");
    };
    let milestones: Vec<_> = items
        .iter()
        .take(MAX_MILESTONES)
        .map(milestone)
        .collect::<Option<_>>()
        .ok_or("a milestone has no \"title\"")?;
    if milestones.is_empty() {
        return Err("its list \"milestones\" is empty");
    }
    Ok(ObjectiveDraft {
        title,
        description,
        category: category.unwrap_or_default(),
        difficulty,
        milestones,
    })
}

/// The JSON object in the text: from the first brace to the last.
fn object(text: &str) -> Result<Map<String, Value>, &'static str> {
    let no_json = "it is no JSON object";
    let (from, to) = text.find('{').zip(text.rfind('}')).ok_or(no_json)?;
    let json = text.get(from..=to).filter(|json| !json.is_empty());
    let json = json.ok_or(no_json)?;
    let Ok(Value::Object(mut fields)) = serde_json::from_str(json) else {
        return Err("it is no valid JSON, or not a whole object");
    };
    // Some models put the whole under one name.
    match fields.remove("objective") {
        Some(Value::Object(inner)) if !fields.contains_key("title") => Ok(inner),
        _ => Ok(fields),
    }
}

fn difficulty(fields: &Map<String, Value>) -> Result<Difficulty, &'static str> {
    let word = fields.get("difficulty").and_then(Value::as_str);
    match word.map(|word| word.trim().to_lowercase()).as_deref() {
        Some("beginner") => Ok(Difficulty::Beginner),
        Some("intermediate") => Ok(Difficulty::Intermediate),
        Some("advanced") => Ok(Difficulty::Advanced),
        _ => Err("its \"difficulty\" is none of beginner, intermediate, advanced"),
    }
}

fn milestone(value: &Value) -> Option<MilestoneDraft> {
    if let Value::String(title) = value {
        let title = clean(title, TITLE_CHARACTERS, false)?;
        return Some(MilestoneDraft {
            title,
            description: None,
            due: None,
        });
    }
    let fields = value.as_object()?;
    let due = fields.get("dueDate").and_then(Value::as_str);
    Some(MilestoneDraft {
        title: line(fields, "title", TITLE_CHARACTERS)?,
        description: prose(fields, "description"),
        // A date that is none is left out: the step is good without it.
        due: due.and_then(|due| DueDate::parse(due.trim())),
    })
}

fn line(fields: &Map<String, Value>, name: &str, longest: usize) -> Option<String> {
    clean(fields.get(name)?.as_str()?, longest, false)
}

fn prose(fields: &Map<String, Value>, name: &str) -> Option<String> {
    clean(fields.get(name)?.as_str()?, TEXT_CHARACTERS, true)
}

/// Without control characters, trimmed and cut; none if nothing is left.
fn clean(text: &str, longest: usize, lines: bool) -> Option<String> {
    let kept = |char: &char| !char.is_control() || (lines && *char == '\n');
    let clean: String = text.chars().filter(kept).take(longest).collect();
    let clean = clean.trim();
    (!clean.is_empty()).then(|| clean.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wish() -> Wish {
        Wish {
            prompt: "piano".into(),
            difficulty: None,
            category: None,
        }
    }

    const GOOD: &str = r#"{"title":"Piano","description":"Play.","category":"music",
        "difficulty":"beginner","milestones":[{"title":"Scales","description":null,
        "dueDate":"soon"},{"title":"A song","description":"Any.","dueDate":"2026-12-31"}]}"#;

    #[test]
    fn what_models_wrap_around_it_is_looked_past() {
        for text in [
            GOOD.to_owned(),
            format!("```json\n{GOOD}\n```"),
            format!("Here it is:\n\n{GOOD}\n\nGood luck!"),
            format!("{{\"objective\": {GOOD}}}"),
        ] {
            let draft = objective(&text, &wish()).expect("an objective");
            assert_eq!((draft.title.as_str(), draft.milestones.len()), ("Piano", 2));
            assert_eq!(draft.milestones[0].due, None, "soon is no date");
            assert!(draft.milestones[1].due.is_some());
        }
    }

    #[test]
    fn what_was_wished_stays() {
        let wish = Wish {
            difficulty: Some(Difficulty::Advanced),
            category: Some("arts".into()),
            ..wish()
        };
        let draft = objective(GOOD, &wish).expect("an objective");
        assert_eq!(draft.difficulty, Difficulty::Advanced);
        assert_eq!(draft.category, "arts");
    }

    #[test]
    fn what_is_none_is_refused_with_its_reason() {
        for (text, words) in [
            ("", "no JSON"),
            ("I cannot do that.", "no JSON"),
            ("}{", "no JSON"),
            (&GOOD[..80], "no JSON"),
            (&GOOD[..=GOOD.find('}').expect("one")], "valid JSON"),
            ("{}", "title"),
            (r#"{"title":"  "}"#, "title"),
            (r#"{"title":7}"#, "title"),
            (
                r#"{"title":"x","difficulty":"hard","milestones":["a"]}"#,
                "difficulty",
            ),
            (r#"{"title":"x","difficulty":"beginner"}"#, "milestones"),
            (
                r#"{"title":"x","difficulty":"beginner","milestones":[]}"#,
                "empty",
            ),
            (
                r#"{"title":"x","difficulty":"beginner","milestones":[{}]}"#,
                "milestone",
            ),
        ] {
            let problem = objective(text, &wish()).expect_err(text);
            assert!(problem.contains(words), "{text} gave {problem}");
        }
    }
}
