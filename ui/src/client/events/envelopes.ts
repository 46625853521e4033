// What is kept of an event until the server has it, and which of the server's events says so.

import { makeId } from '../ids';
import type { OutboxEntry } from '../model';
import type { ServerEvent, ServerEventType } from './wire';

/** An event in the outbox; its id is the envelope's, so that sending it again is safe. */
export interface QueuedEvent extends OutboxEntry {
  type: string;
  data: unknown;
}


/** The answers that prove that the server has an event, the usual one first. Of other types none is known. */
const PROOF: Record<string, readonly ServerEventType[]> = {
  USER_MESSAGE: ['AI_THINKING', 'AI_MESSAGE_START', 'AI_MESSAGE_END'],
  GENERATE_OBJECTIVE: ['OBJECTIVE_GENERATED'],
  UPDATE_OBJECTIVE: ['OBJECTIVE_UPDATED'],
};

let last = 0;

export function makeEntry(type: string, data: unknown, now: number): QueuedEvent {
  last = Math.max(last + 1, now); // stores sort by it, so no two may share one
  const clientId = makeId('e-');
  return { clientId, chatId: laneOf(type, data, clientId), createdAt: last, attempts: 0, type, data };
}

/** Not for later: what it is about is over when the line is back. */
export function isFleeting(type: string, data: unknown): boolean {
  if (type === 'STOP_GENERATION') return (data as { messageId?: string } | null)?.messageId === undefined;
  return type === 'PING' || type === 'WATCH_CHAT';
}

export const isProvable = (type: string) => Object.hasOwn(PROOF, type);

/** The chat that a message names itself. */
export function chatOf({ data }: QueuedEvent): string | undefined {
  return (data as { context?: { chatId?: string } } | null)?.context?.chatId;
}

/** `chatId` is where a message goes that names no chat. */
export function encodeEntry(entry: QueuedEvent, chatId?: string): string {
  const { clientId: id, type, createdAt: timestamp, data } = entry;
  if (type !== 'USER_MESSAGE' || chatId === undefined || chatOf(entry) !== undefined) {
    return JSON.stringify({ id, type, timestamp, data });
  }
  const message = data as { context?: object };
  return JSON.stringify({ id, type, timestamp, data: { ...message, context: { ...message.context, chatId } } });
}

/** Events of one lane go in order, each when the one before has arrived. */
function laneOf(type: string, data: unknown, id: string): string {
  const field = (name: string) => (data as Record<string, unknown> | null)?.[name];
  if (type === 'USER_MESSAGE') return 'chat';
  return type === 'UPDATE_OBJECTIVE' ? `objective ${String(field('objectiveId'))}` : id;
}

/**
 * The entry that an event answers, by the id it names. The seed's own servers name none; from one
 * that never did, the first word about a kind is taken for the oldest of that kind (`guess`).
 */
export function answered(event: ServerEvent, entries: readonly QueuedEvent[], guess: boolean): QueuedEvent | undefined {
  const id = event.metadata?.requestId;
  if (id !== undefined) return entries.find((entry) => entry.clientId === id);
  if (!guess) return undefined;
  const matches = ({ type }: QueuedEvent) =>
    event.type === 'ERROR' ? event.data.messageId === undefined : PROOF[type]?.[0] === event.type;
  return entries.find((entry) => entry.attempts > 0 && entry.error === undefined && matches(entry));
}

/** Whether this answer is the last word on it: an objective is waited for, a message is not. */
export function settles(event: ServerEvent, entry: QueuedEvent): boolean {
  if (PROOF[entry.type]?.includes(event.type) === true) return true;
  return event.type === 'OBJECTIVE_PROGRESS' && event.data.stage === 'cancelled';
}
