// The events service against a real parlor-server whose model is scripted; the seed's own test too.
import { configureClient, WebSocketService, WSEventType, type ClientError, type ErrorEvent } from '@parlor/client';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { ScriptedProvider } from '../e2e/support/provider';
import { ParlorServer } from '../e2e/support/server';
import { example } from './support/seed-examples';

let provider: ScriptedProvider;
let server: ParlorServer;
let token = '';
const services: WebSocketService[] = [];
const url = () => `${server.origin.replace('http', 'ws')}/ws/events`;

beforeAll(async () => {
  provider = await ScriptedProvider.start();
  server = await ParlorServer.start(provider, { PARLOR_CHAT_AUTO_TITLE: 'false' });
  ({ token } = await server.account('alice'));
  (globalThis as unknown as { detours: Map<string, string> }).detours.set('ws://localhost:3001', server.origin.replace('http', 'ws'));
  configureClient({ token });
});
afterAll(async () => {
  await server?.stop();
  await provider?.stop();
});
afterEach(() => {
  for (const service of services.splice(0)) service.close();
});

function service(over: object = {}): WebSocketService {
  const made = new WebSocketService({ url: url(), reconnectDelay: 50, reconnectAttempts: 100, ...over });
  services.push(made);
  return made;
}

const end = (ws: WebSocketService) =>
  new Promise<{ content: string; stopReason?: string }>((resolve) => ws.on(WSEventType.AI_MESSAGE_END, resolve));

describe('the events service with a real server', () => {
  it('is answered, and its queue is empty', async () => {
    const ws = service();
    await ws.connect();
    const ended = end(ws);
    let text = '';
    ws.on('AI_MESSAGE_CHUNK', ({ content }) => (text += content));
    ws.sendMessage('Bonjour !');
    expect(await ended).toMatchObject({ content: 'You said: Bonjour !', stopReason: 'complete' });
    expect(text).toBe('You said: Bonjour !');
    expect(ws.queueSize).toBe(0);
    expect(ws.metrics.snapshot().messageLatency.count).toBe(1);
  });

  it('goes on with a running answer after a broken line, without a piece twice', async () => {
    const ws = service();
    await ws.connect();
    const reply = provider.next('count for me').say('one ');
    let text = '';
    ws.on('AI_MESSAGE_CHUNK', ({ content }) => (text += content));
    const ended = end(ws);
    ws.sendMessage('count for me');
    await expect.poll(() => text).toBe('one ');
    for (const socket of (globalThis as unknown as { sockets: Set<{ terminate(): void }> }).sockets) socket.terminate();
    reply.say('two ');
    await expect.poll(() => text).toBe('one two ');
    reply.say('three').end();
    expect((await ended).content).toBe('one two three');
    expect(text).toBe('one two three');
  });

  it('has the end of an answer that ended while it was away', async () => {
    const ws = service({ reconnectDelay: 400 });
    await ws.connect();
    const reply = provider.next('while I am away').say('one ');
    let text = '';
    ws.on('AI_MESSAGE_CHUNK', ({ content }) => (text += content));
    const ended = end(ws);
    ws.sendMessage('while I am away');
    await expect.poll(() => text).toBe('one ');
    ws.disconnect();
    reply.say('two').end();
    await reply.closed;
    expect((await ended).content).toBe('one two');
    expect(text).toBe('one two');
  });

  it('asks twice with one id and is answered once', async () => {
    const ws = service();
    ws.sendMessage('said once');
    // The socket opens and breaks: nobody knows whether the words arrived.
    await ws.connect();
    for (const socket of (globalThis as unknown as { sockets: Set<{ terminate(): void }> }).sockets) socket.terminate();
    await expect.poll(() => ws.queueSize).toBe(0);
    await expect.poll(() => provider.asked('said once')).toBe(1);
  });

  it('stops an answer', async () => {
    const ws = service();
    await ws.connect();
    const reply = provider.next('never ending').say('and on');
    const began = new Promise<string>((resolve) => ws.on('AI_MESSAGE_CHUNK', ({ messageId }) => resolve(messageId)));
    const ended = end(ws);
    ws.sendMessage('never ending');
    ws.stopGeneration(await began);
    await reply.closed;
    expect(await ended).toMatchObject({ content: 'and on', stopReason: 'user_cancelled' });
  });

  it('has an objective made, and changes it', async () => {
    const ws = service();
    await ws.connect();
    const objective = { title: 'Jouer du piano', description: 'Un morceau.', category: 'music', difficulty: 'beginner', milestones: [{ title: 'Gammes', description: '', dueDate: null }] };
    provider.next('Apprendre le piano').say(JSON.stringify(objective)).end();
    const made = new Promise<{ id: string; title: string }>((resolve, reject) => {
      ws.on('OBJECTIVE_GENERATED', ({ objective: it }) => resolve(it));
      ws.on('error', reject);
    });
    ws.generateObjective('Apprendre le piano', { difficulty: 'beginner', category: 'music' });
    const { id, title } = await made;
    expect(title).toBe('Jouer du piano');
    const updated = new Promise<number>((resolve) => ws.on('OBJECTIVE_UPDATED', ({ objective: it }) => resolve(it.progress)));
    ws.updateObjective(id, { progress: 30 });
    expect(await updated).toBe(30);
    await expect.poll(() => ws.queueSize).toBe(0);
  });

  it('cancels the making of an objective by the id that asking gave', async () => {
    const ws = service();
    await ws.connect();
    const reply = provider.next('Parler chinois').say('{"title":');
    const id = ws.generateObjective('Parler chinois');
    await reply.asked;
    ws.stopGeneration(id);
    await reply.closed;
    expect(ws.queueSize).toBe(0);
  });

  it('tells of a refused token, once, and stays away', async () => {
    const ws = service({ token: 'not.a.token' });
    const errors: ClientError[] = [];
    const seen: ErrorEvent[] = [];
    ws.on('error', (error) => errors.push(error));
    ws.on(WSEventType.ERROR, (error) => seen.push(error));
    await ws.connect().catch(() => undefined);
    await expect.poll(() => ws.connectionState).toBe('disconnected');
    expect(errors.map(({ code }) => code)).toContain('AUTH_FAILED');
    expect(seen.at(-1)).toMatchObject({ code: 'AUTH_FAILED', retryable: false });
  });
});

// The seed's document has this test; it runs as it stands. It gives a reconnection 100 ms by the
// clock, which a busy machine may not have: so its wait lasts, if it must, until a line is there again.
describe('the seed’s own test', async () => {
  const SEEDS_WAIT_MS = 200;
  const { setTimeout } = globalThis;
  const sockets = () => [...(globalThis as unknown as { sockets: Set<{ readyState: number }> }).sockets];
  beforeAll(() => {
    vi.stubGlobal('setTimeout', (then: () => void, milliseconds?: number) => {
      if (milliseconds !== SEEDS_WAIT_MS) return setTimeout(then, milliseconds);
      const lineIsThere = () => expect.poll(() => sockets().some(({ readyState }) => readyState === 1)).toBe(true);
      // Where none comes, the test itself says so.
      return setTimeout(() => void lineIsThere().then(then, then), milliseconds);
    });
  });
  afterAll(() => void vi.unstubAllGlobals());
  await example('events/reconnect.test.ts');
});
