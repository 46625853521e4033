// Where somebody else reaches this server. In a browser it is where the page came from; the app's
// own address means nothing on another computer.

import { host } from '@/platform';
import { getState } from '@/state/app-store';

export async function addressForOthers(): Promise<string> {
  const { desktop } = host;
  if (desktop === null) return location.origin;
  if (getState().server?.remote === true) {
    const active = (await desktop.servers()).find((server) => server.active);
    if (active !== undefined) return active.address.replace(/\/+$/, '');
  }
  const { open, addresses } = await desktop.lan();
  return ((open ? addresses[0] : undefined) ?? getState().server?.url ?? location.origin).replace(/\/+$/, '');
}
