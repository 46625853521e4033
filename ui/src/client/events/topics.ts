// What one can hear of the events service: the server's events by type, and its own news.

import type { WebSocketState } from '../attempt';
import type { ClientError } from '../errors';
import type { ServerEvent, ServerEventData } from './wire';

export interface TopicData extends ServerEventData {
  connected: Record<string, never>;
  disconnected: Record<string, never>;
  reconnecting: Record<string, never>;
  stateChange: WebSocketState;
  /** Every error as an object of its own, also those that no server sent. */
  error: ClientError;
}
export type Topic = keyof TopicData;

/** `event` is the whole envelope, where a server sent one. */
export type Handler<T extends Topic> = (data: TopicData[T], event?: ServerEvent) => void;
