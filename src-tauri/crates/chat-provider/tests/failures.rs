//! What goes wrong at once: every refusal and every broken stream becomes its problem and a
//! sentence that says what to do; the text so far is kept.

use std::net::SocketAddr;

use chat_core::ProviderProblem as P;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
};

use crate::support::{
    KEY, Server, Step, answer_to, ask, chunk, chunked, error_of, fixture, provider, question,
    response, settings, stream_head, text_of,
};

const WORDS: &str = "Привет! Ça va 🙂?";

async fn closed_port() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    listener.local_addr().unwrap()
}

#[tokio::test]
async fn every_status_has_its_problem_and_advice() {
    let body = r#"{"error":{"message":"because so"}}"#;
    for (status, problem, advice) in [
        ("401 Unauthorized", P::KeyRefused, "Check or replace it"),
        (
            "403 Forbidden",
            P::Forbidden,
            "Check what the key is allowed",
        ),
        ("404 Not Found", P::ModelNotFound, "Choose another model"),
        ("413 Payload Too Large", P::RequestRefused, "Shorten"),
        ("418 I'm a teapot", P::RequestRefused, "Try another model"),
        ("422 Unprocessable", P::RequestRefused, "Try another model"),
        ("429 Too Many Requests", P::Busy, "Wait a little"),
        ("500 Internal Server Error", P::Failed, "Try again"),
        ("503 Service Unavailable", P::Failed, "Try again"),
    ] {
        let error = error_of(response(status, "Retry-After: 7\r\n", body)).await;
        assert_eq!(error.problem, problem, "{status}: {error}");
        assert!(error.message.contains(advice), "{status}: {error}");
        assert!(error.message.contains("“because so”"), "{status}: {error}");
        assert_eq!(
            error.retry_after_ms.is_some(),
            !status.starts_with("404"),
            "{status}"
        );
    }
}

#[tokio::test]
async fn too_long_a_conversation_and_an_unknown_model_are_told_by_words() {
    let of = |words: &str| {
        let body = format!(r#"{{"error":{{"message":"{words}","code":"x"}}}}"#);
        error_of(response("400 Bad Request", "", &body))
    };
    let long = of("This model's maximum context length is 8192 tokens.").await;
    assert_eq!(long.problem, P::ContextTooLong);
    let unknown = of("The model `gpt-9` does not exist.").await;
    assert_eq!(unknown.problem, P::ModelNotFound);
    assert!(unknown.message.contains("test-model"), "{unknown}");
}

#[tokio::test]
async fn retry_after_is_told_in_milliseconds() {
    let busy = |headers: &str| error_of(response("429 Too Many Requests", headers, "{}"));
    assert_eq!(busy("Retry-After: 3\r\n").await.retry_after_ms, Some(3000));
    let past = busy("Retry-After: Sun, 06 Nov 1994 08:49:37 GMT\r\n").await;
    assert_eq!(past.retry_after_ms, Some(0));
    assert_eq!(busy("").await.retry_after_ms, None);
}

#[tokio::test]
async fn an_endless_error_body_is_not_read_to_its_end() {
    let mut script = vec![Step::Send(
        b"HTTP/1.1 500 Oh\r\nContent-Length: 99999999\r\n\r\n".to_vec(),
    )];
    script.extend(std::iter::repeat_n(Step::Send(vec![b'x'; 1 << 16]), 3));
    script.push(Step::Hang);
    let error = error_of(script).await;
    assert_eq!(error.problem, P::Failed);
    assert!(error.message.len() < 600, "{} bytes", error.message.len());
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let elsewhere = Server::start(vec![chunked(&[&fixture("openai")])]).await;
    for status in [
        "301 Moved",
        "302 Found",
        "307 Temporary Redirect",
        "308 Permanent Redirect",
    ] {
        let location = format!("Location: {}/chat/completions\r\n", elsewhere.base_url());
        let error = error_of(response(status, &location, "")).await;
        assert_eq!(error.problem, P::RequestRefused, "{status}");
        assert!(
            error.message.contains("redirects to http://127.0.0.1"),
            "{error}"
        );
    }
    let reached = elsewhere.requests.lock().unwrap().len();
    assert_eq!(reached, 0, "the key stays where it belongs");
}

#[tokio::test]
async fn broken_streams_keep_their_text() {
    for (name, problem, text) in [
        ("error-inside", P::Failed, WORDS),
        ("error-event", P::Failed, WORDS),
        ("garbage-data", P::Garbled, WORDS),
        ("garbage-line", P::Garbled, WORDS),
        ("cut-off", P::CutOff, WORDS),
        ("empty", P::Empty, ""),
        ("llama-cpp-python-empty", P::Empty, ""),
        ("nothing", P::Empty, ""),
        ("filtered", P::RequestRefused, ""),
        ("web-page", P::Garbled, ""),
    ] {
        let fixture = fixture(name);
        let packets: &[&[u8]] = if fixture.is_empty() { &[] } else { &[&fixture] };
        let (events, error) = answer_to(chunked(packets)).await;
        let error = error.unwrap_or_else(|| panic!("{name} is no success"));
        assert_eq!(
            (error.problem, text_of(&events).as_str()),
            (problem, text),
            "{name}"
        );
        if name.starts_with("error-") {
            assert!(error.message.contains("“The GPU fell out”"), "{error}");
        }
    }
}

#[tokio::test]
async fn a_connection_cut_in_the_middle_is_cut_off() {
    let stream = fixture("openai");
    let half = chunk(&stream[..stream.len() / 2]);
    let (events, error) = answer_to(vec![stream_head(), half]).await;
    assert_eq!(error.unwrap().problem, P::CutOff);
    assert!(WORDS.starts_with(&text_of(&events)) && !text_of(&events).is_empty());
    // Before any answer at all.
    assert_eq!(error_of(vec![]).await.problem, P::CutOff);
}

#[tokio::test]
async fn a_short_content_length_body_is_cut_off() {
    let stream = fixture("cut-off");
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n",
        stream.len() + 9
    );
    let (events, error) = answer_to(vec![Step::Send(head.into()), Step::Send(stream)]).await;
    assert_eq!(error.unwrap().problem, P::CutOff);
    assert_eq!(text_of(&events), WORDS);
}

