//! The reader of answers by itself, for the fuzzing in `tests/fuzz`: bytes in, events out, without a
//! network.

use chat_core::{AnswerEvent, ProviderError, ProviderId};

use crate::{peer::Peer, stream::AnswerReader};

/// Reads a whole answer that comes in pieces of `cut` bytes.
#[must_use]
pub fn read(body: &[u8], cut: usize) -> Vec<Result<AnswerEvent, ProviderError>> {
    let Ok(id) = ProviderId::parse("fuzz") else {
        return Vec::new();
    };
    let peer = Peer {
        id,
        name: "Fuzz".to_owned(),
        base_url: "http://127.0.0.1/v1".to_owned(),
        key: None,
        reach: crate::reach::Reach::Anywhere,
    };
    let mut reader = AnswerReader::new(peer, false);
    let mut events = Vec::new();
    for packet in body.chunks(cut.max(1)) {
        reader.push(packet);
        events.extend(std::iter::from_fn(|| reader.take()));
    }
    reader.end();
    events.extend(std::iter::from_fn(|| reader.take()));
    events
}
