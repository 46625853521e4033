//! `pieces`: text of running answers, kept as it comes so that it survives the process.

use chat_core::{MessageId, TurnPiece};
use rusqlite::{Connection, params};

use crate::spelling::signed;

/// Keeps a piece, unless its answer has ended already, be it gone on with since: the end had the
/// whole text.
pub(crate) fn insert(connection: &Connection, piece: &TurnPiece) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO pieces (message_id, to_seq, content, reasoning)
             SELECT ?1, ?2, ?3, ?4 FROM messages
             WHERE id = ?1 AND status = 'running' AND revision = ?5
             ON CONFLICT DO NOTHING",
        )?
        .execute(params![
            piece.message.as_str(),
            signed(piece.to),
            piece.content,
            piece.reasoning,
            signed(piece.life.0),
        ])
        .map(drop)
}

/// The bytes of text and reasoning that are kept of an answer.
pub(crate) fn bytes(connection: &Connection, message: &MessageId) -> rusqlite::Result<usize> {
    connection
        .prepare_cached(
            "SELECT coalesce(sum(octet_length(content) + octet_length(reasoning)), 0)
             FROM pieces WHERE message_id = ?1",
        )?
        .query_row([message.as_str()], |row| row.get::<_, i64>(0))
        .map(|bytes| usize::try_from(bytes).unwrap_or_default())
}

/// Forgets the pieces of an answer that has been folded.
pub(crate) fn delete(connection: &Connection, message: &MessageId) -> rusqlite::Result<()> {
    connection
        .prepare_cached("DELETE FROM pieces WHERE message_id = ?1")?
        .execute([message.as_str()])
        .map(drop)
}

/// Forgets all; nothing is running.
pub(crate) fn delete_all(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute("DELETE FROM pieces", []).map(drop)
}
