//! What must hold. Always: no text on any screen has a gap, a double, or a word that the provider did
//! not send for that question. After a kill: what an answer had 100 ms before is there. At rest: every
//! screen shows what the database holds, every message was accepted once and answered, and whole
//! answers are whole.

use std::{collections::BTreeMap, path::Path, time::Duration};

use rusqlite::{Connection, OpenFlags};

use crate::{
    client::{Client, wire::Message},
    run::Finding,
    world::provider::Ledger,
};

/// What a kill may cost: 100 ms of text, and the granularity of tokio's timers.
const LOST: Duration = Duration::from_millis(102);

/// Something that the person said.
pub(crate) struct Said {
    pub(crate) client_id: String,
    pub(crate) content: String,
}

struct Row {
    id: String,
    chat: String,
    parent: Option<String>,
    role: String,
    client_id: Option<String>,
    content: String,
    reasoning: String,
    status: String,
}

struct ChatRow {
    title: String,
    source: String,
    leaf: Option<String>,
    deleted: bool,
    revision: u64,
}

/// What the database holds, read past the store.
struct Held {
    rows: Vec<Row>,
    chats: BTreeMap<String, ChatRow>,
    pieces: u64,
}

fn held(path: &Path) -> rusqlite::Result<Held> {
    let database = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let mut messages = database.prepare(
        "SELECT id, chat_id, parent_id, role, client_id, content, reasoning, status
         FROM messages ORDER BY seq",
    )?;
    let rows = messages.query_map([], |row| {
        Ok(Row {
            id: row.get(0)?,
            chat: row.get(1)?,
            parent: row.get(2)?,
            role: row.get(3)?,
            client_id: row.get(4)?,
            content: row.get(5)?,
            reasoning: row.get(6)?,
            status: row.get(7)?,
        })
    })?;
    let mut chats = database.prepare(
        "SELECT id, title, title_source, leaf_id, deleted_at IS NOT NULL, revision FROM chats",
    )?;
    let chats = chats.query_map([], |row| {
        let chat = ChatRow {
            title: row.get(1)?,
            source: row.get(2)?,
            leaf: row.get(3)?,
            deleted: row.get(4)?,
            revision: row.get::<_, i64>(5)?.unsigned_abs(),
        };
        Ok((row.get(0)?, chat))
    })?;
    let pieces: i64 = database.query_row("SELECT count(*) FROM pieces", [], |row| row.get(0))?;
    Ok(Held {
        rows: rows.collect::<Result<_, _>>()?,
        chats: chats.collect::<Result<_, _>>()?,
        pieces: pieces.unsigned_abs(),
    })
}

impl Held {
    fn read(path: &Path) -> Result<Self, Finding> {
        held(path).map_err(|error| format!("the database cannot be read: {error}"))
    }

    fn row(&self, id: &str) -> Option<&Row> {
        self.rows.iter().find(|row| row.id == id)
    }

    /// The line that ends with `leaf`, oldest first.
    fn line(&self, leaf: Option<&str>) -> Vec<&Row> {
        let mut line = Vec::new();
        let mut at = leaf.and_then(|leaf| self.row(leaf));
        while let Some(row) = at {
            line.push(row);
            at = row.parent.as_deref().and_then(|parent| self.row(parent));
        }
        line.reverse();
        line
    }

    fn siblings(&self, of: &Row) -> Vec<&str> {
        let place =
            |row: &&Row| (&row.chat, &row.parent, &row.role) == (&of.chat, &of.parent, &of.role);
        self.rows
            .iter()
            .filter(place)
            .map(|row| row.id.as_str())
            .collect()
    }
}

/// Requests that a text is made of, each with the number of its words there: all from the first one,
/// none left out, none twice.
fn requests(text: &str, kind: char) -> Result<Vec<(usize, usize)>, Finding> {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for word in text.split_terminator(' ') {
        let numbers = word
            .strip_prefix(kind)
            .and_then(|rest| rest.split_once('.'));
        let numbers = numbers.and_then(|(one, two)| Some((one.parse().ok()?, two.parse().ok()?)));
        let Some((request, index)) = numbers else {
            return Err(format!("{word:?} is no whole word, in {text:?}"));
        };
        match runs.last_mut() {
            Some((last, count)) if (*last, *count) == (request, index) => *count += 1,
            Some((last, _)) if *last >= request => {
                return Err(format!("a gap or double before {word:?}, in {text:?}"));
            }
            _ if index == 0 => runs.push((request, 1)),
            _ => return Err(format!("a gap before {word:?}, in {text:?}")),
        }
    }
    if text.is_empty() || text.ends_with(' ') {
        Ok(runs)
    } else {
        Err(format!("half a word at the end of {text:?}"))
    }
}

