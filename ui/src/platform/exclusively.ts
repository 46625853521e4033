// One at a time among all windows of this server. What renews access must not run twice at once: a
// refresh token is good once, and a second use signs the device out.

const DATABASE = 'parlor-locks';
const LEASES = 'leases';
/** Longer than what is done under one may take; a window that died holds it no longer than this. */
const LEASE_MS = 40_000;
const LOOK_AGAIN_MS = 60;

interface Lease {
  holder: string;
  until: number;
}

/**
 * Runs `work` when no other window runs work of this name. A page that came over plain http from the
 * local network has no `navigator.locks`; there a lease in IndexedDB does the same, whose
 * transactions no two windows have at once.
 */
export async function exclusively<T>(name: string, work: () => Promise<T>): Promise<T> {
  const locks = (navigator as { locks?: LockManager }).locks;
  // The inner promise is awaited under the lock; its type would otherwise be a promise of a promise.
  if (locks !== undefined) return (await locks.request(name, work)) as T;
  return underLease(name, work);
}

/** The same without `navigator.locks`. */
export async function underLease<T>(name: string, work: () => Promise<T>): Promise<T> {
  const database = await open().catch(() => null);
  // No place to agree in (a private window of an old browser): then there is no other window either.
  if (database === null) return work();
  const holder = Array.from(crypto.getRandomValues(new Uint32Array(4)), (part) => part.toString(36)).join('');
  try {
    while (!(await take(database, name, holder))) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
    }
    return await work();
  } finally {
    await release(database, name, holder).catch(() => undefined);
    database.close();
  }
}

function open(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open(DATABASE, 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore(LEASES);
    opening.onsuccess = () => resolve(opening.result);
    opening.onerror = () => reject(opening.error ?? new Error('no database'));
  });
}

/** Reads and writes in one transaction, so that of two who ask one gets it. */
function take(database: IDBDatabase, name: string, holder: string): Promise<boolean> {
  return change(database, name, (lease) =>
    lease !== undefined && lease.until > Date.now() ? 'keep' : { holder, until: Date.now() + LEASE_MS },
  );
}

function release(database: IDBDatabase, name: string, holder: string): Promise<boolean> {
  return change(database, name, (lease) => (lease?.holder === holder ? 'drop' : 'keep'));
}

function change(
  database: IDBDatabase,
  name: string,
  decide: (lease: Lease | undefined) => Lease | 'keep' | 'drop',
): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(LEASES, 'readwrite');
    const leases = transaction.objectStore(LEASES);
    let changed = false;
    const reading = leases.get(name);
    reading.onsuccess = () => {
      const next = decide(reading.result as Lease | undefined);
      changed = next !== 'keep';
      if (next === 'drop') leases.delete(name);
      else if (next !== 'keep') leases.put(next, name);
    };
    transaction.oncomplete = () => resolve(changed);
    transaction.onerror = () => reject(transaction.error ?? new Error('no lease'));
    transaction.onabort = () => reject(transaction.error ?? new Error('no lease'));
  });
}
