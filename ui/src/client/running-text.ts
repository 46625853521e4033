// The text of an answer being written. It grows many times a second, so frames append to a buffer,
// and whoever shows it is told as often as the schedule says.

export interface RunningSnapshot {
  messageId: string | null;
  text: string;
  reasoning: string;
  /** When the first piece of the answer itself came, after any reasoning. */
  firstTextAt: number | null;
}

/** Characters of one answer that are shown while it is written; the rest comes with its end. */
const LONGEST = 4_000_000;

export const NO_TEXT: RunningSnapshot = { messageId: null, text: '', reasoning: '', firstTextAt: null };

export class RunningText {
  #live: RunningSnapshot = NO_TEXT;
  #shown: RunningSnapshot = NO_TEXT;
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
    this.#live = { ...NO_TEXT, messageId };
    this.#seq = 0;
    this.#later();
  }

  /** Goes on with what was kept of an answer: the server is asked for what comes after `seq`. */
  restore(kept: RunningSnapshot, seq: number): void {
    this.#live = kept;
    this.#seq = seq;
    this.#later();
  }

  /** False if the piece was already here. */
  append(kind: 'text' | 'reasoning', token: string, seq: number): boolean {
    if (seq <= this.#seq) return false;
    this.#seq = seq;
    const live = this.#live;
    if (live[kind].length + token.length > LONGEST) return true;
    this.#live =
      kind === 'text'
        ? { ...live, text: live.text + token, firstTextAt: live.firstTextAt ?? Date.now() }
        : { ...live, reasoning: live.reasoning + token };
    this.#later();
    return true;
  }

  end(): void {
    this.#live = NO_TEXT;
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
