// Money as the wire has it, in millionths, and as people read and write it.

import { formatNumber } from '@/i18n/numbers';

export const MICRO = 1_000_000;

/** "$1.25", or "1.25 points" where the currency is none of the world's. */
export function formatMoney(micro: number, currency: string): string {
  const value = micro / MICRO;
  // Small sums keep two figures that count.
  const digits = value !== 0 && Math.abs(value) < 0.1 ? 4 : 2;
  try {
    return formatNumber(value, { style: 'currency', currency, minimumFractionDigits: 2, maximumFractionDigits: digits });
  } catch {
    return `${formatNumber(value, { minimumFractionDigits: 2, maximumFractionDigits: digits })} ${currency}`;
  }
}

/** Millionths as digits for a field; a point stands for the comma, whatever the language. */
export const moneyField = (micro: number): string => String(micro / MICRO);

/** `null` for what is no amount. A comma is a point. */
export function readMoney(text: string): number | null {
  const plain = text.trim().replace(',', '.');
  if (!/^\d{1,9}(\.\d{1,6})?$/.test(plain)) return null;
  return Math.round(Number(plain) * MICRO);
}
