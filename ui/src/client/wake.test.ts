import { afterEach, expect, it, vi } from 'vitest';
import { mayReach, wakeOnReturn } from './wake';

afterEach(() => void vi.restoreAllMocks());

function show(hidden: boolean): void {
  vi.spyOn(document, 'hidden', 'get').mockReturnValue(hidden);
  document.dispatchEvent(new Event('visibilitychange'));
}

it('tries at once when the network returns and when the page is looked at, until it is told to stop', () => {
  const retryNow = vi.fn();
  const stop = wakeOnReturn({ retryNow });
  window.dispatchEvent(new Event('online'));
  expect(retryNow).toHaveBeenCalledTimes(1);
  show(true);
  expect(retryNow).toHaveBeenCalledTimes(1);
  show(false);
  expect(retryNow).toHaveBeenCalledTimes(2);
  stop();
  window.dispatchEvent(new Event('online'));
  show(false);
  expect(retryNow).toHaveBeenCalledTimes(2);
});

it.each([
  [false, 'wss://chat.example/ws', false],
  [false, 'ws://127.0.0.1:3000/ws', true],
  [false, 'ws://localhost:3000/ws', true],
  [true, 'wss://chat.example/ws', true],
])('with the network %s, %s may be reached: %s', (onLine, url, expected) => {
  vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(onLine);
  expect(mayReach(url)).toBe(expected);
});
