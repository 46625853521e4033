// `@parlor/client`: everything without a framework. Nothing here imports from outside this folder
// but generated types, so that the published file imports nothing at all.

export { ClientError, type ClientErrorCode, type Fault, type LocalErrorCode } from './errors';
export { RequestError } from './requests';
export { configureClient, type ClientSettings, type TokenSource } from './settings';
export type { SocketConstructor, SocketLike } from './socket';
export type { WebSocketState } from './attempt';

export { WebSocketChatService, type ChatSnapshot, type WebSocketChatOptions } from './chat/web-socket-chat-service';
export type { ChatMessage } from './chat/chat-message';
export type { ChatTopic, ChatTopicData } from './chat/chat-topics';

export { WebSocketService, type WebSocketServiceOptions } from './events/web-socket-service';
export { closeWebSocketServices, getWebSocketService } from './events/shared-service';
export { ChatStream, chatStreamOf, type ChatStreamSnapshot, type StreamMessage } from './events/chat-stream';
export { chatStore, type ChatStoreState, type Conversation, type ConversationMessage } from './events/conversations';
export type { Handler, Topic, TopicData } from './events/topics';
export {
  WSEventType,
  type ClientEventData,
  type ClientEventType,
  type Difficulty,
  type EnvelopeMetadata,
  type ErrorEvent,
  type MessageContext,
  type Milestone,
  type Objective,
  type ObjectiveStatus,
  type ObjectiveUpdates,
  type ServerEvent,
  type ServerEventData,
  type ServerEventType,
} from './events/wire';

export { createStore, type Store } from './store';
export { Metrics, type MetricsSnapshot, type Sample, type Series, type Sizes } from './metrics';
export { measureChat } from './measure';
export { localStorageStore, memoryStore, openOutboxStore, type OutboxStore } from './outbox-store';

// The core that both services stand on, for clients of another kind.
export { Connection, type ConnectionOptions } from './connection';
export { Line, type Dialect, type LineOptions } from './line';
export { Outbox, type OutboxLimit, type OutboxPort, type Refusal } from './outbox';
export { Requests } from './requests';
export { emptyChat, reduceChat, type Reduced } from './reduce-chat';
export { RunningText, type RunningSnapshot } from './running-text';
export type { ConnectionState, Message, OpenChat, OutboxEntry, Running, Waiting } from './model';
export type { ClientData, ClientType, ErrorCode, Reason, ServerData, ServerFrame, ServerType } from './wire';
