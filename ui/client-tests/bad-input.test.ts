// What nobody should meet: each ends in a typed error, lets no exception escape, and fills no memory.
import { createServer, type Server } from 'node:net';
import { ClientError, WebSocketChatService, WebSocketService, type WebSocketServiceOptions } from '@parlor/client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ScriptedProvider } from '../e2e/support/provider';
import { ParlorServer } from '../e2e/support/server';
import { ScriptedEvents, type Line } from './support/scripted-events';

const escaped: unknown[] = [];
const note = (error: unknown) => void escaped.push(error);
const ends: (() => void | Promise<void>)[] = [];

beforeEach(() => {
  process.on('uncaughtException', note);
  process.on('unhandledRejection', note);
});
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
  await new Promise((resolve) => setImmediate(resolve));
  process.off('uncaughtException', note);
  process.off('unhandledRejection', note);
  expect(escaped.splice(0)).toEqual([]);
});

function both(options: WebSocketServiceOptions): { name: string; errors: ClientError[]; start(): Promise<void> }[] {
  const quick = { reconnectAttempts: 1, reconnectDelay: 5, ...options };
  return [new WebSocketService(quick), new WebSocketChatService({ token: 'x.y.z', ...quick })].map((made) => {
    const errors: ClientError[] = [];
    if (made instanceof WebSocketService) made.on('error', (error) => errors.push(error));
    else made.on('error', (error) => errors.push(error));
    ends.push(() => (made instanceof WebSocketService ? made.close() : made.disconnect()));
    return { name: made.constructor.name, errors, start: () => made.connect() };
  });
}

async function scripted(): Promise<ScriptedEvents> {
  const server = await ScriptedEvents.start();
  ends.push(() => server.stop());
  return server;
}

describe('a wrong address', () => {
  it.each(['', 'nonsense', 'http//x', 'ftp://127.0.0.1', 'ws://127.0.0.1:99999', 'ws://127.0.0.1/#x'])('“%s” is told at once', async (url) => {
    for (const { start, errors } of both({ url })) {
      await expect(start()).rejects.toBeInstanceOf(ClientError);
      expect(errors[0]).toMatchObject({ code: 'CONNECTION_FAILED', reason: 'bad_address', retryable: false });
    }
  });

  it('of nobody is told, and given up after the attempts', async () => {
    for (const { start, errors } of both({ url: 'ws://127.0.0.1:9' })) {
      void start(); // nobody waits for it: its failure must not become an unhandled rejection
      await expect.poll(() => errors.map(({ reason }) => reason)).toEqual(['unreachable', 'unreachable', 'gave_up']);
    }
  });

  it('of a web page that is no WebSocket is told', async () => {
    const server = await ParlorServer.start(null);
    ends.push(() => server.stop());
    for (const { start } of both({ url: `${server.origin.replace('http', 'ws')}/healthz` })) {
      await expect(start()).rejects.toMatchObject({ code: 'CONNECTION_FAILED', reason: 'unreachable' });
    }
  });
});

describe('no token', () => {
  it('is told where one is needed', async () => {
    const chat = new WebSocketChatService({ url: 'ws://127.0.0.1:9', token: null });
    const errors: ClientError[] = [];
    chat.on('error', (error) => errors.push(error));
    await expect(chat.connect()).rejects.toMatchObject({ code: 'AUTH_FAILED', reason: 'sign_in_required', retryable: false });
    expect(errors).toHaveLength(1);
  });
});

describe('a token that expired', () => {
  it('is told as AUTH_FAILED, in both dialects', async () => {
    const provider = await ScriptedProvider.start();
    ends.push(() => provider.stop());
    const server = await ParlorServer.start(provider);
    ends.push(() => server.stop());
    await server.command('user', 'add', 'alice');
    const token = (await server.command('token', 'alice', '--expires-in', '1s')).trim();
    await new Promise((resolve) => setTimeout(resolve, 2100));
    const origin = server.origin.replace('http', 'ws');
    const [events, chat] = [both({ url: `${origin}/ws/events`, token })[0], both({ url: `${origin}/ws/chat`, token })[1]];
    for (const client of [events, chat]) {
      client?.start().catch(() => undefined);
      await expect.poll(() => client?.errors.at(-1)?.code).toBe('AUTH_FAILED');
    }
  });
});

