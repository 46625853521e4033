// The one store. Components read it with `useApp(selector)` and change it only with `actions`,
// whose signatures are below; they are carried out in `actions.ts`.

import { create } from 'zustand';
import { NO_OBJECTIVES } from '@/objectives/model';
import type { AppState } from './types';

export const initialState: AppState = {
  booted: false,
  invitation: null,
  connection: { kind: 'connecting' },
  server: null,
  hostProblem: null,
  person: null,
  chats: {},
  chatsLoaded: false,
  chatsRevision: 0,
  chatsEpoch: null,
  runningChats: {},
  unread: {},
  localChats: {},
  selectedChatId: null,
  open: null,
  place: { kind: 'chat' },
  objectives: NO_OBJECTIVES,
  waiting: [],
  drafts: {},
  newChatModel: null,
  settings: null,
  models: { list: [], problems: [], loaded: false },
  providers: null,
  found: null,
  device: { theme: 'system', language: 'system', sidebarOpen: true },
  overlay: 'none',
  settingsPage: 'general',
  drawerOpen: false,
  panelOpen: false,
  monitorOpen: false,
  announcement: '',
};

export const useApp = create<AppState>(() => initialState);

export const getState = useApp.getState;
export const setState = useApp.setState;
