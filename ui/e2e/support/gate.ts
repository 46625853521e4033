// A promise that somebody else settles: tests wait for events with it, never for time.

export class Gate<T = void> {
  readonly opened: Promise<T>;
  #open!: (value: T) => void;

  constructor() {
    this.opened = new Promise((resolve) => (this.#open = resolve));
  }

  open(value: T): void {
    this.#open(value);
  }
}

/** The promise's value, or an error that says what did not come. */
export async function within<T>(promise: Promise<T>, what: string, milliseconds = 60_000): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} did not come within ${milliseconds} ms`)), milliseconds);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
