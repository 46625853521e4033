export { WSEventType, type ServerEvent } from '@parlor/client';
