// The headings of the list of chats: Pinned, Today, Yesterday, Last 7 days, then by month.

import i18next from 'i18next';
import { currentLanguage } from './index';

/** Days of the reader's calendar between two moments; summer time does not shift it. */
function daysBetween(earlier: Date, later: Date): number {
  const day = (date: Date) => Date.UTC(date.getFullYear(), date.getMonth(), date.getDate());
  return Math.round((day(later) - day(earlier)) / 86_400_000);
}

/** A key that is the same for all chats under one heading, and sorts nowhere: keep the list's order. */
export function groupOfDay(when: string | number | Date, now: number = Date.now()): string {
  const date = new Date(when);
  const days = daysBetween(date, new Date(now));
  if (days <= 0) return 'today';
  if (days === 1) return 'yesterday';
  if (days < 7) return 'lastSevenDays';
  return `${date.getFullYear()}-${String(date.getMonth() + 1).padStart(2, '0')}`;
}

/** The heading to show for a key of [`groupOfDay`], or for `pinned`. */
export function groupTitle(key: string, now: number = Date.now()): string {
  switch (key) {
    case 'pinned':
      return i18next.t('group.pinned');
    case 'today':
      return i18next.t('group.today');
    case 'yesterday':
      return i18next.t('group.yesterday');
    case 'lastSevenDays':
      return i18next.t('group.lastSevenDays');
    default:
      return monthTitle(key, now);
  }
}

function monthTitle(key: string, now: number): string {
  const [year, month] = key.split('-').map(Number);
  const date = new Date(year ?? 1970, (month ?? 1) - 1, 1);
  const thisYear = date.getFullYear() === new Date(now).getFullYear();
  const text = new Intl.DateTimeFormat(currentLanguage(), {
    month: 'long',
    ...(thisYear ? {} : { year: 'numeric' }),
  }).format(date);
  return text.charAt(0).toLocaleUpperCase(currentLanguage()) + text.slice(1);
}
