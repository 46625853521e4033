// The store on disk: what was kept is there for the next process, in order, per account.
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocketService } from '@parlor/client';
import { fileStore } from '@parlor/client/node';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ScriptedEvents } from './support/scripted-events';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parlor-store-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const entry = (clientId: string, createdAt: number) => ({ clientId, chatId: 'c', createdAt, attempts: 0 });

it('gives back what was kept, oldest first, per account, to the next that opens it', async () => {
  const path = join(folder, 'queue.json');
  const first = fileStore(path);
  await Promise.all([first.put('alice', entry('b', 2)), first.put('alice', entry('a', 1)), first.put('bob', entry('c', 3))]);
  await first.remove('bob', 'c');
  const second = fileStore(path);
  expect((await second.load('alice')).map(({ clientId }) => clientId)).toEqual(['a', 'b']);
  expect(await second.load('bob')).toEqual([]);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
});

it('is no obstacle where its file cannot be read: messages are sent all the same', async () => {
  const path = join(folder, 'queue.json');
  await writeFile(path, 'no json');
  const server = await ScriptedEvents.start();
  server.react = (line, { id }) => line.answers(id, 'm', ['ok']);
  const { warn } = console;
  console.warn = () => undefined;
  const ws = new WebSocketService({ url: server.url, store: fileStore(path) });
  try {
    await ws.connect();
    ws.sendMessage('hello');
    await expect.poll(() => ws.queueSize).toBe(0);
    expect(server.heard).toHaveLength(1);
  } finally {
    console.warn = warn;
    ws.close();
    await server.stop();
  }
});

it('carries events over a restart of the process', async () => {
  const path = join(folder, 'queue.json');
  const server = await ScriptedEvents.start();
  // Only who knows the account knows whose messages wait: so it must have been connected once.
  const before = new WebSocketService({ url: server.url, store: fileStore(path) });
  await before.connect();
  before.sendMessage('first');
  before.sendMessage('second');
  await expect.poll(() => server.heard).toHaveLength(1);
  await expect.poll(async () => (await fileStore(path).load(`events ${server.url} `)).length).toBe(2);
  before.close();
  server.react = (line, { id }) => line.answers(id, 'm', ['ok']);
  const after = new WebSocketService({ url: server.url, store: fileStore(path) });
  await after.connect();
  await expect.poll(() => server.heard.map(({ data }) => data['content'])).toEqual(['first', 'first', 'second']);
  await expect.poll(() => fileStore(path).load(`events ${server.url} `)).toEqual([]);
  after.close();
  await server.stop();
});
