// Dialect B as its users know it: the events' names, their data, and the envelope around them.
// What the seed's documentation has not is optional here, so that its own examples of events are
// events; `frames.test.ts` holds the server's generated types to these.

import type { ClientErrorCode } from '../errors';
import type { Objective, ObjectiveProgress, ObjectiveUpdates } from '../../generated/wire';

export type { Difficulty, Milestone, Objective, ObjectiveStatus, ObjectiveUpdates } from '../../generated/wire';

export const WSEventType = {
  USER_MESSAGE: 'USER_MESSAGE',
  GENERATE_OBJECTIVE: 'GENERATE_OBJECTIVE',
  STOP_GENERATION: 'STOP_GENERATION',
  UPDATE_OBJECTIVE: 'UPDATE_OBJECTIVE',
  WATCH_CHAT: 'WATCH_CHAT',
  LIST_OBJECTIVES: 'LIST_OBJECTIVES',
  PING: 'PING',
  AI_THINKING: 'AI_THINKING',
  AI_MESSAGE_START: 'AI_MESSAGE_START',
  AI_MESSAGE_CHUNK: 'AI_MESSAGE_CHUNK',
  AI_MESSAGE_END: 'AI_MESSAGE_END',
  OBJECTIVE_PROGRESS: 'OBJECTIVE_PROGRESS',
  OBJECTIVE_GENERATED: 'OBJECTIVE_GENERATED',
  OBJECTIVE_UPDATED: 'OBJECTIVE_UPDATED',
  OBJECTIVE_DELETED: 'OBJECTIVE_DELETED',
  OBJECTIVES: 'OBJECTIVES',
  CHAT_WATCHED: 'CHAT_WATCHED',
  ERROR: 'ERROR',
  PONG: 'PONG',
} as const;
export type WSEventType = (typeof WSEventType)[keyof typeof WSEventType];

export interface MessageContext {
  /** The chat to write in; without it the service's own. */
  chatId?: string;
  [more: string]: unknown;
}

/** The `data` of each event from the client. */
export interface ClientEventData {
  USER_MESSAGE: { content: string; context?: MessageContext };
  GENERATE_OBJECTIVE: { prompt: string; difficulty?: string; category?: string };
  STOP_GENERATION: { messageId?: string };
  UPDATE_OBJECTIVE: { objectiveId: string; updates: ObjectiveUpdates };
  /** Look at a chat; with a message, go on with its running answer after `seq` pieces of that `revision`. */
  WATCH_CHAT: { chatId: string; messageId?: string; revision?: number; seq?: number };
  LIST_OBJECTIVES: Record<string, never>;
  PING: { timestamp?: number };
}
export type ClientEventType = keyof ClientEventData;

export interface ErrorEvent {
  code: ClientErrorCode;
  message: string;
  retryable: boolean;
  /** Finer than the code. */
  reason?: string;
  /** When to try again, in milliseconds from now. */
  retryAfter?: number;
  /** The answer that failed. */
  messageId?: string;
  /** The objective's generation that failed. */
  generationId?: string;
  /** The service itself will send it again. */
  willRetry?: boolean;
}

/** The `data` of each event from the server. */
export interface ServerEventData {
  AI_THINKING: { timestamp?: number; chatId?: string };
  AI_MESSAGE_START: { messageId: string; model?: string; chatId?: string; seq?: number; revision?: number };
  AI_MESSAGE_CHUNK: { messageId: string; content: string; isComplete?: boolean; seq?: number };
  AI_MESSAGE_END: {
    messageId: string;
    isComplete: boolean;
    /** `complete`, `user_cancelled`, `interrupted` or `error`. */
    stopReason?: string;
    /** The whole text. */
    content: string;
    chatId?: string;
  };
  OBJECTIVE_PROGRESS: ObjectiveProgress;
  OBJECTIVE_GENERATED: { objective: Objective; generationTime: number; generationId?: string };
  OBJECTIVE_UPDATED: { objective: Objective };
  OBJECTIVE_DELETED: { objectiveId: string };
  OBJECTIVES: { objectives: Objective[]; generating: ObjectiveProgress[] };
  CHAT_WATCHED: { chatId: string; title: string; messageId?: string };
  ERROR: ErrorEvent;
  PONG: { timestamp?: number };
}
export type ServerEventType = keyof ServerEventData;

export interface EnvelopeMetadata {
  userId?: string;
  sessionId?: string;
  /** The id of the client's envelope that this answers. */
  requestId?: string;
}

export interface Envelope<Type extends string, Data> {
  id: string;
  type: Type;
  /** Unix milliseconds. */
  timestamp: number;
  data: Data;
  metadata?: EnvelopeMetadata;
}

export type ServerEvent = { [T in ServerEventType]: Envelope<T, ServerEventData[T]> }[ServerEventType];
