//! A connection that stops reading lacks nothing when it reads on.

use serde_json::json;

use crate::support::{
    Gate, Provider, Script, Setup,
    client::text,
    events::Events,
    piano::{PIANO, generated, piano},
};

/// More than the feed remembers.
const CHANGES: usize = 300;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_stalled_connection_missed_comes_from_the_store() {
    const STRONG: &str = "5f0c2c5e-93a3-4c8b-9df6-1f1f5b0c7a11";
    let (made, written) = (Gate::new(), Gate::new());
    let slow = Script::stream().tokens(&PIANO[..1]).gate(&made);
    let long = "0123456789abcdef".repeat(4 * 1024);
    let answer = Script::stream().tokens(&["begun "]).gate(&written);
    let provider = Provider::playing([
        piano(),
        slow.tokens(&PIANO[1..]).end(),
        answer.tokens(&vec![long.as_str(); 160]).end(),
    ])
    .await;
    let server = Setup::with(&provider)
        .env("PARLOR_LIMITS_MESSAGES_PER_MINUTE", "0")
        .env("PARLOR_LIMITS_FRAMES_PER_SECOND", "0")
        .start()
        .await;
    let alice = server.user("alice");
    let mut busy = Events::open(&server, &alice).await;
    let objective = generated(&mut busy).await;

    let mut stalled = Events::open(&server, &alice).await;
    let wish = json!({"prompt": "Apprendre le violon"});
    stalled.send(Some(STRONG), "GENERATE_OBJECTIVE", wish).await;
    stalled.until("OBJECTIVE_PROGRESS").await;
    provider.asked(1).await;
    stalled
        .send(Some("q"), "USER_MESSAGE", json!({"content": "A long one"}))
        .await;
    stalled.until("AI_MESSAGE_START").await;
    stalled.until("AI_MESSAGE_CHUNK").await;
    written.open();
    provider.wait(2, |asked| asked.ended).await;

    for change in 0..CHANGES {
        let updates = json!({"title": format!("Piano {change}")});
        let data = json!({"objectiveId": objective["id"], "updates": updates});
        busy.send(None, "UPDATE_OBJECTIVE", data).await;
        busy.until("OBJECTIVE_UPDATED").await;
    }
    made.open();
    busy.until("OBJECTIVE_GENERATED").await;

    let (mut text_so_far, mut ended, mut listed, mut made) = ("begun ".to_owned(), false, 0, 0);
    while !(ended && made == 1 && listed == 1) {
        let frame = stalled.next().await;
        let data = &frame["data"];
        match text(&frame, "type") {
            "AI_MESSAGE_CHUNK" => text_so_far.push_str(text(data, "content")),
            "AI_MESSAGE_END" => {
                assert!(
                    text(data, "content") == text_so_far,
                    "every word, and none twice"
                );
                ended = true;
            }
            "OBJECTIVES" => {
                let first = &data["objectives"][1];
                assert_eq!(
                    first["title"],
                    format!("Piano {}", CHANGES - 1),
                    "as it is now"
                );
                listed += 1;
            }
            "OBJECTIVE_GENERATED" => {
                assert_eq!(frame["metadata"]["requestId"], STRONG, "its own wish");
                made += 1;
            }
            "OBJECTIVE_PROGRESS" | "OBJECTIVE_UPDATED" => {}
            other => panic!("{other}: {data}"),
        }
    }
    assert!(text_so_far.len() > 10_000_000);
    assert_eq!(stalled.settled().await, Vec::<serde_json::Value>::new());
}
