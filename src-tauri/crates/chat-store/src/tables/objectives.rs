//! `objectives` and their `milestones`.

use chat_core::{
    ChatId, DueDate, GenerationId, Milestone, MilestoneId, Objective, ObjectiveId, Timestamp,
    UserId,
};
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use crate::spelling::{Spelled as _, id, optional_id, revision, signed, spelled};

const COLUMNS: &str = "id, owner_id, title, description, category, difficulty, status, progress, \
                       chat_id, created_at, updated_at, revision";

fn read(row: &Row<'_>) -> rusqlite::Result<Objective> {
    Ok(Objective {
        id: id(row, 0, ObjectiveId::parse)?,
        owner: id(row, 1, UserId::parse)?,
        title: row.get(2)?,
        description: row.get(3)?,
        category: row.get(4)?,
        difficulty: spelled(row, 5)?,
        status: spelled(row, 6)?,
        progress: row.get(7)?,
        milestones: Vec::new(),
        chat: optional_id(row, 8, ChatId::parse)?,
        created_at: Timestamp(row.get(9)?),
        updated_at: Timestamp(row.get(10)?),
        revision: revision(row, 11)?,
    })
}

/// Writes a new objective with its milestones. `wish` makes it the only one of that wish.
pub(crate) fn insert(
    connection: &Connection,
    objective: &Objective,
    wish: Option<&GenerationId>,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO objectives (id, owner_id, wish_id, title, description, category,
                 difficulty, status, progress, chat_id, created_at, updated_at, revision)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
        )?
        .execute(params![
            objective.id.as_str(),
            objective.owner.as_str(),
            wish.map(GenerationId::as_str),
            objective.title,
            objective.description,
            objective.category,
            objective.difficulty.spell(),
            objective.status.spell(),
            objective.progress,
            objective.chat.as_ref().map(ChatId::as_str),
            objective.created_at.0,
            objective.updated_at.0,
            signed(objective.revision.0),
        ])?;
    insert_milestones(connection, objective)
}

/// Writes all that can change of an objective, milestones included.
pub(crate) fn update(connection: &Connection, objective: &Objective) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "UPDATE objectives SET title = ?2, description = ?3, category = ?4, difficulty = ?5,
                 status = ?6, progress = ?7, chat_id = ?8, updated_at = ?9, revision = ?10
             WHERE id = ?1",
        )?
        .execute(params![
            objective.id.as_str(),
            objective.title,
            objective.description,
            objective.category,
            objective.difficulty.spell(),
            objective.status.spell(),
            objective.progress,
            objective.chat.as_ref().map(ChatId::as_str),
            objective.updated_at.0,
            signed(objective.revision.0),
        ])?;
    connection
        .prepare_cached("DELETE FROM milestones WHERE objective_id = ?1")?
        .execute([objective.id.as_str()])?;
    insert_milestones(connection, objective)
}

fn insert_milestones(connection: &Connection, objective: &Objective) -> rusqlite::Result<()> {
    let mut insert = connection.prepare_cached(
        "INSERT INTO milestones (objective_id, place, id, title, description, completed, due_date)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?;
    for (place, milestone) in (0_i64..).zip(&objective.milestones) {
        insert.execute(params![
            objective.id.as_str(),
            place,
            milestone.id.as_str(),
            milestone.title,
            milestone.description,
            milestone.completed,
            milestone.due.as_ref().map(DueDate::as_str),
        ])?;
    }
    Ok(())
}

fn with_milestones(
    connection: &Connection,
    mut objective: Objective,
) -> rusqlite::Result<Objective> {
    objective.milestones = connection
        .prepare_cached(
            "SELECT id, title, description, completed, due_date FROM milestones
             WHERE objective_id = ?1 ORDER BY place",
        )?
        .query_map([objective.id.as_str()], |row| {
            let due: Option<String> = row.get(4)?;
            Ok(Milestone {
                id: id(row, 0, MilestoneId::parse)?,
                title: row.get(1)?,
                description: row.get(2)?,
                completed: row.get(3)?,
                due: due.as_deref().and_then(DueDate::parse),
            })
        })?
        .collect::<rusqlite::Result<_>>()?;
    Ok(objective)
}

/// An objective of `owner`, with whether it is deleted.
pub(crate) fn get(
    connection: &Connection,
    owner: &UserId,
    objective: &ObjectiveId,
) -> rusqlite::Result<Option<(Objective, bool)>> {
    let found = connection
        .prepare_cached(&format!(
            "SELECT {COLUMNS}, deleted_at IS NOT NULL FROM objectives
             WHERE id = ?1 AND owner_id = ?2"
        ))?
        .query_row([objective.as_str(), owner.as_str()], |row| {
            Ok((read(row)?, row.get(12)?))
        })
        .optional()?;
    found
        .map(|(objective, deleted)| Ok((with_milestones(connection, objective)?, deleted)))
        .transpose()
}

/// The one of this wish, deleted or not.
pub(crate) fn by_wish(
    connection: &Connection,
    owner: &UserId,
    wish: &GenerationId,
) -> rusqlite::Result<Option<Objective>> {
    one(
        connection,
        "owner_id = ?1 AND wish_id = ?2",
        &[owner.as_str(), wish.as_str()],
    )
}

/// The one that is discussed in a chat.
pub(crate) fn by_chat(
    connection: &Connection,
    chat: &ChatId,
) -> rusqlite::Result<Option<Objective>> {
    let place = "chat_id = ?1 AND deleted_at IS NULL";
    one(connection, place, &[chat.as_str()])
}

fn one(
    connection: &Connection,
    place: &str,
    values: &[&str],
) -> rusqlite::Result<Option<Objective>> {
    let found = connection
        .prepare_cached(&format!("SELECT {COLUMNS} FROM objectives WHERE {place}"))?
        .query_row(rusqlite::params_from_iter(values), read)
        .optional()?;
    found
        .map(|objective| with_milestones(connection, objective))
        .transpose()
}

/// All of `owner` that are not deleted, newest first.
pub(crate) fn all(connection: &Connection, owner: &UserId) -> rusqlite::Result<Vec<Objective>> {
    let found: Vec<Objective> = connection
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM objectives WHERE owner_id = ?1 AND deleted_at IS NULL
             ORDER BY created_at DESC, rowid DESC"
        ))?
        .query_map([owner.as_str()], read)?
        .collect::<rusqlite::Result<_>>()?;
    found
        .into_iter()
        .map(|objective| with_milestones(connection, objective))
        .collect()
}

/// Sets the tombstone, or takes it away.
pub(crate) fn set_deleted(
    connection: &Connection,
    objective: &ObjectiveId,
    at: Option<Timestamp>,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached("UPDATE objectives SET deleted_at = ?2 WHERE id = ?1")?
        .execute(params![objective.as_str(), at.map(|at| at.0)])
        .map(drop)
}
