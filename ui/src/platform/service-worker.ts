// A browser keeps the app's own files and can install it: the worker is `service-worker/worker.js`.
// The desktop app has them anyway, and a page from an insecure address may have no worker.

const FILE = '/service-worker.js';
/** What is large and rarely needed is fetched when the page has nothing else to do. */
const LATER = 10_000;

interface Saving {
  connection?: { saveData?: boolean };
}

export function keepForOffline(): void {
  if (!import.meta.env.PROD || '__TAURI_INTERNALS__' in window) return;
  if (!window.isSecureContext || !('serviceWorker' in navigator)) return;
  window.addEventListener('load', () => void register(), { once: true });
}

async function register(): Promise<void> {
  try {
    const registration = await navigator.serviceWorker.register(FILE, { updateViaCache: 'none' });
    // Where there is a worker already, browsers look for a new one in their own good time: Chromium
    // a while after the page has loaded, and a page that is left earlier puts it off again.
    void registration.update().catch(() => undefined);
  } catch {
    return; // for instance with a certificate that the browser does not trust: the app works without
  }
  const { active } = await navigator.serviceWorker.ready;
  if ((navigator as Saving).connection?.saveData === true) return;
  setTimeout(() => active?.postMessage('keep the rest'), LATER);
}
