// Where waiting messages survive a closed window: IndexedDB, or localStorage where a browser
// keeps IndexedDB shut (private windows), or nothing but memory where there is neither (Node; a
// file can be given there, see `node.ts`). Entries of different accounts never mix: each has the
// `scope` it was written under.

import type { OutboxEntry, Waiting } from './model';

export interface OutboxStore<Entry extends OutboxEntry = Waiting> {
  /** Oldest first. */
  load(scope: string): Promise<Entry[]>;
  put(scope: string, entry: Entry): Promise<void>;
  remove(scope: string, clientId: string): Promise<void>;
}

const DATABASE = 'parlor';
const STORE = 'outbox';
interface Row<Entry> {
  key: string;
  scope: string;
  entry: Entry;
}
const keyOf = (scope: string, clientId: string) => `${scope} ${clientId}`;
export const oldestFirst = (a: OutboxEntry, b: OutboxEntry) => a.createdAt - b.createdAt;

function settle<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('IndexedDB failed'));
  });
}

function openDatabase(): Promise<IDBDatabase> {
  const request = indexedDB.open(DATABASE, 1);
  request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: 'key' });
  return settle(request);
}

function indexedDbStore<Entry extends OutboxEntry>(database: IDBDatabase): OutboxStore<Entry> {
  const table = (mode: IDBTransactionMode) =>
    database.transaction(STORE, mode, { durability: 'strict' }).objectStore(STORE);
  return {
    async load(scope) {
      const rows = (await settle(table('readonly').getAll())) as Row<Entry>[];
      return rows
        .filter((row) => row.scope === scope)
        .map((row) => row.entry)
        .sort(oldestFirst);
    },
    async put(scope, entry) {
      const row: Row<Entry> = { key: keyOf(scope, entry.clientId), scope, entry };
      await settle(table('readwrite').put(row));
    },
    async remove(scope, clientId) {
      await settle(table('readwrite').delete(keyOf(scope, clientId)));
    },
  };
}

export function localStorageStore<Entry extends OutboxEntry = Waiting>(storage: Storage): OutboxStore<Entry> {
  const name = (scope: string) => `parlor.outbox ${scope}`;
  const read = (scope: string): Entry[] => {
    try {
      return JSON.parse(storage.getItem(name(scope)) ?? '[]') as Entry[];
    } catch {
      return [];
    }
  };
  const write = (scope: string, entries: Entry[]) =>
    storage.setItem(name(scope), JSON.stringify(entries));
  return {
    load: async (scope) => read(scope).sort(oldestFirst),
    put: async (scope, entry) =>
      write(scope, [...read(scope).filter((e) => e.clientId !== entry.clientId), entry]),
    remove: async (scope, clientId) =>
      write(scope, read(scope).filter((e) => e.clientId !== clientId)),
  };
}

export function memoryStore<Entry extends OutboxEntry = Waiting>(): OutboxStore<Entry> {
  const rows = new Map<string, Row<Entry>>();
  return {
    load: async (scope) =>
      [...rows.values()].filter((row) => row.scope === scope).map((row) => row.entry).sort(oldestFirst),
    put: async (scope, entry) =>
      void rows.set(keyOf(scope, entry.clientId), { key: keyOf(scope, entry.clientId), scope, entry }),
    remove: async (scope, clientId) => void rows.delete(keyOf(scope, clientId)),
  };
}

/** The most durable store that this host has by itself. */
export async function openOutboxStore<Entry extends OutboxEntry = Waiting>(): Promise<OutboxStore<Entry>> {
  try {
    return indexedDbStore(await openDatabase());
  } catch {
    const { localStorage } = globalThis as { localStorage?: Storage };
    return localStorage === undefined ? memoryStore() : localStorageStore(localStorage);
  }
}
