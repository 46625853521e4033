// The real window on another server: signing in there, its token in the keyring and nowhere else,
// a restart, a revoked account, and the way back.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Desk } from './support/desk.mjs';
import { ACCOUNT, startServer } from './support/server.mjs';
import { keys } from './support/webdriver.mjs';

let desk;
let server;
let app;
let token;

before(async () => {
  server = await startServer();
  desk = await Desk.lay({ keyring: true });
  app = await desk.openApp();
  await app.click('button', /^Just look around/);
});

after(async () => {
  try {
    await desk?.clear();
  } finally {
    await server?.close();
  }
});

const invoke = async (command) =>
  (await app.runAsync('return await window.__TAURI_INTERNALS__.invoke(arguments[0]);', command)).value;

test('a wrong password is refused in words', async () => {
  await app.click('button', /^Settings/);
  await app.click('tab', /^Device & servers/);
  await app.click('button', 'Add a server');
  await app.type('textbox', 'Address', server.address);
  await app.type('textbox', 'Name', ACCOUNT.name);
  await app.type('textbox', 'Password', 'guessed');
  await app.click('button', 'Sign in');
  await app.see(/The server did not let you in\. The name or the password is not right/);
  assert.equal((await invoke('servers')).length, 1, 'it is not remembered');
});

test('the right one signs in, and the token is in the keyring alone', async () => {
  await app.type('textbox', 'Password', keys.backspace.repeat('guessed'.length) + ACCOUNT.password);
  await app.click('button', 'Sign in');
  // The person is new there, so that server asks its first question.
  await app.click('button', /^Just look around/);
  const [local, remote] = await invoke('servers');
  assert.deepEqual([local.active, remote.active, remote.user], [false, true, ACCOUNT.name]);
  const access = JSON.parse(await desk.lookup('parlor-server', remote.id));
  token = access.refresh;
  assert.match(token, /^[\w-]{32,}$/, 'a token is kept');
  const connection = await invoke('connection');
  assert.match(connection.url, /^http:\/\/127\.0\.0\.1:\d+$/, 'the window talks to this computer only');
  assert.notEqual(connection.url, server.address, 'through a relay');
  assert.notEqual(connection.token, token, 'and never sees the token');
  assert.deepEqual(desk.filesWith(token), [], 'files with the token in them');
});

test('a question is answered there, and is still there after a restart', async () => {
  await app.type('textbox', 'Message', `How do I add an API key?${keys.enter}`);
  await app.see(/not an AI model/);
  await app.until('the end of the answer', () => app.run(`return !document.querySelector('[aria-busy=true]')`));
  await desk.closeApp(app);
  app = await desk.openApp();
  await app.click('link', /^How do I add an API key/);
  await app.see(/not an AI model/);
  assert.equal((await invoke('connection')).remote, true);
});

test('a disabled account is signed out in the window, and this computer is still there', async () => {
  server.command(['user', 'disable', ACCOUNT.name]);
  await app.see(/no longer accepts this sign-in/);
  await app.type('textbox', 'Name', ACCOUNT.name);
  await app.type('textbox', 'Password', ACCOUNT.password);
  await app.click('button', 'Sign in');
  await app.see(/The name or the password is not right/);
  await app.click('button', 'Switch to This computer');
  await app.see(/online/);
  await app.until('this computer', async () => (await invoke('connection')).remote === false);
  assert.ok(!desk.printed().includes(token), 'the log has no token');
});
