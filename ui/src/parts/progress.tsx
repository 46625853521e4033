// How far a long job is: a bar, and the numbers in words.

import { Progress as Radix } from 'radix-ui';
import { useTranslation } from 'react-i18next';
import { formatDuration, formatNumber } from '@/i18n/numbers';

interface ProgressProps {
  label: string;
  done: number;
  /** Null while nobody knows how much there is. */
  total: number | null;
  /** How many a second. */
  rate?: number;
  /** What is counted, as `Intl.NumberFormat` calls it. */
  unit: string;
}

export function Progress({ label, done, total, rate, unit }: ProgressProps) {
  const { t } = useTranslation();
  const amount = (count: number) => formatNumber(Math.round(count), { style: 'unit', unit, unitDisplay: 'short' });
  const share = total === null || total === 0 ? null : Math.min(1, done / total);
  const left = share !== null && total !== null && rate !== undefined && rate > 0 ? (total - done) / rate : null;
  const numbers = [
    total === null ? amount(done) : t('progress.ofTotal', { done: formatNumber(done), total: amount(total) }),
    rate === undefined ? null : t('progress.rate', { rate: amount(rate) }),
    left === null ? null : t('progress.timeLeft', { time: formatDuration(left) }),
  ].filter((part) => part !== null);
  return (
    <div className="flex flex-col gap-1.5">
      <div className="flex justify-between gap-3">
        <span className="font-medium">{label}</span>
        <span className="text-sm text-ink-faint tabular-nums">{numbers.join(' · ')}</span>
      </div>
      <Radix.Root
        aria-label={label}
        value={share === null ? null : Math.round(share * 100)}
        className="h-1.5 overflow-hidden rounded-full bg-wash-strong"
      >
        <Radix.Indicator
          className="h-full rounded-full bg-accent transition-[width] data-[state=indeterminate]:w-1/3 data-[state=indeterminate]:animate-pulse-quiet"
          style={share === null ? {} : { width: `${share * 100}%` }}
        />
      </Radix.Root>
    </div>
  );
}
