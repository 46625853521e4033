// Questions to the server: a frame with a `ref` goes out, the frame that carries it back settles
// the promise. A lost connection or a long silence refuses it; nothing hangs.

import type { Connection } from './connection';
import { ClientError, type Fault } from './errors';
import type { ClientData, ClientType, ServerData, ServerFrame, ServerType } from './wire';

export class RequestError extends ClientError {
  constructor(fault: Fault) {
    super(fault);
    this.name = 'RequestError';
  }
}

/** The model servers that are looked for or tried may need a while. */
const TIMEOUT_MS = 20_000;

interface Pending {
  resolve(frame: ServerFrame): void;
  reject(error: RequestError): void;
  timer: ReturnType<typeof setTimeout>;
}

export class Requests {
  readonly #connection: Connection;
  readonly #pending = new Map<string, Pending>();
  #count = 0;

  constructor(connection: Connection) {
    this.#connection = connection;
    connection.frames.on((frame) => this.#settle(frame));
    connection.states.on((state) => {
      if (state.kind !== 'online' && state.kind !== 'draining') this.#refuseAll();
    });
  }

  async ask<T extends ClientType, A extends ServerType>(
    type: T,
    data: ClientData[T],
    answer: A,
  ): Promise<ServerData[A]> {
    this.#count += 1;
    const ref = `q-${this.#count}`;
    const frame = await new Promise<ServerFrame>((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#pending.delete(ref);
        reject(new RequestError({ code: 'TIMEOUT', reason: 'no_answer', message: 'no answer', retryable: true }));
      }, TIMEOUT_MS);
      this.#pending.set(ref, { resolve, reject, timer });
      if (!this.#connection.send(type, data, ref)) {
        clearTimeout(timer);
        this.#pending.delete(ref);
        reject(disconnected());
      }
    });
    if (frame.type !== answer) {
      throw new RequestError({ code: 'SERVER_ERROR', reason: 'garbled', message: `unexpected ${frame.type}`, retryable: false });
    }
    return frame.data as ServerData[A];
  }

  #settle(frame: ServerFrame): void {
    if (frame.ref === undefined) return;
    const pending = this.#pending.get(frame.ref);
    if (pending === undefined) return;
    this.#pending.delete(frame.ref);
    clearTimeout(pending.timer);
    if (frame.type === 'error') pending.reject(new RequestError(frame.data));
    else pending.resolve(frame);
  }

  #refuseAll(): void {
    for (const { reject, timer } of this.#pending.values()) {
      clearTimeout(timer);
      reject(disconnected());
    }
    this.#pending.clear();
  }
}

function disconnected(): RequestError {
  return new RequestError({ code: 'SERVER_ERROR', reason: 'no_connection', message: 'not connected', retryable: true });
}
