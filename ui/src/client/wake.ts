// Tries at once when the network returns or the page is looked at again. Where neither can happen
// (Node), there is nothing to listen to.

interface Wakeable {
  retryNow(): void;
}

/** Gives back how to stop listening. */
export function wakeOnReturn(line: Wakeable): () => void {
  const { window, document } = globalThis as { window?: Window; document?: Document };
  const online = () => line.retryNow();
  const visible = () => {
    if (document?.hidden === false) line.retryNow();
  };
  window?.addEventListener?.('online', online);
  document?.addEventListener?.('visibilitychange', visible);
  return () => {
    window?.removeEventListener?.('online', online);
    document?.removeEventListener?.('visibilitychange', visible);
  };
}

const LOOPBACK = /^wss?:\/\/(127\.|localhost|\[::1\])/;

/** False only when the machine is sure to have no network and the server is elsewhere. */
export function mayReach(url: string): boolean {
  const { navigator } = globalThis as { navigator?: { onLine?: boolean } };
  return navigator?.onLine !== false || LOOPBACK.test(url);
}