/// The text must be the provider's, word for word, for that question.
fn genuine(
    text: &str,
    reasoning: &str,
    question: Option<&str>,
    ledger: &Ledger,
) -> Result<Vec<(usize, usize)>, Finding> {
    let told = ledger.read();
    let words = requests(text, 't')?;
    let thoughts = requests(reasoning, 'r')?;
    for (of_words, runs) in [(true, &words), (false, &thoughts)] {
        for (request, count) in runs {
            let told = told.get(*request).ok_or("words of no request")?;
            let sent = if of_words {
                told.words.len()
            } else {
                told.thoughts
            };
            if *count > sent {
                return Err(format!(
                    "{count} words of request {request}, {sent} were sent"
                ));
            }
            if question.is_some_and(|question| question != told.question) {
                return Err(format!(
                    "{question:?} is answered by {:?}'s words",
                    told.question
                ));
            }
        }
    }
    Ok(words)
}

/// What one client shows, at any moment.
pub(crate) fn shown(client: &Client, ledger: &Ledger) -> Result<(), Finding> {
    let Some(open) = &client.open else {
        return Ok(());
    };
    let content_of = |id: Option<&String>| {
        let found = open.messages.iter().find(|one| Some(&one.message_id) == id);
        found.map(|one| one.content.as_str())
    };
    for message in open.messages.iter().filter(|one| one.role == "assistant") {
        let question = content_of(message.parent_id.as_ref());
        genuine(&message.content, &message.reasoning, question, ledger)?;
    }
    if let Some(writing) = &open.writing {
        let question = content_of(writing.parent.as_ref());
        genuine(&writing.text, &writing.reasoning, question, ledger)?;
    }
    let mut ids: Vec<_> = open.messages.iter().map(|one| &one.message_id).collect();
    let clients = open
        .messages
        .iter()
        .filter_map(|one| one.client_id.as_ref());
    ids.extend(clients);
    let all = ids.len();
    ids.sort();
    ids.dedup();
    if ids.len() == all {
        Ok(())
    } else {
        Err(format!("a message is shown twice: {:?}", open.messages))
    }
}

/// What the next life finds in the database: `killed` is the moment of a kill, none a drain.
pub(crate) fn recovered(
    path: &Path,
    ledger: &Ledger,
    life: usize,
    killed: Option<Duration>,
) -> Result<(), Finding> {
    let held = Held::read(path)?;
    let kept: String = held.rows.iter().map(|row| row.content.as_str()).collect();
    for (request, told) in ledger
        .read()
        .iter()
        .enumerate()
        .filter(|(_, told)| told.life == life)
    {
        for (index, moment) in told.words.iter().enumerate() {
            let due = killed.is_none_or(|killed| *moment + LOST < killed);
            if due && !kept.contains(&format!("t{request}.{index} ")) {
                return Err(format!(
                    "word {index} of request {request}, sent at {moment:?}, was lost by an end at \
                     {killed:?}"
                ));
            }
        }
    }
    if let Some(running) = held.rows.iter().find(|row| row.status == "running") {
        return Err(format!("{} still runs after the sweep", running.id));
    }
    Ok(())
}

/// Everything, once nothing moves any more.
pub(crate) fn settled(
    path: &Path,
    ledger: &Ledger,
    said: &[Said],
    regenerated: &[String],
    clients: &[&Client],
) -> Result<(), Finding> {
    let held = Held::read(path)?;
    if held.pieces > 0 {
        return Err(format!("{} pieces were left behind", held.pieces));
    }
    accepted(&held, said, clients)?;
    answered(&held, ledger, regenerated)?;
    for (index, client) in clients.iter().enumerate() {
        on_screen(&held, client)
            .and_then(|()| listed(&held, client))
            .map_err(|finding| format!("client {index}: {finding}"))?;
    }
    Ok(())
}

/// Every message is there once, or was refused and is still in an outbox.
fn accepted(held: &Held, said: &[Said], clients: &[&Client]) -> Result<(), Finding> {
    for Said { client_id, content } in said {
        let same = |row: &&Row| row.client_id.as_ref() == Some(client_id);
        let rows: Vec<&Row> = held.rows.iter().filter(same).collect();
        let refused = clients
            .iter()
            .flat_map(|client| &client.outbox.entries)
            .any(|entry| entry.client_id == *client_id);
        match (rows.as_slice(), refused) {
            ([row], false) if row.content == *content => {}
            ([], true) => {}
            _ => {
                return Err(format!(
                    "{client_id} is there {} times, refused: {refused}",
                    rows.len()
                ));
            }
        }
    }
    Ok(())
}

