import { describe, expect, it } from 'vitest';
import { newest } from './newest';

const messages = (count: number, length: number) => Array.from({ length: count }, (_, id) => ({ id, content: 'x'.repeat(length) }));

describe('what is held of a chat', () => {
  it('is all of it, as the same list, where it fits', () => {
    for (const list of [[], messages(1, 10), messages(5000, 10), messages(1, 20_000_000)]) expect(newest(list)).toBe(list);
  });

  it('is the newest where there are too many', () => {
    const kept = newest(messages(5003, 1));
    expect([kept.length, kept[0]?.id]).toEqual([5000, 3]);
  });

  it('is the newest where they are too long, reasoning counted', () => {
    expect(newest(messages(20, 1_000_000)).map(({ id }) => id)).toEqual(Array.from({ length: 16 }, (_, at) => at + 4));
    const thought = messages(3, 5_000_000).map((message) => ({ ...message, reasoning: 'y'.repeat(5_000_000) }));
    expect(newest(thought).map(({ id }) => id)).toEqual([2]);
  });
});
