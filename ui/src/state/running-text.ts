// The text of the answer being written. It grows many times a second, so it lives outside the
// store: frames append to a buffer, and at most once per animation frame the one row that shows
// it is told. Everything else on the screen stays still.

import { useSyncExternalStore } from 'react';

export interface RunningSnapshot {
  messageId: string | null;
  text: string;
  reasoning: string;
  /** When the first piece of the answer itself came, after any reasoning. */
  firstTextAt: number | null;
}

const NOTHING: RunningSnapshot = { messageId: null, text: '', reasoning: '', firstTextAt: null };

export class RunningText {
  #live: RunningSnapshot = NOTHING;
  #shown: RunningSnapshot = NOTHING;
  #seq = 0;
  #scheduled = false;
  readonly #listeners = new Set<() => void>();
  readonly #schedule: (flush: () => void) => void;

  constructor(schedule: (flush: () => void) => void) {
    this.#schedule = schedule;
  }

  get messageId(): string | null {
    return this.#live.messageId;
  }

  get seq(): number {
    return this.#seq;
  }

  /** The newest text, drawn or not. */
  get live(): RunningSnapshot {
    return this.#live;
  }

  begin(messageId: string): void {
    this.#live = { ...NOTHING, messageId };
    this.#seq = 0;
    this.#later();
  }

  /** False if the piece was already here. */
  append(kind: 'text' | 'reasoning', token: string, seq: number): boolean {
    if (seq <= this.#seq) return false;
    this.#seq = seq;
    const live = this.#live;
    this.#live =
      kind === 'text'
        ? { ...live, text: live.text + token, firstTextAt: live.firstTextAt ?? Date.now() }
        : { ...live, reasoning: live.reasoning + token };
    this.#later();
    return true;
  }

  end(): void {
    this.#live = NOTHING;
    this.#seq = 0;
    this.#later();
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly snapshot = (): RunningSnapshot => this.#shown;

  #later(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#schedule(() => {
      this.#scheduled = false;
      this.#shown = this.#live;
      for (const listener of this.#listeners) listener();
    });
  }
}

// A hidden tab gets no animation frames; its text must grow all the same, for the live region.
export const runningText = new RunningText((flush) => {
  if (document.hidden) setTimeout(flush, 250);
  else requestAnimationFrame(flush);
});

const NEVER = () => () => undefined;
const EMPTY = () => NOTHING;

/** The text of `messageId` as it grows; `null` listens to nothing. */
export function useRunningText(messageId: string | null): RunningSnapshot {
  const listens = messageId !== null;
  const shown = useSyncExternalStore(
    listens ? runningText.subscribe : NEVER,
    listens ? runningText.snapshot : EMPTY,
  );
  return shown.messageId === messageId ? shown : NOTHING;
}
