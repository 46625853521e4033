// The smallest list of listeners. One that throws is reported and keeps nobody else from hearing.

export class Emitter<T> {
  readonly #listeners = new Set<(value: T) => void>();

  /** The same function twice is heard once; the answer takes it off the list. */
  on(listener: (value: T) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  emit(value: T): void {
    for (const listener of [...this.#listeners]) guarded(() => listener(value));
  }

  /** How many listen. */
  get size(): number {
    return this.#listeners.size;
  }
}

/** Runs somebody else's code: what it throws goes where a page's errors go, and no further. */
export function guarded(run: () => void): void {
  try {
    run();
  } catch (error) {
    if (typeof reportError === 'function') reportError(error);
    else console.error(error);
  }
}
