// Where somebody else reaches this server. In a browser it is where the page came from; the app's
// own address means nothing on another computer.

import type { LanInfo } from '@/generated/wire';
import { host } from '@/platform';
import { getState } from '@/state/app-store';
import { askHere } from '../sharing/at-this-computer';

export async function addressForOthers(): Promise<string> {
  const { desktop } = host;
  if (desktop === null) return location.origin;
  if (getState().server?.remote === true) {
    const active = (await desktop.servers()).find((server) => server.active);
    if (active !== undefined) return active.address.replace(/\/+$/, '');
  }
  const { shared } = await askHere<LanInfo>('GET', '/api/lan');
  return (shared?.addresses[0]?.url ?? getState().server?.url ?? location.origin).replace(/\/+$/, '');
}
