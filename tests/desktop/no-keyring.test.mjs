// The real window where there is no Secret Service: it says so, and a key lasts for the session.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Desk } from './support/desk.mjs';
import { startModel } from './support/model.mjs';

const KEY = 'sk-session-77aa01';
let desk;
let model;
let app;

before(async () => {
  model = await startModel(KEY);
  desk = await Desk.lay({ keyring: false });
  app = await desk.openApp();
});

after(async () => {
  try {
    await desk?.clear();
  } finally {
    await model?.close();
  }
});

test('the window says that no keyring keeps a key, and offers this session', async () => {
  await app.click('button', /^My API key/);
  await app.see(/offers no keyring \(Secret Service\)/);
  await app.find('switch', 'For this session only');
});

test('a lasting key is refused in words; one for the session works', async () => {
  await app.click('radio', 'Other');
  await app.type('textbox', 'Address', model.address);
  await app.type('textbox', 'API key', KEY);
  await app.click('button', 'Test and save');
  await app.see(/cannot be kept\. Use it for this session only/);
  await app.click('switch', 'For this session only');
  await app.click('button', 'Test and save');
  await app.see(/127\.0\.0\.1:\d+ is connected/);
  assert.ok(model.requests.some((request) => request.key === `Bearer ${KEY}`), 'the model was asked with the key');
});

test('nothing fell back to a file', async () => {
  await desk.closeApp(app);
  assert.deepEqual(desk.filesWith(KEY), [], 'files with the key in them');
  assert.ok(!desk.printed().includes(KEY), 'the log has no key');
  assert.match(desk.printed(), /no keyring/, 'the log says what that means for sign-ins');
});
