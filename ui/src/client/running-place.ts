// Where the answer being written stands among what was said: one rule for the app's thread and for
// the published service.

import type { Running } from './model';

/** How many of the messages stand before it: somebody may have written on after its question. */
export function placeOfRunning({ parentId }: Running, messages: readonly { id: string }[]): number {
  const at = messages.findIndex(({ id }) => id === parentId);
  return at < 0 ? messages.length : at + 1;
}
