// Whether a window of a browser waits for its turn with what only one may do at a time: seen from
// outside, in the locks of the browser or in the looks at the lease that stands in for them.
import type { BrowserContext, Page } from 'playwright-core';

const LOCK = 'parlor-session';
const LEASES = 'parlor-locks';

interface Looking {
  looksAtLease?: number;
}

/** Takes the locks away, as on a page that came over plain http from the local network. */
export async function withoutLocks(context: BrowserContext): Promise<void> {
  await context.addInitScript((leases) => {
    Object.defineProperty(Navigator.prototype, 'locks', { value: undefined });
    const looking = window as unknown as Looking;
    const { transaction } = IDBDatabase.prototype;
    IDBDatabase.prototype.transaction = function (...given: Parameters<typeof transaction>) {
      if (this.name === leases) looking.looksAtLease = (looking.looksAtLease ?? 0) + 1;
      return transaction.apply(this, given);
    };
  }, LEASES);
}

/** Forgets the looks so far. */
export async function countLooks(pages: Page[]): Promise<void> {
  for (const page of pages) await page.evaluate(() => void ((window as unknown as Looking).looksAtLease = 0));
}

/** One of the windows waits; whoever has the turn looked once, who waits looks again and again. */
export async function somebodyWaits(pages: Page[]): Promise<boolean> {
  const waiting = pages.map((page) =>
    page.evaluate(async (lock) => {
      const { locks } = navigator as { locks?: LockManager };
      if (locks === undefined) return ((window as unknown as Looking).looksAtLease ?? 0) > 1;
      return (await locks.query()).pending?.some(({ name }) => name === lock) ?? false;
    }, LOCK),
  );
  return (await Promise.all(waiting)).includes(true);
}
