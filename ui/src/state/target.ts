// Where the window's connection goes, and as whom: asked of the host anew before every attempt.

import { host, HostError } from '@/platform';
import { openAccount } from './account';
import { getState, setState } from './app-store';
import type { Session } from './session';

export const accountKey = (serverId: string) => `account ${serverId}`;

/** Grows with every asking: the host may answer an earlier one later, for a server that was left. */
let asked = 0;

export async function target(session: () => Session): Promise<{ url: string; token: string | null }> {
  asked += 1;
  const mine = asked;
  const { url, token, serverId, serverName, remote } = await host.connection().catch((error: unknown) => {
    if (mine === asked) setState({ hostProblem: error instanceof HostError ? error.code : 'internal' });
    throw error;
  });
  // The line has given this attempt up, so nobody hears the error.
  if (mine !== asked) throw new Error('a newer attempt began');
  if (getState().hostProblem !== null) setState({ hostProblem: null });
  if (getState().server?.serverId !== serverId) {
    setState({ server: { serverId, serverName, url, remote } });
    // Waiting messages show even if the server never answers: they belong to whoever was here last.
    const account = await host.device.get<string>(accountKey(serverId)).catch(() => undefined);
    // By the server, not by the attempt: another attempt at the same one leaves the account to this one.
    const still = getState().server?.serverId === serverId;
    if (account !== undefined && still) void openAccount(session(), `${serverId} ${account}`);
  }
  return { url: `${url.replace(/^http/, 'ws')}/ws/chat`, token };
}
