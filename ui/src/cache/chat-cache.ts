// What this device remembers of an account: the list of chats with what stands around it, and the
// chats that were read last, each as it stood, with the half of an answer that was being written.
// All of it carries the revision it had, so that the server is asked only for what changed since.

import type { RunningSnapshot } from '@/client/running-text';
import type { AppState, OpenChat } from '@/state/types';
import type { CacheStore } from './cache-store';

export type KeptList = Pick<
  AppState,
  'chats' | 'chatsRevision' | 'chatsEpoch' | 'localChats' | 'person' | 'settings' | 'models' | 'providers'
>;

export interface KeptChat {
  open: OpenChat;
  /** Of the running answer, if there is one. */
  text: RunningSnapshot | null;
  seq: number;
}

/** Older ones are read anew; they are a click and a moment away. */
const KEPT_CHATS = 40;
/** A disk that hangs must not keep a chat from opening. */
const PATIENCE_MS = 400;

export class ChatCache {
  readonly #store: CacheStore;
  #scope: string | null = null;
  /** Ids of the chats kept, the one saved last at the end. */
  #recent: string[] = [];

  constructor(store: CacheStore) {
    this.#store = store;
  }

  /** Turns to an account, and gives the list it was left with. */
  async open(scope: string): Promise<KeptList | null> {
    this.#scope = scope;
    this.#recent = [];
    const [list, recent] = await Promise.all([this.#get<KeptList>('list', ''), this.#get<string[]>('recent', '')]);
    if (this.#scope !== scope) return null;
    this.#recent = recent ?? [];
    return list;
  }

  close(): void {
    this.#scope = null;
    this.#recent = [];
  }

  /** The account leaves this device. */
  async forget(): Promise<void> {
    const scope = this.#scope;
    this.close();
    if (scope !== null) await this.#store.clear(scope).catch(() => undefined);
  }

  chat(chatId: string): Promise<KeptChat | null> {
    return this.#get<KeptChat>('chat', chatId);
  }

  saveList(list: KeptList): void {
    this.#put('list', '', list);
  }

  saveChat(kept: KeptChat): void {
    const { chatId } = kept.open;
    this.#put('chat', chatId, kept);
    if (this.#recent.at(-1) === chatId) return;
    this.#recent = [...this.#recent.filter((id) => id !== chatId), chatId];
    for (const old of this.#recent.splice(0, this.#recent.length - KEPT_CHATS)) this.#remove(old);
    this.#put('recent', '', this.#recent);
  }

  dropChat(chatId: string): void {
    this.#recent = this.#recent.filter((id) => id !== chatId);
    this.#remove(chatId);
  }

  async #get<T>(kind: string, id: string): Promise<T | null> {
    const scope = this.#scope;
    if (scope === null) return null;
    const late = new Promise<undefined>((resolve) => setTimeout(resolve, PATIENCE_MS));
    const found = await Promise.race([this.#store.get([scope, kind, id]), late]).catch(() => undefined);
    return (found as T | undefined) ?? null;
  }

  #put(kind: string, id: string, value: unknown): void {
    if (this.#scope === null) return;
    this.#store.put([this.#scope, kind, id], value).catch((error: unknown) => console.warn('cache', error));
  }

  #remove(chatId: string): void {
    if (this.#scope !== null) void this.#store.remove([this.#scope, 'chat', chatId]).catch(() => undefined);
  }
}
