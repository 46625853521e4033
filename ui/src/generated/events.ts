// Generated from src-tauri/crates/chat-protocol by `cargo xtask types`. Do not edit.
// What the fields mean, with an example of every frame: src-tauri/PROTOCOL.md.

import type {
  Difficulty,
  ErrorData,
  ObjectiveDeleted,
  ObjectiveGenerated,
  ObjectiveProgress,
  ObjectiveUpdated,
  Objectives,
  Pong,
  UpdateObjective,
} from './wire';

/** The `data` of each `type` of frame that a client of dialect B sends. */
export interface ClientEventData {
  USER_MESSAGE: UserMessage;
  GENERATE_OBJECTIVE: GenerateObjectiveEvent;
  STOP_GENERATION: StopGeneration;
  UPDATE_OBJECTIVE: UpdateObjective;
  PING: PingEvent;
  WATCH_CHAT: WatchChat;
  LIST_OBJECTIVES: NoData;
}

/** A frame that a client of dialect B sends. */
export type ClientEventFrame = {
  [T in keyof ClientEventData]: { id?: string | number; type: T; timestamp?: number; data: ClientEventData[T] };
}[keyof ClientEventData];

/** The `data` of each `type` of frame that the server sends in dialect B. */
export interface ServerEventData {
  AI_THINKING: AiThinking;
  AI_MESSAGE_START: AiMessageStart;
  AI_MESSAGE_CHUNK: AiMessageChunk;
  AI_MESSAGE_END: AiMessageEnd;
  OBJECTIVE_PROGRESS: ObjectiveProgress;
  OBJECTIVE_GENERATED: ObjectiveGenerated;
  OBJECTIVE_UPDATED: ObjectiveUpdated;
  OBJECTIVE_DELETED: ObjectiveDeleted;
  OBJECTIVES: Objectives;
  CHAT_WATCHED: ChatWatched;
  ERROR: ErrorData;
  PONG: Pong;
}

/** A frame that the server sends in dialect B. */
export type ServerEventFrame = {
  [T in keyof ServerEventData]: { id: string; timestamp: number; type: T; data: ServerEventData[T]; metadata: EventMetadata };
}[keyof ServerEventData];

/** More of an answer. */
export type AiMessageChunk = {
  messageId: string;
  content: string;
  /** Always false. */
  isComplete: boolean;
  /** The number of pieces after it: where to resume. */
  seq: number;
};

/** The end of an answer. */
export type AiMessageEnd = {
  messageId: string;
  isComplete: boolean;
  stopReason: StopReason;
  /** The whole text. */
  content: string;
  chatId: string;
};

/** An answer begins. */
export type AiMessageStart = {
  messageId: string;
  /** The provider's name of the model; `guide` where there is no model. */
  model: string;
  chatId: string;
  /** Pieces of it that are already with the client: 0 but after `WATCH_CHAT` with a `seq`. */
  seq: number;
  /** What `seq` counts belongs to: an answer that is gone on with has a greater one. */
  revision: number;
};

/** A message was accepted and is durable; its answer is on its way. */
export type AiThinking = {
  /** When it was accepted, in milliseconds since 1970. */
  timestamp: number;
  chatId: string;
};

/** A chat is looked at; its news follow. */
export type ChatWatched = {
  chatId: string;
  title: string;
  /** The running answer, whose events follow. */
  messageId?: string;
};

/** Have the model make an objective; the envelope's `id` becomes its `generationId`. */
export type GenerateObjectiveEvent = {
  /** In the words of the person, at most 8000 characters. */
  prompt: string;
  difficulty?: Difficulty | null;
  /** At most 100 characters. */
  category?: string | null;
};

/** What a message belongs to. Other fields are let pass. */
export type MessageContext = {
  /** Absent is the connection's own chat. */
  chatId?: string | null;
};

/** The data of an event that says all by its type. */
export type NoData = Record<string, never>;

/** Be answered at once. */
export type PingEvent = {
  /** Comes back as it is. */
  timestamp?: number;
};

/** End an answer or the making of an objective. */
export type StopGeneration = {
  /** A `messageId`, a `generationId`, or the envelope's `id` of what asked for it; absent is
   * all that this connection asked for. */
  messageId?: string | null;
};

/** Why an answer ended. */
export type StopReason = "complete" | "user_cancelled" | "interrupted" | "error";

/** Say something and be answered. */
export type UserMessage = {
  /** Markdown. */
  content: string;
  context?: MessageContext;
};

/** Look at a chat without saying anything, and follow what is running in it. */
export type WatchChat = {
  chatId: string;
  /** The answer that the client has a part of. */
  messageId?: string | null;
  /** The one that its `AI_MESSAGE_START` had; without it `seq` counts for nothing. */
  revision?: number;
  /** The number of its pieces that the client has. */
  seq?: number;
};

/** Whose connection a frame of dialect B is for, and the `id` of the frame that it answers. */
export type EventMetadata = {
  userId: string;
  sessionId: string;
  requestId?: string;
};
