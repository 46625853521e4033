// What a client measures of its connection: how long messages and answers take, how much goes over
// the line, how often it breaks and what goes wrong. Bounded: of each duration the newest samples.
//
// It is told what happens (`measure-chat.ts`, `measure-events.ts`); who watches it subscribes.

import { Emitter } from './emitter';

/** One duration in milliseconds, and when it was measured (Unix milliseconds). */
export interface Sample {
  at: number;
  value: number;
}

export interface Series {
  /** How many were measured since the start. */
  count: number;
  last: number | null;
  mean: number | null;
  /** Of the samples kept. */
  p50: number | null;
  p95: number | null;
  /** The newest ones, oldest first. */
  samples: readonly Sample[];
}

export interface Sizes {
  frames: number;
  /** Characters. */
  total: number;
  largest: number;
}

export interface MetricsSnapshot {
  /** When measuring began, Unix milliseconds. */
  since: number;
  /** From sending a message to the server's word that it has it. */
  messageLatency: Series;
  /** From a ping to its pong. */
  roundTrip: Series;
  /** From sending a message to the first text of its answer. */
  timeToFirstToken: Series;
  /** From the first frame of an answer to its end. */
  streamingDuration: Series;
  /** Connections that were made again after a loss. */
  reconnects: number;
  sent: Sizes;
  received: Sizes;
  /** By code, as `RATE_LIMIT`. */
  errors: Readonly<Record<string, number>>;
  /** Messages that wait to be sent or confirmed. */
  queueSize: number;
}

const KEPT = 120;
/** Messages and answers that are waited for at once; older ones are given up. */
const MOST_OPEN = 500;

type Duration = 'messageLatency' | 'roundTrip' | 'timeToFirstToken' | 'streamingDuration';

class Recorder {
  count = 0;
  sum = 0;
  samples: readonly Sample[] = [];

  add(at: number, value: number): void {
    this.count += 1;
    this.sum += value;
    this.samples = [...this.samples.slice(1 - KEPT), { at, value }];
  }

  get series(): Series {
    const sorted = this.samples.map(({ value }) => value).sort((a, b) => a - b);
    const quantile = (part: number) => sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? null;
    return {
      count: this.count,
      last: this.samples.at(-1)?.value ?? null,
      mean: this.count === 0 ? null : this.sum / this.count,
      p50: quantile(0.5),
      p95: quantile(0.95),
      samples: this.samples,
    };
  }
}

export class Metrics {
  readonly changes = new Emitter<void>();
  readonly #now: () => number;
  readonly #since: number;
  readonly #durations: Record<Duration, Recorder> = {
    messageLatency: new Recorder(),
    roundTrip: new Recorder(),
    timeToFirstToken: new Recorder(),
    streamingDuration: new Recorder(),
  };
  /** When each message went out, by its id. */
  readonly #asked = new Map<string, number>();
  /** When each running answer began. */
  readonly #answers = new Map<string, number>();
  #unanswered: number | null = null;
  #sent: Sizes = { frames: 0, total: 0, largest: 0 };
  #received: Sizes = { frames: 0, total: 0, largest: 0 };
  #errors: Record<string, number> = {};
  #reconnects = 0;
  #queueSize = 0;
  #snapshot: MetricsSnapshot | null = null;

  constructor(now: () => number = Date.now) {
    this.#now = now;
    this.#since = now();
  }

  /** The same object until something changes, as `useSyncExternalStore` wants it. */
  readonly snapshot = (): MetricsSnapshot => {
    this.#snapshot ??= {
      since: this.#since,
      messageLatency: this.#durations.messageLatency.series,
      roundTrip: this.#durations.roundTrip.series,
      timeToFirstToken: this.#durations.timeToFirstToken.series,
      streamingDuration: this.#durations.streamingDuration.series,
      reconnects: this.#reconnects,
      sent: this.#sent,
      received: this.#received,
      errors: this.#errors,
      queueSize: this.#queueSize,
    };
    return this.#snapshot;
  };

  readonly subscribe = (listener: () => void): (() => void) => this.changes.on(listener);

  frame(direction: 'in' | 'out', size: number): void {
    const add = (sizes: Sizes) => ({
      frames: sizes.frames + 1,
      total: sizes.total + size,
      largest: Math.max(sizes.largest, size),
    });
    if (direction === 'in') this.#received = add(this.#received);
    else this.#sent = add(this.#sent);
    this.#changed();
  }

  /** A message went out; sent again, the first time counts. */
  asked(id: string): void {
    if (this.#asked.has(id)) return;
    remember(this.#asked, id, this.#now());
    this.#unanswered = this.#now();
  }

  /** The server has the message. */
  accepted(id: string): void {
    this.#measure('messageLatency', take(this.#asked, id));
  }

  pong(sentAt: number): void {
    this.#measure('roundTrip', sentAt);
  }

  answerBegan(messageId: string): void {
    if (!this.#answers.has(messageId)) remember(this.#answers, messageId, this.#now());
  }

  /** Text of the answer; the first after a message of one's own is what one waited for. */
  answerGrew(): void {
    if (this.#unanswered === null) return;
    this.#measure('timeToFirstToken', this.#unanswered);
    this.#unanswered = null;
  }

  answerEnded(messageId: string): void {
    this.#measure('streamingDuration', take(this.#answers, messageId));
  }

  error(code: string): void {
    this.#errors = { ...this.#errors, [code]: (this.#errors[code] ?? 0) + 1 };
    this.#changed();
  }

  reconnected(): void {
    this.#reconnects += 1;
    this.#changed();
  }

  queue(size: number): void {
    if (size === this.#queueSize) return;
    this.#queueSize = size;
    this.#changed();
  }

  #measure(duration: Duration, since: number | undefined): void {
    if (since === undefined) return;
    const now = this.#now();
    this.#durations[duration].add(now, Math.max(0, now - since));
    this.#changed();
  }

  #changed(): void {
    this.#snapshot = null;
    this.changes.emit();
  }
}

function take(map: Map<string, number>, id: string): number | undefined {
  const value = map.get(id);
  map.delete(id);
  return value;
}

function remember(map: Map<string, number>, id: string, at: number): void {
  map.set(id, at);
  const oldest = map.keys().next();
  if (map.size > MOST_OPEN && !oldest.done) map.delete(oldest.value);
}
