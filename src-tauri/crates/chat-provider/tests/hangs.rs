//! Servers that go silent, and people who go away. Patience is tiny here, since the clock cannot
//! be paused where real sockets are; it is tiny only for what never comes, so that a busy machine
//! changes nothing.

use std::time::Duration;

use chat_core::{AnswerEvent, ModelProvider as _, ProviderProblem as P};
use chat_provider::ProviderSettings;
use futures_util::StreamExt as _;
use tokio::{net::TcpListener, time::timeout};

use crate::support::{
    KEY, Server, Step, ask, chunk, fixture, provider, question, settings, stream_head, text_of,
};

const TINY: Duration = Duration::from_millis(400);
const AMPLE: Duration = Duration::from_secs(30);

fn impatient_for_the_first_word() -> ProviderSettings {
    ProviderSettings {
        first_token_timeout: TINY,
        ..settings()
    }
}

fn impatient_between_words() -> ProviderSettings {
    ProviderSettings {
        first_token_timeout: AMPLE,
        idle_timeout: TINY,
        ..settings()
    }
}

/// The words of the openai fixture, without their end.
fn words() -> Vec<u8> {
    fixture("cut-off")
}

#[tokio::test]
async fn silence_before_the_headers_and_before_the_first_word() {
    let role = b"data: {\"choices\":[{\"delta\":{\"role\":\"assistant\"}}]}\n\n";
    for script in [
        vec![Step::Hang],
        vec![stream_head(), Step::Hang],
        vec![stream_head(), chunk(role), Step::Hang],
    ] {
        let mut server = Server::start(vec![script]).await;
        let providers = provider(
            &server.base_url(),
            Some(KEY),
            impatient_for_the_first_word(),
        );
        let error = ask(&providers, question("Hi")).await.1.unwrap();
        assert_eq!(error.problem, P::NoFirstToken, "{error}");
        server
            .closed
            .recv()
            .await
            .expect("the connection is closed");
    }
}

#[tokio::test]
async fn comments_alone_are_no_word() {
    let mut script = vec![stream_head()];
    for _ in 0..20 {
        script.push(chunk(b": still here\n\n"));
        script.push(Step::Pause(TINY / 4));
    }
    let server = Server::start(vec![script]).await;
    let providers = provider(
        &server.base_url(),
        Some(KEY),
        impatient_for_the_first_word(),
    );
    let error = ask(&providers, question("Hi")).await.1.unwrap();
    assert_eq!(error.problem, P::NoFirstToken, "{error}");
}

#[tokio::test]
async fn silence_in_the_middle_keeps_the_text() {
    let script = vec![stream_head(), chunk(&words()), Step::Hang];
    let mut server = Server::start(vec![script]).await;
    let providers = provider(&server.base_url(), Some(KEY), impatient_between_words());
    let (events, error) = ask(&providers, question("Hi")).await;
    assert_eq!(error.unwrap().problem, P::Stalled);
    assert_eq!(text_of(&events), "Привет! Ça va 🙂?");
    server
        .closed
        .recv()
        .await
        .expect("the connection is closed");
}

#[tokio::test]
async fn comments_after_the_end_are_not_waited_for() {
    let mut script = vec![stream_head(), chunk(&fixture("no-done"))];
    // They go on for twice as long as the test is ready to wait.
    for _ in 0..600 {
        script.push(Step::Pause(Duration::from_millis(100)));
        script.push(chunk(b": still here\n\n"));
    }
    let server = Server::start(vec![script]).await;
    let providers = provider(&server.base_url(), Some(KEY), settings());
    let answer = timeout(AMPLE, ask(&providers, question("Hi"))).await;
    let (_, error) = answer.expect("it ends after the grace of 200 ms, not after the comments");
    assert_eq!(error, None);
}

#[tokio::test]
async fn slow_but_steady_is_fine() {
    let patience = ProviderSettings {
        idle_timeout: Duration::from_secs(3),
        ..settings()
    };
    let mut script = vec![stream_head()];
    // Longer in all than one may be silent.
    for _ in 0..20 {
        script.push(Step::Pause(Duration::from_millis(200)));
        script.push(chunk(
            b"data: {\"choices\":[{\"delta\":{\"content\":\"x\"}}]}\n\n",
        ));
    }
    script.push(chunk(b"data: [DONE]\n\n"));
    let server = Server::start(vec![script]).await;
    let providers = provider(&server.base_url(), Some(KEY), patience);
    let (events, error) = ask(&providers, question("Hi")).await;
    assert_eq!(
        (text_of(&events).as_str(), error),
        ("x".repeat(20).as_str(), None)
    );
}

#[tokio::test]
async fn a_host_that_accepts_nothing_is_unreachable() {
    // A listener whose backlog is full drops further connections on Linux; simpler and surer is
    // an encrypted address at which nobody ever says a word.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let patience = ProviderSettings {
        connect_timeout: TINY,
        ..settings()
    };
    let providers = provider(&format!("https://{address}/v1"), Some(KEY), patience);
    let error = ask(&providers, question("Hi")).await.1.unwrap();
    assert_eq!(error.problem, P::Unreachable, "{error}");
}

#[tokio::test]
async fn dropping_the_answer_hangs_up_at_once() {
    let before_the_headers = vec![Step::Hang];
    let in_the_stream = vec![stream_head(), chunk(&words()), Step::Hang];
    for (script, events) in [(before_the_headers, 0), (in_the_stream, 3)] {
        let mut server = Server::start(vec![script]).await;
        let providers = provider(&server.base_url(), Some(KEY), settings());
        let mut answer = providers.answer(question("Hi")).await.unwrap();
        // Nothing is asked before the answer is read, and no headers come in the first case.
        while events == 0 && server.requests.lock().unwrap().is_empty() {
            let event = timeout(Duration::from_millis(20), answer.next()).await;
            assert!(event.is_err(), "no headers came");
        }
        for number in 0..events {
            let event = answer.next().await.unwrap().unwrap();
            let is_text = matches!(event, AnswerEvent::Text(_));
            assert_eq!(is_text, number > 0, "{event:?}");
        }
        drop(answer);
        // A connection that is kept for the next question stays open for longer than that.
        let closed = timeout(AMPLE, server.closed.recv()).await;
        closed.expect("the server sees the end").unwrap();
    }
}
