//! Every field of every frame that takes an id, tried with ids of somebody else: the fields are
//! those of the generated types, so that a new one without a row here fails the test.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::authorisation::{Scene, Things, ask, ask_event, refusal, scene};
use crate::support::{
    Client, Person,
    client::text,
    events::Events,
    piano::{generated, piano},
};

/// What somebody else's id in a field does, in this data.
enum Field {
    /// It is refused like one of nobody's.
    Refused(Value),
    /// It makes no difference whether it is somebody's.
    Ignored(Value),
    /// It is to be the id of something new, and is refused because it is taken.
    Taken(Value),
    /// It is a key of the sender's own, and says nothing about those of others.
    OwnKey(Value),
    /// It names something of the server, or a person, which all may know.
    Known,
}

use Field::{Ignored, Known, OwnKey, Refused, Taken};

/// What Mallory has.
struct Mine {
    chat: String,
    other_chat: String,
    message: String,
    objective: String,
}

impl Mine {
    async fn of(scene: &Scene, mallory: &Person) -> Self {
        let (mut client, chat) = Client::in_new_chat(&scene.server, mallory).await;
        let reply = client.ask("Mine").await;
        let (_, other_chat) = Client::in_new_chat(&scene.server, mallory).await;
        scene.provider.queue(piano());
        let objective = generated(&mut Events::open(&scene.server, mallory).await).await;
        Self {
            chat,
            other_chat,
            message: reply.id().to_owned(),
            objective: text(&objective, "id").to_owned(),
        }
    }
}

/// The row of a field, with these ids in it.
fn row(field: &str, of: &Things, mine: &Mine) -> Option<Field> {
    let (frame, _) = field.split_once('.')?;
    Some(match field {
        "join_chat.chatId"
        | "delete_chat.chatId"
        | "restore_chat.chatId"
        | "leave_chat.chatId"
        | "WATCH_CHAT.chatId" => Refused(json!({"chatId": of.chat})),
        "join_chat.resume.messageId" => Ignored(json!({"chatId": mine.chat, "resume": {
            "epoch": "any", "revision": 0, "messageId": of.answer, "seq": 0}})),
        "create_chat.chatId" => Taken(json!({"chatId": of.new_chat})),
        "branch_chat.messageId" => Refused(json!({"messageId": of.message})),
        "branch_chat.chatId" => Taken(json!({"messageId": mine.message, "chatId": of.new_chat})),
        "message.chatId" => Refused(json!({"message": "Hi", "chatId": of.chat})),
        "message.parentId" => {
            Refused(json!({"message": "Hi", "chatId": mine.chat, "parentId": of.message}))
        }
        "message.clientId" => {
            OwnKey(json!({"message": "Mine", "chatId": mine.other_chat, "clientId": of.key}))
        }
        "estimate.chatId" => Refused(json!({"bytes": 1, "chatId": of.chat})),
        "estimate.parentId" => {
            Ignored(json!({"bytes": 1, "chatId": mine.chat, "parentId": of.message}))
        }
        "generate_objective.generationId" => {
            OwnKey(json!({"prompt": "Mine", "generationId": of.wish}))
        }
        "stop.messageId" | "STOP_GENERATION.messageId" => Refused(json!({"messageId": of.answer})),
        "regenerate.messageId" | "continue.messageId" => Refused(json!({"messageId": of.message})),
        "update_chat.chatId" => Refused(json!({"chatId": of.chat, "title": "Mine"})),
        "update_chat.leafId" => Refused(json!({"chatId": mine.chat, "leafId": of.message})),
        "share_chat.chatId" => {
            Refused(json!({"chatId": of.chat, "name": "mallory", "access": "write"}))
        }
        "unshare_chat.chatId" => Refused(json!({"chatId": of.chat, "userId": of.person})),
        "unshare_chat.userId" => Ignored(json!({"chatId": mine.chat, "userId": of.person})),
        "update_objective.objectiveId" | "UPDATE_OBJECTIVE.objectiveId" => {
            Refused(json!({"objectiveId": of.objective, "updates": {"title": "Mine"}}))
        }
        "update_objective.updates.milestones.id" | "UPDATE_OBJECTIVE.updates.milestones.id" => {
            let milestones = json!([{"id": of.milestone, "completed": true}]);
            let updates = json!({"milestones": milestones});
            Ignored(json!({"objectiveId": mine.objective, "updates": updates}))
        }
        "delete_objective.objectiveId"
        | "restore_objective.objectiveId"
        | "discuss_objective.objectiveId" => Refused(json!({"objectiveId": of.objective})),
        "USER_MESSAGE.context.chatId" => {
            Refused(json!({"content": "Hi", "context": {"chatId": of.chat}}))
        }
        "WATCH_CHAT.messageId" => {
            Ignored(json!({"chatId": mine.chat, "messageId": of.answer, "revision": 0, "seq": 0}))
        }
        "share_chat.userId" => Known,
        _ if frame.ends_with("provider") || frame == "set_provider_key" => Known,
        _ => return None,
    })
}

/// The generated types of both dialects.
fn types() -> [String; 2] {
    ["wire.ts", "events.ts"].map(|file| {
        let path = format!("{}/../ui/src/generated/{file}", env!("CARGO_MANIFEST_DIR"));
        std::fs::read_to_string(path).expect("the generated types")
    })
}

