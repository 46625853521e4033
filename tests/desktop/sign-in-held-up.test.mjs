// The real window signs in through a provider where things are in the way: an address that is not the
// server's public one, and a keyring that does not answer when somebody gives up.

import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Desk } from './support/desk.mjs';
import { IdentityProvider } from './support/identity.mjs';
import { startServer } from './support/server.mjs';

const browser = join(import.meta.dirname, 'support/browser.mjs');

let folder;
let provider;
let front;
let team;
let desk;
let app;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'parlor-held-up-'));
  mkdirSync(join(folder, 'bin'));
  const script = `#!/bin/sh\nexec '${process.execPath}' '${browser}' '${folder}' "$1"\n`;
  writeFileSync(join(folder, 'bin/xdg-open'), script, { mode: 0o755 });
  provider = await IdentityProvider.start();
  front = await Front.open();
  team = await startServer({
    PARLOR_SERVER_PUBLIC_URL: front.address,
    PARLOR_OIDC_ISSUER: provider.issuer,
    PARLOR_OIDC_CLIENT_ID: provider.clientId,
    PARLOR_OIDC_NAME: 'The office',
    PARLOR_OIDC_USERS: 'create',
  });
  front.leadTo(Number(new URL(team.address).port));
  const PATH = `${join(folder, 'bin')}:${process.env.PATH}`;
  desk = await Desk.lay({ keyring: true, environment: { PATH } });
  app = await desk.openApp();
  await app.click('button', /^Just look around/);
});

after(async () => {
  await desk?.clear();
  await team?.close();
  await front?.close();
  await provider?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Another way to the server, by another name: what its settings say that people use. */
class Front {
  #to = 0;
  #sockets = new Set();
  #listener = createServer((socket) => {
    const onward = connect(this.#to, '127.0.0.1');
    for (const [one, other] of [[socket, onward], [onward, socket]]) {
      this.#sockets.add(one);
      one.pipe(other).on('error', () => one.destroy());
      one.on('error', () => other.destroy()).on('close', () => this.#sockets.delete(one));
    }
  });

  static async open() {
    const front = new Front();
    await new Promise((resolve) => front.#listener.listen(0, '127.0.0.1', resolve));
    return front;
  }

  get address() {
    return `http://localhost:${this.#listener.address().port}`;
  }

  leadTo(port) {
    this.#to = port;
  }

  async close() {
    const closed = new Promise((resolve) => this.#listener.close(resolve));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}

const servers = async () => {
  const run = 'return await window.__TAURI_INTERNALS__.invoke("servers");';
  const { value, error } = await app.runAsync(run);
  assert.equal(error, undefined);
  return value;
};

const visits = () => readFileSync(join(folder, 'visits'), 'utf8').trim().split('\n').map((line) => JSON.parse(line));

/** The devices that nina is signed in on; none before she has an account. */
async function devices() {
  let token;
  try {
    token = team.command(['token', 'nina']).trim();
  } catch {
    return [];
  }
  const answer = await fetch(`${team.address}/api/devices`, { headers: { authorization: `Bearer ${token}` } });
  assert.equal(answer.status, 200);
  return (await answer.json()).devices;
}

/** The desk's own keyring, among all processes by its home. */
function keyring() {
  const found = readdirSync('/proc').filter((pid) => {
    try {
      const named = readFileSync(`/proc/${pid}/comm`, 'utf8').startsWith('gnome-keyring');
      return named && readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(`HOME=${desk.home}`);
    } catch {
      return false; // not ours to look at, or gone
    }
  });
  assert.equal(found.length, 1, 'one keyring');
  return Number(found[0]);
}

test('whoever gives up while the keyring is silent is signed in nowhere', async () => {
  const daemon = keyring();
  await app.click('button', /Switch server/);
  await app.click('menuitem', /^Add a server/);
  await app.type('textbox', 'Address', team.address);
  await app.find('button', 'Sign in with The office');
  process.kill(daemon, 'SIGSTOP');
  try {
    await app.click('button', 'Sign in with The office');
    await app.until('a session at the server', async () => (await devices()).length === 1);
    await app.click('button', 'Stop waiting');
    await app.find('button', 'Sign in with The office');
  } finally {
    process.kill(daemon, 'SIGCONT');
  }
  await app.until('no session at the server', async () => (await devices()).length === 0);
  assert.equal((await servers()).length, 1, 'and no server in the list');
});

test('an address that is not the public one signs in all the same, and stays', async () => {
  await app.click('button', 'Sign in with The office');
  await app.until('the team', async () => (await servers()).length === 2);
  const { seen } = visits().at(-1);
  const [first, second] = seen.map((address) => new URL(address));
  assert.deepEqual([first.origin, second.origin], [team.address, front.address], 'first to the public one');
  assert.equal(second.pathname, first.pathname);
  const [, entry] = await servers();
  assert.deepEqual([entry.user, entry.address], ['nina', `${team.address}/`]);
  await app.click('button', /^Just look around/);
  await app.find('textbox', 'Message');
});
