// The real window is let in at another computer that is shared on the local network: by a link with its
// code, or by the code and a certificate that is compared; with a yes there, or a no.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Desk } from './support/desk.mjs';
import { startServer } from './support/server.mjs';

const OWNER = 'olga';

let home;
let token;
let port;
let desk;
let app;

before(async () => {
  home = await startServer();
  home.command(['user', 'add', OWNER, '--role', 'owner']);
  token = home.command(['token', OWNER]).trim();
  const { shared } = await ask('PATCH', '/api/lan', { open: true, port: 0 });
  port = shared.port;
  desk = await Desk.lay({ keyring: true });
  app = await desk.openApp();
  await app.click('button', /^Just look around/);
});

after(async () => {
  try {
    await desk?.clear();
  } finally {
    await home?.close();
  }
});

/** What the owner does at the other computer. */
async function ask(method, path, body) {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const response = await fetch(`${home.address}${path}`, { method, headers, body: body && JSON.stringify(body) });
  assert.ok(response.ok, `${method} ${path}: ${response.status}`);
  return response.status === 204 ? null : response.json();
}

/** The device that waits there. */
async function waiting() {
  return app.until('a device that waits', async () => (await ask('GET', '/api/pairing')).requests[0]);
}

const servers = async () => {
  const { value } = await app.runAsync(`return await window.__TAURI_INTERNALS__.invoke('servers');`);
  return value;
};

async function open(address) {
  await app.click('button', /Switch server/);
  await app.click('menuitem', /^Add a server/);
  await app.type('textbox', 'Address', address);
}

test('a link brings its code and its certificate, and a no is said', async () => {
  const { code, links } = await ask('POST', '/api/pairing');
  const fragment = new URL(links[0]).hash;
  await open(`https://127.0.0.1:${port}/${fragment}`);
  const typed = () => app.run(`return document.querySelector('input[autocomplete=one-time-code]')?.value ?? null`);
  await app.until('the code, which nobody has to type', async () => (await typed()) === code);
  await app.click('button', 'Ask to connect');
  const device = await waiting();
  await app.see(new RegExp(`${device.number}[^]*Waiting for the yes`));
  const { PROVIDER_PICTURES: pictures } = process.env;
  if (pictures !== undefined) await desk.picture(`${pictures}/pairing.png`);
  await ask('POST', `/api/pairing/${device.requestId}`, { decision: 'refuse' });
  await app.see(/The computer refused this device/);
  assert.equal((await servers()).length, 1);
});

test('a code that is used or wrong is refused in words', async () => {
  await app.type('textbox', 'Code', 'AAAA-AAAA');
  await app.click('button', 'Ask to connect');
  await app.see(/This code is wrong, used or has expired/);
  await app.click('button', 'Close');
});

test('a typed address asks about its certificate first, and a yes ends in the keyring', async () => {
  const { code } = await ask('POST', '/api/pairing');
  await open(`https://127.0.0.1:${port}`);
  await app.click('button', 'I have a pairing code');
  await app.see(/Nobody vouches for this server/);
  await app.type('textbox', 'Code', code);
  await app.click('button', /^They are the same/);
  const device = await waiting();
  assert.match(device.device, /^Parlor, /);
  await app.see(new RegExp(device.number));
  await ask('POST', `/api/pairing/${device.requestId}`, { decision: 'own' });
  const entry = await app.until('the other computer', async () => (await servers()).find(({ id, active }) => active && id !== 'local'));
  assert.deepEqual([entry.active, entry.user], [true, OWNER]);
  const access = JSON.parse(await desk.lookup('parlor-server', entry.id));
  assert.equal(access.certificate, entry.certificate);
  assert.ok(access.refresh.length >= 32 && access.token === undefined, 'a token that renews, and no other');
  assert.deepEqual(desk.filesWith(access.refresh), [], 'files with it');
  const { devices } = await ask('GET', '/api/devices');
  assert.deepEqual(devices.map(({ method }) => method), ['pairing']);
  await app.click('button', /^Just look around/);
  await app.find('textbox', 'Message');
});
