"""Gives a server many accounts and a long log: many-people.py DATA_DIR PEOPLE LINES. No server may run on it."""

import glob
import sqlite3
import sys
import time

folder, people, lines = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
[path] = glob.glob(f"{folder}/parlor.db")
now = int(time.time() * 1000)
with sqlite3.connect(path) as base:
    for at in range(people):
        name = f"colleague-{at:04}"
        base.execute(
            "INSERT INTO users (id, name, name_key, role, created_at) VALUES (?, ?, ?, 'member', ?)",
            (f"u-{name}", name, name, now),
        )
    # The oldest is the only one of its kind, far behind all others.
    for at in range(lines):
        first = at == 0
        base.execute(
            "INSERT INTO audit_log (at, actor_id, address, action, detail) VALUES (?, ?, ?, ?, ?)",
            (
                now - (lines - at) * 60_000,
                "u-colleague-0000",
                "192.0.2.7",
                "token_reused" if first else "signed_in",
                "the long lost laptop" if first else "Firefox, Linux",
            ),
        )
