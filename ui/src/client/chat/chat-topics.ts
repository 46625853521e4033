// What one can hear of the chat service: the server's frames by type, and its own news.

import type { WebSocketState } from '../attempt';
import type { ClientError } from '../errors';
import type { ServerData } from '../wire';
import type { ChatMessage } from './chat-message';

export interface ChatTopicData extends Omit<ServerData, 'error'> {
  /** Somebody said something in the chat shown: a person, or the assistant to its end. */
  message: ChatMessage;
  /** What went wrong, on the server or on the way there. */
  error: ClientError;
  state: WebSocketState;
}
export type ChatTopic = keyof ChatTopicData;
