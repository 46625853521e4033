// What a connection measures, for a page that shows it.

import { useSyncExternalStore } from 'react';
import type { Metrics, MetricsSnapshot } from '@parlor/client';

export function useMetrics(metrics: Metrics): MetricsSnapshot {
  return useSyncExternalStore(metrics.subscribe, metrics.snapshot, metrics.snapshot);
}
