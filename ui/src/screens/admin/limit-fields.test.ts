import { describe, expect, it } from 'vitest';
import { readTexts, textsOf } from './limit-fields';

describe('limits in a form', () => {
  it('come back as they went in', () => {
    const limits = { messagesPerMinute: 0, messagesPerDay: 100, tokensPerMonth: 1_000_000, costPerDay: 1_500_000 };
    expect(readTexts(textsOf(limits))).toEqual({ limits, wrong: [] });
  });

  it('say nothing where a field is empty, and no limit where it is 0', () => {
    const texts = { ...textsOf({}), runningAnswers: ' ', messagesPerDay: '0' };
    expect(readTexts(texts)).toEqual({ limits: { messagesPerDay: 0 }, wrong: [] });
  });

  it('take spaces within numbers, and name what is none', () => {
    const texts = { ...textsOf({}), tokensPerDay: '50 000', messagesPerDay: 'many', costPerDay: '-1', costPerMonth: '12,50' };
    expect(readTexts(texts)).toEqual({ limits: { tokensPerDay: 50_000, costPerMonth: 12_500_000 }, wrong: ['messagesPerDay', 'costPerDay'] });
  });
});
