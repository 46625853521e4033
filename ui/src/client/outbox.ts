// Messages that this device has and the server has not confirmed. An entry leaves only when
// the server's confirmation of its client id arrives; until then it is sent again after every
// reconnect and restart. The client id makes that safe: the server stores and answers it once.
//
// Per chat they go in order, one at a time, and not while an answer is being written there.

import { Emitter } from './emitter';
import type { OutboxStore } from './outbox-store';
import type { OutboxEntry, Waiting } from './model';

export interface OutboxPort<Entry extends OutboxEntry = Waiting> {
  /**
   * False when the frame could not go out now, `'too_long'` when it never can. A chat unknown to the
   * server is made first.
   */
  transmit(entry: Entry, ref: string): boolean | 'too_long';
  /** Whether the chat can take a message now. */
  ready(chatId: string): boolean;
}

/** What an outbox may grow to; beyond it nothing is taken. */
export interface OutboxLimit {
  entries: number;
  /** Characters of the entries as JSON. */
  size: number;
}

/** The part of an error of the server that matters here. */
export interface Refusal {
  reason: string;
  message: string;
  retryable: boolean;
  retryAfter?: number | undefined;
}

const REF = 'out-';
const TOO_LONG = { reason: 'too_long', message: 'the message is longer than a frame may be' };
const AGAIN_MS = 2000;
/** What takes longer is the person's to decide: tomorrow nobody expects last night's message to go out. */
const LONGEST_PAUSE_MS = 5 * 60_000;

export class Outbox<Entry extends OutboxEntry = Waiting> {
  readonly changes = new Emitter<Entry[]>();
  /** An entry went out, for the first time or again. */
  readonly sent = new Emitter<Entry>();
  #entries: Entry[] = [];
  #scope: string | null = null;
  /** chatId -> the client id on its way. */
  readonly #flying = new Map<string, string>();
  readonly #pauses = new Map<string, ReturnType<typeof setTimeout>>();
  readonly #sizes = new Map<string, number>();
  #size = 0;
  readonly #store: OutboxStore<Entry>;
  readonly #port: OutboxPort<Entry>;
  readonly #limit: OutboxLimit | undefined;

  constructor(store: OutboxStore<Entry>, port: OutboxPort<Entry>, limit?: OutboxLimit) {
    this.#store = store;
    this.#port = port;
    this.#limit = limit;
  }

  get entries(): Entry[] {
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

  /** Whether the outbox has room for it. */
  takes(entry: Entry): boolean {
    const limit = this.#limit;
    if (limit === undefined) return true;
    return this.#entries.length < limit.entries && this.#size + sizeOf(entry) <= limit.size;
  }

  /** Kept on disk before it goes out, so that a crash between the two loses nothing. */
  async add(entry: Entry): Promise<void> {
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
    this.#update(clientId, ({ error: _, ...entry }) => entry as Entry);
    this.flush();
  }

  /** A refusal of one of ours? Then it is noted, or tried again later, and nobody else's business. */
  refused(ref: string | undefined, error: Refusal): boolean {
    if (ref === undefined || !ref.startsWith(REF)) return false;
    const clientId = ref.slice(REF.length);
    const entry = this.#entries.find((e) => e.clientId === clientId);
    if (entry === undefined) return true;
    this.#flying.delete(entry.chatId);
    const { reason, message, retryAfter = AGAIN_MS } = error;
    if (error.retryable && retryAfter <= LONGEST_PAUSE_MS) {
      this.#pause(entry.chatId, retryAfter);
    } else if (error.retryable) {
      const retryAt = Date.now() + retryAfter;
      this.#update(clientId, (e) => ({ ...e, error: { reason, message, retryAt } }));
    } else {
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
      const went = this.#port.transmit(entry, REF + entry.clientId);
      if (went === true) {
        this.#update(entry.clientId, (e) => ({ ...e, attempts: e.attempts + 1 }));
        this.sent.emit(entry);
        continue;
      }
      this.#flying.delete(entry.chatId);
      if (went !== 'too_long') continue;
      // It holds nothing up that was said after it.
      this.#update(entry.clientId, (e) => ({ ...e, error: TOO_LONG }));
      seen.delete(entry.chatId);
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
  async #keep(scope: string, entry: Entry): Promise<void> {
    await this.#store.put(scope, entry).catch((error: unknown) => console.warn('outbox', error));
  }

  #update(clientId: string, change: (entry: Entry) => Entry): void {
    const entries = this.#entries.map((entry) =>
      entry.clientId === clientId ? change(entry) : entry,
    );
    const changed = entries.find((entry) => entry.clientId === clientId);
    this.#change(entries);
    if (changed !== undefined && this.#scope !== null) void this.#keep(this.#scope, changed);
  }

  #change(entries: Entry[]): void {
    this.#entries = entries;
    this.#weigh();
    this.changes.emit(entries);
  }

  #weigh(): void {
    if (this.#limit === undefined) return;
    const kept = new Set(this.#entries.map(({ clientId }) => clientId));
    for (const [clientId, size] of this.#sizes) {
      if (kept.has(clientId)) continue;
      this.#sizes.delete(clientId);
      this.#size -= size;
    }
    for (const entry of this.#entries) {
      if (this.#sizes.has(entry.clientId)) continue;
      this.#sizes.set(entry.clientId, sizeOf(entry));
      this.#size += sizeOf(entry);
    }
  }
}

function sizeOf(entry: OutboxEntry): number {
  return JSON.stringify(entry).length;
}
