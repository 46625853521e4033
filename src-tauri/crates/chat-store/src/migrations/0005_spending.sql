-- What answers cost, and what they may.

-- What was spent, by whom, on which device ('' is none), by which model ('' is the guide), on which
-- day (counted from 1970-01-01, UTC). Whole numbers only: money is in millionths.
CREATE TABLE usage (
    user_id          TEXT NOT NULL REFERENCES users (id),
    day              INTEGER NOT NULL,
    device_id        TEXT NOT NULL,
    model            TEXT NOT NULL,
    messages         INTEGER NOT NULL,
    prompt_tokens    INTEGER NOT NULL,
    answer_tokens    INTEGER NOT NULL,
    cost             INTEGER NOT NULL,
    unpriced_tokens  INTEGER NOT NULL,            -- of models without a price: no cost is known
    estimated_tokens INTEGER NOT NULL,            -- counted here, since the provider did not tell
    PRIMARY KEY (user_id, day, device_id, model)
) STRICT, WITHOUT ROWID;

-- The same of all together, so that the server's own limits are looked up and not summed up.
CREATE TABLE usage_days (
    day             INTEGER PRIMARY KEY,
    messages        INTEGER NOT NULL,
    prompt_tokens   INTEGER NOT NULL,
    answer_tokens   INTEGER NOT NULL,
    cost            INTEGER NOT NULL,
    unpriced_tokens INTEGER NOT NULL
) STRICT;

-- What answers that have not ended are expected to spend: written with the message, gone with the
-- end of the answer, and settled by the next start where the process ended before it.
CREATE TABLE reservations (
    id            TEXT PRIMARY KEY,               -- the answer, or the objective in the making
    user_id       TEXT NOT NULL,
    device_id     TEXT NOT NULL,
    model         TEXT NOT NULL,
    prompt_tokens INTEGER NOT NULL,
    answer_tokens INTEGER NOT NULL,
    cost          INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What may be spent: NULL says nothing, 0 is no limit.
CREATE TABLE limits (
    scope               TEXT NOT NULL CHECK (scope IN ('server', 'everyone', 'user', 'device')),
    holder              TEXT NOT NULL,            -- the person or device, else ''
    messages_per_minute INTEGER,
    running_answers     INTEGER,
    messages_per_day    INTEGER,
    tokens_per_day      INTEGER,
    tokens_per_month    INTEGER,
    cost_per_day        INTEGER,
    cost_per_month      INTEGER,
    models              TEXT,                     -- those allowed, one a line
    PRIMARY KEY (scope, holder)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER limits_of_devices AFTER DELETE ON devices BEGIN
    DELETE FROM limits WHERE scope = 'device' AND holder = OLD.id;
END;

-- In millionths of the currency for a million tokens.
CREATE TABLE prices (
    model  TEXT PRIMARY KEY,
    prompt INTEGER NOT NULL,
    answer INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
