-- Since which revision of a chat its line has only grown at the end: who has the line as of then or
-- later needs only the messages that changed. Of the past nothing is known: whole snapshots once.
ALTER TABLE chats ADD COLUMN branch_revision INTEGER NOT NULL DEFAULT 0;
UPDATE chats SET branch_revision = revision;

-- What of a chat changed since a revision, without reading the rest of it.
CREATE INDEX messages_by_revision ON messages (chat_id, revision) WHERE status <> 'running';
