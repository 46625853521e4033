import { describe, expect, it } from 'vitest';
import type { ServerFrame } from '@/client/wire';
import { NOTHING_KEPT, reduceNews, type Kept } from './reduce-news';

const at = (second: number) => `2026-01-01T00:00:${String(second).padStart(2, '0')}.000Z`;

const list = (chats: [string, number][], more: object = {}): ServerFrame =>
  ({
    type: 'chats',
    data: {
      chats: chats.map(([chatId, second]) => ({ chatId, updatedAt: at(second) })),
      removed: [],
      running: [],
      revision: 9,
      epoch: 'e',
      whole: false,
      ...more,
    },
  }) as unknown as ServerFrame;

const activity = (chatId: string, running: boolean): ServerFrame => ({
  type: 'chat_activity',
  data: { chatId, messageId: 'm', running },
});

const left: Kept = { epoch: 'e', revision: 5, seenUntil: at(10), unread: ['a'] };

describe('what is new on a server that is not shown', () => {
  it('counts nothing at the first look, and remembers where it stood', () => {
    const kept = reduceNews(NOTHING_KEPT, list([['a', 3], ['b', 7]], { whole: true }));
    expect(kept).toEqual({ epoch: 'e', revision: 9, seenUntil: at(7), unread: [] });
  });

  it('counts the chats in which something came meanwhile, each once', () => {
    const kept = reduceNews(left, list([['a', 12], ['b', 11], ['renamed', 2]]));
    expect(kept.unread).toEqual(['a', 'b']);
    expect(kept.revision).toBe(9);
  });

  it('waits for the end of what is still written', () => {
    const writing = reduceNews(left, list([['b', 11]], { running: [{ chatId: 'b', messageId: 'm' }] }));
    expect(writing.unread).toEqual(['a']);
    expect(reduceNews(writing, activity('b', true))).toBe(writing);
    expect(reduceNews(writing, activity('b', false)).unread).toEqual(['a', 'b']);
  });

  it('forgets chats that are gone, and a history that is another', () => {
    expect(reduceNews(left, list([], { removed: ['a'] })).unread).toEqual([]);
    const gone = { type: 'chat_deleted', data: { chatId: 'a', revision: 6 } } as ServerFrame;
    expect(reduceNews(left, gone).unread).toEqual([]);
    expect(reduceNews(left, list([['a', 12]], { whole: true, epoch: 'other' })).unread).toEqual([]);
    expect(reduceNews(left, list([['b', 12]], { whole: true })).unread).toEqual([]);
    expect(reduceNews(left, list([['a', 12]], { whole: true })).unread).toEqual(['a']);
  });
});