describe('a server that never answers', () => {
  async function silent(): Promise<string> {
    const server: Server = createServer((socket) => socket.on('error', () => undefined).resume());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    ends.push(() => new Promise<void>((resolve) => void server.close(() => resolve())));
    const address = server.address();
    return `ws://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
  }

  it('is left after the timeout', async () => {
    const url = await silent();
    for (const { start, errors } of both({ url, timeout: 60 })) {
      await expect(start()).rejects.toMatchObject({ code: 'TIMEOUT', retryable: true });
      await expect.poll(() => errors.at(-1)?.reason).toBe('gave_up');
    }
  });

  it('after the upgrade is left by who waits for its welcome', async () => {
    const server = await scripted();
    // Long enough for the upgrade itself on a busy machine; only the welcome is to be late.
    const chat = both({ url: server.url, timeout: 3000 })[1];
    await expect(chat?.start()).rejects.toMatchObject({ code: 'TIMEOUT', retryable: true });
    await expect.poll(() => chat?.errors.at(-1)?.reason).toBe('gave_up');
    await expect.poll(() => server.heard.map(({ type }) => type)).toEqual(['join_chat', 'join_chat']);
  });

  it('to a message is told, and the message is sent again with its id', async () => {
    const server = await scripted();
    const ws = new WebSocketService({ url: server.url });
    ends.push(() => ws.close());
    const errors: ClientError[] = [];
    ws.on('error', (error) => errors.push(error));
    await ws.connect();
    ws.configure({ timeout: 40 });
    const id = ws.sendMessage('hello?');
    await expect.poll(() => ws.queueSize).toBe(0);
    await expect.poll(() => server.heard.map((event) => event.id)).toEqual(Array(5).fill(id));
    expect(errors.map(({ code }) => code)).toEqual(Array(5).fill('TIMEOUT'));
  });
});

describe('frames that are none', () => {
  it('are told and passed over; the connection lives', async () => {
    const server = await scripted();
    const ws = new WebSocketService({ url: server.url });
    ends.push(() => ws.close());
    const errors: ClientError[] = [];
    ws.on('error', (error) => errors.push(error));
    await ws.connect();
    await expect.poll(() => server.lines).toHaveLength(1);
    const bad = ['no json', '[]', '{}', '{"type":7}', '{"type":"AI_MESSAGE_CHUNK"}', '{"type":"ERROR","data":{"code":1}}', '\u0000', '{"type":"AI_THINKING","data":"x"}'];
    for (const text of bad) server.lines[0]?.socket.send(text);
    server.lines[0]?.socket.send(Buffer.from([1, 2, 3]), { binary: true });
    await expect.poll(() => errors).toHaveLength(bad.length + 1);
    expect(new Set(errors.map(({ code }) => code))).toEqual(new Set(['INVALID_MESSAGE']));
    expect(ws.isConnected).toBe(true);
    expect(ws.metrics.snapshot().errors).toEqual({ INVALID_MESSAGE: bad.length + 1 });
  });
});

describe('frames of the chat dialect that are none', () => {
  it('are told and passed over; the connection lives', async () => {
    const { chat, line, errors } = await chatting();
    const bad = ['no json', '[]', '{}', '{"type":7}', '{"type":"assistant_message_token"}', '{"type":"error","data":{"code":1}}', '\u0000', '{"type":"user_message","data":"x"}'];
    for (const text of bad) line.socket.send(text);
    line.socket.send(Buffer.from([1, 2, 3]), { binary: true });
    await expect.poll(() => errors).toHaveLength(bad.length + 1);
    expect(new Set(errors.map(({ code }) => code))).toEqual(new Set(['INVALID_MESSAGE']));
    expect(chat.isConnected).toBe(true);
  });
});

describe('what no frame holds', () => {
  const TOO_LONG = 'x'.repeat(256 * 1024);
  const REFUSED = { code: 'INVALID_MESSAGE', reason: 'too_long', retryable: false };

  it('is refused at once in a chat, and the line stays', async () => {
    const { chat } = await chatting();
    const errors: ClientError[] = [];
    chat.on('error', (error) => errors.push(error));
    chat.sendMessage(TOO_LONG);
    expect(errors).toMatchObject([REFUSED]);
    expect([chat.queueSize, chat.isConnected]).toEqual([0, true]);
  });

  it('is refused at once as an event, what is around the words counted too', () => {
    const ws = new WebSocketService({ url: 'ws://127.0.0.1:9' });
    const errors: ClientError[] = [];
    ws.on('error', (error) => errors.push(error));
    ws.sendMessage(TOO_LONG);
    ws.sendMessage('short', { currentObjective: TOO_LONG } as never);
    ws.sendMessage('ф'.repeat(130 * 1024));
    expect(errors).toMatchObject([REFUSED, REFUSED, REFUSED]);
    ws.sendMessage('ф'.repeat(120 * 1024));
    expect(ws.queueSize).toBe(1);
  });
});

describe('100 MB of backlog', () => {
  const MEGABYTE = 1024 * 1024;
  /** As much as a frame holds, about; 500 of them are 100 MB. */
  const LONG = 'x'.repeat(200 * 1024);

  it('written offline in a chat is bounded, and refused beyond the bound', () => {
    const chat = new WebSocketChatService({ url: 'ws://127.0.0.1:9', token: 'x.y.z' });
    const errors: ClientError[] = [];
    chat.on('error', (error) => errors.push(error));
    for (let i = 0; i < 500; i += 1) chat.sendMessage(`${i} ${LONG}`);
    expect(chat.queueSize).toBe(39);
    expect(errors).toHaveLength(461);
    expect(errors[0]).toMatchObject({ code: 'QUEUE_FULL', retryable: true });
  });

  it('of an answer in a chat stays out of the client’s memory', async () => {
    const { chat, line } = await chatting();
    line.says('assistant_message_start', { messageId: 'm', chatId: 'c', parentId: null, seq: 0, revision: 1, timestamp: '2024-01-01T00:00:00.000Z' });
    const before = memory();
    for (let seq = 1; seq <= 100; seq += 1) {
      line.says('assistant_message_token', { messageId: 'm', chatId: 'c', token: 'x'.repeat(MEGABYTE), seq });
    }
    await expect.poll(() => chat.metrics.snapshot().received.total, { timeout: 180_000 }).toBeGreaterThan(100 * MEGABYTE);
    await expect.poll(() => chat.snapshot().streamingMessage.length, { message: 'what a page can show of it' }).toBe(3 * MEGABYTE);
    expect(memory() - before).toBeLessThan(60 * MEGABYTE);
  });

  it('of messages in a chat leaves the newest', async () => {
    const { chat, line } = await chatting();
    const before = memory();
    for (let at = 1; at <= 100; at += 1) {
      const parentId = at === 1 ? null : `m-${at - 1}`;
      const content = `${at} ${'x'.repeat(MEGABYTE)}`;
      line.says('user_message', { messageId: `m-${at}`, chatId: 'c', parentId, role: 'user', content, timestamp: '2024-01-01T00:00:00.000Z', status: 'complete', revision: at });
    }
    await expect.poll(() => chat.snapshot().messages.at(-1)?.id, { timeout: 180_000 }).toBe('m-100');
    expect(chat.snapshot().messages).toHaveLength(15);
    expect(memory() - before).toBeLessThan(60 * MEGABYTE);
  });

  it('written offline is bounded, and refused beyond the bound', () => {
    const ws = new WebSocketService({ url: 'ws://127.0.0.1:9' });
    const errors: ClientError[] = [];
    ws.on('error', (error) => errors.push(error));
    for (let i = 0; i < 500; i += 1) ws.sendMessage(`${i} ${LONG}`);
    expect(ws.queueSize).toBe(39);
    expect(errors).toHaveLength(461);
    expect(errors[0]).toMatchObject({ code: 'QUEUE_FULL', retryable: true });
  });

  it('of many small messages is bounded too', () => {
    const ws = new WebSocketService({ url: 'ws://127.0.0.1:9' });
    for (let i = 0; i < 1500; i += 1) ws.sendMessage('x');
    expect(ws.queueSize).toBe(1000);
    expect(ws.metrics.snapshot().queueSize).toBe(1000);
  });

  it('from the server stays out of the client’s memory', async () => {
    const server = await scripted();
    const ws = new WebSocketService({ url: server.url });
    ends.push(() => ws.close());
    await ws.connect();
    await expect.poll(() => server.lines).toHaveLength(1);
    const line = server.lines[0];
    line?.says('AI_MESSAGE_START', { messageId: 'm', chatId: 'c', seq: 0 });
    let heard = 0;
    ws.on('AI_MESSAGE_CHUNK', ({ content }) => (heard += content.length));
    const before = memory();
    for (let seq = 1; seq <= 100; seq += 1) {
      line?.says('AI_MESSAGE_CHUNK', { messageId: 'm', content: 'x'.repeat(MEGABYTE), seq });
    }
    await expect.poll(() => ws.metrics.snapshot().received.total, { timeout: 180_000 }).toBeGreaterThan(100 * MEGABYTE);
    expect(heard).toBeLessThanOrEqual(4_000_000);
    expect(memory() - before).toBeLessThan(60 * MEGABYTE);
  });

  it('in one frame is told, and not parsed', async () => {
    const server = await scripted();
    const ws = new WebSocketService({ url: server.url });
    ends.push(() => ws.close());
    const errors: ClientError[] = [];
    ws.on('error', (error) => errors.push(error));
    await ws.connect();
    await expect.poll(() => server.lines).toHaveLength(1);
    server.lines[0]?.says('AI_THINKING', { padding: 'x'.repeat(20 * MEGABYTE) });
    await expect.poll(() => errors).toMatchObject([{ code: 'INVALID_MESSAGE', message: 'a frame of the server: too long' }]);
    expect(ws.isConnected).toBe(true);
  });
});

/** A chat service that is signed in and shows the chat `c`. */
async function chatting(): Promise<{ chat: WebSocketChatService; line: Line; errors: ClientError[] }> {
  const server = await scripted();
  server.react = (line, { type, data }) => {
    if (type === 'join_chat' && data['token'] !== undefined) line.says('authenticated', { userId: 'u', name: 'alice', role: 'member' });
  };
  const chat = new WebSocketChatService({ url: server.url, token: 'x.y.z' });
  ends.push(() => chat.disconnect());
  const errors: ClientError[] = [];
  chat.on('error', (error) => errors.push(error));
  await chat.connect();
  chat.joinChat('c');
  const line = server.lines[0];
  if (line === undefined) throw new Error('nobody came');
  return { chat, line, errors };
}

/** Bytes that are really held. */
function memory(): number {
  (globalThis as { gc?: () => void }).gc?.();
  return process.memoryUsage().heapUsed;
}
