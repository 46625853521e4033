// Time as people say it: relative at a glance, exact on hover.

import i18next from 'i18next';
import { currentLanguage } from './index';

const STEPS: readonly [unit: Intl.RelativeTimeFormatUnit, milliseconds: number][] = [
  ['year', 365 * 86_400_000],
  ['month', 30 * 86_400_000],
  ['week', 7 * 86_400_000],
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
];

/** "5 minutes ago", "вчера"; under a minute it is "just now". */
export function relativeTime(when: string | number | Date, now: number = Date.now()): string {
  const distance = new Date(when).getTime() - now;
  const step = STEPS.find(([, size]) => Math.abs(distance) >= size);
  if (!step) return i18next.t('time.justNow');
  const format = new Intl.RelativeTimeFormat(currentLanguage(), { numeric: 'auto' });
  return format.format(Math.trunc(distance / step[1]), step[0]);
}

/** "22 November 2026 at 04:06", for a title. */
export function exactTime(when: string | number | Date): string {
  return new Intl.DateTimeFormat(currentLanguage(), { dateStyle: 'long', timeStyle: 'short' }).format(
    new Date(when),
  );
}
