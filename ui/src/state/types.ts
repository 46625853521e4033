// The shape of everything the screens show. Only plain data: what it means to change it is in
// `app-store.ts` (actions) and `reduce-*.ts` (what a frame of the server does).

import type {
  Failure,
  FoundProvider,
  MessageStatus,
  ModelProblem,
  WireChat,
  WireModel,
  WireProvider,
  WireSettings,
} from '@/client/wire';

export type ConnectionState =
  | { kind: 'connecting' }
  | { kind: 'online' }
  | { kind: 'reconnecting'; attempt: number; retryAt: number }
  | { kind: 'offline' }
  | { kind: 'signed-out'; reason: 'no-account' | 'token-refused' | 'signed-out' }
  | { kind: 'draining' };

/** Who is signed in, as the server said it. */
export interface Person {
  userId: string;
  name: string;
  role: 'owner' | 'admin' | 'member' | (string & {});
}

export interface ServerInfo {
  serverId: string;
  serverName: string;
  url: string;
  remote: boolean;
}

export type ChatListItem = WireChat;

/** A finished message of the branch shown. */
export interface Message {
  id: string;
  parentId: string | null;
  role: 'user' | 'assistant';
  content: string;
  timestamp: string;
  status: MessageStatus;
  revision: number;
  clientId?: string;
  reasoning?: string;
  model?: string;
  finishedAt?: string;
  failure?: Failure;
  /** How long it thought before its first word, if this device saw it. */
  thoughtMs?: number;
  /** When the server said that another try makes sense. */
  retryAt?: number;
  /** The alternatives at this place, oldest first, this one included. */
  siblingIds: string[];
}

/** The answer being written. Its text lives in `running-text.ts`, outside React's state. */
export interface Running {
  id: string;
  parentId: string | null;
  startedAt: number;
  siblingIds: string[];
}

/** One chat as it is open on the screen. */
export interface OpenChat {
  chatId: string;
  loaded: boolean;
  epoch: string | null;
  revision: number;
  messages: Message[];
  running: Running | null;
}

/** A message this device has and the server has not yet confirmed. */
export interface Waiting {
  clientId: string;
  chatId: string;
  /** Absent: after whatever is last. */
  parentId?: string | null;
  content: string;
  createdAt: number;
  attempts: number;
  /** Refused by the server: stays here, with its reason, until the person decides. */
  error?: { reason: string; message: string };
}

export type Theme = 'system' | 'light' | 'dark';
export type Language = 'system' | 'en' | 'ru' | 'fr';

export interface DeviceSettings {
  theme: Theme;
  language: Language;
  sidebarOpen: boolean;
}

export interface Models {
  list: WireModel[];
  problems: ModelProblem[];
  /** False until the server answered once. */
  loaded: boolean;
}

/** Which overlay is over the chat. */
export type Overlay = 'none' | 'palette' | 'shortcuts' | 'settings' | 'first-run';

/** Pages of the settings dialog, so that any place can open the right one. */
export type SettingsPage = 'general' | 'models' | 'answers' | 'servers' | 'sharing' | 'about';

export interface AppState {
  booted: boolean;
  connection: ConnectionState;
  server: ServerInfo | null;
  person: Person | null;
  chats: Record<string, ChatListItem>;
  chatsLoaded: boolean;
  chatsRevision: number;
  chatsEpoch: string | null;
  /** chatId -> messageId of the running answer. */
  runningChats: Record<string, string>;
  unread: Record<string, true>;
  /** Chats made here that the server does not know yet. */
  localChats: Record<string, true>;
  /** `null` is the empty "new chat" page. */
  selectedChatId: string | null;
  open: OpenChat | null;
  waiting: Waiting[];
  drafts: Record<string, string>;
  /** The model picked on the empty page, for the chat that the first message begins. */
  newChatModel: string | null;
  settings: WireSettings | null;
  models: Models;
  providers: WireProvider[] | null;
  found: FoundProvider[] | null;
  device: DeviceSettings;
  overlay: Overlay;
  settingsPage: SettingsPage;
  drawerOpen: boolean;
  /** The settings of the chat, at the right. */
  panelOpen: boolean;
  /** What a screen reader is told next, in whole sentences. */
  announcement: string;
}
