//! Objectives on all devices of a person, in both dialects.

use serde_json::{Value, json};

use crate::support::{
    Client, Provider, Script, Server, Setup,
    client::text,
    events::Events,
    piano::{generated, piano},
};

async fn with(scripts: impl IntoIterator<Item = Script>) -> (Provider, Server) {
    let provider = Provider::playing(scripts).await;
    let server = Setup::with(&provider).start().await;
    (provider, server)
}

/// A person with two connections of B, one of A that watches, and an objective.
async fn everywhere() -> (Provider, Server, Events, Events, Client, Value) {
    let (provider, server) = with([piano()]).await;
    let alice = server.user("alice");
    let mut one = Events::open(&server, &alice).await;
    let mut two = Events::open(&server, &alice).await;
    let mut chat = Client::join(&server, &alice).await;
    chat.send(json!({"type": "watch_objectives", "data": {}}))
        .await;
    chat.expect("objectives").await;
    let objective = generated(&mut one).await;
    assert_eq!(
        two.until("OBJECTIVE_GENERATED").await["objective"],
        objective
    );
    assert_eq!(
        chat.until("objective_generated").await["objective"],
        objective
    );
    (provider, server, one, two, chat, objective)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_update_reaches_all_connections_once() {
    let (_provider, _server, mut one, mut two, mut chat, objective) = everywhere().await;
    let id = text(&objective, "id");
    let updates = json!({
        "title": "  Piano ", "description": "", "category": "arts", "difficulty": "advanced",
        "status": "archived", "progress": 40, "colour": "red", "id": "another",
    });
    let data = json!({"objectiveId": id, "updates": updates});
    one.send(Some("u"), "UPDATE_OBJECTIVE", data).await;
    let frame = one.expect_frame("OBJECTIVE_UPDATED").await;
    assert_eq!(frame["metadata"]["requestId"], "u");
    let updated = &frame["data"]["objective"];
    for (field, value) in [
        ("id", json!(id)),
        ("title", json!("Piano")),
        ("description", json!("")),
        ("category", json!("arts")),
        ("difficulty", json!("advanced")),
        ("status", json!("archived")),
        ("progress", json!(40)),
        ("milestones", objective["milestones"].clone()),
        ("createdAt", objective["createdAt"].clone()),
    ] {
        assert_eq!(updated[field], value, "{field} of {updated}");
    }
    assert!(
        updated.get("colour").is_none(),
        "unknown fields are ignored"
    );
    assert_eq!(two.expect("OBJECTIVE_UPDATED").await["objective"], *updated);
    assert_eq!(
        chat.expect("objective_updated").await["objective"],
        *updated
    );
    for events in [&mut one, &mut two] {
        assert_eq!(events.settled().await, Vec::<Value>::new(), "once on each");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn progress_follows_the_milestones() {
    let (_provider, _server, mut one, _two, _chat, objective) = everywhere().await;
    let id = text(&objective, "id");
    let milestone = |index: usize| objective["milestones"][index]["id"].clone();
    let scales = json!([{"id": milestone(0), "completed": true}]);
    let kept = json!([{"id": milestone(1)}, {"title": "Un concert", "dueDate": "2027-01-01"}]);
    for (updates, progress, titles) in [
        (
            json!({"milestones": scales}),
            50,
            vec!["Les gammes", "Un morceau"],
        ),
        (
            json!({"progress": 10}),
            10,
            vec!["Les gammes", "Un morceau"],
        ),
        (
            json!({"milestones": kept}),
            0,
            vec!["Un morceau", "Un concert"],
        ),
        (json!({"milestones": []}), 0, vec![]),
    ] {
        let data = json!({"objectiveId": id, "updates": updates});
        one.send(None, "UPDATE_OBJECTIVE", data).await;
        let updated = one.expect("OBJECTIVE_UPDATED").await["objective"].take();
        assert_eq!(updated["progress"], progress, "{updated}");
        let told: Vec<_> = updated["milestones"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|milestone| text(milestone, "title"))
            .collect();
        assert_eq!(told, titles);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_update_that_does_not_fit_changes_nothing() {
    let (_provider, _server, mut one, mut two, _chat, objective) = everywhere().await;
    let id = text(&objective, "id");
    for updates in [
        json!({"title": ""}),
        json!({"title": "x", "progress": 101}),
        json!({"status": "done"}),
        json!({"milestones": [{"completed": true}]}),
        json!({"milestones": [{"id": "unknown"}]}),
        json!({"milestones": [{"id": "m", "title": "a"}, {"id": "m", "title": "b"}]}),
        json!([]),
        json!("x"),
    ] {
        let data = json!({"objectiveId": id, "updates": updates});
        one.send(Some("u"), "UPDATE_OBJECTIVE", data).await;
        assert_eq!(
            text(&one.error().await, "code"),
            "INVALID_MESSAGE",
            "{updates}"
        );
    }
    one.send(None, "LIST_OBJECTIVES", json!({})).await;
    assert_eq!(
        one.expect("OBJECTIVES").await["objectives"],
        json!([objective])
    );
    assert_eq!(two.settled().await, Vec::<Value>::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn somebody_elses_objective_is_like_none() {
    let (_provider, server, mut one, _two, _chat, objective) = everywhere().await;
    let mut stranger = Events::open(&server, &server.user("mallory")).await;
    let mut errors = Vec::new();
    for id in [
        text(&objective, "id"),
        "objective-of-nobody",
        "no id at all/",
    ] {
        let data = json!({"objectiveId": id, "updates": {"title": "mine"}});
        stranger.send(None, "UPDATE_OBJECTIVE", data).await;
        errors.push(stranger.error().await);
    }
    assert!(
        errors.iter().all(|error| *error == errors[0]),
        "all alike: {errors:?}"
    );
    let mut in_a = Client::join(&server, &server.user("eve")).await;
    for kind in [
        "update_objective",
        "delete_objective",
        "restore_objective",
        "discuss_objective",
    ] {
        let data = json!({"objectiveId": objective["id"], "updates": {}});
        in_a.send(json!({"type": kind, "data": data})).await;
        assert_eq!(in_a.error().await["reason"], "not_found", "{kind}");
    }
    stranger.send(None, "LIST_OBJECTIVES", json!({})).await;
    assert_eq!(stranger.expect("OBJECTIVES").await["objectives"], json!([]));
    assert_eq!(one.settled().await, Vec::<Value>::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn deleting_can_be_undone_and_all_hear_of_both() {
    let (_provider, server, mut one, _two, mut chat, objective) = everywhere().await;
    let named = json!({"objectiveId": objective["id"]});
    chat.send(json!({"type": "delete_objective", "ref": "d", "data": named}))
        .await;
    let gone = chat.expect_frame("objective_deleted").await;
    assert_eq!((&gone["ref"], &gone["data"]), (&"d".into(), &named));
    assert_eq!(one.expect("OBJECTIVE_DELETED").await, named);
    one.send(None, "LIST_OBJECTIVES", json!({})).await;
    assert_eq!(one.expect("OBJECTIVES").await["objectives"], json!([]));
    let data = json!({"objectiveId": objective["id"], "updates": {"title": "x"}});
    one.send(None, "UPDATE_OBJECTIVE", data).await;
    assert_eq!(
        one.error().await["reason"],
        "not_found",
        "deleted is not there"
    );
    let server = server.stop().await.start().await;
    let alice = one.person();
    let mut one = Events::open(&server, &alice).await;
    let mut chat = Client::join(&server, &alice).await;
    chat.send(json!({"type": "restore_objective", "ref": "r", "data": named}))
        .await;
    let back = chat.expect_frame("objective_updated").await;
    assert_eq!(back["ref"], "r");
    let told = one.expect("OBJECTIVE_UPDATED").await["objective"].take();
    assert_eq!(told, back["data"]["objective"]);
    assert_eq!(told["milestones"], objective["milestones"], "whole");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_discussion_knows_the_objective_as_it_is_now() {
    let (provider, _server, mut one, _two, mut chat, objective) = everywhere().await;
    let named = json!({"objectiveId": objective["id"]});
    let mut chats = Vec::new();
    for _ in 0..2 {
        chat.send(json!({"type": "discuss_objective", "ref": "t", "data": named}))
            .await;
        let frame = chat.expect_frame("objective_updated").await;
        assert_eq!(frame["ref"], "t");
        chats.push(text(&frame["data"]["objective"], "chatId").to_owned());
    }
    assert_eq!(chats[0], chats[1], "one chat for each objective");
    assert_eq!(
        one.expect("OBJECTIVE_UPDATED").await["objective"]["chatId"],
        chats[0].as_str()
    );
    let joined = chat.look_at(&chats[0]).await;
    assert_eq!(joined["title"], "Jouer du piano");
    chat.ask("What first?").await;
    let first = objective["milestones"][0]["id"].clone();
    let tick = json!({"milestones": [{"id": first, "completed": true}]});
    let data = json!({"objectiveId": objective["id"], "updates": tick});
    one.send(None, "UPDATE_OBJECTIVE", data).await;
    one.expect("OBJECTIVE_UPDATED").await;
    chat.until("objective_updated").await;
    chat.ask("What next?").await;
    let told = |index: usize| provider.requests()[index].conversation()[0].clone();
    assert!(told(1).starts_with("system: "), "{}", told(1));
    assert!(
        told(1).contains("Jouer du piano") && told(1).contains("[ ] Les gammes"),
        "{}",
        told(1)
    );
    assert!(
        told(2).contains("[x] Les gammes") && told(2).contains("50 %"),
        "{}",
        told(2)
    );
}
