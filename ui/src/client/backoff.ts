// How long to wait before trying again: 1 s, then half as much more each time, at most 30 s, and
// up to a fifth of it shaken off so that many clients do not return in one blow.

const FIRST_MS = 1000;
const FACTOR = 1.5;
const MOST_MS = 30_000;
const JITTER = 0.2;

/** `attempt` counts from 1; `random` gives 0 to 1. */
export function backoffDelay(attempt: number, random: number): number {
  const full = Math.min(MOST_MS, FIRST_MS * FACTOR ** (attempt - 1));
  return Math.round(full * (1 - JITTER * random));
}
