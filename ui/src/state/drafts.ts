// Drafts outlive the window. They are written shortly after the last key, and at once when the
// window is hidden or closed.

import { host } from '@/platform';
import { getState, setState } from './app-store';

const KEY = 'drafts';
const QUIET_MS = 300;
let timer: ReturnType<typeof setTimeout> | undefined;

function write(): void {
  if (timer === undefined) return;
  clearTimeout(timer);
  timer = undefined;
  void host.device.set(KEY, getState().drafts).catch(() => undefined);
}

export function saveDrafts(): void {
  clearTimeout(timer);
  timer = setTimeout(write, QUIET_MS);
}

export async function loadDrafts(): Promise<void> {
  const drafts = await host.device.get<Record<string, string>>(KEY).catch(() => undefined);
  if (drafts !== undefined) setState({ drafts });
  window.addEventListener('pagehide', write);
  document.addEventListener('visibilitychange', write);
}
