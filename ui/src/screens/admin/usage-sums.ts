// What was spent, added up as it is shown: by day, by person, by model.

import type { UsageRow } from '@/generated/wire';

export const MEASURES = ['messages', 'tokens', 'cost'] as const;
export type Measure = (typeof MEASURES)[number];

export function amountOf(row: UsageRow, measure: Measure): number {
  if (measure === 'tokens') return row.promptTokens + row.answerTokens;
  return row[measure];
}

export interface Share {
  key: string;
  name: string;
  amount: number;
}

export interface DayAmount {
  day: string;
  amount: number;
}

const DAY_MS = 86_400_000;

/** A day as the wire writes it, UTC. */
export const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10);

/** Every day from the first to the last, also those without use. */
export function byDay(rows: readonly UsageRow[], from: string, to: string, measure: Measure): DayAmount[] {
  const sums = new Map<string, number>();
  for (const row of rows) sums.set(row.day, (sums.get(row.day) ?? 0) + amountOf(row, measure));
  const days: DayAmount[] = [];
  for (let at = Date.parse(from); at <= Date.parse(to); at += DAY_MS) {
    const day = dayOf(at);
    days.push({ day, amount: sums.get(day) ?? 0 });
  }
  return days;
}

/** The largest first; those of nothing are left out. */
export function shares(rows: readonly UsageRow[], measure: Measure, by: (row: UsageRow) => { key: string; name: string }): Share[] {
  const sums = new Map<string, Share>();
  for (const row of rows) {
    const { key, name } = by(row);
    const share = sums.get(key) ?? { key, name, amount: 0 };
    share.amount += amountOf(row, measure);
    sums.set(key, share);
  }
  return [...sums.values()].filter(({ amount }) => amount > 0).sort((one, other) => other.amount - one.amount);
}

export const total = (rows: readonly UsageRow[], measure: Measure): number =>
  rows.reduce((sum, row) => sum + amountOf(row, measure), 0);

export const unpriced = (rows: readonly UsageRow[]): number => rows.reduce((sum, row) => sum + row.unpricedTokens, 0);
