// The rows of a thread: the finished turns, what waits to be sent, and the answer being written.

import type { Message, OpenChat, Running, Waiting } from '@/state/types';

export type Row =
  | { kind: 'message'; key: string; message: Message; last: boolean }
  | { kind: 'waiting'; key: string; entry: Waiting }
  | { kind: 'running'; key: string; running: Running };

export function rowsOf(open: OpenChat, waiting: Waiting[]): Row[] {
  const mine = waiting.filter((entry) => entry.chatId === open.chatId);
  const messages = beforeEdits(open.messages, mine);
  const rows: Row[] = messages.map((message, at) => ({
    kind: 'message',
    key: message.clientId ?? message.id,
    message,
    last: at === messages.length - 1 && open.running === null && mine.length === 0,
  }));
  if (open.running !== null) rows.splice(placeOf(open.running, messages), 0, { kind: 'running', key: open.running.id, running: open.running });
  for (const entry of mine) rows.push({ kind: 'waiting', key: entry.clientId, entry });
  return rows;
}

/** After its question: somebody may have written on while it is being answered. */
function placeOf(running: Running, messages: Message[]): number {
  const at = messages.findIndex((message) => message.id === running.parentId);
  return at < 0 ? messages.length : at + 1;
}

/** A waiting edit stands in the place of what it edits. */
function beforeEdits(messages: Message[], waiting: Waiting[]): Message[] {
  const edit = waiting.find((entry) => entry.parentId !== undefined && entry.error === undefined);
  if (edit === undefined) return messages;
  if (edit.parentId === null) return [];
  const at = messages.findIndex((message) => message.id === edit.parentId);
  return at < 0 ? messages : messages.slice(0, at + 1);
}
