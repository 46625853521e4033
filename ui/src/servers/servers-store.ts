// The servers that this device knows, and how those are that are not shown: what the switcher shows.

import { create } from 'zustand';
import type { ConnectionState } from '@/client/model';
import { host, type ServerEntry } from '@/platform';

/** How a server is that is not shown. */
export interface ServerNews {
  kind: ConnectionState['kind'];
  /** Chats in which something came since it was shown. */
  unread: number;
  /** A code with a sentence, where the host refuses to talk to it. */
  problem: string | null;
}

export type ServersDialog =
  | { kind: 'add' }
  | { kind: 'rename'; server: ServerEntry }
  | { kind: 'remove'; server: ServerEntry }
  | { kind: 'move'; chatId: string };

interface ServersState {
  list: ServerEntry[];
  news: Record<string, ServerNews>;
  dialog: ServersDialog | null;
}

export const useServers = create<ServersState>(() => ({ list: [], news: {}, dialog: null }));

export function showServersDialog(dialog: ServersDialog | null): void {
  useServers.setState({ dialog });
}

export function setNews(id: string, news: ServerNews): void {
  useServers.setState(({ news: all }) => ({ news: { ...all, [id]: news } }));
}

export function dropNews(id: string): void {
  useServers.setState(({ news }) => ({
    news: Object.fromEntries(Object.entries(news).filter(([key]) => key !== id)),
  }));
}

/** Reads the list anew from the host. In a browser there is one server, and no list. */
export async function loadServers(): Promise<ServerEntry[]> {
  const list = (await host.desktop?.servers()) ?? [];
  useServers.setState({ list });
  return list;
}
