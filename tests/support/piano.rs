//! An objective as a scripted model writes it.

use super::{Script, events::Events};

/// A sound one.
pub(crate) const PIANO: [&str; 4] = [
    r#"{"title":"Jouer du piano","description":"Jouer un morceau entier.","#,
    r#""category":"music","difficulty":"beginner","milestones":[{"title":"Les gammes","#,
    r#""description":null,"dueDate":null},{"title":"Un morceau","#,
    r#""description":"Au choix.","dueDate":"2026-12-31"}]}"#,
];

/// A script that writes it.
pub(crate) fn piano() -> Script {
    Script::text(&PIANO)
}

/// Has the objective made; gives it.
pub(crate) async fn generated(client: &mut Events) -> serde_json::Value {
    let data = serde_json::json!({"prompt": "Apprendre le piano"});
    client.send(None, "GENERATE_OBJECTIVE", data).await;
    client.until("OBJECTIVE_GENERATED").await["objective"].take()
}
