// Asks the Parlor on this computer: what opens the computer to others is done there and nowhere else,
// also while the window shows another server.

import { host } from '@/platform';
import { ask, askAt } from '@/state/api';

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

export async function askHere<T = undefined>(method: Method, path: string, body?: object): Promise<T> {
  if (host.desktop === null) return ask<T>(method, path, body);
  return askAt<T>(await host.desktop.serverConnection('local'), method, path, body);
}
