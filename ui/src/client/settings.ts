// What both services are told alike: where the server is, who asks, and how stubbornly to return.
// The numbers are those of the events seed's documentation.

import { openSocket, type SocketConstructor } from './socket';
import type { LineOptions } from './line';
import { mayReach } from './wake';
import type { OutboxEntry } from './model';
import { openOutboxStore, type OutboxStore } from './outbox-store';

/** A JWT, or where to get one; asked anew before every attempt to connect. */
export type TokenSource = string | null | (() => string | null | Promise<string | null>);

export interface ClientSettings {
  /** The server's WebSocket address. */
  url?: string | undefined;
  token?: TokenSource | undefined;
  /** After a refused token: a fresh one, or `null` when a person has to sign in. */
  renewToken?: (() => Promise<string | null>) | undefined;
  /** Come back after a loss. Default true. */
  reconnect?: boolean | undefined;
  /** Failed attempts in a row after which it waits for the network, the page or `connect`. Default 5. */
  reconnectAttempts?: number | undefined;
  /** Milliseconds before the first attempt. Default 1000. */
  reconnectDelay?: number | undefined;
  /** Milliseconds that no wait exceeds. Default 30000. */
  reconnectDelayMax?: number | undefined;
  /** What each further wait is multiplied by. Default 1.5. */
  reconnectDecay?: number | undefined;
  /** Milliseconds for connecting, and for the server's word that it has a message. Default 20000. */
  timeout?: number | undefined;
  /** Milliseconds of silence before a ping. Default 30000. */
  pingInterval?: number | undefined;
  /** Write what happens to the console. */
  debug?: boolean | undefined;
  /** For hosts without one of their own (Node 20): that of the package `ws`. */
  WebSocket?: SocketConstructor | undefined;
  /** Where waiting messages survive. Default: IndexedDB, else localStorage, else memory. */
  store?: OutboxStore<OutboxEntry> | undefined;
  /** The most that may wait to be sent. Default 1000 messages and 8 million characters. */
  queueLimit?: { entries: number; size: number } | undefined;
}

const SILENCE_MS = 10_000;
export const QUEUE_LIMIT = { entries: 1000, size: 8_000_000 };
export const TIMEOUT_MS = 20_000;

let defaults: ClientSettings & { eventsUrl?: string; chatUrl?: string } = {};

/**
 * Settings for every service made from now on, under those that it is given itself: the token, the
 * addresses of both dialects, and in Node 20 the WebSocket.
 */
export function configureClient(settings: ClientSettings & { eventsUrl?: string; chatUrl?: string }): void {
  defaults = { ...defaults, ...settings };
}

/** What is really said: a setting that is `undefined` changes nothing. */
export function given(settings: ClientSettings): ClientSettings {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
}

export function withDefaults(settings: ClientSettings): ClientSettings {
  return { ...defaults, ...given(settings) };
}

/** A page from a real host has its server there; in development the seeds' addresses hold. */
function besideThePage(path: string, otherwise: string): string {
  const { location } = globalThis as { location?: Location };
  if (location === undefined || !/^https?:$/.test(location.protocol)) return otherwise;
  if (/^(localhost|127\.|\[::1\])/.test(location.hostname)) return otherwise;
  return `${location.protocol.replace('http', 'ws')}//${location.host}${path}`;
}

export const eventsUrl = (settings: ClientSettings): string =>
  settings.url ?? defaults.eventsUrl ?? besideThePage('/ws/events', 'ws://localhost:3001');

export const chatUrl = (settings: ClientSettings): string =>
  settings.url ?? defaults.chatUrl ?? besideThePage('/ws/chat', 'ws://localhost:3000/ws/chat');

async function readToken(source: TokenSource | undefined): Promise<string | null> {
  return (typeof source === 'function' ? await source() : source) ?? null;
}

/** `current` is asked at every attempt, so that changed settings count from the next one on. */
export function lineOptions(
  current: () => ClientSettings,
  url: () => string,
  asking: (url: string, token: string | null) => void,
  anonymous = false,
): LineOptions {
  let last: string | null = null;
  return {
    async target() {
      last = await readToken(current().token);
      const address = url();
      asking(address, last);
      return { url: address, token: last };
    },
    async renewToken() {
      const { renewToken, token } = current();
      if (renewToken !== undefined) return renewToken();
      // A source may have a newer one by now; the same again would be refused again.
      const fresh = await readToken(token);
      return fresh === last ? null : fresh;
    },
    openSocket: (address, protocols) => openSocket(current().WebSocket, address, protocols),
    random: Math.random,
    now: Date.now,
    mayReach,
    get backoff() {
      const { reconnectDelay = 1000, reconnectDecay = 1.5, reconnectDelayMax = 30_000 } = current();
      return { delay: reconnectDelay, decay: reconnectDecay, delayMax: reconnectDelayMax };
    },
    get attempts() {
      return current().reconnect === false ? 0 : (current().reconnectAttempts ?? 5);
    },
    get openWithinMs() {
      return current().timeout ?? TIMEOUT_MS;
    },
    get pingEveryMs() {
      return current().pingInterval ?? 30_000;
    },
    anonymous,
    silenceMs: SILENCE_MS,
  };
}

/** The store that was given, or the most durable that the host has, opened at the first use. */
export function storeOf<Entry extends OutboxEntry>({ store }: ClientSettings): OutboxStore<Entry> {
  // A store keeps entries as they are and looks only at the fields that all have.
  if (store !== undefined) return store as unknown as OutboxStore<Entry>;
  let opening: Promise<OutboxStore<Entry>> | undefined;
  const opened = () => (opening ??= openOutboxStore<Entry>());
  return {
    load: async (scope) => (await opened()).load(scope),
    put: async (scope, entry) => (await opened()).put(scope, entry),
    remove: async (scope, clientId) => (await opened()).remove(scope, clientId),
  };
}
