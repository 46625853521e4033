//! The envelope: its id and time before what is said, and behind it whose connection this is.

use bytes::Bytes;

use crate::Envelope;

/// Puts what is said into the envelope of one connection: one copy of it.
pub(crate) fn seal(inside: &[u8], envelope: &Envelope<'_>) -> Bytes {
    let Envelope {
        session,
        number,
        now,
        user,
        reference,
    } = envelope;
    let mut frame = Vec::with_capacity(inside.len() + 256);
    // Ids have no character that JSON escapes.
    let before = format!(r#"{{"id":"{session}-{number}","timestamp":{},"#, now.0);
    frame.extend_from_slice(before.as_bytes());
    frame.extend_from_slice(inside);
    let user = user.map_or("", |user| user.as_str());
    let behind = format!(r#","metadata":{{"userId":"{user}","sessionId":"{session}""#);
    frame.extend_from_slice(behind.as_bytes());
    if let Some(reference) = reference {
        frame.extend_from_slice(br#","requestId":"#);
        serde_json::to_writer(&mut frame, reference).expect("a Vec takes every byte");
    }
    frame.extend_from_slice(b"}}");
    frame.into()
}
