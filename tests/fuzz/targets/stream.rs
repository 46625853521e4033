//! The reader of a provider's stream. However the network cuts the bytes, the same is read; and an
//! answer ends once.

#![no_main]

use chat_core::{AnswerEvent, ProviderError};
use chat_provider::reading::read;
use libfuzzer_sys::fuzz_target;

/// What is read, with pieces of one kind joined.
fn joined(events: &[Result<AnswerEvent, ProviderError>]) -> (String, String, Vec<String>) {
    let (mut text, mut reasoning, mut rest) = (String::new(), String::new(), Vec::new());
    for event in events {
        match event {
            Ok(AnswerEvent::Text(more)) => text.push_str(more),
            Ok(AnswerEvent::Reasoning(more)) => reasoning.push_str(more),
            Ok(other) => rest.push(format!("{other:?}")),
            Err(error) => rest.push(format!("{error:?}")),
        }
    }
    (text, reasoning, rest)
}

fuzz_target!(|body: &[u8]| {
    let whole = read(body, body.len());
    for cut in [1, 2, 7, 64] {
        let cut = read(body, cut);
        assert_eq!(joined(&whole), joined(&cut), "the cut of the packets shows");
    }
    let ends = |event: &&Result<AnswerEvent, ProviderError>| {
        matches!(event, Err(_) | Ok(AnswerEvent::Finished(_)))
    };
    assert_eq!(whole.iter().filter(ends).count(), 1, "an answer ends once");
    assert!(
        whole.last().as_ref().is_some_and(ends),
        "nothing follows the end"
    );
});
