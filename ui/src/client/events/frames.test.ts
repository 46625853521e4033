import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import type { ClientEventData as WireClient, ServerEventData as WireServer } from '../../generated/events';
import { encodeEntry, makeEntry } from './envelopes';
import { decodeEvent } from './frames';
import { WSEventType, type ClientEventData, type ServerEventData } from './wire';

// The same examples that the server's encoder and decoder are held to.
const read = (side: string) =>
  JSON.parse(
    readFileSync(resolve(import.meta.dirname, `../../../../tests/fixtures/dialect-b/${side}.json`), 'utf8'),
  ) as { id?: string; type: string; data: unknown }[];
const server = read('server');
const client = read('client');

describe('events of the server', () => {
  it('has examples of every type', () => {
    const known = new Set([...server, ...client].map(({ type }) => type));
    expect([...known].sort()).toEqual(Object.values(WSEventType).sort());
  });

  it.each(server.map((event) => [event.type, event] as const))('reads %s', (_, event) => {
    const fault = vi.fn();
    expect(decodeEvent(JSON.stringify(event), fault)).toEqual(event);
    expect(fault).not.toHaveBeenCalled();
  });

  it.each([
    ['binary', new ArrayBuffer(1)],
    ['no JSON', 'hello'],
    ['a list', '[]'],
    ['no type', '{}'],
    ['data that is no object', '{"type":"AI_THINKING","data":[]}'],
    ['a field of the wrong kind', '{"type":"AI_MESSAGE_CHUNK","data":{"messageId":"m","content":1}}'],
    ['a number for a type', '{"type":1,"data":{}}'],
  ])('says that %s is no event', (_, text) => {
    const fault = vi.fn();
    expect(decodeEvent(text, fault)).toBeNull();
    expect(fault).toHaveBeenCalledTimes(1);
  });

  it.each(['FROM_THE_FUTURE', 'toString', '__proto__'])('passes %s over without a word', (type) => {
    const fault = vi.fn();
    expect(decodeEvent(JSON.stringify({ type, data: {} }), fault)).toBeNull();
    expect(fault).not.toHaveBeenCalled();
  });

  it('lets no metadata but an object through', () => {
    expect(decodeEvent('{"type":"PONG","data":{},"metadata":7}')).toEqual({ type: 'PONG', data: {} });
  });
});

describe('events of the client', () => {
  it.each(client.map((event) => [event.type, event] as const))('writes %s', (_, { type, data }) => {
    const entry = makeEntry(type, data, 5);
    expect(JSON.parse(encodeEntry(entry))).toEqual({ id: entry.clientId, type, timestamp: entry.createdAt, data });
  });
});

// Compiles only while the server's own types fit into those that the library shows.
export const serverFits = (data: WireServer): ServerEventData => data;
export const clientFits = (data: ClientEventData): Omit<WireClient, 'GENERATE_OBJECTIVE'> => data;
