import { describe, expect, it } from 'vitest';
import type { UsageRow } from '@/generated/wire';
import { byDay, shares, total, unpriced } from './usage-sums';

const row = (day: string, name: string, tokens: number, over: Partial<UsageRow> = {}): UsageRow => ({
  day, userId: `u-${name}`, name, messages: 1, promptTokens: tokens, answerTokens: tokens, cost: tokens * 3, unpricedTokens: 0, estimatedTokens: 0, ...over,
});
const rows = [row('2026-02-27', 'ann', 10), row('2026-03-01', 'bo', 5), row('2026-03-01', 'ann', 20, { unpricedTokens: 40 })];

describe('what was spent', () => {
  it('has every day, over the end of a month, and those without use as nothing', () => {
    expect(byDay(rows, '2026-02-27', '2026-03-01', 'tokens')).toEqual([
      { day: '2026-02-27', amount: 20 },
      { day: '2026-02-28', amount: 0 },
      { day: '2026-03-01', amount: 50 },
    ]);
  });

  it('is shared out, the largest first, without those who spent nothing', () => {
    const people = shares([...rows, row('2026-03-01', 'cy', 0)], 'tokens', ({ userId, name }) => ({ key: userId, name }));
    expect(people.map(({ name, amount }) => [name, amount])).toEqual([['ann', 60], ['bo', 10]]);
  });

  it('adds up', () => {
    expect([total(rows, 'messages'), total(rows, 'cost'), unpriced(rows)]).toEqual([3, 105, 40]);
  });
});