/// The fields of a type, each with what its type is written as.
fn members<'a>(types: &'a str, name: &str) -> Option<Vec<(&'a str, &'a str)>> {
    let starts = [
        format!("export type {name} = {{\n"),
        format!("export interface {name} {{\n"),
    ];
    let found = starts.iter().find_map(|start| types.split_once(start));
    let (body, _) = found?.1.split_once("\n}")?;
    let fields = body.lines().map(str::trim);
    let fields = fields.filter(|line| !line.starts_with(['/', '*']));
    let fields = fields.filter_map(|line| line.split_once(':'));
    Some(
        fields
            .map(|(field, kind)| (field.trim_end_matches('?'), kind.trim()))
            .collect(),
    )
}

/// The fields below a type that take an id, as paths; `own` are the types of its dialect.
fn ids_below(own: &str, other: &str, name: &str, path: &str, found: &mut BTreeSet<String>) {
    let members = members(own, name).or_else(|| members(other, name));
    for (field, kind) in members.unwrap_or_default() {
        let path = format!("{path}.{field}");
        if field == "id" || field.ends_with("Id") {
            found.insert(path);
            continue;
        }
        let words = kind.split(|one: char| !one.is_alphanumeric());
        let named = words.filter(|word| word.starts_with(char::is_uppercase));
        for word in named.filter(|word| *word != "Array" && *word != "Record") {
            ids_below(own, other, word, &path, found);
        }
    }
}

/// All fields of frames of this dialect that take an id.
fn fields(own: &str, other: &str, list: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (frame, kind) in members(own, list).expect("the list of frames") {
        ids_below(own, other, kind.trim_end_matches(';'), frame, &mut found);
    }
    found
}

fn chat_fields() -> BTreeSet<String> {
    let [chat, events] = types();
    fields(&chat, &events, "ClientData")
}

fn event_fields() -> BTreeSet<String> {
    let [chat, events] = types();
    fields(&events, &chat, "ClientEventData")
}

#[test]
fn every_field_that_takes_an_id_has_a_row() {
    let mine = Mine {
        chat: String::new(),
        other_chat: String::new(),
        message: String::new(),
        objective: String::new(),
    };
    let nobodys = Things::of_nobody();
    let all = chat_fields().into_iter().chain(event_fields());
    let without: Vec<_> = all
        .filter(|field| row(field, &nobodys, &mine).is_none())
        .collect();
    assert_eq!(without, Vec::<String>::new(), "fields that nobody judges");
    assert!(
        chat_fields().len() > 25 && event_fields().len() >= 6,
        "the fields were found: {:?} {:?}",
        chat_fields(),
        event_fields()
    );
}

/// Judges what a field with Alice's id was answered with, beside nobody's.
fn judge(place: &str, field: &Field, hers: &[Value], nobodys: &[Value]) {
    let place = format!("{place} gets {hers:?}");
    match field {
        Refused(_) => {
            assert_eq!(hers, nobodys, "{place}: as for what does not exist");
            let refused = matches!(refusal(hers), Some("not_found" | "INVALID_MESSAGE"));
            assert!(refused, "{place}");
        }
        Ignored(_) => assert_eq!(hers, nobodys, "{place}: as for what does not exist"),
        Taken(_) => {
            assert_eq!(refusal(hers), Some("not_found"), "{place}");
            assert_eq!(refusal(nobodys), None, "{place}: a free one is taken");
        }
        OwnKey(_) => {
            assert_eq!(refusal(hers), None, "{place}");
            let said = json!(hers).to_string();
            assert!(said.contains("Mine"), "{place}: the sender's own");
        }
        Known => {}
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_field_leads_to_what_is_somebody_elses() {
    let scene = scene().await;
    let mallory = &scene.others[0].1;
    let mine = Mine::of(&scene, mallory).await;
    for field in chat_fields() {
        let (kind, _) = field.split_once('.').expect("a frame and a field");
        let mut answers = Vec::new();
        let nobodys = Things::of_nobody();
        for ids in [&scene.things, &nobodys] {
            let (Refused(data) | Ignored(data) | Taken(data) | OwnKey(data)) =
                row(&field, ids, &mine).expect("a row")
            else {
                break;
            };
            let mut client = Client::join(&scene.server, mallory).await;
            answers.push(ask(&mut client, kind, &data).await);
            let heard = client.heard.concat();
            assert!(!heard.contains("A secret"), "{field}: {heard}");
        }
        if let [hers, nobodys] = &answers[..] {
            let rule = row(&field, &scene.things, &mine).expect("a row");
            judge(&field, &rule, hers, nobodys);
        }
    }
    for field in event_fields() {
        let (kind, _) = field.split_once('.').expect("an event and a field");
        let mut answers = Vec::new();
        for (ids, id) in [(&scene.things, "first"), (&Things::of_nobody(), "second")] {
            let (Refused(data) | Ignored(data) | Taken(data) | OwnKey(data)) =
                row(&field, ids, &mine).expect("a row")
            else {
                break;
            };
            let mut client = Events::open(&scene.server, mallory).await;
            answers.push(ask_event(&mut client, kind, &data, id).await);
            let heard = client.socket.heard.concat();
            assert!(!heard.contains("A secret"), "{field}: {heard}");
        }
        if let [hers, nobodys] = &answers[..] {
            let rule = row(&field, &scene.things, &mine).expect("a row");
            judge(&field, &rule, hers, nobodys);
        }
    }
    // Keys that Alice has used already are new in Mallory's hands, in the envelope too.
    let mut events = Events::open(&scene.server, mallory).await;
    let wish = json!({"prompt": "Mine"});
    let key = scene.things.wish.clone();
    let told = ask_event(&mut events, "GENERATE_OBJECTIVE", &wish, &key).await;
    assert!(!json!(told).to_string().contains("piano"), "{told:?}");
    scene.unharmed().await;
}
