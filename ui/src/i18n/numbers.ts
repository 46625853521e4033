// Numbers as the reader's language writes them.

import { currentLanguage } from './index';

export function formatNumber(value: number, options?: Intl.NumberFormatOptions): string {
  return new Intl.NumberFormat(currentLanguage(), options).format(value);
}

/** "3 min 20 s": a length of time in its two largest units. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const parts: [number, string][] = [
    [Math.floor(whole / 3600), 'hour'],
    [Math.floor((whole % 3600) / 60), 'minute'],
    [whole % 60, 'second'],
  ];
  const first = parts.findIndex(([count]) => count > 0);
  const shown = first === -1 ? parts.slice(2) : parts.slice(first, first + 2).filter(([n]) => n > 0);
  return shown
    .map(([count, unit]) => formatNumber(count, { style: 'unit', unit, unitDisplay: 'short' }))
    .join(' ');
}

/** Money that the server counts in millionths; a currency that has no sign of its own is written out. */
export function formatMoney(millionths: number, currency: string): string {
  const amount = millionths / 1_000_000;
  // Small sums would all read as nothing.
  const digits = amount !== 0 && amount < 0.1 ? { maximumSignificantDigits: 2 } : { maximumFractionDigits: 2 };
  try {
    return formatNumber(amount, { style: 'currency', currency, ...digits });
  } catch {
    return `${formatNumber(amount, digits)} ${currency}`;
  }
}
