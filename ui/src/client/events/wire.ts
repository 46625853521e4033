// Dialect B as its users know it: the events' names, their data, and the envelope around them.

import type { ClientErrorCode } from '../errors';

export const WSEventType = {
  USER_MESSAGE: 'USER_MESSAGE',
  GENERATE_OBJECTIVE: 'GENERATE_OBJECTIVE',
  STOP_GENERATION: 'STOP_GENERATION',
  UPDATE_OBJECTIVE: 'UPDATE_OBJECTIVE',
  WATCH_CHAT: 'WATCH_CHAT',
  PING: 'PING',
  AI_THINKING: 'AI_THINKING',
  AI_MESSAGE_START: 'AI_MESSAGE_START',
  AI_MESSAGE_CHUNK: 'AI_MESSAGE_CHUNK',
  AI_MESSAGE_END: 'AI_MESSAGE_END',
  OBJECTIVE_PROGRESS: 'OBJECTIVE_PROGRESS',
  OBJECTIVE_GENERATED: 'OBJECTIVE_GENERATED',
  OBJECTIVE_UPDATED: 'OBJECTIVE_UPDATED',
  OBJECTIVE_DELETED: 'OBJECTIVE_DELETED',
  ERROR: 'ERROR',
  PONG: 'PONG',
} as const;
export type WSEventType = (typeof WSEventType)[keyof typeof WSEventType];

export type Difficulty = 'beginner' | 'intermediate' | 'advanced';
export type ObjectiveStatus = 'active' | 'completed' | 'archived';

export interface Milestone {
  id: string;
  title: string;
  description?: string;
  completed: boolean;
  /** `2026-12-31` or ISO 8601. */
  dueDate?: string;
}

export interface Objective {
  id: string;
  title: string;
  description: string;
  category: string;
  difficulty: Difficulty;
  status: ObjectiveStatus;
  /** 0 to 100. */
  progress: number;
  milestones: Milestone[];
  /** The chat that discusses it. */
  chatId?: string;
  createdAt: string;
  updatedAt: string;
}

/** What may be changed. Milestones: the whole new list, or changes of known ones alone. */
export type ObjectiveUpdates = Partial<
  Pick<Objective, 'title' | 'description' | 'category' | 'difficulty' | 'status' | 'progress'>
> & { milestones?: Partial<Milestone>[] };

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
  /** Look at a chat; with a message, go on with its running answer after `seq` pieces. */
  WATCH_CHAT: { chatId: string; messageId?: string; seq?: number };
  PING: { timestamp: number };
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
  AI_MESSAGE_START: { messageId: string; model?: string; chatId?: string; seq?: number };
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
  OBJECTIVE_PROGRESS: {
    generationId: string;
    /** `thinking`, `writing`, `repairing`, `cancelled` or `failed`. */
    stage: string;
    prompt?: string;
    characters?: number;
    title?: string;
    milestones?: number;
  };
  OBJECTIVE_GENERATED: { objective: Objective; generationTime: number; generationId?: string };
  OBJECTIVE_UPDATED: { objective: Objective };
  OBJECTIVE_DELETED: { objectiveId: string };
  ERROR: ErrorEvent;
  PONG: { timestamp: number };
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
