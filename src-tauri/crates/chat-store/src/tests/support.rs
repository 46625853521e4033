//! A store in a directory of its own, and short words for what the tests do with it.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
};

use chat_core::{
    Actor, Appended, Change, ChatId, ChatStore as _, ClientId, CommitObserver, FinishedAnswer,
    MessageId, MessageStatus, NewChat, NewExchange, Revision, StoreError, Timestamp, TurnPiece,
    UserId, UserRole, Usual,
};
use tempfile::TempDir;

use crate::{Database, UserPatch};

#[derive(Default)]
pub(super) struct Seen(Mutex<Vec<Change>>);

impl CommitObserver for Seen {
    fn committed(&self, change: Change) {
        self.0.lock().expect("not poisoned").push(change);
    }
}

impl Seen {
    /// What was told since the last call.
    pub(super) fn take(&self) -> Vec<Change> {
        std::mem::take(&mut self.0.lock().expect("not poisoned"))
    }
}

pub(super) struct Place {
    pub(super) directory: TempDir,
    pub(super) seen: Arc<Seen>,
    pub(super) store: Arc<Database>,
}

impl Place {
    /// A piece of what is being written now.
    pub(super) fn piece(&self, answer: &str, to: u64, content: &str) -> TurnPiece {
        let connection = rusqlite::Connection::open(self.path()).expect("a connection");
        let life = connection.query_row(
            "SELECT revision FROM messages WHERE id = ?1",
            [answer],
            |row| row.get::<_, i64>(0),
        );
        let life = u64::try_from(life.expect("an answer")).expect("a revision");
        TurnPiece {
            message: message(answer),
            life: Revision(life),
            to,
            content: content.to_owned(),
            reasoning: format!("[{content}]"),
        }
    }

    /// An empty store with the people alice (owner) and bob (member).
    pub(super) async fn new() -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        let (store, seen) = open(&directory.path().join("data").join("parlor.db"));
        for (name, role) in [("alice", UserRole::Owner), ("bob", UserRole::Member)] {
            store
                .create_user(user(name), name, role, None, Timestamp(1))
                .await
                .expect("an account");
        }
        Self {
            directory,
            seen,
            store,
        }
    }

    pub(super) fn path(&self) -> PathBuf {
        self.store.path().to_owned()
    }

    pub(super) async fn chat(&self, owner: &str, id: &str) {
        self.store
            .create_chat(new_chat(owner, id))
            .await
            .expect("a chat");
    }

    /// An exchange at the end of the branch shown: messages `id` and `id-a`.
    pub(super) async fn say(&self, author: &str, chat_id: &str, id: &str) -> Appended {
        self.store
            .append(exchange(author, chat_id, id))
            .await
            .expect("an exchange")
    }

    pub(super) async fn end(&self, answer: &str, text: &str) {
        self.store.finish(end(answer, text)).await.expect("an end");
    }

    /// The ids of the branch shown.
    pub(super) async fn line(&self, owner: &str, chat_id: &str) -> Vec<String> {
        let history = self.store.history(&user(owner), &chat(chat_id)).await;
        let messages = history.expect("a history").messages;
        messages.iter().map(|m| m.id.to_string()).collect()
    }
}

pub(super) fn open(path: &Path) -> (Arc<Database>, Arc<Seen>) {
    let seen = Arc::new(Seen::default());
    let store = Database::open(path, Arc::clone(&seen) as _).expect("the store opens");
    (store, seen)
}

pub(super) fn user(id: &str) -> UserId {
    UserId::parse(id).expect("an id")
}

pub(super) fn chat(id: &str) -> ChatId {
    ChatId::parse(id).expect("an id")
}

pub(super) fn message(id: &str) -> MessageId {
    MessageId::parse(id).expect("an id")
}

pub(super) fn client(id: &str) -> ClientId {
    ClientId::parse(id).expect("an id")
}

pub(super) fn new_chat(owner: &str, id: &str) -> NewChat {
    NewChat {
        id: chat(id),
        owner: user(owner),
        title: None,
        now: Timestamp(10),
    }
}

pub(super) fn exchange(author: &str, chat_id: &str, id: &str) -> NewExchange {
    NewExchange {
        chat: chat(chat_id),
        author: user(author),
        id: message(id),
        client_id: None,
        parent: None,
        content: format!("says {id}"),
        answer: message(&format!("{id}-a")),
        device: None,
        usual: Usual::Unknown,
        now: Timestamp(20),
    }
}

pub(super) fn end(answer: &str, text: &str) -> FinishedAnswer {
    FinishedAnswer {
        message: message(answer),
        content: text.to_owned(),
        reasoning: String::new(),
        status: MessageStatus::Complete,
        model: None,
        failure: None,
        spent: None,
        now: Timestamp(30),
    }
}

pub(super) fn is_not_found<T>(result: Result<T, StoreError>) -> bool {
    matches!(result, Err(StoreError::NotFound))
}

/// The command line.
pub(super) fn nobody(at: i64) -> Actor {
    Actor {
        user: None,
        address: "command line".to_owned(),
        at: Timestamp(at),
    }
}

/// A person at some address.
pub(super) fn by(name: &str, at: i64) -> Actor {
    Actor {
        user: Some(user(name)),
        address: "192.0.2.1".to_owned(),
        at: Timestamp(at),
    }
}

/// A change of role alone.
pub(super) fn role(role: UserRole) -> UserPatch {
    UserPatch {
        role: Some(role),
        ..UserPatch::default()
    }
}
