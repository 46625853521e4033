export { useWebSocket } from '@parlor/client/react';
