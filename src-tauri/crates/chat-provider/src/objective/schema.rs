//! What a model is told about an objective: the schema, and the same in words.

use async_openai::types::chat::{ResponseFormat, ResponseFormatJsonSchema};
use chat_core::{Difficulty, Wish};
use serde_json::json;

use super::Form;

/// A form as servers take it; words need none.
pub(crate) fn response_format(form: Form) -> Option<ResponseFormat> {
    match form {
        Form::Schema => Some(schema()),
        Form::Object => Some(ResponseFormat::JsonObject),
        Form::Words => None,
    }
}

/// Strict mode wants every field required and nothing else; what may be absent may be null.
fn schema() -> ResponseFormat {
    let text = || json!({"type": "string"});
    let milestone = json!({
        "type": "object",
        "properties": {
            "title": text(),
            "description": {"type": ["string", "null"]},
            "dueDate": {"type": ["string", "null"]},
        },
        "required": ["title", "description", "dueDate"],
        "additionalProperties": false,
    });
    let schema = json!({
        "type": "object",
        "properties": {
            "title": text(),
            "description": text(),
            "category": text(),
            "difficulty": {"type": "string", "enum": ["beginner", "intermediate", "advanced"]},
            "milestones": {"type": "array", "items": milestone},
        },
        "required": ["title", "description", "category", "difficulty", "milestones"],
        "additionalProperties": false,
    });
    ResponseFormat::JsonSchema {
        json_schema: ResponseFormatJsonSchema {
            description: Some("An objective with its milestones".into()),
            name: "objective".into(),
            schema,
            strict: Some(true),
        },
    }
}

/// The same in words, for models whose servers know no schemas. OpenAI takes `json_object` only
/// where the words name JSON.
pub(super) fn instruction() -> String {
    "You turn a wish into an objective that a person can work on. Write in the language of the \
     wish. Answer with one JSON object and nothing else, of this form: {\"title\": \"a few \
     words\", \"description\": \"two or three sentences\", \"category\": \"one word\", \
     \"difficulty\": \"beginner\" or \"intermediate\" or \"advanced\", \"milestones\": [{\"title\": \
     \"a step that can be ticked off\", \"description\": \"one sentence, or null\", \"dueDate\": \
     null}]}. Give three to eight milestones in the order in which they are reached. Give a \
     dueDate, as YYYY-MM-DD, only where the wish names a date."
        .to_owned()
}

/// The question.
pub(super) fn wish(wish: &Wish) -> String {
    let mut text = format!("The wish: {}", wish.prompt);
    if let Some(difficulty) = wish.difficulty {
        text.push_str(&format!("\nDifficulty: {}", spell(difficulty)));
    }
    if let Some(category) = &wish.category {
        text.push_str(&format!("\nCategory: {category}"));
    }
    text
}

/// The second question, after an answer that was no objective.
pub(super) fn repair(problem: &str) -> String {
    format!("This is no objective: {problem}. Answer with the JSON object alone.")
}

fn spell(difficulty: Difficulty) -> &'static str {
    match difficulty {
        Difficulty::Beginner => "beginner",
        Difficulty::Intermediate => "intermediate",
        Difficulty::Advanced => "advanced",
    }
}
