// The one door to the host.

import { browserHost } from './browser';
import type { Host } from './host';
import { tauriHost } from './tauri';

export * from './host';
export { providerSignInProblem, signInLinkProblem } from './browser';

const chosen: Host = '__TAURI_INTERNALS__' in window ? tauriHost() : browserHost();

const MAY_OPEN = new Set(['https:', 'mailto:']);

export const host: Host = {
  ...chosen,
  async openExternal(url) {
    if (!URL.canParse(url) || !MAY_OPEN.has(new URL(url).protocol)) return;
    await chosen.openExternal(url);
  },
};
