// The real window signs in at a server through its identity provider: out into the system's browser,
// there and back, and into the keyring. What is cancelled is over, and what goes wrong is said.

import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Desk } from './support/desk.mjs';
import { IdentityProvider } from './support/identity.mjs';
import { startServer } from './support/server.mjs';

const browser = join(import.meta.dirname, 'support/browser.mjs');

let folder;
let provider;
let team;
let desk;
let app;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'parlor-browser-'));
  mkdirSync(join(folder, 'bin'));
  const script = `#!/bin/sh\nexec '${process.execPath}' '${browser}' '${folder}' "$1"\n`;
  writeFileSync(join(folder, 'bin/xdg-open'), script, { mode: 0o755 });
  provider = await IdentityProvider.start();
  team = await startServer({
    PARLOR_OIDC_ISSUER: provider.issuer,
    PARLOR_OIDC_CLIENT_ID: provider.clientId,
    PARLOR_OIDC_NAME: 'The office',
    PARLOR_OIDC_USERS: 'create',
  });
  const PATH = `${join(folder, 'bin')}:${process.env.PATH}`;
  desk = await Desk.lay({ keyring: true, environment: { PATH } });
  app = await desk.openApp();
  await app.click('button', /^Just look around/);
});

after(async () => {
  try {
    await desk?.clear();
  } finally {
    await team?.close();
    await provider?.stop();
    rmSync(folder, { recursive: true, force: true });
  }
});

const invoke = async (command, input = {}) => {
  const { value, error } = await app.runAsync(
    'return await window.__TAURI_INTERNALS__.invoke(arguments[0], arguments[1]);',
    command,
    input,
  );
  assert.equal(error, undefined);
  return value;
};

/** What the browser saw, visit by visit. */
function visits() {
  const path = join(folder, 'visits');
  if (!existsSync(path)) return [];
  // The last line may still be written.
  return readFileSync(path, 'utf8').split('\n').slice(0, -1).map((line) => JSON.parse(line));
}

const visited = (count) => app.until(`visit ${count}`, () => visits()[count - 1]);

function listens(port) {
  return new Promise((resolve) => {
    const socket = connect(Number(port), '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

test('a wait for the browser that is cancelled is over, on the screen and at the port', async () => {
  writeFileSync(join(folder, 'stays'), '');
  await app.click('button', /Switch server/);
  await app.click('menuitem', /^Add a server/);
  await app.type('textbox', 'Address', team.address);
  await app.click('button', 'Sign in with The office');
  const visit = await visited(1);
  const start = new URL(visit.seen[0]);
  assert.equal(start.origin, team.address);
  assert.equal(start.pathname, '/api/session/oidc/start');
  const port = start.searchParams.get('port');
  await app.see(/Waiting for your browser/);
  assert.equal(await listens(port), true, 'the app waits');
  const { PROVIDER_PICTURES: pictures } = process.env;
  if (pictures !== undefined) await desk.picture(join(pictures, 'waiting.png'));
  await app.click('button', 'Stop waiting');
  await app.find('button', 'Sign in with The office');
  await app.until('a free port', async () => !(await listens(port)));
  assert.equal((await invoke('servers')).length, 1, 'and nobody is signed in');
  rmSync(join(folder, 'stays'));
});

test('whoever is not let in is told why', async () => {
  provider.denies = true;
  await app.click('button', 'Sign in with The office');
  await app.see(/The sign-in service did not let you in/);
  const { page } = await visited(2);
  assert.match(page.text, /La connexion n’a pas abouti/);
  provider.denies = false;
});

test('the browser brings somebody in, and sees no token itself', async () => {
  await app.click('button', 'Sign in with The office');
  const visit = await visited(3);
  assert.match(visit.page.text, /Vous pouvez revenir à Parlor/);
  assert.deepEqual(visit.cookies.filter((cookie) => /refresh/.test(cookie)), [], 'it is not signed in');
  const entry = await app.until('the team', async () => (await invoke('servers')).find(({ id, active }) => active && id !== 'local'));
  assert.deepEqual([entry.active, entry.user, entry.address], [true, 'nina', `${team.address}/`]);
  const access = JSON.parse(await desk.lookup('parlor-server', entry.id));
  assert.ok(access.refresh.length >= 32 && access.token === undefined, 'a token that renews, and no other');
  assert.deepEqual(desk.filesWith(access.refresh), [], 'files with it');
  const code = new URL(visit.seen.at(-1)).searchParams.get('code');
  assert.ok(code.length >= 43);
  assert.ok(!desk.printed().includes(code), 'the code is in no log');
  await app.click('button', /^Just look around/);
  await app.find('textbox', 'Message');
});

test('once signed out elsewhere, the same way leads back in', async () => {
  const token = team.command(['token', 'nina']).trim();
  const headers = { authorization: `Bearer ${token}` };
  const { devices } = await (await fetch(`${team.address}/api/devices`, { headers })).json();
  assert.deepEqual(devices.map(({ method }) => method), ['provider']);
  await fetch(`${team.address}/api/devices/${devices[0].deviceId}`, { method: 'DELETE', headers });
  await app.see(/no longer accepts this sign-in/);
  await app.click('button', 'Sign in with The office');
  await app.find('textbox', 'Message');
  assert.equal((await invoke('servers')).length, 2, 'at the same server');
});
