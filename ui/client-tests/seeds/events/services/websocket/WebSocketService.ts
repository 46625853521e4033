export { getWebSocketService, WebSocketService } from '@parlor/client';
