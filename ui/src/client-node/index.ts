// `@parlor/client/node`: a store on disk for clients in Node, which has neither IndexedDB nor
// localStorage. One file, small and rewritten whole: a crash leaves the old one or the new one.

import { open, readFile, rename } from 'node:fs/promises';
import type { OutboxEntry, OutboxStore } from '@parlor/client';

interface Row {
  scope: string;
  entry: OutboxEntry;
}

async function read(path: string): Promise<Map<string, Row>> {
  try {
    return new Map(JSON.parse(await readFile(path, 'utf8')) as [string, Row][]);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return new Map();
    throw error;
  }
}

async function write(path: string, rows: Map<string, Row>): Promise<void> {
  const fresh = `${path}.new`;
  // Messages are nobody else's business.
  const file = await open(fresh, 'w', 0o600);
  try {
    await file.writeFile(JSON.stringify([...rows]));
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(fresh, path);
}

/** Waiting messages in the file at `path`; one process at a time may use it. */
export function fileStore(path: string): OutboxStore<OutboxEntry> {
  const rows = read(path);
  // Who opens it first hears of a file that cannot be read; nobody else is to be surprised by it.
  rows.catch(() => undefined);
  let last: Promise<void> = Promise.resolve();
  const change = (make: (rows: Map<string, Row>) => void) => {
    const written = last.then(async () => {
      make(await rows);
      await write(path, await rows);
    });
    last = written.catch(() => undefined);
    return written;
  };
  const key = (scope: string, clientId: string) => `${scope} ${clientId}`;
  return {
    load: async (scope) =>
      [...(await rows).values()]
        .filter((row) => row.scope === scope)
        .map((row) => row.entry)
        .sort((a, b) => a.createdAt - b.createdAt),
    put: (scope, entry) => change((kept) => void kept.set(key(scope, entry.clientId), { scope, entry })),
    remove: (scope, clientId) => change((kept) => void kept.delete(key(scope, clientId))),
  };
}