/// Every message has one answer and no more than were asked for; each is what the provider said.
fn answered(held: &Held, ledger: &Ledger, regenerated: &[String]) -> Result<(), Finding> {
    for question in held.rows.iter().filter(|row| row.role == "user") {
        let answers = |row: &&Row| row.parent.as_ref() == Some(&question.id) && row.role != "user";
        let answers = held.rows.iter().filter(answers).count();
        let most = 1 + regenerated.iter().filter(|id| **id == question.id).count();
        if answers == 0 || answers > most {
            return Err(format!(
                "{:?} has {answers} answers, at most {most}",
                question.content
            ));
        }
    }
    for answer in held.rows.iter().filter(|row| row.role == "assistant") {
        let question = answer.parent.as_deref().and_then(|id| held.row(id));
        let question = question.map(|row| row.content.as_str());
        let words = genuine(&answer.content, &answer.reasoning, question, ledger)
            .map_err(|finding| format!("{} ({}): {finding}", answer.id, answer.status))?;
        if answer.status == "running" {
            return Err(format!("{} runs for ever", answer.id));
        }
        let told = ledger.read();
        // One that was gone on with may have come to its end without another word.
        let ended_later = |request: usize| {
            let mut later = told.iter().skip(request + 1);
            let question = &told[request].question;
            later.any(|one| one.question == *question && one.finished && one.words.is_empty())
        };
        if let Some((request, count)) = words.last().filter(|_| answer.status == "complete")
            && (!told[*request].finished || *count != told[*request].words.len())
            && !ended_later(*request)
        {
            return Err(format!(
                "{} is called complete with {count} words",
                answer.id
            ));
        }
    }
    Ok(())
}

/// The chat on the screen is the line that the database shows.
fn on_screen(held: &Held, client: &Client) -> Result<(), Finding> {
    let Some(open) = &client.open else {
        return Ok(());
    };
    let Some(chat) = held.chats.get(&open.id) else {
        // Begun on this device, and never said anything in.
        return if open.messages.is_empty() {
            Ok(())
        } else {
            Err("a chat of nowhere".to_owned())
        };
    };
    if chat.deleted {
        // Words that the server refused are nowhere else.
        let holds_words = client.outbox.waits_in(&open.id);
        return if holds_words {
            Ok(())
        } else {
            Err(format!("{} is deleted", open.id))
        };
    }
    let line = held.line(chat.leaf.as_deref());
    let view = |message: &Message| {
        format!(
            "{} {} {} {:?} {:?} {:?}",
            message.message_id,
            message.role,
            message.status,
            message.content,
            message.reasoning,
            message.sibling_ids
        )
    };
    let truth = |row: &&Row| {
        let Row {
            id,
            role,
            status,
            content,
            reasoning,
            ..
        } = row;
        format!(
            "{id} {role} {status} {content:?} {reasoning:?} {:?}",
            held.siblings(row)
        )
    };
    let shown: Vec<String> = open.messages.iter().map(view).collect();
    let there: Vec<String> = line.iter().map(truth).collect();
    if shown == there {
        Ok(())
    } else {
        Err(format!(
            "{} shows\n  {}\nand is\n  {}",
            open.id,
            shown.join("\n  "),
            there.join("\n  ")
        ))
    }
}

/// The list of chats is that of the database.
fn listed(held: &Held, client: &Client) -> Result<(), Finding> {
    let shown: Vec<_> = client
        .list
        .chats
        .values()
        .map(|chat| {
            (
                &chat.chat_id,
                &chat.leaf_id,
                chat.revision,
                chat.title.as_str(),
            )
        })
        .collect();
    let there: Vec<_> = held
        .chats
        .iter()
        .filter(|(_, chat)| !chat.deleted)
        .map(|(id, chat)| {
            let unnamed = chat.source == "placeholder";
            let title = if unnamed {
                "New chat"
            } else {
                chat.title.as_str()
            };
            (id, &chat.leaf, chat.revision, title)
        })
        .collect();
    if shown == there {
        Ok(())
    } else {
        Err(format!(
            "the list is\n  {shown:?}\nand should be\n  {there:?}"
        ))
    }
}
