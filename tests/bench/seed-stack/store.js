// The database of the seed's stack: users, chats and messages in SQLite. Rows are written when a
// message is accepted and when an answer is whole; nothing is written per token. The driver is
// libsql, which has the interface of better-sqlite3 and comes built from the registry, so that a
// fresh machine needs no compiler for it.
import { randomUUID } from 'node:crypto';
import Database from 'libsql';

export function openStore(path) {
  const database = new Database(path);
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = NORMAL');
  database.exec(`
    CREATE TABLE IF NOT EXISTS users (id TEXT PRIMARY KEY);
    CREATE TABLE IF NOT EXISTS chats (
      id TEXT PRIMARY KEY, user_id TEXT NOT NULL, title TEXT NOT NULL, updated_at TEXT NOT NULL);
    CREATE TABLE IF NOT EXISTS messages (
      seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, chat_id TEXT NOT NULL,
      role TEXT NOT NULL, content TEXT NOT NULL, timestamp TEXT NOT NULL);
    CREATE INDEX IF NOT EXISTS messages_of_chat ON messages (chat_id, seq);
  `);
  const addUser = database.prepare('INSERT OR IGNORE INTO users (id) VALUES (?)');
  const findUser = database.prepare('SELECT id FROM users WHERE id = ?');
  const addChat = database.prepare(
    'INSERT INTO chats (id, user_id, title, updated_at) VALUES (?, ?, ?, ?)',
  );
  const findChat = database.prepare('SELECT id, title FROM chats WHERE id = ? AND user_id = ?');
  const touchChat = database.prepare('UPDATE chats SET title = ?, updated_at = ? WHERE id = ?');
  const addMessage = database.prepare(
    'INSERT INTO messages (id, chat_id, role, content, timestamp) VALUES (?, ?, ?, ?, ?)',
  );
  const listMessages = database.prepare(
    'SELECT id AS messageId, role, content, timestamp FROM messages WHERE chat_id = ? ORDER BY seq',
  );
  const now = () => new Date().toISOString();

  return {
    ensureUser: (id) => addUser.run(id),
    user: (id) => findUser.get(id),
    chat: (id, userId) => findChat.get(id, userId),
    messages: (chatId) => listMessages.all(chatId),
    createChat(userId) {
      const chat = { id: randomUUID(), title: 'New chat' };
      addChat.run(chat.id, userId, chat.title, now());
      return chat;
    },
    rename: (chat) => touchChat.run(chat.title, now(), chat.id),
    addMessage(chatId, role, content) {
      const message = { messageId: randomUUID(), role, content, timestamp: now() };
      addMessage.run(message.messageId, chatId, role, content, message.timestamp);
      return message;
    },
  };
}
