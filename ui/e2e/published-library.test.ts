// What both documents show, in a real browser: their examples around the library as it is
// published, against a real server that serves the page and both sockets.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildMovedPage } from './support/moved-page';
import { stage } from './support/stage';

const project = mkdtempSync(join(tmpdir(), 'parlor-moved-'));
beforeAll(() => buildMovedPage(project), 600_000);
const parlor = stage({ settings: { PARLOR_UI_DIR: join(project, 'dist'), PARLOR_CHAT_AUTO_TITLE: 'false' } });
afterAll(() => rmSync(project, { recursive: true, force: true }));

interface Shown {
  page: Page;
  part(name: string): Locator;
  say(words: string): Promise<void>;
  /** What the page wrote to its console. */
  written: string[];
}

/** A page with these examples, somebody new signed in. */
async function shows(...show: string[]): Promise<Shown> {
  const { page } = await parlor.visit(await parlor.person(), null);
  const written: string[] = [];
  page.on('console', (message) => written.push(message.text()));
  const { token } = await parlor.person();
  const socket = parlor.server.origin.replace('http', 'ws');
  const moved = { token, show, chatUrl: `${socket}/ws/chat`, eventsUrl: `${socket}/ws/events` };
  await page.addInitScript((own) => Object.assign(window, { moved: own }), moved);
  await page.goto(parlor.server.origin);
  const part = (name: string) => page.getByRole('region', { name, exact: true });
  const say = async (words: string) => {
    const field = part('Field').getByRole('textbox');
    await field.fill(words);
    await field.press('Enter');
  };
  return { page, part, say, written };
}

test('the ready component talks, and stops', async () => {
  const { page, part } = await shows('chat/app.tsx#App');
  const app = part('chat/app.tsx#App');
  await app.getByText('Connected').waitFor();
  const chat = app.locator('.h-full.max-w-4xl.mx-auto');
  await chat.getByRole('textbox').fill('Привет!');
  await chat.getByRole('button', { name: 'Send' }).click();
  await chat.getByText('You said: Привет!').waitFor();
  await expect.poll(() => chat.getByRole('article').count()).toBe(2);
  const reply = parlor.provider.next('endless').say('And so on');
  await chat.getByRole('textbox').fill('Something endless');
  await chat.getByRole('textbox').press('Enter');
  await chat.getByText('And so on').waitFor();
  const box = await chat.boundingBox();
  expect(box?.width, 'it looks like something without any stylesheet of the page').toBeGreaterThan(200);
  await chat.getByRole('button', { name: 'Stop' }).click();
  await reply.closed;
  await expect.poll(() => page.locator('[aria-busy=true]').count()).toBe(0);
});

test('the chat hook makes a chat, says something and hears both', async () => {
  const { part, written } = await shows('chat/screens/chat-component.tsx#ChatComponent');
  const hook = part('chat/screens/chat-component.tsx#ChatComponent');
  await hook.getByText('Статус: Подключено').waitFor();
  const reply = parlor.provider.next('Привет!').say('Здрав');
  await hook.getByRole('button').click();
  await hook.getByText('Ассистент печатает: Здрав').waitFor();
  reply.say('ствуй').end();
  await expect.poll(() => written.filter((line) => line.startsWith('New message:'))).toHaveLength(2);
  await expect.poll(() => hook.getByText('Ассистент печатает').count()).toBe(0);
});

test('a stream of events is shown as it comes, and cancelled', async () => {
  const { part, say, written } = await shows(
    'Field',
    'events/my-component.tsx#MyComponent',
    'events/chat-component.tsx#ChatComponent',
    'events/streaming-chat.tsx#StreamingChat',
  );
  const [talk, stream] = [part('events/chat-component.tsx#ChatComponent'), part('events/streaming-chat.tsx#StreamingChat')];
  const reply = parlor.provider.next('Bonjour');
  await say('Bonjour !');
  await talk.getByText('user: Bonjour !').waitFor();
  await talk.getByText("L'IA réfléchit...").waitFor();
  await reply.asked;
  reply.say('Voici ');
  await stream.getByText('Voici').waitFor();
  await talk.getByText('assistant: Voici').waitFor();
  reply.say('la réponse');
  await stream.getByText('Voici la réponse', { exact: true }).waitFor();
  await talk.getByRole('button', { name: 'Arrêter la génération' }).click();
  await reply.closed;
  await stream.getByText('Voici la réponse [Annulé]').waitFor();
  await expect.poll(() => talk.getByRole('button').count()).toBe(0);
  await say('Et encore ?');
  await talk.getByText('assistant: You said: Et encore ?').waitFor();
  // The text is whole on the page before its end is told.
  await expect.poll(() => written).toContain('Message complet: You said: Et encore ?');
});

test('a generation is asked for and cancelled', async () => {
  const { part } = await shows('events/generation-control.tsx#GenerationControl');
  const control = part('events/generation-control.tsx#GenerationControl');
  const reply = parlor.provider.next('Apprendre le piano').say('{"title":');
  await control.getByRole('button', { name: 'Générer' }).click();
  const { body } = await reply.asked;
  expect(JSON.stringify(body)).toContain('intermediate');
  await control.getByRole('button', { name: 'Annuler' }).click();
  await reply.closed;
  await expect.poll(() => control.getByRole('button').count()).toBe(1);
});

test('both monitors tell the loss of the server, and what waits for it arrives', async () => {
  const { part, say } = await shows('Field', 'events/monitor.tsx#WebSocketMonitor', 'WebSocketMonitor', 'events/chat-component.tsx#ChatComponent');
  const monitors = [part('events/monitor.tsx#WebSocketMonitor'), part('WebSocketMonitor')];
  const tell = async (state: string, sign: string, queue: number) => {
    for (const monitor of monitors) {
      const words = new RegExp(`(État:|State)\\s*${state}\\s*(File d'attente:|Queue)\\s*${queue}\\s*(Connecté:|Connected)\\s*${sign}`);
      await expect.poll(() => monitor.innerText()).toMatch(words);
    }
  };
  await tell('connected', '✅', 0);
  await parlor.server.kill();
  await tell('reconnecting', '❌', 0);
  await say('Kept for later');
  await tell('reconnecting', '❌', 1);
  await parlor.server.restart();
  await part('events/chat-component.tsx#ChatComponent').getByText('assistant: You said: Kept for later').waitFor();
  await tell('connected', '✅', 0);
});
