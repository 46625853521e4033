// Messages that this device has and the server has not confirmed. An entry leaves only when
// `user_message` with its client id arrives; until then it is sent again after every reconnect
// and restart. The client id makes that safe: the server stores and answers it once.
//
// Per chat they go in order, one at a time, and not while an answer is being written there.

import { Emitter } from './emitter';
import type { OutboxStore } from './outbox-store';
import type { WireError } from './wire';
import type { Waiting } from './model';

export interface OutboxPort {
  /** False when the frame could not go out. A chat unknown to the server is made first. */
  transmit(entry: Waiting, ref: string): boolean;
  /** Whether the chat can take a message now. */
  ready(chatId: string): boolean;
}

const REF = 'out-';
const AGAIN_MS = 2000;

export class Outbox {
  readonly changes = new Emitter<Waiting[]>();
  #entries: Waiting[] = [];
  #scope: string | null = null;
  /** chatId -> the client id on its way. */
  readonly #flying = new Map<string, string>();
  readonly #pauses = new Map<string, ReturnType<typeof setTimeout>>();
  readonly #store: OutboxStore;
  readonly #port: OutboxPort;

  constructor(store: OutboxStore, port: OutboxPort) {
    this.#store = store;
    this.#port = port;
  }

  get entries(): Waiting[] {
    return this.#entries;
  }

  /** Shows the waiting messages of an account; those of another stay where they are. */
  async open(scope: string): Promise<void> {
    if (scope === this.#scope) return;
    // What was written before any account was known belongs to the first that is.
    if (this.#scope !== null) this.#change([]);
    else for (const entry of this.#entries) void this.#keep(scope, entry);
    this.#scope = scope;
    this.disconnected();
    const stored = await this.#store.load(scope).catch(() => []);
    if (this.#scope !== scope) return;
    const known = new Set(this.#entries.map((entry) => entry.clientId));
    this.#change([...stored.filter((entry) => !known.has(entry.clientId)), ...this.#entries]);
    this.flush();
  }

  close(): void {
    this.disconnected();
    this.#scope = null;
    this.#change([]);
  }

  /** Kept on disk before it goes out, so that a crash between the two loses nothing. */
  async add(entry: Waiting): Promise<void> {
    this.#change([...this.#entries, entry]);
    if (this.#scope !== null) await this.#keep(this.#scope, entry);
    this.flush();
  }

  confirm(clientId: string): void {
    const entry = this.#entries.find((e) => e.clientId === clientId);
    if (entry === undefined) return;
    this.#flying.delete(entry.chatId);
    this.discard(clientId);
    this.flush();
  }

  discard(clientId: string): void {
    for (const [chatId, flying] of this.#flying) {
      if (flying === clientId) this.#flying.delete(chatId);
    }
    this.#change(this.#entries.filter((entry) => entry.clientId !== clientId));
    if (this.#scope !== null) void this.#store.remove(this.#scope, clientId).catch(() => undefined);
  }

  /** The person's word that a refused message shall be tried again. */
  retry(clientId: string): void {
    this.#update(clientId, ({ error: _, ...entry }) => entry);
    this.flush();
  }

  /** A refusal of one of ours? Then it is noted, or tried again later, and nobody else's business. */
  refused(ref: string | undefined, error: WireError): boolean {
    if (ref === undefined || !ref.startsWith(REF)) return false;
    const clientId = ref.slice(REF.length);
    const entry = this.#entries.find((e) => e.clientId === clientId);
    if (entry === undefined) return true;
    this.#flying.delete(entry.chatId);
    if (error.retryable) {
      this.#pause(entry.chatId, error.retryAfter ?? AGAIN_MS);
    } else {
      const { reason, message } = error;
      this.#update(clientId, (e) => ({ ...e, error: { reason, message } }));
    }
    this.flush();
    return true;
  }

  /** The line is gone: what was on its way may or may not have arrived, so it is sent again. */
  disconnected(): void {
    this.#flying.clear();
    for (const timer of this.#pauses.values()) clearTimeout(timer);
    this.#pauses.clear();
  }

  isFlying(clientId: string): boolean {
    return [...this.#flying.values()].includes(clientId);
  }

  flush(): void {
    const seen = new Set<string>();
    for (const entry of this.#entries) {
      if (entry.error !== undefined || seen.has(entry.chatId)) continue;
      seen.add(entry.chatId);
      if (this.#flying.has(entry.chatId) || this.#pauses.has(entry.chatId)) continue;
      if (!this.#port.ready(entry.chatId)) continue;
      this.#flying.set(entry.chatId, entry.clientId);
      if (this.#port.transmit(entry, REF + entry.clientId)) {
        this.#update(entry.clientId, (e) => ({ ...e, attempts: e.attempts + 1 }));
      } else {
        this.#flying.delete(entry.chatId);
      }
    }
  }

  #pause(chatId: string, milliseconds: number): void {
    clearTimeout(this.#pauses.get(chatId));
    const resume = () => {
      this.#pauses.delete(chatId);
      this.flush();
    };
    this.#pauses.set(chatId, setTimeout(resume, milliseconds));
  }

  /** A full disk must not keep a message from being sent. */
  async #keep(scope: string, entry: Waiting): Promise<void> {
    await this.#store.put(scope, entry).catch((error: unknown) => console.warn('outbox', error));
  }

  #update(clientId: string, change: (entry: Waiting) => Waiting): void {
    const entries = this.#entries.map((entry) =>
      entry.clientId === clientId ? change(entry) : entry,
    );
    const changed = entries.find((entry) => entry.clientId === clientId);
    this.#change(entries);
    if (changed !== undefined && this.#scope !== null) void this.#keep(this.#scope, changed);
  }

  #change(entries: Waiting[]): void {
    this.#entries = entries;
    this.changes.emit(entries);
  }
}
