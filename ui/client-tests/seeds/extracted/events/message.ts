import type { ServerEvent } from '@/services/websocket/types';
export const message: ServerEvent = (// Message standard
{
  id: "unique-id",
  type: "AI_MESSAGE_CHUNK",
  timestamp: 1234567890,
  data: {
    messageId: "msg-123",
    content: "Voici ",
    isComplete: false
  },
  metadata: {
    userId: "user-456",
    sessionId: "session-789"
  }
}
);
