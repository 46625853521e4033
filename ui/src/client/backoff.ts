// How long to wait before trying again: longer each time up to a most, and up to a fifth of it
// shaken off so that many clients do not return in one blow.

export interface Backoff {
  /** Milliseconds before the first try. */
  delay: number;
  /** What each further wait is multiplied by. */
  decay: number;
  /** Milliseconds that no wait exceeds. */
  delayMax: number;
}

/** 1 s, then half as much more each time, at most 30 s. */
export const USUAL_BACKOFF: Backoff = { delay: 1000, decay: 1.5, delayMax: 30_000 };
const JITTER = 0.2;

/** `attempt` counts from 1; `random` gives 0 to 1. The jitter only shortens a wait. */
export function backoffDelay(attempt: number, random: number, backoff: Backoff = USUAL_BACKOFF): number {
  const full = Math.min(backoff.delayMax, backoff.delay * backoff.decay ** (attempt - 1));
  return Math.round(full * (1 - JITTER * random));
}
