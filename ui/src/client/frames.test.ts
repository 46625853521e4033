import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { decodeFrame } from './frames';

// The same examples that the server's encoder is held to.
const fixtures = JSON.parse(
  readFileSync(resolve(import.meta.dirname, '../../../tests/fixtures/dialect-a/server.json'), 'utf8'),
) as { type: string }[];

describe('frames of the server', () => {
  it('has examples to read', () => {
    expect(fixtures.length).toBeGreaterThan(15);
  });

  it.each(fixtures.map((fixture) => [fixture.type, fixture] as const))('reads %s', (_, fixture) => {
    expect(decodeFrame(JSON.stringify(fixture))).toEqual(fixture);
  });

  it.each([
    ['binary', new ArrayBuffer(1)],
    ['no JSON', 'hello'],
    ['a list', '[]'],
    ['no type', '{}'],
    ['an inherited name for a type', '{"type":"toString","data":{}}'],
    ['data that is no object', '{"type":"chats","data":[]}'],
    ['a field of the wrong kind', '{"type":"assistant_message_token","data":{"token":1,"messageId":"m","chatId":"c","seq":1}}'],
  ])('lets %s pass by', (_, text) => {
    vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    expect(decodeFrame(text)).toBeNull();
  });

  it('says once that a type is unknown', () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    warn.mockClear();
    decodeFrame('{"type":"from_the_future","data":{}}');
    decodeFrame('{"type":"from_the_future","data":{}}');
    expect(warn).toHaveBeenCalledTimes(1);
  });
});
