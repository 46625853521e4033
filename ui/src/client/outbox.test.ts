import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Waiting } from './model';
import { localStorageStore, memoryStore, openOutboxStore } from './outbox-store';
import { Outbox } from './outbox';

function entry(clientId: string, chatId = 'chat-1', createdAt = 1): Waiting {
  return { clientId, chatId, content: clientId, createdAt, attempts: 0 };
}

async function setup(store = memoryStore()) {
  const sent: string[] = [];
  const line = { up: true, busy: new Set<string>(), tooLong: new Set<string>() };
  const outbox = new Outbox(store, {
    ready: (chatId) => line.up && !line.busy.has(chatId),
    transmit: ({ clientId }) => {
      if (line.tooLong.has(clientId)) return 'too_long';
      sent.push(clientId);
      return true;
    },
  });
  await outbox.open('server alice');
  return { outbox, sent, line, store };
}

const waitingIds = (outbox: Outbox) => outbox.entries.map(({ clientId }) => clientId);

describe('the outbox', () => {
  it('keeps the order within a chat: the second goes when the first is confirmed', async () => {
    const { outbox, sent } = await setup();
    await outbox.add(entry('a'));
    await outbox.add(entry('b'));
    expect(sent).toEqual(['a']);
    outbox.confirm('a');
    expect(sent).toEqual(['a', 'b']);
  });

  it('does not let one chat hold up another', async () => {
    const { outbox, sent, line } = await setup();
    line.busy.add('chat-1');
    await outbox.add(entry('a', 'chat-1'));
    await outbox.add(entry('b', 'chat-2'));
    expect(sent).toEqual(['b']);
  });

  it('never sends what no frame holds, and keeps it with the reason', async () => {
    const { outbox, sent, line, store } = await setup();
    line.up = false;
    line.tooLong.add('a');
    await outbox.add(entry('a'));
    await outbox.add(entry('b'));
    line.up = true;
    for (let i = 0; i < 3; i += 1) {
      outbox.flush();
      outbox.disconnected();
    }
    expect(sent).toEqual(['b', 'b', 'b']);
    expect(outbox.entries[0]).toMatchObject({ clientId: 'a', attempts: 0, error: { reason: 'too_long' } });
    expect(await store.load('server alice')).toMatchObject([{ clientId: 'a' }, { clientId: 'b' }]);
  });

  it('lets go of an entry only when the server confirms it, however often it is sent', async () => {
    const { outbox, sent } = await setup();
    await outbox.add(entry('a'));
    for (let i = 0; i < 3; i += 1) {
      outbox.disconnected();
      outbox.flush();
    }
    expect(sent).toEqual(['a', 'a', 'a', 'a']);
    expect(waitingIds(outbox)).toEqual(['a']);
    outbox.confirm('a');
    outbox.confirm('a');
    outbox.disconnected();
    outbox.flush();
    expect(sent).toHaveLength(4);
    expect(waitingIds(outbox)).toEqual([]);
  });

  it('survives a restart, and sends what was waiting', async () => {
    const first = await setup();
    first.line.up = false;
    await first.outbox.add(entry('a'));
    await first.outbox.add(entry('b', 'chat-2'));
    const second = await setup(first.store);
    expect(second.sent).toEqual(['a', 'b']);
  });

  it('never shows or sends the messages of another account', async () => {
    const { outbox, sent, line } = await setup();
    line.up = false;
    await outbox.add(entry('a'));
    line.up = true;
    await outbox.open('server bob');
    expect(waitingIds(outbox)).toEqual([]);
    expect(sent).toEqual([]);
    await outbox.open('server alice');
    expect(sent).toEqual(['a']);
  });

  it('keeps a refused message with its reason until the person decides', async () => {
    const { outbox, sent } = await setup();
    await outbox.add(entry('a'));
    const error = { code: 'INVALID_MESSAGE', reason: 'too_long', message: 'too long', retryable: false } as const;
    expect(outbox.refused('out-a', error)).toBe(true);
    expect(outbox.entries[0]?.error).toEqual({ reason: 'too_long', message: 'too long' });
    outbox.flush();
    expect(sent).toEqual(['a']);
    outbox.retry('a');
    expect(sent).toEqual(['a', 'a']);
  });

  it('leaves the errors of others alone', async () => {
    const { outbox } = await setup();
    const error = { code: 'SERVER_ERROR', reason: 'internal', message: 'x', retryable: false } as const;
    expect(outbox.refused('q-1', error)).toBe(false);
    expect(outbox.refused(undefined, error)).toBe(false);
  });

  describe('with a limit on the server', () => {
    beforeEach(() => void vi.useFakeTimers());
    afterEach(() => void vi.useRealTimers());

    it('leaves it to the person when that is long, and says when it would go', async () => {
      const { outbox, sent } = await setup();
      await outbox.add(entry('a'));
      const retryAfter = 30 * 86_400_000;
      outbox.refused('out-a', { reason: 'monthly_limit', message: 'x', retryable: true, retryAfter });
      const retryAt = Date.now() + retryAfter;
      expect(outbox.entries[0]?.error).toEqual({ reason: 'monthly_limit', message: 'x', retryAt });
      await vi.advanceTimersByTimeAsync(86_400_000);
      expect(sent).toEqual(['a']);
      outbox.retry('a');
      expect(sent).toEqual(['a', 'a']);
    });

    it('waits as long as the server asks, then sends again', async () => {
      const { outbox, sent } = await setup();
      await outbox.add(entry('a'));
      outbox.refused('out-a', { reason: 'too_many_messages', message: 'x', retryable: true, retryAfter: 5000 });
      await vi.advanceTimersByTimeAsync(4999);
      expect(sent).toEqual(['a']);
      await vi.advanceTimersByTimeAsync(1);
      expect(sent).toEqual(['a', 'a']);
    });
  });
});

const memory = memoryStore();
const keptInMemory = async () => memory;

describe.each([
  ['IndexedDB', () => openOutboxStore()],
  ['localStorage', async () => localStorageStore(localStorage)],
  ['memory', keptInMemory],
])('the store in %s', (_, open) => {
  it('gives back what was kept, oldest first, per account', async () => {
    const store = await open();
    await store.put('alice', entry('b', 'chat-1', 2));
    await store.put('alice', entry('a', 'chat-1', 1));
    await store.put('bob', entry('c'));
    await store.put('alice', { ...entry('a', 'chat-1', 1), attempts: 3 });
    const again = await open();
    expect((await again.load('alice')).map((e) => [e.clientId, e.attempts])).toEqual([['a', 3], ['b', 0]]);
    await again.remove('alice', 'a');
    expect((await store.load('alice')).map((e) => e.clientId)).toEqual(['b']);
    expect((await store.load('bob')).map((e) => e.clientId)).toEqual(['c']);
  });
});
