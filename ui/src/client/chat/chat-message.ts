// A message as the chat seed's page shows it.

import type { OpenChat, Waiting } from '../model';
import { placeOfRunning } from '../running-place';
import type { WireMessage } from '../wire';

export interface ChatMessage {
  id: string;
  messageId: string;
  role: 'user' | 'assistant' | 'system';
  content: string;
  /** ISO 8601. */
  timestamp: string;
  /** `queued` and `refused` are this device's own: not yet, or not to be, sent. */
  status: 'queued' | 'refused' | 'running' | 'complete' | 'stopped' | 'interrupted' | 'failed';
  /** Why it was refused or failed. */
  error?: string;
}

export function toChatMessage({ messageId, role, content, timestamp, status, failure }: WireMessage): ChatMessage {
  const error = failure === undefined ? {} : { error: failure.message };
  return { id: messageId, messageId, role, content, timestamp, status, ...error };
}

function waitingMessage({ clientId, content, createdAt, error }: Waiting): ChatMessage {
  const base = { id: clientId, messageId: clientId, role: 'user', content, timestamp: new Date(createdAt).toISOString() } as const;
  return error === undefined ? { ...base, status: 'queued' } : { ...base, status: 'refused', error: error.message };
}

/** What was said in the chat, then what waits to be said there. */
export function shownMessages(chat: OpenChat | null, waiting: readonly Waiting[]): ChatMessage[] {
  if (chat === null) return [];
  const said = chat.messages.map(({ id, role, content, timestamp, status, failure }) => {
    const error = failure === undefined ? {} : { error: failure.message };
    return { id, messageId: id, role, content, timestamp, status, ...error };
  });
  const known = new Set(chat.messages.map(({ clientId }) => clientId));
  const own = waiting.filter(({ chatId, clientId }) => chatId === chat.chatId && !known.has(clientId));
  return [...said, ...own.map(waitingMessage)];
}

/** The message that the answer being written stands after, among those shown. */
export function streamingAfter(chat: OpenChat | null): string | null {
  if (chat === null || chat.running === null) return null;
  return chat.messages[placeOfRunning(chat.running, chat.messages) - 1]?.id ?? null;
}
