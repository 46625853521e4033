// The words of the ready chat component.

export interface WebSocketChatLabels {
  chat: string;
  messages: string;
  you: string;
  assistant: string;
  typing: string;
  field: string;
  send: string;
  stop: string;
  queued: string;
  refused: string;
  failed: string;
  stopped: string;
  retry: string;
  connected: string;
  connecting: string;
  reconnecting: string;
  disconnected: string;
}

export const LABELS: WebSocketChatLabels = {
  chat: 'Chat',
  messages: 'Messages',
  you: 'You',
  assistant: 'Assistant',
  typing: 'The assistant is typing…',
  field: 'Write a message',
  send: 'Send',
  stop: 'Stop',
  queued: 'Waits to be sent',
  refused: 'Not sent',
  failed: 'The answer failed',
  stopped: 'Stopped',
  retry: 'Try again',
  connected: 'Connected',
  connecting: 'Connecting…',
  reconnecting: 'Connection lost; trying again…',
  disconnected: 'Not connected',
};
