// Goes from one server to another, and listens to those that are left.

import { toast } from 'sonner';
import { i18next } from '@/i18n';
import { errorText } from '@/i18n/reason-text';
import { host, type ServerEntry } from '@/platform';
import { actions } from '@/state/actions';
import { getState, setState } from '@/state/app-store';
import type { Kept } from './reduce-news';
import { loadServers, useServers } from './servers-store';
import { forgetKept, loadKept, saveKept, Watcher } from './watcher';

const watchers = new Map<string, Watcher>();
/** The server on the screen and what was kept of it, once that is on the screen too. */
let arrived: { id: string; kept: Kept } | null = null;
/** Grows with every look at the list, so that one that was overtaken changes nothing any more. */
let looks = 0;

export function watcherOf(id: string): Watcher | undefined {
  return watchers.get(id);
}

/** What a person calls a server. */
export function nameOf(server: Pick<ServerEntry, 'id' | 'name'>): string {
  return server.id === 'local' ? i18next.t('sidebar.thisComputer') : server.name;
}

/** Remembers what of the server on the screen is unread, and how far its list was seen. */
export function rememberServer(): void {
  const { server, chats, chatsLoaded, chatsRevision, chatsEpoch, unread } = getState();
  if (host.desktop === null || server === null || !chatsLoaded || chatsEpoch === null) return;
  // Before what was kept is on the screen, writing would forget it.
  if (arrived?.id !== server.serverId) return;
  const { kept } = arrived;
  // The list may be this device's memory, older than what the light connection had heard since.
  const known = kept.epoch === chatsEpoch ? kept : { revision: 0, seenUntil: '' };
  const times = Object.values(chats).map(({ updatedAt }) => updatedAt);
  const seenUntil = times.reduce((late, time) => (time > late ? time : late), known.seenUntil);
  const revision = Math.max(chatsRevision, known.revision);
  saveKept(server.serverId, { epoch: chatsEpoch, revision, seenUntil, unread: Object.keys(unread) });
}

/** The server on the screen is about to leave it. */
export function leaveServer(): void {
  rememberServer();
  // Coming back to it, this is old; and a look that is under way was at the choice before.
  arrived = null;
  looks += 1;
}

/** Listens to every server but the one that is shown; called when the list or the choice changed. */
export async function watchOthers(): Promise<void> {
  const { desktop } = host;
  if (desktop === null) return;
  looks += 1;
  const mine = looks;
  const list = await loadServers();
  if (mine !== looks) return;
  const others = new Set(list.filter(({ active }) => !active).map(({ id }) => id));
  for (const [id, watcher] of watchers) {
    if (others.has(id)) continue;
    watcher.stop();
    watchers.delete(id);
  }
  for (const id of others) if (!watchers.has(id)) watchers.set(id, new Watcher(id, desktop));
  const shown = list.find(({ active }) => active);
  if (shown === undefined) return;
  const kept = await loadKept(shown.id);
  if (mine !== looks) return;
  arrived = { id: shown.id, kept };
  const still = { ...getState().unread, ...Object.fromEntries(kept.unread.map((chatId) => [chatId, true as const])) };
  setState({ unread: still });
}

/** Listens anew: after a sign-in, or because a person wants to try again. */
export function listenAgain(id: string): void {
  watchers.get(id)?.stop();
  watchers.delete(id);
}

export async function switchServer(id: string): Promise<void> {
  const { desktop } = host;
  const server = useServers.getState().list.find((entry) => entry.id === id);
  if (desktop === null || getState().server?.serverId === id) return;
  try {
    await desktop.useServer(id);
    await actions.reconnectToHost();
    if (server !== undefined) actions.announce(i18next.t('servers.switched', { name: nameOf(server) }));
  } catch (error) {
    toast.error(errorText(error));
  }
}

/** The nth of the list, as the keys count. */
export function switchToPlace(place: number): void {
  const server = useServers.getState().list[place - 1];
  if (server !== undefined) void switchServer(server.id);
}

export async function renameServer(id: string, name: string): Promise<void> {
  await host.desktop?.renameServer(id, name);
  const list = await loadServers();
  const { server } = getState();
  const renamed = list.find((entry) => entry.id === id);
  if (renamed !== undefined && server?.serverId === id) setState({ server: { ...server, serverName: renamed.name } });
}

export async function removeServer(server: ServerEntry): Promise<void> {
  // The entry may be older than the choice.
  const shown = getState().server?.serverId === server.id;
  listenAgain(server.id);
  try {
    await host.desktop?.removeServer(server.id);
  } finally {
    // Also where it failed: the host shows this computer by then, and the others are to be heard.
    if (shown) await actions.reconnectToHost();
    else await watchOthers();
  }
  // Last, since leaving it remembers it once more.
  forgetKept(server.id);
}
