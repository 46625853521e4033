// `@parlor/client/react`: hooks and components over `@parlor/client`.
'use client';

export { useWebSocket, type UseWebSocket } from './use-web-socket';
export { useChatStream, type UseChatStream } from './use-chat-stream';
export { useChatStore } from './use-chat-store';
export { useStore } from './use-store';
export { useMetrics } from './use-metrics';
export { useWebSocketChat, type UseWebSocketChat, type UseWebSocketChatOptions } from './use-web-socket-chat';
export { WebSocketChat, type WebSocketChatLabels, type WebSocketChatProps } from './web-socket-chat';
export { WebSocketMonitor } from './web-socket-monitor';
