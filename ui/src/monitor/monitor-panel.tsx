// How the connection does: how long things take, how much goes over the line, what waits and what
// went wrong, all live and all measured in this window.

import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { formatDuration, formatNumber } from '@/i18n/numbers';
import { useNow } from '@/lib/use-now';
import { SidePanel } from '@/panel/side-panel';
import { useConnectionWord } from '@/shell/use-connection-word';
import { actions } from '@/state/actions';
import { DurationPlot } from './duration-plot';
import { ErrorBars } from './error-bars';
import { FlowPlot } from './flow-plot';
import { useFlow, useMetrics } from './metrics';

/** While somebody looks on, the line is sounded more often than it needs. */
const PING_MS = 3000;

const characters = (value: number) => formatNumber(value, { notation: 'compact', maximumFractionDigits: 1 });

export default function MonitorPanel() {
  const { t } = useTranslation();
  const numbers = useMetrics();
  const flow = useFlow();
  const word = useConnectionWord();
  const now = useNow(1000);
  useEffect(() => {
    actions.ping();
    const timer = setInterval(actions.ping, PING_MS);
    return () => clearInterval(timer);
  }, []);
  const { received, sent } = numbers;
  const sizes = ({ frames, total, largest }: typeof sent) =>
    t('monitor.sizes', { frames: formatNumber(frames), total: characters(total), largest: characters(largest) });
  const aSecond = (value: number) => t('monitor.aSecond', { value: characters(value) });

  return (
    <SidePanel id="monitor-panel" title={t('monitor.title')} closeLabel={t('monitor.close')} onClose={() => actions.showMonitor(false)}>
      <div className="flex flex-col gap-6 px-5 pt-1 pb-8">
        <p className="text-sm text-ink-soft tabular-nums">
          {t('monitor.state', { state: word, time: formatDuration((now - numbers.since) / 1000) })}{' '}
          {t('monitor.reconnects', { count: numbers.reconnects })}
        </p>
        <DurationPlot name={t('monitor.messageLatency')} series={numbers.messageLatency} />
        <DurationPlot name={t('monitor.timeToFirstToken')} series={numbers.timeToFirstToken} />
        <DurationPlot name={t('monitor.streamingDuration')} series={numbers.streamingDuration} />
        <DurationPlot name={t('monitor.roundTrip')} series={numbers.roundTrip} />
        <FlowPlot
          name={t('monitor.received')}
          now={aSecond(flow.received.at(-1)?.value ?? 0)}
          note={sizes(received)}
          samples={flow.received}
          format={aSecond}
          atLeast={200}
        />
        <FlowPlot
          name={t('monitor.sent')}
          now={aSecond(flow.sent.at(-1)?.value ?? 0)}
          note={sizes(sent)}
          samples={flow.sent}
          format={aSecond}
          atLeast={200}
        />
        <FlowPlot
          name={t('monitor.queue')}
          now={formatNumber(numbers.queueSize)}
          samples={flow.queue}
          format={(value) => formatNumber(value)}
          atLeast={4}
        />
        <ErrorBars errors={numbers.errors} />
      </div>
    </SidePanel>
  );
}
