//! A writer and two cursors, in whatever order they come to run: each cursor reads every piece once
//! and in order, then the end once; none sleeps while there is something to read. A lost wake-up is
//! a deadlock, which the scheduler reports.

use std::sync::Arc;

use bytes::Bytes;
use chat_core::{ChatId, Message, MessageId, MessageStatus, Revision, Role, Timestamp};
use interleavings::turn_log::{Cursor, PieceKind, TurnLog};
use shuttle::{future, scheduler::PctScheduler, thread};

/// Interleavings tried by each scheduler.
const TRIES: usize = 3_000;

const PIECES: &[(PieceKind, &str)] = &[
    (PieceKind::Reasoning, "r0 "),
    (PieceKind::Text, "t0 "),
    (PieceKind::Text, "t1 "),
    (PieceKind::Reasoning, "r1 "),
    (PieceKind::Text, "t2 "),
];

fn log() -> Arc<TurnLog> {
    let chat = ChatId::parse("c").expect("an id");
    TurnLog::new(chat, MessageId::parse("m").expect("an id"), "", "")
}

fn ended(log: &TurnLog) -> Arc<Message> {
    let (content, reasoning) = log.snapshot();
    Arc::new(Message {
        id: log.message().clone(),
        chat: log.chat().clone(),
        parent: None,
        role: Role::Assistant,
        author: None,
        author_name: None,
        client_id: None,
        content,
        reasoning,
        status: MessageStatus::Complete,
        model: None,
        failure: None,
        created_at: Timestamp(0),
        finished_at: None,
        revision: Revision(1),
        siblings: Vec::new(),
    })
}

fn write(log: &TurnLog) {
    for (kind, text) in PIECES {
        log.append(*kind, text);
    }
    log.finish(ended(log));
}

/// Reads as a connection does: all there is, the end, or wait.
async fn read(mut cursor: Cursor) -> (String, u32) {
    let (mut text, mut at, mut ends) = (String::new(), cursor.position(), 0);
    loop {
        let mut seen = None;
        let frame = cursor.take_frame(0, |segment| {
            seen = Some((segment.from, segment.to));
            Bytes::copy_from_slice(segment.text.as_bytes())
        });
        if let Some(frame) = frame {
            if let Some((from, to)) = seen {
                assert_eq!(from, at, "a segment begins where the last one ended");
                assert!(to > from, "a segment has pieces");
            }
            at = cursor.position();
            text.push_str(std::str::from_utf8(&frame).expect("text"));
        } else if cursor.take_end().is_some() {
            ends += 1;
            assert!(cursor.take_end().is_none(), "the end is told once");
            return (text, ends);
        } else {
            cursor.changed().await;
        }
    }
}

/// All pieces after the first `from`, as a reader sees them.
fn rest(from: u64) -> String {
    let skipped = usize::try_from(from).expect("a small number");
    PIECES[skipped..].iter().map(|(_, text)| *text).collect()
}

/// One reader from the start, one that comes whenever the scheduler lets it, while it is written.
fn scenario() {
    let log = log();
    let first = {
        let cursor = log.cursor(0);
        thread::spawn(move || future::block_on(read(cursor)))
    };
    let late = {
        let log = Arc::clone(&log);
        thread::spawn(move || {
            let cursor = log.cursor(u64::MAX);
            let from = cursor.position();
            let (text, ends) = future::block_on(read(cursor));
            (from, text, ends)
        })
    };
    let writer = {
        let log = Arc::clone(&log);
        thread::spawn(move || write(&log))
    };
    writer.join().expect("the writer ends");
    let (text, ends) = first.join().expect("the first reader ends");
    assert_eq!((text, ends), (rest(0), 1), "everything, once");
    let (from, text, ends) = late.join().expect("the late reader ends");
    assert_eq!((text, ends), (rest(from), 1), "what came after it, once");
}

#[test]
fn every_cursor_reads_everything_once_and_the_end_last() {
    shuttle::check_random(scenario, TRIES);
}

/// The same with schedulers that look for rare orders: few changes of who runs, at bad moments.
#[test]
fn no_rare_order_loses_a_wake_up() {
    let runner = shuttle::Runner::new(PctScheduler::new(3, TRIES), shuttle::Config::default());
    runner.run(scenario);
}
