// Everything a person can do, in one list. Each returns at once or a promise that settles when the
// server has answered; a refusal rejects with `RequestError` (its `reason` has a sentence in i18n).

import type { ClientData, FoundProvider, WireModel } from '@/client/wire';
import type { ObjectiveUpdates, Wish } from '@/objectives/model';
import { chatActions } from './actions-chats';
import { hostActions } from './actions-host';
import { messageActions } from './actions-messages';
import { objectiveActions } from './actions-objectives';
import { windowActions } from './actions-window';
import type { AdminSection, DeviceSettings, Overlay, SettingsPage } from './types';

export interface Actions {
  // Connection and account
  retryNow(): void;
  /** Asks the server for a sign of life; the monitor measures how long it takes. */
  ping(): void;
  signIn(name: string, password: string): Promise<void>;
  signOut(): Promise<void>;
  /** After the desktop host switched servers: forget everything shown and connect anew. */
  reconnectToHost(): Promise<void>;
  /** `current` is asked of whoever has a password already. */
  setPassword(password: string, current?: string): Promise<void>;
  /** Makes the account that somebody was invited to, and is signed in with it. */
  acceptInvitation(code: string, name: string, password: string): Promise<void>;
  /** Goes on without the invitation: as whoever is signed in here, or to the sign-in. */
  leaveInvitation(): void;

  // Chats
  newChat(): void;
  selectChat(chatId: string): void;
  renameChat(chatId: string, title: string): Promise<void>;
  pinChat(chatId: string, pinned: boolean): Promise<void>;
  /** Deletes at once and offers Undo in a toast. */
  deleteChat(chatId: string): Promise<void>;
  updateChat(chatId: string, change: Omit<ClientData['update_chat'], 'chatId'>): Promise<void>;

  // Messages
  /** Never fails: the message is kept in the outbox until the server has it. */
  send(text: string, place?: { parentId: string | null }): void;
  retryWaiting(clientId: string): void;
  discardWaiting(clientId: string): void;
  stop(): void;
  /** Ends any running answer, of whichever chat. */
  stopAnswer(messageId: string): void;
  /** Copies the chat up to this message into a new one, and shows that. */
  branch(messageId: string): Promise<void>;
  regenerate(messageId: string, model?: string): void;
  continueAnswer(messageId: string): void;
  showBranch(messageId: string): void;
  setDraft(chatId: string | null, text: string): void;

  // Objectives
  /** The list, or one of them. */
  showObjectives(id?: string | null): void;
  /** Asks the model to write one; gives the id under which its progress and its outcome are told. */
  generateObjective(wish: Wish): string;
  cancelGeneration(generationId: string): void;
  updateObjective(id: string, updates: ObjectiveUpdates): Promise<void>;
  /** Puts it away and offers Undo in a toast. */
  archiveObjective(id: string): Promise<void>;
  /** Deletes at once and offers Undo in a toast. */
  deleteObjective(id: string): Promise<void>;
  /** Opens the chat that knows it, made when first wanted. */
  discussObjective(id: string): Promise<void>;

  // Settings, models, providers
  updateSettings(change: ClientData['update_settings']): Promise<void>;
  loadModels(): Promise<void>;
  loadProviders(): Promise<void>;
  findProviders(): Promise<FoundProvider[]>;
  saveProvider(input: ClientData['save_provider']): Promise<void>;
  removeProvider(providerId: string): Promise<void>;
  /** Into the OS keyring in the desktop app when `sessionOnly` is false, else for this session. */
  setProviderKey(providerId: string, key: string | null, sessionOnly: boolean): Promise<void>;
  testProvider(providerId: string): Promise<WireModel[]>;

  // The window
  setDevice(change: Partial<DeviceSettings>): void;
  show(overlay: Overlay, page?: SettingsPage): void;
  /** Where the server is managed. */
  showAdmin(section?: AdminSection): void;
  setDrawer(open: boolean): void;
  showPanel(open: boolean): void;
  showMonitor(open: boolean): void;
  announce(sentence: string): void;
}

export const actions: Actions = {
  ...hostActions,
  ...chatActions,
  ...messageActions,
  ...objectiveActions,
  ...windowActions,
};
