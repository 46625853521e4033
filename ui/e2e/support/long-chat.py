"""Fills a chat with a long talk: long-chat.py DATA_DIR CHAT_ID COUNT. No server may run on it."""

import glob
import sqlite3
import sys
import time

folder, chat, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
[path] = glob.glob(f"{folder}/*.db")
with sqlite3.connect(path) as base:
    (owner,) = base.execute("SELECT owner_id FROM chats WHERE id = ?", (chat,)).fetchone()
    now = int(time.time() * 1000)
    parent = None
    for at in range(count):
        mine = at % 2 == 0
        turn = at // 2 + 1
        content = (
            f"Question {turn}."
            if mine
            else f"Answer {turn}\n\n- with a *list*\n- and `code`\n\n```rust\nlet turn = {turn};\n```"
        )
        message = f"m-{chat}-{at}"
        base.execute(
            "INSERT INTO messages (id, chat_id, parent_id, role, author_id, content, status, created_at,"
            " finished_at, revision) VALUES (?, ?, ?, ?, ?, ?, 'complete', ?, ?, 1)",
            (message, chat, parent, "user" if mine else "assistant", owner if mine else None, content, now, now),
        )
        parent = message
    base.execute("UPDATE chats SET leaf_id = ?, title_source = 'person' WHERE id = ?", (parent, chat))
