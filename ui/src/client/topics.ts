// Who hears what, by name. One that throws keeps nobody else from hearing; who stops listening
// leaves nothing behind.

import { Emitter } from './emitter';

export class Topics<Data extends object, Extra = undefined> {
  readonly #emitters = new Map<keyof Data, Emitter<{ data: never; extra: Extra | undefined }>>();

  on<T extends keyof Data>(topic: T, handler: (data: Data[T], extra?: Extra) => void): () => void {
    const emitter = this.#emitters.get(topic) ?? new Emitter();
    this.#emitters.set(topic, emitter);
    // A function of its own, so that the same handler may be given twice and each stop ends its own.
    const stop = emitter.on(({ data, extra }) => handler(data, extra));
    return () => {
      stop();
      if (emitter.size === 0 && this.#emitters.get(topic) === emitter) this.#emitters.delete(topic);
    };
  }

  tell<T extends keyof Data>(topic: T, data: Data[T], extra?: Extra): void {
    this.#emitters.get(topic)?.emit({ data: data as never, extra });
  }

  /** How many listen to anything. */
  get size(): number {
    return [...this.#emitters.values()].reduce((sum, { size }) => sum + size, 0);
  }
}
