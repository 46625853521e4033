// What the connection of this window measures, and two ways to watch it: as it is now, and second
// by second while somebody looks.

import { useEffect, useState } from 'react';
import { Metrics, type MetricsSnapshot, type Sample } from '@/client/metrics';

export const metrics = new Metrics();

const REDRAW_MS = 250;
const SECOND_MS = 1000;
/** Two minutes. */
const SECONDS_KEPT = 120;

/** The newest numbers; every frame changes them, four times a second is enough for eyes. */
export function useMetrics(): MetricsSnapshot {
  const [shown, setShown] = useState(metrics.snapshot);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = metrics.subscribe(() => {
      timer ??= setTimeout(() => {
        timer = undefined;
        setShown(metrics.snapshot());
      }, REDRAW_MS);
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, []);
  return shown;
}

export interface Flow {
  received: readonly Sample[];
  sent: readonly Sample[];
  queue: readonly Sample[];
}

/** What went over the line and what waited, in each second since somebody looks. */
export function useFlow(): Flow {
  const [flow, setFlow] = useState<Flow>({ received: [], sent: [], queue: [] });
  useEffect(() => {
    let before = metrics.snapshot();
    const timer = setInterval(() => {
      const now = metrics.snapshot();
      const at = Date.now();
      const add = (samples: readonly Sample[], value: number) => [...samples.slice(1 - SECONDS_KEPT), { at, value }];
      const received = now.received.total - before.received.total;
      const sent = now.sent.total - before.sent.total;
      before = now;
      setFlow((old) => ({
        received: add(old.received, received),
        sent: add(old.sent, sent),
        queue: add(old.queue, now.queueSize),
      }));
    }, SECOND_MS);
    return () => clearInterval(timer);
  }, []);
  return flow;
}
