// Where this device keeps what it has read, so that a start shows it at once: IndexedDB, in a
// database of its own. What waits to be sent is not here: that must not be lost, and this may be
// thrown away at any time. A browser that keeps IndexedDB shut (a private window) keeps nothing.

export type CacheKey = readonly [scope: string, kind: string, id: string];

export interface CacheStore {
  get(key: CacheKey): Promise<unknown>;
  put(key: CacheKey, value: unknown): Promise<void>;
  remove(key: CacheKey): Promise<void>;
  /** Everything of an account. */
  clear(scope: string): Promise<void>;
}

const DATABASE = 'parlor-cache';
/** Another shape of what is kept gets another number, and begins empty. */
const VERSION = 1;
const STORE = 'kept';

function settle<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('IndexedDB failed'));
  });
}

function openDatabase(): Promise<IDBDatabase> {
  const request = indexedDB.open(DATABASE, VERSION);
  request.onupgradeneeded = () => {
    const database = request.result;
    for (const name of database.objectStoreNames) database.deleteObjectStore(name);
    database.createObjectStore(STORE);
  };
  return settle(request);
}

function indexedDbCache(database: IDBDatabase): CacheStore {
  // A newer window may want another version; then this one stops keeping.
  database.onversionchange = () => database.close();
  const table = (mode: IDBTransactionMode) => database.transaction(STORE, mode).objectStore(STORE);
  return {
    get: (key) => settle(table('readonly').get([...key])),
    put: async (key, value) => void (await settle(table('readwrite').put(value, [...key]))),
    remove: async (key) => void (await settle(table('readwrite').delete([...key]))),
    clear: async (scope) =>
      void (await settle(table('readwrite').delete(IDBKeyRange.bound([scope], [scope, []])))),
  };
}

export const NO_CACHE: CacheStore = {
  get: async () => undefined,
  put: async () => undefined,
  remove: async () => undefined,
  clear: async () => undefined,
};

export async function openCacheStore(): Promise<CacheStore> {
  try {
    return indexedDbCache(await openDatabase());
  } catch {
    return NO_CACHE;
  }
}
