// No page but the app's own reaches a command: frames of other pages do not load in the window, what
// does load there has no way to the host, and the window goes nowhere else. And what the app's own
// page may ask is a list that somebody has to change here to change it at all.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { createServer } from 'node:http';
import { resolve } from 'node:path';
import { after, before, test } from 'node:test';
import { Desk } from './support/desk.mjs';

const root = resolve(import.meta.dirname, '../..');
const read = (path) => JSON.parse(readFileSync(resolve(root, path), 'utf8'));

/** Tries every way to a command that a page of elsewhere could know of. */
const ATTACK = `
  const told = (what) => fetch('/reached?' + what);
  told('script');
  for (const target of [window, window.parent, window.top]) {
    try { target.__TAURI_INTERNALS__.invoke('connection').then(() => told('internals')); } catch {}
    try { target.__TAURI__.core.invoke('connection').then(() => told('global')); } catch {}
    try { target.ipc.postMessage('{"cmd":"connection","callback":1,"error":2,"payload":{}}'); } catch {}
  }
  fetch('ipc://localhost/connection', { method: 'POST', body: '{}' }).then(() => told('ipc'));
  fetch('http://ipc.localhost/connection', { method: 'POST', body: '{}' }).then(() => told('ipc'));
`;
const asked = [];
let elsewhere;
let desk;
let app;

before(async () => {
  elsewhere = createServer((request, response) => {
    asked.push(request.url);
    response.setHeader('content-type', 'text/html');
    response.end(`<!doctype html><title>elsewhere</title><script>${ATTACK}</script>`);
  });
  await new Promise((done) => elsewhere.listen(0, '127.0.0.1', done));
  elsewhere.address_ = `http://127.0.0.1:${elsewhere.address().port}`;
  desk = await Desk.lay({ keyring: true });
  app = await desk.openApp();
  await app.find('heading', 'Where should answers come from?');
});

after(async () => {
  elsewhere?.closeAllConnections();
  elsewhere?.close();
  await desk?.clear();
});

test('the page has no global door, and its list of commands is short', async () => {
  assert.equal(await app.run('return typeof window.__TAURI__'), 'undefined', 'withGlobalTauri is off');
  const { app: settings } = read('tauri.conf.json');
  assert.equal(settings.withGlobalTauri, false);
  assert.deepEqual(settings.security.capabilities, ['main']);
  assert.equal(settings.security.assetProtocol, undefined, 'no files by an address');
  const policy = settings.security.csp;
  for (const part of ["default-src 'self'", "script-src 'self';", "object-src 'none'", "frame-src 'none'", "base-uri 'none'", "form-action 'none'"]) {
    assert.ok(policy.includes(part), part);
  }
  const folder = resolve(root, 'src-tauri/capabilities');
  assert.deepEqual(readdirSync(folder).sort(), ['commands.toml', 'main.json']);
  const main = read('src-tauri/capabilities/main.json');
  assert.deepEqual(main.windows, ['main']);
  assert.equal(main.remote, undefined, 'for no page of elsewhere');
  assert.equal(main.webviews, undefined);
  const names = main.permissions.map((one) => (typeof one === 'string' ? one : one.identifier));
  const known = /^(commands|store:allow-(get-store|get|set|has|delete|entries|save)|opener:allow-open-url)$/;
  assert.deepEqual(names.filter((name) => !known.test(name)), [], 'permissions that nobody weighed here');
  const urls = main.permissions.find((one) => one.identifier === 'opener:allow-open-url').allow.map(({ url }) => url);
  assert.deepEqual(urls.sort(), ['https://*', 'mailto:*']);
});

test('a hostile frame does not load, and none that does reaches a command', async () => {
  await app.run(
    `const [address, attack] = arguments;
     const add = (name, attributes) => document.body.append(Object.assign(document.createElement(name), attributes));
     add('iframe', { src: address + '/frame' });
     add('iframe', { srcdoc: '<title>inside</title><script>' + attack + '</scr' + 'ipt>' });
     add('iframe', { src: 'data:text/html,<script>' + encodeURIComponent(attack) + '</scr' + 'ipt>' });
     add('iframe', { src: URL.createObjectURL(new Blob(['<script>' + attack + '</scr' + 'ipt>'], { type: 'text/html' })) });
     add('iframe', { src: 'javascript:' + attack });
     add('object', { data: address + '/object' });
     add('embed', { src: address + '/embed' });`,
    elsewhere.address_,
    ATTACK.replaceAll("'/reached?'", `'${elsewhere.address_}/reached?'`),
  );
  const frames = await app.until('the frames', () => app.run('return window.frames.length >= 5 ? window.frames.length : null'));
  for (let place = 0; place < frames; place += 1) {
    await app.frame(place);
    const address = await app.run('return String(location.href)').catch(() => 'gone');
    const reached = await app
      .runAsync(
        `const tries = [];
         const attempt = async (ask) => { try { await ask(); tries.push('allowed'); } catch (error) { tries.push(String(error)); } };
         await attempt(() => window.__TAURI_INTERNALS__.invoke('connection'));
         await attempt(() => fetch('ipc://localhost/connection', { method: 'POST', body: '{}' }).then((answer) => { if (!answer.ok) throw new Error(answer.status); }));
         return tries;`,
      )
      .catch(() => ({ value: [] }));
    assert.ok(!(reached.value ?? []).includes('allowed'), `${address}: ${JSON.stringify(reached)}`);
    await app.frame(null);
  }
  assert.equal(await app.run('return document.title'), 'Parlor', 'the page is still the app’s');
  assert.deepEqual(asked, [], 'nothing was asked for elsewhere');
});

test('the window goes nowhere else, whoever asks', async () => {
  const address = elsewhere.address_;
  await app.run(`window.open(arguments[0] + '/opened')`, address);
  await app.run(`location.assign(arguments[0] + '/assigned')`, address);
  await app.run(
    `const form = Object.assign(document.createElement('form'), { action: arguments[0] + '/form', method: 'post' });
     document.body.append(form); form.submit();`,
    address,
  );
  await app.run(
    `const refresh = Object.assign(document.createElement('meta'), { httpEquiv: 'refresh', content: '0;url=' + arguments[0] + '/meta' });
     document.head.append(refresh);`,
    address,
  );
  // The answer to a question that the page asks its own server comes after all of them.
  await app.click('button', /^Just look around/);
  await app.find('textbox', 'Message');
  assert.match(await app.url(), /^tauri:\/\/localhost/);
  assert.deepEqual(asked, [], 'and no page of elsewhere ran');
  await app.until('what the window was sent to, outside it', () => desk.opened().includes(`${address}/assigned`));
});
