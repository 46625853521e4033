// The WebSocket that a host has: browsers and Node 22 bring one, Node 20 is given one (`ws`).

import { ClientError } from './errors';

/** The part of a WebSocket that is used here. */
export interface SocketLike {
  readonly readyState: number;
  /** Bytes that wait to leave; absent where nobody counts them. */
  readonly bufferedAmount?: number;
  send(text: string): void;
  close(code?: number): void;
  /** Ends without a farewell, where a host can (`ws`). */
  terminate?(): void;
  onopen: (() => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: ((event: { code: number; reason?: string }) => void) | null;
  onerror: (() => void) | null;
}

/** `WebSocket` of a browser or of Node 22, or that of the package `ws`. */
// Their handlers' types differ from host to host, so only the call is described.
export type SocketConstructor = new (url: string, protocols?: string[]) => object;

export function openSocket(given: SocketConstructor | undefined, url: string, protocols: string[]): SocketLike {
  const Socket = given ?? (globalThis as { WebSocket?: SocketConstructor }).WebSocket;
  if (Socket === undefined) {
    throw new ClientError({
      code: 'CONNECTION_FAILED',
      reason: 'no_web_socket',
      message: 'this host has no WebSocket; give one with the option `WebSocket`, for instance that of the package "ws"',
      retryable: false,
    });
  }
  return (protocols.length > 0 ? new Socket(url, protocols) : new Socket(url)) as SocketLike;
}

/** Lets go of a socket: it is heard no more, and ends. */
export function release(socket: SocketLike, code?: number): void {
  socket.onopen = null;
  socket.onmessage = null;
  socket.onclose = null;
  // `ws` throws where nobody hears its errors, and it has one for a close before the opening.
  socket.onerror = () => undefined;
  try {
    if (code === undefined && socket.terminate !== undefined) socket.terminate();
    else if (code === undefined) socket.close();
    else socket.close(code);
  } catch {
    // It was closed already.
  }
}
