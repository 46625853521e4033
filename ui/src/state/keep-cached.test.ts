import { afterEach, describe, expect, it } from 'vitest';
import { openCacheStore } from '@/cache/cache-store';
import { ChatCache } from '@/cache/chat-cache';
import { closeAccount, openAccount } from './account';
import { getState, initialState, setState } from './app-store';
import { keepCached } from './keep-cached';
import { localChat } from './local-chat';
import type { Session } from './session';
import type { Waiting } from './types';

const words = (chatId: string): Waiting => ({ clientId: `c-${chatId}`, chatId, content: 'First words', createdAt: 0, attempts: 0 });

/** A page as it starts: nothing in memory, and on the device what was left there. */
async function start(account: string, waiting: Waiting[]): Promise<Session> {
  setState(initialState, true);
  const cache = new ChatCache(await openCacheStore());
  const session = {
    cache,
    outbox: { open: async () => setState({ waiting }), close: () => undefined },
    recall: async () => undefined,
  } as unknown as Session;
  keepCached(cache);
  await openAccount(session, account);
  return session;
}

function begin(chatId: string, title: string): void {
  const chat = { ...localChat(chatId, 'First words', 0, null), title, titleSource: 'person' as const };
  setState({ chats: { ...getState().chats, [chatId]: chat }, localChats: { ...getState().localChats, [chatId]: true } });
}

/** The page goes, and with it everything in its memory. */
function leave(session: Session): void {
  window.dispatchEvent(new Event('pagehide'));
  closeAccount(session);
}

let last: Session | undefined;
afterEach(() => {
  if (last !== undefined) closeAccount(last);
  setState(initialState, true);
});

describe('what is begun before any list came', () => {
  it('keeps its place and its name over a reload, and the list is still to come', async () => {
    const session = await start('server alice', []);
    begin('mine', 'Named on the way');
    leave(session);
    last = await start('server alice', [words('mine')]);
    expect(getState().chats['mine']).toMatchObject({ title: 'Named on the way', titleSource: 'person' });
    expect(getState().localChats).toEqual({ mine: true });
    expect(getState().chatsLoaded).toBe(false);
  });

  it('is kept once the account is known, when it was begun before that', async () => {
    const session = await start('server bob', []);
    session.cache.close();
    begin('early', 'Begun early');
    window.dispatchEvent(new Event('pagehide'));
    await session.cache.open('server bob');
    setState({ person: { userId: 'bob', name: 'Bob', role: 'member' } });
    leave(session);
    last = await start('server bob', [words('early')]);
    expect(getState().chats['early']?.title).toBe('Begun early');
  });

  it('does not come back when it was deleted again', async () => {
    const session = await start('server carol', []);
    begin('regretted', 'Regretted');
    window.dispatchEvent(new Event('pagehide'));
    setState({ chats: {}, localChats: {} });
    leave(session);
    last = await start('server carol', []);
    expect(getState().chats).toEqual({});
    expect(getState().localChats).toEqual({});
  });

  it('writes nothing over the list of the device while there is nothing of its own', async () => {
    const session = await start('server dora', []);
    setState({ chats: { known: localChat('known', 'Known', 0, null) }, chatsLoaded: true, chatsEpoch: 'e', chatsRevision: 3 });
    leave(session);
    setState(initialState, true);
    const cache = new ChatCache(await openCacheStore());
    await cache.open('server dora');
    keepCached(cache);
    setState({ person: { userId: 'dora', name: 'Dora', role: 'member' } });
    window.dispatchEvent(new Event('pagehide'));
    expect(await cache.open('server dora')).toMatchObject({ chatsRevision: 3 });
  });

  it('stays when the memory of the device comes later than its first words', async () => {
    const session = await start('server eve', []);
    setState({ chats: { known: localChat('known', 'Known', 0, null) }, chatsLoaded: true, chatsEpoch: 'e', chatsRevision: 3 });
    leave(session);
    const starting = start('server eve', [words('quick')]);
    await expect.poll(() => getState().chatsLoaded).toBe(false);
    begin('quick', 'Quick');
    last = await starting;
    expect(Object.keys(getState().chats).sort()).toEqual(['known', 'quick']);
    expect(getState().localChats).toEqual({ quick: true });
  });
});
