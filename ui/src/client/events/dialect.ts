// Dialect B for the kept connection: the token goes with the upgrade, as a subprotocol, since no
// browser lets a page set headers; and an open socket is a signed-in one.

import { makeId } from '../ids';
import type { Dialect } from '../line';
import { decodeEvent } from './frames';
import type { ServerEvent } from './wire';

export const eventsDialect: Dialect<ServerEvent> = {
  protocols: (token) => (token === null ? [] : ['parlor.bearer', token]),
  greeting: () => null,
  decode: decodeEvent,
  meaning: () => 'welcome',
  ping: (timestamp) => JSON.stringify({ id: makeId('e-'), type: 'PING', timestamp, data: { timestamp } }),
};
