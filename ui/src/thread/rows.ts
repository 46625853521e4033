// The rows of a thread: the finished turns, what waits to be sent, and the answer being written.

import { placeOfRunning } from '@/client/running-place';
import type { Message, OpenChat, Running, Waiting } from '@/state/types';

export type Row =
  | { kind: 'message'; key: string; message: Message; last: boolean }
  | { kind: 'waiting'; key: string; entry: Waiting }
  | { kind: 'running'; key: string; running: Running };

export function rowsOf(open: OpenChat, waiting: Waiting[]): Row[] {
  const mine = waiting.filter((entry) => entry.chatId === open.chatId);
  const messages = beforeEdits(open, mine);
  const { running } = open;
  const isWhole = messages.length === open.messages.length;
  const rows: Row[] = messages.map((message, at) => ({
    kind: 'message',
    key: message.clientId ?? message.id,
    message,
    last: at === messages.length - 1 && running === null && mine.length === 0,
  }));
  // An answer goes from the screen with its question.
  if (running !== null && (isWhole || messages.some(({ id }) => id === running.parentId))) {
    rows.splice(placeOfRunning(running, messages), 0, { kind: 'running', key: running.id, running });
  }
  for (const entry of mine) rows.push({ kind: 'waiting', key: entry.clientId, entry });
  return rows;
}

/** A waiting edit stands in the place of what it edits, which may go on from the answer being written. */
function beforeEdits({ messages, running }: OpenChat, waiting: Waiting[]): Message[] {
  const edit = waiting.find((entry) => entry.parentId !== undefined && entry.error === undefined);
  if (edit === undefined) return messages;
  if (edit.parentId === null) return [];
  const parentId = running !== null && edit.parentId === running.id ? running.parentId : edit.parentId;
  const at = messages.findIndex((message) => message.id === parentId);
  return at < 0 ? messages : messages.slice(0, at + 1);
}
