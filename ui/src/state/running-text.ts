// The text of the answer being written, outside the store: at most once per animation frame the
// one row that shows it is told. Everything else on the screen stays still.

import { useSyncExternalStore } from 'react';
import { NO_TEXT, RunningText, type RunningSnapshot } from '@/client/running-text';

// A hidden tab gets no animation frames; its text must grow all the same, for the live region.
export const runningText = new RunningText((flush) => {
  if (document.hidden) setTimeout(flush, 250);
  else requestAnimationFrame(flush);
});

const NEVER = () => () => undefined;
const EMPTY = () => NO_TEXT;

/** The text of `messageId` as it grows; `null` listens to nothing. */
export function useRunningText(messageId: string | null): RunningSnapshot {
  const listens = messageId !== null;
  const shown = useSyncExternalStore(
    listens ? runningText.subscribe : NEVER,
    listens ? runningText.snapshot : EMPTY,
  );
  return shown.messageId === messageId ? shown : NO_TEXT;
}
