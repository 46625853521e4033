-- Who is signed in where, who was invited, who did what.

-- A device that somebody signed in with: what can be listed and revoked. A revoked one keeps its
-- row for a while, so that open connections hear of it and people see what happened.
CREATE TABLE devices (
    id         TEXT PRIMARY KEY,
    user_id    TEXT NOT NULL REFERENCES users (id),
    name       TEXT NOT NULL,
    user_agent TEXT NOT NULL,
    address    TEXT NOT NULL,                     -- where it was last seen
    method     TEXT NOT NULL CHECK (method IN ('password', 'link', 'invitation', 'pairing', 'provider')),
    created_at INTEGER NOT NULL,
    used_at    INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    revoked_at INTEGER
) STRICT;
CREATE INDEX devices_by_user ON devices (user_id, used_at);
CREATE INDEX devices_revoked ON devices (revoked_at) WHERE revoked_at IS NOT NULL;

-- Only hashes. One that was replaced stays until it would have ended: its second use is theft.
CREATE TABLE refresh_tokens (
    hash        BLOB PRIMARY KEY,
    device_id   TEXT NOT NULL REFERENCES devices (id) ON DELETE CASCADE,
    issued_at   INTEGER NOT NULL,
    replaced_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX refresh_tokens_by_device ON refresh_tokens (device_id, issued_at);

CREATE TABLE invitations (
    id         TEXT PRIMARY KEY,
    hash       BLOB NOT NULL UNIQUE,
    role       TEXT NOT NULL CHECK (role IN ('member', 'admin', 'owner')),
    note       TEXT NOT NULL,
    created_by TEXT NOT NULL REFERENCES users (id),
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at    INTEGER,
    used_by    TEXT REFERENCES users (id),
    revoked_at INTEGER
) STRICT;

-- Who somebody is at another system that vouches for them.
CREATE TABLE identities (
    issuer     TEXT NOT NULL,
    subject    TEXT NOT NULL,
    user_id    TEXT NOT NULL REFERENCES users (id),
    created_at INTEGER NOT NULL,
    PRIMARY KEY (issuer, subject)
) STRICT, WITHOUT ROWID;

-- Who did what when. Nobody is the command line or the server itself. No secret is ever written.
CREATE TABLE audit_log (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    at         INTEGER NOT NULL,
    actor_id   TEXT REFERENCES users (id),
    address    TEXT NOT NULL,
    action     TEXT NOT NULL,
    subject_id TEXT REFERENCES users (id),
    detail     TEXT NOT NULL
) STRICT;
