// The events service over real sockets, against a server whose words are written here.
import { configureClient, WebSocketService, WSEventType, type ClientError, type ErrorEvent } from '@parlor/client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ScriptedEvents } from './support/scripted-events';

let server: ScriptedEvents;
const services: WebSocketService[] = [];

function service(over: ConstructorParameters<typeof WebSocketService>[0] = {}): WebSocketService {
  const made = new WebSocketService({ url: server.url, reconnectDelay: 20, ...over });
  services.push(made);
  return made;
}

beforeEach(async () => {
  server = await ScriptedEvents.start();
});
afterEach(async () => {
  for (const made of services.splice(0)) made.close();
  await server.stop();
});

describe('the events service', () => {
  it('tells the token in the subprotocol, and nowhere else', async () => {
    const ws = service({ token: 'a.b.c' });
    // `ws` itself selects the first protocol offered, as Parlor does.
    await ws.connect();
    expect(server.lines[0]?.protocol).toBe('parlor.bearer');
    expect(ws.url).not.toContain('a.b.c');
  });

  it('sends a message, hears its answer grow, and lets go of it', async () => {
    const ws = service();
    server.react = (line, { id, type }) => {
      if (type === 'USER_MESSAGE') line.answers(id, 'm-1', ['Bon', 'jour']);
    };
    await ws.connect();
    let text = '';
    ws.on(WSEventType.AI_MESSAGE_CHUNK, ({ content }) => (text += content));
    const ended = new Promise<string>((resolve) => ws.on(WSEventType.AI_MESSAGE_END, ({ content }) => resolve(content)));
    const id = ws.sendMessage('Salut');
    expect(await ended).toBe('Bonjour');
    expect(text).toBe('Bonjour');
    expect(server.heard[0]).toMatchObject({ id, type: 'USER_MESSAGE', data: { content: 'Salut' } });
    expect(ws.queueSize).toBe(0);
  });

  it('queues in order what is said before and between connections, and sends each once', async () => {
    const ws = service();
    server.react = (line, { id, type }) => {
      if (type === 'USER_MESSAGE') line.answers(id, `m-${id}`, ['ok']);
    };
    ws.sendMessage('one');
    ws.sendMessage('two');
    expect(ws.queueSize).toBe(2);
    await ws.connect();
    await expect.poll(() => ws.queueSize).toBe(0);
    server.cut();
    await expect.poll(() => ws.connectionState).toBe('reconnecting');
    ws.sendMessage('three');
    await expect.poll(() => server.heard.map(({ data }) => data['content'])).toEqual(['one', 'two', 'three']);
  });

  it('sends again with the same id what a broken line may have swallowed', async () => {
    const ws = service();
    await ws.connect();
    const id = ws.sendMessage('heard, or not?');
    await expect.poll(() => server.heard.length).toBe(1);
    server.react = (line, event) => {
      if (event.type === 'USER_MESSAGE') line.answers(event.id, 'm-1', ['yes']);
    };
    server.cut();
    await expect.poll(() => server.heard.map((event) => event.id)).toEqual([id, id]);
    await expect.poll(() => ws.queueSize).toBe(0);
  });

  it('goes on with a running answer after exactly the pieces it has, and tells none twice', async () => {
    const ws = service();
    server.react = (line, { id, type }) => {
      if (type !== 'USER_MESSAGE') return;
      line.says('AI_THINKING', { chatId: 'chat-1' }, id);
      line.says('AI_MESSAGE_START', { messageId: 'm-1', chatId: 'chat-1', seq: 0, revision: 7 }, id);
      line.says('AI_MESSAGE_CHUNK', { messageId: 'm-1', content: 'one ', seq: 1 });
      line.says('AI_MESSAGE_CHUNK', { messageId: 'm-1', content: 'two ', seq: 2 });
    };
    await ws.connect();
    const heard: string[] = [];
    let starts = 0;
    ws.on('AI_MESSAGE_START', () => (starts += 1));
    ws.on('AI_MESSAGE_CHUNK', ({ content }) => heard.push(content));
    const ended = new Promise((resolve) => ws.on('AI_MESSAGE_END', resolve));
    ws.sendMessage('count');
    await expect.poll(() => heard).toEqual(['one ', 'two ']);
    server.react = (line, { type, data }) => {
      if (type !== 'WATCH_CHAT') return;
      expect(data).toEqual({ chatId: 'chat-1', messageId: 'm-1', revision: 7, seq: 2 });
      line.says('AI_MESSAGE_START', { messageId: 'm-1', chatId: 'chat-1', seq: 2, revision: 7 });
      line.says('AI_MESSAGE_CHUNK', { messageId: 'm-1', content: 'two ', seq: 2 }); // a double must not show
      line.says('AI_MESSAGE_CHUNK', { messageId: 'm-1', content: 'three', seq: 3 });
      line.says('AI_MESSAGE_END', { messageId: 'm-1', isComplete: true, stopReason: 'complete', content: 'one two three' });
    };
    server.cut();
    await ended;
    expect(heard).toEqual(['one ', 'two ', 'three']);
    expect(starts).toBe(1);
  });

  it('begins anew with an answer that was gone on with while it was away', async () => {
    const ws = service();
    server.react = (line, { id, type }) => {
      if (type !== 'USER_MESSAGE') return;
      line.says('AI_THINKING', { chatId: 'chat-1' }, id);
      line.says('AI_MESSAGE_START', { messageId: 'm-1', chatId: 'chat-1', seq: 0, revision: 7 }, id);
      line.says('AI_MESSAGE_CHUNK', { messageId: 'm-1', content: 'one ', seq: 1 });
      line.says('AI_MESSAGE_CHUNK', { messageId: 'm-1', content: 'two ', seq: 2 });
    };
    await ws.connect();
    let text = '';
    ws.on('AI_MESSAGE_START', () => (text = ''));
    ws.on('AI_MESSAGE_CHUNK', ({ content }) => (text += content));
    const ended = new Promise((resolve) => ws.on('AI_MESSAGE_END', resolve));
    ws.sendMessage('count');
    await expect.poll(() => text).toBe('one two ');
    server.react = (line, { type }) => {
      if (type !== 'WATCH_CHAT') return;
      line.says('AI_MESSAGE_START', { messageId: 'm-1', chatId: 'chat-1', seq: 0, revision: 9 });
      line.says('AI_MESSAGE_CHUNK', { messageId: 'm-1', content: 'one two ', seq: 1 });
      line.says('AI_MESSAGE_CHUNK', { messageId: 'm-1', content: 'three', seq: 2 });
      line.says('AI_MESSAGE_END', { messageId: 'm-1', isComplete: true, stopReason: 'complete', content: 'one two three' });
    };
    server.cut();
    await ended;
    expect(text).toBe('one two three');
  });

  it('writes on in the chat that the server made for it, also after a reconnection', async () => {
    const ws = service();
    server.react = (line, { id, type }) => {
      if (type === 'USER_MESSAGE') line.answers(id, `m-${id}`, ['ok']);
    };
    await ws.connect();
    ws.sendMessage('one');
    await expect.poll(() => ws.queueSize).toBe(0);
    server.cut();
    ws.sendMessage('two');
    ws.sendMessage('elsewhere', { chatId: 'chat-2' });
    await expect.poll(() => ws.queueSize).toBe(0);
    const contexts = server.heard.filter(({ type }) => type === 'USER_MESSAGE').map(({ data }) => data['context']);
    expect(contexts).toEqual([undefined, { chatId: 'chat-1' }, { chatId: 'chat-2' }]);
  });

  it('tries again when the server says, and says that it will', async () => {
    const ws = service();
    let refusals = 0;
    server.react = (line, { id, type }) => {
      if (type !== 'USER_MESSAGE') return;
      refusals += 1;
      if (refusals === 1) line.says('ERROR', { code: 'RATE_LIMIT', message: 'slow down', retryable: true, retryAfter: 60 }, id);
      else line.answers(id, 'm-1', ['ok']);
    };
    await ws.connect();
    const errors: ErrorEvent[] = [];
    ws.on(WSEventType.ERROR, (error) => errors.push(error));
    const start = performance.now();
    const id = ws.sendMessage('hello');
    await expect.poll(() => ws.queueSize).toBe(0);
    expect(performance.now() - start, 'not before it was told to').toBeGreaterThanOrEqual(60);
    expect(server.heard.map((event) => event.id)).toEqual([id, id]);
    expect(errors).toMatchObject([{ code: 'RATE_LIMIT', retryable: true, willRetry: true }]);
  });

  it('drops what is refused for good, and tells why', async () => {
    const ws = service();
    server.react = (line, { id }) => line.says('ERROR', { code: 'INVALID_MESSAGE', message: 'too long', retryable: false }, id);
    await ws.connect();
    const failed = new Promise<ClientError>((resolve) => ws.on('error', resolve));
    ws.sendMessage('x');
    expect(await failed).toMatchObject({ name: 'ClientError', code: 'INVALID_MESSAGE', retryable: false });
    expect(ws.queueSize).toBe(0);
  });

  it('cancels a generation by the id that asking for it gave', async () => {
    const ws = service();
    await ws.connect();
    const id = ws.generateObjective('Apprendre le piano', { difficulty: 'intermediate', category: 'music' });
    await expect.poll(() => server.heard).toHaveLength(1);
    ws.stopGeneration(id);
    await expect.poll(() => server.heard.map(({ type, data }) => [type, data])).toEqual([
      ['GENERATE_OBJECTIVE', { prompt: 'Apprendre le piano', difficulty: 'intermediate', category: 'music' }],
      ['STOP_GENERATION', { messageId: id }],
    ]);
    expect(ws.queueSize).toBe(0);
  });

  it('is back after `disconnect()`, and stays away after `close()`', async () => {
    const ws = service();
    await ws.connect();
    ws.disconnect();
    expect(ws.connectionState).toBe('reconnecting');
    await expect.poll(() => ws.isConnected).toBe(true);
    const states: string[] = [];
    ws.on('stateChange', (state) => states.push(state));
    ws.disconnect({ permanent: true });
    // One that is to come back, and begins to wait no sooner, is back by then.
    const other = service();
    await other.connect();
    other.disconnect();
    await expect.poll(() => other.isConnected).toBe(true);
    expect(states).toEqual(['disconnected']);
    expect(server.lines, 'two of each before it').toHaveLength(4);
    await ws.connect();
    expect(ws.isConnected).toBe(true);
  });

  it('gives up after its attempts, and begins anew when told', async () => {
    const { port, url } = server;
    const ws = service({ url, reconnectAttempts: 2, reconnectDelay: 5 });
    await server.stop();
    const errors: string[] = [];
    ws.on('error', ({ reason }) => errors.push(reason));
    await expect(ws.connect()).rejects.toMatchObject({ code: 'CONNECTION_FAILED', reason: 'unreachable', retryable: true });
    await expect.poll(() => ws.connectionState).toBe('disconnected');
    expect(errors).toEqual(['unreachable', 'unreachable', 'unreachable', 'gave_up']);
    server = await ScriptedEvents.start(port);
    await ws.connect();
    expect(ws.isConnected).toBe(true);
  });

  it('keeps its own settings when told of one more, whatever the defaults are', async () => {
    configureClient({ url: 'ws://127.0.0.1:9', reconnectDelay: 60_000 });
    try {
      const ws = service();
      ws.configure({ token: 'a.b.c', url: undefined });
      await ws.connect();
      expect(server.lines[0]?.protocol).toBe('parlor.bearer');
      ws.disconnect();
      await expect.poll(() => ws.isConnected).toBe(true);
    } finally {
      configureClient({ url: undefined, reconnectDelay: undefined });
    }
  });

  it('measures what happens', async () => {
    const ws = service({ pingInterval: 30 });
    server.react = (line, { id, type }) => {
      if (type === 'USER_MESSAGE') line.answers(id, 'm-1', ['Bon', 'jour']);
    };
    await ws.connect();
    ws.sendMessage('hello');
    await expect.poll(() => ws.metrics.snapshot().streamingDuration.count).toBe(1);
    await expect.poll(() => ws.metrics.snapshot().roundTrip.count).toBeGreaterThan(0);
    server.cut();
    await expect.poll(() => ws.metrics.snapshot().reconnects).toBe(1);
    const { messageLatency, timeToFirstToken, sent, received, errors, queueSize } = ws.metrics.snapshot();
    expect([messageLatency.count, timeToFirstToken.count, queueSize]).toEqual([1, 1, 0]);
    expect(sent.total).toBeGreaterThan(0);
    expect(received.largest).toBeLessThanOrEqual(received.total);
    expect(errors).toEqual({});
  });

  it('hears a handler’s exception without a word lost for the others', async () => {
    const ws = service();
    server.react = (line, { id }) => line.answers(id, 'm-1', ['ok']);
    await ws.connect();
    const { error: print } = console;
    const printed: unknown[] = [];
    console.error = (...words: unknown[]) => void printed.push(words[0]);
    try {
      ws.on('AI_THINKING', () => {
        throw new Error('of the page');
      });
      const ended = new Promise((resolve) => ws.on('AI_MESSAGE_END', resolve));
      ws.sendMessage('x');
      await ended;
    } finally {
      console.error = print;
    }
    expect(printed).toMatchObject([{ message: 'of the page' }]);
  });
});
