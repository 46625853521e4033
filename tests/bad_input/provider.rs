//! A provider that refuses, hangs, breaks off or talks nonsense: "the user sees a sentence that
//! says what happened and what to do, the partial text is kept, and *Retry* works."

use std::{
    net::TcpListener,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::support::{
    Client, DEADLINE, Person, Provider, Script, Server, Setup,
    client::text,
    script::{Step, delta},
};

/// For what fails by itself: patient, so that a loaded machine is not taken for a silent provider.
const PATIENT: &str = "[provider]\nfirst_token_timeout_ms = 20000\nidle_timeout_ms = 20000\n";

/// For what never ends by itself: short enough to wait for.
const SHORT: &str = "[provider]\nfirst_token_timeout_ms = 3000\nidle_timeout_ms = 3000\nconnect_timeout_ms = 3000\n";

struct Table {
    server: Server,
    alice: Person,
    client: Client,
    chat: String,
}

async fn table(setup: Setup) -> Table {
    let server = setup.start().await;
    let alice = server.user("alice");
    let (client, chat) = Client::in_new_chat(&server, &alice).await;
    Table {
        server,
        alice,
        client,
        chat,
    }
}

/// Asks, and checks that the answer fails for `reason` with `kept` as its text, on the wire and in
/// history. Gives the `error`'s data.
async fn fails(table: &mut Table, kept: &str, reason: &str) -> Value {
    let client = &mut table.client;
    client.say("Hi").await;
    let mut complete = Value::Null;
    let error = loop {
        let mut frame = client.next().await;
        match frame["type"].as_str() {
            Some("error") => break frame["data"].take(),
            Some("assistant_message_complete") => complete = frame["data"].take(),
            _ => {}
        }
    };
    assert_eq!(text(&error, "reason"), reason, "{error}");
    crate::support::client::assert_error(&error);
    assert!(
        text(&error, "message").len() > 15,
        "a sentence that says what happened: {error}"
    );
    assert!(
        error["messageId"].is_string() && error["chatId"] == table.chat.as_str(),
        "{error}"
    );
    if kept.is_empty() {
        assert!(
            complete.is_null(),
            "a failed answer without any text has no such frame: {complete}"
        );
    } else {
        assert_eq!(
            complete["messageId"], error["messageId"],
            "with text it has both, the `error` last"
        );
        assert_eq!(
            (text(&complete, "content"), text(&complete, "status")),
            (kept, "failed")
        );
    }
    let joined = Client::join(&table.server, &table.alice)
        .await
        .look_at(&table.chat)
        .await;
    let messages = joined["messages"].as_array().expect("messages");
    let last = messages.last().expect("the failed answer is kept");
    assert_eq!(last["messageId"], error["messageId"], "{joined}");
    assert_eq!(
        (text(last, "content"), text(last, "status")),
        (kept, "failed"),
        "the partial text is kept"
    );
    assert_eq!(last["failure"]["reason"], reason, "and why it ended");
    error
}

/// *Retry* works: another answer beside the failed one.
async fn retry(table: &mut Table, error: &Value) {
    let again = json!({"type": "regenerate", "data": {"messageId": error["messageId"]}});
    table.client.send(again).await;
    // That the branch shown moves to it is told first.
    let start = table.client.until("assistant_message_start").await;
    let answer = table.client.rest_of_answer(start, "").await;
    assert_eq!(
        text(&answer.end, "content"),
        "Scripted answer.",
        "*Retry* works"
    );
}

/// A provider that plays `script` once and behaves afterwards.
async fn misbehaves(script: Script, kept: &str, reason: &str) -> (Provider, Value) {
    misbehaves_under(PATIENT, script, kept, reason).await
}

/// The same, for a script that hangs until the server loses its patience.
async fn hangs(script: Script, kept: &str, reason: &str) {
    let (provider, error) = misbehaves_under(SHORT, script, kept, reason).await;
    assert_eq!(text(&error, "code"), "TIMEOUT", "{error}");
    provider.aborted(0).await;
}

async fn misbehaves_under(
    timeouts: &str,
    script: Script,
    kept: &str,
    reason: &str,
) -> (Provider, Value) {
    let provider = Provider::playing([script]).await;
    let mut table = table(Setup::with(&provider).config(timeouts)).await;
    let error = fails(&mut table, kept, reason).await;
    retry(&mut table, &error).await;
    let memory = table.server.memory_mib();
    assert!(memory < 128, "memory stays bounded: {memory} MiB");
    (provider, error)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn refusals_are_told_apart() {
    for (status, reason) in [
        (401, "key_refused"),
        (403, "provider_forbids"),
        (404, "model_not_found"),
        (400, "request_refused"),
        (500, "provider_failed"),
        (503, "provider_failed"),
    ] {
        let (_, error) = misbehaves(Script::refused(status, "as scripted"), "", reason).await;
        assert_eq!(
            text(&error, "code"),
            "GENERATION_FAILED",
            "{status}: {error}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_busy_provider_says_when_to_come_back() {
    let script = Script::refused(429, "slow down").header("retry-after: 7");
    let (_, error) = misbehaves(script, "", "provider_busy").await;
    assert_eq!(
        (text(&error, "code"), &error["retryable"]),
        ("RATE_LIMIT", &json!(true))
    );
    let wait = error["retryAfter"]
        .as_u64()
        .expect("`retryAfter` in milliseconds where it applies");
    assert!(
        (6_000..=7_000).contains(&wait),
        "429 with Retry-After: 7 s, told as {wait} ms"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refused_connection_is_unreachable() {
    let closed = TcpListener::bind("127.0.0.1:0")
        .expect("a free port")
        .local_addr()
        .expect("bound");
    let setup = Setup::new()
        .env("OPENAI_BASE_URL", &format!("http://{closed}/v1"))
        .env("OPENAI_API_KEY", "x")
        .env("OPENAI_MODEL", "scripted");
    let mut table = table(setup).await;
    let error = fails(&mut table, "", "unreachable").await;
    assert!(
        text(&error, "message").contains(&closed.to_string()),
        "says which address does not answer: {error}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broken_tls_is_told_as_such() {
    let provider = Provider::start().await;
    let address = format!("https://127.0.0.1:{}/v1", provider.port());
    let mut table = table(Setup::with(&provider).env("OPENAI_BASE_URL", &address)).await;
    fails(&mut table, "", "tls_failed").await;
    assert!(
        provider.requests().is_empty(),
        "nothing is sent in the clear instead"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn silence_before_the_first_token_ends() {
    hangs(Script::mute(), "", "no_first_token").await;
    // A head alone is no token.
    hangs(Script::stream().hang(), "", "no_first_token").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn comments_are_no_first_token() {
    let comments = (0..300).fold(Script::stream(), |script, _| {
        let pause = Step::Wait(Duration::from_millis(100));
        script.raw(": alive\n\n").step(pause)
    });
    hangs(comments.hang(), "", "no_first_token").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn silence_inside_the_stream_ends_and_the_text_is_kept() {
    let script = Script::stream().tokens(&["one ", "two "]).hang();
    hangs(script, "one two ", "stalled").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_cut_in_the_middle_keeps_its_text() {
    let script = Script::stream().tokens(&["one ", "two "]).cut();
    misbehaves(script, "one two ", "cut_off").await;
    let clean = Script::stream().tokens(&["one "]);
    misbehaves(clean, "one ", "cut_off").await;
    let inside = format!("data: {}\n\n", delta(&json!({"content": "lost"})));
    let script = Script::stream()
        .tokens(&["one "])
        .raw(&inside[..inside.len() / 2])
        .cut();
    misbehaves(script, "one ", "cut_off").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_without_a_word_is_an_empty_answer() {
    misbehaves(Script::stream().end(), "", "empty_answer").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn garbage_is_garbled() {
    misbehaves(
        Script::stream().raw("data: this is no JSON\n\n").end(),
        "",
        "garbled",
    )
    .await;
    misbehaves(
        Script::stream()
            .tokens(&["one "])
            .raw("data: {\"choices\": 7}\n\n")
            .end(),
        "one ",
        "garbled",
    )
    .await;
    misbehaves(
        Script::stream().raw([0xff; 64]).raw("\n\n").cut(),
        "",
        "garbled",
    )
    .await;
    misbehaves(
        Script::page(200, "text/html", "<html>a captive portal</html>"),
        "",
        "garbled",
    )
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_endless_line_is_cut_at_a_bound() {
    let script = Script::stream().tokens(&["one "]).step(Step::EndlessLine);
    let (provider, _) = misbehaves(script, "one ", "garbled").await;
    provider.aborted(0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_line_of_4_mib_is_cut_at_a_bound() {
    let begun = Instant::now();
    let line = "a".repeat(4 << 20);
    misbehaves(
        Script::stream().tokens(&["one ", &line]).end(),
        "one ",
        "garbled",
    )
    .await;
    assert!(
        begun.elapsed() < DEADLINE,
        "a reader that is not quadratic in the line's length"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_endless_error_page_is_not_read() {
    let script = Script {
        status: 500,
        ..Script::stream()
    }
    .step(Step::EndlessLine);
    let (provider, _) = misbehaves(script, "", "provider_failed").await;
    provider.aborted(0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_does_not_follow_a_redirect() {
    let elsewhere = Provider::start().await;
    let location = format!("location: {}/chat/completions", elsewhere.base_url());
    let script = Script {
        status: 307,
        ..Script::page(307, "text/plain", "moved")
    }
    .header(&location);
    let provider = Provider::playing([script]).await;
    let mut table =
        table(Setup::with(&provider).env("OPENAI_API_KEY", "sk-not-for-elsewhere")).await;
    table.client.say("Hi").await;
    loop {
        let frame = table.client.next().await;
        if matches!(
            frame["type"].as_str(),
            Some("error" | "assistant_message_complete")
        ) {
            break;
        }
    }
    for asked in elsewhere.requests() {
        assert!(
            !asked.head.contains("sk-not-for-elsewhere"),
            "after 302 or 401 the key is not sent elsewhere"
        );
    }
}
