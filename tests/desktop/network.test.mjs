// The real window lets others in: the switch that opens it to the local network and closes it
// again, and the one-time link that signs another browser in as the same person.

import assert from 'node:assert/strict';
import { request } from 'node:https';
import { networkInterfaces } from 'node:os';
import { after, before, test } from 'node:test';
import { WebSocket } from '../../ui/node_modules/ws/wrapper.mjs';
import { Desk } from './support/desk.mjs';
import { keys } from './support/webdriver.mjs';

const QUESTION = 'Which keyboard shortcuts are there?';
const PATIENCE_MS = 60_000;
const SWITCH = 'Share on this network';
let desk;
let app;
/** The server inside, as this computer reaches it. */
let origin;

before(async () => {
  desk = await Desk.lay({ keyring: true });
  app = await desk.openApp();
  await app.click('button', /^Just look around/);
  await app.type('textbox', 'Message', QUESTION + keys.enter);
  await app.see(/not an AI model/);
  await app.until('the end of the answer', () => app.run(`return !document.querySelector('[aria-busy=true]')`));
  const { value } = await app.runAsync(`return await window.__TAURI_INTERNALS__.invoke('connection');`);
  origin = value.url;
  await app.click('button', /^Settings/);
  await app.click('tab', 'Network');
});

after(async () => {
  await desk?.clear();
});

/** What answers at an address: a status, or why nothing does. */
async function reach(address, path = '/healthz') {
  const response = await fetch(new URL(path, address), { signal: AbortSignal.timeout(PATIENCE_MS) }).catch((error) => error);
  if (response instanceof Response) return { status: response.status, body: await response.text() };
  return { status: 0, body: String(response.cause?.code ?? response.name) };
}

/** The same over TLS, past the certificate that nobody signed. */
function reachEncrypted(address, path = '/healthz') {
  return new Promise((resolve) => {
    const asked = request(new URL(path, address), { rejectUnauthorized: false, timeout: PATIENCE_MS }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (piece) => (body += piece));
      response.on('end', () => resolve({ status: response.statusCode, body }));
    });
    asked.on('timeout', () => asked.destroy());
    asked.on('error', (error) => resolve({ status: 0, body: String(error.code ?? error.name) }));
    asked.end();
  });
}

/** This computer's addresses in networks, as others there would write them. */
function ownAddresses() {
  const all = Object.values(networkInterfaces()).flat();
  return all.filter(({ internal, family }) => !internal && family === 'IPv4').map(({ address }) => address);
}

const isOn = (name) =>
  app.run(
    `const control = document.getElementById([...document.querySelectorAll('label')].find((one) => one.textContent === arguments[0]).htmlFor);
     return control.getAttribute('aria-checked') === 'true' && !control.disabled;`,
    name,
  );

async function shownAddresses() {
  const text = await app.text();
  return [...text.matchAll(/https:\/\/[\d.]+:\d+/g)].map(([address]) => address);
}

let addresses = [];

test('the switch is off at first, and nothing of this computer answers in the network', async () => {
  await app.find('switch', SWITCH);
  assert.equal(await isOn(SWITCH), false);
  await app.see(/Everything goes encrypted/);
  assert.deepEqual(await shownAddresses(), [], 'no address is offered');
  const port = new URL(origin).port;
  for (const address of ownAddresses()) {
    assert.equal((await reach(`http://${address}:${port}`)).status, 0, `${address} is shut`);
  }
});

test('switched on, it shows an address at which other computers find this Parlor', async () => {
  await app.click('switch', SWITCH);
  await app.until('the switch to be on', () => isOn(SWITCH));
  await app.see(/Addresses/);
  const own = ownAddresses();
  if (own.length === 0) {
    await app.see(/This computer is in no network/);
    return;
  }
  addresses = await app.until('an address', async () => {
    const shown = await shownAddresses();
    return shown.length > 0 ? shown : null;
  });
  for (const address of addresses) {
    assert.ok(own.includes(new URL(address).hostname), `${address} is one of this computer: ${own}`);
    assert.equal((await reachEncrypted(address)).status, 200, `${address} answers`);
    assert.equal(JSON.parse((await reachEncrypted(address, '/api/server')).body).name, 'Parlor');
    assert.match((await reachEncrypted(address, '/')).body, /<div id="root">/, 'with the whole app');
  }
  assert.equal((await reach(origin)).status, 200, 'the window’s own address still answers');
});

test('a one-time link signs another browser in as the same person, once', async () => {
  await app.click('button', 'Make a link');
  const link = await app.until('the link', async () => /http:\/\/\S+#sign-in=\S+/.exec(await app.text())?.[0]);
  const { hash, origin: at } = new URL(link);
  const redeem = () =>
    fetch(`${at}/api/session/link`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: at },
      body: JSON.stringify({ code: decodeURIComponent(hash.replace('#sign-in=', '')) }),
    });
  const answer = await redeem();
  assert.equal(answer.status, 200);
  const { token } = await answer.json();
  const chats = await watchChats(at, token);
  assert.equal(chats.length, 1, 'the chat of the window is there');
  const again = await redeem();
  assert.ok([400, 401, 403, 404].includes(again.status), `used up: ${again.status}`);
  assert.ok(!desk.printed().includes(token), 'the log has no token');
  assert.ok(!desk.printed().includes(hash.slice(9)), 'nor the code');
});

test('switched off, nothing answers there any more, and the window goes on', async () => {
  await app.click('switch', SWITCH);
  await app.until('the switch to be off', async () => !(await isOn(SWITCH)));
  await app.until('no address, nor a link that names one', async () => (await shownAddresses()).length === 0);
  for (const address of addresses) {
    await app.until(`${address} to be shut`, async () => (await reachEncrypted(address)).status === 0);
  }
  assert.equal((await reach(origin)).status, 200);
  await app.click('button', /^Close/);
  await app.see(/online/);
});

/** The chats of whoever has this token, as another browser would ask for them. */
async function watchChats(at, token) {
  const socket = new WebSocket(`${at.replace('http', 'ws')}/ws/chat`, ['parlor.bearer', token], { origin: at });
  try {
    return await new Promise((resolve, reject) => {
      setTimeout(() => reject(new Error('no list of chats came')), PATIENCE_MS).unref();
      socket.on('error', reject);
      socket.on('message', (text) => {
        const { type, data } = JSON.parse(String(text));
        if (type === 'authenticated') socket.send(JSON.stringify({ type: 'watch_chats', data: { since: 0 } }));
        if (type === 'chats') resolve(data.chats);
      });
    });
  } finally {
    socket.close();
  }
}
