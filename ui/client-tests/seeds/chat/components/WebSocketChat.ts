export { WebSocketChat } from '@parlor/client/react';
