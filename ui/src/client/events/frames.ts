// Events enter as unknown text and leave typed, or not at all. An event is checked for the fields
// that are relied on; whatever else it carries is let through untouched.

import { isRecord, readFrame, type Required } from '../read-frame';
import type { ServerEvent, ServerEventType } from './wire';

const REQUIRED: Record<ServerEventType, Required> = {
  AI_THINKING: {},
  AI_MESSAGE_START: { messageId: 'string' },
  AI_MESSAGE_CHUNK: { messageId: 'string', content: 'string' },
  AI_MESSAGE_END: { messageId: 'string' },
  OBJECTIVE_PROGRESS: { generationId: 'string', stage: 'string' },
  OBJECTIVE_GENERATED: { objective: 'object' },
  OBJECTIVE_UPDATED: { objective: 'object' },
  OBJECTIVE_DELETED: { objectiveId: 'string' },
  OBJECTIVES: { objectives: 'array', generating: 'array' },
  CHAT_WATCHED: { chatId: 'string' },
  ERROR: { message: 'string', code: 'string' },
  PONG: {},
};

/** `fault` hears of what no server should send; a type from the future is none. */
export function decodeEvent(text: unknown, fault?: (why: string) => void): ServerEvent | null {
  const frame = readFrame(text, REQUIRED, { garbled: (why) => fault?.(why) });
  if (frame === null) return null;
  const { metadata, ...envelope } = frame;
  // The one place where trust is declared; the fields relied on were just checked.
  return { ...envelope, ...(isRecord(metadata) && { metadata }) } as unknown as ServerEvent;
}
