import { describe, expect, it, vi } from 'vitest';
import { Metrics } from './metrics';

function setup() {
  const clock = { now: 1000 };
  const metrics = new Metrics(() => clock.now);
  const after = (milliseconds: number) => (clock.now += milliseconds);
  return { metrics, after };
}

describe('the metrics', () => {
  it('measure a message, its answer’s first text and its end', () => {
    const { metrics, after } = setup();
    metrics.asked('c-1');
    after(5);
    metrics.accepted('c-1');
    after(20);
    metrics.answerBegan('m-1');
    after(75);
    metrics.answerGrew();
    after(50);
    metrics.answerGrew();
    metrics.answerEnded('m-1');
    const { messageLatency, timeToFirstToken, streamingDuration } = metrics.snapshot();
    expect([messageLatency.last, timeToFirstToken.last, streamingDuration.last]).toEqual([5, 100, 125]);
    expect(timeToFirstToken.count).toBe(1);
  });

  it('count a message that was sent again from its first sending', () => {
    const { metrics, after } = setup();
    metrics.asked('c-1');
    after(30);
    metrics.asked('c-1');
    after(10);
    metrics.accepted('c-1');
    metrics.accepted('c-1');
    expect(metrics.snapshot().messageLatency).toMatchObject({ count: 1, last: 40 });
  });

  it('say the middle and the slow end of what they keep, and keep no more than they need', () => {
    const { metrics, after } = setup();
    for (let i = 1; i <= 1000; i += 1) {
      metrics.asked(`c-${i}`);
      after(i);
      metrics.accepted(`c-${i}`);
    }
    const { count, samples, p50, p95, mean } = metrics.snapshot().messageLatency;
    expect([count, samples.length, mean]).toEqual([1000, 120, 500.5]);
    expect([p50, p95]).toEqual([941, 995]);
  });

  it('keep their snapshot until something changes', () => {
    const { metrics } = setup();
    const heard = vi.fn();
    const stop = metrics.subscribe(heard);
    const before = metrics.snapshot();
    expect(metrics.snapshot()).toBe(before);
    metrics.error('RATE_LIMIT');
    metrics.error('RATE_LIMIT');
    expect(metrics.snapshot()).not.toBe(before);
    expect(metrics.snapshot().errors).toEqual({ RATE_LIMIT: 2 });
    expect(heard).toHaveBeenCalledTimes(2);
    stop();
    metrics.reconnected();
    expect(heard).toHaveBeenCalledTimes(2);
  });

  it('count frames and their sizes by direction', () => {
    const { metrics } = setup();
    metrics.frame('out', 10);
    metrics.frame('in', 5);
    metrics.frame('in', 7);
    expect(metrics.snapshot()).toMatchObject({
      sent: { frames: 1, total: 10, largest: 10 },
      received: { frames: 2, total: 12, largest: 7 },
    });
  });
});
