// The events seed's basic hook: the page's one connection, and what one does with it.

import { useEffect, useState, useSyncExternalStore } from 'react';
import {
  getWebSocketService,
  type Handler,
  type MessageContext,
  type ObjectiveUpdates,
  type Topic,
  type WebSocketService,
  type WebSocketServiceOptions,
  type WebSocketState,
} from '@parlor/client';

export interface UseWebSocket {
  isConnected: boolean;
  connectionState: WebSocketState;
  /** Events that wait to be sent or confirmed. */
  queueSize: number;
  /** Sends now, or when the line is back; gives the message's id. */
  sendMessage(content: string, context?: MessageContext): string;
  /** Hears events; gives back how to stop. */
  on<T extends Topic>(topic: T, handler: Handler<T>): () => void;
  /** Gives the id that `stopGeneration` takes. */
  generateObjective(prompt: string, options?: { difficulty?: string; category?: string }): string;
  updateObjective(objectiveId: string, updates: ObjectiveUpdates): string;
  /** Stops an answer or a generation; without an id all that this page asked for. */
  stopGeneration(id?: string): void;
  ws: WebSocketService;
}

/** What a page calls again and again keeps its identity, so that effects may depend on it. */
function bound(ws: WebSocketService) {
  return {
    ws,
    sendMessage: ws.sendMessage.bind(ws),
    on: ws.on.bind(ws) as UseWebSocket['on'],
    generateObjective: ws.generateObjective.bind(ws),
    updateObjective: ws.updateObjective.bind(ws),
    stopGeneration: (id?: string) => ws.stopGeneration(typeof id === 'string' ? id : undefined),
  };
}

const tools = new WeakMap<WebSocketService, ReturnType<typeof bound>>();

function toolsOf(ws: WebSocketService): ReturnType<typeof bound> {
  let made = tools.get(ws);
  if (made === undefined) tools.set(ws, (made = bound(ws)));
  return made;
}

/** Connects the page, once for all that use it. Options count where they are first given. */
export function useWebSocket(options?: WebSocketServiceOptions): UseWebSocket {
  const [ws] = useState(() => getWebSocketService(options));
  const token = options?.token;
  useEffect(() => {
    if (token !== undefined) ws.configure({ token });
    void ws.connect();
  }, [ws, token]);
  const connectionState = useSyncExternalStore(
    (tell) => ws.changes.on(tell),
    () => ws.connectionState,
    () => 'disconnected' as const,
  );
  const queueSize = useSyncExternalStore(
    (tell) => ws.changes.on(tell),
    () => ws.queueSize,
    () => 0,
  );
  return { ...toolsOf(ws), connectionState, queueSize, isConnected: connectionState === 'connected' };
}
