// Where waiting messages survive a closed window: IndexedDB, or localStorage where a browser
// keeps IndexedDB shut (private windows). Entries of different accounts never mix: each has the
// `scope` it was written under.

import type { Waiting } from './model';

export interface OutboxStore {
  load(scope: string): Promise<Waiting[]>;
  put(scope: string, entry: Waiting): Promise<void>;
  remove(scope: string, clientId: string): Promise<void>;
}

const DATABASE = 'parlor';
const STORE = 'outbox';
interface Row {
  key: string;
  scope: string;
  entry: Waiting;
}
const keyOf = (scope: string, clientId: string) => `${scope} ${clientId}`;
const oldestFirst = (a: Waiting, b: Waiting) => a.createdAt - b.createdAt;

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

function indexedDbStore(database: IDBDatabase): OutboxStore {
  const table = (mode: IDBTransactionMode) =>
    database.transaction(STORE, mode, { durability: 'strict' }).objectStore(STORE);
  return {
    async load(scope) {
      const rows = (await settle(table('readonly').getAll())) as Row[];
      return rows
        .filter((row) => row.scope === scope)
        .map((row) => row.entry)
        .sort(oldestFirst);
    },
    async put(scope, entry) {
      const row: Row = { key: keyOf(scope, entry.clientId), scope, entry };
      await settle(table('readwrite').put(row));
    },
    async remove(scope, clientId) {
      await settle(table('readwrite').delete(keyOf(scope, clientId)));
    },
  };
}

export function localStorageStore(storage: Storage): OutboxStore {
  const name = (scope: string) => `parlor.outbox ${scope}`;
  const read = (scope: string): Waiting[] => {
    try {
      return JSON.parse(storage.getItem(name(scope)) ?? '[]') as Waiting[];
    } catch {
      return [];
    }
  };
  const write = (scope: string, entries: Waiting[]) =>
    storage.setItem(name(scope), JSON.stringify(entries));
  return {
    load: async (scope) => read(scope).sort(oldestFirst),
    put: async (scope, entry) =>
      write(scope, [...read(scope).filter((e) => e.clientId !== entry.clientId), entry]),
    remove: async (scope, clientId) =>
      write(scope, read(scope).filter((e) => e.clientId !== clientId)),
  };
}

export async function openOutboxStore(): Promise<OutboxStore> {
  try {
    return indexedDbStore(await openDatabase());
  } catch {
    return localStorageStore(localStorage);
  }
}
