// What a client knows: how its connection stands, the chat it has open, and what it has yet to
// send. Plain data; `reduce-chat.ts` says what a frame changes of it.

import type { Failure, MessageStatus } from './wire';

export type ConnectionState =
  | { kind: 'connecting' }
  | { kind: 'online' }
  | { kind: 'reconnecting'; attempt: number; retryAt: number }
  | { kind: 'offline' }
  | { kind: 'signed-out'; reason: 'no-account' | 'token-refused' | 'signed-out' }
  | { kind: 'draining' };

/** A finished message of the branch shown. */
export interface Message {
  id: string;
  parentId: string | null;
  role: 'user' | 'assistant';
  content: string;
  timestamp: string;
  status: MessageStatus;
  revision: number;
  clientId?: string;
  reasoning?: string;
  model?: string;
  finishedAt?: string;
  failure?: Failure;
  /** How long it thought before its first word, if this device saw it. */
  thoughtMs?: number;
  /** When the server said that another try makes sense. */
  retryAt?: number;
  /** The alternatives at this place, oldest first, this one included. */
  siblingIds: string[];
  /** Who wrote it, where several people did or may. */
  author?: { userId: string; name: string };
}

/** The answer being written. Its text lives in a `RunningText`, since it grows many times a second. */
export interface Running {
  id: string;
  parentId: string | null;
  startedAt: number;
  siblingIds: string[];
}

/** One chat as it is open on the screen. */
export interface OpenChat {
  chatId: string;
  loaded: boolean;
  epoch: string | null;
  revision: number;
  messages: Message[];
  running: Running | null;
  /** Something of it is missing here that only a reading of the whole chat brings. */
  hasGap?: boolean;
  /**
   * Another branch is shown elsewhere, ending with a message that is not here: the line was right
   * as of `from` at the latest, whatever was told of its messages since.
   */
  moved?: { leafId: string; from: number };
  /** The revision of the last reading of the whole chat: of an answer begun before, it says nothing. */
  wholeAt?: number;
  /** The answer that was being written when the chat was read, and its alternatives if they are known here. */
  joinedInto?: { id: string; siblingIds: string[] | null };
}

/** What this device has and the server has not yet confirmed. */
export interface OutboxEntry {
  clientId: string;
  /** Entries of one chat go in order. */
  chatId: string;
  createdAt: number;
  attempts: number;
  /** Refused by the server: stays here, with its reason, until the person decides. */
  error?: {
    reason: string;
    message: string;
    /** When it would be accepted, where the server says that it is long until then. */
    retryAt?: number;
  };
}

/** A message of a chat that waits to be sent. */
export interface Waiting extends OutboxEntry {
  /** Absent: after whatever is last. */
  parentId?: string | null;
  content: string;
  /** It begins a chat that the server may not know yet. */
  begins?: boolean;
}
