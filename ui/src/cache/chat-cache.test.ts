import { describe, expect, it } from 'vitest';
import { emptyChat } from '@/client/reduce-chat';
import { initialState } from '@/state/app-store';
import { ChatCache, type KeptChat } from './chat-cache';
import { openCacheStore } from './cache-store';

const { chats, chatsEpoch, localChats, person, settings, models, providers } = initialState;
const list = (chatsRevision: number) => ({ chats, chatsRevision, chatsEpoch, localChats, person, settings, models, providers });
const chat = (id: string): KeptChat => ({ open: { ...emptyChat(id, true), epoch: 'e', revision: 7 }, text: null, seq: 0 });

async function cacheOf(scope: string): Promise<ChatCache> {
  const cache = new ChatCache(await openCacheStore());
  await cache.open(scope);
  return cache;
}

describe('the cache of this device', () => {
  it('gives an account what it was left with, and nobody else', async () => {
    const alice = await cacheOf('server alice');
    alice.saveList(list(12));
    alice.saveChat(chat('a'));
    const again = new ChatCache(await openCacheStore());
    expect(await again.open('server alice')).toMatchObject({ chatsRevision: 12 });
    expect((await again.chat('a'))?.open.revision).toBe(7);
    expect(await again.open('server bob')).toBeNull();
    expect(await again.chat('a')).toBeNull();
  });

  it('keeps the chats read last, and lets the oldest go', async () => {
    const cache = await cacheOf('server carol');
    for (let at = 0; at < 45; at += 1) cache.saveChat(chat(`c${at}`));
    expect(await cache.chat('c4')).toBeNull();
    expect(await cache.chat('c5')).not.toBeNull();
    expect(await cache.chat('c44')).not.toBeNull();
  });

  it('forgets an account whole, and only that one', async () => {
    const cache = await cacheOf('server dora');
    cache.saveChat(chat('mine'));
    await cache.open('server eve');
    cache.saveChat(chat('hers'));
    await cache.forget();
    expect(await cache.chat('hers'), 'closed').toBeNull();
    await cache.open('server eve');
    expect(await cache.chat('hers')).toBeNull();
    await cache.open('server dora');
    expect(await cache.chat('mine')).not.toBeNull();
  });

  it('does not hold up a chat where the disk does not answer', async () => {
    const never = () => new Promise<never>(() => undefined);
    const cache = new ChatCache({ get: never, put: never, remove: never, clear: never });
    expect(await cache.open('server frank')).toBeNull();
    expect(await cache.chat('a')).toBeNull();
  });
});
