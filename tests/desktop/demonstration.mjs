// The demonstration, run by hand against a real model (see `shared/tools/real-model`):
//
//   node tests/desktop/demonstration.mjs http://127.0.0.1:18080/v1 [FOLDER]
//
// The real window asks the model; the same chat then goes on in headless Chromium at the embedded
// address, and from the ten-line scripts of tests/clients. Pictures go into FOLDER (target/demonstration).

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { chromium } from '../../ui/node_modules/playwright-core/index.mjs';
import { Desk } from './support/desk.mjs';
import { keys } from './support/webdriver.mjs';

const root = resolve(import.meta.dirname, '../..');
const [model = 'http://127.0.0.1:18080/v1', folder = join(root, 'target/demonstration')] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });

const desk = await Desk.lay({ keyring: true });
try {
  const app = await desk.openApp();
  await app.click('button', /^Just look around/);
  await app.click('button', /^Settings/);
  await app.click('tab', /^Model/);
  await app.click('button', 'Add a provider');
  await app.click('radio', 'Other');
  await app.type('textbox', 'Address', model);
  await app.type('textbox', 'Name', 'Real model');
  await app.type('textbox', 'API key', 'no-key-needed');
  await app.click('button', 'Test and save');
  await app.see(/Real model is connected|In this computer’s keyring/);
  await app.click('button', /^Close/);

  const question = 'The capital of France is';
  await app.type('textbox', 'Message', question + keys.enter);
  const answerIn = `const all = [...document.querySelectorAll('[role=log] article')]; const last = all.at(-1);
    return last && { text: last.innerText, busy: last.getAttribute('aria-busy') === 'true', count: all.length };`;
  await app.until('the first words', async () => ((await app.run(answerIn))?.text.length ?? 0) > 40, 120_000);
  await desk.picture(join(folder, 'window-streaming.png'));
  // A base model does not know where to end: after a while we stop it.
  const whole = async () => {
    const state = await app.run(answerIn);
    return state && state.count >= 2 && !state.busy ? state : null;
  };
  const first = await app.until('the whole answer', whole, 20_000).catch(async () => {
    await app.click('button', /^Stop/);
    return app.until('the stopped answer', whole, 20_000);
  });
  await desk.picture(join(folder, 'window-answered.png'));
  console.log(`window: ${first.text.slice(0, 160)}`);

  const invoke = async (command) => {
    const { value, error } = await app.runAsync('return await window.__TAURI_INTERNALS__.invoke(arguments[0]);', command);
    assert.equal(error, undefined, `${command}: ${error}`);
    return value;
  };

  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  await page.goto(await invoke('sign_in_link'));
  await page.getByRole('link', { name: /capital|France/i }).first().click();
  await page.getByRole('textbox', { name: 'Message' }).fill('The capital of Italy is');
  await page.keyboard.press('Enter');
  const ended = () =>
    page.waitForFunction(
      () => {
        const all = [...document.querySelectorAll('[role=log] article')];
        return all.length >= 4 && all.at(-1)?.getAttribute('aria-busy') !== 'true';
      },
      undefined,
      { timeout: 20_000 },
    );
  await ended().catch(async () => {
    await page.getByRole('button', { name: /^Stop/ }).first().click();
    await ended();
  });
  await page.screenshot({ path: join(folder, 'browser-answered.png') });
  const chat = new URL(page.url()).pathname.split('/').at(-1);
  console.log(`browser: went on in chat ${chat}`);
  await browser.close();

  const link = new URL(await invoke('sign_in_link'));
  const session = await fetch(`${link.origin}/api/session/link`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ code: link.hash.replace('#sign-in=', '') }),
  });
  const { token } = await session.json();
  const environment = { ...process.env, URL: `${link.origin.replace('http', 'ws')}/ws/chat`, TOKEN: token, CHAT: chat };
  const clients = join(root, 'target/journeys-clients');
  const python = execFileSync(join(clients, 'python/bin/python'), ['tests/clients/chat.py', 'The capital of Spain is'], { env: environment, cwd: root });
  console.log(`python: ${String(python).slice(0, 160)}`);
  const node = execFileSync('node', [join(root, 'tests/clients/chat.cjs'), 'The capital of Portugal is'], {
    env: { ...environment, NODE_PATH: join(clients, 'node/node_modules') },
    cwd: root,
  });
  console.log(`node: ${String(node).slice(0, 160)}`);
  await app.until('the scripts’ questions in the window', async () => /Portugal/.test(await app.text()), 60_000);
  await desk.picture(join(folder, 'window-after-scripts.png'));
} finally {
  await desk.clear();
}
