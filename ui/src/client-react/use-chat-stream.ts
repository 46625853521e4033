// The events seed's advanced hook: the talk with the assistant, growing.

import { useSyncExternalStore } from 'react';
import { chatStreamOf, type MessageContext, type StreamMessage, type WebSocketServiceOptions } from '@parlor/client';
import { useWebSocket } from './use-web-socket';

export interface UseChatStream {
  messages: readonly StreamMessage[];
  isAIThinking: boolean;
  isAIStreaming: boolean;
  /** Shown at once, sent now or when the line is back; gives the message's id. */
  sendUserMessage(content: string, context?: MessageContext): string;
  stopCurrentStreaming(): void;
  clearMessages(): void;
  isConnected: boolean;
}

const NOTHING = { messages: [], isAIThinking: false, isAIStreaming: false };

export function useChatStream(options?: WebSocketServiceOptions): UseChatStream {
  const { ws, isConnected } = useWebSocket(options);
  const stream = chatStreamOf(ws);
  const snapshot = useSyncExternalStore(stream.subscribe, stream.snapshot, () => NOTHING);
  return {
    ...snapshot,
    isConnected,
    sendUserMessage: stream.send,
    stopCurrentStreaming: stream.stop,
    clearMessages: stream.clear,
  };
}
