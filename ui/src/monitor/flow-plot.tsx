// What flows or waits, second by second.

import { useTranslation } from 'react-i18next';
import type { Sample } from '@/client/metrics';
import { Plot } from './plot';

interface Props {
  name: string;
  /** The one number that matters, written. */
  now: string;
  note?: string;
  samples: readonly Sample[];
  format: (value: number) => string;
  atLeast: number;
}

export function FlowPlot({ name, now, note, samples, format, atLeast }: Props) {
  const { t } = useTranslation();
  return (
    <section aria-label={name}>
      <div className="flex items-baseline justify-between gap-3">
        <h3 className="text-ink-soft">{name}</h3>
        <p className="text-lg font-medium tabular-nums">{now}</p>
      </div>
      <Plot samples={samples} label={t('monitor.plotOf', { name, count: samples.length })} format={format} atLeast={atLeast} />
      {note !== undefined && <p className="text-xs text-ink-faint tabular-nums">{note}</p>}
    </section>
  );
}
