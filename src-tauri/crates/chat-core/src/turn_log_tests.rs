//! The turn log's tests. In a file of their own, because `tests/interleavings` compiles the log's file
//! without the rest of this crate.

use std::sync::Arc;

use bytes::Bytes;

use crate::{
    ids::{ChatId, MessageId, Revision},
    model::{Message, MessageStatus, Role},
    sources::Timestamp,
    turn_log::{Cursor, PieceKind, SEGMENT_BYTES, Segment, TurnLog},
};

fn log() -> Arc<TurnLog> {
    let chat = ChatId::parse("c").expect("an id");
    TurnLog::new(chat, MessageId::parse("m").expect("an id"), "", "")
}

fn ended(log: &TurnLog) -> Arc<Message> {
    Arc::new(Message {
        id: log.message().clone(),
        chat: log.chat().clone(),
        parent: None,
        role: Role::Assistant,
        author: None,
        author_name: None,
        client_id: None,
        content: log.snapshot().0,
        reasoning: log.snapshot().1,
        status: MessageStatus::Complete,
        model: None,
        failure: None,
        created_at: Timestamp(0),
        finished_at: None,
        revision: Revision(1),
        siblings: Vec::new(),
    })
}

/// A frame that tells its segment: `kind from-to text`.
fn tell(segment: Segment<'_>) -> Bytes {
    let Segment {
        kind,
        from,
        to,
        text,
    } = segment;
    Bytes::from(format!("{kind:?} {from}-{to} {text}"))
}

fn take(cursor: &mut Cursor) -> Option<String> {
    let frame = cursor.take_frame(0, tell)?;
    Some(String::from_utf8(frame.to_vec()).expect("text"))
}

#[test]
fn a_fast_reader_gets_pieces_and_a_slow_one_gets_them_joined() {
    let log = log();
    let (mut fast, mut slow) = (log.cursor(0), log.cursor(0));
    let mut seen = Vec::new();
    for piece in ["Into ", "waiting ", "for the disk"] {
        log.append(PieceKind::Text, piece);
        seen.extend(take(&mut fast));
    }
    assert_eq!(
        seen,
        [
            "Text 0-1 Into ",
            "Text 1-2 waiting ",
            "Text 2-3 for the disk"
        ]
    );
    assert_eq!(
        take(&mut slow).as_deref(),
        Some("Text 0-3 Into waiting for the disk")
    );
    assert_eq!(take(&mut slow), None);
}

#[test]
fn kinds_are_told_apart_and_in_order() {
    let log = log();
    log.append(PieceKind::Reasoning, "hm ");
    log.append(PieceKind::Reasoning, "so");
    log.append(PieceKind::Text, "é");
    log.append(PieceKind::Reasoning, "wait");
    log.append(PieceKind::Text, "b");
    let mut cursor = log.cursor(0);
    let all: Vec<_> = std::iter::from_fn(|| take(&mut cursor)).collect();
    assert_eq!(
        all,
        [
            "Reasoning 0-2 hm so",
            "Text 2-3 é",
            "Reasoning 3-4 wait",
            "Text 4-5 b"
        ],
        "a change of kind ends a segment"
    );
    assert_eq!(log.since(2), ("éb".into(), "wait".into(), 5));
}

#[test]
fn resuming_anywhere_gives_exactly_the_rest() {
    let log = log();
    let pieces = ["a", "bc", "", "дé", "🙂", "f"];
    pieces
        .iter()
        .for_each(|piece| log.append(PieceKind::Text, piece));
    assert_eq!(log.len(), 5, "an empty piece is none");
    let real: Vec<_> = pieces.iter().filter(|piece| !piece.is_empty()).collect();
    for from in 0..=5_usize {
        let mut cursor = log.cursor(from as u64);
        let rest: String = real[from..].iter().map(|piece| **piece).collect();
        let told = cursor.take_frame(0, |segment| Bytes::copy_from_slice(segment.text.as_bytes()));
        assert_eq!(
            told.unwrap_or_default(),
            rest.as_bytes(),
            "resumed from {from}"
        );
    }
    let mut beyond = log.cursor(99);
    assert_eq!(
        (beyond.position(), take(&mut beyond)),
        (5, None),
        "beyond the end is the end"
    );
}

#[test]
fn who_is_far_behind_gets_frames_of_a_bounded_size() {
    let log = log();
    let long = "é".repeat(200_000);
    log.append(PieceKind::Text, &long);
    log.append(PieceKind::Text, "!");
    let (mut cursor, mut read, mut longest) = (log.cursor(0), String::new(), 0);
    while let Some(frame) =
        cursor.take_frame(0, |segment| Bytes::copy_from_slice(segment.text.as_bytes()))
    {
        longest = longest.max(frame.len());
        read.push_str(std::str::from_utf8(&frame).expect("split between characters"));
    }
    assert_eq!(read, format!("{long}!"), "and all of it in the end");
    assert!(longest <= SEGMENT_BYTES, "{longest} bytes in one frame");
    assert_eq!(log.since(0).0, read, "a checkpoint keeps it whole");
}

#[test]
fn the_end_comes_once_and_after_all_pieces() {
    let log = log();
    log.append(PieceKind::Text, "a");
    log.finish(ended(&log));
    let mut cursor = log.cursor(0);
    assert!(cursor.take_end().is_none(), "a piece is still to be taken");
    assert!(take(&mut cursor).is_some());
    assert_eq!(
        cursor.take_end().map(|end| end.content.clone()).as_deref(),
        Some("a")
    );
    assert!(cursor.take_end().is_none(), "the end is told once");
}

#[test]
fn readers_in_step_share_one_encoding_per_dialect() {
    let log = log();
    let mut readers: Vec<_> = (0..1_000).map(|_| log.cursor(0)).collect();
    let mut encoded = 0;
    for _ in 0..20 {
        log.append(PieceKind::Text, "x");
        for (index, reader) in readers.iter_mut().enumerate() {
            let slot = u8::from(index % 2 == 0);
            let frame = reader.take_frame(slot, |segment| {
                encoded += 1;
                tell(segment)
            });
            assert!(frame.is_some());
        }
    }
    assert_eq!(encoded, 40, "20 pieces in two dialects");
}

#[tokio::test]
async fn a_sleeping_reader_wakes_for_pieces_and_for_the_end() {
    let log = log();
    let mut cursor = log.cursor(0);
    let writer = Arc::clone(&log);
    let reading = tokio::spawn(async move {
        let mut text = String::new();
        loop {
            while let Some(frame) =
                cursor.take_frame(0, |segment| Bytes::copy_from_slice(segment.text.as_bytes()))
            {
                text.push_str(std::str::from_utf8(&frame).expect("text"));
            }
            if let Some(end) = cursor.take_end() {
                return (text, end.content.clone());
            }
            cursor.changed().await;
        }
    });
    for index in 0..1_000 {
        writer.append(PieceKind::Text, &format!("{index} "));
        if index % 7 == 0 {
            tokio::task::yield_now().await;
        }
    }
    writer.finish(ended(&writer));
    let (text, whole) = reading.await.expect("the reader ends");
    assert_eq!(text, whole, "what was read is what was written");
}
