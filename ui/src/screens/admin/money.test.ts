import { describe, expect, it } from 'vitest';
import { formatMoney, moneyField, readMoney } from './money';

describe('money', () => {
  it('is read as people write it, and nothing else is', () => {
    expect(['1.5', ' 20 ', '0,25', '0.000001', '0'].map(readMoney)).toEqual([1_500_000, 20_000_000, 250_000, 1, 0]);
    expect(['', '-1', '1.2.3', '1e3', 'free', '0.0000001'].map(readMoney)).toEqual([null, null, null, null, null, null]);
  });

  it('comes back from a field as it went in', () => {
    for (const micro of [0, 1, 250_000, 1_500_000, 999_999_999]) expect(readMoney(moneyField(micro))).toBe(micro);
  });

  it('is written in its currency, also one of a server’s own', () => {
    expect(formatMoney(1_500_000, 'USD')).toBe('$1.50');
    expect(formatMoney(4_200, 'USD')).toBe('$0.0042');
    expect(formatMoney(2_000_000, '★')).toBe('2.00 ★');
  });
});
