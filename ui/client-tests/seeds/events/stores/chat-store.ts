export { useChatStore } from '@parlor/client/react';
