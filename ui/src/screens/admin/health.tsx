// How the server does: whether it can write, and what goes through it, live.

import { useTranslation } from 'react-i18next';
import { formatNumber } from '@/i18n/numbers';
import { FlowPlot } from '@/monitor/flow-plot';
import { Busy } from '@/parts/busy';
import { Notice } from '@/parts/notice';
import { useApp } from '@/state/app-store';
import { useVersion } from '../settings/use-version';
import { Page } from './page';
import { useServerNumbers, type Level, type Rate } from './server-numbers';

const PLOTS: readonly { name: Level | Rate; counts: boolean; atLeast: number }[] = [
  { name: 'connections', counts: false, atLeast: 4 },
  { name: 'running', counts: false, atLeast: 4 },
  { name: 'messages', counts: true, atLeast: 1 },
  { name: 'frames', counts: true, atLeast: 20 },
  { name: 'bytes', counts: true, atLeast: 2000 },
  { name: 'errors', counts: true, atLeast: 1 },
  { name: 'refused', counts: true, atLeast: 1 },
];

const brief = (value: number) => formatNumber(value, { notation: 'compact', maximumFractionDigits: 1 });

export function Health() {
  const { t } = useTranslation();
  const { health, series, totals } = useServerNumbers();
  const url = useApp((state) => state.server?.url);
  const version = useVersion(url);
  return (
    <Page>
      {health === 'asking' ? (
        <Busy words={t('common.loading')} />
      ) : (
        <Notice tone={health === 'good' ? 'good' : 'danger'} live>
          {t(`admin.health.${health}`)}
          {health === 'good' && version !== undefined ? ` ${t('admin.health.version', { version })}` : null}
        </Notice>
      )}
      <div className="mt-7 grid gap-x-10 gap-y-7 md:grid-cols-2">
        {PLOTS.map(({ name, counts, atLeast }) => {
          const samples = series[name];
          const format = (value: number) => (counts ? t('monitor.aSecond', { value: brief(value) }) : brief(value));
          const last = samples.at(-1)?.value;
          const total = totals[name as Rate];
          return (
            <FlowPlot
              key={name}
              name={t(`admin.health.plot.${name}`)}
              now={last === undefined ? '–' : format(last)}
              samples={samples}
              format={format}
              atLeast={atLeast}
              {...(counts && total !== undefined && { note: t('admin.health.since', { total: brief(total) }) })}
            />
          );
        })}
      </div>
    </Page>
  );
}
