// The frames of dialect A as TypeScript sees them: what PROTOCOL.md says, nothing more. Optional
// fields are absent on the wire, never `undefined` on purpose.

export type Role = 'user' | 'assistant';
export type MessageStatus = 'complete' | 'stopped' | 'interrupted' | 'failed';
export type TitleSource = 'placeholder' | 'model' | 'person';
export type ErrorCode =
  | 'RATE_LIMIT'
  | 'INVALID_MESSAGE'
  | 'AUTH_FAILED'
  | 'GENERATION_FAILED'
  | 'TIMEOUT'
  | 'SERVER_ERROR';
export type KeyState = 'none' | 'keyring' | 'environment' | 'session';

export interface Failure {
  code: ErrorCode;
  reason: string;
  message: string;
  retryable: boolean;
}

export interface WireMessage {
  messageId: string;
  chatId: string;
  parentId: string | null;
  role: Role;
  content: string;
  timestamp: string;
  status: MessageStatus;
  revision: number;
  clientId?: string;
  reasoning?: string;
  model?: string;
  finishedAt?: string;
  failure?: Failure;
  siblingIds?: string[];
}

export interface WireChat {
  chatId: string;
  title: string;
  titleSource: TitleSource;
  pinned: boolean;
  model: string | null;
  systemPrompt: string | null;
  temperature: number | null;
  leafId: string | null;
  createdAt: string;
  updatedAt: string;
  revision: number;
}

export interface WireModel {
  id: string;
  provider: string;
  name: string;
}

export interface ModelProblem {
  reason: string;
  message: string;
}

export interface WireProvider {
  providerId: string;
  name: string;
  baseUrl: string;
  defaultModel: string | null;
  key: KeyState;
  fixed: boolean;
  active: boolean;
}

export interface FoundProvider {
  providerId: string;
  name: string;
  baseUrl: string;
  models: string[];
}

export interface WireSettings {
  model: string | null;
  systemPrompt: string | null;
  temperature: number | null;
  welcomed: boolean;
}

export interface WireError {
  message: string;
  code: ErrorCode;
  retryable: boolean;
  reason?: string;
  retryAfter?: number;
  chatId?: string;
  messageId?: string;
}

export interface ServerData {
  connected: { message: string };
  authenticated: { userId: string; name: string; role: string };
  chat_joined: {
    chatId: string;
    title: string;
    messages: WireMessage[];
    chat: WireChat;
    epoch: string;
    revision: number;
    running?: { messageId: string; seq: number };
    resumed?: boolean;
  };
  chat_created: { chatId: string; title: string; chat: WireChat };
  user_message: WireMessage;
  assistant_message_start: {
    message: string;
    messageId: string;
    chatId: string;
    parentId: string | null;
    timestamp: string;
    seq: number;
  };
  assistant_message_token: { token: string; messageId: string; chatId: string; seq: number };
  assistant_message_reasoning: { token: string; messageId: string; chatId: string; seq: number };
  assistant_message_complete: WireMessage;
  error: WireError;
  chats: {
    chats: WireChat[];
    removed: string[];
    running: { chatId: string; messageId: string }[];
    revision: number;
    epoch: string;
    whole: boolean;
  };
  chat_updated: { chat: WireChat; revision: number };
  chat_deleted: { chatId: string; revision: number };
  chat_activity: { chatId: string; messageId: string; running: boolean };
  settings: WireSettings;
  models: { models: WireModel[]; problems: ModelProblem[] };
  providers: { providers: WireProvider[] };
  providers_found: { found: FoundProvider[] };
  provider_tested: { models: WireModel[] };
  pong: { timestamp: number };
  draining: { message: string };
}

export type ServerType = keyof ServerData;
export type ServerFrame = {
  [T in ServerType]: { type: T; ref?: string; data: ServerData[T] };
}[ServerType];

export interface ClientData {
  join_chat: {
    token?: string;
    chatId?: string;
    resume?: { epoch: string; revision: number; messageId?: string; seq?: number };
  };
  create_chat: { token?: string; chatId?: string; title?: string };
  message: { message: string; clientId?: string; chatId?: string; parentId?: string | null };
  stop: { messageId?: string };
  regenerate: { messageId: string; model?: string };
  continue: { messageId: string };
  watch_chats: { since?: number };
  update_chat: {
    chatId: string;
    title?: string;
    pinned?: boolean;
    model?: string | null;
    systemPrompt?: string | null;
    temperature?: number | null;
    leafId?: string;
  };
  delete_chat: { chatId: string };
  restore_chat: { chatId: string };
  get_settings: Record<string, never>;
  update_settings: {
    model?: string | null;
    systemPrompt?: string | null;
    temperature?: number | null;
    welcomed?: boolean;
  };
  list_models: Record<string, never>;
  list_providers: Record<string, never>;
  find_providers: Record<string, never>;
  save_provider: { providerId: string; name: string; baseUrl: string; defaultModel?: string };
  remove_provider: { providerId: string };
  set_provider_key: { providerId: string; key: string | null };
  test_provider: { providerId: string };
  ping: { timestamp: number };
}

export type ClientType = keyof ClientData;
