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
  /** The same answer told again from its start: it takes the other's place once it is as long. */
  #again: { live: RunningSnapshot; seq: number } | null = null;
  #scheduled = false;
  readonly #listeners = new Set<() => void>();
  readonly #schedule: (flush: () => void) => void;

  constructor(schedule: (flush: () => void) => void) {
    this.#schedule = schedule;
  }

  get messageId(): string | null {
    return this.#live.messageId;
  }

  /** Where the server is to go on. */
  get seq(): number {
    return this.#again?.seq ?? this.#seq;
  }

  /** The newest text, drawn or not. */
  get live(): RunningSnapshot {
    return this.#live;
  }

  /**
   * What `restore` takes. While an answer is told again that is the new telling, however short: it
   * may be another life of the answer, in which the older text's `seq` would leave words out.
   */
  get kept(): { text: RunningSnapshot; seq: number } {
    return { text: this.#again?.live ?? this.#live, seq: this.seq };
  }

  begin(messageId: string): void {
    const { text, reasoning, firstTextAt } = this.#live;
    if (this.#live.messageId === messageId && text + reasoning !== '') {
      // What a reader has before them does not go away to be told anew.
      this.#again = { live: { ...NO_TEXT, messageId, firstTextAt }, seq: 0 };
      return;
    }
    this.#set({ ...NO_TEXT, messageId }, 0);
  }

  /** Goes on with what was kept of an answer: the server is asked for what comes after `seq`. */
  restore(kept: RunningSnapshot, seq: number): void {
    this.#set(kept, seq);
  }

  /** False if the piece was already here. */
  append(kind: 'text' | 'reasoning', token: string, seq: number): boolean {
    if (seq <= this.seq) return false;
    const again = this.#again;
    const live = longer(again?.live ?? this.#live, kind, token);
    if (again === null || isAsLong(live, this.#live)) this.#set(live, seq);
    else this.#again = { live, seq };
    return true;
  }

  end(): void {
    this.#set(NO_TEXT, 0);
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly snapshot = (): RunningSnapshot => this.#shown;

  #set(live: RunningSnapshot, seq: number): void {
    this.#live = live;
    this.#seq = seq;
    this.#again = null;
    this.#later();
  }

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

function longer(live: RunningSnapshot, kind: 'text' | 'reasoning', token: string): RunningSnapshot {
  if (live[kind].length + token.length > LONGEST) return live;
  return kind === 'text'
    ? { ...live, text: live.text + token, firstTextAt: live.firstTextAt ?? Date.now() }
    : { ...live, reasoning: live.reasoning + token };
}

/** Once the answer itself has begun, its thoughts are told: they may be fewer in another life of it. */
function isAsLong(one: RunningSnapshot, other: RunningSnapshot): boolean {
  const isThoughtOut = one.text !== '' || one.reasoning.length >= other.reasoning.length;
  return isThoughtOut && one.text.length >= other.text.length;
}
