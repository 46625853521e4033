-- The first schema. A migration that has shipped is never edited: the next one changes it.

-- Facts about this database: its epoch, the last proof that it can write.
CREATE TABLE meta (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE users (
    id            TEXT PRIMARY KEY,
    name          TEXT NOT NULL,
    name_key      TEXT NOT NULL UNIQUE,           -- Unicode lower case: what must be unique
    role          TEXT NOT NULL CHECK (role IN ('member', 'admin', 'owner')),
    enabled       INTEGER NOT NULL DEFAULT 1 CHECK (enabled IN (0, 1)),
    password_hash TEXT,
    revision      INTEGER NOT NULL DEFAULT 0,     -- grows with every change that the person can see
    created_at    INTEGER NOT NULL
) STRICT;

CREATE TABLE user_settings (
    user_id       TEXT PRIMARY KEY REFERENCES users (id),
    model         TEXT,
    system_prompt TEXT,
    temperature   REAL,
    welcomed      INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

CREATE TABLE chats (
    id            TEXT PRIMARY KEY,
    owner_id      TEXT NOT NULL REFERENCES users (id),
    title         TEXT NOT NULL,
    title_source  TEXT NOT NULL CHECK (title_source IN ('placeholder', 'first_words', 'model', 'person')),
    pinned        INTEGER NOT NULL DEFAULT 0,
    model         TEXT,
    system_prompt TEXT,
    temperature   REAL,
    leaf_id       TEXT REFERENCES messages (id),
    created_at    INTEGER NOT NULL,
    updated_at    INTEGER NOT NULL,
    deleted_at    INTEGER,                        -- a tombstone: the chat can be restored
    revision      INTEGER NOT NULL
) STRICT;

-- Who sees a chat. The owner is in it too, so that sharing adds rows and no rules. A member who
-- is shut out keeps the row with access 'none': it is the tombstone that `chats(since)` reports.
CREATE TABLE chat_members (
    chat_id  TEXT NOT NULL REFERENCES chats (id),
    user_id  TEXT NOT NULL REFERENCES users (id),
    access   TEXT NOT NULL CHECK (access IN ('owner', 'write', 'read', 'none')),
    revision INTEGER NOT NULL,                    -- the person's revision when the chat last changed
    PRIMARY KEY (chat_id, user_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX chat_members_by_revision ON chat_members (user_id, revision);

-- A tree: parent_id is what a message follows. seq orders siblings, and a child's is greater than
-- its parent's.
CREATE TABLE messages (
    seq              INTEGER PRIMARY KEY,
    id               TEXT NOT NULL UNIQUE,
    chat_id          TEXT NOT NULL REFERENCES chats (id),
    parent_id        TEXT REFERENCES messages (id),
    role             TEXT NOT NULL CHECK (role IN ('system', 'user', 'assistant')),
    author_id        TEXT REFERENCES users (id),
    client_id        TEXT,
    content          TEXT NOT NULL,
    reasoning        TEXT NOT NULL DEFAULT '',
    status           TEXT NOT NULL CHECK (status IN ('running', 'complete', 'stopped', 'interrupted', 'failed')),
    model            TEXT,
    failure_code     TEXT,
    failure_reason   TEXT,
    failure_message  TEXT,
    failure_retry_ms INTEGER,
    created_at       INTEGER NOT NULL,
    finished_at      INTEGER,
    revision         INTEGER NOT NULL
) STRICT;
CREATE INDEX messages_by_parent ON messages (chat_id, parent_id, seq);
CREATE INDEX messages_running ON messages (chat_id) WHERE status = 'running';
-- Exactly once, for ever: the same words from the same outbox are one message.
CREATE UNIQUE INDEX messages_by_client ON messages (author_id, client_id) WHERE client_id IS NOT NULL;

-- What a running answer has said since its row was written; folded into it at the end.
CREATE TABLE pieces (
    message_id TEXT NOT NULL REFERENCES messages (id),
    to_seq     INTEGER NOT NULL,
    content    TEXT NOT NULL,
    reasoning  TEXT NOT NULL,
    PRIMARY KEY (message_id, to_seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE server_settings (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE providers (
    id            TEXT PRIMARY KEY,
    name          TEXT NOT NULL,
    base_url      TEXT NOT NULL,
    default_model TEXT,
    active        INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE UNIQUE INDEX providers_one_active ON providers (active) WHERE active = 1;

-- Only the hash of a sign-in code is kept: a stolen database signs nobody in.
CREATE TABLE sign_in_links (
    hash       BLOB PRIMARY KEY,
    user_id    TEXT NOT NULL REFERENCES users (id),
    expires_at INTEGER NOT NULL,
    used_at    INTEGER
) STRICT, WITHOUT ROWID;
