// The chat service against a real parlor-server whose model is scripted.
import { memoryStore, WebSocketChatService, type ChatMessage, type ClientError } from '@parlor/client';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ScriptedProvider } from '../e2e/support/provider';
import { ParlorServer } from '../e2e/support/server';

let provider: ScriptedProvider;
let server: ParlorServer;
let token = '';
const services: WebSocketChatService[] = [];

beforeAll(async () => {
  provider = await ScriptedProvider.start();
  server = await ParlorServer.start(provider, { PARLOR_CHAT_AUTO_TITLE: 'false' });
  ({ token } = await server.account('alice'));
});
afterAll(async () => {
  await server?.stop();
  await provider?.stop();
});
beforeEach(async () => {
  if (!server.running) await server.restart();
});
afterEach(() => {
  for (const service of services.splice(0)) service.disconnect();
});

function service(over: object = {}): WebSocketChatService {
  const url = `${server.origin.replace('http', 'ws')}/ws/chat`;
  const made = new WebSocketChatService({ url, token, reconnectDelay: 50, reconnectAttempts: 100, ...over });
  services.push(made);
  return made;
}

const said = (messages: readonly ChatMessage[]) => messages.map(({ role, content, status }) => [role, content, status]);

describe('the chat service', () => {
  it('creates a chat, is answered in it, and shows both', async () => {
    const chat = service();
    const heard: string[] = [];
    chat.on('message', ({ content }) => heard.push(content));
    await chat.connect();
    chat.createChat();
    chat.sendMessage('Привет!');
    await expect.poll(() => heard).toEqual(['Привет!', 'You said: Привет!']);
    expect(said(chat.snapshot().messages)).toEqual([
      ['user', 'Привет!', 'complete'],
      ['assistant', 'You said: Привет!', 'complete'],
    ]);
    expect(chat.queueSize).toBe(0);
  });

  it('shows an answer while it grows, and stops it', async () => {
    const chat = service();
    await chat.connect();
    const reply = provider.next('slowly').say('Once upon');
    chat.sendMessage('slowly, please');
    await expect.poll(() => chat.snapshot().streamingMessage).toBe('Once upon');
    expect(chat.snapshot().isTyping).toBe(true);
    chat.stop();
    await reply.closed;
    await expect.poll(() => chat.snapshot().messages.at(-1)).toMatchObject({ content: 'Once upon', status: 'stopped' });
    await expect.poll(() => chat.snapshot()).toMatchObject({ isTyping: false, streamingMessage: '' });
  });

  it('writes offline, in order, and says it all once when the line is there', async () => {
    const chat = service();
    chat.sendMessage('first words');
    chat.sendMessage('second words');
    expect(said(chat.snapshot().messages)).toEqual([
      ['user', 'first words', 'queued'],
      ['user', 'second words', 'queued'],
    ]);
    await chat.connect();
    await expect.poll(() => said(chat.snapshot().messages).map(([, content]) => content)).toEqual([
      'first words',
      'You said: first words',
      'second words',
      'You said: second words',
    ]);
    expect(provider.asked('first words')).toBe(1);
  });

  it('resumes a running answer after a lost line with exactly its rest', async () => {
    const chat = service();
    await chat.connect();
    const reply = provider.next('long story').say('one ');
    chat.sendMessage('a long story');
    await expect.poll(() => chat.snapshot().streamingMessage).toBe('one ');
    const tokens: string[] = [];
    const joins: boolean[] = [];
    chat.on('assistant_message_token', ({ token: text }) => tokens.push(text));
    chat.on('chat_joined', ({ resumed }) => joins.push(resumed));
    cut(chat);
    reply.say('two ');
    await expect.poll(() => chat.snapshot().streamingMessage).toBe('one two ');
    reply.say('three').end();
    await expect.poll(() => chat.snapshot().messages.at(-1)?.content).toBe('one two three');
    expect(tokens.join('')).toBe('two three');
    expect(joins).toEqual([true]);
  });

  it('survives a killed server: what was asked for is asked for again, once', async () => {
    const chat = service();
    await chat.connect();
    chat.sendMessage('before the fall');
    await expect.poll(() => chat.snapshot().messages).toHaveLength(2);
    await server.kill();
    await expect.poll(() => chat.isConnected).toBe(false);
    chat.sendMessage('after the fall');
    await server.restart();
    await expect.poll(() => chat.snapshot().messages.map(({ content }) => content)).toEqual([
      'before the fall',
      'You said: before the fall',
      'after the fall',
      'You said: after the fall',
    ]);
    expect(provider.asked('after the fall')).toBe(1);
  });

  it('keeps waiting messages in its store for the next start', async () => {
    const store = memoryStore();
    const first = service({ store });
    await first.connect();
    const chatId = first.createChat();
    first.sendMessage('hello');
    await expect.poll(() => first.snapshot().messages).toHaveLength(2);
    await server.kill();
    await expect.poll(() => first.isConnected).toBe(false);
    first.sendMessage('written in the dark');
    first.disconnect();
    await server.restart();
    const second = service({ store });
    await second.connect();
    second.joinChat(chatId);
    await expect.poll(() => second.snapshot().messages.map(({ content }) => content)).toContain('You said: written in the dark');
    expect(provider.asked('written in the dark')).toBe(1);
  });

  it('joins a chat with its history, and hears it live on two connections', async () => {
    const [first, second] = [service(), service()];
    await Promise.all([first.connect(), second.connect()]);
    const chatId = first.createChat();
    first.sendMessage('shared');
    await expect.poll(() => first.snapshot().messages).toHaveLength(2);
    second.joinChat(chatId);
    await expect.poll(() => second.snapshot().messages).toHaveLength(2);
    first.sendMessage('news');
    await expect.poll(() => second.snapshot().messages.at(-1)?.content).toBe('You said: news');
  });

  it('tells of a chat that is none', async () => {
    const chat = service();
    await chat.connect();
    const failed = new Promise<ClientError>((resolve) => chat.on('error', resolve));
    chat.joinChat('nobody-knows-it');
    expect(await failed).toMatchObject({ reason: 'not_found', retryable: false });
  });

  it('is gone for good after `disconnect`, until `connect`', async () => {
    const [chat, other] = [service(), service()];
    await Promise.all([chat.connect(), other.connect()]);
    cut(other);
    chat.disconnect();
    // One that is to come back, and begins to wait no sooner, is back by then.
    await expect.poll(() => other.isConnected).toBe(false);
    await expect.poll(() => other.isConnected).toBe(true);
    expect(chat.connectionState).toBe('disconnected');
    await chat.connect();
    expect(chat.isConnected).toBe(true);
  });
});

/** Ends the socket below the service, as a network does. */
function cut(chat: WebSocketChatService): void {
  const { sockets } = globalThis as unknown as { sockets: Set<{ terminate(): void }> };
  expect(chat.isConnected).toBe(true);
  for (const socket of sockets) socket.terminate();
}
