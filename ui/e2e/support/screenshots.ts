// Photographs the app for the README: a real server and browser, a scripted model with something
// to say. Every picture is taken when what it shows is there, never after a while.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BrowserContextOptions } from 'playwright-core';
import * as demo from './demonstration';
import { WORDS, type ParlorPage } from './parlor-page';
import preflight from './preflight';
import type { Account } from './server';
import { PHONE, Stage } from './stage';
import { WireClient } from './wire-client';

const folder = fileURLToPath(new URL('../../screenshots', import.meta.url));
const DAY_MS = 86_400_000;
const OLLAMA_PORT = 11_434;

async function snap(page: ParlorPage, name: string): Promise<void> {
  await page.page.evaluate(() => document.fonts.ready.then(() => undefined));
  await page.page.mouse.move(0, 0);
  await page.page.screenshot({ path: join(folder, `${name}.png`), animations: 'disabled', caret: 'hide' });
  console.log(`ui/screenshots/${name}.png`);
}

/** The chats of a few weeks. The server's clock is real, so the past is written into its file. */
async function live(stage: Stage, account: Account): Promise<void> {
  const { provider, server } = stage;
  const wire = await WireClient.connect(server.origin, account.token);
  const ollama = { providerId: 'ollama', name: 'Ollama', baseUrl: provider.address, defaultModel: provider.models[0] };
  await wire.ask('save_provider', ollama, 'providers');
  for (const [at, chat] of demo.OTHERS.entries()) {
    const chatId = `chat-${at}`;
    provider.next(chat.question).say(chat.answer).end();
    await wire.ask('create_chat', { chatId, title: chat.title }, 'chat_created');
    await wire.converse(chatId, chat.question);
    if (chat.pinned) await wire.ask('update_chat', { chatId, pinned: true }, 'chat_updated');
  }
  await wire.ask('create_chat', { chatId: 'fsync', title: demo.MAIN_TITLE }, 'chat_created');
  provider.next(demo.QUESTION).think(demo.REASONING).say(demo.ANSWER).end();
  await wire.converse('fsync', demo.QUESTION);
  wire.close();
  await server.shutDown();
  const past = demo.OTHERS.map(
    ({ daysAgo }, at) => `UPDATE chats SET updated_at = updated_at - ${daysAgo * DAY_MS} WHERE id = 'chat-${at}';`,
  );
  const run = 'import sqlite3, sys; sqlite3.connect(sys.argv[1]).executescript(sys.stdin.read())';
  execFileSync('python3', ['-c', run, join(server.dataDir, 'parlor.db')], { input: past.join('\n') });
  await server.restart();
}

async function visit(stage: Stage, account: Account, path: string, options: BrowserContextOptions): Promise<ParlorPage> {
  const page = await stage.visit(account, path, { locale: 'en-GB', ...options });
  await page.button(/^Model: gemma3/).waitFor();
  return page;
}

export async function takeScreenshots(): Promise<void> {
  preflight();
  const stage = new Stage();
  // Where Ollama would be, so that the app finds it and the picture of the settings looks like home.
  await stage.open({ guide: true, port: OLLAMA_PORT, models: ['gemma3:12b', 'qwen3:8b', 'mistral-small:24b'] });
  try {
    const account = await stage.server.account('Ada');
    await live(stage, account);
    const { provider } = stage;

    const light = await visit(stage, account, '/chat/fsync', { colorScheme: 'light' });
    await light.answer.locator('pre').getByText('one fsync').waitFor();
    await snap(light, 'light');

    const reply = provider.next(demo.SECOND_QUESTION).say(demo.SECOND_ANSWER.slice(0, -90));
    const dark = await visit(stage, account, '/chat/fsync', { colorScheme: 'dark' });
    await dark.ask(demo.SECOND_QUESTION);
    await dark.says('a lonely request');
    await dark.answer.locator('.katex').first().waitFor();
    await snap(dark, 'dark');
    reply.say(demo.SECOND_ANSWER.slice(-90)).end();
    await dark.page.locator('article[aria-busy=true]').waitFor({ state: 'detached' });

    const phone = await visit(stage, account, '/chat/fsync', { ...PHONE, colorScheme: 'light', deviceScaleFactor: 2 });
    await phone.answer.locator('.katex').first().waitFor();
    await snap(phone, 'phone');

    await light.page.keyboard.press('Control+,');
    await light.page.getByRole('tab', { name: WORDS.en.settings.section.models }).click();
    await light.page.getByRole('button', { name: /^Ollama/ }).click();
    await light.page.getByRole('button', { name: 'Test Ollama' }).click();
    await light.page.getByText(/^It works/).waitFor();
    await snap(light, 'settings');

    const fresh = await stage.visit(await stage.server.account('Grace', { fresh: true }), '/', { colorScheme: 'light', locale: 'en-GB' });
    await fresh.page.getByText(WORDS.en.firstRun.question).waitFor();
    await snap(fresh, 'first-run');
  } finally {
    await stage.close();
  }
}
