// The chat seed's hook: a connection of its own, one chat at a time.

import { useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { WebSocketChatService, type ChatMessage, type ChatSnapshot, type ClientError, type WebSocketChatOptions } from '@parlor/client';

export interface UseWebSocketChatOptions extends WebSocketChatOptions {
  /** The chat to begin with. */
  chatId?: string | undefined;
  /** Somebody said something: a person, or the assistant to its end. */
  onMessage?: ((message: ChatMessage) => void) | undefined;
  onError?: ((error: ClientError) => void) | undefined;
}

export interface UseWebSocketChat extends ChatSnapshot {
  sendMessage(message: string): string;
  createChat(title?: string): string;
  joinChat(chatId: string): void;
  /** Ends the answer being written. */
  stop(): void;
  /** Messages that wait to be sent or confirmed. */
  queueSize: number;
  service: WebSocketChatService;
}

export function useWebSocketChat(options: UseWebSocketChatOptions = {}): UseWebSocketChat {
  const { chatId, onMessage, onError, ...settings } = options;
  const { token, url } = settings;
  const [service] = useState(() => new WebSocketChatService(settings));
  const [functions] = useState(() => ({
    sendMessage: (message: string) => service.sendMessage(message),
    createChat: (title?: string) => service.createChat(typeof title === 'string' ? title : undefined),
    joinChat: (id: string) => service.joinChat(id),
    stop: () => service.stop(),
  }));
  const heard = useRef({ onMessage, onError });
  useEffect(() => {
    heard.current = { onMessage, onError };
  });
  useEffect(() => {
    const stops = [
      service.on('message', (message) => heard.current.onMessage?.(message)),
      service.on('error', (error) => heard.current.onError?.(error)),
    ];
    return () => stops.forEach((stop) => stop());
  }, [service]);
  useEffect(() => {
    if (chatId !== undefined) service.joinChat(chatId);
  }, [service, chatId]);
  useEffect(() => {
    service.configure({ token, url });
    void service.connect();
    return () => service.disconnect();
  }, [service, token, url]);
  const snapshot = useSyncExternalStore(service.subscribe, service.snapshot, service.snapshot);
  return { ...snapshot, ...functions, queueSize: service.queueSize, service };
}
