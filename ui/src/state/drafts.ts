// Drafts outlive the window, each account's its own. They are written shortly after the last key,
// and at once when the window is hidden or closed.

import { host } from '@/platform';
import { getState, setState } from './app-store';

const QUIET_MS = 300;
const keyOf = (account: string) => `drafts ${account}`;

let timer: ReturnType<typeof setTimeout> | undefined;
let account: string | null = null;

function write(): void {
  clearTimeout(timer);
  timer = undefined;
  if (account !== null) void host.device.set(keyOf(account), getState().drafts).catch(() => undefined);
}

export function saveDrafts(): void {
  clearTimeout(timer);
  timer = setTimeout(write, QUIET_MS);
}

/** Shows the drafts of an account. What was written before any was known becomes its own. */
export async function openDrafts(next: string): Promise<void> {
  if (next === account) return;
  const early = account === null ? getState().drafts : {};
  account = next;
  const stored = await host.device.get<Record<string, string>>(keyOf(next)).catch(() => undefined);
  if (account === next) setState({ drafts: { ...stored, ...early } });
}

/** The account leaves the screen; its drafts stay on the device. */
export function closeDrafts(): void {
  write();
  account = null;
  setState({ drafts: {} });
}

export function keepDraftsOnLeaving(): void {
  const leave = () => {
    if (timer !== undefined) write();
  };
  window.addEventListener('pagehide', leave);
  document.addEventListener('visibilitychange', leave);
}
