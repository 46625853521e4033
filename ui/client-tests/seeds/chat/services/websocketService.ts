export { WebSocketChatService } from '@parlor/client';
