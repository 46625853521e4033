// @vitest-environment jsdom
// Both seed documents' examples, run as they stand: the components on a page, with servers that
// answer. What they print and send is what their documents promise.
import type { AddressInfo } from 'node:net';
import { act, cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react';
import { chatStreamOf, configureClient, getWebSocketService, WebSocketService } from '@parlor/client';
import { useChatStore } from '@parlor/client/react';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { ScriptedProvider } from '../e2e/support/provider';
import { ParlorServer } from '../e2e/support/server';
import { ScriptedEvents } from './support/scripted-events';
import { example } from './support/seed-examples';

const patience = { timeout: 60_000 };
const { detours } = globalThis as unknown as { detours: Map<string, string> };

describe('the events seed’s document', () => {
  let server: ScriptedEvents;
  const logged = vi.spyOn(console, 'log').mockImplementation(() => undefined);

  beforeEach(async () => {
    server = await ScriptedEvents.start();
    server.react = (line, { id, type }) => {
      if (type === 'USER_MESSAGE') line.answers(id, `m-${id}`, ['Bon', 'jour']);
    };
    // The page's one service leads here, whatever address an example names.
    getWebSocketService({ url: server.url, reconnectDelay: 20 });
    logged.mockClear();
  });
  afterEach(async () => {
    cleanup();
    await server.stop();
  });

  const connected = () => waitFor(() => expect(server.lines).toHaveLength(1), patience);

  it('1: `useWebSocket` hears the end of an answer', async () => {
    const { MyComponent } = await example('events/my-component.tsx');
    const Page = () => MyComponent() as unknown as null;
    render(<Page />);
    await connected();
    act(() => void getWebSocketService().sendMessage('Bonjour !'));
    await waitFor(() => expect(logged).toHaveBeenCalledWith('Message complet:', 'Bonjour'), patience);
  });

  it('2: `useChatStream` shows what is said, and stops', async () => {
    const { ChatComponent } = await example('events/chat-component.tsx');
    server.react = (line, { id, type }) => {
      if (type !== 'USER_MESSAGE') return;
      line.says('AI_THINKING', { chatId: 'chat-1' }, id);
      line.says('AI_MESSAGE_START', { messageId: 'm-1', chatId: 'chat-1', seq: 0 }, id);
      line.says('AI_MESSAGE_CHUNK', { messageId: 'm-1', content: 'Il était', seq: 1 });
    };
    const { container } = render(<ChatComponent />);
    await connected();
    act(() => void chatStreamOf(getWebSocketService()).send('Raconte'));
    await waitFor(() => expect(container.textContent).toContain('user: Raconte'), patience);
    await waitFor(() => expect(container.textContent).toContain('assistant: Il était...'), patience);
    fireEvent.click(screen.getByText('Arrêter la génération'));
    await waitFor(() => expect(server.heard.at(-1)).toMatchObject({ type: 'STOP_GENERATION', data: { messageId: 'm-1' } }), patience);
    act(() => server.lines[0]?.says('AI_MESSAGE_END', { messageId: 'm-1', isComplete: false, stopReason: 'user_cancelled', content: 'Il était' }));
    await waitFor(() => expect(screen.queryByText('Arrêter la génération')).toBeNull(), patience);
  });

  it('3: the store makes conversations and takes messages', async () => {
    const { ConversationManager } = await example('events/conversation-manager.tsx');
    const Page = () => ConversationManager() as unknown as null;
    render(<Page />);
    const { createConversation, addMessage, getCurrentConversation } = useChatStore.getState();
    const id = createConversation('Nouvel objectif');
    addMessage(id, { id: '1', role: 'user', content: 'Message', timestamp: new Date() });
    expect(getCurrentConversation()).toMatchObject({ title: 'Nouvel objectif', messages: [{ content: 'Message' }] });
    expect(useChatStore.getState().conversations).toHaveLength(1);
  });

  it('4: the standard message is an event', async () => {
    const { message } = await example('events/message.ts');
    const ws = getWebSocketService();
    await ws.connect();
    await connected();
    const heard = new Promise((resolve) => ws.on('AI_MESSAGE_CHUNK', resolve));
    server.lines[0]?.socket.send(JSON.stringify(message));
    expect(await heard).toEqual(message.data);
  });

  it('5: the document’s own server is understood', async () => {
    let last = 0;
    vi.stubGlobal('generateId', () => `id-${(last += 1)}`);
    const { wss } = await example('events/server.ts');
    await waitFor(() => expect(wss.address()).not.toBeNull(), patience);
    detours.set('ws://localhost:3001', `ws://127.0.0.1:${(wss.address() as AddressInfo).port}`);
    const ws = new WebSocketService({ url: 'ws://localhost:3001' });
    try {
      const ended = new Promise<string>((resolve) => ws.on('AI_MESSAGE_END', ({ content }) => resolve(content)));
      await ws.connect();
      ws.sendMessage('deux mots');
      expect(await ended).toBe('Echo: deux mots');
      expect(ws.queueSize).toBe(0);
    } finally {
      ws.close();
      wss.close();
      detours.delete('ws://localhost:3001');
    }
  });

  it('6: errors are heard, and tried again or told', async () => {
    const { useErrors } = await example('events/error-handling.ts');
    const error = vi.fn();
    const retry = vi.fn();
    vi.stubGlobal('toast', { error });
    vi.stubGlobal('retry', retry);
    const Page = () => {
      useErrors();
      return null;
    };
    const page = render(<Page />);
    await connected();
    server.lines[0]?.says('ERROR', { code: 'AUTH_FAILED', message: 'non', retryable: false });
    await waitFor(() => expect(error).toHaveBeenCalledWith('non'), patience);
    expect(retry).not.toHaveBeenCalled();
    server.lines[0]?.says('ERROR', { code: 'GENERATION_FAILED', message: 'encore', retryable: true, messageId: 'm' });
    await waitFor(() => expect(retry).toHaveBeenCalledTimes(1), patience);
    server.cut();
    await waitFor(() => expect(logged).toHaveBeenCalledWith('Déconnecté, reconnexion en cours...'), patience);
    page.unmount();
    expect(error).toHaveBeenCalledTimes(1);
  });

  it('7: the configured service is the page’s', async () => {
    const { ws } = await example('events/configuration.ts');
    expect(ws.url).toBe('ws://localhost:3001');
    expect(getWebSocketService()).toBe(ws);
  });

  it('8: a stream is shown as it comes', async () => {
    const { StreamingChat } = await example('events/streaming-chat.tsx');
    const { container } = render(<StreamingChat />);
    await connected();
    act(() => void getWebSocketService().sendMessage('Bonjour'));
    await waitFor(() => expect(container.textContent).toBe('Bonjour'), patience);
    act(() => {
      server.lines[0]?.says('AI_MESSAGE_START', { messageId: 'x' });
      server.lines[0]?.says('AI_MESSAGE_CHUNK', { messageId: 'x', content: 'Salut' });
      server.lines[0]?.says('AI_MESSAGE_END', { messageId: 'x', isComplete: false, stopReason: 'user_cancelled', content: 'Salut' });
    });
    await waitFor(() => expect(container.textContent).toBe('Salut [Annulé]'), patience);
  });

  it('9: a generation is asked for and cancelled', async () => {
    const { GenerationControl } = await example('events/generation-control.tsx');
    render(<GenerationControl />);
    await connected();
    fireEvent.click(screen.getByText('Générer'));
    await waitFor(() => expect(server.heard.map(({ type }) => type)).toEqual(['GENERATE_OBJECTIVE']), patience);
    fireEvent.click(screen.getByText('Annuler'));
    await waitFor(() => expect(server.heard[1]).toMatchObject({ type: 'STOP_GENERATION', data: { messageId: server.heard[0]?.id } }), patience);
    await waitFor(() => expect(screen.queryByText('Annuler')).toBeNull(), patience);
  });

  it('10: the dashboard says how it stands', async () => {
    const { WebSocketMonitor } = await example('events/monitor.tsx');
    const { container } = render(<WebSocketMonitor />);
    await waitFor(() => expect(container.textContent).toContain('État: connected'), patience);
    await waitFor(() => expect(container.textContent).toContain('Connecté: ✅'), patience);
    server.react = () => undefined;
    act(() => void getWebSocketService().sendMessage('waits'));
    await waitFor(() => expect(container.textContent).toContain("File d'attente: 1"), patience);
    server.cut();
    await waitFor(() => expect(container.textContent).toContain('Connecté: ❌'), patience);
  });

  it('lets go of everything when a page is gone', async () => {
    const { StreamingChat } = await example('events/streaming-chat.tsx');
    const ws = getWebSocketService();
    for (let i = 0; i < 50; i += 1) {
      const page = render(<StreamingChat />);
      page.unmount();
    }
    expect([ws.listenerCount, ws.changes.size]).toEqual([0, 0]);
  });
});

describe('the chat seed’s document', () => {
  let provider: ScriptedProvider;
  let server: ParlorServer;

  beforeAll(async () => {
    provider = await ScriptedProvider.start();
    server = await ParlorServer.start(provider, { PARLOR_CHAT_AUTO_TITLE: 'false' });
    const { token } = await server.account('alice');
    detours.set('ws://localhost:3000/ws/chat', `${server.origin.replace('http', 'ws')}/ws/chat`);
    // The examples say 'your-jwt-token' where a page has a real one.
    detours.set('your-jwt-token', token);
  });
  afterAll(async () => {
    await server?.stop();
    await provider?.stop();
    configureClient({ token: null });
  });
  afterEach(() => cleanup());

  it('1: the ready component talks', async () => {
    const { App } = await example('chat/app.tsx');
    const { container } = render(<App />);
    await waitFor(() => expect(screen.getByText('Connected')), patience);
    expect(container.querySelector('.h-full.max-w-4xl.mx-auto')).not.toBeNull();
    fireEvent.change(screen.getByRole('textbox'), { target: { value: 'Привет!' } });
    fireEvent.click(screen.getByText('Send'));
    await waitFor(() => expect(screen.getByText('You said: Привет!')), patience);
    await waitFor(() => expect(screen.getAllByRole('article')).toHaveLength(2), patience);
  });

  it('2: the hook makes a chat, says something and hears both', async () => {
    const { ChatComponent } = await example('chat/screens/chat-component.tsx');
    const logged = vi.spyOn(console, 'log').mockImplementation(() => undefined);
    logged.mockClear();
    render(<ChatComponent />);
    await waitFor(() => expect(screen.getByText('Статус: Подключено')), patience);
    fireEvent.click(screen.getByText('Отправить сообщение'));
    const answer = expect.objectContaining({ role: 'assistant', content: 'You said: Привет!' });
    await waitFor(() => expect(logged).toHaveBeenLastCalledWith('New message:', answer), patience);
    expect(logged).toHaveBeenCalledTimes(2);
  });
});
