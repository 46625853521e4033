// A light connection to a server that is not shown: it hears of its list of chats and of nothing
// else, and counts what is new. Its frames never reach the store of the server that is shown.

import { Connection } from '@/client/connection';
import { Requests } from '@/client/requests';
import { openSocket } from '@/client/socket';
import { mayReach, wakeOnReturn } from '@/client/wake';
import { host, HostError, type Desktop } from '@/platform';
import { NOTHING_KEPT, reduceNews, type Kept } from './reduce-news';
import { dropNews, setNews } from './servers-store';

const keyOf = (id: string) => `news ${id}`;
/** Refusals of the host that no further attempt mends by itself. */
const FINAL = new Set(['sign_in_required', 'unknown_server']);

export async function loadKept(id: string): Promise<Kept> {
  return (await host.device.get<Kept>(keyOf(id)).catch(() => undefined)) ?? NOTHING_KEPT;
}

export function saveKept(id: string, kept: Kept): void {
  void host.device.set(keyOf(id), kept).catch(() => undefined);
}

export function forgetKept(id: string): void {
  void host.device.remove(keyOf(id)).catch(() => undefined);
}

export class Watcher {
  readonly requests: Requests;
  readonly #id: string;
  readonly #connection: Connection;
  readonly #asleep: () => void;
  #kept: Kept = NOTHING_KEPT;
  #problem: string | null = null;
  #stopped = false;

  constructor(id: string, desktop: Desktop) {
    this.#id = id;
    this.#connection = new Connection({
      target: () => this.#target(desktop),
      renewToken: async () => (await this.#target(desktop)).token,
      openSocket: (url, protocols) => openSocket(undefined, url, protocols),
      random: Math.random,
      now: Date.now,
      mayReach,
    });
    this.requests = new Requests(this.#connection);
    this.#connection.states.on(() => this.#tell());
    this.#connection.frames.on((frame) => {
      if (frame.type === 'authenticated') this.#watch();
      const kept = reduceNews(this.#kept, frame);
      if (kept === this.#kept) return;
      this.#kept = kept;
      saveKept(id, kept);
      this.#tell();
    });
    this.#asleep = wakeOnReturn(this.#connection);
    void this.#start();
  }

  get unread(): string[] {
    return this.#kept.unread;
  }

  stop(): void {
    this.#stopped = true;
    this.#asleep();
    this.#connection.stop();
    dropNews(this.#id);
  }

  async #start(): Promise<void> {
    this.#kept = await loadKept(this.#id);
    // Nobody would stop a connection that begins now.
    if (this.#stopped) return;
    this.#connection.start();
  }

  async #target(desktop: Desktop): Promise<{ url: string; token: string | null }> {
    try {
      const { url, token } = await desktop.serverConnection(this.#id);
      this.#problem = null;
      return { url: `${url.replace(/^http/, 'ws')}/ws/chat`, token };
    } catch (error) {
      const code = error instanceof HostError ? error.code : 'internal';
      this.#problem = code;
      if (FINAL.has(code)) return { url: '', token: null };
      this.#tell();
      throw error;
    }
  }

  #watch(): void {
    const { epoch, revision } = this.#kept;
    this.#connection.send('watch_chats', epoch === null ? { since: 0 } : { since: revision, epoch });
  }

  #tell(): void {
    // What the host still answers is no news of a server that is listened to no more.
    if (this.#stopped) return;
    setNews(this.#id, {
      kind: this.#connection.state.kind,
      unread: this.#kept.unread.length,
      problem: this.#problem,
    });
  }
}
