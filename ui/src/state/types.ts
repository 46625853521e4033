// The shape of everything the screens show. Only plain data: what it means to change it is in
// `app-store.ts` (actions) and `reduce-*.ts` (what a frame of the server does).

import type { Objectives } from '@/objectives/model';
import type { ConnectionState, OpenChat, Waiting } from '@/client/model';
import type {
  FoundProvider,
  ModelProblem,
  WireChat,
  WireModel,
  WireProvider,
  WireSettings,
} from '@/client/wire';

export type { ConnectionState, Message, OpenChat, Running, Waiting } from '@/client/model';

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
export type SettingsPage = 'general' | 'models' | 'answers' | 'servers' | 'devices' | 'sharing' | 'about';

/** What the middle of the window shows; which chat, `selectedChatId` says. */
export type Place =
  | { kind: 'chat' }
  | { kind: 'objectives'; id: string | null }
  | { kind: 'admin'; section: AdminSection };

/** Pages of the place where a server is managed, as the address names them. */
export const ADMIN_SECTIONS = ['people', 'invitations', 'usage', 'limits', 'log', 'health'] as const;
export type AdminSection = (typeof ADMIN_SECTIONS)[number];

export interface AppState {
  booted: boolean;
  /** The code of an invitation that this page was opened with. */
  invitation: string | null;
  connection: ConnectionState;
  server: ServerInfo | null;
  /** Why the host does not talk to it, as a code with a sentence. */
  hostProblem: string | null;
  person: Person | null;
  chats: Record<string, ChatListItem>;
  chatsLoaded: boolean;
  chatsRevision: number;
  chatsEpoch: string | null;
  /** chatId -> messageIds of the answers that are being written or wait there, in their order. */
  runningChats: Record<string, string[]>;
  unread: Record<string, true>;
  /** Chats made here that the server does not know yet. */
  localChats: Record<string, true>;
  /** `null` is the empty "new chat" page. */
  selectedChatId: string | null;
  open: OpenChat | null;
  place: Place;
  objectives: Objectives;
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
  /** The monitor of the connection, in the same place. */
  monitorOpen: boolean;
  /** What a screen reader is told next, in whole sentences. */
  announcement: string;
}
