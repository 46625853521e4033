// The real window with three servers: this computer, a plain one, and one whose certificate nobody
// has signed. It goes from one to another with one key, nothing of one shows at another, news of
// those that are left is counted, a chat moves, and a swapped certificate is refused.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import { Desk } from './support/desk.mjs';
import { ACCOUNT, startServer } from './support/server.mjs';
import { startTlsFront } from './support/tls-front.mjs';
import { keys } from './support/webdriver.mjs';

const { WebSocket } = createRequire(new URL('../../ui/package.json', import.meta.url))('ws');

let desk;
let team;
let home;
let front;
let app;

before(async () => {
  [team, home] = await Promise.all([startServer(), startServer()]);
  front = await startTlsFront(home.address);
  desk = await Desk.lay({ keyring: true });
  app = await desk.openApp();
  await app.click('button', /^Just look around/);
});

after(async () => {
  try {
    await desk?.clear();
  } finally {
    await front?.close();
    await Promise.all([team?.close(), home?.close()]);
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
const press = (text) => app.type('textbox', 'Message', `${keys.control}${text}`);
const shown = async () => (await invoke('servers')).find(({ active }) => active);
const online = () => app.until('a connection', () => app.run(`return /\\bonline\\b/i.test(document.querySelector('nav')?.innerText ?? '')`));
const chats = () => app.run(`return [...document.querySelectorAll('nav a[href]')].map((link) => link.innerText.trim())`);

async function fill(address) {
  await app.click('button', /Switch server/);
  await app.click('menuitem', /^Add a server/);
  await app.type('textbox', 'Address', address);
  await app.type('textbox', 'Name', ACCOUNT.name);
  await app.type('textbox', 'Password', ACCOUNT.password);
  await app.click('button', 'Sign in');
}

test('a server is added from the switcher, and its long token alone is kept', async () => {
  await fill(team.address);
  await app.click('button', /^Just look around/);
  const [, entry] = await invoke('servers');
  assert.equal(entry.active, true);
  const access = JSON.parse(await desk.lookup('parlor-server', entry.id));
  assert.equal(access.address, `${team.address}/`);
  assert.ok(access.refresh.length >= 32 && access.token === undefined, 'a token that renews, and no other');
  assert.deepEqual(desk.filesWith(access.refresh), [], 'files with it');
});

test('a certificate that nobody signed is taken once a person has compared it', async () => {
  await fill(front.address);
  await app.see(/Nobody vouches for this server/);
  await app.see(new RegExp(front.fingerprint));
  assert.equal((await invoke('servers')).length, 2, 'it is not known yet');
  await app.click('button', /^They are the same/);
  await app.click('button', /^Just look around/);
  const [, , entry] = await invoke('servers');
  assert.equal(entry.certificate, front.fingerprint);
  assert.equal(JSON.parse(await desk.lookup('parlor-server', entry.id)).certificate, front.fingerprint);
});

test('one key goes from one to another, and drafts and chats stay where they are', async () => {
  await online();
  await app.type('textbox', 'Message', `What is a server?${keys.enter}`);
  await app.see(/not an AI model/);
  // Left while it is written, it would rightly count as new.
  await app.until('the end of the answer', () => app.run(`return !document.querySelector('[aria-busy=true]')`));
  await app.until('the chat in the list', async () => (await chats()).some((title) => /What is a server/.test(title)));
  await app.type('textbox', 'Message', 'a draft at home');
  await press('1');
  await app.until('this computer', async () => (await shown()).id === 'local');
  await online();
  // The list on the screen is drawn a moment after the connection is there.
  await app.until('no chat of home here', async () => !(await chats()).some((title) => /What is a server/.test(title)));
  await app.until('nor its draft', () => app.run(`return document.getElementById('composer').value === ''`));
  await press('3');
  await app.until('home', async () => (await shown()).certificate === front.fingerprint);
  await app.until('its chat', async () => (await chats()).some((title) => /What is a server/.test(title)));
  await press('1');
  await app.until('this computer', async () => (await shown()).id === 'local');
});

test('what comes at a server that is not shown is counted', async () => {
  await online();
  // The light connection has its first look behind it once the switcher says so.
  await app.click('button', /Switch server/);
  await app.until('both are online', () =>
    app.run(`return [...document.querySelectorAll('[role=menuitem]')].filter((item) => /^online/im.test(item.innerText)).length >= 2`),
  );
  await app.type('menuitem', /This computer/, keys.escape);
  const token = team.command(['token', ACCOUNT.name]).trim();
  const socket = new WebSocket(`${team.address.replace('http', 'ws')}/ws/chat`, ['parlor.bearer', token]);
  const ended = new Promise((resolve) => {
    socket.onmessage = ({ data }) => /assistant_message_complete/.test(data) && resolve();
  });
  await new Promise((resolve) => (socket.onopen = resolve));
  socket.send(JSON.stringify({ type: 'create_chat', data: { token } }));
  socket.send(JSON.stringify({ type: 'message', data: { message: 'From another device' } }));
  await ended;
  socket.close();
  await app.see(/1 chat with something new/);
  await press('2');
  await app.until('the team', async () => (await shown()).address === `${team.address}/`);
  await app.until('its chat is unread', () =>
    app.run(`return [...document.querySelectorAll('nav [aria-label="New answer"]')].length === 1`),
  );
  await press('1');
  await app.until('this computer', async () => (await shown()).id === 'local');
});

test('a chat moves to another server, goes again with Undo, and opens there', async () => {
  await online();
  await app.type('textbox', 'Message', `How do I move a chat?${keys.enter}`);
  await app.see(/not an AI model/);
  await app.until('the end of the answer', () => app.run(`return !document.querySelector('[aria-busy=true]')`));
  await app.click('button', /^Actions for “How do I move/);
  await app.click('menuitem', /^Move this chat to/);
  await app.click('button', new RegExp(`^${(await invoke('servers'))[1].name}`));
  await app.see(/2 messages, 1 branch/);
  await app.click('button', 'Undo');
  await app.see(/is deleted again/);
  await app.click('button', 'Close');
  await app.click('button', /^Actions for “How do I move/);
  await app.click('menuitem', /^Move this chat to/);
  await app.click('button', new RegExp(`^${(await invoke('servers'))[1].name}`));
  await app.see(/2 messages, 1 branch/);
  await app.click('button', 'Open it there');
  await app.until('the team', async () => (await shown()).address === `${team.address}/`);
  await app.see(/not an AI model/);
  const copies = async () => (await chats()).filter((title) => /How do I move/.test(title)).length;
  await app.until('one copy', async () => (await copies()) === 1);
});

test('a restart finds everybody signed in, and renewed tokens in the keyring', async () => {
  const [, entry] = await invoke('servers');
  const before = JSON.parse(await desk.lookup('parlor-server', entry.id)).refresh;
  await desk.closeApp(app);
  app = await desk.openApp();
  await online();
  assert.equal((await shown()).id, entry.id);
  const kept = async () => JSON.parse(await desk.lookup('parlor-server', entry.id));
  await app.until('another token, each is good once', async () => (await kept()).refresh !== before);
  await app.until('the end of the trade', async () => (await kept()).next === undefined);
});

test('a swapped certificate is refused in words, and hears nothing', async () => {
  await press('3');
  await app.until('home', async () => (await shown()).certificate === front.fingerprint);
  await online();
  front.swap();
  await app.see(/Another certificate answers than the one this computer knows/);
  assert.equal(front.heard(), 0, 'not a byte went there');
  front.restore();
  await online();
});

test('servers are renamed and removed, and their tokens with them', async () => {
  const [, team, home] = await invoke('servers');
  await app.click('button', /Switch server/);
  await app.click('menuitem', /^Manage servers/);
  // Both bear the same name; the first row is the team's.
  await app.click('button', `Rename ${team.name}`);
  await app.type('textbox', 'Name', `${keys.control}a`);
  await app.type('textbox', 'Name', 'Team');
  await app.click('button', 'Save');
  await app.click('button', 'Remove Team');
  await app.click('button', 'Remove');
  const forgotten = async ({ id }) => (await desk.lookup('parlor-server', id)) === null;
  await app.until('the team to be forgotten', () => forgotten(team));
  assert.deepEqual((await invoke('servers')).map(({ id }) => id), ['local', home.id]);
  assert.equal((await shown()).id, home.id, 'the one on the screen stays');
  assert.ok(!(await forgotten(home)), 'and its token');
  await app.click('button', `Remove ${home.name}`);
  await app.click('button', 'Remove');
  await app.until('home to be forgotten', () => forgotten(home));
  await app.until('what is left, this computer', async () => (await shown())?.id === 'local');
});
