-- Objectives: what a person wants to reach, in milestones.
CREATE TABLE objectives (
    id          TEXT PRIMARY KEY,
    owner_id    TEXT NOT NULL REFERENCES users (id),
    -- The id of the wish that it came from, where that can be known again: asking twice makes one.
    wish_id     TEXT,
    title       TEXT NOT NULL,
    description TEXT NOT NULL,
    category    TEXT NOT NULL,
    difficulty  TEXT NOT NULL,
    status      TEXT NOT NULL,
    progress    INTEGER NOT NULL CHECK (progress BETWEEN 0 AND 100),
    chat_id     TEXT REFERENCES chats (id),       -- the chat that discusses it
    created_at  INTEGER NOT NULL,
    updated_at  INTEGER NOT NULL,
    revision    INTEGER NOT NULL,                 -- the owner's when it last changed
    deleted_at  INTEGER                           -- a tombstone: it can be brought back
) STRICT;

CREATE INDEX objectives_by_owner ON objectives (owner_id, created_at);
CREATE UNIQUE INDEX objectives_by_wish ON objectives (owner_id, wish_id) WHERE wish_id IS NOT NULL;
CREATE INDEX objectives_by_chat ON objectives (chat_id) WHERE chat_id IS NOT NULL;

CREATE TABLE milestones (
    objective_id TEXT NOT NULL REFERENCES objectives (id),
    place        INTEGER NOT NULL,                -- from 0, without gaps
    id           TEXT NOT NULL,                   -- unique within its objective
    title        TEXT NOT NULL,
    description  TEXT,
    completed    INTEGER NOT NULL CHECK (completed IN (0, 1)),
    due_date     TEXT,                            -- ISO 8601, a day or a moment
    PRIMARY KEY (objective_id, place)
) STRICT, WITHOUT ROWID;
