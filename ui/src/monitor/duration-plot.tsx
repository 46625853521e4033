// One duration: how long the last one took, how long they usually take, and all of them as a line.

import { useTranslation } from 'react-i18next';
import type { Series } from '@/client/metrics';
import { formatNumber } from '@/i18n/numbers';
import { Plot } from './plot';

/** "84 ms", "2.4 s". */
export function formatMilliseconds(value: number): string {
  return value < 1000
    ? formatNumber(Math.round(value), { style: 'unit', unit: 'millisecond', unitDisplay: 'short' })
    : formatNumber(value / 1000, { style: 'unit', unit: 'second', unitDisplay: 'short', maximumFractionDigits: 1 });
}

export function DurationPlot({ name, series }: { name: string; series: Series }) {
  const { t } = useTranslation();
  const { last, p50, p95, count, samples } = series;
  return (
    <section aria-label={name}>
      <div className="flex items-baseline justify-between gap-3">
        <h3 className="text-ink-soft">{name}</h3>
        <p className="text-lg font-medium tabular-nums">{last === null ? '–' : formatMilliseconds(last)}</p>
      </div>
      <Plot samples={samples} label={t('monitor.plotOf', { name, count })} format={formatMilliseconds} atLeast={50} />
      <p className="text-xs text-ink-faint tabular-nums">
        {p50 === null || p95 === null
          ? t('monitor.nothingYet')
          : t('monitor.usually', { p50: formatMilliseconds(p50), p95: formatMilliseconds(p95), count })}
      </p>
    </section>
  );
}
