// Frames enter as unknown text and leave typed, or not at all. A frame is checked for the fields
// that the UI relies on; whatever else it carries is let through untouched.

import { readFrame, type Kind } from './read-frame';
import type { ServerFrame, ServerType } from './wire';

const MESSAGE: Record<string, Kind> = {
  messageId: 'string',
  chatId: 'string',
  role: 'string',
  content: 'string',
  timestamp: 'string',
};
const TOKEN: Record<string, Kind> = {
  token: 'string',
  messageId: 'string',
  chatId: 'string',
  seq: 'number',
};

const REQUIRED: Record<ServerType, Record<string, Kind>> = {
  connected: {},
  authenticated: { userId: 'string', name: 'string', role: 'string' },
  chat_joined: { chatId: 'string', messages: 'array', chat: 'object', epoch: 'string', revision: 'number' },
  chat_created: { chatId: 'string', chat: 'object' },
  user_message: MESSAGE,
  assistant_message_start: { messageId: 'string', chatId: 'string', seq: 'number' },
  assistant_message_token: TOKEN,
  assistant_message_reasoning: TOKEN,
  assistant_message_complete: MESSAGE,
  error: { message: 'string', code: 'string' },
  chats: { chats: 'array', removed: 'array', running: 'array', revision: 'number', epoch: 'string' },
  chat_updated: { chat: 'object', revision: 'number' },
  chat_deleted: { chatId: 'string', revision: 'number' },
  chat_activity: { chatId: 'string', messageId: 'string', running: 'boolean' },
  settings: {},
  estimate: { promptTokens: 'number', answerTokens: 'number', currency: 'string' },
  usage: { today: 'object', month: 'object', limits: 'array', currency: 'string' },
  models: { models: 'array', problems: 'array' },
  providers: { providers: 'array' },
  providers_found: { found: 'array' },
  provider_tested: { models: 'array' },
  objectives: { objectives: 'array', generating: 'array' },
  objective_progress: { generationId: 'string', stage: 'string' },
  objective_generated: { objective: 'object', generationId: 'string' },
  objective_updated: { objective: 'object' },
  objective_deleted: { objectiveId: 'string' },
  pong: {},
  draining: {},
};

const reported = new Set<string>();
/** A server that makes up types must not fill the memory with them. */
const MOST_REPORTS = 100;

function report(what: string): void {
  // Once per kind: a newer server may send thousands of a frame that this UI does not know.
  if (!reported.has(what) && reported.size < MOST_REPORTS) {
    reported.add(what);
    console.warn(`ignored a frame: ${what}`);
  }
}

/** `fault` hears of what no server should send; a type from the future is none. */
export function decodeFrame(text: unknown, fault?: (why: string) => void): ServerFrame | null {
  const frame = readFrame(text, REQUIRED, {
    garbled(why) {
      fault?.(why);
      report(why);
    },
    unknown: (type) => report(`unknown type ${type.slice(0, 80)}`),
  });
  // The one place where trust is declared; the fields relied on were just checked.
  return frame as ServerFrame | null;
}
