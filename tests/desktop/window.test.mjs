// The real window with a keyring: the first run, a question to the guide, a key, a model, a restart.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Desk } from './support/desk.mjs';
import { ANSWER, startModel } from './support/model.mjs';
import { keys } from './support/webdriver.mjs';

const KEY = 'sk-desk-3f9d1c7e5b';
let desk;
let model;
let app;

before(async () => {
  model = await startModel(KEY);
  desk = await Desk.lay({ keyring: true });
  app = await desk.openApp();
});

after(async () => {
  try {
    await desk?.clear();
  } finally {
    await model?.close();
  }
});

/** Types a question, sends it, and returns how the last answer's text grew until it was whole. */
async function ask(question) {
  model.hold(true);
  await app.type('textbox', 'Message', question + keys.enter);
  const seen = new Set();
  // The answer is the last article below the question; older ones may not even be in the page.
  const read = `const articles = [...document.querySelectorAll('[role=log] article')];
    const asked = articles.findLastIndex((one) => one.getAttribute('aria-label') === 'You' && one.innerText.includes(arguments[0]));
    const last = asked < 0 ? undefined : articles.slice(asked + 1).at(-1);
    return last ? { text: last.innerText, busy: last.getAttribute('aria-busy') === 'true' } : null;`;
  const answer = await app.until(`an answer to ${question}`, async () => {
    const state = await app.run(read, question);
    if (state && !seen.has(state.text)) {
      seen.add(state.text);
      model.next();
    }
    return state && !state.busy && state.text.length > 0 ? state.text : null;
  });
  model.hold(false);
  return { answer, steps: seen.size };
}

test('the window opens on the first question of the first run', async () => {
  assert.equal(await app.title(), 'Parlor');
  assert.match(await app.url(), /^tauri:\/\/localhost/);
  await app.find('heading', 'Where should answers come from?');
  for (const choice of [/^My API key/, /^A model on this computer/, /^A team server/, /^Just look around/]) {
    await app.find('button', choice);
  }
});

test('what is typed right after the question lands in the message, not in a shortcut', async () => {
  const focused = () => app.run(`return document.activeElement.getAttribute('role') ?? document.activeElement.id`);
  await app.until('the keys with the question', async () => (await focused()) === 'dialog');
  await app.click('button', /^Just look around/);
  // At once: a person who types on must not hit what lies below for a moment.
  await app.press('?');
  const message = () => app.run(`return document.getElementById('composer').value`);
  await app.until('the typed character', async () => (await message()) === '?');
  assert.equal(await app.look('dialog', 'Keyboard shortcuts'), null, 'no sheet of shortcuts');
  await app.press(keys.backspace);
  await app.until('an empty message', async () => (await message()) === '');
});

test('with no key the guide answers, and says that it is no model', async () => {
  const { answer } = await ask('What can Parlor do?');
  assert.match(answer, /not an? (AI |language )?model|no model/i);
  await app.see(/What can Parlor do/);
});

test('a key set in the window lands in the keyring, and an answer streams with it', async () => {
  await app.click('button', /^Settings/);
  await app.click('tab', /^Model/);
  await app.click('button', 'Add a provider');
  await app.click('radio', 'Other');
  await app.type('textbox', 'Address', model.address);
  await app.type('textbox', 'Name', 'Bench');
  await app.type('textbox', 'API key', KEY);
  await app.click('button', 'Test and save');
  await app.see(/Bench is connected|In this computer’s keyring/);
  await app.until('the key in the keyring, under the provider’s id', async () => (await desk.lookup('parlor', 'bench')) === KEY);

  await app.click('button', /^Close/);
  const { answer, steps } = await ask('And now?');
  assert.match(answer, /The answer comes in small pieces\./);
  assert.ok(steps >= ANSWER.length, `the answer was seen growing, in ${steps} steps of ${ANSWER.length}`);
  const questions = model.requests.filter((request) => request.path.endsWith('/chat/completions'));
  assert.ok(questions.length > 0 && questions.every((request) => request.key === `Bearer ${KEY}`), 'asked with the key');
});

test('the page cannot read the key, nor reach what it was not given', async () => {
  const invoke = (command, input) =>
    app.runAsync('return await window.__TAURI_INTERNALS__.invoke(arguments[0], arguments[1]);', command, input);
  const refused = async (command, input) => {
    const { error } = await invoke(command, input);
    assert.match(error ?? 'it was allowed', /not allowed|not found/i, command);
  };
  await refused('plugin:store|load', { path: '/tmp/parlor-elsewhere.json' });
  await refused('plugin:store|clear', { rid: 1 });
  await refused('plugin:window|close', { label: 'main' });
  await refused('plugin:opener|open_path', { path: '/etc/passwd' });
  await refused('plugin:opener|open_url', { url: 'file:///etc/passwd' });
  await refused('get_provider_key', { provider: 'bench' });
  const { value } = await invoke('keyring_state');
  assert.deepEqual(value, { available: true });
});

test('the page loads and sends nothing elsewhere, and links do not take the window away', async () => {
  const outside = await app.runAsync(`return await fetch('http://example.org/').then(() => 'sent', () => 'refused');`);
  assert.equal(outside.value, 'refused', 'the content policy holds');
  await app.run(`const script = document.createElement('script'); script.textContent = 'window.injected = 1'; document.body.append(script);`);
  assert.equal(await app.run('return window.injected ?? null'), null, 'an injected script does not run');
  await app.run(`location.href = 'http://127.0.0.1:9/'`);
  await new Promise((resolve) => setTimeout(resolve, 500));
  assert.match(await app.url(), /^tauri:\/\/localhost/);
  await app.find('textbox', 'Message');
});

test('a bad provider id and an empty key are refused with codes', async () => {
  const set = (provider, key) =>
    app.runAsync(
      `return await window.__TAURI_INTERNALS__.invoke('set_provider_key', { provider: arguments[0], key: arguments[1], sessionOnly: false }).catch((error) => error.code);`,
      provider,
      key,
    );
  assert.equal((await set('../etc', 'x')).value, 'bad_provider');
  assert.equal((await set('bench', ' \n')).value, 'empty_key');
});

test('after a restart chats and the key are there, and no file or log ever held the key', async () => {
  await desk.closeApp(app);
  assert.deepEqual(desk.filesWith(KEY), [], 'files with the key in them');
  const signing = await desk.lookup('parlor-signing', 'jwt-secret');
  assert.ok(signing, 'the signing secret is in the keyring');
  assert.deepEqual(desk.filesWith(signing), [], 'files with the signing secret in them');

  app = await desk.openApp();
  // By now the model may have given the chat another title.
  await app.click('link', /^(What can Parlor do|The answer comes)/);
  await app.see(/The answer comes in small pieces/);
  const { answer } = await ask('Once more?');
  assert.match(answer, /The answer comes in small pieces\./, 'the kept key still opens the model');
  assert.ok(!desk.printed().includes(KEY), 'the log has no key');
});
