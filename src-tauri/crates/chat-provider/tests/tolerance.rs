//! Streams as servers in the wild send them: recorded fixtures, each over a real socket.

use chat_core::{AnswerEvent, FinishReason, ProviderProblem, Usage};

use crate::support::{
    KEY, Server, Step, answer_to, ask, chunked, fixture, provider, question, response, settings,
    text_of,
};

const WORDS: &str = "Привет! Ça va 🙂?";

#[tokio::test]
async fn whole_answers_in_every_manner() {
    let cases = [
        ("openai", true),
        ("crlf", true),
        ("cr", true),
        ("byte-order-mark", true),
        ("comments-and-events", true),
        ("empty-choices", true),
        ("no-usage-no-role", false),
        ("no-done", false),
        ("no-finish-reason", false),
        ("no-last-blank-line", false),
        ("no-space", true),
        ("no-blank-lines", true),
        ("multi-line-data", true),
        ("null-content", true),
        ("not-streamed", true),
        ("parts", true),
    ];
    for (name, has_usage) in cases {
        let (events, error) = answer_to(chunked(&[&fixture(name)])).await;
        assert_eq!(error, None, "{name}");
        assert_eq!(text_of(&events), WORDS, "{name}");
        let started = matches!(&events[0], AnswerEvent::Started { model: Some(model) }
            if model.to_string() == "custom/test-model");
        assert!(started, "{name} begins with {:?}", events[0]);
        let usage = AnswerEvent::Usage(Usage {
            prompt_tokens: 9,
            completion_tokens: 4,
        });
        assert_eq!(events.contains(&usage), has_usage, "{name}");
        let last = AnswerEvent::Finished(FinishReason::Stop);
        assert_eq!(events.last(), Some(&last), "{name}");
        let empty = AnswerEvent::Text(String::new());
        assert!(!events.contains(&empty), "{name} has an empty text");
    }
}

#[tokio::test]
async fn characters_and_lines_may_be_cut_anywhere() {
    let stream = fixture("crlf");
    let packets: Vec<&[u8]> = stream.chunks(1).collect();
    let (events, error) = answer_to(chunked(&packets)).await;
    assert_eq!((text_of(&events).as_str(), error), (WORDS, None));
}

#[tokio::test]
async fn both_names_of_reasoning_come_before_the_text() {
    let (events, _) = answer_to(chunked(&[&fixture("reasoning")])).await;
    let reasoning = |text: &str| AnswerEvent::Reasoning(text.into());
    assert_eq!(events[1..3], [reasoning("Hm, "), reasoning("yes.")]);
    assert_eq!(text_of(&events), WORDS);
}

#[tokio::test]
async fn the_length_limit_is_told() {
    let (events, _) = answer_to(chunked(&[&fixture("length")])).await;
    let last = AnswerEvent::Finished(FinishReason::Length);
    assert_eq!(events.last(), Some(&last));
}

#[tokio::test]
async fn a_real_recording_is_read() {
    let (events, error) = answer_to(chunked(&[&fixture("llama-cpp-python")])).await;
    assert_eq!(error, None);
    assert!(!text_of(&events).is_empty());
}

#[tokio::test]
async fn a_stream_that_stays_open_after_its_end_is_left() {
    for name in ["openai", "no-done"] {
        let mut script = chunked(&[&fixture(name)]);
        script.pop();
        script.push(Step::Hang);
        let mut server = Server::start(vec![script]).await;
        let providers = provider(&server.base_url(), Some(KEY), settings());
        let (events, error) = ask(&providers, question("Hi")).await;
        assert_eq!((text_of(&events).as_str(), error), (WORDS, None), "{name}");
        server
            .closed
            .recv()
            .await
            .expect("the connection is closed");
    }
}

#[tokio::test]
async fn packed_answers_are_not_unpacked() {
    let bomb = response(
        "200 OK",
        "Content-Encoding: gzip\r\n",
        "\u{1f}\u{8b}\u{8}\0\0",
    );
    let (_, error) = answer_to(bomb).await;
    assert_eq!(error.unwrap().problem, ProviderProblem::Garbled);
    let server = Server::start(vec![chunked(&[&fixture("openai")])]).await;
    ask(
        &provider(&server.base_url(), None, settings()),
        question("Hi"),
    )
    .await;
    let head = server.request(0).to_ascii_lowercase();
    assert!(head.contains("accept-encoding: identity"), "{head}");
}

#[tokio::test]
async fn fields_that_a_server_refuses_are_left_out() {
    let refused = |words: &str| {
        let body = format!(r#"{{"error":{{"message":"{words}"}}}}"#);
        response("400 Bad Request", "", &body)
    };
    let server = Server::start(vec![
        refused("Unrecognized request argument supplied: stream_options"),
        refused("'temperature' does not support 0.2 with this model"),
        refused("'max_tokens' is not supported, use 'max_completion_tokens'"),
        chunked(&[&fixture("openai")]),
    ])
    .await;
    let mut request = question("Hi");
    request.temperature = Some(0.2);
    request.max_tokens = Some(50);
    let (events, error) = ask(
        &provider(&server.base_url(), Some(KEY), settings()),
        request,
    )
    .await;
    assert_eq!((text_of(&events).as_str(), error), (WORDS, None));
    let first = server.request(0);
    assert!(first.contains("include_usage") && first.contains(r#""temperature":0.2"#));
    assert!(first.contains(r#""max_tokens":50"#), "{first}");
    let last = server.request(3);
    assert!(
        !last.contains("stream_options") && !last.contains("temperature"),
        "{last}"
    );
    assert!(last.contains(r#""max_completion_tokens":50"#), "{last}");
}