#[tokio::test]
async fn a_line_of_4_mib_is_refused() {
    let mut line = b"data: {\"choices\":[{\"delta\":{\"content\":\"".to_vec();
    line.resize(4 << 20, b'x');
    let packets: Vec<&[u8]> = line.chunks(1400).collect();
    let error = error_of(chunked(&packets)).await;
    assert_eq!(error.problem, P::Garbled);
    assert!(error.message.contains("longer than 1 MiB"), "{error}");
}

#[tokio::test]
async fn an_endless_line_is_hung_up_on() {
    let mut script = vec![stream_head(), chunk(b"data: ")];
    script.extend(std::iter::repeat_n(chunk(&[b'x'; 1 << 16]), 40));
    script.push(Step::Hang);
    assert_eq!(error_of(script).await.problem, P::Garbled);
}

#[tokio::test]
async fn an_endless_answer_has_a_limit() {
    let content = "x".repeat(1 << 19);
    let event = format!("data: {{\"choices\":[{{\"delta\":{{\"content\":\"{content}\"}}}}]}}\n\n");
    let mut script = vec![stream_head()];
    script.extend(std::iter::repeat_n(chunk(event.as_bytes()), 40));
    let (events, error) = answer_to(script).await;
    assert_eq!(error.unwrap().problem, P::Garbled);
    assert_eq!(text_of(&events).len(), 16 << 20);
}

#[tokio::test]
async fn nobody_at_the_address_is_unreachable() {
    let address = closed_port().await;
    let refused = provider(&format!("http://{address}/v1"), Some(KEY), settings());
    let error = ask(&refused, question("Hi")).await.1.unwrap();
    assert_eq!(error.problem, P::Unreachable);
    assert!(error.message.contains("refused"), "{error}");
    let nameless = provider("http://no-such-host.invalid/v1", Some(KEY), settings());
    let error = ask(&nameless, question("Hi")).await.1.unwrap();
    assert_eq!(error.problem, P::Unreachable);
    assert!(error.message.contains("name cannot be found"), "{error}");
}

#[tokio::test]
async fn plain_http_behind_https_is_a_tls_failure() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            // What plain servers say to what they take for a broken request. It is read first and
            // the line is kept until the other end leaves: closing on unread bytes would reset it.
            let mut hello = [0; 4096];
            let _ = socket.read(&mut hello).await;
            let _ = socket.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
            while socket.read(&mut hello).await.is_ok_and(|count| count > 0) {}
        }
    });
    let secure = provider(&format!("https://{address}/v1"), Some(KEY), settings());
    let error = ask(&secure, question("Hi")).await.1.unwrap();
    assert_eq!(error.problem, P::Tls, "{error}");
    assert!(error.message.contains("write http://"), "{error}");
}
