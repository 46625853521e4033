// A promise of a connection; whoever does not wait for it hears of its failure as an error event.

import { ClientError } from './errors';

export class Attempt {
  readonly promise: Promise<void>;
  settle!: (error?: ClientError) => void;

  constructor() {
    this.promise = new Promise((resolve, reject) => {
      this.settle = (error) => (error === undefined ? resolve() : reject(error));
    });
    this.promise.catch(() => undefined); // no unhandled rejection may end a Node process
  }
}

/** How a connection stands, in one word. */
export type WebSocketState = 'disconnected' | 'connecting' | 'connected' | 'reconnecting';

const WORDS: Record<string, WebSocketState> = {
  connecting: 'connecting',
  online: 'connected',
  draining: 'connected',
  reconnecting: 'reconnecting',
};

export const stateWord = (kind: string): WebSocketState => WORDS[kind] ?? 'disconnected';

/** What a promise of a connection ends with where nothing finer is known. */
export const notConnected = () =>
  new ClientError({ code: 'CONNECTION_FAILED', reason: 'unreachable', message: 'not connected', retryable: true });

export const queueFull = () =>
  new ClientError({ code: 'QUEUE_FULL', reason: 'queue_full', message: 'too much waits to be sent already', retryable: true });

export const tooLong = () =>
  new ClientError({ code: 'INVALID_MESSAGE', reason: 'too_long', message: 'this is longer than the server takes', retryable: false });
