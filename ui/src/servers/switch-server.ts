// Goes from one server to another, and listens to those that are left.

import { toast } from 'sonner';
import { i18next } from '@/i18n';
import { errorText } from '@/i18n/reason-text';
import { host, type ServerEntry } from '@/platform';
import { actions } from '@/state/actions';
import { getState, setState } from '@/state/app-store';
import { loadServers, useServers } from './servers-store';
import { forgetKept, loadKept, saveKept, Watcher } from './watcher';

const watchers = new Map<string, Watcher>();

export function watcherOf(id: string): Watcher | undefined {
  return watchers.get(id);
}

/** What a person calls a server. */
export function nameOf(server: Pick<ServerEntry, 'id' | 'name'>): string {
  return server.id === 'local' ? i18next.t('sidebar.thisComputer') : server.name;
}

/** Remembers what of the server on the screen is unread, before it leaves the screen. */
export function leaveServer(): void {
  const { server, chats, chatsLoaded, chatsRevision, chatsEpoch, unread } = getState();
  if (host.desktop === null || server === null || !chatsLoaded || chatsEpoch === null) return;
  const times = Object.values(chats).map(({ updatedAt }) => updatedAt);
  const seenUntil = times.reduce((late, time) => (time > late ? time : late), '');
  saveKept(server.serverId, { epoch: chatsEpoch, revision: chatsRevision, seenUntil, unread: Object.keys(unread) });
}

/** Listens to every server but the one that is shown; called when the list or the choice changed. */
export async function watchOthers(): Promise<void> {
  const { desktop } = host;
  if (desktop === null) return;
  const list = await loadServers();
  const others = new Set(list.filter(({ active }) => !active).map(({ id }) => id));
  for (const [id, watcher] of watchers) {
    if (others.has(id)) continue;
    watcher.stop();
    watchers.delete(id);
  }
  for (const id of others) if (!watchers.has(id)) watchers.set(id, new Watcher(id, desktop));
  const shown = list.find(({ active }) => active);
  if (shown === undefined) return;
  const { unread } = await loadKept(shown.id);
  const still = { ...getState().unread, ...Object.fromEntries(unread.map((chatId) => [chatId, true as const])) };
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
  listenAgain(server.id);
  await host.desktop?.removeServer(server.id);
  forgetKept(server.id);
  if (server.active) await actions.reconnectToHost();
  else await watchOthers();
}
