// The kept connection in dialect A: one signs in with the first frame.

import { decodeFrame } from './frames';
import { Line, type Dialect, type LineOptions } from './line';
import type { ClientData, ClientType, ServerFrame } from './wire';

export type { SocketLike } from './socket';
export type ConnectionOptions = LineOptions;

const SIGN_IN_REF = 'sign-in';

function encode<T extends ClientType>(type: T, data: ClientData[T], ref?: string): string {
  return JSON.stringify(ref === undefined ? { type, data } : { type, ref, data });
}

const chatDialect: Dialect<ServerFrame> = {
  protocols: () => [],
  greeting: (token) => encode('join_chat', token === null ? {} : { token }, SIGN_IN_REF),
  decode: decodeFrame,
  meaning({ type }) {
    if (type === 'authenticated') return 'welcome';
    return type === 'draining' ? 'farewell' : null;
  },
  ping: (timestamp) => encode('ping', { timestamp }),
};

export class Connection extends Line<ServerFrame> {
  constructor(options: ConnectionOptions) {
    super(options, chatDialect);
  }

  /** True if the frame went out. What must arrive belongs into the outbox. */
  send<T extends ClientType>(type: T, data: ClientData[T], ref?: string): boolean {
    return this.transmit(encode(type, data, ref));
  }
}
