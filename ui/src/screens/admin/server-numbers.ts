// How the server does, second by second while somebody looks: whether its store can write, and what
// it counts.

import { useEffect, useState } from 'react';
import type { Sample } from '@/client/metrics';
import { host } from '@/platform';

const LOOK_MS = 2000;
/** Four minutes. */
const SAMPLES_KEPT = 120;
const ANSWER_WITHIN_MS = 5000;

/** Numbers that are shown as they are. */
const LEVELS = { connections: 'parlor_connections', running: 'parlor_answers_running' } as const;
/** Counters, of which the growth per second is shown. */
const RATES = {
  messages: 'parlor_messages_total',
  frames: 'parlor_frame_sent_bytes_count',
  bytes: 'parlor_frame_sent_bytes_sum',
  errors: 'parlor_errors_total',
  refused: 'parlor_authentications_refused_total',
} as const;

export type Level = keyof typeof LEVELS;
export type Rate = keyof typeof RATES;

export interface ServerNumbers {
  /** Whether the server can do its work; `unreachable` where it does not say. */
  health: 'asking' | 'good' | 'cannotWrite' | 'unreachable';
  series: Record<Level | Rate, readonly Sample[]>;
  /** The counters since the server began. */
  totals: Partial<Record<Rate, number>>;
}

const NOTHING: ServerNumbers['series'] = { connections: [], running: [], messages: [], frames: [], bytes: [], errors: [], refused: [] };

/** The numbers of a Prometheus page, those of one name added up; lines of other shapes are passed over. */
export function readMetrics(text: string): Map<string, number> {
  const numbers = new Map<string, number>();
  for (const line of text.split('\n')) {
    const found = /^([a-zA-Z_:][\w:]*)(?:\{[^}]*\})? ([\d.eE+-]+)$/.exec(line.trim());
    const name = found?.[1];
    if (name !== undefined) numbers.set(name, (numbers.get(name) ?? 0) + Number(found?.[2]));
  }
  return numbers;
}

/** Adds what was counted at `at` to the series; `before` is the page before it, and when that was. */
export function grown(
  series: ServerNumbers['series'],
  now: Map<string, number>,
  at: number,
  before: { numbers: Map<string, number>; at: number } | null,
): ServerNumbers['series'] {
  const next = { ...series };
  const add = (name: Level | Rate, value: number) => {
    next[name] = [...series[name].slice(1 - SAMPLES_KEPT), { at, value }];
  };
  for (const [name, metric] of Object.entries(LEVELS) as [Level, string][]) add(name, now.get(metric) ?? 0);
  if (before === null || at <= before.at) return next;
  for (const [name, metric] of Object.entries(RATES) as [Rate, string][]) {
    // After a restart the server counts from nothing.
    const more = Math.max(0, (now.get(metric) ?? 0) - (before.numbers.get(metric) ?? 0));
    add(name, (more * 1000) / (at - before.at));
  }
  return next;
}

async function get(url: string, path: string): Promise<Response> {
  return fetch(url + path, { cache: 'no-store', signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
}

export function useServerNumbers(): ServerNumbers {
  const [shown, setShown] = useState<ServerNumbers>({ health: 'asking', series: NOTHING, totals: {} });
  useEffect(() => {
    let looking = true;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let before: { numbers: Map<string, number>; at: number } | null = null;
    const look = async () => {
      try {
        const { url } = await host.connection();
        const [health, metrics] = await Promise.all([get(url, '/healthz'), get(url, '/metrics')]);
        const numbers = readMetrics(await metrics.text());
        const at = Date.now();
        const last = before;
        before = { numbers, at };
        const totals = Object.fromEntries(Object.entries(RATES).map(([name, metric]) => [name, numbers.get(metric) ?? 0]));
        if (looking) setShown(({ series }) => ({ health: health.ok ? 'good' : 'cannotWrite', series: grown(series, numbers, at, last), totals }));
      } catch {
        if (looking) setShown((old) => ({ ...old, health: 'unreachable' }));
      }
      if (looking) timer = setTimeout(() => void look(), LOOK_MS);
    };
    void look();
    return () => {
      looking = false;
      clearTimeout(timer);
    };
  }, []);
  return shown;
}
