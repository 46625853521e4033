// A moment: relative to now at a glance, exact on hover and for machines.

import { exactTime, relativeTime } from '@/i18n/relative-time';
import { useNow } from './use-now';

export function Time({ at, className }: { at: string | number; className?: string }) {
  const now = useNow(30_000);
  const iso = typeof at === 'string' ? at : new Date(at).toISOString();
  return (
    <time dateTime={iso} title={exactTime(at)} className={className}>
      {relativeTime(at, now)}
    </time>
  );
}
