// Limits as a form has them: text in fields, and back. An empty field says nothing, 0 is no limit.

import type { Limits } from '@/generated/wire';
import { moneyField, readMoney } from './money';

export const FIELDS = [
  'messagesPerMinute',
  'runningAnswers',
  'messagesPerDay',
  'tokensPerDay',
  'tokensPerMonth',
  'costPerDay',
  'costPerMonth',
] as const;
export type LimitField = (typeof FIELDS)[number];
export type LimitTexts = Record<LimitField, string>;

export const isMoney = (field: LimitField): boolean => field.startsWith('cost');

export function textsOf(limits: Limits): LimitTexts {
  const text = (field: LimitField) => {
    const value = limits[field];
    if (value === undefined || value === null) return '';
    return isMoney(field) ? moneyField(value) : String(value);
  };
  return Object.fromEntries(FIELDS.map((field) => [field, text(field)])) as LimitTexts;
}

/** The limits that the fields say, and those fields that say none that makes sense. */
export function readTexts(texts: LimitTexts): { limits: Limits; wrong: LimitField[] } {
  const limits: Limits = {};
  const wrong: LimitField[] = [];
  for (const field of FIELDS) {
    const text = texts[field].trim();
    if (text === '') continue;
    const value = isMoney(field) ? readMoney(text) : readCount(text);
    if (value === null) wrong.push(field);
    else limits[field] = value;
  }
  return { limits, wrong };
}

function readCount(text: string): number | null {
  const plain = text.replace(/[\s\u202f\u00a0]/g, '');
  return /^\d{1,12}$/.test(plain) ? Number(plain) : null;
}
