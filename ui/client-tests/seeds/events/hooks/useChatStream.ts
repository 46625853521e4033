export { useChatStream } from '@parlor/client/react';
