export { useWebSocketChat } from '@parlor/client/react';
