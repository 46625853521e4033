//! What is refused, with which reason and which words; and what is let pass.

mod support;

use chat_core::{Command, ErrorCode, Fault, Reason};
use chat_protocol::{DecodeError, Dialect};
use secrecy::ExposeSecret;

fn refused(frame: &str) -> DecodeError {
    let shown: String = frame.chars().take(200).collect();
    match Dialect::Chat.decode(frame) {
        Ok(request) => panic!("{shown} was taken as {:?}", request.command),
        Err(error) => error,
    }
}

fn accepted(frame: &str) -> Command {
    Dialect::Chat.decode(frame).expect(frame).command
}

#[test]
fn what_makes_no_sense_is_refused_with_its_reason() {
    let id = "x".repeat(10_000);
    let long = |letters: usize| "x".repeat(letters);
    let deep = format!(r#"{{"type":"ping","data":{}"#, r#"{"a":"#.repeat(100_000));
    let wide = format!(r#"{{"type":"ping","data":{}"#, "[".repeat(250_000));
    let spaces = format!(
        r#"{{"type":"message","data":{{"message":"{}"}}}}"#,
        " ".repeat(1_000_000)
    );
    let join = |chat: &str| format!(r#"{{"type":"join_chat","data":{{"chatId":"{chat}"}}}}"#);
    let title = |title: String| {
        format!(r#"{{"type":"update_chat","data":{{"chatId":"c","title":"{title}"}}}}"#)
    };
    let prompt = format!(
        r#"{{"type":"update_settings","data":{{"systemPrompt":"{}"}}}}"#,
        long(32_769)
    );
    let key = |key: &str| {
        format!(r#"{{"type":"set_provider_key","data":{{"providerId":"p","key":{key}}}}}"#)
    };
    let save = |name: &str, url: &str| {
        format!(
            r#"{{"type":"save_provider","data":{{"providerId":"p","name":"{name}","baseUrl":"{url}"}}}}"#
        )
    };
    use Reason::{Empty, Malformed, NotFound, TooLong, UnknownType};
    let table: Vec<(String, Reason, &str)> = vec![
        // The envelope.
        ("".into(), Malformed, "a frame must be JSON"),
        ("hello".into(), Malformed, "a frame must be JSON"),
        (r#"{"type":"ping""#.into(), Malformed, "a frame must be JSON"),
        (r#"{"type":"ping"} x"#.into(), Malformed, "a frame must be JSON"),
        ("{'type':'ping'}".into(), Malformed, "a frame must be JSON"),
        ("\u{feff}{\"type\":\"ping\"}".into(), Malformed, "a frame must be JSON"),
        (deep, Malformed, "recursion limit"),
        (wide, Malformed, "recursion limit"),
        ("[]".into(), Malformed, "a frame must be a JSON object"),
        ("null".into(), Malformed, "a frame must be a JSON object"),
        ("7".into(), Malformed, "a frame must be a JSON object"),
        (r#""ping""#.into(), Malformed, "a frame must be a JSON object"),
        ("{}".into(), Malformed, "type is missing"),
        (r#"{"type":null}"#.into(), Malformed, "type is missing"),
        (r#"{"type":1}"#.into(), Malformed, "type must be a string"),
        (r#"{"type":["ping"]}"#.into(), Malformed, "type must be a string"),
        (r#"{"type":"ping","ref":1}"#.into(), Malformed, "ref must be a string"),
        (format!(r#"{{"type":"ping","ref":"{}"}}"#, long(129)), TooLong, "ref must have at most"),
        (r#"{"type":"ping","data":[]}"#.into(), Malformed, "data must be an object"),
        (r#"{"type":"ping","data":"x"}"#.into(), Malformed, "data must be an object"),
        (r#"{"type":""}"#.into(), UnknownType, r#"no type """#),
        (r#"{"type":"Ping"}"#.into(), UnknownType, r#"no type "Ping""#),
        (r#"{"type":"x\u001b[31m"}"#.into(), UnknownType, r#"no type "x\u{1b}[31m""#),
        (format!(r#"{{"type":"{id}"}}"#), UnknownType, "xxx"),
        (r#"{"type":"ping","data":{"token":7}}"#.into(), Malformed, "data.token must be a string"),
        // Messages.
        (r#"{"type":"message"}"#.into(), Malformed, "data.message is missing"),
        (r#"{"type":"message","data":null}"#.into(), Malformed, "data.message is missing"),
        (r#"{"type":"message","data":{"message":null}}"#.into(), Malformed, "data.message is missing"),
        (r#"{"type":"message","data":{"message":5}}"#.into(), Malformed, "data.message must be a string"),
        (r#"{"type":"message","data":{"message":["a"]}}"#.into(), Malformed, "data.message must be a string"),
        (r#"{"type":"message","data":{"message":"\ud800"}}"#.into(), Malformed, "a frame must be JSON"),
        (r#"{"type":"message","data":{"message":"\udc00x"}}"#.into(), Malformed, "a frame must be JSON"),
        (r#"{"type":"message","data":{"message":""}}"#.into(), Empty, "the message is empty"),
        (r#"{"type":"message","data":{"message":" \n\t\u00a0\u2003"}}"#.into(), Empty, "the message is empty"),
        (r#"{"type":"message","data":{"message":"\u200b\u200d\ufeff\u2060\u0000"}}"#.into(), Empty, "the message is empty"),
        (spaces, Empty, "the message is empty"),
        (r#"{"type":"message","data":{"message":"a","clientId":"a b"}}"#.into(), Malformed, "data.clientId must be 1 to 64"),
        (r#"{"type":"message","data":{"message":"a","clientId":4}}"#.into(), Malformed, "data.clientId must be a string"),
        (r#"{"type":"message","data":{"message":"a","chatId":"../"}}"#.into(), NotFound, "there is no such chat"),
        (r#"{"type":"message","data":{"message":"a","parentId":"../"}}"#.into(), NotFound, "there is no such message"),
        // Ids of what should exist.
        (join("../"), NotFound, "there is no such chat"),
        (join(""), NotFound, "there is no such chat"),
        (join(&id), NotFound, "there is no such chat"),
        (join("a' OR 1=1 --"), NotFound, "there is no such chat"),
        (r#"{"type":"join_chat","data":{"chatId":{"$ne":1}}}"#.into(), Malformed, "data.chatId must be a string"),
        (r#"{"type":"stop","data":{"messageId":"a/b"}}"#.into(), NotFound, "there is no such message"),
        (r#"{"type":"regenerate"}"#.into(), Malformed, "data.messageId is missing"),
        (r#"{"type":"regenerate","data":{"messageId":"m","model":"gpt"}}"#.into(), Malformed, "data.model must be written provider/model"),
        (r#"{"type":"continue","data":{"messageId":7}}"#.into(), Malformed, "data.messageId must be a string"),
        (r#"{"type":"delete_chat","data":{}}"#.into(), Malformed, "data.chatId is missing"),
        (r#"{"type":"restore_chat","data":{"chatId":"é"}}"#.into(), NotFound, "there is no such chat"),
        (r#"{"type":"test_provider","data":{"providerId":"a b"}}"#.into(), NotFound, "there is no such provider"),
        // Ids that a client makes.
        (r#"{"type":"create_chat","data":{"chatId":"../"}}"#.into(), Malformed, "data.chatId must be 1 to 64"),
        // Resuming.
        (r#"{"type":"join_chat","data":{"chatId":"c","resume":7}}"#.into(), Malformed, "data.resume must be an object"),
        (r#"{"type":"join_chat","data":{"chatId":"c","resume":{"revision":1}}}"#.into(), Malformed, "data.resume.epoch is missing"),
        (r#"{"type":"join_chat","data":{"chatId":"c","resume":{"epoch":"e"}}}"#.into(), Malformed, "data.resume.revision is missing"),
        (r#"{"type":"join_chat","data":{"chatId":"c","resume":{"epoch":"e","revision":-1}}}"#.into(), Malformed, "data.resume.revision must be a whole number from 0"),
        (r#"{"type":"join_chat","data":{"chatId":"c","resume":{"epoch":"e","revision":1,"messageId":"m","seq":1.5}}}"#.into(), Malformed, "data.resume.seq must be a whole number from 0"),
        (r#"{"type":"watch_chats","data":{"since":"0"}}"#.into(), Malformed, "data.since must be a whole number from 0"),
        (r#"{"type":"watch_chats","data":{"since":18446744073709551616}}"#.into(), Malformed, "data.since must be a whole number from 0"),
        // What is chosen.
        (title(String::new()), Empty, "data.title must not be empty"),
        (title("  ".into()), Empty, "data.title must not be empty"),
        (title("я".repeat(201)), TooLong, "data.title must have at most 200 characters"),
        (r#"{"type":"update_chat","data":{"chatId":"c","pinned":1}}"#.into(), Malformed, "data.pinned must be true or false"),
        (r#"{"type":"update_chat","data":{"chatId":"c","leafId":"../"}}"#.into(), NotFound, "there is no such message"),
        (prompt, TooLong, "data.systemPrompt must have at most 32 KiB"),
        (r#"{"type":"update_settings","data":{"temperature":2.01}}"#.into(), Malformed, "data.temperature must be from 0 to 2"),
        (r#"{"type":"update_settings","data":{"temperature":-0.1}}"#.into(), Malformed, "data.temperature must be from 0 to 2"),
        (r#"{"type":"update_settings","data":{"temperature":1e400}}"#.into(), Malformed, "a frame must be JSON"),
        (r#"{"type":"update_settings","data":{"temperature":NaN}}"#.into(), Malformed, "a frame must be JSON"),
        (r#"{"type":"update_settings","data":{"temperature":"1"}}"#.into(), Malformed, "data.temperature must be a number"),
        (r#"{"type":"update_settings","data":{"welcomed":"yes"}}"#.into(), Malformed, "data.welcomed must be true or false"),
        (format!(r#"{{"type":"update_settings","data":{{"model":"p/{}"}}}}"#, long(257)), Malformed, "data.model must be written"),
        // Providers.
        (save("", "http://h"), Empty, "data.name must not be empty"),
        (save(&long(101), "http://h"), TooLong, "data.name must have at most 100 characters"),
        (save("n", " "), Empty, "data.baseUrl must not be empty"),
        (save("n", &long(513)), TooLong, "data.baseUrl must have at most 512 bytes"),
        (save("n", "http://h/\\r\\nX: y"), Malformed, "data.baseUrl must be an address"),
        (r#"{"type":"save_provider","data":{"providerId":"a/b","name":"n","baseUrl":"u"}}"#.into(), Malformed, "data.providerId must be 1 to 64"),
        (r#"{"type":"set_provider_key","data":{"providerId":"p"}}"#.into(), Malformed, "data.key is missing"),
        (key("\"\""), Empty, "data.key must not be empty"),
        (key("\"a b\""), Malformed, "data.key must be ASCII without spaces"),
        (key("\"a\\n\""), Malformed, "data.key must be ASCII without spaces"),
        (key("\"ключ\""), Malformed, "data.key must be ASCII without spaces"),
        (key(&format!("\"{}\"", long(4097))), TooLong, "data.key must have at most 4 KiB"),
        (key("7"), Malformed, "data.key must be a string"),
        // Ping.
        (r#"{"type":"ping","data":{"timestamp":"now"}}"#.into(), Malformed, "data.timestamp must be a whole number"),
        (r#"{"type":"ping","data":{"timestamp":9223372036854775808}}"#.into(), Malformed, "data.timestamp must be a whole number"),
    ];
    for (frame, reason, words) in table {
        let shown: String = frame.chars().take(200).collect();
        let fault = Fault::from(refused(&frame));
        assert_eq!(
            (fault.code, fault.reason),
            (ErrorCode::InvalidMessage, reason),
            "{shown}"
        );
        assert!(fault.message.contains(words), "{shown}: {}", fault.message);
        assert!(fault.message.len() < 200, "{shown}: {}", fault.message);
    }
}

#[test]
fn what_does_no_harm_is_let_pass() {
    for frame in [
        r#" {"type":"ping"} "#,
        r#"{"type":"ping","data":null,"ref":null}"#,
        r#"{"data":{},"type":"ping"}"#,
        r#"{"type":"message","type":"ping","data":{},"data":{}}"#,
        r#"{"type":"ping","id":7,"metadata":{"a":[1]},"data":{"x":{"y":null}}}"#,
        r#"{"type":"ping","data":{"timestamp":1,"timestamp":2}}"#,
    ] {
        assert!(matches!(accepted(frame), Command::Ping { .. }), "{frame}");
    }
    for frame in [
        r#"{"type":"join_chat"}"#,
        r#"{"type":"join_chat","data":{"token":null,"chatId":null,"resume":null}}"#,
    ] {
        assert!(matches!(accepted(frame), Command::Authenticate), "{frame}");
    }
    let frame = r#"{"type":"create_chat","data":{"chatId":null,"title":" "}}"#;
    let Command::CreateChat {
        chat: None,
        title: None,
    } = accepted(frame)
    else {
        panic!("a blank title is none");
    };
    let frame = format!(
        r#"{{"type":"update_chat","data":{{"chatId":"c","title":" {} ","temperature":0}}}}"#,
        "я".repeat(200)
    );
    let Command::UpdateChat { patch, .. } = accepted(&frame) else {
        panic!("an update");
    };
    let title = patch.title.map(|(title, _)| title.chars().count());
    assert_eq!((title, patch.temperature), (Some(200), Some(Some(0.0))));
    assert_eq!(patch.model, None, "absent stays");
    let frame = r#"{"type":"message","data":{"message":" a ","parentId":null}}"#;
    let Command::SendMessage {
        content, parent, ..
    } = accepted(frame)
    else {
        panic!("a message");
    };
    assert_eq!(
        (content.as_str(), parent),
        (" a ", Some(None)),
        "the text stays as written"
    );
    let frame = r#"{"type":"set_provider_key","data":{"providerId":"p","key":null}}"#;
    assert!(matches!(
        accepted(frame),
        Command::SetProviderKey { key: None, .. }
    ));
    let frame = r#"{"type":"join_chat","data":{"chatId":"c","resume":{"epoch":"e","revision":1,"messageId":"../","seq":4}}}"#;
    let Command::JoinChat {
        resume: Some(resume),
        ..
    } = accepted(frame)
    else {
        panic!("a resume");
    };
    assert_eq!(resume.running, None, "what cannot be an answer is none");
}

#[test]
fn a_refusal_carries_reference_and_token() {
    let error = refused(r#"{"type":"join_chat","ref":"7","data":{"chatId":"../","token":"t"}}"#);
    assert_eq!(error.reference.as_deref(), Some("7"));
    assert_eq!(
        error.token.map(|token| token.expose_secret().to_owned()),
        Some("t".into())
    );
    let error = refused(r#"{"ref":"7"}"#);
    assert_eq!(error.reference.as_deref(), Some("7"), "even without a type");
    let longest = "я".repeat(64);
    let error = refused(&format!(r#"{{"ref":"{longest}"}}"#));
    assert_eq!(error.reference, Some(longest), "128 bytes are not too long");
}

#[test]
fn secrets_are_never_printed() {
    const SECRET: &str = "s3cr3t-jwt";
    for data in [
        r#"{"token":"s3cr3t-jwt","chatId":"c"}"#,
        r#"{"token":"s3cr3t-jwt","chatId":"../"}"#,
        r#"{"token":["s3cr3t-jwt"]}"#,
        r#"{"token":{"s3cr3t-jwt":1}}"#,
        r#"{"token":"s3cr3t-jwt","resume":"s3cr3t-jwt"}"#,
        r#"{"token":"s3cr3t-jwt""#,
        r#"{"providerId":"p","key":"s3cr3t-jwt"}"#,
        r#"{"providerId":"p","key":"s3cr3t-jwt "}"#,
        r#"{"providerId":"p","key":["s3cr3t-jwt"]}"#,
        r#"{"providerId":"p","key":"s3cr3t-jwt\ud800"}"#,
    ] {
        for kind in ["join_chat", "create_chat", "set_provider_key"] {
            let frame = format!(r#"{{"type":"{kind}","data":{data}}}"#);
            let shown = match Dialect::Chat.decode(&frame) {
                Ok(request) => format!("{request:?}"),
                Err(error) => format!("{error} {error:?} {:?}", Fault::from(refused(&frame))),
            };
            assert!(!shown.contains(SECRET), "{frame} gave {shown}");
        }
    }
}
