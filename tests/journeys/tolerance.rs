//! "Tolerated from servers in the wild."

use serde_json::{Value, json};

use crate::support::{
    Client, Provider, Script, Setup,
    client::text,
    script::{delta, finish},
};

async fn answered(script: Script) -> Value {
    let provider = Provider::playing([script]).await;
    let server = Setup::with(&provider).start().await;
    let (mut client, _) = Client::in_new_chat(&server, &server.user("alice")).await;
    client.ask("Hi").await.end
}

fn assert_whole(end: &Value, content: &str) {
    assert_eq!(
        (text(end, "content"), text(end, "status")),
        (content, "complete")
    );
}

fn token(content: &str) -> Value {
    delta(&json!({ "content": content }))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn carriage_returns_comments_and_event_fields() {
    let script = Script::stream()
        .raw(": hello\r\n\r\n")
        .raw(format!(
            "event: message\r\nid: 1\r\ndata: {}\r\n\r\n",
            token("one ")
        ))
        .raw(": keep-alive\n\n")
        .raw(format!("data:{}\r\n\r\n", token("two")))
        .raw(format!("data: {}\r\n\r\ndata: [DONE]\r\n\r\n", finish()));
    assert_whole(&answered(script).await, "one two");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn empty_choices_a_role_chunk_and_unknown_fields() {
    let script = Script::stream()
        .event(&json!({"choices": [], "prompt_filter_results": [{"index": 0}]}))
        .event(&delta(&json!({"role": "assistant", "content": ""})))
        .event(&delta(&json!({"content": null, "x": {"deep": [1]}})))
        .event(&token("one"))
        .event(&json!({"choices": [{"delta": {"content": " two"}}]}))
        .end();
    assert_whole(&answered(script).await, "one two");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_finish_reason_without_done_and_done_without_a_finish_reason() {
    assert_whole(
        &answered(Script::stream().tokens(&["one"]).event(&finish())).await,
        "one",
    );
    assert_whole(
        &answered(Script::stream().tokens(&["one"]).raw("data: [DONE]\n\n")).await,
        "one",
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_character_split_between_packets() {
    let event = format!("data: {}\n\n", token("Привет, 🦀!"));
    let mut script = Script::stream();
    for byte in event.as_bytes() {
        script = script.raw([*byte]);
    }
    assert_whole(&answered(script.end()).await, "Привет, 🦀!");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_error_object_inside_the_stream_keeps_the_text() {
    let error =
        json!({"error": {"message": "the model ran out of memory", "type": "server_error"}});
    let provider = Provider::playing([Script::stream().tokens(&["one "]).event(&error)]).await;
    let server = Setup::with(&provider).start().await;
    let (mut client, _) = Client::in_new_chat(&server, &server.user("alice")).await;
    client.say("Hi").await;
    let end = client.until("assistant_message_complete").await;
    assert_eq!(
        (text(&end, "content"), text(&end, "status")),
        ("one ", "failed"),
        "the partial text is kept"
    );
    let error = client.error().await;
    assert_eq!(text(&error, "code"), "GENERATION_FAILED");
    assert_eq!(
        error["messageId"], end["messageId"],
        "with text it has both, the `error` last"
    );
}
