import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { WireChat } from '@/client/wire';
import { getState, initialState, setState } from '@/state/app-store';
import { reduceList } from '@/state/reduce-list';
import type { Kept } from './reduce-news';
import { leaveServer, removeServer, rememberServer, watchOthers } from './switch-server';

const fake = vi.hoisted(() => ({
  kept: new Map<string, unknown>(),
  active: 'home',
  remove: async (): Promise<void> => undefined,
  reading: Promise.resolve(),
  reconnects: 0,
}));
vi.mock('@/state/actions', () => ({
  actions: {
    reconnectToHost: async () => {
      fake.reconnects += 1;
    },
  },
}));
vi.mock('@/platform', () => ({
  host: {
    desktop: {
      servers: async () => [{ id: fake.active, name: 'x', address: '', user: '', active: true }],
      removeServer: () => fake.remove(),
    },
    device: {
      get: async (key: string) => {
        const value = fake.kept.get(key);
        await fake.reading;
        return value;
      },
      set: async (key: string, value: unknown) => void fake.kept.set(key, value),
      remove: async (key: string) => void fake.kept.delete(key),
    },
  },
}));

const at = (second: number) => `2026-01-01T00:00:${String(second).padStart(2, '0')}.000Z`;
const chat = (chatId: string, second: number) => ({ chatId, updatedAt: at(second) }) as WireChat;
const heard: Kept = { epoch: 'e', revision: 10, seenUntil: at(10), unread: ['a'] };
const server = { serverId: 'home', serverName: 'Home', url: '', remote: true };
/** The list as this device remembers it, from before the light connection heard more. */
const memory = { server, chats: { a: chat('a', 3), b: chat('b', 4) }, chatsLoaded: true, chatsRevision: 5, chatsEpoch: 'e' };

beforeEach(() => {
  leaveServer();
  Object.assign(fake, { active: 'home', reading: Promise.resolve(), reconnects: 0, remove: async () => undefined });
  fake.kept.clear();
  fake.kept.set('news home', heard);
  setState({ ...initialState, ...memory }, true);
});

describe('what is remembered of the server on the screen', () => {
  it('is not written over before it is on the screen', () => {
    leaveServer();
    expect(fake.kept.get('news home')).toEqual(heard);
  });

  it('never falls behind what the light connection had heard', async () => {
    await watchOthers();
    expect(getState().unread).toEqual({ a: true });
    leaveServer();
    expect(fake.kept.get('news home')).toEqual(heard);
  });

  it('begins anew with another history', async () => {
    await watchOthers();
    setState({ chatsEpoch: 'other', unread: {} });
    rememberServer();
    expect(fake.kept.get('news home')).toEqual({ epoch: 'other', revision: 5, seenUntil: at(4), unread: [] });
  });

  it('is not put on the screen of the server that was gone to meanwhile', async () => {
    let read: () => void = () => undefined;
    fake.reading = new Promise((resolve) => (read = resolve));
    const early = watchOthers();
    await Promise.resolve();
    leaveServer();
    setState({ ...initialState, ...memory, server: { ...server, serverId: 'other' } }, true);
    fake.active = 'other';
    const late = watchOthers();
    read();
    await Promise.all([early, late]);
    expect(getState().unread).toEqual({});
  });
});

it('a chat that is gone is unread no more', () => {
  const data = { whole: true, chats: [chat('b', 4)], removed: [], running: [], revision: 11, epoch: 'e' };
  const change = reduceList({ ...getState(), unread: { a: true, b: true } }, { type: 'chats', data }, null);
  expect(change?.unread).toEqual({ b: true });
});

describe('a server that is removed', () => {
  const entry = { id: 'home', name: 'Home', address: '', user: '', active: false };

  it('leaves the screen, also where the list was older than the choice', async () => {
    await removeServer(entry);
    expect(fake.reconnects).toBe(1);
    expect(fake.kept.has('news home')).toBe(false);
  });

  it('leaves it also where the host could not forget it, and what was kept stays', async () => {
    fake.remove = () => Promise.reject(new Error('keyring'));
    await expect(removeServer(entry)).rejects.toThrow('keyring');
    expect(fake.reconnects).toBe(1);
    expect(fake.kept.get('news home')).toEqual(heard);
  });
});
